import type { Clock } from '../../clock.js';
import type { TransportResult } from '../scsi-transport.js';
import type { ScsiTask } from './scsi-task.js';
import { protocolError } from './iscsi-error.js';
import { failedCommand } from './transport-failure.js';

/** `not-begun`: this session took no more commands; another session may carry it without any risk. */
export type SessionResult = TransportResult | { readonly kind: 'not-begun' };

export interface TaskQueueOptions {
  readonly clock: Clock;
  readonly maxInFlight: number;
  /** Whether the target's command window has room. */
  readonly mayBegin: () => boolean;
  readonly begin: (task: ScsiTask) => void;
  /** Asks the target to abort; resolves with whether it answered. The task's result may still come before that. */
  readonly abort: (task: ScsiTask) => Promise<'answered' | 'silent'>;
  /** Called after a task was given up at a target that does not even answer an abort. */
  readonly silent: () => void;
  /** Called when the last task under way has ended. */
  readonly drained: () => void;
}

interface Entry {
  readonly task: ScsiTask;
  readonly resolve: (result: SessionResult) => void;
  cancelTimer: () => void;
  readonly onAbort: () => void;
  state: 'queued' | 'under way' | 'aborting';
}

/** How many given-up tasks are remembered, so that a late answer to one is not taken for a broken peer. */
const REMEMBERED_TASKS = 1024;

/**
 * The commands of one session: those that wait for room, in order, and those under way, by initiator task tag. Each ends
 * exactly once: by its result, its timeout, its signal, or the session's end.
 */
export class TaskQueue {
  readonly #options: TaskQueueOptions;
  readonly #waiting = new Set<Entry>();
  readonly #underWay = new Map<number, Entry>();
  readonly #givenUp = new Set<number>();
  #closed = false;

  constructor(options: TaskQueueOptions) {
    this.#options = options;
  }

  /** Whether anything is under way at the target. */
  get busy(): boolean {
    return this.#underWay.size > 0;
  }

  add(task: ScsiTask): Promise<SessionResult> {
    if (this.#closed) return Promise.resolve({ kind: 'not-begun' });
    return new Promise((resolve) => {
      const { signal } = task.command;
      const entry: Entry = {
        task,
        resolve,
        cancelTimer: () => undefined,
        onAbort: () => this.#giveUp(entry, 'aborted'),
        state: 'queued',
      };
      if (signal?.aborted) {
        resolve(failedCommand('aborted', 'no', 'The command was aborted before it was sent'));
        return;
      }
      signal?.addEventListener('abort', entry.onAbort, { once: true });
      this.#waiting.add(entry);
      this.pump();
      // A closed window must not hold a command for ever: waiting is bounded by the same time, apart.
      if (entry.state === 'queued') this.#startTimer(entry);
    });
  }

  /** Begins as many waiting commands as there is room for. */
  pump(): void {
    for (const entry of this.#waiting) {
      if (this.#underWay.size >= this.#options.maxInFlight || !this.#options.mayBegin()) return;
      this.#waiting.delete(entry);
      entry.state = 'under way';
      entry.cancelTimer();
      this.#underWay.set(entry.task.initiatorTaskTag, entry);
      this.#startTimer(entry);
      this.#options.begin(entry.task);
    }
  }

  /**
   * The task with this tag; undefined when it was given up, so that its late PDUs are dropped. Throws `ISCSI_PROTOCOL`
   * for a tag that was never used.
   */
  underWay(initiatorTaskTag: number): ScsiTask | undefined {
    const entry = this.#underWay.get(initiatorTaskTag);
    if (entry === undefined && !this.#givenUp.has(initiatorTaskTag)) {
      throw protocolError(`a PDU for task ${initiatorTaskTag}, which does not exist`);
    }
    return entry?.task;
  }

  finish(task: ScsiTask, result: SessionResult): void {
    const entry = this.#underWay.get(task.initiatorTaskTag);
    if (entry === undefined) return;
    this.#underWay.delete(task.initiatorTaskTag);
    this.#settle(entry, result);
    if (this.#underWay.size === 0) this.#options.drained();
  }

  /** Ends the tasks under way at one logical unit. */
  finishLogicalUnit(lun: Uint8Array, result: TransportResult): void {
    for (const { task } of this.#underWay.values()) {
      if (Buffer.compare(task.lun, lun) !== 0) continue;
      this.#remember(task);
      this.finish(task, result);
    }
  }

  /** Takes no more commands and gives the waiting ones back as `not-begun`. */
  handBack(): void {
    this.#closed = true;
    for (const entry of this.#waiting) this.#settle(entry, { kind: 'not-begun' });
    this.#waiting.clear();
  }

  /** Ends everything. */
  finishAll(result: (begun: boolean) => TransportResult): void {
    this.#closed = true;
    const waiting = [...this.#waiting];
    const underWay = [...this.#underWay.values()];
    this.#waiting.clear();
    this.#underWay.clear();
    for (const entry of underWay) {
      this.#remember(entry.task);
      this.#settle(entry, result(true));
    }
    for (const entry of waiting) this.#settle(entry, result(false));
  }

  #startTimer(entry: Entry): void {
    entry.cancelTimer = this.#options.clock.after(entry.task.command.timeoutMs, () => this.#giveUp(entry, 'timeout'));
  }

  #giveUp(entry: Entry, code: 'timeout' | 'aborted'): void {
    const why = code === 'timeout' ? `No status within ${entry.task.command.timeoutMs} ms` : 'The command was aborted';
    if (entry.state === 'queued') {
      this.#waiting.delete(entry);
      this.#settle(
        entry,
        failedCommand(code, 'no', `${why}; it was not sent, the target has no room for more commands`),
      );
      return;
    }
    if (entry.state === 'aborting') return;
    entry.state = 'aborting';
    entry.cancelTimer();
    // The result may come before the target's answer to ABORT TASK; then it is the truth and ends the task.
    void this.#options.abort(entry.task).then((outcome) => {
      this.#remember(entry.task);
      this.finish(entry.task, failedCommand(code, 'unknown', `${why}; read the state of the device before going on`));
      if (outcome === 'silent') this.#options.silent();
      else this.pump();
    });
  }

  #settle(entry: Entry, result: SessionResult): void {
    entry.cancelTimer();
    entry.task.command.signal?.removeEventListener('abort', entry.onAbort);
    entry.resolve(result);
  }

  #remember(task: ScsiTask): void {
    if (!this.#underWay.has(task.initiatorTaskTag)) return;
    this.#givenUp.add(task.initiatorTaskTag);
    if (this.#givenUp.size <= REMEMBERED_TASKS) return;
    for (const oldest of this.#givenUp) {
      this.#givenUp.delete(oldest);
      return;
    }
  }
}
