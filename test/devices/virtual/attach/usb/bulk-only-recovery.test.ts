import t from 'tap';
import { UsbMassStorage } from '../../../../../devices/virtual/attach/usb/index.js';
import { hexBytes } from '../../../scsi/hex-fixture.js';
import { clearHalt, directHost, type BulkHost } from './bulk-host.js';
import { BulkOnlyHost, done } from './bulk-only-host.js';
import { check, good, held, pattern, ScriptedTarget } from './scripted-target.js';

const TEST_UNIT_READY = hexBytes('00 00 00 00 00 00');
const GET_MAX_LUN = hexBytes('a1 fe 00 00 00 00 01 00');
const RESET = hexBytes('21 ff 00 00 00 00 00 00');
const writeBuffer = hexBytes('3b 02 00 00 00 00 00 04 00 00');

async function open(
  luns: readonly number[] = [0, 1],
): Promise<{ bus: BulkHost; host: BulkOnlyHost; target: ScriptedTarget; device: UsbMassStorage; errors: Error[] }> {
  const target = new ScriptedTarget();
  const errors: Error[] = [];
  const device = new UsbMassStorage({ target, luns, protocol: 'bulk-only', onError: (cause) => errors.push(cause) });
  const bus = directHost(device);
  return { bus, host: await BulkOnlyHost.open(bus), target, device, errors };
}

void t.test('tells its highest LUN', async (t) => {
  const { bus } = await open([2, 0, 1]);
  t.same(done(await bus.control(GET_MAX_LUN)).data, Uint8Array.of(2));
});

void t.test("a LUN that is not there is the target's to answer", async (t) => {
  const { host, target } = await open();
  await host.run({ cdb: TEST_UNIT_READY, lun: 9 });
  t.equal(target.tasks[0]?.lun, 9);
});

void t.test('a failed command says so, and sense follows by REQUEST SENSE', async (t) => {
  const { host, target } = await open();
  target.answers.set(0x00, () => check(pattern(18)));
  target.answers.set(0x03, ({ cdb }) => good(pattern(18).slice(0, cdb[4])));
  t.match(await host.run({ cdb: TEST_UNIT_READY }), { status: 1, residue: 0, stalled: [] });
  const sense = await host.run({ cdb: hexBytes('03 00 00 00 12 00'), dataInLength: 18 });
  t.same(sense.dataIn, pattern(18));
});

void t.test('data may come with a failure', async (t) => {
  const { host, target } = await open();
  target.answers.set(0x08, () => check(pattern(18), pattern(100)));
  const answer = await host.run({ cdb: hexBytes('08 02 00 02 00 00'), dataInLength: 512 });
  t.match(answer, { status: 1, residue: 412, stalled: ['status'] });
  t.same(answer.dataIn, pattern(100));
});

void t.test('a status that Bulk-Only cannot say is a failure', async (t) => {
  const { host, target } = await open();
  for (const status of [0x08, 0x18, 0x28, 0x40]) {
    target.answers.set(0x00, () => ({ ...good(), status }));
    t.equal((await host.run({ cdb: TEST_UNIT_READY })).status, 1);
  }
});

void t.test('a target that throws is a failed command and is told', async (t) => {
  const { host, target, errors } = await open();
  target.answers.set(0x00, () => {
    throw new Error('out of order');
  });
  t.equal((await host.run({ cdb: TEST_UNIT_READY })).status, 1);
  t.same(
    errors.map(({ message }) => message),
    ['out of order'],
  );
});

const INVALID: Record<string, (host: BulkOnlyHost) => Uint8Array> = {
  'of 30 bytes': (host) => cbw(host).slice(0, 30),
  'of 32 bytes': (host) => Buffer.concat([cbw(host), Buffer.alloc(1)]),
  'of no bytes': () => new Uint8Array(0),
  'without its signature': (host) => edited(cbw(host), 3, 0x53),
  'with reserved flags': (host) => edited(cbw(host), 12, 0x01),
  'with reserved bits in its LUN': (host) => edited(cbw(host), 13, 0x10),
  'with a command block of 0 bytes': (host) => edited(cbw(host), 14, 0),
  'with a command block of 17 bytes': (host) => edited(cbw(host), 14, 17),
};

function cbw(host: BulkOnlyHost): Uint8Array {
  return host.cbw({ length: 0, dataIn: false, lun: 0, cdb: TEST_UNIT_READY });
}

function edited(bytes: Uint8Array, at: number, value: number): Uint8Array {
  bytes[at] = value;
  return bytes;
}

for (const [what, make] of Object.entries(INVALID)) {
  void t.test(`a CBW ${what} halts both pipes until reset recovery`, async (t) => {
    const { bus, host, target } = await open();
    await bus.bulkOut(2, make(host));
    t.equal((await bus.bulkIn(1, 13)).kind, 'stall');
    t.equal((await bus.bulkOut(2, cbw(host))).kind, 'stall');
    await bus.control(clearHalt(0x81));
    await bus.control(clearHalt(0x02));
    t.equal((await bus.bulkIn(1, 13)).kind, 'stall', 'clearing the halts is not enough');
    t.equal((await bus.bulkOut(2, cbw(host))).kind, 'stall');
    t.same(target.tasks, []);
    await bus.control(RESET);
    t.equal((await bus.bulkIn(1, 13)).kind, 'stall', 'nor is the reset alone');
    await host.resetRecovery();
    t.equal((await host.run({ cdb: TEST_UNIT_READY })).status, 0);
  });
}

