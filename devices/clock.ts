/**
 * Time as everything below and above the library sees it. One clock is made by whoever composes the program and is
 * passed down, so that a day of a library can run in a second under {@link SimulatedClock}.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC; what goes into records. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when `signal` aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `action` once after `ms` milliseconds unless the returned function was called before. */
  after(ms: number, action: () => void): () => void;
}

/** The operating system's clock. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  after(ms: number, action: () => void): () => void {
    // setTimeout fires at once beyond 2^31-1 ms; longer waits are walked in steps.
    const longest = 0x7fff_ffff;
    let timer: ReturnType<typeof setTimeout>;
    const arm = (left: number): void => {
      timer = setTimeout(() => (left > longest ? arm(left - longest) : action()), Math.min(left, longest));
    };
    arm(Math.max(0, ms));
    return () => clearTimeout(timer);
  }
}

interface SimulatedTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly action: () => void;
}

/**
 * A clock that moves only when told to. `advance` runs due timers in the order of their time; between two of them it lets
 * promise continuations run, so that code which sleeps again finds its next timer in the same `advance`.
 * With `auto` set, time jumps to the next timer as soon as everything waits: a sleep costs no real time.
 */
export class SimulatedClock implements Clock {
  #nowMs: number;
  #order = 0;
  #timers: SimulatedTimer[] = [];
  readonly #auto: boolean;
  #jumpScheduled = false;
  #advancing = false;

  constructor(options: { startMs?: number; auto?: boolean } = {}) {
    this.#nowMs = options.startMs ?? Date.UTC(2026, 0, 1);
    this.#auto = options.auto ?? false;
  }

  now(): number {
    return this.#nowMs;
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  after(ms: number, action: () => void): () => void {
    const timer = { dueMs: this.#nowMs + Math.max(0, ms), order: this.#order++, action };
    const at = this.#timers.findIndex((other) => other.dueMs > timer.dueMs);
    this.#timers.splice(at === -1 ? this.#timers.length : at, 0, timer);
    if (this.#auto) this.#scheduleJump();
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves time forward by `ms`, running every timer that falls due on the way. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    this.#advancing = true;
    try {
      await settle();
      for (let next = this.#timers[0]; next !== undefined && next.dueMs <= endMs; next = this.#timers[0]) {
        this.#fire(next);
        await settle();
      }
      this.#nowMs = Math.max(this.#nowMs, endMs);
    } finally {
      this.#advancing = false;
    }
  }

  #fire(timer: SimulatedTimer): void {
    this.#timers.shift();
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.action();
  }

  #scheduleJump(): void {
    if (this.#jumpScheduled || this.#advancing) return;
    this.#jumpScheduled = true;
    void settle().then(() => {
      this.#jumpScheduled = false;
      const next = this.#timers[0];
      if (next === undefined) return;
      this.#fire(next);
      this.#scheduleJump();
    });
  }
}

/** Lets microtasks and already finished I/O callbacks run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function sleepOn(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
