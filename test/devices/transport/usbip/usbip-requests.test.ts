import fc from 'fast-check';
import t from 'tap';
import { submitCommand, unlinkCommand } from '../../../../devices/transport/usbip/usbip-pdu.js';
import { UsbipError } from '../../../../devices/transport/usbip/usbip-error.js';
import {
  MAX_TRANSFER_BYTES,
  parseRequestHeader,
  UsbipRequestReader,
  type UsbipRequest,
} from '../../../../devices/transport/usbip/usbip-requests.js';
import { parseCommandBlockWrapper } from '../../../../devices/transport/usb/bulk-only-wrappers.js';
import { parseCommandPipeUnit } from '../../../../devices/transport/usb/information-units.js';
import { hexBytes, hexFixture } from '../../scsi/hex-fixture.js';
import { hexParagraphs } from './hex-paragraphs.js';

/** Requests out of bytes that come in pieces of the given lengths, over and over. */
function read(bytes: Uint8Array, lengths: readonly number[]): UsbipRequest[] {
  const reader = new UsbipRequestReader();
  const requests: UsbipRequest[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    reader.push(bytes.slice(at, at + length));
    at += length;
    for (let request = reader.nextRequest(); request !== undefined; request = reader.nextRequest())
      requests.push(request);
  }
  if (reader.isWithinMessage) throw new Error('something is left');
  return requests;
}

void t.test('reads what the usbip tool asks first', async (t) => {
  const list = new UsbipRequestReader();
  list.push(hexFixture('usbip/list-request'));
  t.same(list.nextOperation(), { kind: 'device list' });
  const attach = new UsbipRequestReader();
  const bytes = hexFixture('usbip/import-request');
  attach.push(bytes.slice(0, 8));
  t.equal(attach.nextOperation(), undefined);
  attach.push(bytes.slice(8, 39));
  t.equal(attach.nextOperation(), undefined);
  attach.push(bytes.slice(39));
  t.same(attach.nextOperation(), { kind: 'import', busId: '1-1' });
  t.notOk(attach.isWithinMessage);
});

void t.test('reads what usb-storage asks through the kernel', async (t) => {
  const requests = read(Buffer.concat(hexParagraphs('kernel-bulk-only')), [4096]);
  t.same(
    requests.map(
      (request) =>
        request.kind === 'submit' && [request.command.endpoint, request.command.direction, request.data.length],
    ),
    [
      [0, 1, 0],
      [0, 0, 0],
      [0, 1, 0],
      [2, 0, 31],
      [1, 1, 0],
      [1, 1, 0],
    ],
  );
  const cbw = requests[3];
  if (cbw?.kind !== 'submit') throw new Error('no CBW');
  t.same(parseCommandBlockWrapper(cbw.data).commandBlock, hexBytes('12 00 00 00 24 00'));
});

void t.test('reads what uas asks, and an unlinking', async (t) => {
  const uas = read(Buffer.concat(hexParagraphs('kernel-uas')), [48, 7]);
  const command = uas[2];
  if (command?.kind !== 'submit') throw new Error('no COMMAND IU');
  t.match(parseCommandPipeUnit(command.data), { kind: 'command', tag: 1 });
  const last = read(Buffer.concat(hexParagraphs('kernel-unlink')), [100]).at(-1);
  t.match(last, { kind: 'unlink', command: { sequenceNumber: 0x208, unlinkSequenceNumber: 0x207 } });
});

void t.test('cuts the same requests wherever the network cuts', async (t) => {
  const bytes = Buffer.concat([...hexParagraphs('kernel-bulk-only'), ...hexParagraphs('kernel-unlink')]);
  const whole = read(bytes, [bytes.length]);
  t.equal(whole.length, 9);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1 }), (lengths) => {
      t.same(read(bytes, lengths), whole);
    }),
  );
});

void t.test('names what was wrong with a request', async (t) => {
  const header = (fields: Partial<Parameters<typeof submitCommand.encode>[0]>): Uint8Array =>
    submitCommand.encode({ sequenceNumber: 1, deviceId: 2, transferLength: 0, ...fields });
  const refused = (bytes: Uint8Array, message: RegExp): void => {
    t.throws(() => parseRequestHeader(bytes), { code: 'USBIP_PROTOCOL', message });
  };
  refused(header({ command: 3 }), /3 is no request/);
  refused(header({ direction: 2 }), /2 is no direction/);
  refused(header({ endpoint: 16 }), /16 is no endpoint number/);
  refused(header({ packetCount: 8 }), /isochronous transfer of 8 packets/);
  refused(header({ transferLength: MAX_TRANSFER_BYTES + 1 }), /the limit is 16777216/);
  refused(header({ transferLength: 0xffff_ffff }), /transfer of 4294967295 bytes/);
  t.equal(parseRequestHeader(header({ packetCount: 0 })).kind, 'submit', 'the kernel says 0 packets');
  t.equal(parseRequestHeader(unlinkCommand.encode({ sequenceNumber: 2, unlinkSequenceNumber: 1 })).kind, 'unlink');
});

void t.test('names what was wrong with the first request', async (t) => {
  const refused = (bytes: Uint8Array, message: RegExp): void => {
    const reader = new UsbipRequestReader();
    reader.push(bytes);
    t.throws(() => reader.nextOperation(), { code: 'USBIP_PROTOCOL', message });
  };
  refused(hexBytes('01 06 80 05 00 00 00 00'), /version 106h; this side speaks 111h/);
  refused(hexBytes('01 11 00 05 00 00 00 00'), /5h is no operation/);
  refused(new Uint8Array(8).fill(0x47), /version 4747h/);
  const noEnd = hexFixture('usbip/import-request');
  noEnd.fill(0x31, 8);
  refused(noEnd, /bus id without its closing zero byte/);
});

void t.test('data byte by byte takes one buffer', async (t) => {
  const reader = new UsbipRequestReader();
  reader.push(submitCommand.encode({ sequenceNumber: 1, deviceId: 2, endpoint: 2, transferLength: 5_000 }));
  for (let i = 0; i < 4_999; i++) {
    reader.push(Uint8Array.of(i & 0xff));
    if (reader.nextRequest() !== undefined) t.fail('the transfer is not whole');
  }
  t.ok(reader.isWithinMessage);
  reader.push(Uint8Array.of(0x77));
  const request = reader.nextRequest();
  if (request?.kind !== 'submit') throw new Error('no transfer');
  t.equal(request.data[4_998], 4_998 & 0xff);
  t.equal(request.data[4_999], 0x77);
});

void t.test('any bytes are read or refused, never worse', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, imported) => {
      const reader = new UsbipRequestReader();
      reader.push(bytes);
      try {
        for (let i = 0; i < 20 && (imported ? reader.nextRequest() : reader.nextOperation()) !== undefined; i++);
      } catch (error) {
        return error instanceof UsbipError;
      }
      return true;
    }),
    { numRuns: 1_000 },
  );
  t.pass();
});
