import * as scsi from '../../../devices/scsi/index.js';
import { fixtures } from '../fixtures.js';
import type { FuzzTarget, MakeTarget } from '../fuzz-target.js';
import { smallAutoloader } from '../small-autoloader.js';

const codes = ['SHORT_DATA', 'CONTRADICTION', 'OUT_OF_RANGE'];
const [DRIVE, CHANGER] = [0, 1];

/** A decoder of what a changer or a drive sends, and where good bytes for it come from. */
interface Line {
  readonly name: string;
  readonly take: (bytes: Uint8Array) => unknown;
  /** Captures whose file names are like that. */
  readonly like?: RegExp;
  /** What the virtual autoloader's unit answers to the CDB. */
  readonly asked?: readonly [lun: number, cdb: readonly number[]];
  readonly bytes?: () => readonly Uint8Array[];
}

const vpd = (page: number): readonly number[] => [0x12, 1, page, 0, 252, 0];
const logSense = (page: number, subpage = 0): readonly number[] => [0x4d, 0, 0x40 | page, subpage, 0, 0, 0, 4, 0, 0];
const reserveIn = (action: number): readonly number[] => [0x5e, action, 0, 0, 0, 0, 0, 2, 0, 0];
const readAttribute = (action: number): readonly number[] => [0x8c, action, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0];
const readBuffer = (mode: number): readonly number[] => [0x3c, mode, 0, 0, 0, 0, 0, 64, 0, 0];
const everyModePage: readonly number[] = [0x5a, 0, 0x3f, 0xff, 0, 0, 0, 4, 0, 0];

