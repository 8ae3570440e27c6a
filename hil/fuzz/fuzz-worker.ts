import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { fuzz, type FuzzResult } from './fuzz-run.js';
import type { MakeTarget } from './fuzz-target.js';

/** What the watching thread shares: it sees the input that is being taken even while this thread hangs on it. */
export interface FuzzOrder {
  /** The module that exports `fuzzTargets`. */
  readonly targets: string;
  readonly index: number;
  readonly seed: number;
  readonly maxMs: number;
  readonly maxInputs: number;
  /** Counts inputs, so that a hang shows. */
  readonly counter: Int32Array;
  /** Length of the input, then the input. */
  readonly current: Uint8Array;
}

/** What may stay in memory when all is over: code that was compiled, buffers that node keeps for later. */
const KEPT_BYTES = 48 * 1024 * 1024;

const { targets, index, seed, maxMs, maxInputs, counter, current } = workerData as FuzzOrder;
const { fuzzTargets } = (await import(targets)) as { readonly fuzzTargets: readonly MakeTarget[] };
const target = await fuzzTargets[index]?.();
if (target === undefined) throw new Error(`there is no target ${index}`);
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const before = await heldBytes();
const result = await fuzz(target, { seed, maxMs, maxInputs }, (input) => {
  const length = Math.min(input.length, current.length - 4);
  new DataView(current.buffer).setUint32(0, length);
  current.set(input.subarray(0, length), 4);
  Atomics.add(counter, 0, 1);
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows of a browser
parentPort?.postMessage(withMemory(result, (await heldBytes()) - before));

async function heldBytes(): Promise<number> {
  // Sockets that were closed are let go of a few turns later.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function withMemory(taken: FuzzResult, grownBytes: number): FuzzResult {
  if (taken.found !== undefined || grownBytes < KEPT_BYTES) return taken;
  const harm = `${Math.round(grownBytes / 2 ** 20)} MiB more are held after ${taken.inputs} inputs than before`;
  return { ...taken, found: { input: new Uint8Array(0), harm } };
}
