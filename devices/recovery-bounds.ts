import type { Clock } from './clock.js';
import type { CommandNote } from './command-outcome.js';

/** How far a logical unit goes by itself before it gives a failure back. All of it is counted for one command. */
export interface RecoveryBounds {
  /** Unit attentions in a row; a device may queue several, an endless row of them is a defect. */
  readonly unitAttentions: number;
  /** How often a command is sent again after an error that may pass. */
  readonly retries: number;
  /** How long to come back while the device answers BUSY or TASK SET FULL. */
  readonly busyMs: number;
  /** How long to wait while the device is becoming ready. A library that counts its cartridges takes many minutes. */
  readonly becomingReadyMs: number;
  /** How long to try to reach the device again after its path was lost. */
  readonly reconnectMs: number;
  /** The first pause, doubled each time up to the last. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const defaultRecoveryBounds: RecoveryBounds = {
  unitAttentions: 16,
  retries: 2,
  busyMs: 2 * 60_000,
  becomingReadyMs: 15 * 60_000,
  reconnectMs: 2 * 60_000,
  firstPauseMs: 100,
  longestPauseMs: 5_000,
};

/** The same bounds, with none of their times above `longestMs`. */
export function boundsWithin(bounds: RecoveryBounds, longestMs?: number): RecoveryBounds {
  if (longestMs === undefined) return bounds;
  const within = (ms: number): number => Math.max(0, Math.min(ms, longestMs));
  return {
    ...bounds,
    busyMs: within(bounds.busyMs),
    becomingReadyMs: within(bounds.becomingReadyMs),
    reconnectMs: within(bounds.reconnectMs),
  };
}

/** Pauses that double, until a bound is reached. */
export class Backoff {
  readonly #clock: Clock;
  readonly #endMs: number;
  readonly #longestMs: number;
  #nextMs: number;

  constructor(clock: Clock, boundMs: number, bounds: Pick<RecoveryBounds, 'firstPauseMs' | 'longestPauseMs'>) {
    this.#clock = clock;
    this.#endMs = clock.now() + boundMs;
    this.#nextMs = bounds.firstPauseMs;
    this.#longestMs = bounds.longestPauseMs;
  }

  /** Milliseconds until the bound. */
  get leftMs(): number {
    return Math.max(0, this.#endMs - this.#clock.now());
  }

  /** Waits for the next pause; false when the bound is reached. Rejects with the signal's reason when it aborts. */
  async pause(signal?: AbortSignal): Promise<boolean> {
    const { leftMs } = this;
    if (leftMs === 0) return false;
    // The last pause ends at the bound, so that the device is asked once more exactly then.
    const ms = Math.min(this.#nextMs, leftMs);
    this.#nextMs = Math.min(this.#nextMs * 2, this.#longestMs);
    await this.#clock.sleep(ms, signal);
    return true;
  }
}

/** What has been spent of the bounds for one command, and what happened on the way. */
export class RecoveryCourse {
  readonly notes: CommandNote[] = [];
  readonly #clock: Clock;
  readonly #bounds: RecoveryBounds;
  #attentions = 0;
  #retries = 0;
  #backoffs: Partial<Record<'busyMs' | 'becomingReadyMs' | 'reconnectMs', Backoff>> = {};

  constructor(clock: Clock, bounds: RecoveryBounds) {
    this.#clock = clock;
    this.#bounds = bounds;
  }

  /** Whether one more unit attention is within bounds. */
  attention(): boolean {
    return ++this.#attentions <= this.#bounds.unitAttentions;
  }

  /** Whether one more retry is within bounds. */
  retry(): boolean {
    return ++this.#retries <= this.#bounds.retries;
  }

  get busy(): Backoff {
    return this.#backoff('busyMs');
  }

  get becomingReady(): Backoff {
    return this.#backoff('becomingReadyMs');
  }

  get reconnect(): Backoff {
    return this.#backoff('reconnectMs');
  }

  /** A bound in time runs from when it is first needed. */
  #backoff(which: 'busyMs' | 'becomingReadyMs' | 'reconnectMs'): Backoff {
    return (this.#backoffs[which] ??= new Backoff(this.#clock, this.#bounds[which], this.#bounds));
  }
}
