import t from 'tap';

import { SimulatedClock } from '../../../devices/clock.js';
import { LoopbackTransport } from '../../../devices/transport/loopback.js';
import type { ScsiTransport } from '../../../devices/transport/scsi-transport.js';
import { TransportError } from '../../../devices/transport/scsi-transport.js';
import type { TraceLine } from '../../../devices/transport/trace.js';
import { TraceTransport } from '../../../devices/transport/trace.js';
import { conformance, pattern } from './conformance.js';
import { testCdb, TestCommand, TestTarget, testSense } from './test-target.js';

function makeRig(dataBytes?: number) {
  const clock = new SimulatedClock({ startMs: Date.UTC(2026, 10, 3, 12) });
  const target = new TestTarget(clock);
  const inner = new LoopbackTransport({ target, clock, name: 'loopback://test' });
  const lines: string[] = [];
  const transport = new TraceTransport({
    transport: inner,
    clock,
    write: (line) => lines.push(line),
    ...(dataBytes !== undefined && { dataBytes }),
  });
  const last = (): TraceLine => JSON.parse(lines.at(-1) ?? '{}') as TraceLine;
  return { clock, target, inner, transport, lines, last, passTime: (ms: number) => clock.advance(ms) };
}

const inquiry = { cdb: Uint8Array.from([TestCommand.INQUIRY, 0, 0, 0, 36, 0]), dataInLength: 36, timeoutMs: 1_000 };
const moveMedium = { cdb: Uint8Array.from([0xa5, 0, 0, 0, 16, 0, 1, 0, 0, 0, 0, 0]), timeoutMs: 1_000 };

await conformance(t, { name: 'traced loopback', open: () => Promise.resolve(makeRig()) });

t.test('one line says what a command was, what came back, and how long it took', async (t) => {
  const { transport, clock, last } = makeRig();
  await transport.open();
  const pending = transport.execute({
    lun: 0,
    cdb: testCdb(TestCommand.COUNT, 1, 250),
    timeoutMs: 5_000,
    correlationId: 'request-7',
  });
  await clock.advance(250);
  await pending;
  t.strictSame(last(), {
    time: '2026-11-03T12:00:00.000Z',
    event: 'command',
    transport: 'loopback://test',
    durationMs: 250,
    correlationId: 'request-7',
    lun: 0,
    cdb: 'C00000000001000000FA',
    command: 'operation code C0h',
    timeoutMs: 5_000,
    status: 0,
  });
});

t.test('names a command by the kind of device that its INQUIRY data showed', async (t) => {
  const { transport, last } = makeRig();
  await transport.open();
  await transport.execute({ lun: 0, ...moveMedium });
  t.equal(last().command, 'operation code A5h', 'nobody knows yet what unit 0 is');
  await transport.execute({ lun: 0, ...inquiry });
  t.equal(last().command, 'INQUIRY');
  await transport.execute({ lun: 0, ...moveMedium });
  t.equal(last().command, 'MOVE MEDIUM');
  await transport.execute({ lun: 1, ...inquiry });
  await transport.execute({ lun: 1, cdb: Uint8Array.from([0x2b, 0, 0, 0, 0, 0, 0, 0, 0, 0]), timeoutMs: 1_000 });
  t.match(last().command, 'LOCATE');
});

t.test('learns nothing from vital product data or from a unit that is not there', async (t) => {
  const clock = new SimulatedClock();
  let first = 0x08;
  const inner: ScsiTransport = {
    name: 'fixed',
    maxInFlight: 1,
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    execute: () =>
      Promise.resolve({ kind: 'completed', status: 0, dataIn: Uint8Array.from([first]), sense: new Uint8Array(0) }),
  };
  const lines: TraceLine[] = [];
  const transport = new TraceTransport({
    transport: inner,
    clock,
    write: (line) => lines.push(JSON.parse(line) as TraceLine),
  });
  await transport.execute({ lun: 0, cdb: Uint8Array.from([0x12, 1, 0x80, 0, 36, 0]), dataInLength: 36, timeoutMs: 1 });
  await transport.execute({ lun: 0, ...moveMedium });
  t.equal(lines.at(-1)?.command, 'operation code A5h', 'vital product data');
  first = 0x28;
  await transport.execute({ lun: 0, ...inquiry });
  await transport.execute({ lun: 0, ...moveMedium });
  t.equal(lines.at(-1)?.command, 'operation code A5h', 'a unit that is not connected');
  t.equal(transport.resetLogicalUnit, undefined, 'no reset where the inner transport has none');
});

t.test('shows data up to its limit, and says when there was more', async (t) => {
  const { transport, last } = makeRig(4);
  await transport.open();
  const base = { lun: 0, timeoutMs: 1_000 };
  await transport.execute({ ...base, cdb: testCdb(TestCommand.STORE), dataOut: pattern(4) });
  t.strictSame(last().dataOut, { length: 4, hex: '050C131A' });
  await transport.execute({ ...base, cdb: testCdb(TestCommand.STORE), dataOut: pattern(5) });
  t.strictSame(last().dataOut, { length: 5, hex: '050C131A', truncated: true });
  await transport.execute({ ...base, cdb: testCdb(TestCommand.RECALL, 5), dataInLength: 5 });
  t.strictSame(last().dataIn, { length: 5, hex: '050C131A', truncated: true });
  t.notOk('dataOut' in last());
});

t.test('shows sense data, failures, resets, opening and closing', async (t) => {
  const { transport, lines, last, clock } = makeRig();
  await transport.open();
  t.hasStrict(last(), { event: 'open', durationMs: 0 });
  await transport.execute({ lun: 0, cdb: testCdb(TestCommand.FAIL), timeoutMs: 1_000 });
  t.hasStrict(last(), { status: 2, sense: Buffer.from(testSense).toString('hex').toUpperCase() });
  const pending = transport.execute({ lun: 0, cdb: testCdb(TestCommand.HANG), timeoutMs: 1_000 });
  await clock.advance(1_000);
  await pending;
  t.match(last(), { failure: 'timeout', executed: 'unknown', durationMs: 1_000, message: /no status/ });
  t.notOk('status' in last());
  t.equal(await transport.resetLogicalUnit?.(1, 1_000), undefined);
  t.hasStrict(last(), { event: 'reset', lun: 1 });
  await transport.close();
  t.hasStrict(last(), { event: 'close' });
  t.equal(lines.length, 5);
  t.notOk(lines.some((line) => line.includes('\n')));
});

t.test('a path that does not open leaves a line, and the error passes', async (t) => {
  const { clock, inner, last, lines } = makeRig();
  const failure = { code: 'unreachable', executed: 'no', message: 'nobody home' } as const;
  inner.open = () => Promise.reject(new TransportError(failure));
  const transport = new TraceTransport({ transport: inner, clock, write: (line) => lines.push(line) });
  await t.rejects(transport.open(), { code: 'unreachable' });
  t.hasStrict(last(), { event: 'open', failure: 'unreachable', message: 'nobody home' });
});
