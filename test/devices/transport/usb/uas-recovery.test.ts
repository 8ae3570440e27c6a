import t from 'tap';
import type { Test } from 'tap';
import { pattern } from '../conformance.js';
import { UasResponseCode, UasTaskManagementFunction } from '../../../../devices/transport/usb/information-units.js';
import {
  CHECK_CONDITION,
  completed,
  failureOf,
  GOOD,
  inquiry,
  modeSelect,
  NOTHING,
  someSense,
  testUnitReady,
  uasBench,
  type UasBench,
} from './uas-scripted.js';

const { ABORT_TASK, LOGICAL_UNIT_RESET } = UasTaskManagementFunction;
const COMPLETE = UasResponseCode.TASK_MANAGEMENT_FUNCTION_COMPLETE;
const NOT_SUPPORTED = UasResponseCode.TASK_MANAGEMENT_FUNCTION_NOT_SUPPORTED;

/** Answers the next task management function, and gives what it asked for. */
async function managed({ usb }: UasBench, responseCode: number = COMPLETE) {
  const request = await usb.taskManagement();
  await usb.response(request.tag, responseCode);
  return request;
}

/** A command that goes through shows that the path works. */
async function worksOn({ usb, uas }: UasBench, t: Test, lun = 0): Promise<void> {
  const result = uas.execute(testUnitReady({ lun }));
  await usb.sense(await usb.command());
  t.strictSame(await result, completed(GOOD), 'the next command goes through');
}

t.test('a command whose time is over ends at once, and its task is aborted', async (t) => {
  const bench = uasBench(t);
  const result = bench.uas.execute(testUnitReady({ lun: 1, timeoutMs: 500 }));
  const tag = await bench.usb.command();
  await bench.clock.advance(500);
  t.hasStrict(failureOf(await result), { code: 'timeout', executed: 'unknown' });
  const abort = await managed(bench);
  t.hasStrict(abort, { function: ABORT_TASK, managedTag: tag });
  t.not(abort.tag, tag);
  t.strictSame([...abort.logicalUnitNumber], [0, 1, 0, 0, 0, 0, 0, 0]);
  await worksOn(bench, t, 1);
  t.equal(bench.uas.usable, true);
});

t.test('a command that its caller aborts ends at once, and its task is aborted', async (t) => {
  const bench = uasBench(t);
  const caller = new AbortController();
  const result = bench.uas.execute(testUnitReady({ signal: caller.signal }));
  const tag = await bench.usb.command();
  caller.abort();
  t.hasStrict(failureOf(await result), { code: 'aborted', executed: 'unknown' });
  t.hasStrict(await managed(bench), { function: ABORT_TASK, managedTag: tag });
  await worksOn(bench, t);
});

t.test('a command that was never sent ends as not executed, and nothing is aborted', async (t) => {
  const bench = uasBench(t, { maxInFlight: 1 });
  const caller = new AbortController();
  const first = bench.uas.execute(testUnitReady());
  const aborted = bench.uas.execute(testUnitReady({ signal: caller.signal }));
  const late = bench.uas.execute(testUnitReady({ timeoutMs: 100 }));
  const tag = await bench.usb.command();
  caller.abort();
  t.hasStrict(failureOf(await aborted), { code: 'aborted', executed: 'no' });
  await bench.clock.advance(100);
  t.hasStrict(failureOf(await late), { code: 'timeout', executed: 'no' });
  t.notOk(bench.usb.waits('command'));
  await bench.usb.sense(tag);
  t.strictSame(await first, completed(GOOD));
});

t.test('a command that gets its tag but not the pipe in time is not sent', async (t) => {
  const bench = uasBench(t);
  const slow = bench.uas.execute(testUnitReady());
  const stuck = await bench.usb.next('command');
  const late = bench.uas.execute(testUnitReady({ timeoutMs: 100 }));
  await bench.clock.advance(100);
  t.hasStrict(failureOf(await late), { code: 'timeout', executed: 'no' });
  stuck.answer({ kind: 'done', data: NOTHING, length: 32 });
  await bench.usb.sense(1);
  t.strictSame(await slow, completed(GOOD));
  t.notOk(bench.usb.waits('command'));
});

