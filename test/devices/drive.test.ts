import fc from 'fast-check';
import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { Drive } from '../../devices/drive.js';
import { LogicalUnit } from '../../devices/logical-unit.js';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { SenseKey } from '../../devices/scsi/sense.js';
import { encodeStandardInquiry } from '../../devices/scsi/spc/inquiry.js';
import { encodeBlockLimits } from '../../devices/scsi/ssc/read-block-limits.js';
import { encodeTapeAlert } from '../../devices/scsi/spc/tape-alert.js';
import { ScsiStatus } from '../../devices/scsi/status.js';
import { checkCondition, good, lost, status } from './test-device/scripted-transport.js';
import { TestTapeDrive, type TapeObject } from './test-device/test-tape-drive.js';

const block = (text: string, length = text.length): Uint8Array => new TextEncoder().encode(text.padEnd(length));
const notReady = (code: { asc: number; ascq: number }) => checkCondition({ key: SenseKey.NOT_READY, ...code });
const turOpcode = OperationCode.TEST_UNIT_READY;

function setUp(tape: TapeObject[] = [], auto = true) {
  const clock = new SimulatedClock({ auto });
  const device = new TestTapeDrive(tape);
  const unit = new LogicalUnit({ transport: device, lun: 0, clock, name: 'test drive' });
  return { clock, device, drive: new Drive({ unit, clock }) };
}

t.test('each answer to TEST UNIT READY is one readiness', async (t) => {
  const { drive, device } = setUp();
  t.match(await drive.testUnitReady(), { ok: true, value: /^ready$/ });
  const expected = [
    [AdditionalSense.MEDIUM_NOT_PRESENT, 'no-medium'],
    [AdditionalSense.MEDIUM_NOT_PRESENT_LOADABLE, 'not-loaded'],
    [AdditionalSense.LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED, 'not-loaded'],
    [AdditionalSense.LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY, 'becoming-ready'],
    [AdditionalSense.CLEANING_CARTRIDGE_INSTALLED, 'cleaning'],
    [AdditionalSense.INCOMPATIBLE_MEDIUM_INSTALLED, 'incompatible-medium'],
    [AdditionalSense.LOGICAL_UNIT_NOT_READY_MANUAL_INTERVENTION_REQUIRED, 'not-ready'],
  ] as const;
  for (const [code, readiness] of expected) {
    device.sent.length = 0;
    device.once(turOpcode, notReady(code));
    t.same(await drive.testUnitReady(), { ok: true, value: readiness, notes: [] }, readiness);
    t.equal(device.sent.length, 1, 'asked once');
  }
  device.once(turOpcode, checkCondition({ key: SenseKey.HARDWARE_ERROR, asc: 0x44, ascq: 0 }));
  t.match(await drive.testUnitReady(), { ok: false, failure: { layer: 'sense' } });
});

t.test('waits for a drive that first says that it is empty, then that it is loading', async (t) => {
  const { drive, device, clock } = setUp();
  const startMs = clock.now();
  device.push(({ cdb }) => {
    if (cdb[0] !== turOpcode) return undefined;
    const passedMs = clock.now() - startMs;
    if (passedMs < 3_000) return notReady(AdditionalSense.MEDIUM_NOT_PRESENT);
    if (passedMs < 30_000) return notReady(AdditionalSense.LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY);
    return undefined;
  });
  device.once(turOpcode, checkCondition({ key: SenseKey.UNIT_ATTENTION, asc: 0x28, ascq: 0 }));
  t.match(await drive.waitUntilReady({ timeoutMs: 60_000 }), { ok: true, value: /^ready$/ });
});

t.test('the wait ends when its time is up, telling what the drive said last', async (t) => {
  const { drive, device, clock } = setUp();
  device.push(() => notReady(AdditionalSense.MEDIUM_NOT_PRESENT));
  const startMs = clock.now();
  const outcome = await drive.waitUntilReady({ timeoutMs: 10_000 });
  t.match(outcome, {
    ok: false,
    failure: { sense: { asc: 0x3a }, message: /did not become ready in 10000 ms; it is no-medium/ },
  });
  t.equal(clock.now() - startMs, 10_000);
});

t.test('the wait can be cancelled', async (t) => {
  const { drive, device, clock } = setUp([], false);
  device.push(() => notReady(AdditionalSense.MEDIUM_NOT_PRESENT));
  const cancel = new AbortController();
  const outcome = drive.waitUntilReady({ timeoutMs: 60_000, signal: cancel.signal });
  await clock.advance(5_000);
  cancel.abort();
  t.match(await outcome, { ok: false });
  t.equal(clock.pending, 0);
});

t.test('an incompatible medium and a broken drive end the wait at once', async (t) => {
  for (const answer of [
    notReady(AdditionalSense.INCOMPATIBLE_MEDIUM_INSTALLED),
    checkCondition({ key: SenseKey.HARDWARE_ERROR, asc: 0x44, ascq: 0 }),
  ]) {
    const { drive, device } = setUp();
    device.push(() => answer);
    t.match(await drive.waitUntilReady({ timeoutMs: 60_000 }), { ok: false, failure: { layer: 'sense' } });
    t.equal(device.sent.length, 1);
  }
});

