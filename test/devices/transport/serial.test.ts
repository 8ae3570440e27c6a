import t from 'tap';

import { SimulatedClock } from '../../../devices/clock.js';
import { SerialTransport } from '../../../devices/transport/serial/serial-transport.js';
import type { SerialTransportOptions } from '../../../devices/transport/serial/serial-transport.js';
import { conformance, pattern } from './conformance.js';
import type { LossyLineOptions } from './serial-lossy-line.js';
import { LossyLine } from './serial-lossy-line.js';
import { testCdb, TestCommand, TestTarget } from './test-target.js';

interface RigOptions {
  readonly clock?: SimulatedClock;
  readonly line?: Partial<LossyLineOptions>;
  readonly transport?: Partial<SerialTransportOptions>;
}

function makeRig(options: RigOptions = {}) {
  const clock = options.clock ?? new SimulatedClock({ auto: true });
  const target = new TestTarget(clock);
  const line = new LossyLine({ target, clock, ...options.line });
  const makeHost = (): SerialTransport =>
    new SerialTransport({ path: 'memory', baudRate: 921_600, clock, openPort: line.openPort, ...options.transport });
  return { clock, target, line, makeHost, transport: makeHost(), passTime: (ms: number) => clock.sleep(ms) };
}

const count = (number: number, workMs = 0, timeoutMs = 60_000) => ({
  lun: 0,
  cdb: testCdb(TestCommand.COUNT, number, workMs),
  timeoutMs,
});
const isExecute = (line: string): boolean => line.startsWith(':X ');

await conformance(t, { name: 'serial line', open: () => Promise.resolve(makeRig()), lengths: [1_023, 1_024, 1_025] });
await conformance(t, {
  name: 'serial line of a small device at 9,600 baud',
  open: () => Promise.resolve(makeRig({ line: { server: { chunkBytes: 64 } }, transport: { baudRate: 9_600 } })),
  lengths: [63, 64, 65],
});

t.test('a status that was lost is asked again, and the command is not', async (t) => {
  let lost = 0;
  const { transport, target } = makeRig({
    line: {
      fault: (direction, line) =>
        direction === 'to-host' && line.startsWith(':s ') && lost++ < 3 ? 'lose' : undefined,
    },
  });
  await transport.open();
  t.hasStrict(await transport.execute(count(1)), { kind: 'completed', status: 0 });
  t.equal(target.executed.get(1), 1);
  t.equal(lost, 4);
  t.equal(transport.lineCounters.repeated, 3);
});

t.test('an answer that comes twice is not taken for the answer to the next piece of data', async (t) => {
  let pieces = 0;
  const { transport, target } = makeRig({
    line: {
      server: { chunkBytes: 64 },
      fault: (direction, line) => {
        if (direction === 'to-host') return line.startsWith(':d ') ? 'double' : undefined;
        return line.startsWith(':D ') && ++pieces === 3 ? 'lose' : undefined;
      },
    },
  });
  await transport.open();
  const store = { lun: 0, cdb: testCdb(TestCommand.STORE), dataOut: pattern(640), timeoutMs: 60_000 };
  t.hasStrict(await transport.execute(store), { kind: 'completed' });
  t.strictSame(Array.from(target.tasks[0]?.dataOut ?? []), Array.from(pattern(640)));
  t.ok(pieces <= 12, 'and does not double what follows');
});

t.test('a motion of ten minutes is waited for with short questions', async (t) => {
  const { transport, target, clock, line } = makeRig();
  await transport.open();
  const startMs = clock.now();
  t.hasStrict(await transport.execute(count(1, 600_000, 900_000)), { kind: 'completed' });
  t.ok(clock.now() - startMs < 601_000, 'the end is noticed within a second');
  t.equal(target.executed.get(1), 1);
  t.equal(line.sent.filter(isExecute).length, 1);
  t.ok(line.sent.length < 2 * 4 * 601, 'four questions a second at most');
});

t.test('a device that restarts while it works leaves the outcome unknown, and is greeted anew', async (t) => {
  const { transport, line, target, clock } = makeRig();
  await transport.open();
  clock.after(2_000, () => line.restartDevice());
  const result = await transport.execute(count(1, 30_000));
  t.hasStrict(result, { kind: 'failed', failure: { code: 'disconnected', executed: 'unknown' } });
  t.hasStrict(await transport.execute(count(2)), { kind: 'completed' });
  t.strictSame(
    [...target.executed],
    [
      [1, 1],
      [2, 1],
    ],
  );
});

