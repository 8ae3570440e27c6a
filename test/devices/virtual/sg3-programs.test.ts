import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { PeripheralDeviceType } from '../../../devices/scsi/index.js';
import { attachSg } from '../../../devices/virtual/attach/sg/index.js';
import { openAutoloader } from './initiator.js';

/** Programs that nobody here wrote, as judges of what the virtual units answer. */
const needed = [
  'umockdev-wrapper',
  'sg_inq',
  'sg_opcodes',
  'sg_modes',
  'sg_logs',
  'sg_persist',
  'sg_senddiag',
  'sg_raw',
  'sg_wr_mode',
];
const missing = needed.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
const skip = missing.length === 0 ? false : `not installed: ${missing.join(', ')} (Debian: umockdev, sg3-utils)`;

interface Ran {
  readonly exitCode: number;
  readonly output: string;
}
type Run = (program: string, ...args: readonly string[]) => Promise<Ran>;

/** The changer as /dev/sg0 and a drive as /dev/sg1. */
async function programs(t: Test): Promise<Run> {
  const { autoloader } = await openAutoloader();
  const folder = await mkdtemp(join(tmpdir(), 'rsm-sg3-'));
  const [drive = 0] = autoloader.lunsOfDrives;
  const attachment = await attachSg({
    target: autoloader,
    units: [
      { lun: autoloader.lunOfChanger, peripheralDeviceType: PeripheralDeviceType.MEDIUM_CHANGER },
      { lun: drive, peripheralDeviceType: PeripheralDeviceType.SEQUENTIAL_ACCESS },
    ],
    folder: join(folder, 'sg'),
  });
  t.teardown(async () => {
    await attachment.close();
    await autoloader.close();
    await rm(folder, { recursive: true, force: true });
  });
  return (program, ...args) =>
    new Promise((resolve) => {
      const { command, env } = attachment.wrap([program, ...args]);
      const [file = program, ...rest] = command;
      execFile(file, rest, { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ exitCode, output: `${stdout}${stderr}` });
      });
    });
}

void t.test('sg_opcodes prints the commands of both units, their usage maps and times', { skip }, async (t) => {
  const run = await programs(t);
  const changer = await run('sg_opcodes', '/dev/sg0');
  t.equal(changer.exitCode, 0);
  t.match(changer.output, /^ a5 +12 +0,0 +Move medium$/m);
  t.match(changer.output, /^ b8 +12 +0,0 +Read element status$/m);
  t.match(changer.output, /^ 5f +4 +10 +0,0 +Persistent reserve out, preempt$/m);
  const drive = await run('sg_opcodes', '/dev/sg1');
  t.match(drive.output, /^ 0a +6 +0,0 +Write\(6\)$/m);
  t.match(await run('sg_opcodes', '-o', '0xa5', '/dev/sg0'), {
    exitCode: 0,
    output: /Usage data: a5 00 ff ff ff ff ff ff 00 00 01 00/,
  });
  t.match(await run('sg_opcodes', '-R', '-o', '0xa3,0xc', '/dev/sg0'), {
    exitCode: 0,
    output: /recommended timeout: 10 secs/,
  });
  t.match(await run('sg_opcodes', '-t', '/dev/sg0'), { exitCode: 0, output: /Abort task\n.*\n +Logical unit reset/ });
});

void t.test('sg_inq prints who the units are', { skip }, async (t) => {
  const run = await programs(t);
  t.match(await run('sg_inq', '/dev/sg0'), {
    exitCode: 0,
    output: /CmdQue=1[^]*medium changer[^]*3573-TL[^]*ORS0000001/,
  });
  for (const device of ['/dev/sg0', '/dev/sg1']) {
    t.match(await run('sg_inq', '-p', 'di', device), {
      exitCode: 0,
      output: /vendor id: IBM[^]*NAA 3, Locally assigned:\n +\[0x3[0-9a-f]{15}\][^]*Relative target port: 0x1/,
    });
  }
  t.match(await run('sg_inq', '-p', 'ei', '/dev/sg0'), { exitCode: 0, output: /HEADSUP=0 ORDSUP=1 SIMPSUP=1/ });
});

