import t from 'tap';
import type { TransportResult } from '../../../../devices/transport/scsi-transport.js';
import { bulkOnlyRig, bytes, completed, play, reading, testUnitReady, writing } from './bulk-only-rig.js';
import {
  clearIn,
  clearOut,
  command,
  csw,
  dataIn,
  dataOut,
  done,
  gone,
  good,
  recovery,
  stall,
  status,
  type Step,
} from './scripted-usb.js';

const short = (cut: number): Step => dataIn(13, (cbw) => done(csw(cbw, 0).subarray(0, cut)));
const signature: Step = dataIn(13, (cbw) => done(csw(cbw, 0).with(0, 0x54)));

const readAgain: readonly { readonly name: string; readonly steps: readonly (Step | readonly Step[])[] }[] = [
  { name: 'after a stall', steps: [dataIn(13, stall), clearIn, status(0)] },
  { name: 'after a packet without a byte', steps: [dataIn(13, done()), status(0)] },
  {
    name: 'after a packet without a byte and a stall',
    steps: [dataIn(13, done()), dataIn(13, stall), clearIn, status(0)],
  },
];
for (const { name, steps } of readAgain) {
  t.test(`reads the CSW again ${name}`, async (t) => {
    const { result } = await play(t, [command(), ...steps], testUnitReady);
    t.strictSame(result, completed());
  });
}

const broken: readonly { readonly name: string; readonly steps: readonly Step[]; readonly message: RegExp }[] = [
  { name: 'is stalled twice', steps: [dataIn(13, stall), clearIn, dataIn(13, stall)], message: /status was stalled/ },
  {
    name: 'is two packets without a byte',
    steps: [dataIn(13, done()), dataIn(13, done())],
    message: /13 bytes.* 0 came/,
  },
  { name: 'has another tag', steps: [status(0, 0, 1)], message: /tag/ },
  { name: 'has another signature', steps: [signature], message: /signature 53425354h, not 53425355h/ },
  { name: 'is too short', steps: [short(12)], message: /13 bytes, but 12 came/ },
  { name: 'has a status that does not exist', steps: [status(3)], message: /status 3h/ },
  { name: 'is longer than it may be', steps: [dataIn(13, { kind: 'overflow' })], message: /more bytes/ },
  {
    name: 'is longer than it may be, as far as it fits',
    steps: [dataIn(13, (cbw) => ({ kind: 'overflow', data: csw(cbw, 0) }))],
    message: /more bytes/,
  },
  {
    name: 'cannot be read',
    steps: [dataIn(13, { kind: 'failed', message: 'Fault' })],
    message: /status failed \(Fault\)/,
  },
];
for (const { name, steps, message } of broken) {
  t.test(`brings both sides back in step when the CSW ${name}`, async (t) => {
    const { result } = await play(t, [command(), ...steps, recovery], testUnitReady);
    t.match(result, { kind: 'failed', failure: { code: 'protocol', executed: 'unknown', message } });
  });
}

t.test('does not count a command as executed when its CBW was stalled', async (t) => {
  const { result } = await play(t, [command(stall), recovery], testUnitReady);
  t.hasStrict(result, { kind: 'failed', failure: { code: 'protocol', executed: 'no' } });
});

t.test('does not know of a command whose CBW may have arrived', async (t) => {
  const { result } = await play(t, [command({ kind: 'failed', message: 'Fault' }), recovery], testUnitReady);
  t.hasStrict(result, { kind: 'failed', failure: { code: 'protocol', executed: 'unknown' } });
});

t.test('gives every command a tag of its own', async (t) => {
  const { usb, protocol } = bulkOnlyRig(good, good, good);
  for (let at = 0; at < 3; at++) await protocol.execute(testUnitReady);
  t.equal(new Set(usb.commands.map(({ tag }) => tag)).size, 3);
});

t.test('tells a stall that may have swallowed data', async (t) => {
  const lost: Step = dataIn(100, { kind: 'stall' });
  const { result } = await play(t, [command(), lost, clearIn, status(0, 36)], reading(100));
  t.match(result, { kind: 'failed', failure: { code: 'protocol', executed: 'unknown', message: /up to 64 bytes/ } });
});

t.test('takes a stall without data for what it is when the residue says so', async (t) => {
  const lost: Step = dataIn(100, { kind: 'stall' });
  const { result } = await play(t, [command(), lost, clearIn, status(0, 100)], reading(100));
  t.strictSame(result, completed());
});

