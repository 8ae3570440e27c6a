import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Overview } from '../../src/cli/overview.js';
import { RsmBench, root, whenPrinted } from './rsm-process.js';

const serialRig = join(root, 'hil', 'rigs', 'serial.yaml');

/** A rig whose motions take time, so that something is under way when the next command comes. */
const slowRig =
  'libraries:\n  - name: virtual\n    changer: { transport: virtual, profile: ibm-3573-tl, timing: real }\n';

t.test('the virtual autoloader is driven through a serial line by another process', async (t) => {
  const bench = new RsmBench(t);
  const { child, ended } = bench.start(['virtual', '--attach', 'serial']);
  const printed = await whenPrinted(child, /Interrupt this command/);
  const path = /^ +(\/dev\/\S+), also reached as/m.exec(printed)?.[1];
  const link = join(bench.state, 'serial');
  t.ok(path, 'it says which pseudo-terminal');
  t.equal(readlinkSync(link), path, 'the link leads to the pseudo-terminal');
  t.match(printed, /transport: serial/, 'a rig file for it is printed');

  const mounted = await bench.run('--rig', serialRig, 'mount', 'ORS001L8', '--drive', '0');
  t.equal(mounted.status, 0, mounted.stderr);
  const overview = await bench.json<Overview>('--rig', serialRig, 'status');
  t.match(overview.libraries[0]?.contents.drives[0], { cartridge: 'ORS001L8', state: 'NTMS_DRIVESTATE_LOADED' });
  const dismounted = await bench.run('--rig', serialRig, 'dismount', 'ORS001L8');
  t.equal(dismounted.status, 0, dismounted.stderr);

  // The hardware is taken, the database is not.
  const second = await bench.run('status');
  t.equal(second.status, 1);
  t.match(second.stderr, new RegExp(`FOLDER_LOCKED: .*hardware.*process ${child.pid} \\(.*virtual --attach serial`));

  child.kill('SIGINT');
  t.equal((await ended).status, 0, 'an interrupt ends it cleanly');
  t.notOk(existsSync(link), 'the link is gone');
  t.equal((await bench.run('status')).status, 0, 'the hardware is free again');
});

t.test('a second process on the database is told who has it', async (t) => {
  const bench = new RsmBench(t);
  t.equal((await bench.run('status')).status, 0);
  writeFileSync(join(bench.folder, 'rig.yaml'), slowRig);
  const { child, ended } = bench.start(['mount', 'ORS001L8']);
  const lock = join(bench.state, 'database', 'lock-holder.json');
  await until(() => readHolder(lock) === child.pid);

  const second = await bench.run('--json', 'inventory');
  t.equal(second.status, 1);
  t.match(JSON.parse(second.stdout), {
    error: { symbol: 'FOLDER_LOCKED', holder: { pid: child.pid, command: /mount ORS001L8/ } },
  });
  t.match(second.stderr, new RegExp(`FOLDER_LOCKED: .*database.*process ${child.pid}`));
  child.kill('SIGKILL');
  await ended;
});

t.test('the end of npx is the end of the command that it started', async (t) => {
  const bench = new RsmBench(t);
  const { child, ended } = bench.start(['virtual', '--attach', 'serial'], {}, ['npx', '--no-install', 'rsm']);
  await whenPrinted(child, /Interrupt this command/);
  const hardware = readHolder(join(bench.state, 'hardware', 'virtual', 'lock-holder.json'));
  t.not(hardware, child.pid, 'npx started another process');
  child.kill('SIGTERM');
  await ended;
  await until(() => !existsSync(join(bench.state, 'serial')));
  t.equal((await bench.run('status')).status, 0, 'the hardware is free');
});

t.test('an interrupt while the device is becoming ready ends the command with 130', async (t) => {
  const bench = new RsmBench(t);
  writeFileSync(join(bench.folder, 'rig.yaml'), slowRig);
  const { child, ended } = bench.start(['status']);
  await until(() => readHolder(join(bench.state, 'database', 'lock-holder.json')) === child.pid);
  child.kill('SIGINT');
  const { status, stderr } = await ended;
  t.equal(status, 130);
  t.match(stderr, /INTERRUPTED/);
});

/** The process id that a lock's holder wrote down. */
function readHolder(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid;
}

/** Asks every few milliseconds; other processes tell nothing of themselves. The test's own time limit ends it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