t.test('while a task is being aborted its logical unit gets no new command, others do', async (t) => {
  const bench = uasBench(t);
  const gone = bench.uas.execute(testUnitReady({ timeoutMs: 500 }));
  await bench.usb.command();
  await bench.clock.advance(500);
  await gone;
  const same = bench.uas.execute(testUnitReady());
  const abort = await bench.usb.taskManagement();
  await worksOn(bench, t, 1);
  t.notOk(bench.usb.waits('command'));
  await bench.usb.response(abort.tag, COMPLETE);
  await bench.usb.sense(await bench.usb.command());
  t.strictSame(await same, completed(GOOD));
});

t.test('an answer that crosses its abort is nobody’s answer', async (t) => {
  const bench = uasBench(t);
  const result = bench.uas.execute(testUnitReady({ timeoutMs: 500 }));
  const tag = await bench.usb.command();
  await bench.clock.advance(500);
  t.hasStrict(failureOf(await result), { code: 'timeout' });
  const abort = await bench.usb.taskManagement();
  await bench.usb.sense(tag);
  await bench.usb.response(abort.tag, COMPLETE);
  await worksOn(bench, t);
  t.strictSame(bench.notices, []);
});

t.test('an abort that is not answered, or refused, leads to LOGICAL UNIT RESET', async (t) => {
  for (const answer of [undefined, NOT_SUPPORTED, UasResponseCode.TASK_MANAGEMENT_FUNCTION_FAILED]) {
    await t.test(answer === undefined ? 'no answer' : `response ${answer}`, async (t) => {
      const bench = uasBench(t);
      const result = bench.uas.execute(testUnitReady({ timeoutMs: 500 }));
      const sameUnit = bench.uas.execute(testUnitReady({ timeoutMs: 600_000 }));
      const otherUnit = bench.uas.execute(testUnitReady({ lun: 1, timeoutMs: 600_000 }));
      await bench.usb.command();
      await bench.usb.command();
      const other = await bench.usb.command();
      await bench.clock.advance(500);
      t.hasStrict(failureOf(await result), { code: 'timeout' });
      const abort = await bench.usb.taskManagement();
      if (answer === undefined) await bench.clock.advance(5_000);
      else await bench.usb.response(abort.tag, answer);
      t.hasStrict(await managed(bench), { function: LOGICAL_UNIT_RESET });
      t.hasStrict(failureOf(await sameUnit), { code: 'aborted', executed: 'unknown' });
      await worksOn(bench, t);
      await bench.usb.sense(other);
      t.strictSame(await otherUnit, completed(GOOD), 'the other logical unit hears nothing of it');
      t.equal(bench.uas.usable, true);
    });
  }
});

t.test('when the reset is not answered either, the path is given up', async (t) => {
  const bench = uasBench(t, { maxInFlight: 2 });
  const { uas, usb, clock } = bench;
  const result = uas.execute(testUnitReady({ timeoutMs: 500 }));
  const otherUnit = uas.execute(testUnitReady({ lun: 1, timeoutMs: 600_000 }));
  const waiting = uas.execute(testUnitReady({ timeoutMs: 600_000 }));
  await usb.command();
  await usb.command();
  await clock.advance(500);
  t.hasStrict(failureOf(await result), { code: 'timeout', executed: 'unknown' });
  await usb.taskManagement();
  await clock.advance(5_000);
  await usb.taskManagement();
  await clock.advance(10_000);
  t.hasStrict(failureOf(await otherUnit), { code: 'protocol', executed: 'unknown' });
  t.hasStrict(failureOf(await waiting), { code: 'unreachable', executed: 'no' });
  t.equal(uas.usable, false);
  await clock.advance(0);
  t.equal(usb.outstanding, 0);
  t.hasStrict(failureOf(await uas.execute(testUnitReady())), { code: 'unreachable', executed: 'no' });
  t.hasStrict(await uas.resetLogicalUnit(0, 1_000), { code: 'unreachable', executed: 'no' });
});

t.test(
  'a device that never reads its command pipe: each command ends by its time, then the path is given up',
  async (t) => {
    const { uas, usb, clock } = uasBench(t);
    const results = [200, 300].map((timeoutMs) => uas.execute(testUnitReady({ timeoutMs })));
    await clock.advance(300);
    t.hasStrict(failureOf((await results[0])!), { code: 'timeout', executed: 'unknown' });
    t.hasStrict(failureOf((await results[1])!), { code: 'timeout' });
    await clock.advance(15_000);
    t.equal(uas.usable, false);
    await clock.advance(0);
    t.equal(usb.outstanding, 0);
  },
);

