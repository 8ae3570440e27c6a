/**
 * First in, first out: the jobs of one logical unit run one after another, in the order in which they were given.
 * A job that waits may be cancelled without disturbing the others; a job that runs sees the signal itself.
 */
export class CommandQueue {
  #waiting: Waiting[] = [];
  #running = false;

  /** How many jobs run or wait. */
  get length(): number {
    return this.#waiting.length + (this.#running ? 1 : 0);
  }

  /**
   * Runs `job` when all earlier jobs have ended, and settles as it does. When `signal` aborts before the job has begun,
   * the job never begins and the promise rejects with {@link CancelledWhileWaiting}.
   */
  run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(new CancelledWhileWaiting(signal.reason));
        return;
      }
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
        reject(new CancelledWhileWaiting(signal?.reason));
      };
      const entry: Waiting = {
        begin: async () => {
          signal?.removeEventListener('abort', onAbort);
          await Promise.resolve().then(job).then(resolve, reject);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(entry);
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) await next.begin();
    } finally {
      this.#running = false;
    }
  }
}

interface Waiting {
  /** Runs the job; never rejects. */
  readonly begin: () => Promise<void>;
}

/** The caller's signal aborted before the job began; the device has seen nothing of it. */
export class CancelledWhileWaiting extends Error {
  override readonly name = 'CancelledWhileWaiting';
  readonly code = 'cancelled-while-waiting';

  constructor(reason: unknown) {
    super('Cancelled while waiting for earlier commands of the same logical unit; nothing was sent.', {
      cause: reason,
    });
  }
}
