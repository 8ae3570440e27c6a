import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import t from 'tap';
import { RsmBench, root } from './rsm-process.js';

const walk = join(root, 'docs', 'examples', 'walk.ts');

t.test('the walk through the life of a medium passes the strict type check', async (t) => {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'ES2023', '--module', 'NodeNext'];
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...flags, '--types', 'node', walk], {
    cwd: root,
    encoding: 'utf8',
  });
  t.equal(status, 0, stdout);
});

t.test('the walk allocates a medium, uses it and gives it back, as often as it is taken', async (t) => {
  const bench = new RsmBench(t);
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  const run = () => bench.start([walk, bench.state], {}, [process.execPath, tsx]).ended;
  const first = await run();
  t.equal(first.status, 0, first.stderr);
  t.match(first.stdout, /^ORS001L8 may be used\nallocated [0-9a-f-]{36}\nread back: written by .*\ndeallocated\n$/);
  const second = await run();
  t.equal(second.status, 0, second.stderr);
  t.match(second.stdout, /^allocated [0-9a-f-]{36}\nread back: written by .*\ndeallocated\n$/, 'it is the same medium');
  const drives = await bench.json<{ objects: { cartridge: string | null }[] }>('view', 'drives');
  t.ok(
    drives.objects.every(({ cartridge }) => cartridge === null),
    'and the drives are empty afterwards',
  );
});

t.test('on a rig of its own the walk wants to be told which cartridge it may overwrite', async (t) => {
  const bench = new RsmBench(t);
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  const { status, stderr } = await bench.start([walk, bench.state, 'rig.yaml'], {}, [process.execPath, tsx]).ended;
  t.equal(status, 1);
  t.match(stderr, 'Name the bar code');
});
