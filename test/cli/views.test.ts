import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { RsmBench } from './rsm-process.js';

t.test('every kind can be viewed, as table and as JSON', async (t) => {
  const bench = new RsmBench(t);
  const expected = {
    libraries: 1,
    changers: 1,
    drives: 2,
    slots: 23,
    ports: 3,
    doors: 0,
    media: 9,
    requests: 0,
    pools: 3,
  };
  for (const [kind, least] of Object.entries(expected)) {
    const { objects } = await bench.json<{ objects: unknown[] }>('view', kind);
    t.ok(objects.length >= least, `${kind}: ${objects.length}`);
  }
  for (const kind of ['drives', 'requests', 'media']) {
    const { status, stdout } = await bench.run('view', kind);
    t.equal(status, 0);
    const { objects } = await bench.json<{ objects: unknown[] }>('view', kind);
    const lines = objects.length === 0 ? 1 : objects.length + 1;
    t.equal(stdout.trimEnd().split('\n').length, lines, `${kind}: titles and rows`);
  }
});

t.test('a cell without content is a dash, so that columns can be counted', async (t) => {
  const bench = new RsmBench(t);
  const { stdout } = await bench.run('view', 'slots');
  t.match(stdout, /^virtual +\d+ +4118 +\S+ +CLN\S+$/m, 'a slot that holds a cartridge');
  t.match(stdout, /^virtual +\d+ +4110 +\S+ +-$/m, 'and an empty one');
});

t.test('inventory reads the library again', async (t) => {
  const bench = new RsmBench(t);
  for (const method of [[], ['--method', 'fast'], ['--method', 'none'], ['--library', 'virtual']]) {
    const { status, stdout, stderr } = await bench.run('inventory', ...method);
    t.equal(status, 0, stderr);
    t.equal(stdout, 'virtual: 9 cartridges.\n');
  }
  const unknown = await bench.run('inventory', '--library', 'virtua');
  t.equal(unknown.status, 1);
  t.match(unknown.stderr, /LIBRARY_NOT_FOUND[^]*virtual/);
  const nowhere = await bench.run('inventory', '--library', 'nowhere-near');
  t.match(nowhere.stderr, /Perhaps one of: virtual$/m, 'the offline library is not offered');
});

t.test('a trace holds every command as a line of JSON', async (t) => {
  const bench = new RsmBench(t);
  const file = join(bench.folder, 'trace.jsonl');
  t.equal((await bench.run('--trace', file, 'mount', 'ORS001L8')).status, 0);
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { command?: string });
  t.ok(lines.some(({ command }) => command === 'MOVE MEDIUM'));
});
