import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromHexText } from './corpus-folder.js';

/** The clone's own folder, whether this runs compiled below dist/ or as it is. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..').replace(/[/\\]dist$/, '');

/** Captured bytes whose file name is like that: good inputs to begin from. */
export function fixtures(like: RegExp): Uint8Array[] {
  const folder = join(root, 'test', 'fixtures');
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.hex') && like.test(name))
    .toSorted()
    .map((name) => fromHexText(readFileSync(join(folder, name), 'utf8')));
}
