import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { cdbLength } from '../../../devices/scsi/command-table.js';
import { ScsiFormatError } from '../../../devices/scsi/format-error.js';
import * as scsi from '../../../devices/scsi/index.js';
import { hexBytes } from './hex-fixture.js';
import { recordOf } from './record-of.js';

/** A command as the standards draw it: the call, and the bytes that must come out. */
const drawn: readonly (readonly [build: () => Uint8Array, bytes: string])[] = [
  [() => scsi.testUnitReadyCdb(), '00 00 00 00 00 00'],
  [() => scsi.requestSenseCdb(), '03 00 00 00 fc 00'],
  [() => scsi.requestSenseCdb({ desc: true, allocationLength: 18 }), '03 01 00 00 12 00'],
  [() => scsi.inquiryCdb({ allocationLength: 36 }), '12 00 00 00 24 00'],
  [() => scsi.inquiryCdb({ evpd: true, pageCode: 0x83, allocationLength: 0x1ff }), '12 01 83 01 ff 00'],
  [() => scsi.reportLunsCdb({ allocationLength: 4096 }), 'a0 00 00 00 00 00 00 00 10 00 00 00'],
  [() => scsi.modeSense6Cdb({ dbd: true, pageCode: 0x1d, allocationLength: 24 }), '1a 08 1d 00 18 00'],
  [
    () =>
      scsi.modeSense10Cdb({
        pageControl: scsi.PageControl.DEFAULT,
        pageCode: 0x3f,
        subpageCode: 0xff,
        allocationLength: 0x1234,
      }),
    '5a 00 bf ff 00 00 00 12 34 00',
  ],
  [() => scsi.logSenseCdb({ pageCode: 0x2e, allocationLength: 512 }), '4d 00 6e 00 00 00 00 02 00 00'],
  [() => scsi.preventAllowMediumRemovalCdb({ prevent: scsi.Prevent.PREVENT }), '1e 00 00 00 01 00'],
  [() => scsi.reserve6Cdb(), '16 00 00 00 00 00'],
  [() => scsi.release6Cdb({ element: true, reservationIdentification: 7 }), '17 01 07 00 00 00'],
  [() => scsi.reserve10Cdb({ element: true, parameterListLength: 6 }), '56 01 00 00 00 00 00 00 06 00'],
  [() => scsi.release10Cdb(), '57 00 00 00 00 00 00 00 00 00'],
  [() => scsi.release10Cdb({ thirdParty: true }), '57 10 00 00 00 00 00 00 00 00'],
  [() => scsi.initializeElementStatusCdb(), '07 00 00 00 00 00'],
  [
    () =>
      scsi.initializeElementStatusWithRangeCdb({
        fast: true,
        range: true,
        startingElementAddress: 0x1000,
        numberOfElements: 5,
      }),
    '37 03 10 00 00 00 00 05 00 00',
  ],
  [
    () => scsi.moveMediumCdb({ sourceAddress: 0x1000, destinationAddress: 0x100 }),
    'a5 00 00 00 10 00 01 00 00 00 00 00',
  ],
  [
    () => scsi.moveMediumCdb({ mediumTransportAddress: 1, sourceAddress: 2, destinationAddress: 3, invert: true }),
    'a5 00 00 01 00 02 00 03 00 00 01 00',
  ],
  [
    () =>
      scsi.exchangeMediumCdb({
        sourceAddress: 2,
        firstDestinationAddress: 3,
        secondDestinationAddress: 4,
        invert1: true,
      }),
    // SCSI-2 table 328: INV2 is bit 1, INV1 bit 0; the changer drivers of Linux and FreeBSD write the same.
    'a6 00 00 00 00 02 00 03 00 04 01 00',
  ],
  [
    () =>
      scsi.exchangeMediumCdb({
        sourceAddress: 2,
        firstDestinationAddress: 3,
        secondDestinationAddress: 4,
        invert2: true,
      }),
    'a6 00 00 00 00 02 00 03 00 04 02 00',
  ],
  [() => scsi.positionToElementCdb({ destinationAddress: 0x1234, invert: true }), '2b 00 00 00 12 34 00 00 01 00'],
  [
    () => scsi.openCloseImportExportElementCdb({ elementAddress: 16, actionCode: scsi.ImportExportAction.CLOSE }),
    '1b 00 00 10 01 00',
  ],
  [
    () => scsi.sendVolumeTagCdb({ sendActionCode: scsi.SendActionCode.TRANSLATE_PRIMARY_ANY_SEQUENCE }),
    'b6 00 00 00 00 05 00 00 00 28 00 00',
  ],
  [
    () =>
      scsi.requestVolumeElementAddressCdb({
        volTag: true,
        elementTypeCode: 2,
        numberOfElements: 1,
        allocationLength: 4096,
      }),
    'b5 12 00 00 00 01 00 00 10 00 00 00',
  ],
  [() => scsi.loadUnloadCdb({ load: true }), '1b 00 00 00 01 00'],
  [() => scsi.loadUnloadCdb({ immed: true, hold: true, eot: true, reten: true }), '1b 01 00 00 0e 00'],
  [() => scsi.rewindCdb({ immed: true }), '01 01 00 00 00 00'],
  [() => scsi.read6Cdb({ sili: true, transferLength: 0x10000 }), '08 02 01 00 00 00'],
  [() => scsi.write6Cdb({ fixed: true, transferLength: 2 }), '0a 01 00 00 02 00'],
  [() => scsi.writeFilemarks6Cdb({ filemarkCount: 1 }), '10 00 00 00 01 00'],
  [() => scsi.space6Cdb({ code: scsi.SpaceCode.FILEMARKS, count: -1 }), '11 01 ff ff ff 00'],
  [() => scsi.locate10Cdb({ logicalObjectIdentifier: 0x01020304 }), '2b 00 00 01 02 03 04 00 00 00'],
  [() => scsi.readPositionCdb(), '34 00 00 00 00 00 00 00 00 00'],
  [() => scsi.readBlockLimitsCdb(), '05 00 00 00 00 00'],
];

