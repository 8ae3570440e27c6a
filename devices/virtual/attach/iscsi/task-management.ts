import type { Value } from '../../../scsi/layout.js';
import type { taskManagementRequest } from '../../../transport/iscsi/pdu.js';
import { TaskManagementResponse } from '../../../transport/iscsi/protocol-values.js';
import { precedes } from '../../../transport/iscsi/serial-number.js';
import type { ScsiTarget } from '../../../transport/scsi-target.js';
import { lunOf } from './command-pdu.js';
import { TargetTaskManagement } from './target-protocol-values.js';
import type { TaskSet } from './task-set.js';

export type TaskManagementHeader = Value<typeof taskManagementRequest>;

export interface TaskManagementContext {
  readonly target: ScsiTarget;
  /** The session's own tasks. */
  readonly tasks: TaskSet;
  /** Those of all sessions, the own one too. */
  allTasks(): Iterable<TaskSet>;
  /** LUNs of the target; undefined when they cannot be learned. */
  luns(): Promise<readonly number[] | undefined>;
  /** Takes a command that never came as received. False outside the command window, and for a number that has come. */
  skip(cmdSn: number): boolean;
}

/** Carries out one task management function; gives its response code (RFC 7143 11.5, 11.6). */
export async function manageTasks(request: TaskManagementHeader, context: TaskManagementContext): Promise<number> {
  const { target, tasks } = context;
  const lun = lunOf(request.lun);
  switch (request.function) {
    case TargetTaskManagement.abortTask:
      return abortTask(request, context);
    case TargetTaskManagement.abortTaskSet:
      tasks.abortWhere((task) => task.lun === lun);
      return TaskManagementResponse.functionComplete;
    case TargetTaskManagement.clearTaskSet:
      clear(context, (task) => task.lun === lun);
      return TaskManagementResponse.functionComplete;
    case TargetTaskManagement.logicalUnitReset: {
      if (target.resetLogicalUnit === undefined) return TaskManagementResponse.notSupported;
      // Before anything is waited for: commands that follow in the same packet are not meant.
      tasks.abortWhere((task) => task.lun === lun);
      const luns = await context.luns();
      if (luns !== undefined && !luns.includes(lun)) return TaskManagementResponse.lunDoesNotExist;
      await target.resetLogicalUnit(lun);
      return TaskManagementResponse.functionComplete;
    }
    case TargetTaskManagement.targetWarmReset:
    case TargetTaskManagement.targetColdReset: {
      if (target.resetLogicalUnit === undefined) return TaskManagementResponse.notSupported;
      // Here too before anything is waited for.
      clear(context, () => true);
      const luns = await context.luns();
      if (luns === undefined) return TaskManagementResponse.notSupported;
      for (const each of luns) await target.resetLogicalUnit(each);
      return TaskManagementResponse.functionComplete;
    }
    case TargetTaskManagement.taskReassign:
      return TaskManagementResponse.reassignmentNotSupported;
    case TargetTaskManagement.clearAca:
      return TaskManagementResponse.notSupported;
    default:
      return TaskManagementResponse.rejected;
  }
}

function abortTask(request: TaskManagementHeader, context: TaskManagementContext): number {
  const { tasks } = context;
  const task = tasks.find(request.referencedTaskTag);
  if (task !== undefined && (task.immediate || task.cmdSn === request.refCmdSn)) {
    tasks.abort(task);
    return TaskManagementResponse.functionComplete;
  }
  // A command that is still under way on another connection must not begin once it comes (11.5.1). One with a later number
  // than this request was not sent yet: taking that number would swallow a command that nobody wants aborted.
  const wasSent = task === undefined && precedes(request.refCmdSn, request.cmdSn);
  const isYetToCome = wasSent && context.skip(request.refCmdSn);
  return isYetToCome ? TaskManagementResponse.functionComplete : TaskManagementResponse.taskDoesNotExist;
}

/** Own tasks end without a response; those of other initiators end as the device says. */
function clear(context: TaskManagementContext, unwanted: (task: { readonly lun: number }) => boolean): void {
  context.tasks.abortWhere(unwanted);
  for (const others of context.allTasks()) if (others !== context.tasks) others.cancelWhere(unwanted);
}
