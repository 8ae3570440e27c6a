import t from 'tap';
import { pattern } from '../conformance.js';
import { STATUS_READ_MS } from '../../../../devices/transport/usb/uas-status-reader.js';
import {
  CHECK_CONDITION,
  completed,
  failureOf,
  GOOD,
  inquiry,
  modeSelect,
  someSense,
  testUnitReady,
  uasBench,
} from './uas-scripted.js';

t.test('sends a command in one COMMAND IU and takes its status from the SENSE IU', async (t) => {
  const { usb, uas } = uasBench(t);
  const result = uas.execute({ lun: 3, cdb: Uint8Array.from([0x12, 1, 0x80, 0, 0, 0]), timeoutMs: 1_000 });
  const call = await usb.next('command');
  t.equal(call.timeoutMs, 1_000);
  t.strictSame([...call.data], [1, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0x12, 1, 0x80, ...Array(13).fill(0)]);
  call.answer({ kind: 'done', data: new Uint8Array(0), length: 32 });
  await usb.sense(1);
  t.strictSame(await result, completed(GOOD));
});

t.test('sends the bytes of a CDB beyond the sixteenth as additional CDB bytes', async (t) => {
  const { usb, uas } = uasBench(t);
  const cdb = pattern(30);
  const result = uas.execute(testUnitReady({ cdb }));
  const unit = await usb.unit();
  t.ok(unit.kind === 'command');
  t.strictSame([...(unit.kind === 'command' ? unit.cdb : [])], [...cdb, 0, 0]);
  await usb.sense(unit.tag);
  t.strictSame(await result, completed(GOOD));
});

t.test('reads data after READ READY, in whole packets, and gives exactly what came', async (t) => {
  const { usb, uas } = uasBench(t);
  const result = uas.execute(inquiry(96));
  const tag = await usb.command();
  t.notOk(usb.waits('dataIn'));
  await usb.readReady(tag);
  const read = await usb.next('dataIn');
  t.equal(read.length, 512);
  read.answer({ kind: 'done', data: pattern(36), length: 36 });
  await usb.sense(tag);
  t.strictSame(await result, completed(GOOD, pattern(36)));
});

t.test('gives no more data than was asked for when the device sends more', async (t) => {
  const { usb, uas } = uasBench(t);
  const result = uas.execute(inquiry(96));
  const tag = await usb.command();
  await usb.readReady(tag);
  await usb.dataIn(pattern(512));
  const surplus = await usb.next('dataIn');
  surplus.answer({ kind: 'done', data: pattern(100), length: 100 });
  await usb.sense(tag);
  t.strictSame(await result, completed(GOOD, pattern(512).subarray(0, 96)));
});

t.test('waits for data that is seen after its status', async (t) => {
  const { usb, uas } = uasBench(t);
  const result = uas.execute(inquiry(96));
  const tag = await usb.command();
  await usb.readReady(tag);
  const read = await usb.next('dataIn');
  await usb.sense(tag, CHECK_CONDITION, someSense);
  read.answer({ kind: 'done', data: pattern(10), length: 10 });
  t.strictSame(await result, completed(CHECK_CONDITION, pattern(10), someSense));
});

t.test('sends data after WRITE READY', async (t) => {
  const { usb, uas } = uasBench(t);
  const result = uas.execute(modeSelect(pattern(20)));
  const tag = await usb.command();
  t.notOk(usb.waits('dataOut'));
  await usb.writeReady(tag);
  const write = await usb.next('dataOut');
  t.strictSame(write.data, pattern(20));
  write.answer({ kind: 'done', data: new Uint8Array(0), length: 20 });
  await usb.sense(tag);
  t.strictSame(await result, completed(GOOD));
});

t.test('takes a status without READY: no data, or an error before it', async (t) => {
  const { usb, uas } = uasBench(t);
  const nothingToSay = uas.execute(inquiry(96));
  await usb.sense(await usb.command());
  t.strictSame(await nothingToSay, completed(GOOD));
  const refused = uas.execute(modeSelect(pattern(20)));
  await usb.sense(await usb.command(), CHECK_CONDITION, someSense);
  t.strictSame(await refused, completed(CHECK_CONDITION, undefined, someSense));
});