t.test('commands are built as the standards draw them', (t) => {
  for (const [build, bytes] of drawn) t.same(build(), hexBytes(bytes), bytes);
  t.end();
});

const flagField = fc.boolean();
const word = fc.nat(0xffff);

function roundTrip<T>(
  values: fc.Arbitrary<T>,
  build: (value: T) => Uint8Array,
  parse: (cdb: Uint8Array) => unknown,
): void {
  fc.assert(
    fc.property(values, (value) => {
      const cdb = build(value);
      assert.equal(cdb.length, cdbLength(cdb[0] ?? 0xff));
      assert.deepEqual(parse(cdb), value);
    }),
    { numRuns: 60 },
  );
}

t.test('the device reads what the initiator wrote', (t) => {
  const byte = fc.nat(0xff);
  const reservation = recordOf({
    thirdParty: flagField,
    element: flagField,
    reservationIdentification: byte,
    parameterListLength: word,
  });
  roundTrip(
    recordOf({ evpd: flagField, pageCode: byte, allocationLength: word }),
    scsi.inquiryCdb,
    scsi.parseInquiryCdb,
  );
  roundTrip(recordOf({ desc: flagField, allocationLength: byte }), scsi.requestSenseCdb, scsi.parseRequestSenseCdb);
  roundTrip(
    recordOf({ selectReport: byte, allocationLength: fc.nat(0xffff_ffff) }),
    scsi.reportLunsCdb,
    scsi.parseReportLunsCdb,
  );
  const mode = { dbd: flagField, pageControl: fc.nat(3), pageCode: fc.nat(63), subpageCode: byte };
  roundTrip(recordOf({ ...mode, allocationLength: byte }), scsi.modeSense6Cdb, scsi.parseModeSense6Cdb);
  roundTrip(
    recordOf({ ...mode, llbaa: flagField, allocationLength: word }),
    scsi.modeSense10Cdb,
    scsi.parseModeSense10Cdb,
  );
  const log = { savePages: flagField, pageControl: fc.nat(3), pageCode: fc.nat(63), subpageCode: byte };
  roundTrip(
    recordOf({ ...log, parameterPointer: word, allocationLength: word }),
    scsi.logSenseCdb,
    scsi.parseLogSenseCdb,
  );
  roundTrip(
    recordOf({ prevent: fc.nat(3) }),
    scsi.preventAllowMediumRemovalCdb,
    scsi.parsePreventAllowMediumRemovalCdb,
  );
  roundTrip(reservation, scsi.reserve6Cdb, scsi.parseReserve6Cdb);
  roundTrip(reservation, scsi.release6Cdb, scsi.parseRelease6Cdb);
  roundTrip(reservation, scsi.reserve10Cdb, scsi.parseReserve10Cdb);
  roundTrip(reservation, scsi.release10Cdb, scsi.parseRelease10Cdb);
  const range = { fast: flagField, range: flagField, startingElementAddress: word, numberOfElements: word };
  roundTrip(recordOf(range), scsi.initializeElementStatusWithRangeCdb, scsi.parseInitializeElementStatusWithRangeCdb);
  const move = { mediumTransportAddress: word, sourceAddress: word, destinationAddress: word, invert: flagField };
  roundTrip(recordOf(move), scsi.moveMediumCdb, scsi.parseMoveMediumCdb);
  const exchange = { sourceAddress: word, firstDestinationAddress: word, secondDestinationAddress: word };
  const inverts = { mediumTransportAddress: word, invert1: flagField, invert2: flagField };
  roundTrip(recordOf({ ...exchange, ...inverts }), scsi.exchangeMediumCdb, scsi.parseExchangeMediumCdb);
  const position = { mediumTransportAddress: word, destinationAddress: word, invert: flagField };
  roundTrip(recordOf(position), scsi.positionToElementCdb, scsi.parsePositionToElementCdb);
  const port = recordOf({ elementAddress: word, actionCode: fc.nat(31) });
  roundTrip(port, scsi.openCloseImportExportElementCdb, scsi.parseOpenCloseImportExportElementCdb);
  const status = {
    volTag: flagField,
    elementTypeCode: fc.nat(15),
    numberOfElements: word,
    allocationLength: fc.nat(0xff_ffff),
  };
  const hints = { startingElementAddress: word, curData: flagField, dvcid: flagField };
  roundTrip(recordOf({ ...status, ...hints }), scsi.readElementStatusCdb, scsi.parseReadElementStatusCdb);
  const found = recordOf({ ...status, elementAddress: word });
  roundTrip(found, scsi.requestVolumeElementAddressCdb, scsi.parseRequestVolumeElementAddressCdb);
  const tag = {
    elementTypeCode: fc.nat(15),
    elementAddress: word,
    sendActionCode: fc.nat(31),
    parameterListLength: word,
  };
  roundTrip(recordOf(tag), scsi.sendVolumeTagCdb, scsi.parseSendVolumeTagCdb);
  const load = { immed: flagField, hold: flagField, eot: flagField, reten: flagField, load: flagField };
  roundTrip(recordOf(load), scsi.loadUnloadCdb, scsi.parseLoadUnloadCdb);
  roundTrip(recordOf({ immed: flagField }), scsi.rewindCdb, scsi.parseRewindCdb);
  const length = fc.nat(0xff_ffff);
  roundTrip(recordOf({ sili: flagField, fixed: flagField, transferLength: length }), scsi.read6Cdb, scsi.parseRead6Cdb);
  roundTrip(recordOf({ fixed: flagField, transferLength: length }), scsi.write6Cdb, scsi.parseWrite6Cdb);
  roundTrip(
    recordOf({ immed: flagField, filemarkCount: length }),
    scsi.writeFilemarks6Cdb,
    scsi.parseWriteFilemarks6Cdb,
  );
  const count = fc.integer({ min: -0x80_0000, max: 0x7f_ffff });
  roundTrip(recordOf({ code: fc.nat(15), count }), scsi.space6Cdb, scsi.parseSpace6Cdb);
  const locate = { blockAddressType: flagField, changePartition: flagField, immed: flagField, partition: byte };
  roundTrip(
    recordOf({ ...locate, logicalObjectIdentifier: fc.nat(0xffff_ffff) }),
    scsi.locate10Cdb,
    scsi.parseLocate10Cdb,
  );
  roundTrip(
    recordOf({ serviceAction: fc.nat(31), allocationLength: word }),
    scsi.readPositionCdb,
    scsi.parseReadPositionCdb,
  );
  t.pass('every command came back');
  t.end();
});

