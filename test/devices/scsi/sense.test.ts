import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { AdditionalSense } from '../../../devices/scsi/asc-ascq.js';
import { ScsiFormatError } from '../../../devices/scsi/format-error.js';
import {
  decodeSense,
  describeSense,
  encodeSense,
  hasAdditionalSense,
  SenseKey,
  senseKeyName,
  signedInformation,
} from '../../../devices/scsi/sense.js';
import { hexBytes, hexFixture } from './hex-fixture.js';

t.test('fixed format is read field by field', (t) => {
  t.same(decodeSense(hexFixture('sg3-utils/fixed-sense')), {
    format: 'fixed',
    deferred: false,
    key: SenseKey.MEDIUM_ERROR,
    asc: 0x11,
    ascq: 0x00,
    information: 0x1234,
    fieldReplaceableUnitCode: 0x77,
    filemark: false,
    endOfMedium: false,
    incorrectLengthIndicator: false,
    senseKeySpecific: { kind: 'retry-count', actualRetryCount: 0x198 },
  });
  t.end();
});

t.test('descriptor format gives the same shape and passes over descriptors that it does not know', (t) => {
  const sense = decodeSense(hexFixture('sg3-utils/descriptor-sense'));
  t.match(sense, {
    format: 'descriptor',
    key: SenseKey.RECOVERED_ERROR,
    asc: 0x03,
    ascq: 0x02,
    fieldReplaceableUnitCode: 0x45,
    incorrectLengthIndicator: true,
    senseKeySpecific: { kind: 'retry-count', actualRetryCount: 257 },
  });
  t.equal(sense.information, undefined, '1122334455667788h and its like have no exact number');
  t.end();
});

t.test("what tgt's changer and drive say is understood", (t) => {
  for (const [name, key, code] of [
    ['medium-not-present', SenseKey.NOT_READY, AdditionalSense.MEDIUM_NOT_PRESENT],
    ['source-empty', SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_SOURCE_ELEMENT_EMPTY],
    ['destination-full', SenseKey.ILLEGAL_REQUEST, AdditionalSense.MEDIUM_DESTINATION_ELEMENT_FULL],
    ['invalid-element', SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_FIELD_IN_CDB],
    ['invalid-opcode', SenseKey.ILLEGAL_REQUEST, AdditionalSense.INVALID_COMMAND_OPERATION_CODE],
  ] as const) {
    const sense = decodeSense(hexFixture(`tgt-changer/sense-${name}`));
    t.equal(sense.key, key, name);
    t.ok(hasAdditionalSense(sense, code), name);
  }
  t.equal(
    decodeSense(hexFixture('tgt-changer/request-sense-desc')).format,
    'fixed',
    'descriptor format was asked for; the answer says itself what it is',
  );
  t.match(decodeSense(hexFixture('tgt-changer/sense-read-blank')), { key: SenseKey.BLANK_CHECK, endOfMedium: true });
  t.end();
});

t.test('a sentence for people', (t) => {
  const { asc, ascq } = AdditionalSense.LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY;
  t.equal(
    describeSense({ key: SenseKey.NOT_READY, asc, ascq }),
    'NOT READY 04h/01h: LOGICAL UNIT IS IN PROCESS OF BECOMING READY',
  );
  t.equal(
    describeSense({ key: 0, ...AdditionalSense.FILEMARK_DETECTED, filemark: true, endOfMedium: true, deferred: true }),
    'NO SENSE 00h/01h: FILEMARK DETECTED (deferred, FILEMARK, EOM)',
  );
  t.equal(senseKeyName(0xc), 'SENSE KEY Ch');
  t.end();
});

t.test('a residue below zero is an overlong block', (t) => {
  const input = { key: 0, asc: 0, ascq: 0, incorrectLengthIndicator: true, information: -512 };
  t.equal(signedInformation(decodeSense(encodeSense(input))), -512);
  t.equal(signedInformation(decodeSense(encodeSense({ ...input, format: 'descriptor' }))), -512);
  t.equal(signedInformation(decodeSense(encodeSense({ key: 0, asc: 0, ascq: 0 }))), undefined);
  t.end();
});

