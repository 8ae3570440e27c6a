import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants } from 'node:os';
import t, { type Test } from 'tap';

import { SgRequest } from '../../../../../devices/transport/sg/sg-requests.js';
import { TapeOperation, TapeRequest } from '../../../../../devices/virtual/attach/sg/tape-requests.js';

import { missing, ProgramBench } from './program-bench.js';
import { at, ScriptedProgram } from './scripted-program.js';

const skip = missing('mtx', 'mt', 'tar');
const tape = '/dev/nst0';
// dd keeps the descriptor that open() gave only when its standard input or output is closed; a duplicate would be no tape.

async function loadedBench(t: Test): Promise<ProgramBench> {
  const bench = await ProgramBench.start(t);
  t.match(await bench.mtx('load', '4', '0'), { code: 0 });
  return bench;
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** `File number=1, block number=0` of mt, and the words for what is there. */
async function where(bench: ProgramBench): Promise<string> {
  const { stdout } = await bench.run('mt', '-f', tape, 'status');
  const numbers = /File number=(-?\d+), block number=(-?\d+)/.exec(stdout);
  const words = stdout.split('\n').at(-2)?.trim() ?? '';
  return `${numbers?.[1]}/${numbers?.[2]} ${words}`;
}

t.test('mt tells a drive without a tape from one at the beginning of a tape', { skip }, async (t) => {
  const bench = await ProgramBench.start(t);
  t.equal(await where(bench), '-1/-1 DR_OPEN IM_REP_EN');
  t.match(await bench.run('mt', '-f', tape, 'rewind'), { code: 2, stderr: /No medium found/ });
  await bench.mtx('load', '4', '0');
  t.equal(await where(bench), '0/0 BOT ONLINE IM_REP_EN');
});

t.test('files written to the tape are found again, and mt counts along', { skip }, async (t) => {
  const bench = await loadedBench(t);
  const sh = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await bench.run('sh', '-c', command);
    t.equal(code, 0, `${command} ${stderr}`);
    return stdout;
  };
  await sh(`printf first | dd of=${tape} bs=1k status=none >&-`);
  t.equal(await where(bench), '1/0 EOF ONLINE IM_REP_EN');
  await sh(`head -c 25000 /dev/zero | dd of=${tape} bs=10000 iflag=fullblock status=none >&-`);
  t.equal(await where(bench), '2/0 EOF ONLINE IM_REP_EN');
  await sh(`mt -f ${tape} rewind`);
  t.equal(await sh(`dd if=${tape} bs=64k status=none <&-`), 'first');
  t.equal(
    await where(bench),
    '1/0 EOF ONLINE IM_REP_EN',
    'a file that was read to its end is left behind its filemark',
  );
  await sh(`mt -f ${tape} fsr 2`);
  t.equal(await where(bench), '1/2 ONLINE IM_REP_EN');
  t.equal((await sh(`dd if=${tape} bs=64k status=none <&-`)).length, 5_000);
  await sh(`mt -f ${tape} asf 1`);
  t.equal((await sh(`dd if=${tape} bs=64k status=none <&-`)).length, 25_000);
  await sh(`mt -f ${tape} eod`);
  t.equal(await where(bench), '2/-1 EOD ONLINE IM_REP_EN');
  await sh(`mt -f ${tape} bsfm 2`);
  t.equal(await where(bench), '1/0 EOF ONLINE IM_REP_EN');
  t.match(await sh(`mt -f ${tape} tell`), /At block 2\./);
  await sh(`mt -f ${tape} seek 0`);
  t.equal(await where(bench), '0/0 BOT ONLINE IM_REP_EN');
  t.match(await bench.run('mt', '-f', tape, 'fsf', '9'), { code: 2, stderr: /Input\/output error/ });
});

t.test('reading on behind the last file gives an end, then an error', { skip }, async (t) => {
  const bench = await loadedBench(t);
  await bench.run('sh', '-c', `echo text | dd of=${tape} status=none >&-; mt -f ${tape} rewind`);
  const script = [
    'import os, sys',
    `fd = os.open("${tape}", os.O_RDONLY)`,
    'out = []',
    'for i in range(4):',
    '    try: out.append(len(os.read(fd, 1024)))',
    '    except OSError as error: out.append(error.strerror)',
    'print(out)',
  ].join('\n');
  const { stdout, stderr } = await bench.run('python3', '-c', script);
  t.equal(stdout.trim(), "[5, 0, 0, 'Input/output error']", stderr);
});

t.test('the rewinding device rewinds when it is closed', { skip }, async (t) => {
  const bench = await loadedBench(t);
  await bench.run('sh', '-c', 'echo text | dd of=/dev/st0 status=none >&-');
  t.equal(await where(bench), '0/0 BOT ONLINE IM_REP_EN');
  t.match(await bench.run('sh', '-c', `dd if=${tape}  status=none <&-`), { code: 0, stdout: 'text\n' });
});

