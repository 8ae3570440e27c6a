import type { Clock } from '../../clock.js';
import type { TransportFailure } from '../scsi-transport.js';
import { UasTaskManagementFunction } from './information-units.js';
import type { UasDataPipes } from './uas-data-pipes.js';
import { uasFailed } from './uas-failure.js';
import { settledWithin } from './settled-within.js';
import type { UasTask } from './uas-task.js';
import { isDone, outcomeText, type TaskManagementOutcome, type UasTaskManagement } from './uas-task-management.js';
import type { UasTaskSet } from './uas-task-set.js';

const ZERO_LUN = new Uint8Array(8);

/** How long commands in flight are waited for before all transfers are cancelled. */
const QUIET_MS = 30_000;

/**
 * Brings the device to forget a task that ended without a status: ABORT TASK, then LOGICAL UNIT RESET, then the path is given
 * up. While that lasts the logical unit gets no new command, so that whoever looks after a timeout sees a unit at rest.
 */
export class UasRecovery {
  readonly #tasks: UasTaskSet;
  readonly #taskManagement: UasTaskManagement;
  readonly #data: UasDataPipes;
  readonly #clock: Clock;
  readonly #abortTimeoutMs: number;
  readonly #resetTimeoutMs: number;
  readonly #giveUp: (message: string) => void;
  /** Tags that no task has, and for which the device wants to move data, while they are being cleared. */
  readonly #stray = new Set<number>();
  #ended = false;

  constructor(parts: {
    readonly tasks: UasTaskSet;
    readonly taskManagement: UasTaskManagement;
    readonly data: UasDataPipes;
    readonly clock: Clock;
    readonly abortTimeoutMs: number;
    readonly resetTimeoutMs: number;
    readonly giveUp: (message: string) => void;
  }) {
    this.#tasks = parts.tasks;
    this.#taskManagement = parts.taskManagement;
    this.#data = parts.data;
    this.#clock = parts.clock;
    this.#abortTimeoutMs = parts.abortTimeoutMs;
    this.#resetTimeoutMs = parts.resetTimeoutMs;
    this.#giveUp = parts.giveUp;
  }

  /** What is under way here goes no further. */
  end(): void {
    this.#ended = true;
  }

  /** The task was settled without the device having ended it. */
  async recover(task: UasTask, tag: number): Promise<void> {
    const { lun } = task.command;
    const resume = this.#tasks.hold(lun);
    const outcome = await this.abortTask(tag, task.logicalUnitNumber, this.#abortTimeoutMs);
    // A status that crossed the abort says as well that the task is over: a reset would hit others for nothing.
    const isOver = isDone(outcome) || task.hasStatus || this.#tasks.get(tag) !== task;
    if (!isOver && !this.#ended) {
      const failure = await this.reset(lun, task.logicalUnitNumber, this.#resetTimeoutMs);
      if (failure !== undefined && !this.#ended) {
        this.#giveUp(`ABORT TASK: ${outcomeText(outcome)}; ${failure.message}; the device must be reset`);
      }
    }
    await this.freePipe(task);
    this.#tasks.release(task, tag);
    resume();
  }

  abortTask(tag: number, logicalUnitNumber: Uint8Array, timeoutMs: number): Promise<TaskManagementOutcome> {
    const request = { function: UasTaskManagementFunction.ABORT_TASK, logicalUnitNumber, managedTag: tag };
    return this.#taskManagement.perform(request, timeoutMs);
  }

  /** LOGICAL UNIT RESET. All commands under way at that logical unit end as aborted when the device confirms. */
  async reset(lun: number, logicalUnitNumber: Uint8Array, timeoutMs: number): Promise<TransportFailure | undefined> {
    const resume = this.#tasks.hold(lun);
    // These stand before the reset on the command pipe, and nothing more is sent to this unit until it is answered.
    const before = this.#tasks.underWay().filter(([, task]) => task.command.lun === lun);
    const request = { function: UasTaskManagementFunction.LOGICAL_UNIT_RESET, logicalUnitNumber };
    const outcome = await this.#taskManagement.perform(request, timeoutMs);
    if (isDone(outcome)) for (const [tag, task] of before) await this.#endByReset(task, tag);
    resume();
    return isDone(outcome) ? undefined : resetFailure(outcome);
  }

  /**
   * The device wants to move data for a task that does not exist. Its data would be taken for the next task's, so it is taken
   * in and thrown away, and the device is told that the task is over. False while that is under way already.
   */
  clearStray(tag: number, direction: 'in' | 'out'): boolean {
    if (this.#stray.has(tag)) return false;
    this.#stray.add(tag);
    const abort = async (): Promise<void> => {
      const outcome = await this.abortTask(tag, ZERO_LUN, this.#abortTimeoutMs);
      this.#stray.delete(tag);
      if (isDone(outcome) || this.#ended) return;
      this.#giveUp(`the device wants to move data for a task that does not exist; ABORT TASK: ${outcomeText(outcome)}`);
    };
    void (direction === 'in' ? this.#data.drain(abort) : abort());
    return true;
  }

  /**
   * Ends a data transfer that the device leaves hanging. Cancelling goes to the root: all pipes at once, on some systems by
   * taking the interface away for a moment, which a device with several settings answers by forgetting all tasks. So new
   * commands are kept back, and those in flight are let come to their end, before it is done.
   */
  async freePipe(task: UasTask): Promise<void> {
    if (task.transferState !== 'underWay') return;
    const resume = this.#tasks.holdAll();
    await settledWithin(this.#clock, QUIET_MS, this.#tasks.quiet());
    await this.#data.cancel(task);
    resume();
  }

  async #endByReset(task: UasTask, tag: number): Promise<void> {
    task.settle(uasFailed('aborted', task.sent ? 'unknown' : 'no', 'a LOGICAL UNIT RESET ended this command'));
    await this.freePipe(task);
    this.#tasks.release(task, tag);
  }
}

function resetFailure(outcome: TaskManagementOutcome): TransportFailure {
  const message = `USB Attached SCSI: LOGICAL UNIT RESET failed: ${outcomeText(outcome)}`;
  if (outcome.kind === 'timeout') {
    return {
      code: 'timeout',
      executed: 'unknown',
      message: `${message}; if that goes on, switch the device off and on`,
    };
  }
  if (outcome.kind === 'ended') return { code: 'disconnected', executed: 'unknown', message };
  return { code: 'unsupported', executed: 'no', message };
}
