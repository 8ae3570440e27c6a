import fc from 'fast-check';
import t from 'tap';
import { SimulatedClock } from '../../../../devices/clock.js';
import type { ScsiCommand, TransportResult } from '../../../../devices/transport/scsi-transport.js';
import { UasProtocol } from '../../../../devices/transport/usb/uas-protocol.js';
import type { UsbTransfer } from '../../../../devices/transport/usb/usb-interface.js';
import { inquiry, modeSelect, NOTHING, Pipe, ScriptedUsb, testUnitReady, type PipeName } from './uas-scripted.js';

/** What a device, or the caller, does next. */
type Step =
  | { readonly kind: 'answer'; readonly pipe: PipeName; readonly transfer: UsbTransfer }
  | { readonly kind: 'command'; readonly command: ScsiCommand; readonly isAborted: boolean }
  | { readonly kind: 'reset'; readonly lun: number }
  | { readonly kind: 'time'; readonly ms: number };

const LONGEST_MS = 5_000;

const done = (data: Uint8Array): UsbTransfer => ({ kind: 'done', data, length: data.length });

/** Units for low tags, so that many meet a task; some are cut, some are nonsense. */
const unit = fc
  .tuple(fc.constantFrom(3, 3, 4, 6, 7, 1, 0x99), fc.integer({ min: 0, max: 12 }), fc.uint8Array({ maxLength: 40 }))
  .map(([id, tag, rest]) => Uint8Array.from([id, 0, 0, tag, ...rest]));
const plainSense = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom(0, 2))
  .map(([tag, status]) => Uint8Array.from([3, 0, 0, tag, 0, 0, status, ...Array<number>(9).fill(0)]));
const managed = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom(0, 4, 8, 10))
  .map(([tag, code]) => Uint8Array.from([4, 0, 0, tag, 0, 0, 0, code]));

const broken: fc.Arbitrary<UsbTransfer> = fc.constantFrom<UsbTransfer>(
  { kind: 'stall' },
  { kind: 'stall', data: Uint8Array.from([1, 2]) },
  { kind: 'timeout' },
  { kind: 'cancelled' },
  { kind: 'overflow' },
  { kind: 'failed', message: 'a bus error' },
);
const gone: fc.Arbitrary<UsbTransfer> = fc.constant({ kind: 'disconnected', message: 'no such device' });

const answer = (pipe: PipeName, ...transfers: fc.WeightedArbitrary<UsbTransfer>[]): fc.WeightedArbitrary<Step> => ({
  weight: 6,
  arbitrary: fc
    .oneof(...transfers, { weight: 2, arbitrary: broken }, { weight: 1, arbitrary: gone })
    .map((transfer) => ({
      kind: 'answer',
      pipe,
      transfer,
    })),
});

const timeoutMs = fc.integer({ min: 1, max: LONGEST_MS });
const lun = fc.integer({ min: 0, max: 1 });
const command = fc
  .tuple(
    fc.constantFrom(testUnitReady(), inquiry(96), inquiry(1_024), modeSelect(Uint8Array.from([1, 2, 3]))),
    lun,
    timeoutMs,
  )
  .map(([base, unitNumber, ms]) => ({ ...base, lun: unitNumber, timeoutMs: ms }));

const step: fc.Arbitrary<Step> = fc.oneof(
  answer('command', { weight: 40, arbitrary: fc.constant(done(NOTHING)) }),
  answer(
    'status',
    { weight: 20, arbitrary: plainSense.map(done) },
    { weight: 20, arbitrary: managed.map(done) },
    { weight: 20, arbitrary: unit.map(done) },
  ),
  answer('dataIn', { weight: 30, arbitrary: fc.uint8Array({ maxLength: 1_100 }).map(done) }),
  answer('dataOut', { weight: 30, arbitrary: fc.constant(done(NOTHING)) }),
  {
    weight: 8,
    arbitrary: fc
      .tuple(command, fc.boolean())
      .map(([one, isAborted]): Step => ({ kind: 'command', command: one, isAborted })),
  },
  { weight: 1, arbitrary: lun.map((unitNumber): Step => ({ kind: 'reset', lun: unitNumber })) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 3_000 }).map((ms): Step => ({ kind: 'time', ms })) },
);

async function play(steps: readonly Step[]): Promise<void> {
  const clock = new SimulatedClock();
  const usb = new ScriptedUsb(clock);
  const pipe = (name: PipeName) => ({ endpoint: Pipe[name], maxPacketSize: 512 });
  const pipes = {
    command: pipe('command'),
    status: pipe('status'),
    dataIn: pipe('dataIn'),
    dataOut: pipe('dataOut'),
    maxStreams: 0,
  };
  const uas = new UasProtocol({ usb, pipes, clock, maxInFlight: 4 });
  const open = new Set<Promise<unknown>>();
  const watch = (work: Promise<unknown>): void => {
    open.add(work);
    void work.finally(() => open.delete(work));
  };
  const check = (one: ScsiCommand, result: TransportResult): void => {
    if (result.kind === 'completed' && result.dataIn.length > (one.dataInLength ?? 0)) {
      throw new Error(`${result.dataIn.length} bytes came for ${one.dataInLength ?? 0}`);
    }
  };
  for (const next of steps) {
    if (next.kind === 'time') {
      await clock.advance(next.ms);
    } else if (next.kind === 'reset') {
      watch(uas.resetLogicalUnit(next.lun, 1_000));
    } else if (next.kind === 'command') {
      const caller = new AbortController();
      watch(uas.execute({ ...next.command, signal: caller.signal }).then((result) => check(next.command, result)));
      if (next.isAborted) {
        await clock.advance(1);
        caller.abort();
      }
    } else if (usb.waits(next.pipe)) {
      (await usb.next(next.pipe)).answer(next.transfer);
      await clock.advance(0);
    }
  }
  await clock.advance(LONGEST_MS);
  if (open.size > 0) throw new Error(`${open.size} commands did not end in their time`);
  const closed = uas.close();
  await clock.advance(3_000);
  await closed;
  if (usb.outstanding > 0) throw new Error(`${usb.outstanding} transfers are left behind`);
  // Times of waiting that were under way come to their end.
  await clock.advance(60_000);
  if (clock.pending > 0) throw new Error(`${clock.pending} timers are left behind`);
}

t.test('whatever a device does, each command ends in its time, and closing leaves nothing behind', async (t) => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 80, size: 'max' }), play);
  await t.resolves(fc.assert(property, { numRuns: 400 }));
});