t.test('waits until the medium can be taken out', async (t) => {
  const { drive, device, clock } = setUp();
  const emptyAtMs = clock.now() + 20_000;
  device.push(({ cdb }) =>
    cdb[0] === turOpcode && clock.now() >= emptyAtMs ? notReady(AdditionalSense.MEDIUM_NOT_PRESENT) : undefined,
  );
  t.match(await drive.waitUntilUnloaded({ timeoutMs: 60_000 }), { ok: true, value: 'no-medium' });
  t.match(await setUp().drive.waitUntilUnloaded({ timeoutMs: 1_000 }), { ok: false, failure: { message: /let go/ } });
});

t.test('reads blocks of any length, filemarks and the end of the data', async (t) => {
  const { drive } = setUp([block('short'), block('exact', 16), block('a longer block', 40), 'filemark']);
  t.match(await drive.readBlock({ length: 16 }), {
    ok: true,
    value: { kind: 'block', data: block('short'), blockLength: 5 },
  });
  t.match(await drive.readBlock({ length: 16 }), { ok: true, value: { kind: 'block', blockLength: 16 } });
  const longer = await drive.readBlock({ length: 16 });
  t.match(longer, { ok: true, value: { kind: 'block', data: block('a longer block', 16), blockLength: 40 } });
  t.match(await drive.readBlock({ length: 16 }), { ok: true, value: { kind: 'filemark' } });
  t.match(await drive.readBlock({ length: 16 }), { ok: true, value: { kind: 'end-of-data' } });
});

t.test('what is written is read back, whatever the blocks and the length of the buffer are', async () => {
  const blocks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 64 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(blocks, fc.integer({ min: 1, max: 64 }), async (written, length) => {
      const { drive } = setUp();
      for (const data of written) await drive.writeBlock(data);
      await drive.writeFilemarks(1);
      const read = await drive.readFirstBlocks(100, { length });
      if (!read.ok || read.value.length !== written.length + 2) return false;
      if (read.value.at(-2)?.kind !== 'filemark' || read.value.at(-1)?.kind !== 'end-of-data') return false;
      return written.every((data, i) => {
        const record = read.value[i];
        if (record?.kind !== 'block' || record.blockLength !== data.length) return false;
        return Buffer.from(record.data).equals(Buffer.from(data.slice(0, length)));
      });
    }),
    { numRuns: 50 },
  );
});

t.test('a READ whose data contradict its sense data is a failure of layer data', async (t) => {
  const ili = { key: SenseKey.NO_SENSE, asc: 0, ascq: 0, incorrectLengthIndicator: true };
  const lies = {
    'fewer bytes than the block has': checkCondition({ ...ili, information: 6 }, block('abc')),
    'a residue beyond the buffer': checkCondition({ ...ili, information: 17 }),
    'GOOD with too few bytes': good(block('abc')),
    'GOOD with too many bytes': good(block('', 17)),
  };
  for (const [what, answer] of Object.entries(lies)) {
    const { drive, device } = setUp();
    device.once(OperationCode.READ_6, answer);
    t.match(
      await drive.readBlock({ length: 16 }),
      { ok: false, failure: { layer: 'data', device: 'test drive' } },
      what,
    );
  }
});

t.test('without INFORMATION a block that fills the buffer has no known length', async (t) => {
  const { drive, device } = setUp();
  const sense = { key: SenseKey.NO_SENSE, asc: 0, ascq: 0, incorrectLengthIndicator: true };
  device.once(OperationCode.READ_6, checkCondition(sense, block('sixteen bytes', 16)));
  const full = await drive.readBlock({ length: 16 });
  t.notOk(full.ok && full.value.kind === 'block' && full.value.blockLength !== undefined);
  device.once(OperationCode.READ_6, checkCondition(sense, block('abc')));
  t.match(await drive.readBlock({ length: 16 }), { ok: true, value: { blockLength: 3 } });
});

t.test('what a device sends behind a short block is no part of it', async (t) => {
  const { drive, device } = setUp();
  const sense = { key: SenseKey.NO_SENSE, asc: 0, ascq: 0, incorrectLengthIndicator: true, information: 13 };
  device.once(OperationCode.READ_6, checkCondition(sense, block('abc', 16)));
  const read = await drive.readBlock({ length: 16 });
  t.same(read.ok && read.value, { kind: 'block', data: block('abc'), blockLength: 3 });
});

t.test('after a reset nothing is read or written before the caller knows', async (t) => {
  const { drive, device } = setUp([block('one')]);
  const reset = checkCondition({ key: SenseKey.UNIT_ATTENTION, ...AdditionalSense.POWER_ON_OCCURRED });
  device.once(OperationCode.WRITE_6, reset);
  t.match(await drive.writeBlock(block('two')), { ok: false, failure: { executed: /^no$/, sense: { key: 6 } } });
  t.equal(device.count(OperationCode.WRITE_6), 1, 'a reset may have rewound the tape: writing again would destroy it');
  device.once(OperationCode.READ_6, reset);
  t.match(await drive.readBlock({ length: 8 }), { ok: false });
  device.once(OperationCode.READ_6, lost('timeout'));
  t.match(await drive.readBlock({ length: 8 }), { ok: false, failure: { executed: 'unknown' } });
  t.equal(device.count(OperationCode.READ_6), 2);
});

