import type { Clock } from '../../clock.js';

/** Waits for `work`, but not longer than `ms`. It must not reject. */
export async function settledWithin(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(ms, resolve);
    void work.then(() => {
      cancel();
      resolve();
    });
  });
}
