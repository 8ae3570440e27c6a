import { setTimeout as sleep } from 'node:timers/promises';
import { SimulatedClock } from '../../devices/clock.js';
import { BenchError } from './bench-error.js';

const STEP_MS = 1_000;
/** Between two steps, so that what goes on in the guest gets its turn. */
const PAUSE_MS = 10;
/** What is awaited may have to be begun by a program that is still starting in the guest. */
const PATIENCE_MS = 120_000;

/**
 * The time of a device with real motions: it runs about a hundred times as fast as the wall's, and stands still when a test wants
 * to look at the middle of a motion.
 */
export class DeviceTime {
  readonly clock = new SimulatedClock();
  #runs = false;

  run(): void {
    if (this.#runs) return;
    this.#runs = true;
    const tick = async (): Promise<void> => {
      if (!this.#runs) return;
      await this.clock.advance(STEP_MS);
      setTimeout(() => void tick(), PAUSE_MS);
    };
    void tick();
  }

  hold(): void {
    this.#runs = false;
  }

  /** Lets time pass until `done`, and holds it there. Rejects with `TIMEOUT`. */
  async passUntil(what: string, done: () => boolean): Promise<void> {
    this.hold();
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (!done()) {
      if (performance.now() > deadlineMs) throw new BenchError('TIMEOUT', `the device never came so far that ${what}`);
      await this.clock.advance(STEP_MS);
      await sleep(PAUSE_MS);
    }
  }
}
