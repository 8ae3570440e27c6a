import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import t from 'tap';
import { RsmBench, root } from './rsm-process.js';

const example = join(root, 'docs', 'examples', 'mount.ts');

t.test('the example program passes the strict type check', async (t) => {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'ES2023', '--module', 'NodeNext'];
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...flags, '--types', 'node', example], {
    cwd: root,
    encoding: 'utf8',
  });
  t.equal(status, 0, stdout);
});

t.test('the example program mounts a cartridge and puts it back', async (t) => {
  const bench = new RsmBench(t);
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  const { status, stdout, stderr } = await bench.start([example, bench.state], {}, [process.execPath, tsx]).ended;
  t.equal(status, 0, stderr);
  t.match(stdout, /^drive \d is in state 2$/m, 'one drive is loaded (NTMS_DRIVESTATE_LOADED)');
  t.match(stdout, /mounted and put back/);
  const drives = await bench.json<{ objects: { cartridge: string | null }[] }>('view', 'drives');
  t.ok(
    drives.objects.every(({ cartridge }) => cartridge === null),
    'and the drives are empty afterwards',
  );
});
