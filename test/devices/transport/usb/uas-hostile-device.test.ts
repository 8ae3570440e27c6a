import t from 'tap';
import type { Test } from 'tap';
import { pattern } from '../conformance.js';
import { UasResponseCode, UasTaskManagementFunction } from '../../../../devices/transport/usb/information-units.js';
import { MAX_STATUS_FAULTS } from '../../../../devices/transport/usb/uas-status-reader.js';
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
  type UasBench,
} from './uas-scripted.js';

const { ABORT_TASK } = UasTaskManagementFunction;
const COMPLETE = UasResponseCode.TASK_MANAGEMENT_FUNCTION_COMPLETE;

/** The task is aborted, and the path works on. */
async function recovers({ usb, uas }: UasBench, t: Test, tag: number) {
  const abort = await usb.taskManagement();
  t.hasStrict(abort, { function: ABORT_TASK, managedTag: tag });
  await usb.response(abort.tag, COMPLETE);
  const result = uas.execute(testUnitReady());
  await usb.sense(await usb.command());
  t.strictSame(await result, completed(GOOD));
}

t.test('a RESPONSE IU in place of a status says what became of the command', async (t) => {
  const { INVALID_INFORMATION_UNIT, INCORRECT_LOGICAL_UNIT_NUMBER, OVERLAPPED_TAG_ATTEMPTED } = UasResponseCode;
  const longCdb = new Uint8Array(32);
  for (const { code, cdb, expected, isAborted } of [
    { code: INVALID_INFORMATION_UNIT, expected: { code: 'protocol', executed: 'no' }, isAborted: false },
    {
      code: INVALID_INFORMATION_UNIT,
      cdb: longCdb,
      expected: { code: 'unsupported', executed: 'no' },
      isAborted: false,
    },
    { code: INCORRECT_LOGICAL_UNIT_NUMBER, expected: { code: 'unsupported', executed: 'no' }, isAborted: false },
    { code: OVERLAPPED_TAG_ATTEMPTED, expected: { code: 'protocol', executed: 'no' }, isAborted: true },
    { code: COMPLETE, expected: { code: 'protocol', executed: 'unknown' }, isAborted: true },
    { code: 0x77, expected: { code: 'protocol', executed: 'unknown' }, isAborted: true },
  ] as const) {
    await t.test(`${code.toString(16)}h${cdb === undefined ? '' : ' for a long CDB'}`, async (t) => {
      const bench = uasBench(t);
      const result = bench.uas.execute(testUnitReady(cdb === undefined ? {} : { cdb }));
      const tag = await bench.usb.command();
      await bench.usb.response(tag, code);
      t.hasStrict(failureOf(await result), expected);
      if (isAborted) return recovers(bench, t, tag);
      const next = bench.uas.execute(testUnitReady());
      await bench.usb.sense(await bench.usb.command());
      t.strictSame(await next, completed(GOOD));
    });
  }
});

t.test('a unit that is none of the status pipe fails only the command that it names', async (t) => {
  for (const [name, bytes] of [
    ['a COMMAND IU', (tag: number) => [1, 0, 0, tag, ...Array(28).fill(0)]],
    ['an unknown id', (tag: number) => [0x55, 0, 0, tag]],
    ['a SENSE IU that is cut short', (tag: number) => [3, 0, 0, tag, 0, 0, 2]],
    ['sense data shorter than its length', (tag: number) => [3, 0, 0, tag, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 18, 0x70]],
    ['a RESPONSE IU that is cut short', (tag: number) => [4, 0, 0, tag, 0]],
  ] as const) {
    await t.test(name, async (t) => {
      const bench = uasBench(t);
      const other = bench.uas.execute(testUnitReady({ lun: 1 }));
      const result = bench.uas.execute(testUnitReady());
      const otherTag = await bench.usb.command();
      const tag = await bench.usb.command();
      await bench.usb.status(Uint8Array.from(bytes(tag)));
      t.hasStrict(failureOf(await result), { code: 'protocol', executed: 'unknown' });
      t.equal(bench.notices.length, 1);
      await recovers(bench, t, tag);
      await bench.usb.sense(otherTag);
      t.strictSame(await other, completed(GOOD));
    });
  }
});

