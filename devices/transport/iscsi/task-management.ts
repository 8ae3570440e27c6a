import type { Clock } from '../../clock.js';
import { TaskManagementResponse, type TaskManagementFunction } from './protocol-values.js';

/** `timeout`: no answer in time. `rejected`: the target refused the PDU itself. `ended`: the connection went away. */
export type TaskManagementOutcome = number | 'timeout' | 'rejected' | 'ended';

export interface TaskManagementCall {
  readonly function: TaskManagementFunction;
  readonly lun: Uint8Array;
  readonly referencedTaskTag?: number;
  readonly refCmdSn?: number;
}

/** Task management functions under way, by their initiator task tag. */
export class PendingTaskManagement {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, (outcome: TaskManagementOutcome) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for the answer to the function that was sent with this tag. */
  wait(initiatorTaskTag: number, timeoutMs: number): Promise<TaskManagementOutcome> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(timeoutMs, () => this.settle(initiatorTaskTag, 'timeout'));
      this.#waiting.set(initiatorTaskTag, (outcome) => {
        cancel();
        resolve(outcome);
      });
    });
  }

  /** False when nobody waits for this tag. */
  settle(initiatorTaskTag: number, outcome: TaskManagementOutcome): boolean {
    const waiting = this.#waiting.get(initiatorTaskTag);
    this.#waiting.delete(initiatorTaskTag);
    waiting?.(outcome);
    return waiting !== undefined;
  }

  endAll(): void {
    for (const tag of this.#waiting.keys()) this.settle(tag, 'ended');
  }
}

const meanings: Readonly<Record<number, string>> = {
  [TaskManagementResponse.functionComplete]: 'function complete',
  [TaskManagementResponse.taskDoesNotExist]: 'task does not exist',
  [TaskManagementResponse.lunDoesNotExist]: 'logical unit does not exist',
  [TaskManagementResponse.taskStillAllegiant]: 'task still allegiant',
  [TaskManagementResponse.reassignmentNotSupported]: 'reassignment not supported',
  [TaskManagementResponse.notSupported]: 'function not supported',
  [TaskManagementResponse.authorizationFailed]: 'not authorized',
  [TaskManagementResponse.rejected]: 'function rejected',
};

/** The outcome for people. */
export function outcomeText(outcome: TaskManagementOutcome): string {
  if (outcome === 'timeout') return 'no answer';
  if (outcome === 'ended') return 'connection lost';
  if (outcome === 'rejected') return 'request rejected';
  return meanings[outcome] ?? `response ${outcome}`;
}
