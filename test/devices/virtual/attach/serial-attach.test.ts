import { execFile } from 'node:child_process';
import {
  openSync,
  closeSync,
  writeSync,
  constants,
  existsSync,
  read,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import t from 'tap';

import { SimulatedClock } from '../../../../devices/clock.js';
import { openSerialPortLine } from '../../../../devices/transport/serial/serial-port-line.js';
import { SerialTransport } from '../../../../devices/transport/serial/serial-transport.js';
import { attachSerial } from '../../../../devices/virtual/attach/serial/attach-serial.js';
import { openPseudoTerminal } from '../../../../devices/virtual/attach/serial/pseudo-terminal.js';
import { conformance, pattern } from '../../transport/conformance.js';
import { testCdb, TestCommand, TestTarget } from '../../transport/test-target.js';

if (process.platform === 'win32') t.bailout('Windows has no pseudo-terminals');

const timeoutMs = 60_000;

/** Bytes go through the operating system; time is simulated, so that nothing times out because the machine is slow. */
async function makeRig(link?: string) {
  const clock = new SimulatedClock();
  const target = new TestTarget(clock);
  const attachment = await attachSerial({ target, clock, ...(link !== undefined && { link }) });
  const makeHost = (path = attachment.path): SerialTransport => new SerialTransport({ path, baudRate: 921_600, clock });
  return { clock, target, attachment, makeHost, close: () => attachment.close() };
}

const count = (number: number) => ({ lun: 0, cdb: testCdb(TestCommand.COUNT, number), timeoutMs });

await conformance(t, {
  name: 'serialport on a pseudo-terminal',
  lengths: [1_023, 1_024, 1_025],
  open: async () => {
    const rig = await makeRig();
    return { ...rig, transport: rig.makeHost(), passTime: (ms) => passTime(rig.clock, ms) };
  },
});

/** Lets simulated time pass, and the operating system carry what was written: bytes know nothing of simulated time. */
async function passTime(clock: SimulatedClock, ms: number): Promise<void> {
  await clock.advance(ms);
  await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Lets time pass in small steps until `work` has ended. */
async function passTimeUntil<T>(clock: SimulatedClock, work: Promise<T>): Promise<T> {
  const progress = { hasEnded: false };
  void work.finally(() => (progress.hasEnded = true)).catch(() => undefined);
  while (!progress.hasEnded) await passTime(clock, 1);
  return work;
}

t.test('clients come and go, and one that dies in the middle of a line harms nobody', async (t) => {
  const { attachment, makeHost, target } = await makeRig();
  t.teardown(() => attachment.close());
  for (const number of [1, 2, 3]) {
    const host = makeHost();
    await host.open();
    t.hasStrict(await host.execute(count(number)), { kind: 'completed' });
    await host.close();
    const dying = openSync(attachment.path, constants.O_RDWR | constants.O_NOCTTY);
    writeSync(dying, `:X 1 ${number} 0 0 0 C0`);
    closeSync(dying);
  }
  t.strictSame([...target.executed.values()], [1, 1, 1]);
});

t.test('noise without end does not keep the device from the next line', async (t) => {
  const { attachment, makeHost } = await makeRig();
  t.teardown(() => attachment.close());
  const noisy = openSync(attachment.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  let written = 0;
  while (written < 200_000) {
    try {
      written += writeSync(noisy, Buffer.alloc(1_000, 0x55));
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  closeSync(noisy);
  const host = makeHost();
  await host.open();
  t.hasStrict(await host.execute(count(1)), { kind: 'completed' });
  await host.close();
});

t.test('two hosts do not share a line', async (t) => {
  const { attachment, makeHost } = await makeRig();
  t.teardown(() => attachment.close());
  const first = makeHost();
  await first.open();
  await t.rejects(makeHost().open(), { code: 'unreachable' });
  t.hasStrict(await first.execute(count(1)), { kind: 'completed' });
  await first.close();
});

t.test(
  'a device that is unplugged ends the command, and one that is plugged in again is found by the next',
  async (t) => {
    const link = join(t.testdir({}), 'changer');
    const before = await makeRig(link);
    const host = before.makeHost();
    await host.open();
    const pending = host.execute({ lun: 0, cdb: testCdb(TestCommand.HANG), timeoutMs });
    await before.target.arrived(1);
    await before.attachment.close();
    const result = await passTimeUntil(before.clock, pending);
    t.hasStrict(result, { kind: 'failed', failure: { code: 'disconnected', executed: 'unknown' } });
    const gone = await passTimeUntil(before.clock, host.execute(count(1)));
    t.hasStrict(gone, { kind: 'failed', failure: { code: 'unreachable', executed: 'no' } });

    const after = await attachSerial({ target: before.target, clock: before.clock, link });
    t.hasStrict(await host.execute(count(2)), { kind: 'completed' });
    t.equal(before.target.executed.get(1), undefined);
    t.equal(before.target.executed.get(2), 1);
    await host.close();
    await after.close();
  },
);

t.test('a hang-up in the middle of much data ends the command', async (t) => {
  const { attachment, makeHost, clock, target } = await makeRig();
  const host = makeHost();
  await host.open();
  const pending = host.execute({ lun: 0, cdb: testCdb(TestCommand.STORE), dataOut: pattern(500_000), timeoutMs });
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  await attachment.close();
  const result = await passTimeUntil(clock, pending);
  t.hasStrict(result, { kind: 'failed', failure: { code: 'unreachable', executed: 'no' } });
  t.equal(target.tasks.length, 0);
  await host.close();
});

t.test('the link is there while the device is, and a leftover of a crash is replaced', async (t) => {
  const folder = t.testdir({});
  const link = join(folder, 'changer');
  symlinkSync('/dev/pts/no-such-terminal', link);
  const { attachment } = await makeRig(link);
  t.equal(attachment.path, link);
  t.match(readlinkSync(link), /^\/dev\//);
  await attachment.close();
  await attachment.close();
  t.notOk(existsSync(link));
  t.throws(() => readlinkSync(link), { code: 'ENOENT' });
});

t.test('a link that leads somewhere, and a file, are left alone', async (t) => {
  const folder = t.testdir({});
  const inUse = join(folder, 'in-use');
  const { attachment } = await makeRig(inUse);
  await t.rejects(makeRig(inUse), { code: 'link-taken' });
  t.ok(existsSync(inUse));
  await attachment.close();
  const file = join(folder, 'file');
  writeFileSync(file, 'mine');
  await t.rejects(makeRig(file), { code: 'link-taken' });
  t.ok(existsSync(file));
});

t.test('a terminal changes no byte and echoes none, whoever opens it', async (t) => {
  const clock = new SimulatedClock();
  const received: Buffer[] = [];
  const terminal = openPseudoTerminal({
    clock,
    onData: (bytes) => received.push(bytes),
    onError: (cause) => t.fail(cause.message),
  });
  const client = openSync(terminal.path, constants.O_RDWR | constants.O_NOCTTY);
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  terminal.write(everyByte.toString('latin1'));
  const seen = Buffer.alloc(300);
  const seenBytes = await new Promise<number>((resolve) =>
    read(client, seen, 0, 300, null, (_, bytes) => resolve(bytes)),
  );
  t.strictSame(seen.subarray(0, seenBytes), everyByte);
  writeSync(client, everyByte);
  while (Buffer.concat(received).length < 256) await new Promise((resolve) => setImmediate(resolve));
  t.strictSame(Buffer.concat(received), everyByte);
  closeSync(client);
  await terminal.close();
});

t.test('answers that nobody reads do not pile up', async (t) => {
  const clock = new SimulatedClock();
  const terminal = openPseudoTerminal({ clock, onData: () => undefined, onError: (cause) => t.fail(cause.message) });
  const taken = Array.from({ length: 1_000 }, () => terminal.write('x'.repeat(1_000))).filter(Boolean).length;
  t.ok(taken >= 60 && taken < 80, `${taken},000 bytes were taken`);
  await terminal.close();
  t.equal(clock.pending, 0);
});

t.test('a port gives lines that are no longer than was asked, whatever comes', async (t) => {
  const clock = new SimulatedClock();
  const terminal = openPseudoTerminal({ clock, onData: () => undefined, onError: (cause) => t.fail(cause.message) });
  const lines: string[] = [];
  let heard: (() => void) | undefined;
  const port = await openSerialPortLine(
    { path: terminal.path, baudRate: 115_200, longestLine: 100 },
    {
      onClosed: () => t.fail('the port closed by itself'),
      onLine: (line) => {
        lines.push(line);
        if (line === ':last') heard?.();
      },
    },
  );
  const lastLine = new Promise<void>((resolve) => (heard = resolve));
  terminal.write('x'.repeat(50_000));
  terminal.write(':last\n');
  await passTimeUntil(clock, lastLine);
  t.strictSame(lines, ['x'.repeat(99), ':last']);
  await port.close();
  await terminal.close();
});

t.test('a process ends by itself when everything is closed', async (t) => {
  const at = (path: string): string => JSON.stringify(new URL(`../../../../${path}`, import.meta.url).href);
  const script = `
    const { SystemClock } = await import(${at('devices/clock.ts')});
    const { attachSerial } = await import(${at('devices/virtual/attach/serial/attach-serial.ts')});
    const { SerialTransport } = await import(${at('devices/transport/serial/serial-transport.ts')});
    const clock = new SystemClock();
    const good = { status: 0, dataIn: new Uint8Array(0), sense: new Uint8Array(0) };
    const target = { execute: async () => good, nexusLost() {} };
    const attachment = await attachSerial({ target, clock });
    const host = new SerialTransport({ path: attachment.path, baudRate: 115200, clock });
    await host.open();
    const result = await host.execute({ lun: 0, cdb: new Uint8Array(6), timeoutMs: 5000 });
    await host.close();
    await attachment.close();
    console.log(result.kind);
  `;
  const run = promisify(execFile);
  const loader = new URL('../../../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href;
  const { stdout } = await run(process.execPath, ['--import', loader, '--input-type=module', '-e', script], {
    timeout: 30_000,
    env: { PATH: process.env['PATH'] ?? '' },
  });
  t.equal(stdout.trim(), 'completed');
});