t.test('a device that was restarted between two commands costs the next one nothing', async (t) => {
  const { transport, line, target, clock } = makeRig();
  await transport.open();
  await transport.execute(count(1));
  await clock.sleep(5_000);
  line.restartDevice();
  t.hasStrict(await transport.execute(count(2)), { kind: 'completed' });
  t.equal(target.executed.get(2), 1);
});

t.test(
  'a device that was restarted a moment ago has an unknown outcome, or none when only data had been sent',
  async (t) => {
    const { transport, line, target } = makeRig({ line: { server: { chunkBytes: 64 } } });
    await transport.open();
    await transport.execute(count(1));
    line.restartDevice();
    t.hasStrict(await transport.execute(count(2)), {
      kind: 'failed',
      failure: { code: 'disconnected', executed: 'unknown' },
    });
    t.equal(target.executed.get(2), undefined);
    await transport.execute(count(3));
    line.restartDevice();
    const store = { lun: 0, cdb: testCdb(TestCommand.STORE), dataOut: pattern(500), timeoutMs: 60_000 };
    t.hasStrict(await transport.execute(store), { kind: 'completed' }, 'it is greeted anew and sent once more');
  },
);

t.test('a new host does not cut short what an earlier one began, and waits for it', async (t) => {
  const { transport, makeHost, target, clock } = makeRig();
  await transport.open();
  const abandoned = transport.execute(count(1, 20_000));
  await target.arrived(1);
  const other = makeHost();
  await other.open();
  const startMs = clock.now();
  t.hasStrict(await other.execute(count(2)), { kind: 'completed' });
  t.ok(clock.now() - startMs > 19_000, 'the motion ended first');
  t.strictSame(target.lostNexuses, ['serial']);
  await transport.close();
  t.hasStrict(await abandoned, { kind: 'failed', failure: { executed: 'unknown' } });
  t.equal(target.executed.get(1), 1);
});

t.test('a line that goes dead ends the command after seconds, and is opened again by the next', async (t) => {
  let isDead = false;
  const { transport, target, clock, line } = makeRig({ line: { fault: () => (isDead ? 'lose' : undefined) } });
  await transport.open();
  clock.after(1_000, () => (isDead = true));
  const startMs = clock.now();
  const result = await transport.execute(count(1, 30_000, 600_000));
  t.hasStrict(result, { kind: 'failed', failure: { code: 'disconnected', executed: 'unknown' } });
  t.ok(clock.now() - startMs < 10_000);
  const unreachable = await transport.execute(count(2));
  t.hasStrict(unreachable, { kind: 'failed', failure: { code: 'unreachable', executed: 'no' } });
  isDead = false;
  line.hangUp();
  t.hasStrict(await transport.execute(count(3)), { kind: 'completed' });
  t.equal(target.executed.get(2), undefined);
});

t.test('a line that is pulled out ends the command at once', async (t) => {
  const { transport, target, line, clock } = makeRig();
  await transport.open();
  const pending = transport.execute(count(1, 30_000));
  await target.arrived(1);
  const startMs = clock.now();
  line.hangUp();
  t.hasStrict(await pending, { kind: 'failed', failure: { code: 'disconnected', executed: 'unknown' } });
  t.equal(clock.now(), startMs);
});

t.test('a port that can not be opened is unreachable, at open and at execute', async (t) => {
  const { transport, line } = makeRig();
  line.refuse(new Error('no such device'));
  await t.rejects(transport.open(), { code: 'unreachable', failure: { executed: /^no$/ } });
  t.hasStrict(await transport.execute(count(1)), { kind: 'failed', failure: { code: 'closed', executed: 'no' } });
  line.refuse();
  await transport.open();
  line.hangUp();
  line.refuse(new Error('no such device'));
  t.hasStrict(await transport.execute(count(2)), { kind: 'failed', failure: { code: 'unreachable', executed: 'no' } });
});

t.test('a silent device is unreachable after the time for opening', async (t) => {
  const { transport, clock } = makeRig({ line: { fault: () => 'lose' }, transport: { openTimeoutMs: 3_000 } });
  const startMs = clock.now();
  await t.rejects(transport.open(), { code: 'unreachable' });
  t.ok(clock.now() - startMs >= 3_000 && clock.now() - startMs < 5_000);
});

t.test('commands wait for each other in order, without their time running', async (t) => {
  const { transport, target } = makeRig();
  await transport.open();
  const results = await Promise.all([
    transport.execute(count(1, 5_000, 6_000)),
    transport.execute(count(2, 5_000, 6_000)),
    transport.execute(count(3, 5_000, 6_000)),
  ]);
  for (const result of results) t.hasStrict(result, { kind: 'completed' });
  t.strictSame([...target.executed.keys()], [1, 2, 3]);
  t.equal(target.mostInFlight, 1);
});