t.test('a device that lets the command pipe hang takes no other command along, once it reads again', async (t) => {
  const bench = uasBench(t);
  const first = bench.uas.execute(testUnitReady({ timeoutMs: 200 }));
  await bench.clock.advance(200);
  t.hasStrict(failureOf(await first), { code: 'timeout', executed: 'unknown' });
  t.hasStrict(await managed(bench), { function: ABORT_TASK, managedTag: 1 });
  await worksOn(bench, t);
});

t.test(
  'data that a device leaves hanging after an abort is cancelled, when commands in flight have ended',
  async (t) => {
    const bench = uasBench(t);
    const { uas, usb, clock } = bench;
    const caller = new AbortController();
    const result = uas.execute(inquiry(96, { signal: caller.signal }));
    const moving = uas.execute(testUnitReady({ lun: 1, timeoutMs: 600_000 }));
    const tag = await usb.command();
    const movingTag = await usb.command();
    await usb.readReady(tag);
    const read = await usb.next('dataIn');
    caller.abort();
    t.hasStrict(failureOf(await result), { code: 'aborted', executed: 'unknown' });
    await managed(bench);
    await clock.advance(2_000);
    t.notOk(read.ended, 'the other command is not disturbed');
    await usb.sense(movingTag);
    t.strictSame(await moving, completed(GOOD));
    await clock.advance(0);
    t.ok(read.ended);
    t.strictSame(usb.log, ['cancel all']);
    const next = uas.execute(inquiry(96));
    const nextTag = await usb.command();
    await usb.readReady(nextTag);
    await usb.dataIn(pattern(96));
    await usb.sense(nextTag);
    t.strictSame(await next, completed(GOOD, pattern(96)));
  },
);

t.test('GOOD without the announced data is a broken protocol after a while', async (t) => {
  const bench = uasBench(t);
  const result = bench.uas.execute(inquiry(96));
  const tag = await bench.usb.command();
  await bench.usb.readReady(tag);
  await bench.usb.next('dataIn');
  await bench.usb.sense(tag);
  await bench.clock.advance(1_000);
  t.hasStrict(failureOf(await result), { code: 'protocol', executed: 'unknown' });
  t.strictSame(bench.usb.log, ['cancel all']);
  await worksOn(bench, t);
});

t.test('an error without the announced data is the error after a while', async (t) => {
  const bench = uasBench(t);
  for (const command of [inquiry(96), modeSelect(pattern(8))]) {
    const result = bench.uas.execute(command);
    const tag = await bench.usb.command();
    const isIn = command.dataInLength !== undefined;
    await (isIn ? bench.usb.readReady(tag) : bench.usb.writeReady(tag));
    await bench.usb.next(isIn ? 'dataIn' : 'dataOut');
    await bench.usb.sense(tag, CHECK_CONDITION, someSense);
    await bench.clock.advance(1_000);
    t.strictSame(await result, completed(CHECK_CONDITION, undefined, someSense));
  }
  t.strictSame(bench.usb.log, ['cancel all', 'cancel all']);
  await worksOn(bench, t);
});

t.test('resetLogicalUnit ends what is under way there, and tells how it went', async (t) => {
  const bench = uasBench(t);
  const { uas } = bench;
  const pending = uas.execute(testUnitReady({ lun: 1 }));
  const other = uas.execute(testUnitReady({ lun: 0 }));
  await bench.usb.command();
  const tag = await bench.usb.command();
  const reset = uas.resetLogicalUnit(1, 1_000);
  const later = uas.execute(testUnitReady({ lun: 1 }));
  const request = await managed(bench, UasResponseCode.TASK_MANAGEMENT_FUNCTION_SUCCEEDED);
  t.hasStrict(request, { function: LOGICAL_UNIT_RESET });
  t.strictSame([...request.logicalUnitNumber], [0, 1, 0, 0, 0, 0, 0, 0]);
  t.equal(await reset, undefined);
  t.hasStrict(failureOf(await pending), { code: 'aborted', executed: 'unknown' });
  await bench.usb.sense(await bench.usb.command());
  t.strictSame(await later, completed(GOOD), 'a command after the reset is none of its business');
  await bench.usb.sense(tag);
  t.strictSame(await other, completed(GOOD));

  const refused = uas.resetLogicalUnit(0, 1_000);
  await managed(bench, NOT_SUPPORTED);
  t.hasStrict(await refused, { code: 'unsupported', executed: 'no' });
  const unanswered = uas.resetLogicalUnit(0, 1_000);
  await bench.usb.taskManagement();
  await bench.clock.advance(1_000);
  t.hasStrict(await unanswered, { code: 'timeout', executed: 'unknown' });
  const cut = uas.resetLogicalUnit(0, 1_000);
  await bench.usb.taskManagement();
  bench.usb.vanish();
  t.hasStrict(await cut, { code: 'disconnected', executed: 'unknown' });
});

