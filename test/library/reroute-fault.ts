import { OperationCode } from '../../devices/scsi/opcodes.js';
import { encodeSense } from '../../devices/scsi/sense.js';
import type { SenseInput } from '../../devices/scsi/sense.js';
import { ScsiStatus } from '../../devices/scsi/status.js';
import type { Fault } from '../../devices/virtual/faults/index.js';

/** A robot that carries the cartridge of a MOVE MEDIUM to another element than it was told, and says `sense` or GOOD. */
export function rerouteFault({
  destination,
  times,
  sense,
}: {
  readonly destination: number;
  readonly times: number;
  readonly sense?: SenseInput;
}): Fault {
  let left = times;
  return {
    name: `motion ends in element ${destination}`,
    async perform(task, next) {
      if (task.cdb[0] !== OperationCode.MOVE_MEDIUM || left === 0) return next(task);
      left -= 1;
      const cdb = task.cdb.slice();
      new DataView(cdb.buffer).setUint16(6, destination);
      const result = await next({ ...task, cdb });
      if (sense === undefined || result.status !== ScsiStatus.GOOD) return result;
      return { status: ScsiStatus.CHECK_CONDITION, dataIn: new Uint8Array(), sense: encodeSense(sense) };
    },
  };
}
