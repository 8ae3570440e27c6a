import t from 'tap';
import type { ScsiCommand } from '../../../../devices/transport/scsi-transport.js';
import { bulkOnlyRig, bytes, completed, reading, testUnitReady, writing } from './bulk-only-rig.js';
import {
  clearIn,
  clearOut,
  command,
  dataIn,
  dataOut,
  done,
  good,
  recovery,
  stall,
  status,
  type Step,
} from './scripted-usb.js';

const sequences: readonly { readonly name: string; readonly command: ScsiCommand; readonly steps: readonly Step[] }[] =
  [
    {
      name: 'a read',
      command: reading(100),
      steps: [command(), dataIn(100, stall), clearIn, dataIn(13, stall), clearIn, status(0, 100)],
    },
    { name: 'a write', command: writing(bytes(10)), steps: [command(), dataOut(10, stall), clearOut, status(0, 10)] },
    {
      name: 'a command with sense data',
      command: testUnitReady,
      steps: [command(), status(1), command(), dataIn(252, done(bytes(18))), status(0, 234)],
    },
  ];

for (const sequence of sequences) {
  for (const [at, step] of sequence.steps.entries()) {
    const place = `step ${at + 1} of ${sequence.name} (${step.transfer})`;
    const hanging = [...sequence.steps.slice(0, at), { ...step, answer: 'hang' as const }];

    t.test(`an abort in ${place} ends the command and the next one goes on`, async (t) => {
      const { usb, protocol } = bulkOnlyRig(hanging, recovery, good);
      const caller = new AbortController();
      const pending = protocol.execute({ ...sequence.command, signal: caller.signal });
      await usb.hangs();
      caller.abort();
      t.hasStrict(await pending, { kind: 'failed', failure: { code: 'aborted', executed: 'unknown' } });
      t.strictSame(await protocol.execute(testUnitReady), completed());
      t.strictSame(usb.violations, []);
      t.equal(usb.left, 0);
    });

    t.test(`time that is over in ${place} ends the command and the next one goes on`, async (t) => {
      const { usb, protocol, clock } = bulkOnlyRig(hanging, recovery, good);
      const pending = protocol.execute({ ...sequence.command, timeoutMs: 200 });
      await usb.hangs();
      await clock.advance(200);
      t.hasStrict(await pending, { kind: 'failed', failure: { code: 'timeout', executed: 'unknown' } });
      t.strictSame(await protocol.execute(testUnitReady), completed());
      t.strictSame(usb.violations, []);
      t.equal(usb.left, 0);
    });
  }
}

t.test('ends a command whose transfer timed out by itself', async (t) => {
  const { usb, protocol } = bulkOnlyRig(command(), dataIn(13, { kind: 'timeout' }), recovery, good);
  t.hasStrict(await protocol.execute(testUnitReady), {
    kind: 'failed',
    failure: { code: 'timeout', executed: 'unknown' },
  });
  t.strictSame(await protocol.execute(testUnitReady), completed());
  t.strictSame(usb.violations, []);
});

t.test('does not send a command that was given up while it waited for its turn', async (t) => {
  const { usb, protocol, clock } = bulkOnlyRig(command(), dataIn(13, 'hang'), recovery, good);
  const first = protocol.execute({ ...testUnitReady, timeoutMs: 1_000 });
  const late = protocol.execute({ ...testUnitReady, timeoutMs: 200 });
  const caller = new AbortController();
  const aborted = protocol.execute({ ...testUnitReady, signal: caller.signal });
  await usb.hangs();
  caller.abort();
  t.hasStrict(await aborted, { kind: 'failed', failure: { code: 'aborted', executed: 'no' } });
  await clock.advance(200);
  t.hasStrict(await late, { kind: 'failed', failure: { code: 'timeout', executed: 'no' } });
  await clock.advance(800);
  t.hasStrict(await first, { kind: 'failed', failure: { code: 'timeout', executed: 'unknown' } });
  t.strictSame(await protocol.execute(testUnitReady), completed());
  t.strictSame(usb.violations, []);
  t.equal(usb.left, 0);
});

t.test('finishes reset recovery when the next command is given up meanwhile', async (t) => {
  const { usb, protocol } = bulkOnlyRig(command(), status(2), recovery, good);
  const first = protocol.execute(testUnitReady);
  const caller = new AbortController();
  const second = protocol.execute({ ...testUnitReady, signal: caller.signal });
  caller.abort();
  t.hasStrict(await first, { kind: 'failed', failure: { code: 'protocol' } });
  t.hasStrict(await second, { kind: 'failed', failure: { code: 'aborted', executed: 'no' } });
  t.strictSame(await protocol.execute(testUnitReady), completed());
  t.strictSame(usb.violations, []);
});

t.test('close ends everything and leaves the device in step', async (t) => {
  const { usb, protocol } = bulkOnlyRig(command(), dataIn(13, 'hang'), recovery);
  const running = protocol.execute(testUnitReady);
  const waiting = protocol.execute(testUnitReady);
  await usb.hangs();
  await protocol.close();
  t.hasStrict(await running, { kind: 'failed', failure: { code: 'closed', executed: 'unknown' } });
  t.hasStrict(await waiting, { kind: 'failed', failure: { code: 'closed', executed: 'no' } });
  t.hasStrict(await protocol.execute(testUnitReady), { kind: 'failed', failure: { code: 'closed', executed: 'no' } });
  t.hasStrict(await protocol.resetLogicalUnit(0, 100), { code: 'closed' });
  t.equal(protocol.usable, false);
  await protocol.close();
  t.strictSame(usb.violations, []);
  t.equal(usb.left, 0);
});

