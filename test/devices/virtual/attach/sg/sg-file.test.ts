import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';

import { SimulatedClock } from '../../../../../devices/clock.js';
import {
  decodeSgIoHeader,
  DriverStatus,
  DxferDirection,
  encodeSgIoHeader,
  HostStatus,
  noTimeout,
  type SgIoHeaderInput,
} from '../../../../../devices/transport/sg/sg-io-header.js';
import { decodeIdLun, decodeSgScsiId, SgRequest } from '../../../../../devices/transport/sg/sg-requests.js';
import { DeviceSocket } from '../../../../../devices/virtual/attach/sg/device-socket.js';
import { HostPower } from '../../../../../devices/virtual/attach/sg/host-power.js';
import { SgFile } from '../../../../../devices/virtual/attach/sg/sg-file.js';
import { MemoryBudget } from '../../../../../devices/virtual/attach/sg/sg-unit.js';
import { pattern } from '../../../transport/conformance.js';
import { testCdb, TestCommand, testSense, TestTarget } from '../../../transport/test-target.js';
import { at, message, ScriptedProgram } from './scripted-program.js';

const { errno } = constants;
/** Where the parts lie in the program's memory. */
const headerAt = 0;
const cdbAt = 128;
const senseAt = 256;
const dataAt = 1_024;

