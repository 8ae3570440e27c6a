import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Overview } from '../../src/cli/overview.js';
import { readRig } from '../../src/rig/read-rig.js';
import { RsmBench, root, rsm, whenPrinted } from './rsm-process.js';

// Most of the time goes into starting processes; each test has a state folder of its own.
t.jobs = 4;

const missing = (['umockdev-wrapper', 'mtx'] as const).find(
  (name) => spawnSync(name, ['--version']).error !== undefined,
);
const skip = missing === undefined ? false : `needs ${missing}: apt-get install umockdev mtx`;

interface Served {
  readonly iscsi: { readonly portal: string; readonly targetName: string };
  readonly sg: { readonly folder: string };
  readonly usbip: { readonly port: number; readonly serialNumber: string };
  readonly serial: { readonly link: string };
}

/** `rsm virtual` until the test ends, with its document. */
async function serve(
  t: Test,
  bench: RsmBench,
  ...args: string[]
): Promise<{ served: Served; stop: () => Promise<number | null> }> {
  const { child, ended } = bench.start(['--json', 'virtual', ...args]);
  let text = '';
  const served = await new Promise<Served>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.endsWith('}\n')) resolve(JSON.parse(text) as Served);
    });
    child.once('close', (status) => reject(new Error(`rsm virtual ended with ${status}: ${text}`)));
  });
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    return (await ended).status;
  };
  t.teardown(stop);
  return { served, stop };
}

t.test(
  'a program that knows nothing of this runs on the device files, and its exit status is passed on',
  { skip },
  async (t) => {
    const bench = new RsmBench(t);
    const script = 'mtx -f /dev/sg0 status && mtx -f /dev/sg0 load 1 0 && test -c /dev/sg1 && exit 7';
    const first = await bench.run('virtual', '--attach', 'sg', '--', 'sh', '-c', script);
    t.match(first, { status: 7, stdout: /Storage Element 1:Full :VolumeTag=ORS001L8/ });
    t.equal(first.stderr, '', 'it is for the program to say why');
    const later = await bench.run('virtual', '--attach', 'sg', '--', 'mtx', '-f', '/dev/sg0', 'status');
    t.match(later, { status: 0, stdout: /Data Transfer Element 0:Full .*:VolumeTag = ORS001L8/ });
    t.equal((await bench.run('virtual', '--attach', 'sg', '--', '/no/such/program')).status, 127);
    t.equal((await bench.run('virtual', '--attach', 'sg', '--', 'sh', '-c', 'kill -KILL $$')).status, 137);
  },
);

t.test('signals are the program’s while it runs, and its devices are put away after it', { skip }, async (t) => {
  const bench = new RsmBench(t);
  const script = 'trap "echo int" INT; trap "echo term; exit 5" TERM; echo ready; while :; do sleep 0.02; done';
  const { child, ended } = bench.start(['virtual', '--attach', 'sg', '--', 'sh', '-c', script]);
  await whenPrinted(child, /ready/);
  child.kill('SIGINT');
  await whenPrinted(child, /int/);
  child.kill('SIGINT');
  await whenPrinted(child, /int/);
  child.kill('SIGTERM');
  t.match(await ended, { status: 5, stdout: 'ready\nint\nint\nterm\n', stderr: '' });
  t.notOk(existsSync(join(bench.state, 'sg', 'dev')), 'the device files are gone');
});

t.test('a second SIGTERM ends a program that does not heed the first', { skip }, async (t) => {
  const bench = new RsmBench(t);
  const script = 'trap "echo deaf" TERM; echo ready; while :; do sleep 0.02; done';
  const { child, ended } = bench.start(['virtual', '--attach', 'sg', '--', 'sh', '-c', script]);
  await whenPrinted(child, /ready/);
  child.kill('SIGTERM');
  await whenPrinted(child, /deaf/);
  child.kill('SIGTERM');
  t.match(await ended, { status: 137 });
  t.notOk(existsSync(join(bench.state, 'sg', 'dev')));
});

