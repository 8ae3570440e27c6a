import t from 'tap';
import { submitCommand } from '../../../../../devices/transport/usbip/usbip-pdu.js';
import { hexBytes } from '../../../scsi/hex-fixture.js';
import { hexParagraphs } from '../../../transport/usbip/hex-paragraphs.js';
import { SET_CONFIGURATION } from '../usb/bulk-host.js';
import { BulkOnlyHost } from '../usb/bulk-only-host.js';
import { good, held, pattern, ScriptedTarget } from '../usb/scripted-target.js';
import { until, usbipBench, type UsbipBench } from './usbip-bench.js';
import type { UsbipClient } from './usbip-client.js';

const EPIPE = -32;
const ECONNRESET = -104;
const EREMOTEIO = -121;
const TEST_UNIT_READY = hexBytes('00 00 00 00 00 00');
const READ_BUFFER = hexBytes('3c 02 00 00 00 00 00 ff ff 00');

async function open(
  t: Parameters<typeof usbipBench>[0],
): Promise<{ bench: UsbipBench<ScriptedTarget>; client: UsbipClient }> {
  const bench = await usbipBench(t);
  const client = await bench.imported();
  await client.control(SET_CONFIGURATION);
  return { bench, client };
}

void t.test("the kernel's captured requests are answered", async (t) => {
  const { client, bench } = await open(t);
  bench.target.answers.set(0x12, () => good(pattern(36)));
  const replies = await Promise.all(hexParagraphs('kernel-bulk-only').map((request) => client.replay(request)));
  t.same(
    replies.map((reply) => [reply?.status, reply?.actualLength]),
    [
      [0, 18],
      [0, 0],
      [0, 1],
      [0, 31],
      [0, 36],
      [0, 13],
    ],
  );
  t.same(Uint8Array.from(replies[4]?.data ?? []), pattern(36));
  t.same(bench.target.tasks[0]?.cdb, hexBytes('12 00 00 00 24 00'));
  t.same(bench.errors, []);
});

void t.test('a transfer that waits can be unlinked, and has no reply of its own', async (t) => {
  const { client } = await open(t);
  const waiting = client.submit({ endpoint: 1, direction: 'in', length: 13 });
  t.equal(await client.unlink(waiting.sequenceNumber), ECONNRESET);
  t.equal((await (await BulkOnlyHost.open(client)).run({ cdb: TEST_UNIT_READY })).status, 0, 'nothing is left of it');
  t.notOk(client.heard.includes(`submit ${waiting.sequenceNumber}`));
});

void t.test('a transfer to the device that waits can be unlinked, and never arrives', async (t) => {
  const { client, bench } = await open(t);
  const host = new BulkOnlyHost(client);
  const { answer, release } = held();
  bench.target.answers.set(0x00, answer);
  const cbw = (): Uint8Array => host.cbw({ length: 0, dataIn: false, lun: 0, cdb: TEST_UNIT_READY });
  await client.bulkOut(2, cbw());
  const waiting = client.submit({ endpoint: 2, direction: 'out', data: cbw() });
  t.equal(await client.unlink(waiting.sequenceNumber), ECONNRESET);
  release();
  t.match(await client.bulkIn(1, 13), { kind: 'done', length: 13 });
  t.equal(bench.target.tasks.length, 1);
});

void t.test('a transfer that has ended cannot be unlinked any more', async (t) => {
  const { client } = await open(t);
  const ended = client.submit({ endpoint: 0, direction: 'in', length: 1, setup: hexBytes('80 08 00 00 00 00 01 00') });
  t.match(await ended.reply, { status: 0, actualLength: 1 });
  t.equal(await client.unlink(ended.sequenceNumber), 0);
  t.equal(await client.unlink(4_711), 0, 'nor one that never was');
});

void t.test('unlinking the status of a motion leaves the motion alone', async (t) => {
  const { client, bench } = await open(t);
  const { answer, release } = held();
  bench.target.answers.set(0xa5, answer);
  const host = new BulkOnlyHost(client);
  const move = hexBytes('a5 00 00 01 10 00 10 0c 00 00 00 00');
  await client.bulkOut(2, host.cbw({ length: 0, dataIn: false, lun: 0, cdb: move }));
  const status = client.submit({ endpoint: 1, direction: 'in', length: 13 });
  await until(() => bench.target.tasks.length === 1);
  t.equal(await client.unlink(status.sequenceNumber), ECONNRESET);
  t.equal(bench.target.tasks[0]?.signal?.aborted, false);
  await host.resetRecovery();
  t.equal(bench.target.tasks[0]?.signal?.aborted, true, 'until the host resets the device');
  release();
  t.equal((await host.run({ cdb: TEST_UNIT_READY })).status, 0);
});

