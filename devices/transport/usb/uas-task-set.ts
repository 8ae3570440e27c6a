import { UasTags } from './uas-tags.js';
import type { UasTask } from './uas-task.js';

/** The tags that the systems which devices are made for use at high speed. */
const MIN_TAGS = 32;

/** All commands that are not done with: some wait for their turn, some have a tag and are the device's. */
export class UasTaskSet {
  readonly tags: UasTags;
  readonly #maxInFlight: number;
  readonly #start: (task: UasTask, tag: number) => void;
  #waiting: UasTask[] = [];
  readonly #underWay = new Map<number, UasTask>();
  /** How many recoveries keep a logical unit from new commands. */
  readonly #held = new Map<number, number>();
  #heldAll = 0;
  #quietWaiters: (() => void)[] = [];
  #ended = false;

  constructor(maxInFlight: number, start: (task: UasTask, tag: number) => void) {
    this.#maxInFlight = maxInFlight;
    this.#start = start;
    this.tags = new UasTags(Math.max(MIN_TAGS, 2 * maxInFlight));
  }

  /** The task starts at once, or when there is room for it. */
  add(task: UasTask): void {
    this.#waiting.push(task);
    this.startNext();
  }

  startNext(): void {
    if (this.#ended || this.#heldAll > 0) return;
    for (const task of [...this.#waiting]) {
      if (this.#underWay.size >= this.#maxInFlight) return;
      if (this.#held.has(task.command.lun)) continue;
      const tag = this.tags.take();
      if (tag === undefined) return;
      this.forget(task);
      this.#underWay.set(tag, task);
      this.#start(task, tag);
    }
  }

  /** Takes a task that waits for its turn out of the queue. */
  forget(task: UasTask): void {
    this.#waiting = this.#waiting.filter((other) => other !== task);
  }

  /** Whether the device owes a status, or says whose data are next. */
  get awaitsUnit(): boolean {
    for (const task of this.#underWay.values()) if (!task.settled && !task.answered) return true;
    return false;
  }

  get(tag: number): UasTask | undefined {
    return this.#underWay.get(tag);
  }

  tagOf(task: UasTask): number | undefined {
    for (const [tag, other] of this.#underWay) if (other === task) return tag;
    return undefined;
  }

  /** Those with a tag. */
  underWay(): [tag: number, task: UasTask][] {
    return [...this.#underWay];
  }

  /** The device has forgotten the task: its tag can be used again. */
  release(task: UasTask, tag: number): void {
    if (this.#underWay.get(tag) !== task) return;
    this.#underWay.delete(tag);
    this.tags.giveBack(tag);
    if (!this.#isBusy()) for (const resolve of this.#quietWaiters.splice(0)) resolve();
    this.startNext();
  }

  /** Keeps new commands from a logical unit until the returned function is called. */
  hold(lun: number): () => void {
    this.#held.set(lun, (this.#held.get(lun) ?? 0) + 1);
    return () => {
      const left = (this.#held.get(lun) ?? 1) - 1;
      if (left > 0) this.#held.set(lun, left);
      else this.#held.delete(lun);
      this.startNext();
    };
  }

  /** Keeps all new commands back until the returned function is called. */
  holdAll(): () => void {
    this.#heldAll += 1;
    return () => {
      this.#heldAll -= 1;
      this.startNext();
    };
  }

  /** Resolves when nobody waits for a result of a task under way. */
  quiet(): Promise<void> {
    if (!this.#isBusy()) return Promise.resolve();
    return new Promise((resolve) => this.#quietWaiters.push(resolve));
  }

  /** Starts nothing from now on, and gives back all tasks, those under way first. */
  end(): UasTask[] {
    this.#ended = true;
    const all = [...this.#underWay.values(), ...this.#waiting];
    this.#waiting = [];
    for (const resolve of this.#quietWaiters.splice(0)) resolve();
    return all;
  }

  #isBusy(): boolean {
    for (const task of this.#underWay.values()) if (!task.settled) return true;
    return false;
  }
}
