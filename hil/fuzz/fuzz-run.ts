import { join } from 'node:path';
import fc from 'fast-check';
import { readCorpus } from './corpus-folder.js';
import { root } from './fixtures.js';
import { harmOf, type FuzzTarget } from './fuzz-target.js';
import { mutations } from './mutations.js';
import { StrayFailures } from './stray-failures.js';

export interface FuzzBounds {
  readonly seed: number;
  /** Whichever comes first. */
  readonly maxInputs?: number;
  readonly maxMs?: number;
}

export interface FuzzResult {
  readonly inputs: number;
  /** The first input that did harm, made as small as it could be. */
  readonly found?: { readonly input: Uint8Array; readonly harm: string };
}

/** Making a found input smaller ends after this many tries: a session that hangs costs seconds a try. */
const MAX_SHRINKS = { parser: 20_000, session: 200 } as const;

export function corpusFolder(target: FuzzTarget): string {
  return join(root, 'hil', 'fuzz', 'corpus', target.name);
}

/** Takes the corpus, then what is made from it and from the seeds. `onInput` hears of each input before it is taken. */
export async function fuzz(
  target: FuzzTarget,
  bounds: FuzzBounds,
  onInput: (input: Uint8Array) => void = () => undefined,
): Promise<FuzzResult> {
  const strays = new StrayFailures();
  try {
    return await new Fuzzing(target, strays, onInput).run(bounds);
  } finally {
    strays.stop();
    await target.close?.();
  }
}

class Fuzzing {
  readonly #target: FuzzTarget;
  readonly #strays: StrayFailures;
  readonly #onInput: (input: Uint8Array) => void;
  #inputs = 0;

  constructor(target: FuzzTarget, strays: StrayFailures, onInput: (input: Uint8Array) => void) {
    this.#target = target;
    this.#strays = strays;
    this.#onInput = onInput;
  }

  async run({ seed, maxInputs = Number.MAX_SAFE_INTEGER, maxMs }: FuzzBounds): Promise<FuzzResult> {
    const corpus = readCorpus(corpusFolder(this.#target)).map(({ input }) => input);
    // A copy of a Buffer's slice would be a view of the same bytes, and every change a change of the seed.
    const seeds = [...this.#target.seeds(), ...corpus].map((bytes) => Uint8Array.from(bytes));
    for (const input of seeds) {
      const harm = await this.#take(input);
      if (harm !== undefined) return this.#foundWith(input, harm);
    }
    let firstHarm = '';
    const property = fc.asyncProperty(mutations(seeds), async (input) => {
      const harm = await this.#take(input);
      if (harm === undefined) return;
      firstHarm ||= harm;
      throw new Error(harm);
    });
    const details = await fc.check(property, {
      seed,
      numRuns: maxInputs,
      ...(maxMs === undefined ? {} : { interruptAfterTimeLimit: maxMs }),
    });
    const [input] = details.counterexample ?? [];
    if (!details.failed || input === undefined) return { inputs: this.#inputs };
    return this.#foundWith(input, firstHarm);
  }

  async #foundWith(input: Uint8Array, firstHarm: string): Promise<FuzzResult> {
    const least = await this.#withoutWhatItDoesNotTake(input);
    const harm = (await this.#take(least)) ?? `did harm once and then no more: ${firstHarm}`;
    return { inputs: this.#inputs, found: { input: least, harm } };
  }

  async #take(input: Uint8Array): Promise<string | undefined> {
    this.#inputs += 1;
    this.#onInput(input);
    let harm = await harmOf(this.#target, input);
    // Rejections are told of when all that runs at once has run.
    if (this.#target.cost === 'session') await new Promise((resolve) => setImmediate(resolve));
    harm ??= this.#strays.take();
    // What it has broken must not be blamed on the next input.
    if (harm !== undefined) await this.#target.close?.();
    return harm;
  }

  /** fast-check makes the change to an input small, but keeps the input's length: here bytes are left out while it still harms. */
  async #withoutWhatItDoesNotTake(input: Uint8Array): Promise<Uint8Array> {
    let least = input;
    let tries = MAX_SHRINKS[this.#target.cost];
    for (let piece = Math.ceil(input.length / 2); piece > 0; piece = piece === 1 ? 0 : Math.ceil(piece / 2)) {
      for (let at = least.length - piece; at >= 0 && tries > 0; at -= piece, tries -= 1) {
        const shorter = Uint8Array.from([...least.subarray(0, at), ...least.subarray(at + piece)]);
        if ((await this.#take(shorter)) !== undefined) least = shorter;
      }
    }
    return least;
  }
}
