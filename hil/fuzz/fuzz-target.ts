/** Something that takes bytes from outside, and what it may do with bytes that are wrong. */
export interface FuzzTarget {
  /** Also the name of its folder in the corpus. */
  readonly name: string;
  /** Well-formed inputs to begin from; those of the corpus come on top. */
  readonly seeds: () => readonly Uint8Array[];
  /**
   * Takes one input. To return is fine, and so is to throw an error whose `code` is one of {@link codes}. Rejects, or throws
   * anything else, when the input did harm: another session suffers, a promise never ends, bytes are held without bound.
   */
  readonly take: (input: Uint8Array) => unknown;
  /** The codes of errors that tell what was wrong with the input. */
  readonly codes: readonly string[];
  /** Inputs a second differ a thousandfold between a parser and a server behind a socket. */
  readonly cost: 'parser' | 'session';
  /** Takes down what `take` has set up and not taken down itself; `take` may be called again afterwards. */
  readonly close?: () => Promise<void>;
}

/** A target may need to be set up. */
export type MakeTarget = () => FuzzTarget | Promise<FuzzTarget>;

/** Real time that one input of a session may take; a session on an idle machine takes milliseconds. */
const SESSION_MS = 10_000;

/** What a target did that it must not do; undefined when all is well. */
export async function harmOf(
  target: FuzzTarget,
  input: Uint8Array,
  withinMs = SESSION_MS,
): Promise<string | undefined> {
  try {
    if (target.cost === 'parser') await target.take(input);
    else await bounded(Promise.resolve(target.take(input)), withinMs);
  } catch (error) {
    if (!(error instanceof Error)) return `threw ${String(error)}, which is no error`;
    const code = 'code' in error ? error.code : undefined;
    if (typeof code !== 'string' || !target.codes.includes(code)) {
      return `threw ${error.name} without a code that is allowed here (${String(code)}): ${error.stack ?? error.message}`;
    }
    if (error.message.length < 10) return `threw ${code} without saying what was wrong: "${error.message}"`;
  }
  return undefined;
}

async function bounded(taken: Promise<unknown>, withinMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${withinMs} ms`)), withinMs);
  });
  try {
    await Promise.race([taken, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