t.test('a reset ends the command under way and lets those that wait have their turn', async (t) => {
  const { usb, protocol } = bulkOnlyRig(command(), dataIn(13, 'hang'), recovery, recovery, good);
  const running = protocol.execute(testUnitReady);
  const waiting = protocol.execute(testUnitReady);
  await usb.hangs();
  t.equal(await protocol.resetLogicalUnit(1, 1_000), undefined);
  t.hasStrict(await running, { kind: 'failed', failure: { code: 'aborted', executed: 'unknown' } });
  t.strictSame(await waiting, completed());
  t.strictSame(usb.violations, []);
  t.equal(usb.left, 0);
});

t.test('tells a reset that failed', async (t) => {
  const { protocol } = bulkOnlyRig({ transfer: 'reset', answer: { kind: 'timeout' } });
  t.match(await protocol.resetLogicalUnit(0, 1_000), {
    code: 'protocol',
    message: /reset recovery did not end in time/,
  });
  t.equal(protocol.usable, false);
});

const refused: readonly { readonly name: string; readonly command: Partial<ScsiCommand> }[] = [
  { name: 'no CDB', command: { cdb: new Uint8Array(0) } },
  { name: 'a CDB of 17 bytes', command: { cdb: new Uint8Array(17) } },
  { name: 'LUN 16', command: { lun: 16 } },
  { name: 'a negative LUN', command: { lun: -1 } },
  { name: 'half a LUN', command: { lun: 0.5 } },
  { name: 'more data than a CBW can say', command: { dataInLength: 2 ** 32 } },
  { name: 'less than no data', command: { dataInLength: -1 } },
  { name: 'data both ways', command: { dataInLength: 1, dataOut: Uint8Array.of(1) } },
];
for (const { name, command: parts } of refused) {
  t.test(`refuses ${name} and sends nothing`, async (t) => {
    const { usb, protocol } = bulkOnlyRig();
    const result = await protocol.execute({ ...testUnitReady, ...parts });
    t.hasStrict(result, { kind: 'failed', failure: { code: 'unsupported', executed: 'no' } });
    t.strictSame(usb.violations, []);
  });
}

t.test('carries CDBs of 1 to 16 bytes to LUNs 0 to 15', async (t) => {
  for (let length = 1; length <= 16; length++) {
    const { usb, protocol } = bulkOnlyRig(good);
    const cdb = bytes(length);
    t.strictSame(await protocol.execute({ ...testUnitReady, lun: length - 1, cdb }), completed());
    t.strictSame(usb.commands[0]?.commandBlock, cdb);
    t.equal(usb.commands[0]?.lun, length - 1);
  }
});

t.test('a command that is given up as its turn comes is not sent, and costs no reset', async (t) => {
  for (let ticks = 0; ticks < 12; ticks++) {
    const { usb, protocol } = bulkOnlyRig(good, good);
    const caller = new AbortController();
    const first = protocol.execute(testUnitReady);
    const second = protocol.execute({ ...testUnitReady, signal: caller.signal });
    await usb.allBut(good.length);
    for (let i = 0; i < ticks; i++) await Promise.resolve();
    caller.abort();
    const result = await second;
    t.strictSame(await first, completed());
    if (usb.commands.length > 1) continue;
    t.hasStrict(result, { kind: 'failed', failure: { code: 'aborted', executed: 'no' } });
    t.strictSame(await protocol.execute(testUnitReady), completed());
    t.strictSame(usb.violations, [], `${ticks} ticks after the status of the command before`);
  }
});

t.test('a reset that hangs keeps nobody from closing', async (t) => {
  const { usb, protocol, clock } = bulkOnlyRig(command(), status(2), { transfer: 'reset', answer: 'hang' });
  const pending = protocol.execute({ ...testUnitReady, timeoutMs: 1_000 });
  await usb.hangs();
  const closing = protocol.close();
  t.hasStrict(await pending, { kind: 'failed', failure: { code: 'closed', executed: 'unknown' } });
  await clock.advance(60_000);
  await closing;
  t.equal(clock.pending, 0);
});

t.test('a reset that does not get its turn in time is told as not begun, and does not come later', async (t) => {
  const { usb, protocol, clock } = bulkOnlyRig(command(), status(2), { transfer: 'reset', answer: 'hang' });
  void protocol.execute({ ...testUnitReady, timeoutMs: 60_000 });
  await usb.hangs();
  const reset = protocol.resetLogicalUnit(0, 500);
  await clock.advance(500);
  t.hasStrict(await reset, { code: 'timeout', executed: 'no' });
  await usb.cancelAll();
  await clock.advance(0);
  t.strictSame(usb.violations, []);
});

t.test('resets no logical unit that no CBW can name', async (t) => {
  const { usb, protocol } = bulkOnlyRig(command(), status(0));
  const running = protocol.execute(testUnitReady);
  for (const lun of [-1, 16, 0.5]) {
    t.hasStrict(await protocol.resetLogicalUnit(lun, 1_000), { code: 'unsupported', executed: 'no' });
  }
  t.strictSame(await running, completed());
  t.strictSame(usb.violations, []);
});
