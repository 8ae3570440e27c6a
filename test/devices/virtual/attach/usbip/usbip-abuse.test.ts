import t from 'tap';
import { importRequest, submitCommand, unlinkCommand } from '../../../../../devices/transport/usbip/usbip-pdu.js';
import { SILENCE_MS } from '../../../../../devices/virtual/attach/usbip/usbip-connection.js';
import { hexBytes, hexFixture } from '../../../scsi/hex-fixture.js';
import { SET_CONFIGURATION } from '../usb/bulk-host.js';
import { BulkOnlyHost } from '../usb/bulk-only-host.js';
import { good, pattern } from '../usb/scripted-target.js';
import { until, usbipBench } from './usbip-bench.js';

const DEVICE = 0x0001_0002;
const TEST_UNIT_READY = hexBytes('00 00 00 00 00 00');
const submit = (fields: Partial<Parameters<typeof submitCommand.encode>[0]>): Uint8Array =>
  submitCommand.encode({ sequenceNumber: 1, deviceId: DEVICE, transferLength: 0, ...fields });

const BEFORE_IMPORT: Record<string, { bytes: Uint8Array; message: RegExp }> = {
  'speaks HTTP': { bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n'), message: /USB\/IP version 4745h/ },
  'speaks another version': { bytes: hexBytes('01 06 80 05 00 00 00 00'), message: /version 106h/ },
  'asks an unknown operation': { bytes: hexBytes('01 11 80 07 00 00 00 00'), message: /8007h is no operation/ },
  'names a device without end': {
    bytes: Buffer.concat([hexBytes('01 11 80 03 00 00 00 00'), Buffer.alloc(32, 0x31)]),
    message: /without its closing zero/,
  },
};

const AFTER_IMPORT: Record<string, { bytes: Uint8Array; message: RegExp }> = {
  'sends an unknown command': { bytes: submit({ command: 9 }), message: /9 is no request/ },
  'sends a reply': { bytes: submit({ command: 3 }), message: /3 is no request/ },
  'asks for another device': { bytes: submit({ deviceId: 0x0001_0003 }), message: /device 10003h/ },
  'unlinks on another device': {
    bytes: unlinkCommand.encode({ sequenceNumber: 1, deviceId: 7, unlinkSequenceNumber: 1 }),
    message: /device 7h/,
  },
  'announces an absurd length': {
    bytes: submit({ endpoint: 2, transferLength: 0xffff_fff0 }),
    message: /the limit is/,
  },
  'wants an absurd length': {
    bytes: submit({ endpoint: 1, direction: 1, transferLength: 0x7fff_ffff }),
    message: /the limit is/,
  },
  'wants an isochronous transfer': {
    bytes: submit({ endpoint: 1, direction: 1, packetCount: 32 }),
    message: /isochronous/,
  },
  'names an endpoint that cannot be': { bytes: submit({ endpoint: 200 }), message: /200 is no endpoint/ },
  'names no direction': { bytes: submit({ direction: 0xffff_ffff }), message: /no direction/ },
  'uses a sequence number twice at once': {
    bytes: Buffer.concat([
      submit({ endpoint: 1, direction: 1, transferLength: 13 }),
      submit({ endpoint: 1, direction: 1, transferLength: 13 }),
    ]),
    message: /sequence number 1 twice/,
  },
  'piles up transfers': {
    bytes: Buffer.concat(
      Array.from({ length: 1_025 }, (_, at) =>
        submit({ sequenceNumber: at + 1, endpoint: 1, direction: 1, transferLength: 13 }),
      ),
    ),
    message: /1024 transfers with 13312 bytes under way/,
  },
  'piles up room for data': {
    bytes: Buffer.concat(
      [1, 2, 3, 4, 5].map((sequenceNumber) =>
        submit({ sequenceNumber, endpoint: 1, direction: 1, transferLength: 16 * 1024 * 1024 }),
      ),
    ),
    message: /4 transfers with 67108864 bytes under way/,
  },
};

for (const [what, { bytes, message }] of Object.entries(BEFORE_IMPORT)) {
  void t.test(`a client that ${what} is dropped, the importer goes on`, async (t) => {
    const { client, imported, errors } = await usbipBench(t);
    const host = await BulkOnlyHost.open(await imported());
    const bad = client();
    bad.write(bytes);
    await bad.whenClosed;
    t.equal(errors.length, 1);
    t.match(errors[0], /^USBIP_PROTOCOL The USB\/IP client sent /);
    t.match(errors[0], message);
    t.equal((await host.run({ cdb: TEST_UNIT_READY })).status, 0);
  });
}

for (const [what, { bytes, message }] of Object.entries(AFTER_IMPORT)) {
  void t.test(`an importer that ${what} is dropped, the device is free again`, async (t) => {
    const { imported, errors } = await usbipBench(t);
    const bad = await imported();
    await bad.control(SET_CONFIGURATION);
    bad.write(bytes);
    await bad.whenClosed;
    t.equal(errors.length, 1);
    t.match(errors[0], message);
    t.equal((await (await BulkOnlyHost.open(await imported())).run({ cdb: TEST_UNIT_READY })).status, 0);
  });
}

void t.test('a client that says nothing, or half of something, is dropped after a while', async (t) => {
  const { client, imported, errors, clock } = await usbipBench(t);
  const silent = client();
  const half = client();
  half.write(hexFixture('usbip/import-request').slice(0, 20));
  const importer = await imported();
  await until(() => clock.pending === 2);
  importer.write(submit({ endpoint: 2, transferLength: 512 }), pattern(100));
  await until(() => clock.pending === 3);
  await clock.advance(SILENCE_MS);
  await Promise.all([silent.whenClosed, half.whenClosed, importer.whenClosed]);
  t.equal(errors.length, 3);
  for (const error of errors) t.match(error, /^USBIP_SILENCE/);
});

void t.test('a client that has nothing to ask may be silent for ever', async (t) => {
  const { imported, clock, errors } = await usbipBench(t);
  const client = await imported();
  await client.control(SET_CONFIGURATION);
  await clock.advance(24 * 60 * 60_000);
  t.match(await client.control(hexBytes('80 08 00 00 00 00 01 00')), { kind: 'done' });
  t.same(errors, []);
});

void t.test('a client that disconnects half way frees the device', async (t) => {
  const { client, imported, attachment } = await usbipBench(t);
  const half = client();
  half.write(
    importRequest.encode({ busId: attachment.busId }),
    submit({ endpoint: 2, transferLength: 4096 }),
    pattern(1000),
  );
  await half.read(320);
  t.equal(await client().import(), 1, 'it is taken');
  await half.close();
  let status: unknown = 1;
  while (status === 1) status = await client().import();
  t.type(status, 'object');
  await t.rejects(imported(), /refused with status 1/);
});

void t.test('a client that never takes its replies is not read from any more', async (t) => {
  const { imported, target } = await usbipBench(t);
  const megabyte = pattern(1_048_576);
  target.answers.set(0x3c, () => good(megabyte));
  const client = await imported();
  await client.control(SET_CONFIGURATION);
  client.socket.pause();
  const host = new BulkOnlyHost(client);
  const readBuffer = hexBytes('3c 02 00 00 00 00 10 00 00 00');
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  for (let i = 0; i < 64; i++) {
    void client.bulkOut(2, host.cbw({ length: megabyte.length, dataIn: true, lun: 0, cdb: readBuffer }));
    void client.bulkIn(1, megabyte.length);
    void client.bulkIn(1, 13);
    await turns();
  }
  const seen = target.tasks.length;
  t.ok(seen < 64, `${seen} of 64 reads were begun`);
  client.socket.resume();
  await until(() => target.tasks.length === 64);
  t.pass('and goes on when it takes them');
});

void t.test('more clients than there is room for are turned away', async (t) => {
  const { client, imported, attachment } = await usbipBench(t);
  const importer = await imported();
  const crowd = Array.from({ length: 60 }, () => client());
  await Promise.race(crowd.map(({ whenClosed }) => whenClosed));
  t.match(await importer.control(hexBytes('80 08 00 00 00 00 01 00')), { kind: 'done' });
  for (const one of crowd) await one.close();
  t.equal(attachment.busId, '1-1');
});