t.test('takes what came before a stall of a data pipe, clears the halt, and lets the status decide', async (t) => {
  const { usb, uas } = uasBench(t);
  const read = uas.execute(inquiry(96));
  const first = await usb.command();
  await usb.readReady(first);
  (await usb.next('dataIn')).answer({ kind: 'stall', data: pattern(7) });
  await usb.sense(first, CHECK_CONDITION, someSense);
  t.strictSame(await read, completed(CHECK_CONDITION, pattern(7), someSense));
  const write = uas.execute(modeSelect(pattern(20)));
  const second = await usb.command();
  await usb.writeReady(second);
  (await usb.next('dataOut')).answer({ kind: 'stall' });
  await usb.sense(second, CHECK_CONDITION, someSense);
  t.strictSame(await write, completed(CHECK_CONDITION, undefined, someSense));
  t.strictSame(usb.log, ['clear halt 83h', 'clear halt 04h']);
});

t.test('does not believe GOOD when data got lost in a stall', async (t) => {
  const { usb, uas } = uasBench(t);
  const result = uas.execute(inquiry(96));
  const tag = await usb.command();
  await usb.readReady(tag);
  (await usb.next('dataIn')).answer({ kind: 'stall' });
  await usb.sense(tag);
  t.hasStrict(failureOf(await result), { code: 'protocol', executed: 'unknown' });
});

t.test('keeps several commands in flight, and takes their answers in any order', async (t) => {
  const { usb, uas } = uasBench(t);
  const results = [96, 97, 98].map((length) => uas.execute(inquiry(length)));
  const tags = [await usb.command(), await usb.command(), await usb.command()] as const;
  await usb.readReady(tags[2]);
  await usb.dataIn(pattern(98));
  await usb.readReady(tags[0]);
  await usb.sense(tags[2]);
  await usb.dataIn(pattern(96));
  await usb.sense(tags[0]);
  await usb.readReady(tags[1]);
  await usb.dataIn(pattern(97));
  await usb.sense(tags[1]);
  t.strictSame(
    await Promise.all(results),
    [96, 97, 98].map((length) => completed(GOOD, pattern(length))),
  );
});

t.test('moves data in the order of the READY units, one task at a time on each pipe', async (t) => {
  const { usb, uas } = uasBench(t);
  const results = [uas.execute(inquiry(96)), uas.execute(inquiry(97)), uas.execute(modeSelect(pattern(5)))];
  const tags = [await usb.command(), await usb.command(), await usb.command()] as const;
  await usb.readReady(tags[1]);
  await usb.readReady(tags[0]);
  await usb.writeReady(tags[2]);
  const second = await usb.next('dataIn');
  (await usb.next('dataOut')).answer({ kind: 'done', data: new Uint8Array(0), length: 5 });
  second.answer({ kind: 'done', data: pattern(97), length: 97 });
  await usb.dataIn(pattern(96));
  for (const tag of tags) await usb.sense(tag);
  t.strictSame(await Promise.all(results), [
    completed(GOOD, pattern(96)),
    completed(GOOD, pattern(97)),
    completed(GOOD),
  ]);
});

t.test('lets commands beyond the limit wait for their turn', async (t) => {
  const { clock, usb, uas } = uasBench(t, { maxInFlight: 2 });
  const results = [0, 1, 2].map(() => uas.execute(testUnitReady()));
  const tags = [await usb.command(), await usb.command()] as const;
  await clock.advance(1);
  t.notOk(usb.waits('command'));
  await usb.sense(tags[1]);
  const third = await usb.command();
  await usb.sense(third);
  await usb.sense(tags[0]);
  t.strictSame(await Promise.all(results), [completed(GOOD), completed(GOOD), completed(GOOD)]);
});

t.test('does not use a tag again before it has used all others', async (t) => {
  const { usb, uas } = uasBench(t);
  const seen: number[] = [];
  for (let i = 0; i < 33; i++) {
    const result = uas.execute(testUnitReady());
    const tag = await usb.command();
    seen.push(tag);
    await usb.sense(tag);
    await result;
  }
  t.equal(new Set(seen).size, 32);
  t.equal(seen[32], seen[0]);
  t.notOk(seen.includes(0));
});

t.test('keeps no transfer under way while it is idle', async (t) => {
  const { clock, usb, uas } = uasBench(t);
  const result = uas.execute(testUnitReady());
  await usb.sense(await usb.command());
  await result;
  await clock.advance(0);
  t.equal(usb.outstanding, 0);
  t.equal(clock.pending, 0);
});