const residues: readonly {
  name: string;
  cdb?: number[];
  came: number;
  residue: number;
  gives: number;
  notice?: RegExp;
}[] = [
  { name: 'a residue that says nothing of a short transfer', came: 10, residue: 0, gives: 10 },
  { name: 'a residue that contradicts a short transfer', came: 10, residue: 20, gives: 10 },
  {
    name: 'a residue above the transfer',
    came: 36,
    residue: 37,
    gives: 36,
    notice: /residue of 37 bytes in a transfer of 36/,
  },
  {
    name: 'a residue of complete INQUIRY data',
    cdb: [0x12, 0, 0, 0, 36, 0],
    came: 36,
    residue: 36,
    gives: 36,
    notice: /INQUIRY/,
  },
  { name: 'a residue that means it', cdb: [0x12, 0, 0, 0, 36, 0], came: 36, residue: 31, gives: 5 },
  { name: 'a residue of vital product data', cdb: [0x12, 1, 0x80, 0, 36, 0], came: 36, residue: 20, gives: 16 },
];
for (const { name, cdb, came, residue, gives, notice } of residues) {
  t.test(`gives the right bytes with ${name}`, async (t) => {
    const data = bytes(came);
    // ADDITIONAL LENGTH: of all 36 bytes, or of five.
    data[4] = gives === 36 ? 31 : 0;
    const { result, rig } = await play(t, [command(), dataIn(36, done(data)), status(0, residue)], reading(36, cdb));
    t.strictSame(result, completed({ dataIn: data.subarray(0, gives) }));
    t.equal(rig.notices.length, notice === undefined ? 0 : 1);
    if (notice !== undefined) t.match(rig.notices[0], notice);
  });
}

t.test('believes no residue of a device that lied once', async (t) => {
  const liar = [command(), dataIn(36, done(bytes(36))), status(0, 99)];
  const later = [command(), dataIn(100, done(bytes(100))), status(0, 50)];
  const { protocol, notices } = bulkOnlyRig(liar, later);
  await protocol.execute(reading(36));
  t.strictSame(await protocol.execute(reading(100)), completed({ dataIn: bytes(100) }));
  t.equal(notices.length, 1);
});

t.test('takes data that only look like a CSW for data', async (t) => {
  const alike: Step = dataIn(13, (cbw) => done(csw(cbw, 0, 0, 1)));
  const { result, rig } = await play(t, [command(), alike, status(0)], reading(13));
  const expected = csw({ tag: (rig.usb.commands[0]?.tag ?? 0) + 1 } as never, 0);
  t.strictSame(result, completed({ dataIn: expected }));
});

/** Every place in a command where the device can vanish. */
const places: readonly { readonly name: string; readonly steps: readonly Step[]; readonly write?: boolean }[] = [
  { name: 'the CBW', steps: [command(gone)] },
  { name: 'data-in', steps: [command(), dataIn(100, gone)] },
  { name: 'the end of a stall', steps: [command(), dataIn(100, stall), { transfer: 'clear halt in', answer: gone }] },
  { name: 'data-out', steps: [command(), dataOut(10, gone)], write: true },
  { name: 'the CSW', steps: [command(), dataOut(10, stall), clearOut, dataIn(13, gone)], write: true },
];
for (const { name, steps, write } of places) {
  t.test(`ends at once when the device goes away at ${name}`, async (t) => {
    const { usb, protocol } = bulkOnlyRig(steps, { transfer: 'reset', answer: gone });
    const result = await protocol.execute(write === true ? writing(bytes(10)) : reading(100));
    t.hasStrict(result, { kind: 'failed', failure: { code: 'disconnected', executed: 'unknown' } });
    t.equal(protocol.usable, false);
    const next: TransportResult = await protocol.execute(testUnitReady);
    t.hasStrict(next, { kind: 'failed', failure: { code: 'disconnected', executed: 'no' } });
    t.strictSame(usb.violations, []);
    t.equal(usb.left, 0);
  });
}

t.test('tells a bus error of a device that proves to be gone as what it is', async (t) => {
  const { protocol } = bulkOnlyRig(command(), dataIn(13, { kind: 'failed', message: 'Fault' }), {
    transfer: 'reset',
    answer: gone,
  });
  const result = await protocol.execute(testUnitReady);
  t.hasStrict(result, { kind: 'failed', failure: { code: 'disconnected', executed: 'unknown' } });
});

for (const failing of [0, 1, 2]) {
  t.test(`is not usable any more when step ${failing + 1} of reset recovery fails`, async (t) => {
    const steps = recovery
      .slice(0, failing + 1)
      .map((step, at) => (at === failing ? { ...step, answer: stall } : step));
    const { usb, protocol } = bulkOnlyRig(command(), status(2), steps);
    const result = await protocol.execute(testUnitReady);
    t.hasStrict(result, { kind: 'failed', failure: { code: 'protocol', executed: 'unknown' } });
    t.equal(protocol.usable, false);
    t.hasStrict(await protocol.execute(testUnitReady), { kind: 'failed', failure: { executed: 'no' } });
    t.strictSame(usb.violations, []);
    t.equal(usb.left, 0);
  });
}