t.test('a unit without a tag, or for a tag that no command has, fails nothing', async (t) => {
  const bench = uasBench(t);
  const result = bench.uas.execute(testUnitReady());
  const tag = await bench.usb.command();
  await bench.usb.status(Uint8Array.from([]));
  await bench.usb.status(Uint8Array.from([3, 0, 0]));
  await bench.usb.sense(31, CHECK_CONDITION, someSense);
  await bench.usb.response(30, COMPLETE);
  await bench.usb.sense(0xffff);
  await bench.usb.sense(tag);
  t.strictSame(await result, completed(GOOD));
  t.equal(bench.notices.length, 5);
});

t.test('a second SENSE IU for a command answers nobody else', async (t) => {
  const { usb, uas, notices } = uasBench(t);
  const first = uas.execute(testUnitReady());
  const second = uas.execute(testUnitReady());
  const tags = [await usb.command(), await usb.command()] as const;
  await usb.sense(tags[0], CHECK_CONDITION, someSense);
  t.strictSame(await first, completed(CHECK_CONDITION, undefined, someSense));
  const third = uas.execute(testUnitReady());
  const thirdTag = await usb.command();
  await usb.sense(tags[0], CHECK_CONDITION, someSense);
  await usb.sense(tags[1]);
  await usb.sense(thirdTag);
  t.strictSame(await Promise.all([second, third]), [completed(GOOD), completed(GOOD)]);
  t.equal(notices.length, 1);
});

t.test('a second SENSE IU while the first waits for data is not believed', async (t) => {
  const { usb, uas, notices } = uasBench(t);
  const result = uas.execute(inquiry(96));
  const other = uas.execute(testUnitReady());
  const tag = await usb.command();
  const otherTag = await usb.command();
  await usb.readReady(tag);
  const read = await usb.next('dataIn');
  await usb.sense(tag, CHECK_CONDITION, someSense);
  await usb.sense(tag);
  await usb.sense(otherTag);
  read.answer({ kind: 'done', data: pattern(5), length: 5 });
  t.strictSame(await result, completed(CHECK_CONDITION, pattern(5), someSense));
  t.strictSame(await other, completed(GOOD));
  t.equal(notices.length, 1);
});

t.test('data for a finished command is thrown away, and never taken for the next one’s', async (t) => {
  const bench = uasBench(t);
  const { usb, uas } = bench;
  const first = uas.execute(testUnitReady());
  const firstTag = await usb.command();
  await usb.sense(firstTag);
  await first;
  const second = uas.execute(inquiry(96));
  const tag = await usb.command();
  await usb.readReady(firstTag);
  const drain = await usb.next('dataIn');
  await usb.readReady(tag);
  drain.answer({ kind: 'done', data: pattern(400), length: 400 });
  const abort = await usb.taskManagement();
  t.hasStrict(abort, { function: ABORT_TASK, managedTag: firstTag });
  t.notOk(usb.waits('dataIn'), 'the pipe is kept until the device has forgotten that data');
  await usb.response(abort.tag, COMPLETE);
  await usb.dataIn(pattern(36));
  await usb.sense(tag);
  t.strictSame(await second, completed(GOOD, pattern(36)));
  t.equal(bench.notices.length, 1);
});

t.test('data that is announced for nobody and never sent holds the pipe for a moment only', async (t) => {
  const { usb, uas, clock } = uasBench(t);
  const result = uas.execute(inquiry(96));
  const tag = await usb.command();
  await usb.readReady(77);
  await usb.next('dataIn');
  await clock.advance(100);
  await usb.response((await usb.taskManagement()).tag, COMPLETE);
  await usb.readReady(tag);
  await usb.dataIn(pattern(36));
  await usb.sense(tag);
  t.strictSame(await result, completed(GOOD, pattern(36)));
});

