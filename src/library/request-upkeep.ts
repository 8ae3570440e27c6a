import type { Clock } from '../../devices/clock.js';
import type { ManagerParts } from './manager-parts.js';
import { purgeFinished } from './start-up-upkeep.js';

/** So long a record may be seen after its purge time. */
const everyMs = 60_000;

/**
 * Removes finished requests when their purge time is over, also while the manager runs. Nothing waits on a timer for it: it is
 * done before somebody could see a record that should be gone, and a manager that nobody calls gathers none.
 */
export class RequestUpkeep {
  readonly #parts: ManagerParts;
  readonly #clock: Clock;
  #lastMs: number;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
    this.#clock = parts.clock;
    this.#lastMs = parts.clock.now();
  }

  /** Does nothing when it was done within the last minute. Never throws: who calls wants something else. */
  tidy(): void {
    const now = this.#clock.now();
    // A clock that was set back must not keep it from being done.
    if (now >= this.#lastMs && now - this.#lastMs < everyMs) return;
    this.#lastMs = now;
    try {
      purgeFinished(this.#parts.store, this.#clock, this.#parts);
    } catch (error) {
      this.#parts.notice(`finished requests could not be removed: ${String(error)}`);
    }
  }
}
