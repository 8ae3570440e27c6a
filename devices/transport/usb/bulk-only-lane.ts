/** The pipes of a Bulk-Only interface: one holder at a time, the others wait in the order in which they came. */
export class BulkOnlyLane {
  #isHeld = false;
  readonly #waiting: (() => void)[] = [];

  /**
   * Resolves when the pipes are the caller's, who gives them back by {@link leave}. Nobody is taken out of the line: who was
   * given up while he waited leaves at once. `first` goes before everybody who waits.
   */
  enter(first = false): Promise<void> {
    if (!this.#isHeld) {
      this.#isHeld = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      if (first) this.#waiting.unshift(resolve);
      else this.#waiting.push(resolve);
    });
  }

  /** The next in line has the pipes. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isHeld = false;
    else next();
  }
}
