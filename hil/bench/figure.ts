/** One line of the benchmark's table. */
export interface Figure {
  readonly name: string;
  /** Higher is better for rates, lower for times; `unit` tells which it is. */
  readonly value: number;
  readonly unit: 'elements/s' | 'commands/s' | 'cycles/s' | 'commits/s' | 'round trips/s' | 'ms';
  /** What was measured beside it in the same run, and the ratio of this figure to it. */
  readonly peer?: { readonly name: string; readonly value: number };
  /** Why there is no figure. */
  readonly skipped?: string;
}

/** How long one measurement runs. Long enough for the compiler to settle and for a garbage collection or two. */
export const MEASURE_MS = 2_000;
const ROUNDS = 5;

/**
 * Runs `batch`, which returns how many things it did, for {@link MEASURE_MS} in five rounds after one round to warm up.
 * Returns the median of the rounds in things a second.
 */
export async function ratePerSecond(batch: () => number | Promise<number>): Promise<number> {
  await round(batch);
  const rates: number[] = [];
  for (let i = 0; i < ROUNDS; i++) rates.push(await round(batch));
  return median(rates);
}

async function round(batch: () => number | Promise<number>): Promise<number> {
  const start = performance.now();
  let done = 0;
  let elapsed = 0;
  while (elapsed < MEASURE_MS / ROUNDS) {
    done += await batch();
    elapsed = performance.now() - start;
  }
  return (done / elapsed) * 1000;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