t.test('a device that asks for the data of nobody and does not stop is given up', async (t) => {
  const { usb, uas, clock } = uasBench(t);
  const result = uas.execute(testUnitReady({ timeoutMs: 600_000 }));
  await usb.command();
  await usb.writeReady(77);
  await usb.taskManagement();
  await clock.advance(5_000);
  t.hasStrict(failureOf(await result), { code: 'protocol', executed: 'unknown' });
  t.equal(uas.usable, false);
});

t.test('READY for a command without such data fails it', async (t) => {
  for (const { command, kind } of [
    { command: testUnitReady(), kind: 'readReady' },
    { command: testUnitReady(), kind: 'writeReady' },
    { command: inquiry(96), kind: 'writeReady' },
    { command: modeSelect(pattern(8)), kind: 'readReady' },
  ] as const) {
    const bench = uasBench(t);
    const result = bench.uas.execute(command);
    const tag = await bench.usb.command();
    await bench.usb[kind](tag);
    t.hasStrict(failureOf(await result), { code: 'protocol', executed: 'unknown' });
    await recovers(bench, t, tag);
  }
});

t.test('a second READ READY fails the command', async (t) => {
  const bench = uasBench(t);
  const result = bench.uas.execute(inquiry(96));
  const tag = await bench.usb.command();
  await bench.usb.readReady(tag);
  await bench.usb.dataIn(pattern(96));
  await bench.usb.readReady(tag);
  t.hasStrict(failureOf(await result), { code: 'protocol', executed: 'unknown' });
  await recovers(bench, t, tag);
});

t.test('a transfer of data that breaks fails its command, clears an overflow, and aborts the task', async (t) => {
  for (const transfer of [
    { kind: 'overflow' },
    { kind: 'failed', message: 'a bus error' },
    { kind: 'cancelled' },
  ] as const) {
    const bench = uasBench(t);
    const result = bench.uas.execute(inquiry(96));
    const tag = await bench.usb.command();
    await bench.usb.readReady(tag);
    (await bench.usb.next('dataIn')).answer(transfer);
    t.hasStrict(failureOf(await result), { code: 'protocol', executed: 'unknown' });
    t.strictSame(bench.usb.log, transfer.kind === 'overflow' ? ['clear halt 83h'] : []);
    await recovers(bench, t, tag);
  }
});

t.test('a device that never stops talking nonsense is given up after a few units', async (t) => {
  const cable = (bytes: number[]) => ({ kind: 'done', data: Uint8Array.from(bytes), length: bytes.length }) as const;
  for (const [name, answer] of [
    ['empty packets', cable([])],
    ['stalls', { kind: 'stall' }],
    ['overflows', { kind: 'overflow' }],
    ['bus errors', { kind: 'failed', message: 'a bus error' }],
    ['timeouts that are none', { kind: 'timeout' }],
    ['answers for nobody', cable([3, 0, 0, 99, ...Array(12).fill(0)])],
    ['offers for nobody', cable([6, 0, 0, 99])],
  ] as const) {
    await t.test(name, async (t) => {
      const { usb, uas, clock } = uasBench(t);
      const result = uas.execute(testUnitReady({ timeoutMs: 600_000 }));
      await usb.command();
      for (let i = 0; i < MAX_STATUS_FAULTS; i++) (await usb.next('status')).answer(answer);
      t.hasStrict(failureOf(await result), { code: 'protocol', executed: 'unknown' });
      t.equal(uas.usable, false);
      await clock.advance(0);
      t.equal(usb.outstanding, 0);
    });
  }
});

t.test('task management that is answered with something else is a refused one', async (t) => {
  for (const bytes of [(tag: number) => [3, 0, 0, tag, ...Array(12).fill(0)], (tag: number) => [0x66, 0, 0, tag]]) {
    const { usb, uas } = uasBench(t);
    const reset = uas.resetLogicalUnit(0, 60_000);
    const { tag } = await usb.taskManagement();
    await usb.status(Uint8Array.from(bytes(tag)));
    t.hasStrict(await reset, { code: 'unsupported', executed: 'no' });
  }
});
