import fc from 'fast-check';
import t from 'tap';
import { ScsiFormatError } from '../../../../devices/scsi/format-error.js';
import {
  deviceDescriptor,
  DescriptorType,
  encodeBos,
  encodeConfiguration,
  encodeLanguages,
  encodeString,
  parseConfiguration,
  parseDeviceDescriptor,
  parseString,
  superSpeedCapability,
  usb2Extension,
  walkDescriptors,
  type UsbConfiguration,
} from '../../../../devices/transport/usb/usb-descriptors.js';
import { hexBytes, hexFixture } from '../../scsi/hex-fixture.js';

const captured = (name: string): { device: Uint8Array; configuration: Uint8Array } => {
  const bytes = hexFixture(`usb/${name}`);
  return { device: bytes.slice(0, 18), configuration: bytes.slice(18) };
};

void t.test('reads a captured Bulk-Only device', async (t) => {
  const { device, configuration } = captured('qemu-usb-bot');
  const { vendorId, productId, usbVersion, serialNumberString } = parseDeviceDescriptor(device);
  t.same(
    { vendorId, productId, usbVersion, serialNumberString },
    {
      vendorId: 0x46f4,
      productId: 1,
      usbVersion: 0x200,
      serialNumberString: 3,
    },
  );
  t.same(parseConfiguration(configuration), {
    configurationValue: 1,
    selfPowered: true,
    maxPower: 0,
    alternateSettings: [
      {
        interfaceNumber: 0,
        alternateSetting: 0,
        interfaceClass: 8,
        interfaceSubClass: 6,
        interfaceProtocol: 0x50,
        endpoints: [
          { address: 0x81, transferType: 'bulk', maxPacketSize: 512 },
          { address: 0x02, transferType: 'bulk', maxPacketSize: 512 },
        ],
      },
    ],
  });
});

void t.test('finds pipes and streams of captured UAS devices', async (t) => {
  const pipes = (name: string): unknown =>
    parseConfiguration(captured(name).configuration).alternateSettings[0]?.endpoints.map(
      ({ address, pipeId, maxStreams }) => [address, pipeId, maxStreams],
    );
  t.same(pipes('qemu-usb-uas-high'), [
    [0x01, 1, undefined],
    [0x82, 2, undefined],
    [0x83, 3, undefined],
    [0x04, 4, undefined],
  ]);
  t.same(
    pipes('qemu-usb-uas-super'),
    [
      [0x01, 1, 0],
      [0x82, 2, 16],
      [0x83, 3, 16],
      [0x04, 4, 16],
    ],
    'a command pipe has no streams',
  );
});

void t.test('writes what it reads', async (t) => {
  for (const name of ['qemu-usb-bot', 'qemu-usb-uas-high']) {
    const { device, configuration } = captured(name);
    t.same(deviceDescriptor.encode(parseDeviceDescriptor(device)), device);
    const parsed = parseConfiguration(configuration);
    t.same(parseConfiguration(encodeConfiguration(parsed)), parsed);
    t.equal(encodeConfiguration(parsed).length, configuration.length);
  }
});

const alternate = { interfaceNumber: 0, interfaceClass: 8, interfaceSubClass: 6 };
const twoProtocols: UsbConfiguration = {
  configurationValue: 1,
  selfPowered: true,
  maxPower: 0,
  alternateSettings: [
    {
      ...alternate,
      alternateSetting: 0,
      interfaceProtocol: 0x50,
      endpoints: [{ address: 0x81, transferType: 'bulk', maxPacketSize: 1024, maxStreams: 0 }],
    },
    {
      ...alternate,
      alternateSetting: 1,
      interfaceProtocol: 0x62,
      endpoints: [{ address: 0x83, transferType: 'bulk', maxPacketSize: 1024, maxStreams: 16, pipeId: 2 }],
    },
  ],
};

void t.test('keeps alternate settings apart and counts their interface once', async (t) => {
  const bytes = encodeConfiguration(twoProtocols);
  t.equal(bytes[4], 1);
  t.same(parseConfiguration(bytes), twoProtocols);
  t.equal(encodeConfiguration(twoProtocols, DescriptorType.OTHER_SPEED_CONFIGURATION)[1], 7);
});

