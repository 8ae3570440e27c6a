import * as scsi from '../../../devices/scsi/index.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { inputOf } from '../input-reader.js';

const codes = ['SHORT_DATA', 'CONTRADICTION', 'OUT_OF_RANGE'];
const modePage = { pageCode: 0x0f, parametersSaveable: false, parameters: new Uint8Array(14) };
const TYPES = [0x00, 0x01, 0x05, 0x08, 0x1f];
/** The largest transfer length of any command, in blocks of the largest block. */
const LARGEST_BYTES = 2 ** 32 * 2 ** 24;

/** What a host sends: CDBs, and the parameter lists that come with them. */
export function parameterListTargets(): FuzzTarget[] {
  const target = (name: string, take: (bytes: Uint8Array) => unknown, ...seeds: readonly Uint8Array[]): FuzzTarget => ({
    name,
    seeds: () => seeds,
    take,
    codes,
    cost: 'parser',
  });
  return [
    target(
      'data-out-mode-list-6',
      (bytes) => scsi.decodeModeParameterList(bytes, 6),
      scsi.encodeModeParameterList({ pages: [modePage] }, 6),
    ),
    target(
      'data-out-mode-list-10',
      (bytes) => scsi.decodeModeParameterList(bytes, 10),
      scsi.encodeModeParameterList({ pages: [modePage, { ...modePage, subpageCode: 1 }] }, 10),
    ),
    target(
      'data-out-persistent-reserve',
      scsi.decodePersistentReserveOutList,
      scsi.encodePersistentReserveOutList({ reservationKey: 1n, serviceActionReservationKey: 2n }),
    ),
    target(
      'data-out-attributes',
      scsi.decodeAttributeParameterList,
      scsi.encodeAttributes([{ identifier: 0x0800, format: 1, readOnly: false, value: new Uint8Array(8).fill(0x41) }]),
    ),
    target('data-out-element-list', scsi.decodeElementList, Uint8Array.of(0, 0, 0, 2, 0, 32)),
    target(
      'data-out-volume-tag-template',
      scsi.decodeVolumeTagTemplate,
      scsi.encodeVolumeTagTemplate({ volumeIdentificationTemplate: 'FUZ*' }),
    ),
    target(
      'data-out-log-parameters',
      (bytes) => scsi.decodeLogParameters(bytes),
      scsi.encodeLogParameters([{ parameterCode: 1, controlByte: 3, value: new Uint8Array(4) }]),
    ),
    target('data-out-length', checkDataOutLength, ...everyCommand().map((cdb) => inputOf(1, 0, 2, cdb))),
    target('cdb', parseAsEachCommand, ...everyCommand()),
  ];
}

/** Peripheral device type, block length, CDB. */
function checkDataOutLength([type = 0, blockHigh = 0, blockLow = 0, ...cdb]: Uint8Array): void {
  const blockLength = blockHigh * 256 + blockLow;
  const length = scsi.dataOutLength(TYPES[type % TYPES.length] ?? 0, Uint8Array.from(cdb), blockLength);
  if (length === undefined) return;
  if (!Number.isInteger(length) || length < 0 || length > LARGEST_BYTES) throw new Error(`${length} bytes of data-out`);
}

/** Each `parse...Cdb` there is, whatever the operation code says. */
function parseAsEachCommand(cdb: Uint8Array): void {
  for (const [name, parse] of Object.entries<unknown>(scsi)) {
    if (!/^parse\w+Cdb$/.test(name) || typeof parse !== 'function') continue;
    try {
      (parse as (bytes: Uint8Array) => unknown)(cdb);
    } catch (error) {
      if (!(error instanceof scsi.ScsiFormatError)) throw error;
    }
  }
}

function everyCommand(): Uint8Array[] {
  return [...new Set<number>(Object.values(scsi.OperationCode))].map((opcode) =>
    Uint8Array.of(opcode, 0, 0, 0, 0, 1, 0, 2, 0, 3, 0, 0, 0, 4, 0, 0),
  );
}
