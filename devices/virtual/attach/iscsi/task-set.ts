import type { ScsiTarget, ScsiTaskResult } from '../../../transport/scsi-target.js';
import type { DataOutRoom } from './data-out-room.js';
import type { IscsiTask } from './iscsi-task.js';
import { sendResult, sendTargetFailure } from './send-result.js';

export interface TaskSetOptions {
  readonly target: ScsiTarget;
  readonly room: DataOutRoom;
  /** The number of commands that the command window counts has changed. */
  onUnderWay(count: number): void;
  /** The device failed over a command in a way that is no SCSI condition. */
  onFailure(cause: unknown, task: IscsiTask): void;
}

/**
 * The commands of one session, from their PDU to their response. Each logical unit gets them in the order of their CmdSN,
 * each when its data is complete and its initiator reads what it is sent.
 */
export class TaskSet {
  readonly #options: TaskSetOptions;
  readonly #tasks = new Map<number, IscsiTask>();
  /** Commands whose turn has come and that cannot begin yet, by LUN. */
  readonly #lines = new Map<number, IscsiTask[]>();
  /** LUNs whose first command waits for room in the output. */
  readonly #blocked = new Set<number>();
  #underWay = 0;
  #immediates = 0;

  constructor(options: TaskSetOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#tasks.size;
  }

  /** Commands that take up the command window. */
  get underWay(): number {
    return this.#underWay;
  }

  get immediates(): number {
    return this.#immediates;
  }

  find(initiatorTaskTag: number): IscsiTask | undefined {
    return this.#tasks.get(initiatorTaskTag);
  }

  /** A command has come; its tag must be free. */
  add(task: IscsiTask): void {
    this.#tasks.set(task.initiatorTaskTag, task);
    if (task.immediate) this.#immediates += 1;
  }

  /** Its CmdSN is due. */
  takeTurn(task: IscsiTask): void {
    task.isDue = true;
    if (!task.immediate) {
      this.#underWay += 1;
      this.#options.onUnderWay(this.#underWay);
    }
    const line = this.#lines.get(task.lun);
    if (line !== undefined) {
      line.push(task);
    } else if (task.isReady && task.connection.mayBegin(task.dataInLength)) {
      this.#run(task);
    } else {
      this.#lines.set(task.lun, [task]);
      this.#advance(task.lun);
    }
  }

  /** More of its data has come. */
  dataArrived(task: IscsiTask): void {
    if (task.isDue && task.isReady) this.#advance(task.lun);
  }

  /** A connection has room for output again. */
  roomForOutput(): void {
    if (this.#blocked.size === 0) return;
    const blocked = [...this.#blocked];
    this.#blocked.clear();
    for (const lun of blocked) this.#advance(lun);
  }

  /** Ends a task without a response. What the device has begun goes on there. */
  abort(task: IscsiTask): void {
    if (task.isAborted) return;
    task.abort();
    this.#retire(task);
    if (task.isRunning) return;
    this.#release(task);
    if (task.isDue) this.#advance(task.lun);
  }

  abortWhere(unwanted: (task: IscsiTask) => boolean): void {
    for (const task of [...this.#tasks.values()]) if (unwanted(task)) this.abort(task);
  }

  /** Tells the device to give a task up; it answers in its own way, and the initiator hears it. */
  cancelWhere(unwanted: (task: IscsiTask) => boolean): void {
    for (const task of [...this.#tasks.values()]) if (unwanted(task)) task.cancel();
  }

  #advance(lun: number): void {
    const line = this.#lines.get(lun);
    if (line === undefined) return;
    for (let head = line[0]; head !== undefined; head = line[0]) {
      if (!head.isAborted) {
        if (!head.isReady) return;
        if (!head.connection.mayBegin(head.dataInLength)) {
          this.#blocked.add(lun);
          return;
        }
      }
      line.shift();
      if (!head.isAborted) this.#run(head);
    }
    if (this.#lines.get(lun) === line) this.#lines.delete(lun);
  }

  #run(task: IscsiTask): void {
    task.isRunning = true;
    task.connection.expectOutput(task.dataInLength);
    if (task.refusal !== undefined) {
      this.#finish(task, task.refusal);
      return;
    }
    let result: Promise<ScsiTaskResult>;
    try {
      result = this.#options.target.execute(task);
    } catch (error) {
      this.#fail(task, error);
      return;
    }
    result.then(
      (value) => this.#finish(task, value),
      (error: unknown) => this.#fail(task, error),
    );
  }

  #finish(task: IscsiTask, result: ScsiTaskResult): void {
    this.#release(task);
    if (!task.isAborted) {
      this.#retire(task);
      try {
        sendResult(task.connection, task, result);
      } catch (error) {
        this.#options.onFailure(error, task);
      }
    }
    this.roomForOutput();
  }

  #fail(task: IscsiTask, cause: unknown): void {
    this.#release(task);
    if (!task.isAborted) {
      this.#retire(task);
      sendTargetFailure(task.connection, task);
      this.#options.onFailure(cause, task);
    }
    this.roomForOutput();
  }

  /** The initiator may use the tag again, and its place in the window. */
  #retire(task: IscsiTask): void {
    this.#tasks.delete(task.initiatorTaskTag);
    if (task.immediate) this.#immediates -= 1;
    else if (task.isDue) {
      this.#underWay -= 1;
      this.#options.onUnderWay(this.#underWay);
    }
  }

  #release(task: IscsiTask): void {
    if (task.isRunning) task.connection.expectOutput(-task.dataInLength);
    this.#options.room.release(task.reservedBytes);
    task.reservedBytes = 0;
  }
}
