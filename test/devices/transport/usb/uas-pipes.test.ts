import fc from 'fast-check';
import t from 'tap';
import { ScsiFormatError } from '../../../../devices/scsi/format-error.js';
import { pipesOf } from '../../../../devices/transport/usb/uas-pipes.js';
import {
  encodeConfiguration,
  MassStorage,
  type UsbAlternateSetting,
  type UsbEndpoint,
} from '../../../../devices/transport/usb/usb-descriptors.js';
import { hexFixture } from '../../scsi/hex-fixture.js';

const endpoint = (address: number, pipeId: number, more: Partial<UsbEndpoint> = {}): UsbEndpoint => ({
  address,
  transferType: 'bulk',
  maxPacketSize: 512,
  pipeId,
  ...more,
});

const command = endpoint(0x06, 1);
const status = endpoint(0x85, 2);
const dataIn = endpoint(0x81, 3);
const dataOut = endpoint(0x02, 4);

function configuration(...endpoints: UsbEndpoint[]): Uint8Array {
  const massStorage = { interfaceNumber: 2, interfaceClass: MassStorage.CLASS, interfaceSubClass: 6 };
  const bulkOnly = { ...massStorage, alternateSetting: 0, interfaceProtocol: MassStorage.BULK_ONLY, endpoints: [] };
  const uas: UsbAlternateSetting = {
    ...massStorage,
    alternateSetting: 1,
    interfaceProtocol: MassStorage.UAS,
    endpoints,
  };
  return encodeConfiguration({
    configurationValue: 1,
    selfPowered: true,
    maxPower: 0,
    alternateSettings: [bulkOnly, uas],
  });
}

t.test('finds the pipes of another implementation', async (t) => {
  const pipe = (address: number, maxPacketSize: number) => ({ endpoint: address, maxPacketSize });
  t.strictSame(pipesOf(hexFixture('qemu-usb-uas/configuration-high-speed'), 0, 0), {
    command: pipe(0x01, 512),
    status: pipe(0x82, 512),
    dataIn: pipe(0x83, 512),
    dataOut: pipe(0x04, 512),
    maxStreams: 0,
  });
  t.strictSame(pipesOf(hexFixture('qemu-usb-uas/configuration-super-speed'), 0, 0), {
    command: pipe(0x01, 1_024),
    status: pipe(0x82, 1_024),
    dataIn: pipe(0x83, 1_024),
    dataOut: pipe(0x04, 1_024),
    maxStreams: 16,
  });
});

t.test('goes by the pipe usage, whatever the order and the numbers', async (t) => {
  const pipes = pipesOf(configuration(dataIn, dataOut, status, command), 2, 1);
  t.equal(pipes.command.endpoint, 0x06);
  t.equal(pipes.status.endpoint, 0x85);
  t.equal(pipes.dataIn.endpoint, 0x81);
  t.equal(pipes.dataOut.endpoint, 0x02);
});

t.test('a single pipe with streams is enough to demand them', async (t) => {
  const withStreams = { ...dataOut, maxStreams: 32 };
  t.equal(pipesOf(configuration(command, status, dataIn, withStreams), 2, 1).maxStreams, 32);
  const without = [command, status, dataIn, dataOut].map((one) => ({ ...one, maxStreams: 0 }));
  t.equal(pipesOf(configuration(...without), 2, 1).maxStreams, 0);
});

t.test('refuses what is no four pipes, and says which one is wrong', async (t) => {
  for (const [endpoints, words] of [
    [[command, status, dataIn], /data-out pipe \(pipe ID 4\)/],
    [[status, dataIn, dataOut], /command pipe \(pipe ID 1\)/],
    [[command, status, dataIn, dataOut, endpoint(0x87, 2)], /more than one.*status pipe/],
    [[endpoint(0x86, 1), status, dataIn, dataOut], /command pipe must be bulk out/],
    [[command, endpoint(0x05, 2), dataIn, dataOut], /status pipe must be bulk in/],
    [[command, { ...status, transferType: 'interrupt' as const }, dataIn, dataOut], /status pipe must be bulk in/],
    [[command, status, { ...dataIn, maxPacketSize: 0 }, dataOut], /packets of 0 bytes/],
  ] as const) {
    t.throws(() => pipesOf(configuration(...endpoints), 2, 1), { code: 'CONTRADICTION', message: words });
  }
});

t.test('refuses a setting that is not there, and one that is not UAS', async (t) => {
  const bytes = configuration(command, status, dataIn, dataOut);
  t.throws(() => pipesOf(bytes, 2, 2), { code: 'CONTRADICTION', message: /interface 2 with setting 2/ });
  t.throws(() => pipesOf(bytes, 0, 1), { code: 'CONTRADICTION', message: /interface 0 with setting 1/ });
  t.throws(() => pipesOf(bytes, 2, 0), { code: 'CONTRADICTION', message: /command pipe/ });
});

t.test('any bytes give pipes or an error that names what was wrong', async (t) => {
  const whole = configuration(command, status, dataIn, dataOut);
  const damaged = fc.tuple(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length)).map(([at, value, length]) => {
    const bytes = whole.slice(0, length);
    if (at < length) bytes[at] = value;
    return bytes;
  });
  const property = fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (bytes) => {
    try {
      pipesOf(bytes, 2, 1);
    } catch (error) {
      if (!(error instanceof ScsiFormatError)) throw error;
    }
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2_000 }));
});
