interface Entry<T, R> {
  readonly item: T;
  readonly end: (result: R) => void;
}

/** Things that wait in line, first come first served, until somebody ends them or their signal, if any, takes them out. */
export class WaitingLine<T, R> {
  readonly #entries: Entry<T, R>[] = [];

  get length(): number {
    return this.#entries.length;
  }

  get first(): T | undefined {
    return this.#entries[0]?.item;
  }

  /** Resolves with what ends it; with `aborted` when the signal is first. */
  wait(item: T, signal: AbortSignal | undefined, aborted: R): Promise<R> {
    if (signal?.aborted === true) return Promise.resolve(aborted);
    return new Promise((resolve) => {
      const onAbort = (): void => {
        const at = this.#entries.indexOf(entry);
        if (at !== -1) this.#entries.splice(at, 1);
        resolve(aborted);
      };
      const entry: Entry<T, R> = {
        item,
        end: (result) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(result);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#entries.push(entry);
    });
  }

  endFirst(result: R): void {
    this.#entries.shift()?.end(result);
  }

  endAll(result: R): void {
    for (const entry of this.#entries.splice(0)) entry.end(result);
  }
}
