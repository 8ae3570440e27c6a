import t from 'tap';

import { SimulatedClock } from '../../../../devices/clock.js';
import type { ScsiCommand, TransportResult } from '../../../../devices/transport/scsi-transport.js';
import type { SgIoOutcome } from '../../../../devices/transport/sg/sg-calls.js';
import { lengthThatCame } from '../../../../devices/transport/sg/sg-answer.js';
import { DriverStatus, HostStatus } from '../../../../devices/transport/sg/sg-io-header.js';
import { SgTransport } from '../../../../devices/transport/sg/sg-transport.js';
import { testSense } from '../test-target.js';
import { done, errno, refused, ScriptedCalls } from './scripted-calls.js';

const skip = process.platform === 'linux' ? false : 'SG_IO is a call of Linux';
const ready: ScsiCommand = { lun: 0, cdb: new Uint8Array(6), timeoutMs: 1_000 };
const inquiry: ScsiCommand = { ...ready, cdb: Uint8Array.of(0x12, 0, 0, 0, 36, 0), dataInLength: 36 };

function makeRig({ fingerprints = ['changer A'] }: { fingerprints?: (string | undefined)[] } = {}) {
  const clock = new SimulatedClock();
  const calls = new ScriptedCalls();
  let resolved = 0;
  const resolve = (path: string) => {
    const fingerprint = fingerprints[Math.min(resolved++, fingerprints.length - 1)];
    return Promise.resolve({ path, ...(fingerprint === undefined ? {} : { fingerprint }) });
  };
  const transport = new SgTransport({ path: '/dev/sg3', clock, calls, resolve });
  return { clock, calls, transport };
}

/** A kernel that is not done until told. */
function blocked() {
  let release: (outcome: SgIoOutcome) => void = () => undefined;
  const outcome = new Promise<SgIoOutcome>((resolve) => (release = resolve));
  return { outcome, release: () => release(done({})) };
}

const failureOf = (result: TransportResult) => (result.kind === 'failed' ? result.failure : undefined);
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

t.test('hands the kernel the command with room for data and sense, and the milliseconds', { skip }, async (t) => {
  const { calls, transport } = makeRig();
  await transport.open();
  calls.answers.push(done({ resid: 31 }, { dataIn: Uint8Array.of(0, 1, 2, 3, 4) }));
  const result = await transport.execute({ ...inquiry, timeoutMs: 1_500.2 });
  t.strictSame(result, {
    kind: 'completed',
    status: 0,
    dataIn: Uint8Array.of(0, 1, 2, 3, 4),
    sense: new Uint8Array(0),
  });
  t.hasStrict(calls.sent, [{ dataInLength: 36, timeoutMs: 1_501 }]);
});

t.test('never lets a timeout become none', { skip }, async (t) => {
  const { calls, transport } = makeRig();
  await transport.open();
  await transport.execute({ ...ready, timeoutMs: 2 ** 40 });
  await transport.execute({ ...ready, timeoutMs: 0.01 });
  t.strictSame(
    calls.sent.map(({ timeoutMs }) => timeoutMs),
    [0xffff_fffe, 1],
  );
});

t.test('passes status and sense on, also when the adapter forgot the status', { skip }, async (t) => {
  const { calls, transport } = makeRig();
  await transport.open();
  const checked = { kind: 'completed', status: 2, dataIn: new Uint8Array(0), sense: testSense };
  calls.answers.push(done({ status: 2, driverStatus: DriverStatus.SENSE }, { sense: testSense }));
  t.strictSame(await transport.execute(ready), checked);
  calls.answers.push(done({ status: 0, driverStatus: DriverStatus.SENSE }, { sense: testSense }));
  t.strictSame(await transport.execute(ready), checked);
  calls.answers.push(done({ status: 0x18, hostStatus: HostStatus.NEXUS_FAILURE }));
  t.hasStrict(await transport.execute(ready), { kind: 'completed', status: 0x18 });
});

t.test('takes an impossible residue for none or for all', (t) => {
  t.equal(lengthThatCame({ resid: 31 }, 36), 5);
  t.equal(lengthThatCame({ resid: -5 }, 36), 36);
  t.equal(lengthThatCame({ resid: 1_000 }, 36), 0);
  t.end();
});

