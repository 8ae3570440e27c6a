interface Waiting {
  /** Whose it is; absent: the device's own work, which nobody aborts. */
  readonly owner?: object;
  /** Never rejects. */
  begin(): Promise<void>;
  abort(): void;
}

/**
 * The task set of one logical unit (SAM-5 8): one command runs at a time, the others wait in the order in which they came.
 * One that waits can be aborted and then never begins; one that has begun goes on to its end.
 */
export class TaskSet {
  #waiting: Waiting[] = [];
  #running = false;

  /** How many there are, with the one that runs. */
  get size(): number {
    return this.#waiting.length + (this.#running ? 1 : 0);
  }

  /** Runs the device's own work in its turn. */
  enqueue<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const begin = async (): Promise<void> => {
        try {
          resolve(await work());
        } catch (error) {
          reject(error);
        }
      };
      this.#add({ begin, abort: () => undefined });
    });
  }

  /** Runs a command of `owner` in its turn; `undefined` as soon as it was aborted before that. `work` never rejects. */
  submit<T>(owner: object, work: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
    return new Promise((resolve) => {
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
        resolve(undefined);
      };
      const entry: Waiting = {
        owner,
        begin: async () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(await work());
        },
        abort: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(undefined);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#add(entry);
    });
  }

  /** Aborts the commands that wait: those of `owner`, or all of them. */
  abort(owner?: object): void {
    const aborted = this.#waiting.filter(
      (entry) => entry.owner !== undefined && (owner ?? entry.owner) === entry.owner,
    );
    this.#waiting = this.#waiting.filter((entry) => !aborted.includes(entry));
    for (const entry of aborted) entry.abort();
  }

  #add(entry: Waiting): void {
    this.#waiting.push(entry);
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) await next.begin();
    } finally {
      this.#running = false;
    }
  }
}
