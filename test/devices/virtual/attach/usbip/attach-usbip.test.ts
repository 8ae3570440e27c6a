import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import t from 'tap';
import { SimulatedClock } from '../../../../../devices/clock.js';
import { attachUsbip } from '../../../../../devices/virtual/attach/usbip/index.js';
import { findProfile } from '../../../../../devices/profiles/index.js';
import { VirtualAutoloader } from '../../../../../devices/virtual/index.js';
import { openAutoloader } from '../../initiator.js';
import { hexBytes, hexFixture } from '../../../scsi/hex-fixture.js';
import { setInterface } from '../usb/bulk-host.js';
import { BulkOnlyHost } from '../usb/bulk-only-host.js';
import { held, ScriptedTarget } from '../usb/scripted-target.js';
import { UasHost } from '../usb/uas-host.js';
import { until, usbipBench } from './usbip-bench.js';

const INQUIRY = hexBytes('12 00 00 00 24 00');
const TEST_UNIT_READY = hexBytes('00 00 00 00 00 00');
const REQUEST_SENSE = hexBytes('03 00 00 00 12 00');
/** Storage elements with volume tags, up to FFFFh bytes. */
const READ_ELEMENT_STATUS = hexBytes('b8 12 00 00 ff ff 00 00 ff ff 00 00');
const USBIP_TOOL = '/usr/sbin/usbip';

void t.test('an autoloader is driven through Bulk-Only', async (t) => {
  const { autoloader } = await openAutoloader();
  const { imported } = await usbipBench(t, { target: autoloader, luns: [0, 1, 2] });
  const host = await BulkOnlyHost.open(await imported());
  const lun = autoloader.lunOfChanger;
  t.equal((await host.run({ cdb: INQUIRY, lun, dataInLength: 36 })).dataIn[0], 0x08);
  t.equal((await host.run({ cdb: TEST_UNIT_READY, lun })).status, 1, 'a new nexus hears of the power-on');
  const sense = (await host.run({ cdb: REQUEST_SENSE, lun, dataInLength: 18 })).dataIn;
  t.same([sense[2], sense[12], sense[13]], [0x06, 0x29, 0x00]);
  t.equal((await host.run({ cdb: TEST_UNIT_READY, lun })).status, 0);
  const status = await host.run({ cdb: READ_ELEMENT_STATUS, lun, dataInLength: 65_535 });
  t.ok(Buffer.from(status.dataIn).includes('ORS001L8'), 'with its labels');
  const move = hexBytes('a5 00 00 01 10 00 10 0c 00 00 00 00');
  t.equal((await host.run({ cdb: move, lun })).status, 0);
  t.equal(autoloader.inspect().find(({ address }) => address === 0x100c)?.barcode, 'ORS001L8');
});

void t.test('an autoloader is driven through UAS', async (t) => {
  const { autoloader } = await openAutoloader();
  const { imported } = await usbipBench(t, { target: autoloader, luns: [0, 1, 2] });
  const host = await UasHost.open(await imported());
  await host.bus.control(setInterface(1));
  const lun = autoloader.lunOfChanger;
  t.equal((await host.run(1, INQUIRY, { lun, dataInLength: 36 })).dataIn[0], 0x08);
  const attention = await host.run(2, TEST_UNIT_READY, { lun });
  t.same([attention.status, attention.sense[2], attention.sense[12]], [2, 0x06, 0x29]);
  const status = await host.run(3, READ_ELEMENT_STATUS, { lun, dataInLength: 65_535 });
  t.ok(Buffer.from(status.dataIn).includes('ORS001L8'));
  const move = hexBytes('a5 00 00 01 10 00 10 0c 00 00 00 00');
  t.equal((await host.run(4, move, { lun })).status, 0);
  t.equal(autoloader.inspect().find(({ address }) => address === 0x100c)?.barcode, 'ORS001L8');
});

const withoutTool = existsSync(USBIP_TOOL) ? false : `${USBIP_TOOL} is missing: apt-get install usbip`;

void t.test('the usbip tool lists it', { skip: withoutTool }, async (t) => {
  for (const [protocol, name] of [
    ['bulk-only', '(08/06/50)'],
    ['uas', '(08/06/62)'],
  ] as const) {
    const { attachment } = await usbipBench(t, { device: { protocol, vendorId: 0x1234, productId: 0xabcd } });
    const port = String(attachment.port);
    const { stdout } = await promisify(execFile)(USBIP_TOOL, ['--tcp-port', port, 'list', '-r', '127.0.0.1']);
    t.match(stdout, /1-1: .*\(1234:abcd\)/);
    t.ok(stdout.includes(name), stdout);
  }
});

void t.test('answers what the tool was captured to send', async (t) => {
  const { client } = await usbipBench(t);
  const lister = client();
  lister.write(hexFixture('usbip/list-request'));
  const list = await lister.read(12 + 312 + 4);
  t.same(list?.slice(0, 12), hexBytes('01 11 00 05 00 00 00 00 00 00 00 01'));
  t.same(list?.slice(-4), hexBytes('08 06 50 00'));
  await lister.whenClosed;
  const importer = client();
  importer.write(hexFixture('usbip/import-request'));
  t.same((await importer.read(320))?.slice(0, 8), hexBytes('01 11 00 03 00 00 00 00'));
});

