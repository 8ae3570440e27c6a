import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import t from 'tap';
import { RsmBench, root } from './rsm-process.js';

const examples = join(root, 'docs', 'examples');
const port = join(examples, 'port.ts');
const tsx = createRequire(import.meta.url).resolve('tsx/cli');
const crossCompiler = 'x86_64-w64-mingw32-gcc';

interface Pools {
  readonly objects: readonly { readonly path: string; readonly physicalMedia: number }[];
}

t.test('the port passes the strict type check', async (t) => {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'ES2023', '--module', 'NodeNext'];
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...flags, '--types', 'node', port], {
    cwd: root,
    encoding: 'utf8',
  });
  t.equal(status, 0, stdout);
});

const absent = spawnSync(crossCompiler, ['--version']).error !== undefined;
t.test(
  'the C program compiles against ntmsapi.h without a warning',
  { skip: absent && `${crossCompiler} is missing; it is in the package gcc-mingw-w64` },
  async (t) => {
    const flags = ['-fsyntax-only', '-Wall', '-Wextra', '-Werror', '-municode', '-DUNICODE'];
    const { status, stderr } = spawnSync(crossCompiler, [...flags, join(examples, 'port.c')], { encoding: 'utf8' });
    t.equal(status, 0, stderr);
  },
);

t.test('the page shows both programs whole and as they are', async (t) => {
  const page = readFileSync(join(root, 'docs', 'porting.md'), 'utf8');
  for (const [language, file] of [
    ['c', 'port.c'],
    ['ts', 'port.ts'],
  ] as const) {
    const blocks = [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)\n\`\`\`$`, 'gm'))].map(([, text]) => text);
    const program = readFileSync(join(examples, file), 'utf8');
    t.ok(blocks.length > 0, `there are blocks of ${file}`);
    const without = blocks.reduce<string>((rest, block) => rest.replace(block ?? '', () => ''), program);
    t.equal(without.trim(), '', `every line of ${file} is on the page`);
    for (const block of blocks) t.ok(program.includes(block ?? ''), `what the page shows is in ${file}`);
  }
});

t.test('the port uses a medium of the free pool and gives it back, as often as it is run', async (t) => {
  const bench = new RsmBench(t);
  const run = () => bench.start([port, bench.state], {}, [process.execPath, tsx]).ended;
  const poolsWithMedia = async () =>
    (await bench.json<Pools>('view', 'pools')).objects.filter(
      ({ path, physicalMedia }) => physicalMedia > 0 || path === 'Port',
    );

  const nothingFree = await run();
  t.equal(nothingFree.status, 1);
  t.match(nothingFree.stderr, 'ERROR_MEDIA_UNAVAILABLE (4308)', 'nobody has given the free pool a medium yet');
  t.equal((await bench.run('inventory', '--method', 'omid')).status, 0);
  t.equal((await bench.run('move', 'ORS001L8', '--pool', 'Free/LTO-8')).status, 0);
  const before = await poolsWithMedia();

  for (const time of ['first', 'second']) {
    const { status, stdout, stderr } = await run();
    t.equal(status, 0, stderr);
    t.equal(stdout, 'library virtual: 2 drives, 23 slots\nwritten in drive 0\ngiven back\n', `the ${time} time`);
    t.same(await poolsWithMedia(), before, 'the pool is gone, and the medium is in the free pool');
  }

  const media = join(bench.state, 'hardware', 'virtual', 'media');
  const image = readdirSync(media).find((name) => name.includes('ORS001L8')) ?? '';
  const tape = readFileSync(join(media, image), 'latin1');
  t.match(tape, /VOL1PORT01 {69}4/, 'the label is on the tape itself');
  t.match(tape, 'written by the port example', 'and the record behind it');
  const drives = await bench.json<{ objects: { cartridge: string | null }[] }>('view', 'drives');
  t.ok(
    drives.objects.every(({ cartridge }) => cartridge === null),
    'the drives are empty',
  );
});
