import t from 'tap';
import { bulkOnlyRig, bytes, completed, play, reading, testUnitReady } from './bulk-only-rig.js';
import { clearIn, command, dataIn, done, gone, recovery, stall, status, type Step } from './scripted-usb.js';

const sense = Uint8Array.from([0x70, 0, 0x05, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0, 0, 0, 0, 0]);
const failed: readonly Step[] = [command(), status(1)];
/** REQUEST SENSE that ends well. */
const asked = (length: number, data: Uint8Array, residue = length - data.length): readonly Step[] => [
  command(),
  dataIn(length, done(data)),
  status(0, residue),
];
const checked = completed({ status: 2, sense });

t.test('asks for the sense data before anything else', async (t) => {
  const { usb, protocol } = bulkOnlyRig(failed, asked(252, sense), command(), status(0));
  const results = await Promise.all([protocol.execute({ ...testUnitReady, lun: 3 }), protocol.execute(testUnitReady)]);
  t.strictSame(results, [checked, completed()]);
  t.strictSame(
    usb.commands.map(({ lun, commandBlock }) => [lun, ...commandBlock.subarray(0, 6)]),
    [
      [3, 0, 0, 0, 0, 0, 0],
      [3, 0x03, 0, 0, 0, 252, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ],
  );
  t.strictSame(usb.violations, []);
});

t.test('gives the data that came before CHECK CONDITION, too', async (t) => {
  const steps = [command(), dataIn(100, done(bytes(10))), status(1, 90), asked(252, sense)];
  const { result } = await play(t, steps, reading(100));
  t.strictSame(result, completed({ status: 2, dataIn: bytes(10), sense }));
});

t.test('gives sense data as they came, however long', async (t) => {
  for (const length of [1, 8, 14, 18, 19, 96, 252]) {
    const { result } = await play(t, [failed, asked(252, bytes(length))], testUnitReady);
    t.strictSame(result, completed({ status: 2, sense: bytes(length) }));
  }
});

t.test('cuts the padding of sense data', async (t) => {
  const padded = new Uint8Array(252);
  padded.set(sense);
  const { result } = await play(t, [failed, asked(252, padded, 234)], testUnitReady);
  t.strictSame(result, checked);
});

const stubborn: readonly { readonly name: string; readonly steps: readonly (Step | readonly Step[])[] }[] = [
  { name: 'fails', steps: [command(), dataIn(252, stall), clearIn, status(1, 252)] },
  { name: 'goes out of step', steps: [command(), dataIn(252, done(bytes(18))), status(2), recovery] },
  { name: 'gives nothing', steps: [command(), dataIn(252, done()), status(0, 252)] },
];
for (const { name, steps } of stubborn) {
  t.test(`asks for 18 bytes of a device that ${name} when asked for 252`, async (t) => {
    const { result, rig } = await play(t, [failed, ...steps, asked(18, sense)], testUnitReady);
    t.strictSame(result, checked);
    t.strictSame(rig.notices, []);
  });
}

t.test('remembers how many bytes of sense data a device can give', async (t) => {
  const steps = [failed, command(), dataIn(252, stall), clearIn, status(1, 252), asked(18, sense)];
  const { usb, protocol } = bulkOnlyRig(...steps, failed, asked(18, sense));
  t.strictSame(await protocol.execute(testUnitReady), checked);
  t.strictSame(await protocol.execute(testUnitReady), checked);
  t.strictSame(usb.violations, []);
});

t.test('tells of sense data that cannot be had, and gives the status', async (t) => {
  const refused = (length: number): readonly Step[] => [command(), dataIn(length, stall), clearIn, status(1, length)];
  const { result, rig } = await play(t, [failed, refused(252), refused(18)], testUnitReady);
  t.strictSame(result, completed({ status: 2 }));
  t.match(rig.notices, [/REQUEST SENSE did not help: it failed itself/]);
});

t.test('does not know of a command whose device went away before its sense data', async (t) => {
  const { protocol } = bulkOnlyRig(failed, command(gone), { transfer: 'reset', answer: gone });
  t.match(await protocol.execute(testUnitReady), {
    kind: 'failed',
    failure: {
      code: 'disconnected',
      executed: 'unknown',
      message: /CHECK CONDITION, but its sense data got lost: .*unplugged/,
    },
  });
  t.equal(protocol.usable, false);
});

for (const [name, key] of [
  ['the unit attention of the reset', 0x06],
  ['no sense', 0x00],
] as const) {
  t.test(`does not take ${name} for the sense data of the command before it`, async (t) => {
    const afterReset = sense.with(2, key).with(12, key === 0 ? 0 : 0x29);
    const outOfStep = [command(), dataIn(252, done(bytes(18))), status(2), recovery];
    const { result } = await play(t, [failed, ...outOfStep, asked(18, afterReset)], testUnitReady);
    t.match(result, { kind: 'failed', failure: { code: 'protocol', executed: 'unknown', message: /got lost/ } });
  });
}

t.test('asks a device that hangs when asked for 252 bytes for 18 the next time', async (t) => {
  const { usb, protocol, clock } = bulkOnlyRig(
    [...failed, command(), dataIn(252, 'hang'), ...recovery],
    [...failed, ...asked(18, sense)],
  );
  const pending = protocol.execute({ ...testUnitReady, timeoutMs: 500 });
  await usb.hangs();
  await clock.advance(500);
  t.hasStrict(await pending, { kind: 'failed', failure: { code: 'timeout', executed: 'unknown' } });
  t.strictSame(await protocol.execute(testUnitReady), checked);
  t.strictSame(usb.violations, []);
});
