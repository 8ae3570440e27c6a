import { readFileSync } from 'node:fs';

/** The bytes of `test/fixtures/<name>.hex`; lines that begin with # are its header and remarks. */
export function hexFixture(name: string): Uint8Array {
  const text = readFileSync(new URL(`../../fixtures/${name}.hex`, import.meta.url), 'utf8');
  return hexBytes(
    text
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join(' '),
  );
}

/** Bytes written as hex with blanks between them. */
export function hexBytes(text: string): Uint8Array {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return Uint8Array.from(words, (word) => {
    if (!/^[0-9a-f]{2}$/i.test(word)) throw new Error(`"${word}" is not a byte in hex`);
    return Number.parseInt(word, 16);
  });
}
