import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { cleaningWish, watchCleaning } from '../../devices/drive-cleaning.js';
import { Drive } from '../../devices/drive.js';
import { LogicalUnit } from '../../devices/logical-unit.js';
import { AdditionalSense, type AdditionalSenseCode } from '../../devices/scsi/asc-ascq.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { SenseKey } from '../../devices/scsi/sense.js';
import { encodeTapeAlert } from '../../devices/scsi/spc/tape-alert.js';
import { checkCondition, good } from './test-device/scripted-transport.js';
import { TestTapeDrive } from './test-device/test-tape-drive.js';

const { CLEANING_CARTRIDGE_INSTALLED: CLEANING, MEDIUM_NOT_PRESENT: EMPTY } = AdditionalSense;
const { LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED: HELD, INCOMPATIBLE_MEDIUM_INSTALLED: UNFIT } =
  AdditionalSense;

/** What the drive answers, from so many milliseconds on; `undefined`: it is ready. */
type Script = readonly (readonly [fromMs: number, sense: AdditionalSenseCode | undefined])[];

function setUp(script: Script, alerts: readonly number[] = []) {
  const clock = new SimulatedClock({ auto: true });
  const device = new TestTapeDrive([]);
  const startMs = clock.now();
  let told = false;
  device.push(({ cdb }) => {
    const sense = script.findLast(([fromMs]) => clock.now() - startMs >= fromMs)?.[1];
    if (cdb[0] === OperationCode.TEST_UNIT_READY) {
      return sense === undefined ? undefined : checkCondition({ key: SenseKey.NOT_READY, ...sense });
    }
    if (cdb[0] !== OperationCode.LOG_SENSE) return undefined;
    const flags = told ? [] : alerts;
    told = true;
    return good(encodeTapeAlert(new Set(flags)));
  });
  const unit = new LogicalUnit({ transport: device, lun: 0, clock, name: 'test drive' });
  return { clock, startMs, drive: new Drive({ unit, clock }) };
}

const watch = (drive: Drive) => watchCleaning(drive, { timeoutMs: 600_000 });

t.test('a drive that said that it cleans has cleaned when it is empty', async (t) => {
  const { drive, clock, startMs } = setUp([
    [0, EMPTY],
    [5_000, CLEANING],
    [125_000, EMPTY],
  ]);
  t.match(await watch(drive), { end: /^cleaned$/, holds: false });
  t.ok(clock.now() - startMs >= 125_000);
});

t.test('a drive that was quicker than the question tells by TapeAlert that it cleaned', async (t) => {
  const { drive, clock, startMs } = setUp([[0, EMPTY]], [11]);
  t.match(await watch(drive), { end: /^cleaned$/ });
  t.ok(clock.now() - startMs < 1_000);
});

t.test('a drive that keeps the cartridge after cleaning is told to hold it', async (t) => {
  const { drive } = setUp([
    [0, CLEANING],
    [60_000, HELD],
  ]);
  t.match(await watch(drive), { end: /^cleaned$/, holds: true });
});

t.test('a used-up cleaner is told by TapeAlert, whatever the drive answers', async (t) => {
  for (const sense of [EMPTY, UNFIT, AdditionalSense.CLEANING_TAPE_EXPIRED]) {
    t.match(await watch(setUp([[0, sense]], [11, 22]).drive), { end: /^expired$/ });
  }
});

t.test('what is no cleaner for the drive is unfit', async (t) => {
  t.match(await watch(setUp([[0, UNFIT]]).drive), { end: /^unfit$/ });
  t.match(await watch(setUp([[0, EMPTY]], [23]).drive), { end: /^unfit$/ });
  t.match(await watch(setUp([[0, undefined]]).drive), { end: /^unfit$/, holds: true }, 'loaded as data');
});

t.test('nothing is taken for a cleaning that nobody saw', async (t) => {
  const { drive, clock, startMs } = setUp([[0, EMPTY]]);
  t.match(await watch(drive), { end: /^not-seen$/, message: /did not tell/ });
  t.ok(clock.now() - startMs >= 30_000, 'it may take a while until the drive sees the cartridge');
});

t.test('a cleaning that does not end is given up', async (t) => {
  const { drive } = setUp([[0, CLEANING]]);
  t.match(await watch(drive), { end: /^still-cleaning$/ });
});

t.test('an error of the drive ends the watch', async (t) => {
  const broken = new TestTapeDrive([]);
  const clock = new SimulatedClock({ auto: true });
  broken.push(({ cdb }) =>
    cdb[0] === OperationCode.TEST_UNIT_READY
      ? checkCondition({ key: SenseKey.HARDWARE_ERROR, asc: 0x44, ascq: 0 })
      : undefined,
  );
  const unit = new LogicalUnit({ transport: broken, lun: 0, clock, name: 'broken drive' });
  t.match(await watch(new Drive({ unit, clock })), { end: /^failed$/ });
});

t.test('whoever shuts down does not wait for the cleaning', async (t) => {
  const { drive, clock } = setUp([[0, CLEANING]]);
  const shutdown = new AbortController();
  clock.after(10_000, () => shutdown.abort(new Error('shutting down')));
  await t.rejects(watchCleaning(drive, { timeoutMs: 600_000, signal: shutdown.signal }), { message: 'shutting down' });
});

t.test('a drive asks to be cleaned by two flags, the urgent one first', async (t) => {
  t.equal(await cleaningWish(setUp([], [20, 21]).drive), 'required');
  t.equal(await cleaningWish(setUp([], [3, 21]).drive), 'requested');
  t.equal(await cleaningWish(setUp([], [3]).drive), undefined);
});