t.test('fixed blocks are counted, and nothing else is taken', { skip }, async (t) => {
  const bench = await loadedBench(t);
  t.match(await bench.run('mt', '-f', tape, 'setblk', '512'), { code: 0 });
  t.match((await bench.run('mt', '-f', tape, 'status')).stdout, /Tape block size 512 bytes/);
  await bench.run('sh', '-c', `head -c 5120 /dev/zero | dd of=${tape} bs=2560 iflag=fullblock status=none >&-`);
  await bench.run('mt', '-f', tape, 'rewind');
  t.match(await bench.run('sh', '-c', `dd if=${tape} bs=4096 <&- 2>/dev/null | wc -c`), { stdout: /^5120$/m });
  t.match(await bench.run('sh', '-c', `printf odd | dd of=${tape} bs=3 status=none >&-`), {
    code: 1,
    stderr: /Invalid argument/,
  });
  await bench.run('mt', '-f', tape, 'rewind');
  await bench.run('mt', '-f', tape, 'fsr', '10');
  t.equal(await where(bench), '0/10 ONLINE IM_REP_EN');
});

t.test('a block that is longer than the buffer is an error, a shorter one is not', { skip }, async (t) => {
  const bench = await loadedBench(t);
  await bench.run(
    'sh',
    '-c',
    `head -c 2000 /dev/zero | dd of=${tape} bs=2000 iflag=fullblock status=none >&-; mt -f ${tape} rewind`,
  );
  t.match(await bench.run('sh', '-c', `dd if=${tape} bs=1000 status=none <&-`), {
    code: 1,
    stderr: /Cannot allocate memory/,
  });
  await bench.run('mt', '-f', tape, 'rewind');
  t.match(await bench.run('sh', '-c', `dd if=${tape} bs=1M status=none <&- | wc -c`), { stdout: /2000/ });
});

t.test('tar writes an archive to the tape and restores it byte for byte', { skip }, async (t) => {
  const bench = await loadedBench(t);
  const folder = t.testdir();
  mkdirSync(join(folder, 'in'));
  mkdirSync(join(folder, 'out'));
  const big = randomBytes(3_000_001);
  writeFileSync(join(folder, 'in', 'big'), big);
  writeFileSync(join(folder, 'in', 'small'), 'a few words');
  // tar begins an archive with creat(), which umockdev's library does not see: it would be a plain file in the real /dev.
  for (const size of ['10k', '256k']) {
    const write = `tar -C '${folder}' -cf - in | dd of=${tape} bs=${size} iflag=fullblock status=none >&-`;
    t.match(await bench.run('sh', '-c', write), { code: 0, stderr: '' });
  }
  t.equal(await where(bench), '2/0 EOF ONLINE IM_REP_EN');
  for (const [file, factor] of [
    ['0', '20'],
    ['1', '512'],
  ] as const) {
    await bench.run('mt', '-f', tape, 'asf', file);
    const read = ['tar', '-b', factor, '-C', join(folder, 'out'), '-xf', tape];
    t.match(await bench.run(...read), { code: 0, stderr: '' });
    t.equal(digest(readFileSync(join(folder, 'out', 'in', 'big'))), digest(big));
  }
  // The tape goes to its slot and into the other drive with what is on it.
  t.match(await bench.run('mt', '-f', tape, 'offline'), { code: 0 });
  t.match(await bench.mtx('unload', '4', '0'), { code: 0 });
  t.match(await bench.mtx('load', '4', '1'), { code: 0 });
  t.match(await bench.run('sh', '-c', 'tar -tf /dev/nst1 | sort'), { code: 0, stdout: 'in/\nin/big\nin/small\n' });
});

t.test('compression, lock and erase reach the drive', { skip }, async (t) => {
  const bench = await loadedBench(t);
  const mt = (...args: readonly string[]) => bench.run('mt', '-f', tape, ...args);
  t.match(await mt('compression', '0'), { code: 0 });
  t.match(await bench.run('tapeinfo', '-f', '/dev/sg1'), { stdout: /DataCompEnabled: no/ });
  t.match(await mt('compression', '1'), { code: 0 });
  t.match(await bench.run('tapeinfo', '-f', '/dev/sg1'), { stdout: /DataCompEnabled: yes/ });
  t.match(await mt('lock'), { code: 0 });
  t.match(await mt('offline'), { code: 2 }, 'a locked drive keeps its tape');
  t.match(await mt('unlock'), { code: 0 });
  await bench.run('sh', '-c', `echo text | dd of=${tape} status=none >&-; mt -f ${tape} rewind; mt -f ${tape} erase`);
  await mt('rewind');
  t.match(await bench.run('sh', '-c', `dd if=${tape}  status=none <&-`), { code: 0, stdout: '' });
  t.match(await mt('stoptions', 'scsi2logical'), { code: 2 }, 'what is not there is refused');
});

