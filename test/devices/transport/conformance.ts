import type { Test } from 'tap';

import type {
  CompletedCommand,
  ScsiCommand,
  ScsiTransport,
  TransportFailure,
  TransportResult,
} from '../../../devices/transport/scsi-transport.js';
import { noUnitSense, testCdb, TestCommand, testSense } from './test-target.js';
import type { TestTarget } from './test-target.js';

/** A transport, not yet open, and the target at its other end. */
export interface ConformanceRig {
  readonly transport: ScsiTransport;
  readonly target: TestTarget;
  /** Lets `ms` pass on the clock that the transport has: `advance` of a simulated one. */
  passTime(ms: number): Promise<void>;
  /** Takes down what stands around the transport. The transport is closed by then. */
  close?(): Promise<void>;
}

export interface ConformanceSubject {
  readonly name: string;
  open(): Promise<ConformanceRig>;
  /** Data sizes that mean something to this transport, such as both sides of its packet length. */
  readonly lengths?: readonly number[];
  /** The protocol makes an error of a device that has more data than the host has room for, so their outcome is unknown. */
  readonly failsOnSurplus?: boolean;
}

const generousMs = 60_000;
const standardLengths = [1, 2, 3, 4, 5, 17, 252, 255, 256, 511, 512, 513, 4_095, 65_536];

/** What every transport has to do, whatever it runs over. */
export async function conformance(t: Test, subject: ConformanceSubject): Promise<void> {
  const check = (name: string, body: (t: Test, rig: ConformanceRig) => Promise<void>): Promise<unknown> =>
    t.test(`${subject.name}: ${name}`, async (child) => {
      const rig = await subject.open();
      try {
        await rig.transport.open();
        await body(child, rig);
      } finally {
        await rig.transport.close();
        await rig.close?.();
      }
    });

  await check('carries a command without data', async (child, { transport, target }) => {
    const result = await transport.execute({ lun: 0, cdb: testCdb(TestCommand.COUNT, 7), timeoutMs: generousMs });
    child.strictSame(result, completed({}));
    child.equal(target.executed.get(7), 1);
    child.strictSame(Array.from(target.tasks[0]?.cdb ?? []), Array.from(testCdb(TestCommand.COUNT, 7)));
  });

  await check('carries data in both directions, to the byte', async (child, { transport, target }) => {
    const lengths = [...standardLengths, ...(subject.lengths ?? [])].toSorted((a, b) => a - b);
    for (const length of lengths) {
      const data = pattern(length);
      const stored = await transport.execute(storeCommand(data));
      child.strictSame(stored, completed({}), `${length} bytes of data-out`);
      const seen = target.tasks.at(-1)?.dataOut ?? new Uint8Array(0);
      child.ok(equalBytes(seen, data), `the target saw the same ${length} bytes`);
      const recalled = await transport.execute(recallCommand(length));
      child.ok(equalBytes(dataInOf(recalled), data), `${length} bytes of data-in`);
    }
  });

  await check('gives short data-in as it came, never padded', async (child, { transport }) => {
    await transport.execute(storeCommand(pattern(10)));
    child.equal(dataInOf(await transport.execute(recallCommand(4_096))).length, 10);
    await transport.execute({
      lun: 0,
      cdb: testCdb(TestCommand.TEST_UNIT_READY),
      dataInLength: 512,
      timeoutMs: generousMs,
    });
    const none = await transport.execute({ ...recallCommand(0), dataInLength: 512 });
    child.strictSame(none, completed({}));
  });

  await check('never gives more data-in than was asked for', async (child, { transport }) => {
    await transport.execute(storeCommand(pattern(300)));
    const result = await transport.execute({ ...recallCommand(300), dataInLength: 100 });
    if (subject.failsOnSurplus === true) {
      child.hasStrict(failureOf(result), { code: 'protocol', executed: 'unknown' });
      await transport.execute(storeCommand(pattern(300)));
      child.equal(dataInOf(await transport.execute(recallCommand(300))).length, 300, 'and works on');
      return;
    }
    child.ok(dataInOf(result).length <= 100);
    child.ok(equalBytes(dataInOf(result), pattern(300).subarray(0, dataInOf(result).length)));
  });

  await check('passes CHECK CONDITION on with its sense data', async (child, { transport }) => {
    const result = await transport.execute({
      lun: 0,
      cdb: testCdb(TestCommand.FAIL),
      dataInLength: 64,
      timeoutMs: generousMs,
    });
    child.strictSame(result, completed({ status: 0x02, sense: testSense }));
  });

  await check(
    'reaches each logical unit, and lets the target answer for one it lacks',
    async (child, { transport }) => {
      const inquiry = {
        cdb: Uint8Array.from([TestCommand.INQUIRY, 0, 0, 0, 36, 0]),
        dataInLength: 36,
        timeoutMs: generousMs,
      };
      child.equal(dataInOf(await transport.execute({ lun: 0, ...inquiry }))[0], 0x08);
      child.equal(dataInOf(await transport.execute({ lun: 1, ...inquiry }))[0], 0x01);
      const missing = await transport.execute({ lun: 5, ...inquiry });
      child.strictSame(missing, completed({ status: 0x02, sense: noUnitSense }));
    },
  );

  await check('ends a command that gets no status as a timeout of unknown outcome', async (child, rig) => {
    const pending = rig.transport.execute({ lun: 0, cdb: testCdb(TestCommand.HANG), timeoutMs: 200 });
    await rig.target.arrived(1);
    await rig.passTime(400);
    const failure = failureOf(await pending);
    child.hasStrict(failure, { code: 'timeout', executed: 'unknown' });
  });

  await check('works on after a timeout', async (child, rig) => {
    const pending = rig.transport.execute({ lun: 0, cdb: testCdb(TestCommand.HANG), timeoutMs: 200 });
    await rig.target.arrived(1);
    await rig.passTime(400);
    await pending;
    const next = await settled(rig, { lun: 0, cdb: testCdb(TestCommand.COUNT, 1), timeoutMs: generousMs });
    child.strictSame(next, completed({}));
  });

  await check('ends a command when its caller aborts, and works on', async (child, rig) => {
    const caller = new AbortController();
    const command = { lun: 0, cdb: testCdb(TestCommand.HANG), timeoutMs: generousMs, signal: caller.signal };
    const pending = rig.transport.execute(command);
    await rig.target.arrived(1);
    caller.abort();
    child.hasStrict(failureOf(await pending), { code: 'aborted', executed: 'unknown' });
    const next = await settled(rig, { lun: 0, cdb: testCdb(TestCommand.COUNT, 1), timeoutMs: generousMs });
    child.strictSame(next, completed({}));
  });

  await check('does not send what was aborted before', async (child, { transport, target }) => {
    const command = { lun: 0, cdb: testCdb(TestCommand.COUNT, 3), timeoutMs: generousMs, signal: AbortSignal.abort() };
    child.hasStrict(failureOf(await transport.execute(command)), { code: 'aborted', executed: 'no' });
    child.equal(target.tasks.length, 0);
  });

  await check('refuses data in both directions at once', async (child, { transport, target }) => {
    const result = await transport.execute({ ...storeCommand(pattern(4)), dataInLength: 4 });
    child.hasStrict(failureOf(result), { code: 'unsupported', executed: 'no' });
    child.equal(target.tasks.length, 0);
  });

  await check(
    'ends what is in flight when it is closed, and refuses what comes after',
    async (child, { transport, target }) => {
      const pending = transport.execute({ lun: 0, cdb: testCdb(TestCommand.HANG), timeoutMs: generousMs });
      await target.arrived(1);
      await transport.close();
      child.hasStrict(failureOf(await pending), { code: 'closed', executed: 'unknown' });
      const later = await transport.execute({ lun: 0, cdb: testCdb(TestCommand.COUNT, 1), timeoutMs: generousMs });
      child.hasStrict(failureOf(later), { code: 'closed', executed: 'no' });
      child.equal(target.executed.get(1), undefined);
      await transport.close();
    },
  );

  await check('opens again after it was closed, and twice without harm', async (child, { transport, target }) => {
    await transport.open();
    await transport.close();
    await transport.open();
    const result = await transport.execute({ lun: 0, cdb: testCdb(TestCommand.COUNT, 2), timeoutMs: generousMs });
    child.strictSame(result, completed({}));
    child.equal(target.executed.get(2), 1);
  });

  await check('carries as many commands at once as it says, each once', async (child, rig) => {
    const { transport, target } = rig;
    const numbers = Array.from({ length: transport.maxInFlight }, (_, at) => at + 1);
    const pending = numbers.map((number) =>
      transport.execute({ lun: number % 2, cdb: testCdb(TestCommand.COUNT, number, 50), timeoutMs: generousMs }),
    );
    await target.arrived(numbers.length);
    child.equal(target.mostInFlight, transport.maxInFlight);
    for (const result of await untilSettled(rig, Promise.all(pending))) child.strictSame(result, completed({}));
    for (const number of numbers) child.equal(target.executed.get(number), 1);
  });

  await check('keeps answers with their questions when several are in flight', async (child, { transport }) => {
    await transport.execute(storeCommand(pattern(2_000)));
    const lengths = Array.from({ length: transport.maxInFlight }, (_, at) => 100 + at);
    const results = await Promise.all(lengths.map((length) => transport.execute(recallCommand(length))));
    child.strictSame(
      results.map((result) => dataInOf(result).length),
      lengths,
    );
  });
}

