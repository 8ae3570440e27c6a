import t from 'tap';
import {
  parseConfiguration,
  parseDeviceDescriptor,
  parseString,
} from '../../../../../devices/transport/usb/usb-descriptors.js';
import { UsbMassStorage, type UsbMassStorageOptions } from '../../../../../devices/virtual/attach/usb/index.js';
import { hexBytes } from '../../../scsi/hex-fixture.js';
import { directHost, getDescriptor, SET_CONFIGURATION, setInterface, type BulkHost } from './bulk-host.js';
import { done } from './bulk-only-host.js';
import { ScriptedTarget } from './scripted-target.js';

function open(options: Partial<UsbMassStorageOptions> = {}): {
  bus: BulkHost;
  device: UsbMassStorage;
  target: ScriptedTarget;
  ask: (setup: string | Uint8Array) => Promise<Uint8Array | 'stall'>;
} {
  const target = new ScriptedTarget();
  const device = new UsbMassStorage({ target, luns: [0, 1], ...options });
  const bus = directHost(device);
  const ask = async (setup: string | Uint8Array): Promise<Uint8Array | 'stall'> => {
    const transfer = await bus.control(typeof setup === 'string' ? hexBytes(setup) : setup);
    return transfer.kind === 'stall' ? 'stall' : done(transfer).data;
  };
  return { bus, device, target, ask };
}

void t.test('describes itself, in as many bytes as asked for', async (t) => {
  const { ask, device } = open({ vendorId: 0x1234, productId: 0x5678 });
  const whole = await ask(getDescriptor(1, 0, 64));
  t.same(whole, device.deviceDescriptor);
  t.match(parseDeviceDescriptor(device.deviceDescriptor), { vendorId: 0x1234, productId: 0x5678, maxPacketSize0: 64 });
  t.same(await ask(getDescriptor(1, 0, 8)), device.deviceDescriptor.slice(0, 8));
  t.same(await ask(getDescriptor(2, 0, 9)), device.configurationDescriptor.slice(0, 9));
  t.same(await ask(getDescriptor(2, 0, 0xffff)), device.configurationDescriptor);
});

void t.test('has the protocols as alternate settings', async (t) => {
  const protocols = (options: Partial<UsbMassStorageOptions>): unknown =>
    parseConfiguration(open(options).device.configurationDescriptor).alternateSettings.map(
      ({ alternateSetting, interfaceProtocol, endpoints }) => [
        alternateSetting,
        interfaceProtocol,
        endpoints.map(({ maxPacketSize, maxStreams = 'no' }) => `${maxPacketSize}/${maxStreams}`).join(' '),
      ],
    );
  t.same(protocols({ protocol: 'both', speed: 'high' }), [
    [0, 0x50, '512/no 512/no'],
    [1, 0x62, '512/no 512/no 512/no 512/no'],
  ]);
  t.same(protocols({ protocol: 'uas', speed: 'super' }), [[0, 0x62, '1024/0 1024/16 1024/16 1024/16']]);
  t.same(protocols({ protocol: 'uas', speed: 'super', streams: 'none' }), [[0, 0x62, '1024/0 1024/0 1024/0 1024/0']]);
  t.same(protocols({ protocol: 'bulk-only', speed: 'full' }), [[0, 0x50, '64/no 64/no']]);
});

void t.test('has strings, and languages for them', async (t) => {
  const { ask } = open({ manufacturer: 'Maker', product: 'Thing', serialNumber: 'S-1' });
  t.same(await ask(getDescriptor(3, 0, 255)), hexBytes('04 03 09 04'));
  const strings = await Promise.all([1, 2, 3].map((index) => ask(getDescriptor(3, index, 255))));
  t.same(
    strings.map((bytes) => (bytes === 'stall' ? bytes : parseString(bytes))),
    ['Maker', 'Thing', 'S-1'],
  );
  t.equal(await ask(getDescriptor(3, 4, 255)), 'stall');
});

void t.test('speaks of other speeds where it has them', async (t) => {
  const types = { qualifier: 6, otherSpeed: 7, bos: 15 };
  const has = async (speed: 'full' | 'high' | 'super'): Promise<string[]> => {
    const { ask } = open({ speed });
    const found: string[] = [];
    for (const [name, type] of Object.entries(types))
      if ((await ask(getDescriptor(type, 0, 255))) !== 'stall') found.push(name);
    return found;
  };
  t.same(await has('full'), []);
  t.same(await has('high'), ['qualifier', 'otherSpeed']);
  t.same(await has('super'), ['bos']);
  const other = await open().ask(getDescriptor(7, 0, 255));
  if (other === 'stall') throw new Error('no other speed');
  t.equal(other[1], 7);
  other[1] = 2;
  t.equal(parseConfiguration(other).alternateSettings[0]?.endpoints[0]?.maxPacketSize, 64);
});

