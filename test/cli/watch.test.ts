import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Overview } from '../../src/cli/overview.js';
import { RsmBench } from './rsm-process.js';

interface Line {
  readonly event: string;
  readonly kind: string;
  readonly object: string;
  readonly changes?: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
}

t.test('a watch tells what other commands change, in words and as lines of JSON, until a pattern is met', async (t) => {
  const bench = new RsmBench(t);
  t.equal((await bench.run('status')).status, 0);
  const words = bench.start(['watch', '--kind', 'drive', '--until', 'drive 0 of virtual: .*-> dismounted']);
  const lines = bench.start(['--json', 'watch', '--until', 'drive 0 of virtual: .*-> dismounted', '--kind', 'drive']);
  await Promise.all([words, lines].map(({ child }) => whenWatching(child.stderr)));
  await bench.json('mount', 'ORS001L8', '--drive', '0');
  await bench.json('dismount', 'ORS001L8');
  const told = await words.ended;
  t.match(told, { status: 0, stdout: /^[\d:.]+ drive 0 of virtual: state dismounted -> loaded/m });
  const records = (await lines.ended).stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  t.match(records[0], {
    ...{ event: 'changed', kind: 'drive', object: 'drive 0 of virtual' },
    changes: { state: { from: 'NTMS_DRIVESTATE_DISMOUNTED', to: 'NTMS_DRIVESTATE_LOADED' } },
  });
});

t.test('a watch ends at an interrupt with 0, and when its time has gone by with 1', async (t) => {
  const bench = new RsmBench(t);
  const { child, ended } = bench.start(['watch']);
  await whenWatching(child.stderr, /no database/);
  child.kill('SIGINT');
  t.equal((await ended).status, 0);
  const late = await bench.run('watch', '--until', 'nothing', '--timeout', '50ms');
  t.match(late, { status: 1, stderr: /TIMEOUT: 50ms went by; nothing matched "nothing"/ });
});

t.test('status and view show what is recorded while another process has the library', async (t) => {
  const bench = new RsmBench(t);
  t.equal((await bench.run('status')).status, 0);
  const slow =
    'libraries:\n  - name: virtual\n    changer: { transport: virtual, profile: ibm-3573-tl, timing: real }\n';
  writeFileSync(join(bench.folder, 'rig.yaml'), slow);
  const { child, ended } = bench.start(['mount', 'ORS001L8']);
  const lock = join(bench.state, 'database', 'lock-holder.json');
  while (!existsSync(lock) || (JSON.parse(readFileSync(lock, 'utf8')) as { pid: number }).pid !== child.pid) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const status = await bench.run('--json', 'status');
  t.equal(status.status, 0, status.stderr);
  t.match(status.stderr, new RegExp(`in use by process ${child.pid} .*this is what it has recorded`));
  const overview = JSON.parse(status.stdout) as Overview & { recorded: { holder: { pid: number } } };
  t.equal(overview.recorded.holder.pid, child.pid);
  t.equal(overview.libraries[0]?.contents.slots.find(({ number }) => number === 1)?.cartridge, 'ORS001L8');
  t.match(await bench.run('view', 'drives'), { status: 0, stdout: /^virtual +0 +256/m });
  t.match(await bench.run('inventory'), { status: 1, stderr: /FOLDER_LOCKED/ }, 'what works is refused as ever');
  child.kill('SIGKILL');
  await ended;
});

const bash = spawnSync('bash', ['--version']).status === 0;

t.test('bash completes commands, options and choices', { skip: bash ? false : 'bash is not installed' }, async (t) => {
  const bench = new RsmBench(t);
  const { stdout: script } = await bench.run('completion', 'bash');
  const file = join(bench.folder, 'completion.bash');
  const ask = 'COMP_WORDS=("${@:2}"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); source "$1"; _rsm; echo "${COMPREPLY[*]}"';
  writeFileSync(file, script);
  const complete = (...words: string[]): string =>
    spawnSync('bash', ['-c', ask, 'bash', file, 'rsm', ...words], {
      encoding: 'utf8',
      cwd: bench.folder,
    }).stdout.trim();
  t.equal(complete('req'), 'requests');
  t.equal(complete('requests', ''), 'list cancel order purge help');
  t.equal(complete('requests', 'list', '--on'), '--only');
  t.equal(complete('requests', 'list', '--only', 'f'), 'failed');
  t.equal(complete('view', 'lib'), 'libraries');
  t.equal(complete('--rig', 'compl'), 'completion.bash', 'a file');
  t.equal(complete('--rig', 'completion.bash', 'inventory', '--method', 'o'), 'omid', 'after options of rsm itself');
  t.equal(complete('security', 'grant', 'Free', 'everyone', 'use', 'wr'), 'write-dac', 'the last argument repeats');
  t.equal(complete('help', 'oper'), 'operator');
  t.equal(complete('set', 'library', 'virtual', '--auto-recovery', ''), 'on off');
});

t.test('the scripts for zsh and fish name every command and option', async (t) => {
  const bench = new RsmBench(t);
  for (const shell of ['zsh', 'fish']) {
    const { status, stdout } = await bench.run('completion', shell);
    t.equal(status, 0);
    for (const word of ['requests', 'write-dac', 'state', 'omid']) t.match(stdout, word, `${shell}: ${word}`);
  }
});

function whenWatching(stream: NodeJS.ReadableStream | null, pattern = /Watching/): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (pattern.test(text)) resolve();
    });
  });
}