t.test('early warning is told by a write that was done', async (t) => {
  const { drive, device } = setUp();
  t.match(await drive.writeBlock(block('x')), { ok: true, value: { endOfMedium: false } });
  const warning = { key: SenseKey.NO_SENSE, ...AdditionalSense.END_OF_PARTITION_MEDIUM_DETECTED, endOfMedium: true };
  device.once(OperationCode.WRITE_6, checkCondition(warning));
  t.match(await drive.writeBlock(block('x')), { ok: true, value: { endOfMedium: true } });
  device.once(OperationCode.WRITE_6, checkCondition({ ...warning, key: SenseKey.VOLUME_OVERFLOW }));
  t.match(await drive.writeBlock(block('x')), { ok: false });
  device.once(
    OperationCode.WRITE_6,
    checkCondition({ key: SenseKey.DATA_PROTECT, ...AdditionalSense.WRITE_PROTECTED }),
  );
  t.match(await drive.writeBlock(block('x')), {
    ok: false,
    failure: { recovery: 'write-protected', executed: /^no$/ },
  });
});

t.test('the first blocks are read from the beginning, and the tape is left there', async (t) => {
  const { drive, device } = setUp([block('VOL1TAPE01', 80), block('HDR1', 80), 'filemark', block('data')]);
  device.position = 3;
  const read = await drive.readFirstBlocks(2);
  t.match(read, { ok: true, value: [{ data: block('VOL1TAPE01', 80) }, { data: block('HDR1', 80) }] });
  t.ok(read.ok && read.value.length === 2);
  t.equal(device.position, 0);
  t.match(await setUp([]).drive.readFirstBlocks(3), { ok: true, value: [{ kind: 'end-of-data' }] });
});

t.test('an unreadable block ends the first blocks with its failure, and the tape is rewound', async (t) => {
  const { drive, device } = setUp([block('one'), block('two')]);
  device.once(OperationCode.READ_6, checkCondition({ key: SenseKey.MEDIUM_ERROR, asc: 0x11, ascq: 0 }));
  t.match(await drive.readFirstBlocks(2), { ok: false, failure: { recovery: 'reject-medium' } });
  t.equal(device.opcodes.at(-1), OperationCode.REWIND);
});

t.test('the other verbs send what SSC-3 says', async (t) => {
  const { drive, device } = setUp();
  for (const verb of ['load', 'unload', 'rewind'] as const) t.match(await drive[verb](), { ok: true }, verb);
  t.same(
    device.sent.map(({ cdb }) => [cdb[0], cdb[4]]),
    [
      [0x1b, 1],
      [0x1b, 0],
      [0x01, 0],
    ],
  );
  await drive.preventAllowMediumRemoval(true);
  t.match(device.sent.at(-1)?.cdb, Uint8Array.of(0x1e, 0, 0, 0, 1, 0));
  await drive.writeBlock(block('x'));
  t.match(await drive.readPosition(), { ok: true, value: { firstLogicalObjectLocation: 1 } });
  device.once(
    OperationCode.READ_BLOCK_LIMITS,
    good(encodeBlockLimits({ maximumBlockLength: 100, minimumBlockLength: 1 })),
  );
  t.match(await drive.readBlockLimits(), { ok: true, value: { maximumBlockLength: 100 } });
  t.match(await drive.readBlockLimits(), { ok: false, failure: { layer: 'data' } }, 'no data at all');
  device.once(OperationCode.LOG_SENSE, good(encodeTapeAlert(new Set([20]))));
  const alerts = await drive.tapeAlerts();
  t.same(alerts.ok && [...alerts.value], [20]);
});

t.test('a changer is refused as a drive', async (t) => {
  const { drive, device } = setUp();
  const strings = { vendorIdentification: 'V', productIdentification: 'P', productRevisionLevel: '1' };
  device.once(OperationCode.INQUIRY, good(encodeStandardInquiry({ peripheralDeviceType: 8, ...strings })));
  t.match(await drive.identify(), { ok: false, failure: { layer: 'data', message: /not a drive/ } });
});

t.test('a block longer than READ(6) can ask for is refused', async (t) => {
  const { drive, device } = setUp();
  await t.rejects(drive.readBlock({ length: 0x100_0000 }), { code: 'OUT_OF_RANGE' });
  t.equal(device.sent.length, 0);
});

t.test('a drive that only answers BUSY is not waited for longer than was asked', async (t) => {
  const { drive, device, clock } = setUp();
  device.push(() => status(ScsiStatus.BUSY));
  const beganMs = clock.now();
  t.match(await drive.waitUntilReady({ timeoutMs: 10_000 }), { ok: false, failure: { status: ScsiStatus.BUSY } });
  t.equal(clock.now() - beganMs, 10_000);
});