t.test('refuses another LUN than 0, since a file is one unit', { skip }, async (t) => {
  const { calls, transport } = makeRig();
  await transport.open();
  const failure = failureOf(await transport.execute({ ...ready, lun: 1 }));
  t.hasStrict(failure, { code: 'unsupported', executed: 'no' });
  t.match(failure?.message, /name the other unit's own file/);
  t.hasStrict(await transport.resetLogicalUnit(1, 100), { code: 'unsupported' });
  t.equal(calls.sent.length, 0);
});

t.test('refuses what no header can hold', { skip }, async (t) => {
  const { transport } = makeRig();
  await transport.open();
  t.hasStrict(failureOf(await transport.execute({ ...ready, cdb: new Uint8Array(260) })), { code: 'unsupported' });
  t.hasStrict(failureOf(await transport.execute({ ...ready, dataInLength: 2 ** 31 })), { code: 'unsupported' });
});

t.test('says at open what is in the way and what to do', { skip }, async (t) => {
  const expected: readonly (readonly [number, RegExp])[] = [
    [errno.ENOENT, /modprobe sg/],
    [errno.EACCES, /udev rule/],
    [errno.EPERM, /60-autoloader\.rules/],
    [errno.EBUSY, /fuser/],
    [errno.ENXIO, /no device behind it/],
    [errno.EMFILE, /EMFILE/],
  ];
  for (const [number, message] of expected) {
    const { calls, transport } = makeRig();
    calls.opens.push(number);
    await t.rejects(transport.open(), { code: 'unreachable', failure: { executed: 'no' }, message });
  }
});

t.test('opens the path again after the device was unplugged, and not before it is back', { skip }, async (t) => {
  const { calls, transport } = makeRig();
  await transport.open();
  calls.answers.push(refused(errno.ENODEV));
  t.hasStrict(failureOf(await transport.execute(ready)), { code: 'disconnected', executed: 'unknown' });
  t.equal(calls.openFiles, 0, 'the file of the lost device is closed');
  calls.opens.push(errno.ENOENT);
  t.hasStrict(failureOf(await transport.execute(ready)), { code: 'unreachable', executed: 'no' });
  t.hasStrict(await transport.execute(ready), { kind: 'completed' });
  t.strictSame(calls.opened, ['/dev/sg3', '/dev/sg3', '/dev/sg3']);
});

t.test('refuses another device that took the name of an unplugged one', { skip }, async (t) => {
  const { calls, transport } = makeRig({ fingerprints: ['changer A', 'disk B', 'changer A'] });
  await transport.open();
  calls.answers.push(refused(errno.ENXIO));
  await transport.execute(ready);
  const failure = failureOf(await transport.execute(ready));
  t.hasStrict(failure, { code: 'unreachable', executed: 'no' });
  t.match(failure?.message, /by-id/);
  t.equal(calls.sent.length, 1, 'nothing was sent to it');
  t.hasStrict(await transport.execute(ready), { kind: 'completed' });
});

t.test('refuses a device of which nothing tells any more that it is the same', { skip }, async (t) => {
  const { calls, transport } = makeRig({ fingerprints: ['changer A', undefined] });
  await transport.open();
  calls.answers.push(refused(errno.ENODEV));
  await transport.execute(ready);
  t.hasStrict(failureOf(await transport.execute(ready)), { code: 'unreachable', executed: 'no' });
  t.equal(calls.sent.length, 1);
});

t.test('gives up a device that does not open, and closes it when it opens late', { skip }, async (t) => {
  const { calls, clock, transport } = makeRig();
  let release: () => void = () => undefined;
  calls.opens.push(new Promise((resolve) => (release = () => resolve(0))));
  const opening = t.rejects(transport.open(), { code: 'unreachable', message: /not opened within 60 s/ });
  await clock.advance(60_000);
  await opening;
  release();
  await settle();
  t.equal(calls.openFiles, 0);
  t.hasStrict(await transport.execute(ready), { kind: 'completed' }, 'the next command tries again');
  t.equal(clock.pending, 0);
});

t.test('takes whatever is there after it was closed and opened on purpose', { skip }, async (t) => {
  const { transport } = makeRig({ fingerprints: ['changer A', 'changer B'] });
  await transport.open();
  await transport.close();
  await transport.open();
  t.hasStrict(await transport.execute(ready), { kind: 'completed' });
});

t.test('a command that was given up does not hold up the next', { skip }, async (t) => {
  const { calls, clock, transport } = makeRig();
  await transport.open();
  const [aborted, late] = [blocked(), blocked()];
  calls.answers.push(aborted.outcome, late.outcome);
  const caller = new AbortController();
  const first = transport.execute({ ...ready, signal: caller.signal });
  await settle();
  caller.abort(new Error('enough'));
  t.match(failureOf(await first), { code: 'aborted', executed: 'unknown', cause: { message: 'enough' } });
  const second = transport.execute(ready);
  await clock.advance(1_000);
  t.hasStrict(failureOf(await second), { code: 'timeout', executed: 'unknown' });
  t.hasStrict(await transport.execute(ready), { kind: 'completed' });
  t.equal(calls.openFiles, 3, 'each had a file of its own');
  aborted.release();
  late.release();
  await settle();
  for (let i = 0; i < 3; i++) await transport.execute(ready);
  t.equal(calls.openFiles, 3, 'files are used again');
  t.equal(clock.pending, 0);
});

t.test('waits for the one file of a device that can be opened only once', { skip }, async (t) => {
  const { calls, clock, transport } = makeRig();
  await transport.open();
  calls.opens.push(errno.EBUSY);
  const long = blocked();
  calls.answers.push(long.outcome);
  const first = transport.execute(ready);
  await settle();
  const second = transport.execute({ ...ready, timeoutMs: 200 });
  await clock.advance(200);
  t.hasStrict(failureOf(await second), { code: 'timeout', executed: 'no' }, 'it was never sent');
  const third = transport.execute(ready);
  await settle();
  t.equal(calls.sent.length, 1);
  long.release();
  t.hasStrict(await first, { kind: 'completed' });
  t.hasStrict(await third, { kind: 'completed' });
  t.equal(calls.sent.length, 2);
});

t.test('closing ends what is under way, what waits, and an open that is not done', { skip }, async (t) => {
  const { calls, clock, transport } = makeRig();
  await transport.open();
  calls.opens.push(errno.EBUSY);
  const long = blocked();
  calls.answers.push(long.outcome);
  const sent = transport.execute(ready);
  const waiting = transport.execute(ready);
  await settle();
  await transport.close();
  t.hasStrict(failureOf(await sent), { code: 'closed', executed: 'unknown' });
  t.hasStrict(failureOf(await waiting), { code: 'closed', executed: 'no' });
  t.equal(calls.ends, 0, 'shared calls are for their owner to end');
  long.release();
  await settle();
  t.equal(calls.openFiles, 0, 'the file is closed when the kernel is done');
  const opening = transport.open();
  await transport.close();
  await t.rejects(opening, { code: 'closed' });
  t.equal(calls.openFiles, 0);
  let release: () => void = () => undefined;
  calls.opens.push(new Promise((resolve) => (release = () => resolve(0))));
  const blockedOpening = transport.open();
  await settle();
  await transport.close();
  await t.rejects(blockedOpening, { code: 'closed', message: /while it was opened/ });
  t.equal(clock.pending, 0, 'nobody waits for the open any more');
  release();
  await settle();
  t.equal(calls.openFiles, 0, 'and its file is closed when it comes');
});

t.test('a lost process is a lost command; the next one goes through a new process', { skip }, async (t) => {
  const { calls, transport } = makeRig();
  await transport.open();
  calls.answers.push({ kind: 'lost', message: 'killed' });
  t.hasStrict(failureOf(await transport.execute(ready)), { code: 'disconnected', executed: 'unknown' });
  t.hasStrict(await transport.execute(ready), { kind: 'completed' });
  t.equal(calls.opened.length, 2);
});

t.test('resets the unit alone, through a file of its own', { skip }, async (t) => {
  const { calls, clock, transport } = makeRig();
  t.hasStrict(await transport.resetLogicalUnit(0, 100), { code: 'closed' });
  await transport.open();
  t.equal(await transport.resetLogicalUnit(0, 100), undefined);
  t.strictSame(calls.resets, [0x101], 'the device, and nothing larger when that fails');
  t.equal(calls.openFiles, 1);
  calls.resetAnswers.push({ kind: 'refused', errno: errno.EACCES });
  t.match(await transport.resetLogicalUnit(0, 100), { code: 'unreachable', message: /CAP_SYS_ADMIN/ });
  calls.resetAnswers.push(new Promise(() => undefined));
  const pending = transport.resetLogicalUnit(0, 100);
  await clock.advance(100);
  t.hasStrict(await pending, { code: 'timeout', executed: 'unknown' });
});
