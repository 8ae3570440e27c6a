import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import * as scsi from '../../../../devices/scsi/index.js';
import { hexBytes } from '../hex-fixture.js';
import { recordOf } from '../record-of.js';

/** A command as the standards draw it: the call, and the bytes that must come out. */
const drawn: readonly (readonly [build: () => Uint8Array, bytes: string])[] = [
  [() => scsi.erase6Cdb(), '19 00 00 00 00 00'],
  [() => scsi.erase6Cdb({ long: true, immed: true }), '19 03 00 00 00 00'],
  [
    () => scsi.space16Cdb({ code: scsi.SpaceCode.FILEMARKS, count: 2 ** 40 }),
    '91 01 00 00 00 00 01 00 00 00 00 00 00 00 00 00',
  ],
  [
    () => scsi.space16Cdb({ code: scsi.SpaceCode.LOGICAL_BLOCKS, count: -3 }),
    '91 00 00 00 ff ff ff ff ff ff ff fd 00 00 00 00',
  ],
  [
    () => scsi.locate16Cdb({ destinationType: scsi.LocateDestination.LOGICAL_FILE, logicalIdentifier: 0x01_0000_0002 }),
    '92 08 00 00 00 00 00 01 00 00 00 02 00 00 00 00',
  ],
  [
    () =>
      scsi.locate16Cdb({
        destinationType: scsi.LocateDestination.END_OF_DATA,
        changePartition: true,
        partition: 1,
        immed: true,
      }),
    '92 1b 00 01 00 00 00 00 00 00 00 00 00 00 00 00',
  ],
  [
    () => scsi.readPositionCdb({ serviceAction: scsi.ReadPositionForm.SHORT_VENDOR_SPECIFIC }),
    '34 01 00 00 00 00 00 00 00 00',
  ],
  [() => scsi.readPositionCdb({ serviceAction: scsi.ReadPositionForm.LONG }), '34 06 00 00 00 00 00 00 00 00'],
  [
    () => scsi.readPositionCdb({ serviceAction: scsi.ReadPositionForm.EXTENDED, allocationLength: 32 }),
    '34 08 00 00 00 00 00 00 20 00',
  ],
  [
    () => scsi.reportDensitySupportCdb({ media: true, mediumType: true, allocationLength: 0x1234 }),
    '44 03 00 00 00 00 00 12 34 00',
  ],
  [
    () =>
      scsi.readAttributeCdb({
        serviceAction: scsi.ReadAttributeAction.ATTRIBUTE_LIST,
        firstAttributeIdentifier: 0x0806,
        allocationLength: 0x10000,
        cache: true,
        partitionNumber: 1,
        logicalVolumeNumber: 2,
      }),
    '8c 01 00 00 00 02 00 01 08 06 00 01 00 00 01 00',
  ],
  [
    () => scsi.writeAttributeCdb({ writeThroughCache: true, parameterListLength: 42 }),
    '8d 01 00 00 00 00 00 00 00 00 00 00 00 2a 00 00',
  ],
];

t.test('tape commands are built as the standards draw them', (t) => {
  for (const [build, bytes] of drawn) t.same(build(), hexBytes(bytes), bytes);
  t.end();
});

t.test('every tape command comes back from its bytes as it was', (t) => {
  const bit = fc.boolean();
  const safe = fc.maxSafeNat();
  const roundTrip = <T>(
    values: fc.Arbitrary<T>,
    build: (value: T) => Uint8Array,
    parse: (cdb: Uint8Array) => unknown,
  ): void =>
    fc.assert(
      fc.property(values, (value) => {
        const cdb = build(value);
        assert.equal(cdb.length, scsi.cdbLength(cdb[0] ?? 0xff));
        assert.deepEqual(parse(cdb), value);
      }),
      { numRuns: 60 },
    );
  roundTrip(recordOf({ immed: bit, long: bit }), scsi.erase6Cdb, scsi.parseErase6Cdb);
  const count = fc.maxSafeInteger();
  roundTrip(
    recordOf({ code: fc.nat(15), count, parameterListLength: fc.nat(0xffff) }),
    scsi.space16Cdb,
    scsi.parseSpace16Cdb,
  );
  const locate = {
    destinationType: fc.nat(7),
    changePartition: bit,
    immed: bit,
    blockAddressMode: bit,
    partition: fc.nat(255),
  };
  roundTrip(recordOf({ ...locate, logicalIdentifier: safe }), scsi.locate16Cdb, scsi.parseLocate16Cdb);
  const density = { mediumType: bit, media: bit, allocationLength: fc.nat(0xffff) };
  roundTrip(recordOf(density), scsi.reportDensitySupportCdb, scsi.parseReportDensitySupportCdb);
  const volume = { logicalVolumeNumber: fc.nat(255), partitionNumber: fc.nat(255) };
  const read = { ...volume, serviceAction: fc.nat(31), firstAttributeIdentifier: fc.nat(0xffff), cache: bit };
  roundTrip(
    recordOf({ ...read, allocationLength: fc.nat(0xffff_ffff) }),
    scsi.readAttributeCdb,
    scsi.parseReadAttributeCdb,
  );
  const write = { ...volume, writeThroughCache: bit, parameterListLength: fc.nat(0xffff_ffff) };
  roundTrip(recordOf(write), scsi.writeAttributeCdb, scsi.parseWriteAttributeCdb);
  t.pass('every command came back');
  t.end();
});

t.test('a count that eight bytes hold and a number does not is read as the nearest one', (t) => {
  const most = scsi.parseSpace16Cdb(hexBytes('91 00 00 00 7f ff ff ff ff ff ff ff 00 00 00 00'));
  t.equal(most.count, 2 ** 63);
  const least = scsi.parseSpace16Cdb(hexBytes('91 00 00 00 80 00 00 00 00 00 00 00 00 00 00 00'));
  t.equal(least.count, -(2 ** 63));
  t.equal(scsi.parseLocate16Cdb(new Uint8Array(16).fill(0xff).with(0, 0x92)).logicalIdentifier, 2 ** 64);
  for (const count of [2 ** 60, Number.NaN, 0.5]) {
    t.throws(() => scsi.space16Cdb({ code: 0, count }), { code: 'OUT_OF_RANGE' });
  }
  t.throws(() => scsi.locate16Cdb({ destinationType: 0, logicalIdentifier: -1 }), { code: 'OUT_OF_RANGE' });
  t.end();
});
