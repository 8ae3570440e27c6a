import type { ScsiTaskResult } from '../../transport/scsi-target.js';
import { meets, type Fault, type FaultTarget } from './fault.js';

/** Does what was asked, and the answer never comes: the host sees a time-out of a command that was executed. */
export function lostAnswerFault(target: FaultTarget): Fault {
  const met = meets(target);
  return {
    name: 'lost answer',
    async perform(task, next) {
      if (!met(task)) return next(task);
      await next(task);
      return silence();
    },
  };
}

/** The command never arrives: the host sees a time-out of a command that was not executed. */
export function lostCommandFault(target: FaultTarget): Fault {
  const met = meets(target);
  return { name: 'lost command', perform: (task, next) => (met(task) ? silence() : next(task)) };
}

function silence(): Promise<ScsiTaskResult> {
  return new Promise(() => {
    // Never.
  });
}
