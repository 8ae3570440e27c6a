import t from 'tap';
import { encodeCommandUnit, UasResponseCode } from '../../../../../devices/transport/usb/information-units.js';
import { UsbMassStorage, type UsbMassStorageOptions } from '../../../../../devices/virtual/attach/usb/index.js';
import { decodeSense } from '../../../../../devices/scsi/index.js';
import { hexBytes } from '../../../scsi/hex-fixture.js';
import { clearHalt, directHost, setInterface } from './bulk-host.js';
import { check, good, held, pattern, ScriptedTarget } from './scripted-target.js';
import { cutCommand, UasHost } from './uas-host.js';

const TEST_UNIT_READY = hexBytes('00 00 00 00 00 00');
const READ_BUFFER = hexBytes('3c 02 00 00 00 00 00 ff ff 00');
const MOVE_MEDIUM = hexBytes('a5 00 00 01 10 00 10 01 00 00 00 00');
const writeBuffer = (length: number): Uint8Array =>
  Uint8Array.of(0x3b, 2, 0, 0, 0, 0, 0, length >> 8, length & 0xff, 0);

async function open(
  options: Partial<UsbMassStorageOptions> = {},
): Promise<{ host: UasHost; target: ScriptedTarget; device: UsbMassStorage }> {
  const target = new ScriptedTarget();
  const device = new UsbMassStorage({ target, luns: [0, 1], protocol: 'uas', ...options });
  return { host: await UasHost.open(directHost(device)), target, device };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

void t.test('a command without data ends with its status', async (t) => {
  const { host, target } = await open();
  t.same(await host.run(1, TEST_UNIT_READY, { lun: 1 }), {
    status: 0,
    sense: new Uint8Array(0),
    dataIn: new Uint8Array(0),
  });
  t.same(target.tasks[0]?.cdb, TEST_UNIT_READY, 'the padding of the CDB is gone');
  t.equal(target.tasks[0]?.lun, 1);
});

void t.test('sense data comes with the status', async (t) => {
  const { host, target } = await open();
  target.answers.set(0x00, () => check(pattern(18)));
  t.match(await host.run(1, TEST_UNIT_READY), { status: 2, sense: pattern(18) });
});

void t.test('data-in of any length is announced and sent', async (t) => {
  const { host, target } = await open();
  for (const length of [1, 511, 512, 513, 4096, 70_000]) {
    target.answers.set(0x3c, () => good(pattern(length)));
    t.same((await host.run(length & 0xff, READ_BUFFER, { dataInLength: 100_000 })).dataIn, pattern(length));
  }
  target.answers.set(0x3c, () => good());
  t.equal((await host.run(1, READ_BUFFER, { dataInLength: 512 })).dataIn.length, 0, 'nothing is announced for nothing');
});

void t.test('data-out is fetched whole before the command begins', async (t) => {
  const { host, target } = await open();
  await host.command(5, writeBuffer(1024));
  t.same(await host.status(), { kind: 'writeReady', tag: 5 });
  await host.dataOut(pattern(1024).slice(0, 512));
  await settle();
  t.notOk(target.executed.includes(0x3b));
  await host.dataOut(pattern(1024).slice(512));
  t.match(await host.status(), { kind: 'sense', tag: 5, status: 0 });
  t.same(target.tasks.at(-1)?.dataOut, pattern(1024));
});

void t.test('data-out that ends too early fails the command, which does not begin', async (t) => {
  const { host, target } = await open();
  const { status, sense } = await host.run(5, writeBuffer(1024), { dataOut: pattern(100) });
  t.equal(status, 2);
  t.match(decodeSense(sense), { key: 0x0b, asc: 0x4b, ascq: 0x00 });
  t.notOk(target.executed.includes(0x3b));
  t.equal((await host.run(5, TEST_UNIT_READY)).status, 0);
});

void t.test(
  'a write in blocks of unknown length takes one transfer, of known length as many as it needs',
  async (t) => {
    const write = hexBytes('0a 01 00 00 03 00');
    const blind = await open();
    t.equal((await blind.host.run(1, write, { dataOut: pattern(1536) })).status, 0);
    t.same(blind.target.tasks.at(-1)?.dataOut, pattern(1536));
    const { host, target } = await open({ blockLengthOf: () => 1024 });
    await host.command(1, write);
    await host.status();
    await host.dataOut(pattern(1024));
    await host.dataOut(pattern(1024));
    await host.dataOut(pattern(1024));
    t.match(await host.status(), { kind: 'sense', status: 0 });
    t.equal(target.tasks.at(-1)?.dataOut.length, 3072);
  },
);

void t.test('a quick command overtakes one that moves something', async (t) => {
  const { host, target } = await open();
  const { answer, release } = held();
  target.answers.set(0xa5, answer);
  await host.command(1, MOVE_MEDIUM);
  await host.command(2, TEST_UNIT_READY);
  t.match(await host.status(), { kind: 'sense', tag: 2 });
  release();
  t.match(await host.status(), { kind: 'sense', tag: 1 });
});

void t.test('one command at a time has the data pipe', async (t) => {
  const { host, target } = await open();
  let turn = 0;
  target.answers.set(0x3c, () => good(pattern(600 + turn++)));
  for (const tag of [1, 2, 3]) await host.command(tag, READ_BUFFER);
  for (const tag of [1, 2, 3]) {
    t.match(await host.status(), { kind: 'readReady', tag });
    t.same(await host.dataIn(4096), pattern(599 + tag));
    t.match(await host.status(), { kind: 'sense', tag });
  }
});

void t.test('a tag in use is refused and the command under way goes on', async (t) => {
  const { host, target } = await open();
  const { answer, release } = held();
  target.answers.set(0xa5, answer);
  await host.command(1, MOVE_MEDIUM);
  await settle();
  await host.command(1, TEST_UNIT_READY);
  t.match(await host.status(), { kind: 'response', tag: 1, responseCode: UasResponseCode.OVERLAPPED_TAG_ATTEMPTED });
  release();
  t.match(await host.status(), { kind: 'sense', tag: 1, status: 0 });
  t.same(target.executed, [0xa5]);
});

void t.test('what is no unit is answered so', async (t) => {
  const { host } = await open();
  const invalid = UasResponseCode.INVALID_INFORMATION_UNIT;
  await host.send(cutCommand(31));
  t.match(await host.status(), { kind: 'response', tag: 9, responseCode: invalid });
  await host.send(hexBytes('77 00 00 08'));
  t.match(await host.status(), { kind: 'response', tag: 8, responseCode: invalid });
  await host.send(hexBytes('01'));
  t.match(await host.status(), { kind: 'response', tag: 0, responseCode: invalid });
  await host.send(new Uint8Array(0));
  t.match(await host.status(), { kind: 'response', tag: 0, responseCode: invalid });
  t.equal((await host.run(1, TEST_UNIT_READY)).status, 0, 'and the next command is served');
});

void t.test('more commands than there is room for are TASK SET FULL', async (t) => {
  const { host, target } = await open();
  const { answer, release } = held();
  target.answers.set(0xa5, answer);
  for (let tag = 1; tag <= 65; tag++) await host.command(tag, MOVE_MEDIUM);
  t.match(await host.status(), { kind: 'sense', tag: 65, status: 0x28 });
  release();
  for (let tag = 1; tag <= 64; tag++) t.match(await host.status(), { kind: 'sense', tag, status: 0 });
});

for (const [what, unit] of [
  ['nonsense', hexBytes('77 00 00 08')],
  ['commands', encodeCommandUnit({ tag: 8, cdb: TEST_UNIT_READY, logicalUnitNumber: new Uint8Array(8) })],
] as const) {
  void t.test(`a host that sends ${what} and never reads is not listened to for ever`, async (t) => {
    const { host, device } = await open();
    let taken = 0;
    for (let i = 0; i < 1_000; i++) {
      void device.bulkOut(4, unit, new AbortController().signal).then(() => taken++);
      await settle();
    }
    t.ok(taken < 200, `${taken} of 1000 were taken`);
    for (let i = 0; i < 1_000; i++) await host.status();
    t.equal(taken, 1_000);
  });
}

void t.test('at super speed with streams only the command pipe answers', async (t) => {
  const { host, device } = await open({ speed: 'super' });
  const never = new AbortController().signal;
  t.equal((await device.bulkIn(3, 112, never)).kind, 'stall');
  await host.bus.control(clearHalt(0x83));
  t.equal((await device.bulkIn(3, 112, never)).kind, 'stall');
  const without = await open({ speed: 'super', streams: 'none' });
  t.equal((await without.host.run(1, TEST_UNIT_READY)).status, 0);
});

void t.test('it is alternate setting 1 beside Bulk-Only', async (t) => {
  const { host } = await open({ protocol: 'both' });
  t.equal((await host.bus.bulkOut(4, cutCommand(32))).kind, 'stall');
  await host.bus.control(setInterface(1));
  t.equal((await host.run(1, TEST_UNIT_READY)).status, 0);
});

void t.test('a pulled cable aborts what is under way', async (t) => {
  const { host, target, device } = await open();
  target.answers.set(0xa5, held().answer);
  await host.command(1, MOVE_MEDIUM);
  const status = host.bus.bulkIn(3, 112);
  await settle();
  device.detached();
  t.equal((await status).kind, 'stall');
  t.equal(target.tasks[0]?.signal?.aborted, true);
  t.same(target.lost, ['usb']);
});

void t.test('units that wait for the host put no listeners on one signal', async (t) => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', onWarning);
  t.teardown(() => process.removeListener('warning', onWarning));
  const { host } = await open();
  for (let i = 0; i < 40; i++) await host.send(hexBytes('77 00 00 08'));
  await settle();
  t.same(warnings, []);
  for (let i = 0; i < 40; i++) t.match(await host.status(), { kind: 'response', tag: 8 });
});
