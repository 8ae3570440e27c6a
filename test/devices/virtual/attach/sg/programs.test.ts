import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import t from 'tap';

import { SimulatedClock } from '../../../../../devices/clock.js';
import { findProfile } from '../../../../../devices/profiles/index.js';
import { OperationCode } from '../../../../../devices/scsi/opcodes.js';
import { moveMediumCdb } from '../../../../../devices/scsi/smc/move-medium.js';
import type { ScsiTarget } from '../../../../../devices/transport/scsi-target.js';
import { discoverSg, siblingPaths } from '../../../../../devices/transport/sg/discover-sg.js';
import { attachSg } from '../../../../../devices/virtual/attach/sg/index.js';
import { VirtualAutoloader } from '../../../../../devices/virtual/index.js';
import { TestTarget } from '../../../transport/test-target.js';
import { missing, ProgramBench, unitsOf } from './program-bench.js';
import { ScriptedProgram } from './scripted-program.js';

const sg3 = missing('sg_inq', 'sg_raw');

t.test(
  'sg3-utils and tapeinfo know the changer and the drives for what they are',
  { skip: missing('sg_inq', 'tapeinfo') },
  async (t) => {
    const bench = await ProgramBench.start(t);
    t.match(await bench.run('sg_inq', '/dev/sg0'), { code: 0, stdout: /medium changer[^]*3573-TL[^]*ORS0000001/ });
    t.match(await bench.run('sg_inq', '/dev/sch0'), { code: 0, stdout: /medium changer/ });
    t.match(await bench.run('sg_inq', '/dev/sg1'), { code: 0, stdout: /tape[^]*ULT3580-HH8/ });
    t.match(await bench.run('sg_vpd', '-p', 'di', '/dev/sg1'), { code: 0, stdout: /IBM/ });
    t.match(await bench.run('sg_modes', '-p', '0x1d', '/dev/sg0'), { code: 0, stdout: /Element address assignment/i });
    t.match(await bench.run('sg_opcodes', '/dev/sg0'), { code: 0, stdout: /Move medium[^]*Read element status/ });
    t.match(await bench.run('sg_opcodes', '/dev/sg1'), { code: 0, stdout: /Write filemarks/i });
    t.match(await bench.run('sg_logs', '/dev/sg1'), { code: 0, stdout: /Supported log pages/ });
    t.match(await bench.run('tapeinfo', '-f', '/dev/sg1'), { code: 0, stdout: /SCSI ID: 0\nSCSI LUN: 0/ });
    t.match(await bench.run('sg_scan', '-i', '/dev/sg0', '/dev/sg1'), {
      code: 0,
      stdout: /scsi0 channel=0 id=0 lun=1/,
    });
    t.strictSame(bench.errors, []);
  },
);

t.test('lsscsi lists what the device files are', { skip: missing('lsscsi') }, async (t) => {
  const bench = await ProgramBench.start(t);
  // The library does not see how lsscsi lists /sys, so it is told where that is.
  const { stdout } = await bench.run('sh', '-c', 'lsscsi -y "$UMOCKDEV_DIR/sys" -g');
  t.match(stdout, /\[0:0:0:0\] +tape +IBM +ULT3580-HH8 +N9M1 +\/dev\/st0 +\/dev\/sg1/);
  t.match(stdout, /\[0:0:0:1\] +mediumx +IBM +3573-TL +D\.02 +\/dev\/sch0 +\/dev\/sg0/);
});

t.test('the discovery of the controller finds the units in the same tree', { skip: missing() }, async (t) => {
  const bench = await ProgramBench.start(t);
  const root = bench.attachment.folder;
  const devices = await discoverSg({ root });
  t.strictSame(
    devices.map(({ path, lun, model, serialNumber }) => [path, lun, model, serialNumber]),
    [
      ['/dev/sg1', 0, 'ULT3580-HH8', 'ORS0000001D1'],
      ['/dev/sg0', 1, '3573-TL', 'ORS0000001'],
      ['/dev/sg2', 2, 'ULT3580-HH8', 'ORS0000001D2'],
    ],
  );
  for (const { byId } of devices) t.match(byId, /^\/dev\/tape\/by-id\/scsi-3/);
  t.strictSame(await siblingPaths('/dev/sch0', { root }), ['/dev/sg1', '/dev/sg2']);
});

