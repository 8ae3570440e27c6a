import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';

import { SystemClock } from '../../../../devices/clock.js';
import { SgTransport } from '../../../../devices/transport/sg/sg-transport.js';
import { pattern } from '../conformance.js';
import { testCdb, TestCommand, TestTarget } from '../test-target.js';
import { MockedKernel, umockdevMissing } from './mocked-kernel.js';

const skip = umockdevMissing ?? false;
const clock = new SystemClock();
const ready = { lun: 0, cdb: testCdb(TestCommand.TEST_UNIT_READY), timeoutMs: 30_000 };
const hang = { lun: 0, cdb: testCdb(TestCommand.HANG), timeoutMs: 300_000 };

async function makeRig(t: Test) {
  const kernel = new MockedKernel();
  const target = new TestTarget(clock);
  await kernel.plugIn('sg0', { target, lun: 0, clock });
  const calls = kernel.calls({ threads: 3 });
  t.teardown(async () => {
    await calls.end();
    await kernel.close();
  });
  return { kernel, target, calls, transport: new SgTransport({ path: '/dev/sg0', clock, calls }) };
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number),
  );
}

/** Runs a program of this folder that sees the devices; it is started as the sources are. */
async function runProgram(name: string, kernel: MockedKernel): Promise<{ code: number | null; output: string }> {
  const program = fileURLToPath(new URL(name, import.meta.url));
  const env = { ...kernel.env, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, ['--import', 'tsx', program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

t.test('opens, and says of a file that is not there what the system says', { skip }, async (t) => {
  const { transport, calls } = await makeRig(t);
  await transport.open();
  t.hasStrict(await transport.execute(ready), { kind: 'completed', status: 0 });
  const missing = new SgTransport({ path: '/dev/sg-is-not-there', clock, calls });
  await t.rejects(missing.open(), { code: 'unreachable', message: /is not there/ });
  const wrong = new SgTransport({ path: '/dev/null', clock, calls });
  await wrong.open();
  t.match(await wrong.execute(ready), { failure: { code: 'unsupported', executed: 'no', message: /ENOTTY/ } });
});

t.test('a LOGICAL UNIT RESET reaches the target', { skip }, async (t) => {
  const { transport, target } = await makeRig(t);
  await transport.open();
  t.equal(await transport.resetLogicalUnit(0, 30_000), undefined);
  t.strictSame(target.resets, [0]);
});

t.test('keeps no bytes of one command for the next', { skip }, async (t) => {
  const { transport } = await makeRig(t);
  await transport.open();
  await transport.execute({ ...ready, cdb: testCdb(TestCommand.STORE, 400), dataOut: pattern(400) });
  const short = { ...ready, cdb: testCdb(TestCommand.RECALL, 10), dataInLength: 400 };
  const result = await transport.execute(short);
  t.strictSame(result.kind === 'completed' && result.dataIn, pattern(10));
});

t.test('the process that carries the commands may be killed: the next command has another', { skip }, async (t) => {
  const { transport, target, kernel } = await makeRig(t);
  await transport.open();
  const lost = transport.execute(hang);
  await target.arrived(1);
  // umockdev ends a program whose device goes away in the middle of a call.
  await kernel.unplug();
  t.match(await lost, { failure: { code: 'disconnected', executed: 'unknown' } });
  t.match(await transport.execute(ready), { failure: { code: 'unreachable', executed: 'no' } });
  await kernel.plugIn('sg0', { target, lun: 0, clock });
  t.hasStrict(await transport.execute(ready), { kind: 'completed' });
});

t.test('no signal meets a call: the kernel would begin it anew, and move a cartridge twice', { skip }, async (t) => {
  const { transport, target } = await makeRig(t);
  const before = childrenOf(process.pid);
  await transport.open();
  const [helper = 0] = childrenOf(process.pid).filter((pid) => !before.includes(pid));
  const given = new AbortController();
  const pending = transport.execute({ ...hang, signal: given.signal });
  await target.arrived(1);
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${helper}/status`, 'utf8'))?.[1] ?? '0';
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGTSTP'] as const) {
    const isIgnored = (BigInt(`0x${mask}`) >> BigInt(constants.signals[name] - 1)) & 1n;
    t.equal(isIgnored, 1n, name);
    process.kill(helper, name);
  }
  t.hasStrict(await transport.execute(ready), { kind: 'completed' }, 'and it serves on');
  given.abort();
  t.match(await pending, { failure: { code: 'aborted' } });
  t.equal(target.tasks.length, 2);
});

t.test('blocked calls do not keep this process from reading files', { skip }, async (t) => {
  const { transport, target } = await makeRig(t);
  await transport.open();
  const given = new AbortController();
  const pending = [1, 2, 3].map(() => transport.execute({ ...hang, signal: given.signal }));
  await target.arrived(3);
  const { readFile } = await import('node:fs/promises');
  t.ok((await readFile(fileURLToPath(import.meta.url))).length > 0);
  given.abort();
  for (const result of await Promise.all(pending)) t.match(result, { failure: { code: 'aborted' } });
});

t.test('a program ends while the kernel is still busy with its command', { skip }, async (t) => {
  const { kernel, target } = await makeRig(t);
  const { code, output } = await runProgram('leave-command-behind.ts', kernel);
  t.strictSame({ code, output }, { code: 0, output: 'closed\nended\n' });
  t.equal(target.tasks.length, 1);
});

t.test('an open device alone does not keep a program alive', { skip }, async (t) => {
  const { kernel } = await makeRig(t);
  t.strictSame(await runProgram('leave-device-open.ts', kernel), { code: 0, output: 'completed\n' });
});