const lines: readonly Line[] = [
  {
    name: 'element-status',
    take: (bytes) => [
      scsi.decodeElementStatusHeader(bytes),
      scsi.decodeElementStatusData(bytes),
      scsi.decodeElementStatusData(bytes, { dvcid: true }),
    ],
    like: /read-element-status/,
  },
  { name: 'volume-element-address', take: scsi.decodeVolumeElementAddressData, like: /read-element-status/ },
  {
    name: 'element-information',
    take: scsi.decodeElementInformation,
    bytes: () => [
      scsi.encodeSupportedElementInformationPages([{ elementTypeCode: 2, pageCodes: [0, 1, 2] }]),
      scsi.encodeElementStaticInformation([{ firstElementAddress: 32, numberOfElements: 23, elementTypeCode: 2 }]),
      scsi.encodeElementState([{ elementAddress: 32, elementTypeCode: 2 }]),
    ],
  },
  { name: 'inquiry', take: scsi.decodeStandardInquiry, like: /inquiry-(changer|tape|scsi)/ },
  { name: 'supported-vpd-pages', take: scsi.decodeSupportedVpdPages, like: /vpd-00/, asked: [CHANGER, vpd(0x00)] },
  { name: 'serial-number', take: scsi.decodeUnitSerialNumber, like: /vpd-80/ },
  { name: 'device-identification', take: scsi.decodeDeviceIdentification, like: /vpd-83/ },
  {
    name: 'designators',
    take: (bytes) => scsi.decodeDesignators(bytes, 4, bytes.length),
    like: /vpd-83/,
  },
  { name: 'extended-inquiry', take: scsi.decodeExtendedInquiry, asked: [DRIVE, vpd(0x86)] },
  { name: 'mode-page-policies', take: scsi.decodeModePagePolicies, asked: [DRIVE, vpd(0x87)] },
  { name: 'mode-parameters-6', take: (bytes) => decodeModePages(bytes, 6), like: /mode-sense-6/ },
  {
    name: 'mode-parameters-10',
    take: (bytes) => decodeModePages(bytes, 10),
    like: /mode-sense-10/,
    asked: [DRIVE, everyModePage],
  },
  { name: 'report-luns', take: scsi.decodeReportLuns, like: /report-luns/ },
  { name: 'lun', take: (bytes) => scsi.decodeLun(bytes), like: /report-luns/ },
  { name: 'supported-log-pages', take: scsi.decodeSupportedLogPages, asked: [DRIVE, logSense(0)] },
  { name: 'supported-log-subpages', take: scsi.decodeSupportedLogSubpages, asked: [DRIVE, logSense(0, 0xff)] },
  {
    name: 'log-page',
    take: (bytes) => scsi.decodeLogParameters(scsi.decodeLogPage(bytes).content).map(decodeBinary),
    asked: [DRIVE, logSense(0x17)],
  },
  { name: 'tape-alert', take: scsi.decodeTapeAlert, asked: [DRIVE, logSense(0x2e)] },
  { name: 'changer-statistics', take: scsi.decodeChangerStatistics, asked: [CHANGER, logSense(0x14)] },
  {
    name: 'self-test-results',
    take: scsi.decodeSelfTestResults,
    bytes: () => [
      scsi.encodeSelfTestResults([
        {
          selfTestCode: 1,
          result: 0,
          selfTestNumber: 0,
          accumulatedPowerOnHours: 7,
          senseKey: 0,
          asc: 0,
          ascq: 0,
        },
      ]),
    ],
  },
  { name: 'sense', take: scsi.decodeSense, like: /sense/ },
  {
    name: 'sense-key-specific',
    take: ([key = 0, ...bytes]) => scsi.decodeSenseKeySpecific(key & 0x0f, Uint8Array.from(bytes), 0),
    bytes: () => [Uint8Array.of(5, 0xc8, 0, 2), Uint8Array.of(2, 0x80, 0x40, 0)],
  },
  {
    name: 'supported-commands',
    take: scsi.decodeSupportedCommands,
    like: /report-supported-operation/,
    asked: [CHANGER, [0xa3, 0x0c, 0x80, 0, 0, 0, 0, 0, 8, 0, 0, 0]],
  },
  {
    name: 'command-support',
    take: scsi.decodeCommandSupport,
    asked: [CHANGER, [0xa3, 0x0c, 0x81, 0xa5, 0, 0, 0, 0, 0, 64, 0, 0]],
  },
  {
    name: 'task-management-functions',
    take: scsi.decodeTaskManagementFunctions,
    asked: [CHANGER, [0xa3, 0x0d, 0x80, 0, 0, 0, 0, 0, 0, 16, 0, 0]],
  },
  {
    name: 'reservation-keys',
    take: scsi.decodeReservationKeys,
    like: /read-keys/,
    asked: [DRIVE, reserveIn(0)],
    bytes: () => [scsi.encodeReservationKeys(1, [1n, 2n])],
  },
  {
    name: 'reservation',
    take: scsi.decodeReservation,
    like: /read-reservation/,
    bytes: () => [scsi.encodeReservation(1, { reservationKey: 1n, scope: 0, type: 1 })],
  },
  {
    name: 'reservation-capabilities',
    take: scsi.decodeReservationCapabilities,
    like: /report-capabilities/,
    asked: [DRIVE, reserveIn(2)],
  },
  {
    name: 'full-status',
    take: (bytes) =>
      scsi.decodeFullStatus(bytes).registrations.map(({ transportId }) => scsi.decodeTransportId(transportId)),
    bytes: () => [
      scsi.encodeFullStatus(3, [
        {
          reservationKey: 9n,
          allTargetPorts: false,
          reservationHolder: true,
          scope: 0,
          type: 1,
          relativeTargetPortIdentifier: 1,
          transportId: initiatorPort(),
        },
      ]),
    ],
  },
  { name: 'transport-id', take: scsi.decodeTransportId, bytes: () => [initiatorPort()] },
  { name: 'attributes', take: scsi.decodeAttributes, asked: [DRIVE, readAttribute(0)] },
  { name: 'attribute-identifiers', take: scsi.decodeAttributeIdentifiers, asked: [DRIVE, readAttribute(1)] },
  { name: 'number-range', take: scsi.decodeNumberRange, asked: [DRIVE, readAttribute(3)] },
  {
    name: 'density-support',
    take: scsi.decodeDensitySupport,
    asked: [DRIVE, [0x44, 0, 0, 0, 0, 0, 0, 2, 0, 0]],
  },
  {
    name: 'medium-type-support',
    take: scsi.decodeMediumTypeSupport,
    asked: [DRIVE, [0x44, 2, 0, 0, 0, 0, 0, 2, 0, 0]],
  },
  {
    name: 'read-position-short',
    take: scsi.decodeReadPositionShort,
    asked: [DRIVE, [0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  },
  { name: 'read-position-long', take: scsi.decodeReadPositionLong, asked: [DRIVE, [0x34, 6, 0, 0, 0, 0, 0, 0, 0, 0]] },
  {
    name: 'read-position-extended',
    take: scsi.decodeReadPositionExtended,
    asked: [DRIVE, [0x34, 8, 0, 0, 0, 0, 0, 0, 32, 0]],
  },
  { name: 'block-limits', take: scsi.decodeBlockLimits, like: /block-limits/, asked: [DRIVE, [5, 0, 0, 0, 0, 0]] },
  { name: 'block-descriptor', take: (bytes) => scsi.decodeBlockDescriptor(bytes), bytes: () => [new Uint8Array(8)] },
  { name: 'buffer-header', take: scsi.decodeBufferHeader, asked: [DRIVE, readBuffer(0)] },
  { name: 'buffer-descriptor', take: scsi.decodeBufferDescriptor, asked: [DRIVE, readBuffer(3)] },
  { name: 'echo-buffer-descriptor', take: scsi.decodeEchoBufferDescriptor, asked: [DRIVE, readBuffer(0x0b)] },
  {
    name: 'diagnostic-page',
    take: (bytes) => [scsi.decodeDiagnosticPage(bytes), scsi.decodeSupportedDiagnosticPages(bytes)],
    asked: [CHANGER, [0x1c, 1, 0, 0, 64, 0]],
  },
];

/** What a changer or a drive sends in answer to a command. */
export function dataInTargets(): MakeTarget[] {
  return lines.map((line) => async () => targetOf(line));
}

async function targetOf({ name, take, like, asked, bytes }: Line): Promise<FuzzTarget> {
  const answers = asked === undefined ? [] : [await answerTo(asked)];
  const seeds = [...(like === undefined ? [] : fixtures(like)), ...answers, ...(bytes?.() ?? [])];
  return { name: `data-in-${name}`, seeds: () => seeds, take, codes, cost: 'parser' };
}

async function answerTo([lun, cdb]: readonly [lun: number, cdb: readonly number[]]): Promise<Uint8Array> {
  const { autoloader } = await smallAutoloader();
  try {
    const task = { nexus: 'fuzz', lun, dataOut: new Uint8Array(0) };
    await autoloader.execute({ ...task, cdb: new Uint8Array(6) });
    const { status, dataIn } = await autoloader.execute({ ...task, cdb: Uint8Array.from(cdb) });
    if (status !== scsi.ScsiStatus.GOOD) throw new Error(`CDB ${cdb.join(' ')} to LUN ${lun} got status ${status}`);
    return dataIn;
  } finally {
    await autoloader.close();
  }
}

/** Every page is looked at as each of the pages that there is a decoder for. */
function decodeModePages(bytes: Uint8Array, format: 6 | 10): void {
  for (const page of scsi.decodeModeParameters(bytes, format).pages) {
    for (const decode of [
      scsi.decodeElementAddressAssignment,
      scsi.decodeTransportGeometry,
      scsi.decodeDeviceCapabilities,
      scsi.decodeControlModePage,
      scsi.decodeInformationalExceptionsControl,
    ]) {
      try {
        decode(page);
      } catch (error) {
        if (!(error instanceof scsi.ScsiFormatError)) throw error;
      }
    }
  }
}

function decodeBinary(parameter: scsi.LogParameter): number {
  return parameter.value.length > 6 ? 0 : scsi.decodeBinaryParameter(parameter);
}

function initiatorPort(): Uint8Array {
  return scsi.encodeTransportId({ protocol: 'iscsi', initiatorPort: 'iqn.2026-11.test:fuzz,i,0x800102030000' });
}