t.test('the lasting names below /dev/tape/by-id lead to the same devices', { skip: sg3 }, async (t) => {
  const bench = await ProgramBench.start(t);
  const { stdout } = await bench.run(
    'sh',
    '-c',
    'for name in /dev/tape/by-id/*; do echo "$name"; sg_inq "$name"; done',
  );
  t.match(stdout, /\/scsi-\S+\nstandard INQUIRY:[^/]*3573-TL[^/]*ORS0000001\n/);
  t.match(stdout, /\/scsi-\S+-nst\nstandard INQUIRY:[^/]*ULT3580-HH8[^/]*ORS0000001D2/);
});

t.test('several programs at once each get their own answers', { skip: missing('mtx', 'sg_inq') }, async (t) => {
  const bench = await ProgramBench.start(t);
  const work = Array.from({ length: 4 }, (_, index) => [
    bench.run('sg_turs', '-n', '200', '/dev/sg0'),
    bench.run('sg_inq', `/dev/sg${index % 3}`),
    bench.mtx('status'),
  ]).flat();
  const moving = (async () => {
    for (const step of [
      ['transfer', '1', '20'],
      ['load', '2', '1'],
      ['transfer', '20', '1'],
      ['load', '1', '0'],
    ]) {
      t.match(await bench.mtx(...step), { code: 0 }, `mtx ${step.join(' ')}`);
    }
  })();
  for (const ended of await Promise.all(work)) t.match(ended, { code: 0, stderr: /^(?!.*ERROR)/ });
  await moving;
  t.strictSame(await bench.mtxView(), bench.view);
  t.strictSame(bench.errors, []);
});

t.test('a move goes on when its program is killed, and nothing is lost', { skip: missing('mtx') }, async (t) => {
  const clock = new SimulatedClock();
  const profile = findProfile('ibm-3573-tl');
  const creating = VirtualAutoloader.create({ profile, clock, timing: 'real' });
  const autoloader = await creating;
  await clock.advance(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'rsm-sg-'));
  const attachment = await attachSg({ target: autoloader, units: unitsOf(profile), folder, clock });
  t.teardown(async () => {
    await attachment.close();
    await autoloader.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { command, env } = attachment.wrap(['mtx', '-f', '/dev/sg0', 'noattach', 'transfer', '1', '10']);
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  const ended = new Promise<string | null>((resolve) => child.on('close', (_code, signal) => resolve(signal)));
  // mtx has asked what it wanted to know when the mechanics set a timer.
  const idle = clock.pending;
  while (clock.pending < idle + 2) await new Promise<void>((resolve) => setImmediate(resolve));
  child.kill('SIGKILL');
  t.equal(await ended, 'SIGKILL');
  await clock.advance(120_000);
  const at = (address: number) => autoloader.inspect().find((element) => element.address === address);
  t.match(at(4105), { full: true, barcode: 'ORS001L8' });
  t.match(at(4096), { full: false });
});

t.test('an account without rights serves and uses the devices', { skip: missing('mtx', 'setpriv') }, async (t) => {
  if (process.getuid?.() !== 0) {
    const bench = await ProgramBench.start(t);
    t.match(await bench.mtx('load', '1', '0'), { code: 0 }, 'this account has none');
    return;
  }
  const bench = await ProgramBench.start(t);
  const { folder } = bench.attachment;
  const dropped = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs'];
  const before = await bench.run(...dropped, 'mtx', '-f', '/dev/sg0', 'status');
  t.not(before.code, 0, 'another account may not use the devices unasked');
  chmodSync(folder, 0o755);
  for (const name of readdirSync(join(folder, 'dev'))) {
    if (!/^(sg|sch|st|nst)\d+$/.test(name)) continue;
    chmodSync(join(folder, 'dev', name), 0o666);
    chmodSync(join(folder, 'ioctl', 'dev', name), 0o666);
  }
  t.match(await bench.run(...dropped, 'mtx', '-f', '/dev/sg0', 'load', '1', '0'), { code: 0 });
  t.match(bench.view, { 'drive 0': 'ORS001L8' });
});

t.test('the sockets are their owner’s alone, whatever the umask', { skip: missing() }, async (t) => {
  const before = process.umask(0);
  t.teardown(() => process.umask(before));
  const { attachment } = await ProgramBench.start(t);
  const sockets = join(attachment.folder, 'ioctl', 'dev');
  for (const name of ['sg0', 'sg1', 'sch0', 'nst0']) t.equal(statSync(join(sockets, name)).mode & 0o777, 0o600, name);
});

t.test('a folder that holds something else is left alone', async (t) => {
  const folder = t.testdir({ 'letter.txt': 'dear' });
  const attaching = attachSg({ target: new TestTarget(new SimulatedClock()), units: [], folder });
  await t.rejects(attaching, { code: missing() === false ? 'folder-taken' : 'umockdev-missing' });
  t.strictSame(readdirSync(folder), ['letter.txt']);
});

t.test('a folder that happens to hold a lock is no less somebody else’s', { skip: missing() }, async (t) => {
  const folder = t.testdir({ lock: '', 'package.json': '{}', dev: { 'work.txt': 'a week of it' } });
  const attaching = attachSg({ target: new TestTarget(new SimulatedClock()), units: [], folder });
  await t.rejects(attaching, { code: 'folder-taken' });
  t.ok(existsSync(join(folder, 'dev', 'work.txt')));
});

t.test('a folder is used by one, and again after that one', { skip: missing() }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rsm-sg-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const clock = new SimulatedClock();
  const profile = findProfile('ibm-3573-tl');
  const target = await VirtualAutoloader.create({ profile, clock, timing: 'zero' });
  const options = { target, units: unitsOf(profile), folder, clock };
  const first = await attachSg(options);
  await t.rejects(attachSg(options), { code: 'FOLDER_LOCKED' });
  t.ok(existsSync(join(folder, 'dev', 'sg0')), 'the first goes on');
  await first.close();
  await first.close();
  t.notOk(existsSync(join(folder, 'dev')));
  // What a killed process leaves behind.
  writeFileSync(join(folder, 'dev'), 'in the way');
  const second = await attachSg(options);
  t.match(second.howToConnect.join('\n'), /^UMOCKDEV_DIR=.* umockdev-wrapper mtx -f \/dev\/sg0 status$/m);
  await second.close();
  await target.close();
});

