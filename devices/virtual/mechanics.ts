import type { Clock } from '../clock.js';
import type { Timings } from '../profiles/profile.js';

/** `real`: motions take the profile's times on the clock. `zero`: they take none, and no timer is ever set. */
export type Timing = 'real' | 'zero';

/** The power went while something moved; what moved is found at the next power on. */
export class PowerOffError extends Error {
  override readonly name = 'PowerOffError';
  readonly code = 'POWER_OFF';

  constructor() {
    super('The virtual autoloader was switched off; open it again to go on.');
  }
}

/** The picker's arm: knows where it is and how long a way takes. Power off ends every wait. */
export class Mechanics {
  readonly #timings: Timings;
  readonly #timing: Timing;
  readonly #clock: Clock;
  readonly #powerOff: AbortSignal;
  #position = 0;

  constructor(options: { timings: Timings; timing: Timing; clock: Clock; powerOff: AbortSignal }) {
    this.#timings = options.timings;
    this.#timing = options.timing;
    this.#clock = options.clock;
    this.#powerOff = options.powerOff;
  }

  /** Where the picker stands: the index of an element in the order of addresses. */
  get position(): number {
    return this.#position;
  }

  /** Waits one of the profile's times, or `factor` of it. Rejects when the power goes. */
  async spend(what: keyof Timings, factor = 1): Promise<void> {
    await this.#wait(this.#timings[what] * factor);
  }

  /** Drives to the element at `index`; the time grows with the distance. */
  async travelTo(index: number): Promise<void> {
    const distance = Math.abs(index - this.#position);
    if (distance > 0) {
      await this.#wait(this.#timings.travelStartMs + distance * this.#timings.travelPerElementMs);
    }
    this.#position = index;
  }

  async #wait(ms: number): Promise<void> {
    this.#powerOff.throwIfAborted();
    if (this.#timing === 'zero' || ms <= 0) return;
    await this.#clock.sleep(ms, this.#powerOff);
  }
}
