import type { Clock } from '../../clock.js';

export interface KeepAliveOptions {
  readonly clock: Clock;
  /** Silence after which the target is asked for a sign of life; 0 never asks. */
  readonly intervalMs: number;
  /** How long the answer may take. */
  readonly timeoutMs: number;
  readonly ping: () => void;
  readonly dead: () => void;
}

/**
 * Finds out that a silent target is gone: a cut cable ends no TCP connection. Whatever the target sends counts as a sign
 * of life, so a busy path is never pinged.
 */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  #heardAtMs: number;
  #cancel: () => void = () => undefined;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
    this.#heardAtMs = options.clock.now();
    if (options.intervalMs > 0) this.#watch();
  }

  /** The target sent something. */
  heard(): void {
    this.#heardAtMs = this.#options.clock.now();
  }

  stop(): void {
    this.#cancel();
  }

  #watch(): void {
    const { clock, intervalMs } = this.#options;
    const quietMs = clock.now() - this.#heardAtMs;
    this.#cancel = clock.after(Math.max(1, intervalMs - quietMs), () => {
      if (clock.now() - this.#heardAtMs < intervalMs) this.#watch();
      else this.#ping();
    });
  }

  #ping(): void {
    const { clock, timeoutMs, ping, dead } = this.#options;
    const heardBefore = this.#heardAtMs;
    ping();
    this.#cancel = clock.after(timeoutMs, () => {
      if (this.#heardAtMs === heardBefore) dead();
      else this.#watch();
    });
  }
}