t.test("old devices' eight bytes say only the key; bytes cut off in transport are an error", (t) => {
  t.match(decodeSense(hexBytes('70 00 02 00 00 00 00 00')), { key: SenseKey.NOT_READY, asc: 0, ascq: 0 });
  t.throws(() => decodeSense(hexBytes('70 00 02 00 00 00 00 0a 00 00')), { code: 'SHORT_DATA' });
  t.throws(() => decodeSense(hexBytes('70 00')), { code: 'SHORT_DATA' });
  t.throws(() => decodeSense(new Uint8Array()), { code: 'SHORT_DATA' });
  t.throws(() => decodeSense(new Uint8Array(18)), { code: 'CONTRADICTION' });
  t.end();
});

t.test('values that do not fit are refused', (t) => {
  const good = { key: SenseKey.ILLEGAL_REQUEST, asc: 0x24, ascq: 0 };
  t.throws(() => encodeSense({ ...good, key: 16 }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encodeSense({ ...good, asc: 256 }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encodeSense({ ...good, information: 2 ** 32 }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encodeSense({ ...good, senseKeySpecific: { kind: 'progress', progressIndication: 1 } }), {
    code: 'CONTRADICTION',
  });
  t.throws(
    () => encodeSense({ ...good, senseKeySpecific: { kind: 'field-pointer', inCdb: true, fieldPointer: 0x10000 } }),
    { code: 'OUT_OF_RANGE' },
  );
  t.end();
});

const pointer = fc
  .record({ inCdb: fc.boolean(), fieldPointer: fc.nat(0xffff), bitPointer: fc.option(fc.nat(7), { nil: undefined }) })
  .map(({ inCdb, fieldPointer, bitPointer }) => ({
    kind: 'field-pointer' as const,
    inCdb,
    fieldPointer,
    ...(bitPointer === undefined ? {} : { bitPointer }),
  }));
const specificFor = (key: number) => {
  if (key === 5) return pointer;
  if (key === 0 || key === 2)
    return fc.nat(0xffff).map((progressIndication) => ({ kind: 'progress' as const, progressIndication }));
  if (key === 1 || key === 3 || key === 4)
    return fc.nat(0xffff).map((actualRetryCount) => ({ kind: 'retry-count' as const, actualRetryCount }));
  return fc.nat(0x7fffff).map((value) => ({ kind: 'other' as const, value }));
};
const anySense = fc.tuple(fc.constantFrom('fixed' as const, 'descriptor' as const), fc.nat(15)).chain(([format, key]) =>
  fc.record(
    {
      format: fc.constant(format),
      key: fc.constant(key),
      deferred: fc.boolean(),
      asc: fc.nat(255),
      ascq: fc.nat(255),
      filemark: fc.boolean(),
      endOfMedium: fc.boolean(),
      incorrectLengthIndicator: fc.boolean(),
      information: format === 'fixed' ? fc.nat(0xffff_ffff) : fc.maxSafeInteger(),
      commandSpecificInformation: fc.integer({ min: 1, max: 0xffff_ffff }),
      fieldReplaceableUnitCode: fc.integer({ min: 1, max: 255 }),
      senseKeySpecific: specificFor(key),
    },
    {
      requiredKeys: ['format', 'key', 'deferred', 'asc', 'ascq', 'filemark', 'endOfMedium', 'incorrectLengthIndicator'],
      noNullPrototype: true,
    },
  ),
);

t.test('any sense data come back from their bytes as they were', (t) => {
  fc.assert(
    fc.property(anySense, (sense) => assert.deepEqual(decodeSense(encodeSense(sense)), sense)),
    { numRuns: 1000 },
  );
  t.end();
});

t.test('no bytes make the decoder do anything but answer or refuse', (t) => {
  const likely = fc
    .tuple(fc.constantFrom(0x70, 0x71, 0x72, 0x73, 0xf0), fc.uint8Array({ maxLength: 260 }))
    .map(([code, rest]) => Uint8Array.of(code, ...rest));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), likely), (bytes) => {
      try {
        describeSense(decodeSense(bytes));
      } catch (cause) {
        if (!(cause instanceof ScsiFormatError)) throw cause;
      }
    }),
    { numRuns: 3000 },
  );
  t.end();
});
