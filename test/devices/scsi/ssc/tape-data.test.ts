import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { decodeBlockLimits, encodeBlockLimits } from '../../../../devices/scsi/ssc/read-block-limits.js';
import {
  decodeReadPositionShort,
  encodeReadPositionShort,
  readPositionShortLength,
} from '../../../../devices/scsi/ssc/read-position.js';
import { hexFixture } from '../hex-fixture.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

t.test("tgt's drive tells its limits and its position", (t) => {
  t.same(decodeBlockLimits(hexFixture('tgt-changer/read-block-limits')), {
    granularity: 9,
    maximumBlockLength: 0x100000,
    minimumBlockLength: 4,
  });
  t.match(decodeReadPositionShort(hexFixture('tgt-changer/read-position')), {
    beginningOfPartition: false,
    byteCountUnknown: true,
    logicalObjectLocationUnknown: true,
    firstLogicalObjectLocation: 0,
  });
  t.end();
});

t.test('short data are refused', (t) => {
  t.throws(() => decodeBlockLimits(new Uint8Array(5)), { code: 'SHORT_DATA' });
  t.throws(() => decodeReadPositionShort(new Uint8Array(19)), { code: 'SHORT_DATA' });
  t.throws(() => encodeBlockLimits({ maximumBlockLength: 0x1000000, minimumBlockLength: 1 }), { code: 'OUT_OF_RANGE' });
  t.end();
});

t.test('any limits and positions come back from their bytes as they were', (t) => {
  const limits = fc.record(
    { granularity: fc.nat(31), maximumBlockLength: fc.nat(0xff_ffff), minimumBlockLength: fc.nat(0xffff) },
    { noNullPrototype: true },
  );
  const flag = fc.boolean();
  const position = fc.record(
    {
      beginningOfPartition: flag,
      endOfPartition: flag,
      logicalObjectCountUnknown: flag,
      byteCountUnknown: flag,
      logicalObjectLocationUnknown: flag,
      positionError: flag,
      beyondProgrammableEarlyWarning: flag,
      partitionNumber: fc.nat(255),
      firstLogicalObjectLocation: fc.nat(0xffff_ffff),
      lastLogicalObjectLocation: fc.nat(0xffff_ffff),
      numberOfLogicalObjectsInBuffer: fc.nat(0xff_ffff),
      numberOfBytesInBuffer: fc.nat(0xffff_ffff),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(limits, position, (blockLimits, where) => {
      assert.deepEqual(decodeBlockLimits(encodeBlockLimits(blockLimits)), blockLimits);
      const bytes = encodeReadPositionShort(where);
      assert.equal(bytes.length, readPositionShortLength);
      assert.deepEqual(decodeReadPositionShort(bytes), where);
    }),
  );
  refusesOrAnswers(decodeReadPositionShort, hexFixture('tgt-changer/read-position'));
  refusesOrAnswers(decodeBlockLimits, hexFixture('tgt-changer/read-block-limits'));
  t.pass('none was changed');
  t.end();
});