void t.test('passes over descriptors that it does not know', async (t) => {
  const bytes = hexBytes(
    '09 02 27 00 01 01 00 c0 00  09 04 00 00 01 ff 00 00 00  05 24 01 00 00  07 05 81 02 40 00 00  05 24 02 77 77  04 41 00 00',
  );
  const [setting] = parseConfiguration(bytes).alternateSettings;
  t.same(setting?.endpoints, [{ address: 0x81, transferType: 'bulk', maxPacketSize: 64 }], '24h is no pipe usage here');
});

void t.test('refuses descriptors that contradict themselves', async (t) => {
  const refused = (hex: string, code: string, message: RegExp): void => {
    t.throws(() => parseConfiguration(hexBytes(hex)), { name: 'ScsiFormatError', code, message });
  };
  refused('09 02 12', 'SHORT_DATA', /needs 9 bytes/);
  refused('09 04 09 00 01 01 00 c0 00', 'CONTRADICTION', /bDescriptorType is 4h, not 2h/);
  refused('09 02 20 00 01 01 00 c0 00', 'SHORT_DATA', /wTotalLength is 32, only 9 bytes are here/);
  refused('09 02 0b 00 01 01 00 c0 00 00 04', 'CONTRADICTION', /byte 9: a descriptor says that it has 0 bytes/);
  refused('09 02 0b 00 01 01 00 c0 00 09 04', 'SHORT_DATA', /byte 9: a descriptor of 9 bytes, only 2 are left/);
  refused('09 02 0b 00 01 01 00 c0 00 02 04', 'SHORT_DATA', /interface descriptor, byte 9: .*shorter than its type/);
  refused('09 02 10 00 01 01 00 c0 00 07 05 81 02 40 00 00', 'CONTRADICTION', /endpoint stands before any interface/);
  refused('02 02 00 00 01 01 00 c0 00', 'CONTRADICTION', /bLength is 2, which is less than its 9 bytes/);
  t.throws(() => parseDeviceDescriptor(hexFixture('usb/qemu-usb-bot').slice(18)), { code: 'CONTRADICTION' });
});

void t.test('any bytes are read or refused, never worse', async (t) => {
  const { configuration } = captured('qemu-usb-uas-super');
  const readOrRefused = (bytes: Uint8Array): boolean => {
    try {
      parseConfiguration(bytes);
      walkDescriptors(bytes);
    } catch (error) {
      return error instanceof ScsiFormatError;
    }
    return true;
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), readOrRefused));
  const flipped = fc.tuple(fc.nat(configuration.length - 1), fc.nat(255), fc.nat(configuration.length));
  fc.assert(
    fc.property(flipped, ([at, value, length]) => {
      const bytes = configuration.slice(0, length);
      if (at < length) bytes[at] = value;
      return readOrRefused(bytes);
    }),
    { numRuns: 2_000 },
  );
  t.pass();
});

void t.test('strings go both ways and have a limit', async (t) => {
  t.same(encodeString('Aé'), hexBytes('06 03 41 00 e9 00'));
  fc.assert(fc.property(fc.string({ maxLength: 126 }), (text) => parseString(encodeString(text)) === text));
  t.throws(() => encodeString('x'.repeat(127)), { code: 'OUT_OF_RANGE' });
  t.same(encodeLanguages([0x0409]), hexBytes('04 03 09 04'));
  t.throws(() => parseString(hexBytes('')), { code: 'SHORT_DATA' });
  t.throws(() => parseString(hexBytes('02 04')), { code: 'CONTRADICTION' });
});

void t.test('a device object store counts its capabilities', async (t) => {
  const superSpeed = superSpeedCapability.encode({ speedsSupported: 0x0e, functionalitySupport: 1 });
  t.same(
    encodeBos(usb2Extension.encode({ attributes: 2 }), superSpeed),
    hexBytes('05 0f 16 00 02  07 10 02 02 00 00 00  0a 10 03 00 0e 00 01 00 00 00'),
  );
});
