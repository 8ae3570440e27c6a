import type { ScsiTask, ScsiTaskResult } from '../../transport/scsi-target.js';

/**
 * Something wrong with the device, on purpose. Faults are stacked: the newest is asked first and decides whether and when
 * the next one, and at last the device itself, sees the command.
 */
export interface Fault {
  /** What a person would call it, for the log of a test. */
  readonly name: string;
  perform(task: ScsiTask, next: (task: ScsiTask) => Promise<ScsiTaskResult>): Promise<ScsiTaskResult>;
}

/** Which commands a fault meets, and how often. */
export interface FaultTarget {
  /** Default: every logical unit. */
  readonly lun?: number;
  /** Default: every operation code. */
  readonly opcode?: number;
  /** How many commands are met before the fault is over. Default: no end. */
  readonly times?: number;
}

/** Tells of each command whether the fault meets it; counts those that it does. */
export function meets(target: FaultTarget): (task: ScsiTask) => boolean {
  let left = target.times ?? Number.POSITIVE_INFINITY;
  return (task) => {
    if (left <= 0) return false;
    if (target.lun !== undefined && target.lun !== task.lun) return false;
    if (target.opcode !== undefined && target.opcode !== task.cdb[0]) return false;
    left -= 1;
    return true;
  };
}
