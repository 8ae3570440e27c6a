/** Weeks until everything has been used once and is kept compiled and prepared. */
const WARM_UP = 6;
const MAY_GROW_BYTES = 8 * 2 ** 20;

/** Whether the second half of the samples needs no more than the first; too few samples are taken for flat. */
export function isFlat(samples: readonly number[]): boolean {
  const warm = samples.slice(WARM_UP);
  if (warm.length < 4) return true;
  const half = Math.floor(warm.length / 2);
  return median(warm.slice(half)) - median(warm.slice(0, half)) <= MAY_GROW_BYTES;
}

function median(samples: readonly number[]): number {
  return samples.toSorted((one, other) => one - other)[Math.floor(samples.length / 2)] ?? 0;
}
