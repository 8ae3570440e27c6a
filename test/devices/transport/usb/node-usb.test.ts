import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import { openNodeUsbInterface } from '../../../../devices/transport/usb/open-node-usb.js';
import type { NodeUsbInterface } from '../../../../devices/transport/usb/node-usb-interface.js';
import { UsbMassStorage } from '../../../../devices/virtual/attach/usb/usb-mass-storage.js';
import { TestTarget } from '../test-target.js';
import { bytes } from './bulk-only-rig.js';
import { fakeBus, FakeNodeUsbDevice, type FakeDeviceOptions } from './fake-node-usb.js';

const model = new UsbMassStorage({ target: new TestTarget(new SimulatedClock()), luns: [0] });
const selection = { vendorId: 0x1209, productId: 0xb070 };

function device(options: Partial<FakeDeviceOptions> = {}): FakeNodeUsbDevice {
  const { deviceDescriptor, configurationDescriptor } = model;
  return new FakeNodeUsbDevice({ deviceDescriptor, configurationDescriptor, serialNumber: 'S1', ...options });
}

async function open(fake: FakeNodeUsbDevice): Promise<NodeUsbInterface> {
  const usb = await openNodeUsbInterface(selection, { bus: fakeBus(fake) });
  fake.calls.length = 0;
  return usb;
}

t.test('takes the interface from the kernel and gives it back', async (t) => {
  // The package for native calls listens for the exit, too, from its first use on.
  await (await open(device())).close();
  const fake = device();
  const listeners = process.listenerCount('exit');
  const usb = await openNodeUsbInterface(selection, { bus: fakeBus(fake) });
  t.strictSame(fake.called(), ['open', 'detachKernelDriver', 'claimInterface']);
  t.equal(usb.name, 'usb://1209:b070/S1');
  t.strictSame([usb.serialNumber, usb.port, usb.speed, usb.interfaceNumber], ['S1', '1-2', 'high', 0]);
  t.strictSame(usb.configurationDescriptor, Uint8Array.from(model.configurationDescriptor));
  t.equal(process.listenerCount('exit'), listeners + 1);
  fake.calls.length = 0;
  await usb.close();
  await usb.close();
  t.strictSame(fake.calls, ['releaseInterface', 'attachKernelDriver', 'close']);
  t.equal(fake.driver, 'kernel');
  t.equal(process.listenerCount('exit'), listeners);
});

t.test('gives no kernel driver what none had', async (t) => {
  const fake = device({ hasKernelDriver: false });
  const usb = await open(fake);
  await usb.close();
  t.strictSame(fake.calls, ['releaseInterface', 'close']);
});

t.test('configures a device that nobody configured, before it claims', async (t) => {
  const fake = device({ isConfigured: false });
  await (await openNodeUsbInterface(selection, { bus: fakeBus(fake) })).close();
  t.strictSame(fake.called().slice(0, 4), ['open', 'selectConfiguration 1', 'detachKernelDriver', 'claimInterface']);
});

t.test('resets the port before it claims, when asked to', async (t) => {
  const fake = device();
  await (await openNodeUsbInterface({ ...selection, reset: true }, { bus: fakeBus(fake) })).close();
  t.strictSame(fake.called().slice(0, 3), ['open', 'reset', 'detachKernelDriver']);
});