void t.test('data that ends too early is a phase error, and the command does not begin', async (t) => {
  const { bus, host, target } = await open();
  await bus.bulkOut(2, host.cbw({ length: 1024, dataIn: false, lun: 0, cdb: writeBuffer, tag: 7 }));
  await bus.bulkOut(2, pattern(512));
  await bus.bulkOut(2, pattern(100));
  const csw = Buffer.from(done(await bus.bulkIn(1, 13)).data);
  t.equal(csw[12], 2);
  t.notOk(target.executed.includes(0x3b));
  await host.resetRecovery();
  t.equal((await host.run({ cdb: TEST_UNIT_READY })).status, 0);
});

void t.test('more data than was announced halts both pipes until reset recovery', async (t) => {
  const { bus, host, target } = await open();
  await bus.bulkOut(2, host.cbw({ length: 1024, dataIn: false, lun: 0, cdb: writeBuffer }));
  await bus.bulkOut(2, pattern(1536));
  t.equal((await bus.bulkIn(1, 13)).kind, 'stall');
  t.notOk(target.executed.includes(0x3b));
  await host.resetRecovery();
  t.equal((await host.run({ cdb: TEST_UNIT_READY })).status, 0);
});

void t.test('more data than is taken for one command is refused before any of it comes', async (t) => {
  const { bus, host, target } = await open();
  const vendor = hexBytes('c1 00 00 00 00 00');
  await bus.bulkOut(2, host.cbw({ length: 0xffff_ffff, dataIn: false, lun: 0, cdb: vendor, tag: 7 }));
  t.equal((await bus.bulkOut(2, pattern(512))).kind, 'stall');
  await bus.control(clearHalt(2));
  t.equal(done(await bus.bulkIn(1, 13)).data[12], 2);
  t.same(target.tasks, []);
});

void t.test("a vendor's command is given as much as the host sends", async (t) => {
  const { host, target } = await open();
  t.equal((await host.run({ cdb: hexBytes('c1 00 00 00 00 00'), dataOut: pattern(777) })).status, 0);
  t.same(target.tasks.at(-1)?.dataOut, pattern(777));
});

void t.test('a reset aborts the command, drops its status and keeps the halts', async (t) => {
  const { bus, host, target } = await open();
  const { answer, release } = held();
  target.answers.set(0x00, answer);
  await bus.bulkOut(2, cbw(host));
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(target.tasks[0]?.signal?.aborted, false);
  await host.resetRecovery();
  t.equal(target.tasks[0]?.signal?.aborted, true);
  target.answers.delete(0x00);
  t.equal((await host.run({ cdb: TEST_UNIT_READY })).status, 0);
  release();
  await new Promise((resolve) => setImmediate(resolve));
  t.equal((await host.run({ cdb: TEST_UNIT_READY })).status, 0, 'no status of the aborted command in between');
});

void t.test('a transfer that was taken back leaves nothing behind', async (t) => {
  const { bus, host, device } = await open();
  const stop = new AbortController();
  const taken = device.bulkIn(1, 13, stop.signal);
  stop.abort();
  t.same(await taken, { kind: 'cancelled' });
  t.same(await device.bulkOut(2, cbw(host), stop.signal), { kind: 'cancelled' }, 'and nothing went over the wire');
  await bus.bulkOut(2, cbw(host));
  t.equal(done(await bus.bulkIn(1, 13)).length, 13);
});

void t.test('the host may halt an endpoint, and a halted one says so', async (t) => {
  const { bus, host } = await open();
  const status = (address: number): Promise<Uint8Array> =>
    bus.control(Uint8Array.of(0x82, 0, 0, 0, address, 0, 2, 0)).then((transfer) => done(transfer).data);
  t.same(await status(0x81), Uint8Array.of(0, 0));
  await bus.control(Uint8Array.of(0x02, 3, 0, 0, 0x81, 0, 0, 0));
  t.same(await status(0x81), Uint8Array.of(1, 0));
  t.same(await status(0x02), Uint8Array.of(0, 0));
  await bus.bulkOut(2, cbw(host));
  t.equal((await bus.bulkIn(1, 13)).kind, 'stall');
  await bus.control(clearHalt(0x81));
  t.equal(done(await bus.bulkIn(1, 13)).length, 13);
});

void t.test('a pulled cable aborts the command and ends pending transfers as stalls', async (t) => {
  const { bus, host, target, device } = await open();
  target.answers.set(0x00, held().answer);
  await bus.bulkOut(2, cbw(host));
  const status = bus.bulkIn(1, 13);
  await new Promise((resolve) => setImmediate(resolve));
  device.detached();
  t.equal((await status).kind, 'stall');
  t.equal(target.tasks[0]?.signal?.aborted, true);
  t.same(target.lost, ['usb']);
  t.equal((await bus.control(GET_MAX_LUN)).kind, 'stall');
  t.equal((await bus.bulkOut(2, cbw(host))).kind, 'stall');
  device.busReset();
  target.answers.delete(0x00);
  t.equal((await (await BulkOnlyHost.open(bus)).run({ cdb: TEST_UNIT_READY })).status, 0);
});

void t.test('a command that a reset overtakes before it began never begins, and halts nothing', async (t) => {
  const { bus, host, target } = await open();
  const { answer, release } = held(good(hexBytes('08 80 06 02 1f')));
  target.answers.set(0x12, answer);
  // How much data this wants depends on the type of the unit, which the device asks for first.
  const cdb = hexBytes('0a 00 00 00 02 00');
  await bus.bulkOut(2, host.cbw({ length: 512, dataIn: true, lun: 0, cdb }));
  await new Promise((resolve) => setImmediate(resolve));
  t.same(target.executed, [0x12]);
  await host.resetRecovery();
  release();
  await new Promise((resolve) => setImmediate(resolve));
  t.same(target.executed, [0x12]);
  t.match(await host.run({ cdb: TEST_UNIT_READY }), { status: 0, stalled: [] });
});
