import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Inputs that once did harm, one a file, as hexadecimal text with a comment that says what it did. */
export function readCorpus(folder: string): { readonly name: string; readonly input: Uint8Array }[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.hex'));
  } catch {
    // A target that never failed has none.
    return [];
  }
  return names.toSorted().map((name) => ({ name, input: fromHexText(readFileSync(join(folder, name), 'utf8')) }));
}

/** Keeps an input under a name made from its content; returns the file. */
export function keepInCorpus(folder: string, input: Uint8Array, why: string): string {
  const digest = createHash('sha256').update(input).digest('hex').slice(0, 12);
  const file = join(folder, `${digest}.hex`);
  mkdirSync(dirname(file), { recursive: true });
  const comment = why
    .split('\n')
    .slice(0, 2)
    .map((line) => `# ${line.trim()}`);
  writeFileSync(file, `${[...comment, ...hexLines(input)].join('\n')}\n`);
  return file;
}

export function fromHexText(text: string): Uint8Array {
  const digits = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('')
    .replaceAll(/\s+/g, '');
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hexLines(input: Uint8Array): string[] {
  const pairs = Array.from(input, (byte) => byte.toString(16).padStart(2, '0'));
  return Array.from({ length: Math.ceil(pairs.length / 16) }, (_, i) => pairs.slice(i * 16, i * 16 + 16).join(' '));
}