t.test('keeps one read of the status pipe outstanding for as long as a command takes', async (t) => {
  const { clock, usb, uas } = uasBench(t);
  const minutes = 10 * 60_000;
  const result = uas.execute(testUnitReady({ timeoutMs: 2 * minutes }));
  const tag = await usb.command();
  const read = await usb.next('status');
  t.equal(read.timeoutMs, STATUS_READ_MS);
  await clock.advance(minutes);
  t.notOk(read.ended);
  read.answer({ kind: 'cancelled' });
  await usb.sense(tag);
  t.strictSame(await result, completed(GOOD));
});

t.test('clears a stall of the status pipe and goes on', async (t) => {
  const { usb, uas } = uasBench(t);
  const result = uas.execute(testUnitReady());
  const tag = await usb.command();
  (await usb.next('status')).answer({ kind: 'stall' });
  await usb.sense(tag);
  t.strictSame(await result, completed(GOOD));
  t.strictSame(usb.log, ['clear halt 82h']);
});

t.test('says that a stalled command was not executed, clears the halt, and works on', async (t) => {
  const { usb, uas } = uasBench(t);
  const refused = uas.execute(testUnitReady());
  (await usb.next('command')).answer({ kind: 'stall' });
  t.hasStrict(failureOf(await refused), { code: 'protocol', executed: 'no' });
  t.strictSame(usb.log, ['clear halt 01h']);
  const next = uas.execute(testUnitReady());
  await usb.sense(await usb.command());
  t.strictSame(await next, completed(GOOD));
});

t.test('refuses what it cannot carry, before anything is sent', async (t) => {
  const { usb, uas } = uasBench(t);
  const both = uas.execute(inquiry(4, { dataOut: pattern(4) }));
  t.hasStrict(failureOf(await both), { code: 'unsupported', executed: 'no' });
  for (const length of [0, 269]) {
    const result = await uas.execute(testUnitReady({ cdb: new Uint8Array(length) }));
    t.hasStrict(failureOf(result), { code: 'unsupported', executed: 'no' }, `a CDB of ${length} bytes`);
  }
  for (const lun of [-1, 1.5, 16_384]) {
    t.hasStrict(failureOf(await uas.execute(testUnitReady({ lun }))), { code: 'unsupported', executed: 'no' });
    t.hasStrict(await uas.resetLogicalUnit(lun, 1_000), { code: 'unsupported', executed: 'no' });
  }
  t.equal(usb.outstanding, 0);
});

t.test('refuses pipes that demand streams', async (t) => {
  const pipe = { endpoint: 1, maxPacketSize: 1_024 };
  const pipes = { command: pipe, status: pipe, dataIn: pipe, dataOut: pipe, maxStreams: 16 };
  const { uas } = uasBench(t, { pipes });
  t.hasStrict(failureOf(await uas.execute(testUnitReady())), { code: 'unsupported', executed: 'no' });
});

t.test('closing ends what is under way, tells the device, and frees all pipes', async (t) => {
  const { usb, uas } = uasBench(t, { maxInFlight: 1 });
  const sent = uas.execute(testUnitReady());
  const waiting = uas.execute(testUnitReady());
  const tag = await usb.command();
  const closed = uas.close();
  t.hasStrict(failureOf(await sent), { code: 'closed', executed: 'unknown' });
  t.hasStrict(failureOf(await waiting), { code: 'closed', executed: 'no' });
  const abort = await usb.taskManagement();
  t.equal(abort.managedTag, tag);
  await usb.response(abort.tag, 0);
  await closed;
  t.equal(usb.outstanding, 0);
  t.equal(uas.usable, false);
  t.hasStrict(failureOf(await uas.execute(testUnitReady())), { code: 'closed', executed: 'no' });
  t.hasStrict(await uas.resetLogicalUnit(0, 1_000), { code: 'closed', executed: 'no' });
});

t.test('closing does not wait long for a device that answers nothing', async (t) => {
  const { clock, usb, uas } = uasBench(t);
  const pending = uas.execute(testUnitReady());
  await usb.command();
  const closed = uas.close();
  await clock.advance(1_000);
  await closed;
  t.hasStrict(failureOf(await pending), { code: 'closed', executed: 'unknown' });
  t.equal(usb.outstanding, 0);
});
