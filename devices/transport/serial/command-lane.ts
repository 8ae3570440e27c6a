/** A single lane: one holder at a time, the others wait in the order in which they came. */
export class CommandLane {
  #held = false;
  #waiting: (() => void)[] = [];

  /**
   * Waits for the lane and resolves with the function that gives it back. Rejects with the signal's reason when `signal`
   * aborts first. `first` goes before everybody who waits.
   */
  enter(signal: AbortSignal, first = false): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const take = (): void => {
        signal.removeEventListener('abort', onAbort);
        this.#held = true;
        resolve(() => this.#giveBack());
      };
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== take);
        reject(signal.reason as Error);
      };
      if (!this.#held) {
        take();
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      if (first) this.#waiting.unshift(take);
      else this.#waiting.push(take);
    });
  }

  #giveBack(): void {
    this.#held = false;
    this.#waiting.shift()?.();
  }
}
