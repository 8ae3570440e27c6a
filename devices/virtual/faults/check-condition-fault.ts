import { encodeSense, type SenseInput } from '../../scsi/sense.js';
import { ScsiStatus } from '../../scsi/status.js';
import { meets, type Fault, type FaultTarget } from './fault.js';

/** Answers with this sense instead of doing what was asked. */
export function checkConditionFault(target: FaultTarget, sense: SenseInput): Fault {
  const met = meets(target);
  return {
    name: 'CHECK CONDITION',
    perform: (task, next) =>
      met(task)
        ? Promise.resolve({
            status: ScsiStatus.CHECK_CONDITION,
            dataIn: new Uint8Array(0),
            sense: encodeSense(sense),
          })
        : next(task),
  };
}

/** Answers with this status (BUSY, TASK SET FULL ...) and does nothing. */
export function statusFault(target: FaultTarget, status: ScsiStatus): Fault {
  const met = meets(target);
  return {
    name: 'status',
    perform: (task, next) =>
      met(task) ? Promise.resolve({ status, dataIn: new Uint8Array(0), sense: new Uint8Array(0) }) : next(task),
  };
}