t.test('the rig file that is printed reads back, and names no address that nobody can connect to', async (t) => {
  const bench = new RsmBench(t);
  const secret = join(bench.folder, 'secret');
  writeFileSync(secret, 'a secret of some length\n', { mode: 0o644 });
  const ways = ['--attach', 'iscsi', 'usbip', 'serial', '--iscsi-port', '0', '--usbip-port', '0'];
  const chap = ['--chap-user', "o'neill: x", '--chap-secret-file', 'secret'];
  const odd = ['--name', '0123', '--link', join(bench.folder, "a 'line'"), '--host', '0.0.0.0'];
  const { child, ended } = bench.start(['virtual', ...ways, ...odd, ...chap]);
  const printed = await whenPrinted(child, /Interrupt this command/);
  child.kill('SIGINT');
  const { status, stderr } = await ended;
  t.equal(status, 0);
  t.match(stderr, /other users of this machine can read the secret in secret; chmod 600/);
  t.match(printed, /listens on all addresses of this machine; reached from elsewhere at \d/);
  const rigs = [...printed.matchAll(/ +libraries:\n.*\n.*\n/g)].map(([text]) => readRig({ text }));
  t.match(
    rigs.map(({ libraries: [library] }) => library),
    [
      { name: '0123', changer: { transport: 'iscsi', chap: { user: "o'neill: x", secretFile: secret } } },
      { name: '0123', changer: { transport: 'usb' } },
      { name: '0123', changer: { transport: 'serial', path: join(bench.folder, "a 'line'") } },
    ],
  );
  t.notMatch(printed, /portal: .*0\.0\.0\.0/);
});

t.test('a port that is taken is named, and what was opened before is closed', async (t) => {
  const bench = new RsmBench(t);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const ended = await bench.run('virtual', '--attach', 'serial', 'iscsi', '--iscsi-port', `${port}`);
  t.match(ended, {
    status: 1,
    stdout: '',
    stderr: new RegExp(`LISTEN: .*127\\.0\\.0\\.1:${port}: the port is in use`),
  });
  t.notOk(existsSync(join(bench.state, 'serial')));
});

t.test('it ends with 0 at the first signal while an initiator is connected', async (t) => {
  const bench = new RsmBench(t);
  const { served, stop } = await serve(
    t,
    bench,
    '--attach',
    'iscsi',
    'usbip',
    '--iscsi-port',
    '0',
    '--usbip-port',
    '0',
  );
  const ports = [Number(served.iscsi.portal.split(':')[1]), served.usbip.port];
  const clients = ports.map((port) => connect(port, '127.0.0.1'));
  t.teardown(() => clients.forEach((client) => client.destroy()));
  await Promise.all(
    clients.map((client) =>
      once(
        client.on('error', () => undefined),
        'connect',
      ),
    ),
  );
  t.equal(await stop(), 0);
});

t.test('all ways lead to one autoloader, and end cleanly', { skip }, async (t) => {
  const bench = new RsmBench(t);
  const ways = ['--attach', 'iscsi', 'usbip', 'serial', 'sg', '--iscsi-port', '0', '--usbip-port', '0'];
  const { served, stop } = await serve(t, bench, ...ways);
  const shown = readFileSync(join(root, 'hil', 'rigs', 'iscsi.yaml'), 'utf8');
  const rig = join(bench.folder, 'iscsi.yaml');
  writeFileSync(rig, shown.replace('127.0.0.1:3260', served.iscsi.portal));
  t.match(await bench.run('--rig', rig, 'mount', 'ORS002L8', '--drive', '1'), { status: 0 });

  const env = { ...process.env, UMOCKDEV_DIR: served.sg.folder };
  const mtx = spawnSync('umockdev-wrapper', ['mtx', '-f', '/dev/sg0', 'status'], { encoding: 'utf8', env });
  t.match(mtx.stdout, /Data Transfer Element 1:Full \(Storage Element 2 Loaded\):VolumeTag = ORS002L8/);

  const serial = join(bench.folder, 'serial.yaml');
  writeFileSync(
    serial,
    `libraries:\n  - name: line\n    changer: { transport: serial, path: '${served.serial.link}', lun: 1 }\n`,
  );
  const overview = await bench.json<Overview>('--state', join(bench.folder, 'other'), '--rig', serial, 'status');
  t.match(JSON.stringify(overview.libraries), 'ORS002L8', 'seen over the serial line, too');
  t.equal(await stop(), 0);
  t.equal(spawnSync('umockdev-wrapper', ['mtx', '-f', '/dev/sg0', 'status'], { env }).status === 0, false);
});

