import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import type { CommandRequest } from '../../devices/command-request.js';
import type { LogicalUnitEvent } from '../../devices/logical-unit-event.js';
import { LogicalUnit, type LogicalUnitOptions } from '../../devices/logical-unit.js';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { encodeSense, SenseKey } from '../../devices/scsi/sense.js';
import { ScsiStatus } from '../../devices/scsi/status.js';
import { checkCondition, good, lost, ScriptedTransport, status } from './test-device/scripted-transport.js';

const inquiryOpcode = OperationCode.INQUIRY;
const moveOpcode = OperationCode.MOVE_MEDIUM;

const query: CommandRequest<string> = {
  name: 'INQUIRY',
  cdb: Uint8Array.of(inquiryOpcode, 0, 0, 0, 8, 0),
  dataInLength: 8,
  timeoutClass: 'inquiry',
  decode: (bytes) => new TextDecoder().decode(bytes),
};
const motion: CommandRequest<undefined> = {
  name: 'MOVE MEDIUM',
  cdb: Uint8Array.of(moveOpcode, ...Array.from({ length: 11 }, () => 0)),
  timeoutClass: 'motion',
  motion: true,
  decode: () => undefined,
};
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const attention = (code: { asc: number; ascq: number }) => checkCondition({ key: SenseKey.UNIT_ATTENTION, ...code });
const notReady = (code: { asc: number; ascq: number }) => checkCondition({ key: SenseKey.NOT_READY, ...code });
const becomingReady = notReady(AdditionalSense.LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY);

