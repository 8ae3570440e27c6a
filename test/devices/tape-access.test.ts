import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { LogicalUnit } from '../../devices/logical-unit.js';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { SenseKey } from '../../devices/scsi/sense.js';
import { encodeBlockDescriptor, encodeModeParameters } from '../../devices/scsi/spc/mode-parameters.js';
import { blockLength, readBlocks, setBlockLength, writeBlocks } from '../../devices/tape-fixed-blocks.js';
import { erase, locate, space } from '../../devices/tape-positioning.js';
import { checkCondition, good } from './test-device/scripted-transport.js';
import { TestTapeDrive } from './test-device/test-tape-drive.js';

function setUp() {
  const device = new TestTapeDrive([]);
  const unit = new LogicalUnit({ transport: device, lun: 0, clock: new SimulatedClock({ auto: true }), name: 'drive' });
  return { device, unit };
}

const noSense = (rest: {
  asc?: number;
  ascq?: number;
  information?: number;
  filemark?: boolean;
  endOfMedium?: boolean;
}) => checkCondition({ key: SenseKey.NO_SENSE, asc: 0, ascq: 0, ...rest });

t.test('a space that something stops tells what, and how far it came', async (t) => {
  const { device, unit } = setUp();
  const cases = [
    { count: 5, sense: { filemark: true, information: 2 }, value: { passed: 3, stoppedBy: 'filemark' } },
    { count: -5, sense: { filemark: true, information: 2 }, value: { passed: -3, stoppedBy: 'filemark' } },
    {
      count: -5,
      sense: { ...AdditionalSense.BEGINNING_OF_PARTITION_MEDIUM_DETECTED, endOfMedium: true, information: 5 },
      value: { passed: 0, stoppedBy: 'beginning-of-partition' },
    },
    { count: 5, sense: { filemark: true }, value: { stoppedBy: 'filemark' } },
    { count: 5, sense: { filemark: true, information: 9 }, value: { stoppedBy: 'filemark' } },
  ] as const;
  for (const { count, sense, value } of cases) {
    device.once(OperationCode.SPACE_6, noSense(sense));
    t.same(await space(unit, { over: 'blocks', count }), { ok: true, value, notes: [] });
  }
  device.once(
    OperationCode.SPACE_6,
    checkCondition({ key: SenseKey.BLANK_CHECK, ...AdditionalSense.END_OF_DATA_DETECTED }),
  );
  t.match(await space(unit, { over: 'filemarks', count: 1 }), { ok: true, value: { stoppedBy: 'end-of-data' } });
  device.once(OperationCode.SPACE_6, good());
  t.same(await space(unit, { over: 'end-of-data' }), { ok: true, value: {}, notes: [] });
  device.once(OperationCode.SPACE_6, checkCondition({ key: SenseKey.MEDIUM_ERROR, asc: 0x11, ascq: 0 }));
  t.match(await space(unit, { over: 'blocks', count: 1 }), { ok: false, failure: { layer: 'sense' } });
});

t.test('what depends on the position is not sent again after a unit attention, a locate is', async (t) => {
  const { device, unit } = setUp();
  const reset = checkCondition({ key: SenseKey.UNIT_ATTENTION, asc: 0x29, ascq: 3 });
  for (const [opcode, verb] of [
    [OperationCode.SPACE_6, () => space(unit, { over: 'blocks', count: 1 })],
    [OperationCode.ERASE_6, () => erase(unit, { long: true })],
    [OperationCode.READ_6, () => readBlocks(unit, { count: 1, blockLength: 4 })],
    [OperationCode.WRITE_6, () => writeBlocks(unit, new Uint8Array(4), { blockLength: 4 })],
  ] as const) {
    device.sent.length = 0;
    device.once(opcode, reset);
    t.match(await verb(), { ok: false, failure: { executed: 'no' } });
    t.equal(device.sent.length, 1);
  }
  device.sent.length = 0;
  device.push(({ cdb }) => (cdb[0] === OperationCode.LOCATE_10 ? good() : undefined));
  device.once(OperationCode.LOCATE_10, reset);
  t.match(await locate(unit, { object: 7 }), { ok: true });
  t.equal(device.sent.length, 2);
});

t.test('blocks of one length: what was read before something came is kept, a contradiction is refused', async (t) => {
  const { device, unit } = setUp();
  const read = () => readBlocks(unit, { count: 3, blockLength: 2 });
  const answer = (dataIn: number[], sense: Parameters<typeof noSense>[0]) => ({
    ...noSense(sense),
    dataIn: Uint8Array.from(dataIn),
  });
  device.once(OperationCode.READ_6, answer([1, 1, 2, 2], { filemark: true, information: 1 }));
  t.match(await read(), { ok: true, value: { data: Uint8Array.of(1, 1, 2, 2), stoppedBy: 'filemark' } });
  device.once(OperationCode.READ_6, answer([1, 1], { filemark: true }));
  t.match(await read(), { ok: true, value: { data: Uint8Array.of(1, 1) } }, 'without INFORMATION the data tell');
  device.once(OperationCode.READ_6, answer([1, 1], { filemark: true, information: 1 }));
  t.match(await read(), { ok: false, failure: { layer: 'data' } });
  device.once(OperationCode.READ_6, good(Uint8Array.of(1, 1, 2, 2)));
  t.match(await read(), { ok: false, failure: { layer: 'data' } }, 'GOOD with too few bytes');
});

t.test('early warning is told; blocks that were not written are an error', async (t) => {
  const { device, unit } = setUp();
  const write = () => writeBlocks(unit, new Uint8Array(8), { blockLength: 4 });
  device.once(OperationCode.WRITE_6, noSense({ endOfMedium: true }));
  t.match(await write(), { ok: true, value: { endOfMedium: true } });
  device.once(OperationCode.WRITE_6, noSense({ endOfMedium: true, information: 1 }));
  t.match(await write(), { ok: false });
  device.once(OperationCode.WRITE_6, good());
  t.match(await write(), { ok: true, value: { endOfMedium: false } });
});

t.test('the block length is read and set by the block descriptor, and the rest of the mode stays', async (t) => {
  const { device, unit } = setUp();
  const blockDescriptors = encodeBlockDescriptor({ densityCode: 0x5e, blockLength: 512 });
  const mode = encodeModeParameters({ deviceSpecificParameter: 0x90, blockDescriptors, pages: [] }, 6);
  const lists: Uint8Array[] = [];
  device.push(({ cdb, dataOut }) => {
    if (cdb[0] === OperationCode.MODE_SENSE_6) return good(mode);
    if (cdb[0] !== OperationCode.MODE_SELECT_6) return undefined;
    lists.push(dataOut ?? new Uint8Array());
    return good();
  });
  t.match(await blockLength(unit), { ok: true, value: 512 });
  t.match(await setBlockLength(unit, 0), { ok: true });
  t.same([...(lists[0] ?? [])], [0, 0, 0x10, 8, 0x5e, 0, 0, 0, 0, 0, 0, 0]);
});