const parsers = Object.entries(scsi).filter(([name]) => /^parse\w+Cdb$/.test(name)) as [
  string,
  (cdb: Uint8Array) => unknown,
][];

t.test('no parser takes a short command, another command, or anything but answers or refuses', (t) => {
  t.ok(parsers.length >= 29, `${parsers.length} parsers`);
  for (const [name, parse] of parsers) {
    t.throws(() => parse(new Uint8Array()), { name: 'ScsiFormatError', code: 'SHORT_DATA' }, name);
    t.throws(
      () => parse(Uint8Array.of(0xff, ...new Uint8Array(15))),
      { name: 'ScsiFormatError', code: 'CONTRADICTION' },
      name,
    );
  }
  fc.assert(
    fc.property(fc.constantFrom(...parsers), fc.uint8Array({ maxLength: 16 }), ([, parse], cdb) => {
      try {
        parse(cdb);
      } catch (cause) {
        if (!(cause instanceof ScsiFormatError)) throw cause;
      }
    }),
    { numRuns: 2000 },
  );
  t.throws(
    () => scsi.cdbLayout('ONE ACTION', 0x34, 10, {}, 0x01).parse(hexBytes('34 06 00 00 00 00 00 00 20 00')),
    { code: 'CONTRADICTION' },
    'another service action',
  );
  t.end();
});

t.test('a value that its field cannot hold is refused with the name of the field', (t) => {
  t.throws(() => scsi.moveMediumCdb({ sourceAddress: 0x10000, destinationAddress: 0 }), {
    code: 'OUT_OF_RANGE',
    what: 'MOVE MEDIUM CDB',
    offset: 4,
    message: /sourceAddress is 65536, allowed is 0 to 65535/,
  });
  t.throws(() => scsi.read6Cdb({ transferLength: 1.5 }), { code: 'OUT_OF_RANGE' });
  t.throws(() => scsi.read6Cdb({ transferLength: -1 }), { code: 'OUT_OF_RANGE' });
  t.throws(() => scsi.space6Cdb({ code: 1, count: 0x80_0000 }), { code: 'OUT_OF_RANGE' });
  t.throws(() => scsi.modeSense6Cdb({ pageCode: 64, allocationLength: 4 }), { code: 'OUT_OF_RANGE' });
  t.end();
});