t.test('says what is wrong with a unit, a folder, or a machine without umockdev', { skip: missing() }, async (t) => {
  const clock = new SimulatedClock();
  const profile = findProfile('ibm-3573-tl');
  const target = await VirtualAutoloader.create({ profile, clock, timing: 'zero' });
  t.teardown(() => target.close());
  const folder = mkdtempSync(join(tmpdir(), 'rsm-sg-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const missingUnit = { target, units: [{ lun: 9, peripheralDeviceType: 8 }], folder, clock };
  await t.rejects(attachSg(missingUnit), { code: 'no-such-unit', message: /LUN 9/ });
  const deep = join(folder, 'a'.repeat(90));
  await t.rejects(attachSg({ target, units: unitsOf(profile), folder: deep, clock }), { code: 'folder-name' });
  const path = process.env['PATH'];
  t.teardown(() => (process.env['PATH'] = path));
  process.env['PATH'] = folder;
  const attaching = attachSg({ target, units: unitsOf(profile), folder, clock });
  await t.rejects(attaching, { code: 'umockdev-missing', message: /apt-get install umockdev/ });
  process.env['PATH'] = path;
});

t.test('closing does not wait for a drive that never ends its work', { skip: missing() }, async (t) => {
  const clock = new SimulatedClock();
  const profile = findProfile('ibm-3573-tl');
  const autoloader = await VirtualAutoloader.create({ profile, clock, timing: 'zero' });
  t.teardown(() => autoloader.close());
  const load = moveMediumCdb({ mediumTransportAddress: 0, sourceAddress: 4096, destinationAddress: 256 });
  const loading = { nexus: 'other', lun: profile.changer.lun, cdb: load, dataOut: new Uint8Array(0) };
  await autoloader.execute(loading);
  t.match(await autoloader.execute(loading), { status: 0 }, 'after the unit attention of the power-on');
  const folder = mkdtempSync(join(tmpdir(), 'rsm-sg-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  let tellHanging = (): void => undefined;
  const hanging = new Promise<void>((resolve) => (tellHanging = resolve));
  const target: ScsiTarget = {
    execute: (task) => {
      if (task.cdb[0] !== OperationCode.WRITE_FILEMARKS_6) return autoloader.execute(task);
      tellHanging();
      return new Promise(() => undefined);
    },
    nexusLost: (nexus) => autoloader.nexusLost(nexus),
  };
  const attachment = await attachSg({ target, units: unitsOf(profile), folder, clock });
  const program = await ScriptedProgram.open(join(attachment.folder, 'ioctl', 'dev', 'nst0'));
  t.match(await program.write(0, 512), { result: 512 });
  const closing = attachment.close();
  await hanging;
  await clock.advance(10_000);
  await closing;
  await program.ended();
  t.pass('and takes the device away');
});

t.test('closing takes the devices from programs that have them open', { skip: missing() }, async (t) => {
  const bench = await ProgramBench.start(t);
  const program = await ScriptedProgram.open(join(bench.attachment.folder, 'ioctl', 'dev', 'sg0'));
  await bench.attachment.close();
  await program.ended();
  t.pass('and none of them is waited for');
});
