import type { ScsiTarget, ScsiTask, ScsiTaskResult } from '../../../../devices/transport/scsi-target.js';

/** Lets a target answer REQUEST SENSE with the sense data of its last command, for transports without autosense. */
export class SenseKeepingTarget implements ScsiTarget {
  readonly #target: ScsiTarget;
  readonly #kept = new Map<number, Uint8Array>();

  constructor(target: ScsiTarget) {
    this.#target = target;
  }

  async execute(task: ScsiTask): Promise<ScsiTaskResult> {
    const nothing = new Uint8Array(0);
    if (task.cdb[0] === 0x03) {
      const sense = this.#kept.get(task.lun) ?? nothing;
      return { status: 0, dataIn: sense.subarray(0, task.cdb[4] ?? 0), sense: nothing };
    }
    const result = await this.#target.execute(task);
    this.#kept.set(task.lun, result.sense);
    return result;
  }

  nexusLost(nexus: string): void {
    this.#kept.clear();
    this.#target.nexusLost(nexus);
  }
}