async function makeRig(t: Test, { budgetBytes = 0x100_0000 } = {}) {
  const clock = new SimulatedClock();
  const target = new TestTarget(clock);
  const folder = mkdtempSync(join(tmpdir(), 'rsm-sg-'));
  const path = join(folder, 'sg0');
  const errors: Error[] = [];
  const power = new HostPower();
  const unit = {
    target,
    nexus: 'sg',
    host: 3,
    channel: 0,
    id: 2,
    lun: 1,
    peripheralDeviceType: 8,
    clock,
    budget: new MemoryBudget(budgetBytes),
    power,
    onTargetFailure: (cause: unknown) => errors.push(cause as Error),
  };
  const resetHost = async (): Promise<void> => {
    for (const lun of [0, 1]) await target.resetLogicalUnit(lun);
  };
  const open = (): SgFile => new SgFile(unit, resetHost);
  const socket = await DeviceSocket.listen({ path, open, onError: (cause) => errors.push(cause) });
  t.teardown(async () => {
    power.off();
    await socket.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { clock, target, path, errors, program: await ScriptedProgram.open(path) };
}

type Rig = Awaited<ReturnType<typeof makeRig>>;

/** Puts a command into the program's memory and calls SG_IO. */
function sgIo({ program }: Pick<Rig, 'program'>, cdb: Uint8Array, header: Partial<SgIoHeaderInput> = {}) {
  program.memory.set(cdb, cdbAt);
  const whole = {
    dxferDirection: DxferDirection.NONE,
    cmdLen: cdb.length,
    cmdp: at(cdbAt),
    sbp: at(senseAt),
    mxSbLen: 64,
    dxferp: at(dataAt),
    timeout: 20_000,
    packId: 77,
    usrPtr: 0xdead_beefn,
    ...header,
  };
  program.memory.set(encodeSgIoHeader(whole), headerAt);
  return program.ioctl(SgRequest.SG_IO, at(headerAt));
}

const answerOf = ({ program }: Pick<Rig, 'program'>) => decodeSgIoHeader(program.memory.subarray(headerAt));
const good = { result: 0, errno: 0 };
const refused = (number: number) => ({ result: -1, errno: number });

t.test('carries a command without data and gives the header back', async (t) => {
  const rig = await makeRig(t);
  t.strictSame(await sgIo(rig, testCdb(TestCommand.COUNT, 5)), good);
  t.hasStrict(answerOf(rig), { status: 0, hostStatus: 0, driverStatus: 0, info: 0, resid: 0, packId: 77 });
  t.equal(answerOf(rig).usrPtr, 0xdead_beefn);
  t.strictSame(
    rig.target.tasks.map(({ nexus, lun }) => ({ nexus, lun })),
    [{ nexus: 'sg', lun: 1 }],
  );
  t.equal(rig.target.executed.get(5), 1);
});

t.test('takes data-out and gives data-in, and says what it did not give', async (t) => {
  const rig = await makeRig(t);
  rig.program.memory.set(pattern(500), dataAt);
  await sgIo(rig, testCdb(TestCommand.STORE), { dxferDirection: DxferDirection.TO_DEV, dxferLen: 500 });
  t.strictSame(new Uint8Array(rig.target.tasks[0]?.dataOut ?? []), pattern(500));
  rig.program.memory.fill(0xee, dataAt);
  await sgIo(rig, testCdb(TestCommand.RECALL, 500), { dxferDirection: DxferDirection.FROM_DEV, dxferLen: 600 });
  t.strictSame(new Uint8Array(rig.program.memory.subarray(dataAt, dataAt + 500)), pattern(500));
  t.equal(rig.program.memory[dataAt + 500], 0xee, 'not a byte more is written');
  t.equal(answerOf(rig).resid, 100);
});

t.test('never writes beyond the room that the program gave', async (t) => {
  const rig = await makeRig(t);
  rig.program.memory.set(pattern(500), dataAt);
  await sgIo(rig, testCdb(TestCommand.STORE), { dxferDirection: DxferDirection.TO_DEV, dxferLen: 500 });
  rig.program.memory.fill(0xee, dataAt);
  await sgIo(rig, testCdb(TestCommand.RECALL, 500), { dxferDirection: DxferDirection.TO_FROM_DEV, dxferLen: 10 });
  t.equal(rig.program.memory[dataAt + 10], 0xee);
  t.equal(answerOf(rig).resid, 0);
  await sgIo(rig, testCdb(TestCommand.FAIL), { mxSbLen: 4 });
  t.equal(answerOf(rig).sbLenWr, 4);
  t.equal(rig.program.memory[senseAt + 4], 0);
});

t.test('gives CHECK CONDITION with sense data as sg does', async (t) => {
  const rig = await makeRig(t);
  await sgIo(rig, testCdb(TestCommand.FAIL), { dxferDirection: DxferDirection.FROM_DEV, dxferLen: 64 });
  t.hasStrict(answerOf(rig), {
    status: 0x02,
    maskedStatus: 0x01,
    driverStatus: DriverStatus.SENSE,
    info: 1,
    sbLenWr: testSense.length,
    resid: 64,
  });
  t.strictSame(new Uint8Array(rig.program.memory.subarray(senseAt, senseAt + testSense.length)), testSense);
  await sgIo(rig, testCdb(TestCommand.FAIL), { sbp: 0n });
  t.hasStrict(answerOf(rig), { status: 0x02, sbLenWr: 0 }, 'without a place for it');
});

t.test('follows a scatter list in both directions, as far as the length says', async (t) => {
  const rig = await makeRig(t);
  const list = (...pieces: readonly (readonly [number, bigint])[]): void =>
    pieces.forEach(([offset, length], index) => {
      rig.program.memory.writeBigUInt64LE(at(offset), 512 + 16 * index);
      rig.program.memory.writeBigUInt64LE(length, 520 + 16 * index);
    });
  rig.program.memory.set(pattern(30), 2_000);
  rig.program.memory.set(pattern(60).subarray(30), 3_000);
  list([2_000, 30n], [4_000, 0n], [3_000, 1n << 40n]);
  const scattered = { dxferp: at(512), iovecCount: 3, dxferLen: 60 };
  await sgIo(rig, testCdb(TestCommand.STORE), { ...scattered, dxferDirection: DxferDirection.TO_DEV });
  t.strictSame(new Uint8Array(rig.target.tasks[0]?.dataOut ?? []), pattern(60));
  rig.program.memory.fill(0, 2_000, 4_000);
  await sgIo(rig, testCdb(TestCommand.RECALL, 60), { ...scattered, dxferDirection: DxferDirection.FROM_DEV });
  t.strictSame(new Uint8Array(rig.program.memory.subarray(2_000, 2_030)), pattern(30));
  t.strictSame(new Uint8Array(rig.program.memory.subarray(3_000, 3_030)), pattern(60).subarray(30));
  list([2_000, 0n], [3_000, 0n], [4_000, 0n]);
  t.strictSame(
    await sgIo(rig, testCdb(TestCommand.RECALL, 60), { ...scattered, dxferDirection: DxferDirection.FROM_DEV }),
    refused(errno.EINVAL),
  );
});

t.test('refuses a header that makes no sense, with the number that the kernel gives', async (t) => {
  const rig = await makeRig(t);
  const cdb = testCdb(TestCommand.COUNT, 1);
  const fromDevice = { dxferDirection: DxferDirection.FROM_DEV, dxferLen: 512 };
  const cases: readonly (readonly [string, Partial<SgIoHeaderInput>, number])[] = [
    ['another interface', { interfaceId: 0x51 }, errno.ENOSYS],
    ['no CDB', { cmdp: 0n }, errno.EMSGSIZE],
    ['a CDB of five bytes', { cmdLen: 5 }, errno.EMSGSIZE],
    ['a CDB of 253 bytes', { cmdLen: 253 }, errno.EMSGSIZE],
    ['a direction of its own', { dxferDirection: 3, dxferLen: 4 }, errno.EINVAL],
    ['the smallest direction', { dxferDirection: -0x8000_0000, dxferLen: 4 }, errno.EINVAL],
    ['4 GiB of data', { ...fromDevice, dxferLen: 0xffff_ffff }, errno.ENOMEM],
    [
      'a byte more than 16 MiB to the device',
      { dxferDirection: DxferDirection.TO_DEV, dxferLen: 0x100_0001 },
      errno.ENOMEM,
    ],
    ['65,535 pieces', { ...fromDevice, iovecCount: 0xffff }, errno.EINVAL],
    ['data nowhere', { ...fromDevice, dxferp: 0n }, errno.EFAULT],
  ];
  for (const [what, header, number] of cases) t.strictSame(await sgIo(rig, cdb, header), refused(number), what);
  t.strictSame(await rig.program.ioctl(SgRequest.SG_IO, 0n), refused(errno.EFAULT), 'no header');
  t.equal(rig.target.tasks.length, 0);
  t.strictSame(await sgIo(rig, cdb), good, 'and goes on');
});

t.test('ends a command whose time is up, and aborts it', async (t) => {
  const rig = await makeRig(t);
  const returned = sgIo(rig, testCdb(TestCommand.HANG), { timeout: 1_500 });
  await rig.target.arrived(1);
  await rig.clock.advance(1_500);
  t.strictSame(await returned, good);
  t.hasStrict(answerOf(rig), { hostStatus: HostStatus.TIME_OUT, status: 0, info: 1, duration: 1_500 });
  t.equal(rig.target.tasks[0]?.signal?.aborted, true);
  const standard = sgIo(rig, testCdb(TestCommand.HANG), { timeout: 0 });
  await rig.target.arrived(2);
  await rig.clock.advance(60_000);
  await standard;
  t.equal(answerOf(rig).hostStatus, HostStatus.TIME_OUT, 'a timeout of 0 is the driver’s own, 60 s');
  void sgIo(rig, testCdb(TestCommand.HANG), { timeout: noTimeout }).catch(() => undefined);
  await rig.target.arrived(3);
  t.equal(rig.clock.pending, 0, 'and there can be none');
});

t.test('a program that ends in the middle of a command changes nothing for the device', async (t) => {
  const rig = await makeRig(t);
  void sgIo(rig, testCdb(TestCommand.COUNT, 9, 5_000)).catch(() => undefined);
  await rig.target.arrived(1);
  await rig.program.close();
  const other = await ScriptedProgram.open(rig.path);
  t.strictSame(await sgIo({ program: other }, testCdb(TestCommand.COUNT, 10)), good);
  t.equal(rig.target.tasks[0]?.signal?.aborted, false);
  await rig.clock.advance(5_000);
  t.strictSame(
    [...rig.target.executed],
    [
      [9, 1],
      [10, 1],
    ],
  );
  t.strictSame(rig.errors, []);
});

t.test('a target that throws is an error of the host adapter to the program', async (t) => {
  const rig = await makeRig(t);
  t.strictSame(await sgIo(rig, testCdb(TestCommand.THROW)), good);
  t.equal(answerOf(rig).hostStatus, HostStatus.ERROR);
  t.equal(rig.errors.length, 1);
});

t.test('answers what programs ask about the device and the driver', async (t) => {
  const rig = await makeRig(t);
  const { program } = rig;
  const getInt = async (request: number): Promise<number> => {
    t.strictSame(await program.ioctl(request, at(512)), good);
    return program.memory.readInt32LE(512);
  };
  const setInt = (request: number, value: number) => {
    program.memory.writeInt32LE(value, 512);
    return program.ioctl(request, at(512));
  };
  t.ok((await getInt(SgRequest.SG_GET_VERSION_NUM)) >= 30_000, 'sg3-utils want the third interface');
  t.equal(await getInt(SgRequest.SCSI_IOCTL_GET_BUS_NUMBER), 3);
  t.equal(await getInt(SgRequest.SG_EMULATED_HOST), 0);
  t.ok((await getInt(SgRequest.SG_GET_SG_TABLESIZE)) > 0);
  await program.ioctl(SgRequest.SCSI_IOCTL_GET_IDLUN, at(512));
  t.hasStrict(decodeIdLun(program.memory.subarray(512)), { host: 3, channel: 0, target: 2, lun: 1 });
  await program.ioctl(SgRequest.SG_GET_SCSI_ID, at(512));
  t.hasStrict(decodeSgScsiId(program.memory.subarray(512)), { hostNo: 3, scsiId: 2, lun: 1, scsiType: 8 });
  t.strictSame(await setInt(SgRequest.SG_SET_TIMEOUT, 1_234), good);
  t.strictSame(await program.ioctl(SgRequest.SG_GET_TIMEOUT, 0n), { result: 1_234, errno: 0 });
  t.strictSame(await setInt(SgRequest.SG_SET_RESERVED_SIZE, 0x7fff_ffff), good);
  t.equal(await getInt(SgRequest.SG_GET_RESERVED_SIZE), 0x100_0000, 'reserves no more than is ever moved');
  t.strictSame(await setInt(SgRequest.SG_SET_RESERVED_SIZE, -1), refused(errno.EINVAL));
  t.strictSame(await setInt(SgRequest.SG_SET_COMMAND_Q, 9), good);
  t.equal(await getInt(SgRequest.SG_GET_COMMAND_Q), 1);
  t.strictSame(await program.ioctl(SgRequest.SG_GET_VERSION_NUM, 0n), refused(errno.EFAULT));
  t.strictSame(await program.ioctl(SgRequest.SG_SET_TIMEOUT, 0n), refused(errno.EFAULT));
  t.strictSame(await program.ioctl(0x5401, at(512)), refused(errno.ENOTTY), 'and is no terminal');
});

t.test('has none of the old interface of write and read', async (t) => {
  const { program } = await makeRig(t);
  t.strictSame(await program.write(512, 64), refused(errno.ENOSYS));
  t.strictSame(await program.read(512, 64), refused(errno.ENOSYS));
});

t.test('resets what it is told to', async (t) => {
  const { program, target } = await makeRig(t);
  const reset = (what: number) => {
    program.memory.writeInt32LE(what, 512);
    return program.ioctl(SgRequest.SG_SCSI_RESET, at(512));
  };
  for (const [what, luns] of [
    [0, []],
    [1, [1]],
    [0x101, [1]],
    [2, [0, 1]],
    [3, [0, 1]],
    [0x104, [0, 1]],
  ] as const) {
    target.resets.length = 0;
    t.strictSame(await reset(what), good);
    t.strictSame(target.resets, luns, `reset ${what}`);
  }
  t.strictSame(await reset(99), refused(errno.EINVAL));
});

t.test('programs together get no more memory than the bound', async (t) => {
  const rig = await makeRig(t, { budgetBytes: 1_000 });
  const data = { dxferDirection: DxferDirection.FROM_DEV, dxferLen: 800 };
  void sgIo(rig, testCdb(TestCommand.COUNT, 1, 5_000), data).catch(() => undefined);
  await rig.target.arrived(1);
  const other = { program: await ScriptedProgram.open(rig.path) };
  t.strictSame(await sgIo(other, testCdb(TestCommand.COUNT, 2), data), refused(errno.ENOMEM));
  t.strictSame(await sgIo(other, testCdb(TestCommand.COUNT, 2), { ...data, dxferLen: 200 }), good);
  await rig.program.close();
  await rig.clock.advance(5_000);
  t.strictSame(await sgIo(other, testCdb(TestCommand.COUNT, 3), data), good, 'and gets it back');
});

t.test('half a message, a foreign one, and half of the memory hold up nobody else', async (t) => {
  const rig = await makeRig(t);
  const half = await ScriptedProgram.open(rig.path);
  half.socket.write(message(1n, 0x2285n, at(0)).subarray(0, 13));
  const silent = await ScriptedProgram.open(rig.path);
  silent.begin(1n, BigInt(SgRequest.SG_IO), at(0));
  const foreign = await ScriptedProgram.open(rig.path);
  foreign.socket.write(Buffer.alloc(1_000_000, 0xa5));
  await foreign.ended();
  t.strictSame(await sgIo(rig, testCdb(TestCommand.COUNT, 1)), good);
  await half.close();
  await silent.close();
  t.strictSame(await sgIo(rig, testCdb(TestCommand.COUNT, 2)), good);
  t.strictSame(rig.errors, []);
});

t.test('a program that sends without end fills no memory of ours', async (t) => {
  const rig = await makeRig(t);
  void sgIo(rig, testCdb(TestCommand.HANG)).catch(() => undefined);
  await rig.target.arrived(1);
  let sent = 0;
  for (; sent < 64; sent++) if (!rig.program.socket.write(Buffer.alloc(1_048_576))) break;
  for (let turns = 0; turns < 20; turns++) await new Promise<void>((resolve) => setImmediate(resolve));
  t.ok(rig.program.socket.writableLength > 0, 'what it sends stays with it');
  await rig.program.close();
});