const refusals: readonly {
  readonly name: string;
  readonly failing: Record<string, string>;
  readonly message: RegExp;
}[] = [
  {
    name: 'by a user without rights',
    failing: { open: 'open error: permission denied (errno 13)' },
    message:
      /at 1-2 may not be opened[^]*\nSUBSYSTEM=="usb", ATTR\{idVendor\}=="1209", ATTR\{idProduct\}=="b070", MODE="0660", GROUP="plugdev", TAG\+="uaccess"$/,
  },
  {
    name: 'that another program has',
    failing: { claimInterface: 'claimInterface error: interface is busy (errno 16)' },
    message: /in use by another program/,
  },
  { name: 'that goes away', failing: { open: 'open error: device not found (errno 2)' }, message: /went away/ },
  {
    name: 'that goes away later',
    failing: { controlIn: 'controlTransferIn error: device disconnected' },
    message: /went away/,
  },
  {
    name: 'for another reason',
    failing: { open: 'open error: failed to open device (errno 24)' },
    message: /could not be opened \(open: .*errno 24/,
  },
];
for (const { name, failing, message } of refusals) {
  t.test(`says what to do about a device that cannot be opened ${name}`, async (t) => {
    const fake = device({ failing });
    const listeners = process.listenerCount('exit');
    const opening = openNodeUsbInterface(selection, { bus: fakeBus(fake) });
    await t.rejects(opening, { name: 'TransportError', code: 'unreachable', message });
    t.equal(fake.driver, 'kernel', 'the kernel has it again');
    t.equal(process.listenerCount('exit'), listeners);
  });
}

t.test('does not take the interface out of the hands of another program', async (t) => {
  const sysfs = t.testdir({ bus: { usb: { devices: {} } } });
  const folder = join(sysfs, 'bus/usb/devices/1-2:1.0');
  mkdirSync(folder);
  symlinkSync('../../../../bus/usb/drivers/usbfs', join(folder, 'driver'));
  const fake = device();
  const opening = openNodeUsbInterface(selection, { bus: fakeBus(fake), sysfs });
  await t.rejects(opening, { code: 'unreachable', message: /in use by another program/ });
  t.strictSame(fake.called('detach'), []);
});

t.test('says so on a machine without USB, and does not touch the package', async (t) => {
  const bus = { getDevices: () => Promise.reject(new Error('must not be asked')) };
  const opening = openNodeUsbInterface(selection, { bus, sysfs: t.testdir({}) });
  await t.rejects(opening, { code: 'unreachable', message: /shows no USB: .*devices is not there/ });
});

t.test('says so when the package cannot list', async (t) => {
  const bus = { getDevices: () => Promise.reject(new Error('getDevices error: nothing')) };
  const opening = openNodeUsbInterface(selection, { bus });
  await t.rejects(opening, { code: 'unreachable', message: /cannot be listed \(Error: getDevices error: nothing\)/ });
});

t.test('names the devices among which it cannot choose, and takes what the selection says', async (t) => {
  const one = device({ serialNumber: 'S1' });
  const other = device({ serialNumber: 'S2', bus: '003', ports: [1, 4] });
  const bus = fakeBus(one, other);
  await t.rejects(openNodeUsbInterface(selection, { bus }), {
    code: 'unreachable',
    message:
      /^2 USB devices 1209:b070 are plugged in: one with serial number S1 at port 1-2, one with serial number S2 at port 3-1.4\. Say which one by serialNumber/,
  });
  await (await openNodeUsbInterface({ ...selection, serialNumber: 'S2' }, { bus })).close();
  t.strictSame([one.called('open').length, other.called('open').length], [0, 1]);
  await (await openNodeUsbInterface({ ...selection, port: '1-2' }, { bus })).close();
  t.equal(one.called('open').length, 1);
  await t.rejects(openNodeUsbInterface({ ...selection, serialNumber: 'S3', port: '1-2' }, { bus }), {
    message: /no USB device 1209:b070 serial number S3 at port 1-2 is plugged in; there are one with serial number S1/,
  });
});

t.test('a serial number that this user may not read is none', async (t) => {
  const bus = fakeBus(device({ failing: { serialNumber: 'open error: permission denied (errno 13)' } }));
  await t.rejects(openNodeUsbInterface({ ...selection, serialNumber: 'S1' }, { bus }), {
    message: /there are one without serial number at port 1-2$/,
  });
});

t.test('refuses a device without mass storage, and descriptors that make no sense', async (t) => {
  const keyboard = Uint8Array.from(model.configurationDescriptor);
  const { length } = keyboard;
  for (let at = 9; at < length; at += keyboard[at] ?? length) if (keyboard[at + 1] === 4) keyboard[at + 5] = 3;
  for (const [configurationDescriptor, message] of [
    [keyboard, /no mass-storage interface/],
    [Uint8Array.from(model.configurationDescriptor).with(9, 0), /read descriptors: .*a descriptor says that it has 0/],
    [Uint8Array.from(model.configurationDescriptor).with(5, 9), /no configuration 1/],
  ] as const) {
    const fake = device({ configurationDescriptor });
    await t.rejects(openNodeUsbInterface(selection, { bus: fakeBus(fake) }), { code: 'unreachable', message });
    t.equal(fake.calls.at(-1), 'close');
  }
});

t.test('reads short transfers packet by packet, so that a stall loses nothing', async (t) => {
  const fake = device();
  const usb = await open(fake);
  fake.reads.push(bytes(512), bytes(512), 'Stall');
  const end = await usb.bulkIn(0x81, 4_096, 5_000);
  t.equal(end.kind, 'stall');
  t.same('data' in end && end.data, Buffer.concat([bytes(512), bytes(512)]));
  t.match(fake.called('transferIn'), [/^transferIn 1 512 5000$/, /^transferIn 1 512/, /^transferIn 1 512/]);
  await usb.close();
});

t.test('says by silence when a stall may have cost data', async (t) => {
  const fake = device();
  const usb = await open(fake);
  fake.reads.push('Stall');
  t.strictSame(await usb.bulkIn(0x81, 65_536, 5_000), { kind: 'stall' });
  await usb.close();
});

t.test('reads long transfers in chunks and ends with a short one', async (t) => {
  const fake = device();
  const usb = await open(fake);
  fake.reads.push(bytes(65_536), bytes(100));
  const end = await usb.bulkIn(0x81, 200_000, 60_000);
  t.same(end, { kind: 'done', length: 65_636, data: Buffer.concat([bytes(65_536), bytes(100)]) });
  t.equal(fake.called('transferIn').length, 2);
  await usb.close();
});

t.test('asks for whole packets and tells a surplus', async (t) => {
  const fake = device();
  const usb = await open(fake);
  fake.reads.push(bytes(13), bytes(14));
  t.same(await usb.bulkIn(0x81, 13, 1_000), { kind: 'done', length: 13, data: bytes(13) });
  t.same(await usb.bulkIn(0x81, 13, 1_000), { kind: 'overflow', data: bytes(13) });
  t.match(fake.called('transferIn'), [/^transferIn 1 512 1000$/, /^transferIn 1 512 1000$/]);
  await usb.close();
});

t.test('writes in chunks, and empty data as one packet', async (t) => {
  const fake = device();
  const usb = await open(fake);
  t.strictSame(await usb.bulkOut(0x02, bytes(150_000), 1_000), {
    kind: 'done',
    data: new Uint8Array(0),
    length: 150_000,
  });
  t.strictSame(await usb.bulkOut(0x02, bytes(0), 1_000), { kind: 'done', data: new Uint8Array(0), length: 0 });
  t.strictSame(fake.called(), ['transferOut 2 65536', 'transferOut 2 65536', 'transferOut 2 18928', 'transferOut 2 0']);
  t.same(Buffer.concat(fake.written), Buffer.from(bytes(150_000)));
  fake.writes.push(65_536, 10);
  t.hasStrict(await usb.bulkOut(0x02, bytes(150_000), 1_000), { kind: 'done', length: 65_546 });
  await usb.close();
});

const errors: readonly (readonly [text: string, kind: string])[] = [
  ['Stall', 'stall'],
  ['Cancelled', 'timeout'],
  ['Disconnected', 'disconnected'],
  ['Unknown(19)', 'disconnected'],
  ['Fault', 'failed'],
  ['Unknown(12)', 'failed'],
  ['endpoint not found', 'failed'],
];
for (const [text, kind] of errors) {
  t.test(`turns the package's "${text}" into ${kind}`, async (t) => {
    const fake = device();
    const usb = await open(fake);
    fake.reads.push(text);
    t.equal((await usb.bulkIn(0x81, 100, 1_000)).kind, kind);
    fake.writes.push(text);
    t.equal((await usb.bulkOut(0x02, bytes(1), 1_000)).kind, kind);
    await usb.close();
  });
}

t.test('turns the sentences of control transfers into values', async (t) => {
  const fake = device();
  const usb = await open(fake);
  const setup = { type: 'class', recipient: 'interface', request: 0xfe, value: 0, index: 0 } as const;
  t.strictSame(await usb.controlIn(setup, 1, 1_000), { kind: 'stall' });
  t.hasStrict(await usb.controlOut(setup, bytes(0), 1_000), { kind: 'done', length: 0 });
  fake.failing = { controlOut: 'controlTransferOut error: transfer was cancelled' };
  t.strictSame(await usb.controlOut(setup, bytes(0), 1_000), { kind: 'timeout' });
  t.hasStrict(await usb.clearHalt(0x81), { kind: 'done' });
  t.hasStrict(await usb.clearHalt(0x02), { kind: 'done' });
  t.strictSame(fake.called('clearHalt'), ['clearHalt in 1', 'clearHalt out 2']);
  fake.failing = { clearHalt: 'clearHalt error: device disconnected (errno 19)' };
  t.equal((await usb.clearHalt(0x81)).kind, 'disconnected');
  t.equal((await usb.bulkIn(0x81, 1, 1_000)).kind, 'disconnected', 'what is gone stays gone');
  await usb.close();
});

t.test('allows one transfer at a time on an endpoint, and both directions at once', async (t) => {
  const fake = device();
  const usb = await open(fake);
  const pending = usb.bulkIn(0x81, 1, 60_000);
  t.match(await usb.bulkIn(0x81, 1, 1_000), { kind: 'failed', message: /81h has a transfer under way/ });
  t.equal((await usb.bulkOut(0x01, bytes(1), 1_000)).kind, 'done');
  await usb.close();
  t.match(await pending, { kind: 'disconnected', message: /closed/ });
});

t.test('cancels what is under way and can be used on', async (t) => {
  const fake = device();
  const usb = await open(fake);
  t.equal((await usb.selectAlternate(1)).kind, 'done');
  fake.calls.length = 0;
  const pending = [usb.bulkIn(0x81, 1, 60_000), usb.bulkIn(0x83, 100_000, 60_000)];
  await usb.cancelAll();
  t.strictSame(await Promise.all(pending), [{ kind: 'cancelled' }, { kind: 'cancelled' }]);
  t.strictSame(fake.called().slice(-4), [
    'detachKernelDriver',
    'releaseInterface',
    'claimInterface',
    'selectAlternate 1',
  ]);
  fake.reads.push(bytes(1));
  t.same(await usb.bulkIn(0x81, 1, 1_000), { kind: 'done', data: bytes(1), length: 1 });
  await usb.close();
  t.equal(fake.driver, 'kernel');
});

t.test('what begins while something is cancelled waits for the end of it', async (t) => {
  const fake = device();
  const usb = await open(fake);
  const pending = usb.bulkIn(0x81, 1, 60_000);
  const cancelling = usb.cancelAll();
  fake.reads.push(bytes(1));
  const next = usb.bulkIn(0x81, 1, 60_000);
  t.equal((await pending).kind, 'cancelled');
  await cancelling;
  t.equal((await next).kind, 'done');
  await usb.close();
});

t.test('cancelling nothing leaves the interface alone', async (t) => {
  const fake = device();
  const usb = await open(fake);
  await usb.cancelAll();
  t.strictSame(fake.calls, []);
  await usb.close();
});

t.test('an interface that cannot be had back after cancelling is gone', async (t) => {
  const fake = device();
  const usb = await open(fake);
  const pending = usb.bulkIn(0x81, 1, 60_000);
  fake.failing = { claimInterface: 'claimInterface error: device disconnected (errno 19)' };
  await usb.cancelAll();
  t.equal((await pending).kind, 'cancelled');
  t.match(await usb.bulkIn(0x81, 1, 1_000), {
    kind: 'disconnected',
    message: /lost when its transfers were cancelled/,
  });
  await usb.close();
});

t.test('where nothing can be cancelled nobody waits for it', async (t) => {
  const fake = device({ hasKernelDriver: false });
  const usb = await open(fake);
  fake.failing = { detachKernelDriver: 'detachKernelDriver error: not supported' };
  const pending = usb.bulkIn(0x81, 1, 60_000);
  await usb.cancelAll();
  t.equal((await pending).kind, 'disconnected');
  await usb.close();
});

t.test('close ends what is under way and gives the interface back', async (t) => {
  const fake = device();
  const usb = await open(fake);
  const pending = usb.bulkIn(0x81, 1, 60_000);
  await usb.close();
  t.match(await pending, { kind: 'disconnected', message: /closed/ });
  t.equal(fake.driver, 'kernel');
  t.equal((await usb.bulkOut(0x02, bytes(1), 100)).kind, 'disconnected');
});