void t.test('says where it is and how to connect', async (t) => {
  const { attachment } = await usbipBench(t);
  t.match(attachment, { kind: 'usbip', host: '127.0.0.1', busId: '1-1', vendorId: 0x1209, productId: 0xb070 });
  const lines = attachment.howToConnect;
  t.ok(lines.includes('modprobe vhci-hcd'));
  t.ok(lines.includes(`usbip --tcp-port ${attachment.port} attach -r 127.0.0.1 -b 1-1`), lines.join('\n'));
});

void t.test('has one importer at a time', async (t) => {
  const { client, imported } = await usbipBench(t);
  const first = await imported();
  t.equal(await client().import(), 1);
  t.equal(await client().import('9-9'), 1, 'nor is there another device');
  t.equal((await first.control(hexBytes('80 08 00 00 00 00 01 00'))).kind, 'done', 'the first goes on');
  await first.close();
  const again = client();
  await until(() => first.socket.destroyed);
  for (let status: unknown = 1; typeof status === 'number'; status = await client().import());
  await again.close();
  t.pass('and when it has gone the device is free');
});

void t.test('a lost connection is a pulled cable: commands are aborted, the nexus is lost', async (t) => {
  const { imported, target } = await usbipBench(t);
  target.answers.set(0xa5, held().answer);
  const client = await imported();
  const host = await BulkOnlyHost.open(client);
  void host.run({ cdb: hexBytes('a5 00 00 01 10 00 10 0c 00 00 00 00') }).catch(() => undefined);
  await until(() => target.tasks.length > 0);
  t.same(target.lost, []);
  await client.close();
  await until(() => target.lost.length > 0);
  t.equal(target.tasks[0]?.signal?.aborted, true);
  t.same(target.lost, ['usb']);
});

void t.test('a motion outlives its connection', async (t) => {
  const motions = new SimulatedClock();
  const profile = findProfile('ibm-3573-tl');
  const autoloader = await VirtualAutoloader.create({ profile, clock: motions, timing: 'real' });
  await motions.advance(10 * 60_000);
  const { attachment, imported } = await usbipBench(t, { target: autoloader, luns: [0, 1, 2] });
  const host = await BulkOnlyHost.open(await imported());
  const lun = autoloader.lunOfChanger;
  await host.run({ cdb: TEST_UNIT_READY, lun });
  await host.run({ cdb: TEST_UNIT_READY, lun });
  const before = motions.pending;
  void host.run({ cdb: hexBytes('a5 00 00 01 10 00 10 0c 00 00 00 00'), lun }).catch(() => undefined);
  await until(() => motions.pending > before);
  attachment.unplug();
  t.equal(autoloader.inspect().find(({ address }) => address === 0x100c)?.full, false);
  await motions.advance(10 * 60_000);
  const at = autoloader.inspect().filter(({ barcode }) => barcode === 'ORS001L8');
  t.same(
    at.map(({ address }) => address),
    [0x100c],
    'the cartridge is exactly once, where it was to go',
  );
  await autoloader.close();
});

void t.test('can be unplugged and plugged in again', async (t) => {
  const { attachment, client, imported, errors } = await usbipBench(t);
  const first = await imported();
  attachment.unplug();
  await first.whenClosed;
  t.equal(await client().import(), 1);
  const lister = client();
  lister.write(hexFixture('usbip/list-request'));
  t.same(await lister.read(12), hexBytes('01 11 00 05 00 00 00 00 00 00 00 00'), 'no device is listed');
  attachment.plug();
  const second = await imported();
  t.same((await second.control(hexBytes('80 08 00 00 00 00 01 00'))).kind, 'done');
  t.same(errors, [], 'nobody was at fault');
});

void t.test('the next importer finds a device after bus reset', async (t) => {
  const { imported } = await usbipBench(t);
  const first = await imported();
  await BulkOnlyHost.open(first);
  t.match(await first.control(hexBytes('80 08 00 00 00 00 01 00')), { data: Buffer.of(1) });
  await first.close();
  const second = await imported().catch(() => imported());
  t.match(await second.control(hexBytes('80 08 00 00 00 00 01 00')), { data: Buffer.of(0) });
});

void t.test('a port that is taken is told with what to do', async (t) => {
  const { attachment } = await usbipBench(t);
  const options = { target: new ScriptedTarget(), luns: [0], clock: new SimulatedClock() };
  await t.rejects(attachUsbip({ ...options, port: attachment.port }), {
    code: 'USBIP_LISTEN',
    message: /another program has this port/,
  });
  await t.rejects(attachUsbip({ ...options, host: '192.0.2.1', port: 0 }), { code: 'USBIP_LISTEN' });
  await t.rejects(attachUsbip({ ...options, luns: [99], port: 0 }), { code: 'USB_DEVICE_OPTION' });
});

void t.test('close ends everything, and may be repeated', async (t) => {
  const { attachment, imported } = await usbipBench(t);
  const client = await imported();
  await attachment.close();
  await attachment.close();
  await client.whenClosed;
  t.pass();
});