t.test('a drive serves one program at a time', { skip }, async (t) => {
  const bench = await loadedBench(t);
  const script = `exec 3<>/dev/null; python3 -c '
import os, subprocess
fd = os.open("${tape}", os.O_RDWR)
os.write(fd, b"kept")
print(subprocess.run(["mt", "-f", "${tape}", "rewind"], capture_output=True).stderr.decode().strip())
os.close(fd)
print(subprocess.run(["mt", "-f", "${tape}", "rewind"], capture_output=True).returncode)
'`;
  const { stdout } = await bench.run('sh', '-c', script);
  t.match(stdout, /Device or resource busy\n0\n$/);
  t.match(await bench.run('sh', '-c', `dd if=${tape}  status=none <&-`), { stdout: 'kept' });
});

t.test('closing the attachment after a program has ended leaves the tape with its filemark', { skip }, async (t) => {
  const bench = await loadedBench(t);
  await bench.run('sh', '-c', `echo text | dd of=${tape} status=none >&-`);
  await bench.attachment.close();
  const lun = bench.autoloader.lunsOfDrives[0] ?? 0;
  const execute = (...cdb: readonly number[]) =>
    bench.autoloader.execute({ nexus: 'other', lun, cdb: Uint8Array.from(cdb), dataOut: new Uint8Array(0) });
  for (let i = 0; i < 3; i++) await execute(0, 0, 0, 0, 0, 0);
  const { dataIn } = await execute(0x34, 0x06, 0, 0, 0, 0, 0, 0, 0, 0);
  t.equal(dataIn[23], 1, 'one filemark is before the position');
});

t.test('what a program writes beside the device is not lost in silence', { skip }, async (t) => {
  const bench = await loadedBench(t);
  await bench.run('sh', '-c', `echo text > ${tape}`);
  while (bench.errors.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  t.match(bench.errors, [
    { code: 'bypassed', message: /5 bytes were written to \/dev\/nst0 .* dd of=\/dev\/nst0 bs=64k >&-/ },
  ]);
  t.equal(await where(bench), '0/0 BOT ONLINE IM_REP_EN');
  t.ok(bench.attachment.howToConnect.some((line) => line.startsWith('to write an archive: tar -cf -')));
});

t.test('absurd calls on a tape are refused by number', { skip }, async (t) => {
  const bench = await loadedBench(t);
  const program = await ScriptedProgram.open(join(bench.attachment.folder, 'ioctl', tape));
  t.teardown(() => program.close());
  const { errno } = constants;
  const refused = (number: number) => ({ result: -1, errno: number });
  for (const length of [0x100_0000, 2 ** 40, 2 ** 52]) {
    t.strictSame(await program.write(0, length), refused(errno.EINVAL));
    t.strictSame(await program.read(0, length), refused(errno.EINVAL));
  }
  t.strictSame(await program.write(0, 0), { result: 0, errno: 0 });
  const operate = (operation: number, count: number) => {
    program.memory.writeUInt16LE(operation, 512);
    program.memory.writeInt32LE(count, 516);
    return program.ioctl(TapeRequest.MTIOCTOP, at(512));
  };
  t.strictSame(await operate(999, 1), refused(errno.ENOSYS));
  for (const operation of Object.values(TapeOperation)) {
    t.strictSame(await operate(operation, -1), refused(errno.EINVAL), `operation ${operation}`);
  }
  for (const operation of [TapeOperation.MTFSF, TapeOperation.MTBSR, TapeOperation.MTWEOF, TapeOperation.MTSETBLK]) {
    t.strictSame(await operate(operation, 0x7fff_ffff), refused(errno.EINVAL), `operation ${operation}`);
  }
  for (const request of Object.values(TapeRequest)) {
    t.strictSame(await program.ioctl(request, 0n), refused(errno.EFAULT));
  }
  t.strictSame(await program.ioctl(SgRequest.SG_GET_VERSION_NUM, at(512)), { result: 0, errno: 0 }, 'sg is there, too');
});

t.test('a program that ends in the middle of its file leaves a tape that can be read', { skip }, async (t) => {
  const bench = await loadedBench(t);
  const program = await ScriptedProgram.open(join(bench.attachment.folder, 'ioctl', tape));
  program.memory.write('half of it', 0);
  t.strictSame(await program.write(0, 10), { result: 10, errno: 0 });
  program.begin(8n, at(0), 65_536n);
  await program.close();
  await bench.run('mt', '-f', tape, 'rewind');
  t.match(await bench.run('sh', '-c', `dd if=${tape} bs=64k status=none <&-`), { code: 0, stdout: 'half of it' });
  t.equal(await where(bench), '1/0 EOF ONLINE IM_REP_EN');
});