/** Executes while time passes: after an abort a transport may have to ask again after a while. */
function settled(rig: ConformanceRig, command: ScsiCommand): Promise<TransportResult> {
  return untilSettled(rig, rig.transport.execute(command));
}

async function untilSettled<T>(rig: ConformanceRig, work: Promise<T>): Promise<T> {
  const progress = { hasEnded: false };
  void work.finally(() => (progress.hasEnded = true)).catch(() => undefined);
  while (!progress.hasEnded) await rig.passTime(1);
  return work;
}

function storeCommand(data: Uint8Array) {
  return { lun: 0, cdb: testCdb(TestCommand.STORE, data.length), dataOut: data, timeoutMs: generousMs };
}

function recallCommand(length: number) {
  return { lun: 0, cdb: testCdb(TestCommand.RECALL, length), dataInLength: length, timeoutMs: generousMs };
}

function completed(parts: Partial<CompletedCommand>): CompletedCommand {
  return { kind: 'completed', status: 0, dataIn: new Uint8Array(0), sense: new Uint8Array(0), ...parts };
}

function dataInOf(result: TransportResult): Uint8Array {
  if (result.kind === 'failed') throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.dataIn;
}

function failureOf(result: TransportResult): TransportFailure | undefined {
  return result.kind === 'failed' ? result.failure : undefined;
}

function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** Bytes that differ from their neighbours, so that a shift or a swap shows. */
export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8) * 13 + 5) & 0xff);
}