void t.test('a short read says how much came, and is an error where the client wants it so', async (t) => {
  const { client } = await open(t);
  const setup = hexBytes('80 06 00 01 00 00 40 00');
  const plain = await client.submit({ endpoint: 0, direction: 'in', length: 64, setup }).reply;
  t.match(plain, { status: 0, actualLength: 18 });
  const strict = await client.submit({ endpoint: 0, direction: 'in', length: 64, setup, flags: 1 }).reply;
  t.match(strict, { status: EREMOTEIO, actualLength: 18 });
  t.equal(strict?.data.length, 18);
  const exact = await client.submit({ endpoint: 0, direction: 'in', length: 18, setup, flags: 1 }).reply;
  t.match(exact, { status: 0, actualLength: 18 });
});

void t.test('a stall is EPIPE', async (t) => {
  const { client } = await open(t);
  const unknown = hexBytes('80 06 00 22 00 00 40 00');
  t.match(await client.submit({ endpoint: 0, direction: 'in', length: 64, setup: unknown }).reply, {
    status: EPIPE,
    actualLength: 0,
  });
  t.match(await client.submit({ endpoint: 9, direction: 'in', length: 64 }).reply, { status: EPIPE });
  t.match(await client.submit({ endpoint: 9, direction: 'out', data: pattern(64) }).reply, { status: EPIPE });
});

void t.test('data that the client asked for in several transfers at once comes in their order', async (t) => {
  const { client, bench } = await open(t);
  bench.target.answers.set(0x3c, () => good(pattern(10_000)));
  const host = new BulkOnlyHost(client);
  const lengths = [4096, 4096, 4096];
  await client.bulkOut(2, host.cbw({ length: 12_288, dataIn: true, lun: 0, cdb: READ_BUFFER }));
  const replies = await Promise.all(
    lengths.map((length) => client.submit({ endpoint: 1, direction: 'in', length }).reply),
  );
  t.same(
    replies.map((reply) => reply?.actualLength),
    [4096, 4096, 1808],
  );
  t.same(Uint8Array.from(Buffer.concat(replies.map((reply) => reply?.data ?? pattern(0)))), pattern(10_000));
  t.match(await client.bulkIn(1, 13), { kind: 'stall' });
});

void t.test('a megabyte goes each way', async (t) => {
  const { client, bench } = await open(t);
  const megabyte = pattern(1_048_576);
  bench.target.answers.set(0x3c, () => good(megabyte));
  const host = new BulkOnlyHost(client);
  host.pieceBytes = megabyte.length;
  const read = await host.run({ cdb: hexBytes('3c 02 00 00 00 00 10 00 00 00'), dataInLength: megabyte.length });
  t.ok(Buffer.from(read.dataIn).equals(megabyte));
  await host.run({ cdb: hexBytes('3b 02 00 00 00 00 10 00 00 00'), dataOut: megabyte });
  t.ok(Buffer.from(bench.target.tasks.at(-1)?.dataOut ?? pattern(0)).equals(megabyte));
});

void t.test('the packet count of a request comes back with its reply', async (t) => {
  const { client } = await open(t);
  for (const packetCount of [0, 0xffff_ffff]) {
    const raw = (await usbipBench(t)).client();
    raw.write(
      hexBytes(Buffer.from('0111800300000000312d3100'.padEnd(80, '0')).toString('latin1').replaceAll(/(..)/g, '$1 ')),
    );
    await raw.read(320);
    const setup = hexBytes('80 08 00 00 00 00 01 00');
    raw.write(
      submitCommand.encode({
        sequenceNumber: 1,
        deviceId: 0x10002,
        direction: 1,
        transferLength: 1,
        packetCount,
        setup,
      }),
    );
    const reply = Buffer.from((await raw.read(49)) ?? []);
    t.equal(reply.readUInt32BE(32), packetCount);
  }
  await client.close();
});