void t.test('works only once it is configured', async (t) => {
  const { bus, ask } = open();
  t.same(await ask('80 08 00 00 00 00 01 00'), Uint8Array.of(0));
  t.equal((await bus.bulkIn(1, 13)).kind, 'stall');
  t.equal(await ask('a1 fe 00 00 00 00 01 00'), 'stall', 'GET MAX LUN');
  t.equal(await ask('81 0a 00 00 00 00 01 00'), 'stall', 'GET INTERFACE');
  t.equal(await ask(setInterface(1)), 'stall');
  t.equal(await ask('00 09 02 00 00 00 00 00'), 'stall', 'there is no configuration 2');
  await bus.control(SET_CONFIGURATION);
  t.same(await ask('80 08 00 00 00 00 01 00'), Uint8Array.of(1));
  t.same(await ask('a1 fe 00 00 00 00 01 00'), Uint8Array.of(1));
});

void t.test('changes between its alternate settings, and the nexus ends with each', async (t) => {
  const { bus, ask, target } = open();
  await bus.control(SET_CONFIGURATION);
  t.same(target.lost, []);
  t.same(await ask(setInterface(1)), new Uint8Array(0));
  t.same(await ask('81 0a 00 00 00 00 01 00'), Uint8Array.of(1));
  t.same(target.lost, ['usb']);
  t.equal(await ask('a1 fe 00 00 00 00 01 00'), 'stall', 'UAS has no GET MAX LUN');
  t.equal(await ask(setInterface(2)), 'stall');
  await bus.control(SET_CONFIGURATION);
  t.same(await ask('81 0a 00 00 00 00 01 00'), Uint8Array.of(0));
  t.same(target.lost, ['usb', 'usb']);
  t.same(await ask('00 09 00 00 00 00 00 00'), new Uint8Array(0), 'configuration 0 is none');
  t.equal((await bus.bulkIn(1, 13)).kind, 'stall');
});

void t.test('pipes of a setting that was left stall for whoever waits at them', async (t) => {
  const { bus } = open();
  await bus.control(SET_CONFIGURATION);
  const waits = bus.bulkIn(1, 13);
  await bus.control(setInterface(1));
  t.equal((await waits).kind, 'stall');
});

void t.test('answers what a host asks of status and features', async (t) => {
  const { bus, ask } = open({ speed: 'super' });
  await bus.control(SET_CONFIGURATION);
  t.same(await ask('80 00 00 00 00 00 02 00'), Uint8Array.of(1, 0), 'self-powered');
  t.same(await ask('81 00 00 00 00 00 02 00'), Uint8Array.of(0, 0));
  t.same(await ask('82 00 00 00 00 00 02 00'), Uint8Array.of(0, 0), 'endpoint 0');
  t.equal(await ask('82 00 00 00 87 00 02 00'), 'stall', 'no such endpoint');
  t.same(await ask('00 05 07 00 00 00 00 00'), new Uint8Array(0), 'SET ADDRESS');
  t.same(await ask('00 03 30 00 00 00 00 00'), new Uint8Array(0), 'U1 ENABLE');
  t.same(await ask('01 03 00 00 00 00 00 00'), new Uint8Array(0), 'FUNCTION SUSPEND');
  t.same(await ask('00 30 00 00 00 00 06 00'), new Uint8Array(0), 'SET SEL');
});

void t.test('stalls what it does not know', async (t) => {
  const { bus, ask } = open();
  await bus.control(SET_CONFIGURATION);
  for (const setup of [
    '80 06 00 22 00 00 40 00', // a report descriptor
    '80 07 00 00 00 00 00 00',
    '00 07 00 01 00 00 12 00', // SET DESCRIPTOR
    '00 03 01 00 00 00 00 00', // remote wakeup
    '00 03 02 00 00 00 00 01', // test mode
    '00 30 00 00 00 00 06 00', // SET SEL at high speed
    '02 01 00 00 87 00 00 00', // clear the halt of an endpoint that is not there
    '21 fe 00 00 00 00 00 00', // GET MAX LUN to the device
    'a1 ff 00 00 00 00 00 00', // reset to the host
    '21 ff 00 00 01 00 00 00', // another interface
    'a1 fd 00 00 00 00 01 00',
    'c0 01 00 00 00 00 10 00', // a vendor's
    '60 00 00 00 00 00 00 00', // no type
    '80 06',
  ]) {
    t.equal(await ask(setup), 'stall', setup);
  }
});

void t.test('refuses options that cannot be', async (t) => {
  const target = new ScriptedTarget();
  t.throws(() => new UsbMassStorage({ target, luns: [] }), { code: 'USB_DEVICE_OPTION' });
  t.throws(() => new UsbMassStorage({ target, luns: [16] }), {
    code: 'USB_DEVICE_OPTION',
    message: /use the protocol 'uas'/,
  });
  t.doesNotThrow(() => new UsbMassStorage({ target, luns: [16], protocol: 'uas' }));
  t.throws(() => new UsbMassStorage({ target, luns: [0], vendorId: 0x1_0000 }), { code: 'OUT_OF_RANGE' });
  t.throws(() => new UsbMassStorage({ target, luns: [0], serialNumber: 'x'.repeat(200) }), { code: 'OUT_OF_RANGE' });
});
