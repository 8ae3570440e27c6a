import { OperationCode } from '../../scsi/opcodes.js';
import { encodeSense, type SenseInput } from '../../scsi/sense.js';
import { parseRequestSenseCdb } from '../../scsi/spc/request-sense.js';
import { ScsiStatus } from '../../scsi/status.js';
import type { ScsiTask, ScsiTaskResult } from '../../transport/scsi-target.js';
import { cutTo } from '../primary-commands.js';
import { meets, type Fault, type FaultTarget } from './fault.js';

const NOTHING = new Uint8Array(0);

/**
 * Answers with this sense instead of doing what was asked. A REQUEST SENSE right behind it gives the same sense: over a
 * transport without autosense (USB Bulk-Only, a serial line) the host learns it in no other way.
 */
export function checkConditionFault(target: FaultTarget, sense: SenseInput): Fault {
  const met = meets(target);
  const unasked = new Set<string>();
  return {
    name: 'CHECK CONDITION',
    perform(task, next) {
      const path = `${task.lun} ${task.nexus}`;
      const isAsked = unasked.delete(path) && isRequestSense(task.cdb);
      if (isAsked) return Promise.resolve(requestedSense(task, sense));
      if (!met(task)) return next(task);
      unasked.add(path);
      return Promise.resolve({
        status: ScsiStatus.CHECK_CONDITION,
        dataIn: NOTHING,
        sense: encodeSense(sense),
      });
    },
  };
}

function isRequestSense(cdb: Uint8Array): boolean {
  return cdb[0] === OperationCode.REQUEST_SENSE && cdb.length >= 6;
}

function requestedSense({ cdb }: ScsiTask, sense: SenseInput): ScsiTaskResult {
  const { desc, allocationLength } = parseRequestSenseCdb(cdb);
  const data = encodeSense({ ...sense, format: desc ? 'descriptor' : 'fixed' });
  return { status: ScsiStatus.GOOD, dataIn: cutTo(allocationLength, data), sense: NOTHING };
}

/** Answers with this status (BUSY, TASK SET FULL ...) and does nothing. */
export function statusFault(target: FaultTarget, status: ScsiStatus): Fault {
  const met = meets(target);
  return {
    name: 'status',
    perform: (task, next) => (met(task) ? Promise.resolve({ status, dataIn: NOTHING, sense: NOTHING }) : next(task)),
  };
}
