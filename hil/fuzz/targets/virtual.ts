import { dataOutLength } from '../../../devices/scsi/data-out-length.js';
import { OperationCode } from '../../../devices/scsi/opcodes.js';
import { decodeSense, SenseKey } from '../../../devices/scsi/sense.js';
import { ScsiStatus } from '../../../devices/scsi/status.js';
import type { ScsiTaskResult } from '../../../devices/transport/scsi-target.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { InputReader, inputOf } from '../input-reader.js';
import {
  ALL_CARTRIDGES,
  cartridgesOf,
  GOOD_NEXUS,
  smallAutoloader,
  type SmallAutoloader,
} from '../small-autoloader.js';

const NOTHING = new Uint8Array(0);
/** Turns of the event loop within which an autoloader without waiting times must answer. */
const MOST_TURNS = 1_000;
/** Data-out is made no longer than this, whatever a CDB asks for. */
const MOST_DATA_OUT = 256 * 1024;
const statuses: readonly number[] = Object.values(ScsiStatus);
const CDB_BYTES = 16;

/**
 * Commands to the virtual autoloader itself: any CDB with any data-out. It always answers with a status, never by INTERNAL
 * TARGET FAILURE; no cartridge is lost or doubled; another host is still answered.
 */
export function virtualTargets(): FuzzTarget[] {
  return (['drive', 'changer', 'empty-drive'] as const).map((unit, index) => ({
    name: `virtual-${unit}`,
    seeds: () => seedsFor(unit === 'changer'),
    take: (input) => sendAll(input, index as 0 | 1 | 2),
    codes: [],
    cost: 'session',
  }));
}

/**
 * An input is commands one after another: a byte with the CDB's length and whether the data-out is as long as the CDB says,
 * 16 bytes of CDB, a length, data-out.
 */
async function sendAll(input: Uint8Array, unit: 0 | 1 | 2): Promise<void> {
  const small = await smallAutoloader();
  try {
    const reader = new InputReader(input);
    for (let commands = 0; !reader.isAtEnd && commands < 64; commands++)
      await sendNext(small, small.luns[unit], reader);
    await checkAfter(small);
  } finally {
    await small.autoloader.close();
  }
}

async function sendNext({ autoloader }: SmallAutoloader, lun: number, reader: InputReader): Promise<void> {
  const how = reader.byte();
  const cdb = reader.bytes(CDB_BYTES).subarray(0, how % (CDB_BYTES + 1));
  const given = reader.bytes(reader.byte());
  const wanted = dataOutLength(lun === 1 ? 8 : 1, cdb, autoloader.blockLengthOf(lun)) ?? given.length;
  const dataOut = how < 0x80 ? fitted(given, Math.min(wanted, MOST_DATA_OUT)) : given;
  const nexus = (how & 0x40) === 0 ? 'bad host' : 'bad host, too';
  const result = await answerWithin(autoloader.execute({ nexus, lun, cdb, dataOut }));
  checkAnswer(result, cdb);
}

function checkAnswer({ status, sense, dataIn }: ScsiTaskResult, cdb: Uint8Array): void {
  const what = `CDB ${Buffer.from(cdb).toString('hex')}`;
  if (!statuses.includes(status)) throw new Error(`${what} was answered with status ${status}`);
  if (status !== ScsiStatus.CHECK_CONDITION) {
    if (sense.length > 0) throw new Error(`${what} got sense data with status ${status}`);
    return;
  }
  const { key, asc, ascq } = decodeSense(sense);
  if (key === SenseKey.HARDWARE_ERROR && asc === 0x44 && ascq === 0)
    throw new Error(`${what}: INTERNAL TARGET FAILURE`);
  if (!(dataIn instanceof Uint8Array)) throw new Error(`${what} has no data-in`);
}

async function checkAfter({ autoloader, failures, luns }: SmallAutoloader): Promise<void> {
  if (failures.length > 0) throw failures[0];
  const cartridges = cartridgesOf(autoloader);
  if (cartridges !== ALL_CARTRIDGES) throw new Error(`the cartridges are ${cartridges}, no longer ${ALL_CARTRIDGES}`);
  for (const lun of luns) {
    // INQUIRY is answered whoever holds a reservation.
    const cdb = Uint8Array.of(0x12, 0, 0, 0, 36, 0);
    const { status, dataIn } = await answerWithin(
      autoloader.execute({ nexus: GOOD_NEXUS, lun, cdb, dataOut: NOTHING }),
    );
    if (status !== ScsiStatus.GOOD || dataIn.length !== 36) throw new Error(`another host got status ${status}`);
  }
}

