import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';

/** How many numbered rows each transition table has: drive, medium, side, requests, library, port, door, cleaner slot. */
const tables = { D: 17, M: 16, P: 19, L: 11, O: 7, B: 9, I: 9, G: 5, C: 13 } as const;

t.test('every numbered row of the transition tables is tested', async (t) => {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const files = (await readdir(folder)).filter((name) => name.endsWith('.test.ts'));
  const sources = await Promise.all(files.map((name) => readFile(`${folder}/${name}`, 'utf8')));
  const tested = new Set(
    sources.flatMap((source) => [...source.matchAll(/row: '([A-Z]\d+)'/g)].map((match) => match[1])),
  );
  for (const [letter, count] of Object.entries(tables)) {
    for (let number = 1; number <= count; number += 1) t.ok(tested.has(`${letter}${number}`), `${letter}${number}`);
  }
  t.equal(tested.size, 106, 'and no row that the tables do not have');
});