t.test('a stalled task management request is a refused one', async (t) => {
  const bench = uasBench(t);
  const reset = bench.uas.resetLogicalUnit(0, 1_000);
  (await bench.usb.next('command')).answer({ kind: 'stall' });
  t.hasStrict(await reset, { code: 'unsupported', executed: 'no' });
  t.strictSame(bench.usb.log, ['clear halt 01h']);
  await worksOn(bench, t);
});

t.test('a device that is unplugged ends everything at once', async (t) => {
  const { uas, usb, clock } = uasBench(t, { maxInFlight: 3 });
  const idle = uas.execute(testUnitReady());
  const reading = uas.execute(inquiry(96));
  const sending = uas.execute(modeSelect(pattern(8)));
  const waiting = uas.execute(testUnitReady());
  await usb.command();
  await usb.readReady(await usb.command());
  await usb.next('dataIn');
  usb.vanish();
  for (const result of [idle, reading, sending]) {
    t.hasStrict(failureOf(await result), { code: 'disconnected', executed: 'unknown' });
  }
  t.hasStrict(failureOf(await waiting), { code: 'unreachable', executed: 'no' });
  t.equal(uas.usable, false);
  await clock.advance(0);
  t.equal(clock.pending, 0, 'no timer is left behind');
});

t.test('GOOD for data-out that the device never took is a broken protocol after a while', async (t) => {
  const bench = uasBench(t);
  const result = bench.uas.execute(modeSelect(pattern(8)));
  const tag = await bench.usb.command();
  await bench.usb.writeReady(tag);
  await bench.usb.next('dataOut');
  await bench.usb.sense(tag);
  await bench.clock.advance(1_000);
  t.hasStrict(failureOf(await result), { code: 'protocol', executed: 'unknown' });
  await worksOn(bench, t);
});

t.test('a status that crosses its abort spares the others a reset, whatever becomes of the abort', async (t) => {
  const bench = uasBench(t);
  const { usb, uas, clock } = bench;
  const result = uas.execute(testUnitReady({ timeoutMs: 500 }));
  const moving = uas.execute(testUnitReady({ timeoutMs: 600_000 }));
  const tag = await usb.command();
  const movingTag = await usb.command();
  await clock.advance(500);
  t.hasStrict(failureOf(await result), { code: 'timeout', executed: 'unknown' });
  const abort = await usb.taskManagement();
  await usb.sense(tag);
  await usb.response(abort.tag, UasResponseCode.TASK_MANAGEMENT_FUNCTION_FAILED);
  await worksOn(bench, t);
  await usb.sense(movingTag);
  t.strictSame(await moving, completed(GOOD));
});

t.test('close leaves no wait for data behind', async (t) => {
  const bench = uasBench(t);
  const { usb, uas, clock } = bench;
  const caller = new AbortController();
  const result = uas.execute(inquiry(96, { signal: caller.signal }));
  const moving = uas.execute(testUnitReady({ lun: 1, timeoutMs: 600_000 }));
  await usb.readReady(await usb.command());
  await usb.command();
  await usb.next('dataIn');
  caller.abort();
  t.hasStrict(failureOf(await result), { code: 'aborted' });
  await managed(bench);
  await clock.advance(100);
  const closing = uas.close();
  t.hasStrict(failureOf(await moving), { code: 'closed', executed: 'unknown' });
  await managed(bench);
  await clock.advance(1_000);
  await closing;
  t.equal(clock.pending, 0, 'no timer is left behind');
});
