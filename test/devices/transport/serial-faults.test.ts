import fc from 'fast-check';
import t from 'tap';

import { SimulatedClock } from '../../../devices/clock.js';
import type { TransportResult } from '../../../devices/transport/scsi-transport.js';
import { SerialTransport } from '../../../devices/transport/serial/serial-transport.js';
import { pattern } from './conformance.js';
import type { LineFault } from './serial-lossy-line.js';
import { LINE_FAULTS, LossyLine } from './serial-lossy-line.js';
import { testCdb, TestCommand, TestTarget } from './test-target.js';

const timeoutMs = 120_000;

type Step =
  | { readonly kind: 'count'; readonly workMs: number }
  | { readonly kind: 'store'; readonly length: number }
  | { readonly kind: 'recall' }
  | { readonly kind: 'new-host' }
  | { readonly kind: 'pause' };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('count' as const), workMs: fc.constantFrom(0, 20, 3_000, 40_000) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('store' as const), length: fc.nat(900) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('recall' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('new-host' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const) }) },
);

/** One entry a line; when they are used up they begin again. */
const faultsOf = (kinds: readonly LineFault[], passWeight: number) =>
  fc.array(
    fc.oneof(
      { weight: passWeight, arbitrary: fc.constant<LineFault | undefined>(undefined) },
      { weight: 10, arbitrary: fc.constantFrom<LineFault | undefined>(...kinds) },
    ),
    { minLength: 1, maxLength: 60 },
  );

interface Outcome {
  readonly completed: number;
  readonly failed: number;
  readonly repeated: number;
}

/** Plays `script` over a line with `faults`, and throws at the first thing that must not happen. */
async function play(script: readonly Step[], faults: readonly (LineFault | undefined)[]): Promise<Outcome> {
  const clock = new SimulatedClock({ auto: true });
  const target = new TestTarget(clock);
  let lines = 0;
  const line = new LossyLine({
    target,
    clock,
    fault: () => faults[lines++ % faults.length],
    server: { chunkBytes: 64 },
  });
  let nonce = 0;
  const makeHost = (): SerialTransport =>
    new SerialTransport({
      path: 'memory',
      baudRate: 115_200,
      clock,
      openPort: line.openPort,
      openTimeoutMs: 30_000,
      nonce: () => ++nonce,
    });
  let host = makeHost();
  const outcome = { completed: 0, failed: 0, repeated: 0 };
  /** What the target's memory may hold: more than one entry after an unknown outcome. */
  let memory: Uint8Array[] = [new Uint8Array(0)];
  const tally = (result: TransportResult): void => {
    outcome[result.kind]++;
  };

  await host.open().catch(() => undefined);
  for (const [number, step] of script.entries()) {
    switch (step.kind) {
      case 'count': {
        const result = await host.execute({ lun: 0, cdb: testCdb(TestCommand.COUNT, number, step.workMs), timeoutMs });
        tally(result);
        requireHonest(result, target, number);
        break;
      }
      case 'store': {
        const data = pattern(step.length).map((byte) => byte ^ number);
        const result = await host.execute({ lun: 0, cdb: testCdb(TestCommand.STORE), dataOut: data, timeoutMs });
        tally(result);
        if (result.kind === 'completed') memory = [data];
        else if (result.failure.executed === 'unknown') memory.push(data);
        break;
      }
      case 'recall': {
        const result = await host.execute({
          lun: 0,
          cdb: testCdb(TestCommand.RECALL, 1_000),
          dataInLength: 1_000,
          timeoutMs,
        });
        tally(result);
        if (result.kind === 'failed') break;
        const isKnown = memory.some((one) => Buffer.compare(one, result.dataIn) === 0);
        if (!isKnown) throw new Error(`step ${number}: read back ${result.dataIn.length} bytes that nobody had stored`);
        break;
      }
      case 'new-host':
        outcome.repeated += host.lineCounters.repeated;
        await host.close();
        host = makeHost();
        await host.open().catch(() => undefined);
        break;
      case 'pause':
        await clock.sleep(5_000);
        break;
    }
  }
  outcome.repeated += host.lineCounters.repeated;
  await host.close();
  await clock.sleep(120_000);
  for (const [number, times] of target.executed) {
    if (times > 1) throw new Error(`command ${number} was executed ${times} times`);
  }
  return outcome;
}

function requireHonest(result: TransportResult, target: TestTarget, number: number): void {
  const times = target.executed.get(number) ?? 0;
  if (times > 1) throw new Error(`command ${number} was executed ${times} times`);
  if (result.kind === 'completed' && times !== 1) throw new Error(`command ${number} is said to be done and is not`);
  if (result.kind === 'failed' && result.failure.executed === 'no' && times !== 0) {
    throw new Error(`command ${number} was executed, and is said not to have been`);
  }
}

t.test('no line fault makes a command run twice, or an answer wrong', async (t) => {
  const total = { completed: 0, failed: 0, repeated: 0 };
  const script = fc.array(steps, { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(script, faultsOf(LINE_FAULTS, 30), async (played, faults) => {
      const outcome = await play(played, faults);
      total.completed += outcome.completed;
      total.failed += outcome.failed;
      total.repeated += outcome.repeated;
    }),
    { numRuns: 300 },
  );
  t.comment(JSON.stringify(total));
  // Otherwise the property would hold over a transport that never gets anything through.
  t.ok(total.completed > total.failed, 'most commands got through');
  t.ok(total.repeated > 100, 'lines were in fact lost');
});

t.test('one bad line in four, of any kind that a wire has, costs time and nothing else', async (t) => {
  const wireFaults = LINE_FAULTS.filter((fault) => fault !== 'restart');
  for (let shift = 0; shift < wireFaults.length; shift++) {
    const faults = wireFaults.flatMap((_, at) => [
      wireFaults[(at + shift) % wireFaults.length],
      undefined,
      undefined,
      undefined,
    ]);
    const outcome = await play(
      [
        { kind: 'count', workMs: 20 },
        { kind: 'store', length: 900 },
        { kind: 'recall' },
        { kind: 'count', workMs: 40_000 },
        { kind: 'count', workMs: 0 },
      ],
      faults,
    );
    t.hasStrict(outcome, { completed: 5, failed: 0 });
    t.ok(outcome.repeated > 0);
  }
});

t.test('every kind of fault alone is survived or reported honestly', async (t) => {
  for (const fault of LINE_FAULTS) {
    const script: Step[] = [{ kind: 'count', workMs: 0 }, { kind: 'store', length: 300 }, { kind: 'recall' }];
    await t.resolves(play(script, [fault]), `nothing but ${fault}`);
    await t.resolves(play(script, [undefined, fault]), `every other line ${fault}`);
  }
});
