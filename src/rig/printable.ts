import { RigError } from './rig-error.js';

/** Characters that a terminal would obey instead of showing (controls, formats), and those that no text keeps. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\uFFFD]/gu;

/** `text` with every character that is not for reading as a dot. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '.');
}

/** `text` as a double-quoted scalar of YAML in which every such character is written as an escape. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const digits = code.toString(16);
    return code > 0xffff ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
  });
}

/** @throws RigError RIG_INVALID when the text was never one: it holds zero bytes or what is not UTF-8. */
export function refuseBinary(file: string, text: string): void {
  const at = text.search(/[\0\uFFFD]/);
  if (at < 0) return;
  const before = text.slice(0, at).split('\n');
  const what = `the file is not text: it begins with "${printable(text.slice(0, 20))}"`;
  const place = { line: before.length, column: (before.at(-1) ?? '').length + 1 };
  throw new RigError('RIG_INVALID', file, [{ ...place, what, allowed: 'YAML in UTF-8' }]);
}
