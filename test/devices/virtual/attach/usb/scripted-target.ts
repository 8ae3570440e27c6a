import type { ScsiTarget, ScsiTask, ScsiTaskResult } from '../../../../../devices/transport/scsi-target.js';
import { hexBytes } from '../../../scsi/hex-fixture.js';

const NOTHING = new Uint8Array(0);

/** A target that answers what a test tells it; a tape drive by its INQUIRY data. */
export class ScriptedTarget implements ScsiTarget {
  readonly tasks: ScsiTask[] = [];
  readonly lost: string[] = [];
  readonly resets: number[] = [];
  /** By operation code; anything else is GOOD without data. */
  readonly answers = new Map<number, (task: ScsiTask) => ScsiTaskResult | Promise<ScsiTaskResult>>();

  constructor() {
    this.answers.set(0x12, ({ cdb }) => good(hexBytes('01 80 06 02 1f').slice(0, cdb[4])));
  }

  /** The opcodes that were executed, without the device's own INQUIRY for a unit's type. */
  get executed(): number[] {
    return this.tasks.map(({ cdb }) => cdb[0] ?? -1);
  }

  async execute(task: ScsiTask): Promise<ScsiTaskResult> {
    this.tasks.push(task);
    return (await this.answers.get(task.cdb[0] ?? -1)?.(task)) ?? good();
  }

  nexusLost(nexus: string): void {
    this.lost.push(nexus);
  }

  resetLogicalUnit(lun: number): Promise<void> {
    this.resets.push(lun);
    return Promise.resolve();
  }
}

export function good(dataIn: Uint8Array = NOTHING): ScsiTaskResult {
  return { status: 0, dataIn, sense: NOTHING };
}

export function check(sense: Uint8Array, dataIn: Uint8Array = NOTHING): ScsiTaskResult {
  return { status: 2, dataIn, sense };
}

/** Bytes that are all different from their neighbours. */
export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 0xff);
}

/** An answer that comes when the test says so, and a look at whether it was aborted meanwhile. */
export function held(result: ScsiTaskResult = good()): {
  answer: (task: ScsiTask) => Promise<ScsiTaskResult>;
  release: () => void;
} {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  return {
    answer: async () => {
      await released;
      return result;
    },
    release: () => release(),
  };
}
