import { SystemClock, type Clock } from '../../devices/clock.js';

/**
 * A clock that runs faster than the wall's. The controller waits half a minute until a picture stands still after a lost answer;
 * the bench has no such time. Timeouts of single commands are not taken from a controller's clock and keep their length.
 */
export class QuickClock implements Clock {
  readonly #system = new SystemClock();
  readonly #startMs = this.#system.now();
  readonly #speed: number;

  constructor(speed: number) {
    this.#speed = speed;
  }

  now(): number {
    return this.#startMs + (this.#system.now() - this.#startMs) * this.#speed;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#system.sleep(ms / this.#speed, signal);
  }

  after(ms: number, action: () => void): () => void {
    return this.#system.after(ms / this.#speed, action);
  }
}