t.test('a command that waits can be given up, and the device never sees it', async (t) => {
  const { transport, target } = makeRig();
  await transport.open();
  const first = transport.execute(count(1, 5_000));
  const caller = new AbortController();
  const second = transport.execute({ ...count(2), signal: caller.signal });
  caller.abort();
  t.hasStrict(await second, { kind: 'failed', failure: { code: 'aborted', executed: 'no' } });
  t.hasStrict(await first, { kind: 'completed' });
  t.equal(target.executed.get(2), undefined);
});

t.test('a command that timed out is aborted at the device', async (t) => {
  const { transport, target } = makeRig();
  await transport.open();
  await transport.execute({ lun: 0, cdb: testCdb(TestCommand.HANG), timeoutMs: 1_000 });
  t.hasStrict(await transport.execute(count(1)), { kind: 'completed' });
  t.equal(target.tasks[0]?.signal?.aborted, true);
});

t.test('a reset overtakes the command of its unit', async (t) => {
  const { transport, target } = makeRig();
  await transport.open();
  const hanging = transport.execute({ lun: 1, cdb: testCdb(TestCommand.HANG), timeoutMs: 60_000 });
  const waiting = transport.execute(count(1));
  await target.arrived(1);
  t.equal(await transport.resetLogicalUnit(1, 5_000), undefined);
  t.hasStrict(await hanging, { kind: 'failed', failure: { code: 'aborted', executed: 'unknown' } });
  t.hasStrict(await waiting, { kind: 'completed' });
  t.strictSame(target.resets, [1]);
});

t.test('a device without reset says so', async (t) => {
  const clock = new SimulatedClock({ auto: true });
  const target = new TestTarget(clock);
  const plain = { execute: target.execute.bind(target), nexusLost: () => undefined };
  const line = new LossyLine({ target: plain, clock });
  const transport = new SerialTransport({ path: 'memory', baudRate: 9_600, clock, openPort: line.openPort });
  await transport.open();
  t.hasStrict(await transport.resetLogicalUnit(0, 5_000), { code: 'unsupported', executed: 'no' });
});

t.test('refuses what the device has no room for, before anything is sent', async (t) => {
  const { transport, target, line } = makeRig({ line: { server: { dataOutMax: 100, cdbMax: 16 } } });
  await transport.open();
  const linesBefore = line.sent.length;
  const base = { lun: 0, cdb: testCdb(TestCommand.STORE), timeoutMs: 1_000 };
  for (const command of [
    { ...base, dataOut: pattern(101) },
    { ...base, cdb: new Uint8Array(17) },
    { ...base, lun: 0x4000 },
  ]) {
    t.hasStrict(await transport.execute(command), { kind: 'failed', failure: { code: 'unsupported', executed: 'no' } });
  }
  t.equal(line.sent.length, linesBefore);
  t.equal(target.tasks.length, 0);
  t.hasStrict(await transport.execute({ ...base, dataOut: pattern(100) }), { kind: 'completed' });
});

t.test('a target that throws leaves the outcome unknown, however often it is asked', async (t) => {
  let lost = 0;
  const { transport } = makeRig({
    line: {
      fault: (direction, line) =>
        direction === 'to-host' && line.includes('FAILED') && lost++ < 2 ? 'lose' : undefined,
    },
  });
  await transport.open();
  const result = await transport.execute({ lun: 0, cdb: testCdb(TestCommand.THROW), timeoutMs: 60_000 });
  t.hasStrict(result, { kind: 'failed', failure: { code: 'protocol', executed: 'unknown' } });
  t.hasStrict(await transport.execute(count(1)), { kind: 'completed' });
});

t.test('a line rate outside the range is refused with the range', async (t) => {
  const { clock } = makeRig();
  for (const baudRate of [0, 300, 9_599, 921_601, 9_600.5, Number.NaN]) {
    t.throws(() => new SerialTransport({ path: 'x', baudRate, clock }), {
      code: 'unsupported',
      message: /9600 to 921600/,
    });
  }
});

t.test('no timer is left when everything is done and closed', async (t) => {
  const clock = new SimulatedClock();
  const { transport } = makeRig({ clock });
  const work = (async () => {
    await transport.open();
    await transport.execute(count(1));
    await transport.close();
  })();
  await clock.advance(100);
  await work;
  t.equal(clock.pending, 0);
});
