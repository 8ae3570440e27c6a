import { Worker } from 'node:worker_threads';
import type { FuzzResult } from './fuzz-run.js';
import type { FuzzOrder } from './fuzz-worker.js';

export interface WatchedRun {
  /** URL of the module that exports `fuzzTargets`, and which of them it is. */
  readonly targets: string;
  readonly index: number;
  readonly seed: number;
  readonly maxMs: number;
  readonly maxInputs?: number;
  /** Real time that one input may take. Default 20 s. */
  readonly hangMs?: number;
  /** Heap of the thread that takes the inputs. Default 256 MiB. */
  readonly heapMib?: number;
  /** What the process may grow by, typed arrays included, which are outside the heap. Default 1 GiB. */
  readonly growthMib?: number;
  /** Node's options for the thread; those of this process unless given. */
  readonly execArgv?: readonly string[];
}

const WATCH_MS = 100;
const LONGEST_INPUT = 64 * 1024;
const MIB = 2 ** 20;

/** Runs a target in a thread of its own, so that a hang or exhausted memory ends that thread only and its input is known. */
export function watchedRun(run: WatchedRun): Promise<FuzzResult> {
  const { hangMs = 20_000, heapMib = 256, growthMib = 1024, maxInputs = Number.MAX_SAFE_INTEGER } = run;
  const { targets, index, seed, maxMs } = run;
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const current = new Uint8Array(new SharedArrayBuffer(LONGEST_INPUT));
  const order: FuzzOrder = { targets, index, seed, maxMs, maxInputs, counter, current };
  const worker = new Worker(new URL('./fuzz-worker.js', import.meta.url), {
    workerData: order,
    ...(run.execArgv === undefined ? {} : { execArgv: [...run.execArgv] }),
    resourceLimits: { maxOldGenerationSizeMb: heapMib },
  });
  const largestRss = process.memoryUsage.rss() + growthMib * MIB;
  return new Promise((resolve) => {
    let last = 0;
    let seenAtMs = performance.now();
    const watch = setInterval(() => {
      const now = Atomics.load(counter, 0);
      const nowMs = performance.now();
      // Until the first input the thread loads its modules.
      if (now !== last || now === 0) seenAtMs = nowMs;
      last = now;
      if (nowMs - seenAtMs > hangMs) harmed(`took longer than ${hangMs / 1000} s`);
      else if (process.memoryUsage.rss() > largestRss) harmed(`made the process grow by more than ${growthMib} MiB`);
    }, WATCH_MS);
    const end = (result: FuzzResult): void => {
      clearInterval(watch);
      worker.removeAllListeners();
      // Out of memory is told of as an error, sometimes more than once.
      worker.on('error', () => undefined);
      void worker.terminate().then(() => resolve(result));
    };
    const harmed = (harm: string): void => {
      const length = new DataView(current.buffer).getUint32(0);
      const input = Uint8Array.from(current.subarray(4, 4 + length));
      end({ inputs: Atomics.load(counter, 0), found: { input, harm } });
    };
    worker.once('message', end);
    worker.once('error', (error) => harmed(`ended its thread: ${error.stack ?? error.message}`));
    worker.once('exit', (code) => harmed(`its thread ended with code ${code}: what it waited for can never come`));
  });
}