t.test('what rsm discover prints is a rig file that works as it is', async (t) => {
  const bench = new RsmBench(t);
  const { served } = await serve(t, bench, '--attach', 'iscsi', '--iscsi-port', '0', '--profile', 'hp-msl2024');
  const file = join(bench.folder, 'found.yaml');
  const { portal } = served.iscsi;
  const found = await bench.run('discover', '--transport', 'iscsi', '--portal', portal, '--output', file);
  t.match(found, { status: 0, stderr: /changer HP MSL G3 Series.*2 drives of its own found/ });
  t.match(await bench.run('--rig', file, 'mount', 'ORS001L8'), { status: 0 });
  t.match(await bench.run('--rig', file, 'dismount', 'ORS001L8'), { status: 0 });
  const again = await bench.run('discover', '--transport', 'iscsi', '--portal', portal, '--output', file);
  t.match(again, { status: 2, stderr: /is there already and is left alone/ });
});

t.test(
  'rsm itself drives the device files: by the rig file that it discovers, and by the manual’s',
  { skip },
  async (t) => {
    const bench = new RsmBench(t);
    const file = join(bench.folder, 'found.yaml');
    const manual = join(root, 'hil', 'rigs', 'sg.yaml');
    const state = join(bench.folder, 'other');
    const script = `
      rsm() { "${process.execPath}" "${rsm}" --state "${state}" "$@"; }
      rsm discover --transport sg --output "${file}"
      rsm --rig "${file}" mount ORS001L8 --drive 1
      # That one names the changer only: the drives are found beside it.
      rsm --rig "${manual}" mount ORS002L8
      mtx -f /dev/sg0 status
      rsm --rig "${manual}" dismount ORS001L8 ORS002L8`;
    const ended = await bench.run('virtual', '--attach', 'sg', '--', 'sh', '-ec', script);
    t.match(ended, { status: 0, stderr: /changer IBM 3573-TL.*2 drives of its own found/ });
    t.match(readFileSync(file, 'utf8'), /address: 256, transport: sg, path: \/dev\/tape\/by-id\//);
    t.match(ended.stdout, /is loaded in drive 0 \(256\) of kernel/);
    t.match(ended.stdout, /Element 0:Full .*VolumeTag = ORS002L8[^]*Element 1:Full .*VolumeTag = ORS001L8/);
    const slots = await bench.run('virtual', '--attach', 'sg', '--', 'mtx', '-f', '/dev/sg0', 'status');
    t.match(slots.stdout, /Element 1:Full :VolumeTag=ORS001L8[^]*Element 2:Full :VolumeTag=ORS002L8/);
  },
);

t.test('with a CHAP name only those who know the secret get in', async (t) => {
  const bench = new RsmBench(t);
  const secretFile = join(bench.folder, 'secret');
  writeFileSync(secretFile, 'a secret of some length\n');
  const chap = ['--chap-user', 'bench', '--chap-secret-file', secretFile];
  const { served } = await serve(t, bench, '--attach', 'iscsi', '--iscsi-port', '0', ...chap);
  const look = ['discover', '--transport', 'iscsi', '--portal', served.iscsi.portal];
  t.match(await bench.run(...look), { status: 1, stderr: /LIBRARY_NOT_FOUND/ });
  const found = await bench.run(...look, ...chap);
  t.match(found, { status: 0, stdout: /chap: \{ user: bench, secretFile: / });
  const rig = join(bench.folder, 'chap.yaml');
  writeFileSync(rig, found.stdout);
  t.match(await bench.run('--rig', rig, 'mount', 'ORS001L8'), { status: 0 });
});

t.test('discovery that finds nothing says where it looked, and fails', async (t) => {
  const bench = new RsmBench(t);
  const nobody = await bench.run('discover', '--transport', 'iscsi', '--portal', '127.0.0.1:1');
  t.match(nobody, { status: 1, stdout: '# No changer was found.', stderr: /127\.0\.0\.1:1 did not tell its targets/ });
  const unwritten = join(bench.folder, 'none.yaml');
  const json = await bench.run('--json', 'discover', '--transport', 'sg', '--output', unwritten);
  t.match(JSON.parse(json.stdout), { libraries: [], rig: /No changer was found/ }, 'one document, which says so');
  t.match(json, { status: 1 });
  t.notOk(existsSync(unwritten));
});
