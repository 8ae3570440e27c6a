import t from 'tap';
import {
  encodeDeviceList,
  encodeImportReply,
  exportedDevice,
  operationHeader,
  submitCommand,
  submitReply,
  unlinkReply,
  USBIP_VERSION,
  type ExportedDevice,
} from '../../../../devices/transport/usbip/usbip-pdu.js';
import { hexBytes, hexFixture } from '../../scsi/hex-fixture.js';

const qemuDisk: ExportedDevice = {
  path: '/sys/devices/pci0000:00/0000:00:04.0/usb1/1-1',
  busId: '1-1',
  busNumber: 1,
  deviceNumber: 2,
  speed: 3,
  vendorId: 0x46f4,
  productId: 1,
  deviceVersion: 0,
  deviceClass: 0,
  deviceSubClass: 0,
  deviceProtocol: 0,
  configurationValue: 0,
  configurationCount: 1,
  interfaceCount: 0,
};

void t.test('says what usbipd says', async (t) => {
  t.same(encodeDeviceList([{ device: qemuDisk, interfaces: [] }]), hexFixture('usbip/usbipd-device-list'));
  t.same(encodeImportReply(qemuDisk), hexFixture('usbip/usbipd-import'));
  t.same(encodeDeviceList([]), hexBytes('01 11 00 05 00 00 00 00 00 00 00 00'));
  t.same(encodeImportReply(undefined), hexBytes('01 11 00 03 00 00 00 01'), 'a refusal ends with its status');
});

void t.test('reads what usbipd says', async (t) => {
  const bytes = hexFixture('usbip/usbipd-import');
  t.same(operationHeader.decode(bytes), { version: USBIP_VERSION, code: 3, status: 0 });
  t.same(exportedDevice.decode(bytes, 8), qemuDisk);
});

void t.test('counts interfaces in a device list', async (t) => {
  const one = { interfaceClass: 8, interfaceSubClass: 6, interfaceProtocol: 0x50 };
  const bytes = encodeDeviceList([{ device: qemuDisk, interfaces: [one] }]);
  t.equal(bytes[12 + 311], 1);
  t.same(bytes.slice(12 + 312), hexBytes('08 06 50 00'));
});

void t.test("reads a transfer's reply of the kernel", async (t) => {
  const bytes = hexFixture('usbip/usbip-host-submit-reply');
  const { command, sequenceNumber, status, actualLength, packetCount } = submitReply.decode(bytes);
  t.same(
    { command, sequenceNumber, status, actualLength, packetCount },
    {
      command: 3,
      sequenceNumber: 1,
      status: 0,
      actualLength: 18,
      packetCount: 0,
    },
  );
});

void t.test("reads the example of the kernel's documentation", async (t) => {
  const words =
    '00000001 00000d05 0001000f 00000001 00000001 00000200 00000040 ffffffff 00000000 00000004 00000000 00000000';
  const bytes = hexBytes(words.replaceAll(' ', '').replaceAll(/(..)/g, '$1 '));
  const command = submitCommand.decode(bytes);
  t.match(command, {
    sequenceNumber: 0xd05,
    deviceId: 0x1000f,
    direction: 1,
    endpoint: 1,
    transferFlags: 0x200,
    transferLength: 0x40,
    startFrame: 0xffff_ffff,
    packetCount: 0,
    interval: 4,
  });
  t.same(submitCommand.encode(command), bytes);
});

void t.test('statuses are negative numbers', async (t) => {
  const bytes = unlinkReply.encode({ sequenceNumber: 5, status: -104 });
  t.same(bytes.slice(20, 24), hexBytes('ff ff ff 98'));
  t.equal(unlinkReply.decode(bytes).status, -104);
  t.equal(unlinkReply.decode(unlinkReply.encode({ sequenceNumber: 5, status: 0 })).status, 0);
});

void t.test('a text that does not fit is refused, and one that is not closed', async (t) => {
  t.throws(() => exportedDevice.encode({ ...qemuDisk, busId: 'x'.repeat(32) }), { code: 'OUT_OF_RANGE' });
  t.throws(() => exportedDevice.decode(new Uint8Array(312).fill(0x41)), {
    code: 'CONTRADICTION',
    message: /no zero byte/,
  });
});