void t.test('sg_modes and sg_logs print every page of the changer', { skip }, async (t) => {
  const run = await programs(t);
  const modes = await run('sg_modes', '-a', '/dev/sg0');
  t.equal(modes.exitCode, 0);
  for (const page of ['Control', 'Element address assignment', 'Transport geometry', 'Device capabilities']) {
    t.match(modes.output, `>> ${page}`);
  }
  const logs = await run('sg_logs', '-a', '/dev/sg0');
  t.equal(logs.exitCode, 0);
  t.match(logs.output, /Number of volume tags read by volume tag reader: 9/);
  t.equal((await run('sg_logs', '-R', '/dev/sg0')).exitCode, 0);
  t.match((await run('sg_logs', '-p', '0x14', '/dev/sg0')).output, /volume tag reader: 0\n/, 'set back');
  const wanted = 'a,a,4,0,0,40,0,0,0,0,0,0';
  const changed = await run('sg_wr_mode', '-p', '0xa', '-m', '0,0,4,0,0,0,0,0,0,0,0,0', '-c', wanted, '/dev/sg0');
  t.equal(changed.exitCode, 0, 'descriptor format for sense data');
  t.match(await run('sg_raw', '/dev/sg0', 'c7', '00', '00', '00', '00', '00'), { output: /Descriptor format/ });
  t.match(await run('sg_modes', '-p', '0x33', '/dev/sg0'), { exitCode: 5, output: /page 0x33 not supported/ });
});

void t.test('sg_persist registers, reserves, reads back and releases', { skip }, async (t) => {
  const run = await programs(t);
  const persist = (...args: readonly string[]) => run('sg_persist', ...args, '/dev/sg0');
  t.match(await persist('-c'), { exitCode: 0, output: /Exclusive Access, all registrants: 1/ });
  t.equal((await persist('-o', '-G', '-S', '0xabc')).exitCode, 0);
  t.match(await persist('-k'), {
    exitCode: 0,
    output: /PR generation=0x1, 1 registered reservation key follows:\n +0xabc/,
  });
  t.equal((await persist('-o', '-R', '-K', '0xabc', '-T', '5')).exitCode, 0);
  t.match(await persist('-r'), { exitCode: 0, output: /Key=0xabc\n.*Write Exclusive, registrants only/ });
  t.match(await persist('-s'), { exitCode: 0, output: /<< Reservation holder >>[^]*SAS address: 0x3[0-9a-f]{15}/ });
  t.equal((await persist('-o', '-R', '-K', '0x1', '-T', '5')).exitCode, 24, 'RESERVATION CONFLICT');
  t.equal((await persist('-o', '-L', '-K', '0xabc', '-T', '1')).exitCode, 5, 'another type');
  t.equal((await persist('-o', '-L', '-K', '0xabc', '-T', '5')).exitCode, 0);
  t.equal((await persist('-o', '-C', '-K', '0xabc')).exitCode, 0);
  t.match(await persist('-k'), { exitCode: 0, output: /NO registered reservation keys/ });
});

void t.test('sg_senddiag tests both units, and sg_logs tells the outcome', { skip }, async (t) => {
  const run = await programs(t);
  for (const device of ['/dev/sg0', '/dev/sg1']) {
    t.match(await run('sg_senddiag', '-t', device), { exitCode: 0, output: /self-test returned GOOD status/ });
    t.equal((await run('sg_senddiag', '-s', '2', device)).exitCode, 0);
    t.match(await run('sg_logs', '-p', '0x10', device), {
      exitCode: 0,
      output: /background extended \[2\]\n.*completed without error/,
    });
    t.match(await run('sg_senddiag', '-l', device), { exitCode: 0, output: /0x00 +Supported diagnostic pages/ });
  }
  t.match(await run('sg_senddiag', '-e', '/dev/sg0'), { exitCode: 0, output: /duration=[1-9]\d* seconds/ });
});

void t.test('a buffer written by sg_raw is read back', { skip }, async (t) => {
  const run = await programs(t);
  const write = '3b 02 00 00 00 10 00 00 05 00'.split(' ');
  const read = '3c 02 00 00 00 10 00 00 05 00'.split(' ');
  const data = join(await mkdtemp(join(tmpdir(), 'rsm-sg3-data-')), 'hello');
  t.teardown(() => rm(join(data, '..'), { recursive: true, force: true }));
  await writeFile(data, 'hello');
  t.equal((await run('sg_raw', '-s', '5', '-i', data, '/dev/sg0', ...write)).exitCode, 0);
  t.match(await run('sg_raw', '-r', '5', '/dev/sg0', ...read), { exitCode: 0, output: /68 65 6c 6c 6f/ });
});