async function answerWithin(answer: Promise<ScsiTaskResult>): Promise<ScsiTaskResult> {
  const wait = { isOver: false };
  const late = (async () => {
    for (let turn = 0; turn < MOST_TURNS && !wait.isOver; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (wait.isOver) return answer;
    throw new Error(`no answer within ${MOST_TURNS} turns of the event loop`);
  })();
  return Promise.race([answer, late]).finally(() => (wait.isOver = true));
}

/** Cut, or filled up with zeros. */
function fitted(bytes: Uint8Array, length: number): Uint8Array {
  const exact = new Uint8Array(length);
  exact.set(bytes.subarray(0, length));
  return exact;
}

function command(cdb: readonly number[], dataOut: readonly number[] = []): Uint8Array {
  const padded = new Uint8Array(CDB_BYTES);
  padded.set(cdb);
  return inputOf(cdb.length, padded, dataOut.length, Uint8Array.from(dataOut));
}

function seedsFor(isChanger: boolean): Uint8Array[] {
  const zeros = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const each = Object.values(OperationCode).map((opcode) => command([opcode, ...zeros]));
  const keys = [...zeros.slice(0, 8), ...zeros.slice(0, 7), 1, ...zeros.slice(0, 8)];
  const register = command([0x5f, 0, 0, 0, 0, 0, 0, 0, 24, 0], keys);
  const modeSense = command([0x5a, 8, 0x3f, 0xff, 0, 0, 0, 4, 0, 0]);
  const own = isChanger
    ? [
        command([0xb8, 0x10, 0, 0, 0xff, 0xff, 0, 0, 4, 0, 0, 0]),
        inputOf(
          command([0xa5, 0, 0, 1, 0, 0x21, 0, 0x22, 0, 0, 0, 0]),
          command([0xa5, 0, 0, 1, 0, 0x22, 1, 0xe1, 0, 0, 0, 0]),
          command([0xa6, 0, 0, 1, 0, 0x20, 1, 0xe1, 0, 0x20, 0, 0]),
        ),
        command([0xb6, 0, 0, 0, 0, 0x05, 0, 0, 0, 40, 0, 0], [0x46, 0x55, 0x5a, 0x2a]),
        command([0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 4, 0, 0, 0]),
        command([0x37, 1, 0, 0x20, 0, 0, 0, 4, 0, 0]),
        command([0x56, 0, 0, 0, 0, 0, 0, 0, 6, 0], [0, 0, 0, 1, 0, 0x20]),
      ]
    : [
        inputOf(
          command([0x0a, 0, 0, 0, 16, 0], [1, 2, 3, 4, 5, 6, 7, 8]),
          command([0x10, 0, 0, 0, 1, 0]),
          command([0x01, 0, 0, 0, 0, 0]),
          command([0x08, 0, 0, 0, 16, 0]),
          command([0x11, 1, 0, 0, 1, 0]),
          command([0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ),
        inputOf(
          command([0x15, 0x10, 0, 0, 12, 0], [0, 0, 0x10, 8, 0, 0, 0, 0, 0, 0, 2, 0]),
          command([0x0a, 1, 0, 0, 2, 0]),
        ),
        command(
          [0x8d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0],
          [0, 0, 0, 13, 8, 1, 1, 0, 8, ...zeros.slice(0, 8)],
        ),
        command([0x8c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0]),
        command([0x92, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
        command([0x1b, 0, 0, 0, 0, 0]),
        command([0x19, 1, 0, 0, 0, 0]),
        command([0x44, 0, 0, 0, 0, 0, 0, 4, 0, 0]),
      ];
  return [
    ...own,
    inputOf(register, command([0x5f, 1, 3, 0, 0, 0, 0, 0, 24, 0], [0, 0, 0, 0, 0, 0, 0, 1])),
    modeSense,
    command([0x55, 0x10, 0, 0, 0, 0, 0, 0, 20, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0x0a, 10]),
    command([0x1d, 0x04, 0, 0, 0, 0]),
    command([0x3b, 2, 0, 0, 0, 0, 0, 0, 8, 0], [1, 2, 3, 4, 5, 6, 7, 8]),
    command([0x4c, 2, 0xc0, 0, 0, 0, 0, 0, 0, 0]),
    command([0x4d, 0, 0x40, 0, 0, 0, 0, 1, 0, 0]),
    command([0xa3, 0x0c, 0x80, 0, 0, 0, 0, 0, 4, 0, 0, 0]),
    ...each,
  ];
}
