/** One at a time, in the order of asking: a data pipe without streams carries the data of one command. */
export class Lane {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when all earlier work has ended, whichever way. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
