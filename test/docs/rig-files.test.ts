import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readRig } from '../../src/rig/read-rig.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const text = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');

/** Every block of YAML that a page shows. */
function blocksOf(page: string): string[] {
  return [...text('docs', page).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
}

const rigs = readdirSync(join(root, 'hil', 'rigs'));

t.test('every rig file that the manual shows can be read', (t) => {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const shown = pages.flatMap((page) => blocksOf(page).map((block) => ({ page, block })));
  t.ok(shown.length >= 6, `${shown.length} blocks`);
  for (const { page, block } of shown) t.doesNotThrow(() => readRig({ file: page, text: block }), page);
  t.end();
});

t.test('the pages show a rig file for each transport', (t) => {
  for (const page of ['rigs.md', 'attach.md']) {
    const all = blocksOf(page).join('\n');
    for (const transport of ['iscsi', 'usb', 'sg']) t.match(all, `transport: ${transport}`, `${page}: ${transport}`);
  }
  t.end();
});

t.test('the rig files of the benches are those that the manual shows', (t) => {
  const blocks = blocksOf('attach.md').map((block) => block.trim());
  for (const name of ['iscsi.yaml', 'usb.yaml', 'sg.yaml']) {
    t.ok(rigs.includes(name), `${name} is there`);
    const rig = text('hil', 'rigs', name)
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join('\n')
      .trim();
    t.ok(blocks.includes(rig), `docs/attach.md shows ${name}`);
  }
  for (const name of rigs) t.doesNotThrow(() => readRig({ file: join(root, 'hil', 'rigs', name) }), name);
  t.end();
});
