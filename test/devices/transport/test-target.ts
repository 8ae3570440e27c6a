import type { Clock } from '../../../devices/clock.js';
import type { ScsiTarget, ScsiTask, ScsiTaskResult } from '../../../devices/transport/scsi-target.js';

/**
 * Commands of the test target. The first byte is an operation code of the vendor specific groups, so that nobody takes
 * them for real ones; `TEST_UNIT_READY` and `INQUIRY` are the standard's.
 */
export const TestCommand = {
  TEST_UNIT_READY: 0x00,
  INQUIRY: 0x12,
  /** Bytes 2-5 a number: counts that it was executed, then waits for bytes 6-9 milliseconds. */
  COUNT: 0xc0,
  /** Keeps the data-out. Bytes 2-5: its length. */
  STORE: 0xc1,
  /** Gives back what STORE kept, at most bytes 2-5 of it. */
  RECALL: 0xc2,
  /** CHECK CONDITION, NOT READY, with `testSense`. */
  FAIL: 0xc3,
  /** Does not end until it is aborted. */
  HANG: 0xc4,
  /** Throws. */
  THROW: 0xc5,
} as const;
export type TestCommand = (typeof TestCommand)[keyof typeof TestCommand];

/** NOT READY, LOGICAL UNIT NOT READY, INITIALIZING COMMAND REQUIRED, in fixed format. */
export const testSense = Uint8Array.from([0x70, 0, 0x02, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x04, 0x02, 0, 0, 0, 0]);
/** ILLEGAL REQUEST, LOGICAL UNIT NOT SUPPORTED. */
export const noUnitSense = Uint8Array.from([0x70, 0, 0x05, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x25, 0x00, 0, 0, 0, 0]);

const good = 0x00;
const checkCondition = 0x02;
const nothing = new Uint8Array(0);

/** Builds a ten byte CDB with two numbers in it. */
export function testCdb(command: TestCommand, first = 0, second = 0): Uint8Array {
  const cdb = new Uint8Array(10);
  const view = new DataView(cdb.buffer);
  view.setUint8(0, command);
  view.setUint32(2, first);
  view.setUint32(6, second);
  return cdb;
}

/** A device with two logical units, a memory, and a count of everything that was done to it. */
export class TestTarget implements ScsiTarget {
  /** How often COUNT was executed with each number. */
  readonly executed = new Map<number, number>();
  /** Everything that arrived, in order. */
  readonly tasks: ScsiTask[] = [];
  readonly lostNexuses: string[] = [];
  readonly resets: number[] = [];
  mostInFlight = 0;
  #inFlight = 0;
  #stored = nothing;
  readonly #clock: Clock;
  #watchers: { count: number; resolve: () => void }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when `count` tasks have arrived since the start. */
  arrived(count: number): Promise<void> {
    if (this.tasks.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#watchers.push({ count, resolve }));
  }

  async execute(task: ScsiTask): Promise<ScsiTaskResult> {
    this.tasks.push(task);
    this.#inFlight++;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    for (const watcher of this.#watchers) if (this.tasks.length >= watcher.count) watcher.resolve();
    try {
      return await this.#perform(task);
    } finally {
      this.#inFlight--;
    }
  }

  nexusLost(nexus: string): void {
    this.lostNexuses.push(nexus);
  }

  resetLogicalUnit(lun: number): Promise<void> {
    this.resets.push(lun);
    return Promise.resolve();
  }

  async #perform(task: ScsiTask): Promise<ScsiTaskResult> {
    const { cdb } = task;
    if (task.lun > 1) return { status: checkCondition, sense: noUnitSense, dataIn: nothing };
    const padded = new Uint8Array(10);
    padded.set(cdb.subarray(0, 10));
    const view = new DataView(padded.buffer);
    const first = view.getUint32(2);
    switch (cdb[0]) {
      case TestCommand.TEST_UNIT_READY:
        return answer();
      case TestCommand.INQUIRY:
        return answer(inquiryData(task.lun).subarray(0, cdb[4]));
      case TestCommand.COUNT:
        this.executed.set(first, (this.executed.get(first) ?? 0) + 1);
        if (view.getUint32(6) > 0) await this.#clock.sleep(view.getUint32(6), task.signal);
        return answer();
      case TestCommand.STORE:
        this.#stored = Uint8Array.from(task.dataOut);
        return answer();
      case TestCommand.RECALL:
        return answer(this.#stored.subarray(0, first));
      case TestCommand.FAIL:
        return { status: checkCondition, sense: testSense, dataIn: nothing };
      case TestCommand.HANG:
        return untilAborted(task);
      default:
        throw new Error('the test target was told to throw');
    }
  }
}

const answer = (dataIn: Uint8Array = nothing): ScsiTaskResult => ({ status: good, dataIn, sense: nothing });

/** Medium changer on unit 0, tape drive on unit 1. */
export function inquiryData(lun: number): Uint8Array {
  const data = new Uint8Array(36);
  data[0] = lun === 0 ? 0x08 : 0x01;
  data[4] = data.length - 5;
  data.set(Buffer.from('OPENRSM TEST TARGET     0001'), 8);
  return data;
}

function untilAborted(task: ScsiTask): Promise<ScsiTaskResult> {
  return new Promise((resolve) => {
    task.signal?.addEventListener('abort', () => resolve({ status: 0x40, dataIn: nothing, sense: nothing }), {
      once: true,
    });
  });
}
