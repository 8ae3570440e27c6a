import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { FLOORS, floorOf, violationsOf } from './architecture/import-rule.js';
import { cyclesAmong, importsOf, readTree } from './architecture/imports.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tree = readTree(root, ['devices', 'machines', 'src', 'hil', 'test']);
const imports = [...tree].flatMap(([file, text]) => importsOf(file, text));

await t.test('every import keeps to the order of the house', async (t) => {
  t.ok(imports.length > 100, `${imports.length} imports were read`);
  t.same(violationsOf(imports), []);
});

await t.test('no files import each other in a circle', async (t) => {
  t.same(cyclesAmong(imports), []);
});

await t.test('every relative import names a file that exists', async (t) => {
  const missing = imports.filter((one) => one.relative && !tree.has(one.to) && !one.to.endsWith('.json'));
  t.same(
    missing.map((one) => `${one.from}:${one.line} imports ${one.to}`),
    [],
  );
});

await t.test('the floors are those of the drawing in docs/architecture.md', async (t) => {
  const page = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
  const drawing = /```\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const drawn = drawing.split('\n').flatMap((line) => /^(\S+) {2,}/.exec(line)?.[1] ?? []);
  t.same(drawn, FLOORS);
});

await t.test('no file is longer than can be read in one sitting', async (t) => {
  const long = [...tree].flatMap(([file, text]) => {
    const lines = text.split('\n').length;
    return lines > 401 ? [`${file}: ${lines} lines`] : [];
  });
  t.same(long, []);
});

await t.test('a tree that breaks the rule is refused', async (t) => {
  const wrong: [file: string, text: string, reason: RegExp][] = [
    ['machines/drive.ts', `import { readFileSync } from 'node:fs';`, /no package but xstate/],
    ['machines/drive.ts', `import { LogicalUnit } from '../devices/logical-unit.js';`, /nothing but types/],
    ['machines/drive.ts', `import type { Rows } from '../src/objects/rows.js';`, /nothing but types/],
    ['devices/scsi/sense.ts', `export { x } from '../transport/trace.js';`, /devices\/transport stands above/],
    ['devices/media-changer.ts', `import type { A } from '../machines/drive.js';`, /machines stands above/],
    ['src/library/manager.ts', `const hil = await import('../../hil/tgt/tgt-changer.js');`, /hil stands above/],
    ['src/objects/schema.ts', `type M = import('../library/manager.js').Manager;`, /src\/library stands above/],
    ['hil/bench/bench.ts', `import { target } from '../../test/devices/target.js';`, /test stands above/],
    ['src/cli/rsm.ts', `import { x } from '../../shared/x.js';`, /outside the house/],
    ['devices/virtual/mechanics.ts', `import { Drive } from '../drive.js';`, /never its logic/],
    ['devices/virtual/attach/iscsi/a.ts', `import '../../../transport/iscsi/session.js';`, /never their logic/],
  ];
  for (const [file, text, reason] of wrong) {
    const [violation, ...more] = violationsOf(importsOf(file, text));
    t.match(violation, reason, `${file}: ${text}`);
    t.equal(more.length, 0);
  }
});

await t.test('a tree that keeps the rule is accepted', async (t) => {
  const right: [file: string, text: string][] = [
    ['machines/drive.ts', `import { setup } from 'xstate'; import { side } from './side.js';`],
    ['machines/drive.ts', `import type { ElementType } from '../devices/scsi/index.js';`],
    ['devices/scsi/trace.ts', `import type { Clock } from '../clock.js';`],
    ['devices/index.ts', `export * from './virtual/index.js';`],
    ['src/cli/rsm.ts', `import { readRig } from '../rig/index.js';`],
    ['test/rig/read-rig.test.ts', `import { readRig } from '../../src/rig/index.js';`],
  ];
  for (const [file, text] of right) t.same(violationsOf(importsOf(file, text)), [], `${file}: ${text}`);
});

await t.test('circles are found whatever kind of import closes them', async (t) => {
  const files = {
    'src/a.ts': `import { b } from './b.js';`,
    'src/b.ts': `export type { C } from './c.js';`,
    'src/c.ts': `const a = () => import('./a.js');`,
    'src/d.ts': `import { a } from './a.js';`,
  };
  const circle = cyclesAmong(Object.entries(files).flatMap(([file, text]) => importsOf(file, text)));
  t.same(circle, [['src/a.ts', 'src/b.ts', 'src/c.ts', 'src/a.ts']]);
});

await t.test('a file belongs to the deepest floor that holds it', async (t) => {
  t.equal(floorOf('devices/virtual/attach/serial/server.ts'), FLOORS.indexOf('devices/virtual'));
  t.equal(floorOf('devices/drive.ts'), FLOORS.indexOf('devices'));
  t.equal(floorOf('devices/clock.ts'), -1);
  t.equal(floorOf('elsewhere/x.ts'), undefined);
});
