/**
 * Tags for tasks and task management functions (UAS-3 4.2). Tag 0 is left out, and the one given back longest ago is taken
 * next: a unit that comes late, or twice, then meets no other task. They stay small, since devices have tables by tag and the
 * systems they are made for use no more than a few dozen.
 */
export class UasTags {
  readonly #free: number[];

  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, at) => at + 1);
  }

  /** Undefined when all are taken. */
  take(): number | undefined {
    return this.#free.shift();
  }

  /** The device has certainly forgotten the tag. */
  giveBack(tag: number): void {
    if (!this.#free.includes(tag)) this.#free.push(tag);
  }
}
