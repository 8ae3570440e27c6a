import { UasResponseCode, UasTaskManagementFunction } from '../../../transport/usb/information-units.js';
import type { TargetPort } from './target-port.js';
import type { UasTask } from './uas-task.js';

export interface TaskManagementRequest {
  readonly function: number;
  readonly managedTag: number;
  readonly lun: number;
}

const { TASK_MANAGEMENT_FUNCTION_COMPLETE: COMPLETE, TASK_MANAGEMENT_FUNCTION_SUCCEEDED: SUCCEEDED } = UasResponseCode;
const RESPONSE_TO_RESET = {
  done: COMPLETE,
  failed: UasResponseCode.TASK_MANAGEMENT_FUNCTION_FAILED,
  unsupported: UasResponseCode.TASK_MANAGEMENT_FUNCTION_NOT_SUPPORTED,
} as const;

/**
 * Does a task management function on the tasks of this nexus (SAM-5 clause 7) and gives the RESPONSE CODE. An aborted task
 * gets no unit any more; a motion that has begun goes on to its end.
 */
export async function manageTasks(
  request: TaskManagementRequest,
  tasks: Map<number, UasTask>,
  port: TargetPort,
): Promise<UasResponseCode> {
  const { lun, managedTag } = request;
  // The tag is free at once: what still ends in the mechanics has no part in it.
  const abort = (aborted: readonly UasTask[]): void => {
    for (const task of aborted) {
      task.abort.abort();
      tasks.delete(task.tag);
    }
  };
  if (request.function === UasTaskManagementFunction.I_T_NEXUS_RESET) {
    abort([...tasks.values()]);
    port.nexusLost();
    return COMPLETE;
  }
  if (!port.luns.includes(lun)) return UasResponseCode.INCORRECT_LOGICAL_UNIT_NUMBER;
  const tasksOfUnit = [...tasks.values()].filter((task) => task.lun === lun);
  const managed = tasksOfUnit.filter(({ tag }) => tag === managedTag);
  switch (request.function) {
    case UasTaskManagementFunction.ABORT_TASK:
      abort(managed);
      return COMPLETE;
    case UasTaskManagementFunction.ABORT_TASK_SET:
      abort(tasksOfUnit);
      return COMPLETE;
    case UasTaskManagementFunction.LOGICAL_UNIT_RESET:
      abort(tasksOfUnit);
      return RESPONSE_TO_RESET[await port.resetLogicalUnit(lun)];
    case UasTaskManagementFunction.QUERY_TASK:
      return managed.length > 0 ? SUCCEEDED : COMPLETE;
    case UasTaskManagementFunction.QUERY_TASK_SET:
      return tasksOfUnit.length > 0 ? SUCCEEDED : COMPLETE;
    default:
      return UasResponseCode.TASK_MANAGEMENT_FUNCTION_NOT_SUPPORTED;
  }
}
