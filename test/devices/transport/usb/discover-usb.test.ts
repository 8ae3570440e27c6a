import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { discoverUsb } from '../../../../devices/transport/usb/discover-usb.js';
import { UsbMassStorage, type UsbMassStorageOptions } from '../../../../devices/virtual/attach/usb/usb-mass-storage.js';
import { SimulatedClock } from '../../../../devices/clock.js';
import { TestTarget } from '../test-target.js';

/** A device as the kernel shows it. */
function plug(sysfs: string, port: string, attributes: Record<string, string | Uint8Array>): void {
  const folder = join(sysfs, 'bus/usb/devices', port);
  mkdirSync(folder, { recursive: true });
  for (const [name, value] of Object.entries(attributes)) {
    writeFileSync(join(folder, name), typeof value === 'string' ? `${value}\n` : value);
  }
}

function bind(sysfs: string, interfaceName: string, driver: string): void {
  const folder = join(sysfs, 'bus/usb/devices', interfaceName);
  mkdirSync(folder, { recursive: true });
  symlinkSync(`../../../../bus/usb/drivers/${driver}`, join(folder, 'driver'));
}

function descriptors(options: Partial<UsbMassStorageOptions> = {}): Uint8Array {
  const target = new TestTarget(new SimulatedClock());
  const { deviceDescriptor, configurationDescriptor } = new UsbMassStorage({ target, luns: [0], ...options });
  return Buffer.concat([deviceDescriptor, configurationDescriptor]);
}

const changer = {
  idVendor: '1209',
  idProduct: 'b070',
  busnum: '1',
  devnum: '12',
  bConfigurationValue: '1',
  speed: '480',
  serial: 'ORS 1',
  manufacturer: 'OpenRSM',
  product: 'Virtual autoloader',
};

t.test('lists mass storage with all that tells it from others', async (t) => {
  const sysfs = t.testdir({});
  plug(sysfs, '1-1.4', { ...changer, descriptors: descriptors() });
  bind(sysfs, '1-1.4:1.0', 'usb-storage');
  t.strictSame(await discoverUsb({ sysfs }), {
    problems: [],
    devices: [
      {
        port: '1-1.4',
        vendorId: 0x1209,
        productId: 0xb070,
        bus: 1,
        address: 12,
        ports: [1, 4],
        configurationValue: 1,
        speed: 'high',
        serialNumber: 'ORS 1',
        manufacturer: 'OpenRSM',
        product: 'Virtual autoloader',
        interfaceNumber: 0,
        settings: [
          { alternateSetting: 0, protocol: 'bulk-only', maxStreams: 0 },
          { alternateSetting: 1, protocol: 'uas', maxStreams: 0 },
        ],
        kernelDriver: 'usb-storage',
      },
    ],
  });
});

t.test('leaves out what a device does not tell', async (t) => {
  const sysfs = t.testdir({});
  plug(sysfs, '2-3', {
    idVendor: '1209',
    idProduct: 'b070',
    bConfigurationValue: '',
    serial: '',
    descriptors: descriptors({ protocol: 'bulk-only' }),
  });
  const { devices } = await discoverUsb({ sysfs });
  t.strictSame(devices, [
    {
      port: '2-3',
      vendorId: 0x1209,
      productId: 0xb070,
      bus: 2,
      address: 0,
      ports: [3],
      configurationValue: 0,
      interfaceNumber: 0,
      settings: [{ alternateSetting: 0, protocol: 'bulk-only', maxStreams: 0 }],
    },
  ]);
});

t.test('tells the streams that super speed pipes demand', async (t) => {
  const sysfs = t.testdir({});
  plug(sysfs, '4-1', { ...changer, speed: '5000', descriptors: descriptors({ speed: 'super' }) });
  const [device] = (await discoverUsb({ sysfs })).devices;
  t.equal(device?.speed, 'super');
  const [bulkOnly, attached] = device?.settings ?? [];
  t.equal(bulkOnly?.maxStreams, 0);
  t.ok((attached?.maxStreams ?? 0) > 0);
});

t.test('passes over hubs, other classes and half a device', async (t) => {
  const sysfs = t.testdir({});
  const keyboard = Uint8Array.from(descriptors({ protocol: 'bulk-only' }));
  keyboard[18 + 9 + 5] = 3;
  plug(sysfs, 'usb1', { ...changer, descriptors: descriptors() });
  plug(sysfs, '1-0:1.0', {});
  plug(sysfs, '1-1', { ...changer, descriptors: keyboard });
  plug(sysfs, '1-2', { idVendor: '1209' });
  plug(sysfs, '1-3', { ...changer, idVendor: 'what?', descriptors: descriptors() });
  t.strictSame(await discoverUsb({ sysfs }), { devices: [], problems: [] });
});

t.test('tells of a device whose descriptors make no sense, and lists the others', async (t) => {
  const sysfs = t.testdir({});
  plug(sysfs, '1-1', { ...changer, descriptors: descriptors().subarray(0, 30) });
  plug(sysfs, '1-2', { ...changer, descriptors: descriptors() });
  const { devices, problems } = await discoverUsb({ sysfs });
  t.strictSame(
    devices.map(({ port }) => port),
    ['1-2'],
  );
  t.match(problems, [/descriptors of 1209:b070 at 1-1 cannot be read: /]);
  t.equal(problems.length, 1);
});

t.test('comes to an end with any descriptors', async (t) => {
  const sysfs = t.testdir({});
  const whole = Uint8Array.from(descriptors());
  for (let at = 18; at < whole.length; at++) {
    for (const value of [0, 1, 0xff]) {
      plug(sysfs, '1-1', { ...changer, descriptors: whole.with(at, value) });
      const { devices, problems } = await discoverUsb({ sysfs });
      if (devices.length + problems.length > 2) t.fail(`byte ${at} = ${value}`);
    }
  }
  t.pass();
});

t.test('says why nothing can be listed on a machine without USB', async (t) => {
  const { devices, problems } = await discoverUsb({ sysfs: t.testdir({}) });
  t.strictSame(devices, []);
  t.match(problems, [/USB devices cannot be listed: .*bus\/usb\/devices is not there/]);
});

t.test('reads this machine without harm', async (t) => {
  const { devices, problems } = await discoverUsb();
  t.ok(Array.isArray(devices));
  t.ok(problems.every((problem) => problem.length > 20));
});