function setUp(options: Partial<LogicalUnitOptions> = {}, auto = true) {
  const clock = new SimulatedClock({ auto });
  const transport = new ScriptedTransport();
  const events: LogicalUnitEvent[] = [];
  const unit = new LogicalUnit({
    transport,
    lun: 0,
    clock,
    name: 'unit under test',
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { clock, transport, unit, events };
}

t.test('gives back what the command decodes', async (t) => {
  const { unit, transport } = setUp();
  transport.once(inquiryOpcode, good(text('hello')));
  t.matchOnly(await unit.execute(query), { ok: true, value: 'hello', notes: [] });
});

t.test('passes lun, correlation id and the timeout of the class to the transport', async (t) => {
  const { unit, transport } = setUp({ lun: 5, timeouts: { motion: 1234 } });
  await unit.execute(motion, { correlationId: 'request-7' });
  t.match(transport.sent[0], { lun: 5, correlationId: 'request-7', timeoutMs: 1234 });
});

t.test('sends commands one at a time, in the order in which they were given', async (t) => {
  const { unit, transport, clock } = setUp();
  transport.push(async ({ cdb }) => {
    // The first takes longest: without a queue it would be overtaken.
    await clock.sleep(1000 - 10 * (cdb[1] ?? 0));
    return undefined;
  });
  const order: number[] = [];
  const numbers = Array.from({ length: 20 }, (_, i) => i);
  await Promise.all(
    numbers.map(async (i) => {
      await unit.execute({ ...motion, cdb: Uint8Array.of(moveOpcode, i) });
      order.push(i);
    }),
  );
  t.same(
    transport.sent.map(({ cdb }) => cdb[1]),
    numbers,
  );
  t.same(order, numbers);
  t.equal(transport.mostInFlight, 1);
});

t.test('a command waits behind the recovery of an earlier one', async (t) => {
  const { unit, transport } = setUp();
  transport.once(moveOpcode, status(ScsiStatus.BUSY));
  await Promise.all([unit.execute(motion), unit.execute(query)]);
  t.same(transport.opcodes, [moveOpcode, moveOpcode, inquiryOpcode]);
});

t.test('a command that is cancelled while it waits is never sent and disturbs nobody', async (t) => {
  const { unit, transport, clock } = setUp();
  transport.push(async () => {
    await clock.sleep(500);
    return undefined;
  });
  const cancel = new AbortController();
  const first = unit.execute(query);
  const second = unit.execute(motion, { signal: cancel.signal });
  const third = unit.execute(query);
  cancel.abort();
  t.match(await second, {
    ok: false,
    failure: { layer: 'transport', executed: /^no$/, transport: { code: 'aborted' } },
  });
  t.match(await first, { ok: true });
  t.match(await third, { ok: true });
  t.equal(transport.count(moveOpcode), 0);
});

t.test('a signal that has aborted before is seen at once', async (t) => {
  const { unit, transport } = setUp();
  const outcome = await unit.execute(query, { signal: AbortSignal.abort() });
  t.match(outcome, { ok: false, failure: { executed: /^no$/ } });
  t.equal(transport.sent.length, 0);
});

t.test('a signal ends the wait for a device that is becoming ready', async (t) => {
  const { unit, transport, clock } = setUp({}, false);
  transport.push(() => becomingReady);
  const cancel = new AbortController();
  const outcome = unit.execute(motion, { signal: cancel.signal });
  await clock.advance(10_000);
  cancel.abort();
  t.match(await outcome, { ok: false, failure: { executed: /^no$/, transport: { code: 'aborted' } } });
  t.equal(clock.pending, 0, 'no timer is left');
});

t.test('a unit attention is told, remembered, and the command sent again', async (t) => {
  const { unit, transport, events } = setUp();
  transport.once(moveOpcode, attention(AdditionalSense.IMPORT_OR_EXPORT_ELEMENT_ACCESSED));
  const outcome = await unit.execute(motion, { correlationId: 'c1' });
  t.match(outcome, { ok: true, notes: [{ kind: 'unit-attention' }] });
  t.equal(transport.count(moveOpcode), 2, 'a unit attention proves that the motion has not begun');
  t.match(events, [
    { kind: 'unit-attention', attention: 'import-export-accessed', command: 'MOVE MEDIUM', correlationId: 'c1' },
  ]);
  t.match(unit.takeAttentions(), [{ attention: 'import-export-accessed', sense: { asc: 0x28, ascq: 0x01 } }]);
  t.same(unit.takeAttentions(), [], 'taken once');
});

t.test('a command may ask to hear of a unit attention instead of being sent again', async (t) => {
  const { unit, transport } = setUp();
  transport.once(moveOpcode, attention(AdditionalSense.POWER_ON_OCCURRED));
  const outcome = await unit.execute({ ...motion, unitAttention: 'report' });
  t.match(outcome, { ok: false, failure: { layer: 'sense', executed: /^no$/, sense: { asc: 0x29 } } });
  t.equal(transport.count(moveOpcode), 1);
});

t.test('an endless row of unit attentions ends in a failure', async (t) => {
  const { unit, transport } = setUp({ bounds: { unitAttentions: 3 } });
  transport.push(() => attention(AdditionalSense.POWER_ON_OCCURRED));
  t.match(await unit.execute(query), { ok: false, failure: { layer: 'sense', executed: /^no$/ } });
  t.equal(transport.count(inquiryOpcode), 4);
});

t.test('waits while the device is becoming ready, then sends the command again', async (t) => {
  const { unit, transport, clock, events } = setUp();
  const readyAtMs = clock.now() + 60_000;
  transport.push(() => (clock.now() < readyAtMs ? becomingReady : undefined));
  const outcome = await unit.execute(motion);
  t.match(outcome, { ok: true, notes: [{ kind: 'waited' }] });
  t.equal(transport.count(moveOpcode), 2);
  t.ok(transport.count(OperationCode.TEST_UNIT_READY) < 30, 'pauses grow');
  t.match(events, [{ kind: 'waiting' }], 'told once');
});

t.test('the wait for a device that never becomes ready is bounded', async (t) => {
  const { unit, transport, clock } = setUp({ bounds: { becomingReadyMs: 20_000 } });
  transport.push(() => becomingReady);
  const startMs = clock.now();
  t.match(await unit.execute(query), { ok: false, failure: { recovery: 'wait-until-ready', executed: /^no$/ } });
  t.equal(clock.now() - startMs, 20_000);
});

t.test('a device that is ready for TEST UNIT READY and not for the command does not hold it for ever', async (t) => {
  const { unit, transport } = setUp({ bounds: { becomingReadyMs: 20_000 } });
  transport.push(({ cdb }) => (cdb[0] === OperationCode.TEST_UNIT_READY ? good() : becomingReady));
  t.match(await unit.execute(query), { ok: false, failure: { sense: { asc: 0x04, ascq: 0x01 } } });
});

t.test('a command may take "becoming ready" as its answer', async (t) => {
  const { unit, transport } = setUp();
  transport.push(() => becomingReady);
  await unit.execute({ ...query, whenNotReady: 'report' });
  t.equal(transport.sent.length, 1);
});

t.test('what only an operator can cure is not waited for', async (t) => {
  const { unit, transport } = setUp();
  transport.push(() => notReady(AdditionalSense.LOGICAL_UNIT_NOT_READY_MANUAL_INTERVENTION_REQUIRED));
  t.match(await unit.execute(motion), { ok: false, failure: { recovery: 'ask-operator', executed: /^no$/ } });
  t.equal(transport.sent.length, 1);
});

for (const code of [ScsiStatus.BUSY, ScsiStatus.TASK_SET_FULL]) {
  t.test(`status ${code} is tried again within a bound, even for a motion`, async (t) => {
    const { unit, transport, clock } = setUp({ bounds: { busyMs: 10_000 } });
    const startMs = clock.now();
    transport.push(() => (clock.now() - startMs < 5_000 ? status(code) : undefined));
    t.match(await unit.execute(motion), { ok: true });
    transport.push(() => status(code));
    const endless = await unit.execute(motion);
    t.match(endless, { ok: false, failure: { layer: 'status', status: code, executed: /^no$/ } });
  });
}

t.test('RESERVATION CONFLICT is a failure at once', async (t) => {
  const { unit, transport } = setUp();
  transport.push(() => status(ScsiStatus.RESERVATION_CONFLICT));
  const outcome = await unit.execute(motion);
  t.match(outcome, { ok: false, failure: { layer: 'status', executed: /^no$/, message: /reserved/ } });
  t.equal(transport.sent.length, 1);
});

t.test('a status that SAM does not define leaves open whether a motion was done', async (t) => {
  const { unit, transport } = setUp();
  transport.push(() => status(0x7f));
  t.match(await unit.execute(motion), { ok: false, failure: { layer: 'status', executed: 'unknown' } });
});

t.test('CHECK CONDITION without sense data is followed by REQUEST SENSE', async (t) => {
  const { unit, transport } = setUp();
  transport.once(inquiryOpcode, status(ScsiStatus.CHECK_CONDITION));
  transport.once(OperationCode.REQUEST_SENSE, good(encodeSense({ key: SenseKey.UNIT_ATTENTION, asc: 0x29, ascq: 0 })));
  t.match(await unit.execute(query), { ok: true });
  t.same(transport.opcodes, [inquiryOpcode, OperationCode.REQUEST_SENSE, inquiryOpcode]);
});

t.test('a device that has forgotten why it failed has not succeeded', async (t) => {
  const { unit, transport } = setUp();
  transport.push(({ cdb }) =>
    cdb[0] === OperationCode.REQUEST_SENSE
      ? good(encodeSense({ key: SenseKey.NO_SENSE, asc: 0, ascq: 0 }))
      : status(ScsiStatus.CHECK_CONDITION),
  );
  const outcome = await unit.execute(motion);
  t.match(outcome, {
    ok: false,
    failure: { layer: 'status', executed: 'unknown', recovery: 'refresh-element-status' },
  });
  t.equal(transport.count(moveOpcode), 1);
});

t.test('a motion that may have been executed is never sent again', async (t) => {
  const answers = {
    'lost path': lost('disconnected'),
    timeout: lost('timeout'),
    'broken protocol': lost('protocol'),
    'ABORTED COMMAND': checkCondition({ key: SenseKey.ABORTED_COMMAND, asc: 0x47, ascq: 0 }),
    'HARDWARE ERROR': checkCondition({ key: SenseKey.HARDWARE_ERROR, asc: 0x15, ascq: 0x01 }),
    'MEDIUM ERROR': checkCondition({ key: SenseKey.MEDIUM_ERROR, asc: 0x53, ascq: 0 }),
    'TASK ABORTED': status(ScsiStatus.TASK_ABORTED),
    'unreadable sense data': { kind: 'completed', status: 2, dataIn: new Uint8Array(), sense: Uint8Array.of(0x55) },
  } as const;
  for (const [what, answer] of Object.entries(answers)) {
    const { unit, transport } = setUp();
    transport.once(moveOpcode, answer);
    const outcome = await unit.execute(motion);
    t.match(outcome, { ok: false, failure: { executed: 'unknown' } }, what);
    t.equal(transport.count(moveOpcode), 1, what);
  }
});

t.test('a deferred error stops a motion, and only delays anything else', async (t) => {
  const { unit, transport, events } = setUp();
  const deferred = checkCondition({ key: SenseKey.HARDWARE_ERROR, asc: 0x15, ascq: 0x01, deferred: true });
  transport.once(moveOpcode, deferred);
  t.match(await unit.execute(motion), { ok: false, failure: { recovery: 'refresh-element-status' } });
  t.equal(transport.count(moveOpcode), 1);
  transport.once(inquiryOpcode, deferred);
  t.match(await unit.execute(query), { ok: true });
  t.match(events, [{ kind: 'deferred-error' }, { kind: 'deferred-error' }]);
});

t.test('a motion that certainly was not begun is sent again on the restored path', async (t) => {
  const { unit, transport, events } = setUp();
  transport.once(moveOpcode, lost('disconnected', 'no'));
  t.match(await unit.execute(motion), { ok: true, notes: [{ kind: 'reconnected' }] });
  t.equal(transport.count(moveOpcode), 2);
  t.match(events, [{ kind: 'path-lost' }, { kind: 'path-restored' }]);
});

t.test('a lost query is asked again, a few times', async (t) => {
  const { unit, transport } = setUp({ bounds: { retries: 2 } });
  transport.push(() => lost('timeout'));
  t.match(await unit.execute(query), { ok: false, failure: { layer: 'transport', transport: { code: 'timeout' } } });
  t.equal(transport.sent.length, 3);
});

t.test('a path that cannot be opened is tried for a time', async (t) => {
  const { unit, transport, clock } = setUp({ bounds: { reconnectMs: 30_000 } });
  const failure = { code: 'unreachable', executed: 'no', message: 'Nobody is there.' } as const;
  transport.openFailures.push(failure, failure, failure);
  t.match(await unit.execute(motion), { ok: true });
  const startMs = clock.now();
  transport.openFailures.push(...Array.from({ length: 1000 }, () => failure));
  t.match(await unit.execute(motion), { ok: false, failure: { executed: /^no$/, transport: { code: 'unreachable' } } });
  t.equal(clock.now() - startMs, 30_000);
  t.equal(transport.count(moveOpcode), 1);
});

t.test('a closed transport is not tried again', async (t) => {
  const { unit, transport } = setUp();
  transport.push(() => lost('closed', 'no'));
  t.match(await unit.execute(query), { ok: false, failure: { transport: { code: 'closed' } } });
  t.equal(transport.sent.length, 1);
});

t.test('a transport that throws has lost the command', async (t) => {
  const { unit, transport } = setUp({ bounds: { retries: 0 } });
  transport.push(() => {
    throw new Error('defect');
  });
  t.match(await unit.execute(motion), { ok: false, failure: { layer: 'transport', executed: 'unknown' } });
});

t.test('data that cannot be decoded are a failure naming layer, command and device', async (t) => {
  const { unit, transport } = setUp();
  transport.push(() => good(text('x')));
  const decode = (): string => {
    throw new RangeError('needs 36 bytes');
  };
  const outcome = await unit.execute({ ...query, decode });
  t.match(outcome, {
    ok: false,
    failure: {
      layer: 'data',
      executed: 'yes',
      command: 'INQUIRY',
      device: 'unit under test',
      message: /needs 36 bytes/,
    },
  });
});

t.test('more data than were asked for are a failure', async (t) => {
  const { unit, transport } = setUp();
  transport.push(() => good(text('nine bytes')));
  t.match(await unit.execute(query), {
    ok: false,
    failure: { layer: 'data', message: /10 bytes came, 8 were asked for/ },
  });
});

t.test('a recovered error is a success with a note', async (t) => {
  const { unit, transport, events } = setUp();
  transport.push(() => checkCondition({ key: SenseKey.RECOVERED_ERROR, asc: 0x17, ascq: 0 }, text('data')));
  t.match(await unit.execute(query), { ok: true, value: 'data', notes: [{ kind: 'recovered-error' }] });
  t.match(events, [{ kind: 'recovered-error' }]);
});

t.test('sense data can be the answer of a command', async (t) => {
  const { unit, transport } = setUp();
  transport.push(() => checkCondition({ key: SenseKey.NO_SENSE, asc: 0, ascq: 1, filemark: true }));
  const answerFromSense: NonNullable<CommandRequest<string>['answerFromSense']> = (sense) =>
    sense.filemark ? { value: 'filemark' } : undefined;
  t.match(await unit.execute({ ...query, answerFromSense }), { ok: true, value: 'filemark' });
  t.match(await unit.execute(query), { ok: false, failure: { layer: 'sense' } }, 'marks are no success by themselves');
});

t.test('a listener that throws does not change what becomes of a command', async (t) => {
  const { unit, transport, events } = setUp();
  const stop = unit.subscribe(() => {
    throw new Error('defect');
  });
  transport.once(moveOpcode, attention(AdditionalSense.POWER_ON_OCCURRED));
  t.match(await unit.execute(motion), { ok: true });
  t.equal(events.length, 1);
  stop();
});

t.test('a thousand commands with random passing faults all end, in order', async (t) => {
  const { unit, transport } = setUp();
  let seed = 1;
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  transport.push(() => {
    const dice = random();
    if (dice < 0.1) return attention(AdditionalSense.MODE_PARAMETERS_CHANGED);
    if (dice < 0.2) return status(ScsiStatus.BUSY);
    return dice < 0.25 ? becomingReady : undefined;
  });
  const outcomes = await Promise.all(Array.from({ length: 1000 }, () => unit.execute(motion)));
  t.ok(outcomes.every(({ ok }) => ok));
});
