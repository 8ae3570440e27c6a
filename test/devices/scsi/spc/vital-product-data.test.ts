import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  CodeSet,
  DesignatorAssociation,
  DesignatorType,
  designatorText,
} from '../../../../devices/scsi/spc/designator.js';
import { decodeExtendedInquiry, encodeExtendedInquiry } from '../../../../devices/scsi/spc/extended-inquiry.js';
import {
  decodeModePagePolicies,
  encodeModePagePolicies,
  ModePagePolicy,
} from '../../../../devices/scsi/spc/mode-page-policy.js';
import {
  decodeDeviceIdentification,
  decodeSupportedVpdPages,
  decodeUnitSerialNumber,
  encodeDeviceIdentification,
  encodeSupportedVpdPages,
  encodeUnitSerialNumber,
} from '../../../../devices/scsi/spc/vital-product-data.js';
import { hexBytes, hexFixture } from '../hex-fixture.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

const owner = { peripheralDeviceType: 8 };

t.test('page 00h lists pages in the device order', (t) => {
  const pages = decodeSupportedVpdPages(hexFixture('tgt-changer/inquiry-vpd-00'));
  t.same(pages.slice(0, 3), [0x00, 0x80, 0x83]);
  t.same(decodeSupportedVpdPages(encodeSupportedVpdPages(owner, [0x00, 0x80, 0x83])), [0x00, 0x80, 0x83]);
  t.end();
});

t.test('a serial number loses the blanks that it is padded with', (t) => {
  t.equal(decodeUnitSerialNumber(hexFixture('tgt-changer/inquiry-vpd-80')), 'TGTSN01');
  t.equal(decodeUnitSerialNumber(encodeUnitSerialNumber(owner, 'ABC 12')), 'ABC 12');
  t.throws(() => encodeUnitSerialNumber(owner, '\u20ac'), { code: 'OUT_OF_RANGE' });
  t.end();
});

t.test('designators of a disk: unit, port, device', (t) => {
  const designators = decodeDeviceIdentification(hexFixture('sg3-utils/inquiry-vpd-83-disk'));
  t.match(designators, [
    { codeSet: CodeSet.BINARY, designatorType: DesignatorType.NAA, association: DesignatorAssociation.LOGICAL_UNIT },
    { designatorType: DesignatorType.NAA, association: DesignatorAssociation.TARGET_PORT, protocolIdentifier: 6 },
    { designatorType: DesignatorType.RELATIVE_TARGET_PORT, association: DesignatorAssociation.TARGET_PORT },
    { designatorType: DesignatorType.NAA, association: DesignatorAssociation.TARGET_DEVICE },
    { codeSet: CodeSet.UTF_8, designatorType: DesignatorType.SCSI_NAME_STRING },
  ]);
  t.same(designators.map(designatorText), [
    '5000c5003011cb2b',
    '5000c5003011cb29',
    '00000001',
    '5000c5003011cb28',
    'naa.5000C5003011CB28',
  ]);
  t.equal(designators[0]?.protocolIdentifier, undefined, 'PIV is zero');
  t.end();
});

t.test("designators of tgt's changer", (t) => {
  const designators = decodeDeviceIdentification(hexFixture('tgt-changer/inquiry-vpd-83'));
  t.same(
    designators.map(({ designatorType }) => designatorType),
    [DesignatorType.T10_VENDOR_ID, DesignatorType.NAA, DesignatorType.NAA],
  );
  t.end();
});

t.test('another page, a page cut off, and a designator beyond its page are refused', (t) => {
  const page = hexFixture('sg3-utils/inquiry-vpd-83-disk');
  t.throws(() => decodeUnitSerialNumber(page), { code: 'CONTRADICTION' });
  t.throws(() => decodeDeviceIdentification(page.subarray(0, page.length - 1)), { code: 'SHORT_DATA' });
  t.throws(() => decodeDeviceIdentification(page.with(7, 0xff)), { code: 'CONTRADICTION' });
  t.throws(() => decodeDeviceIdentification(page.subarray(0, 3)), { code: 'SHORT_DATA' });
  t.end();
});

const designator = fc.record(
  {
    codeSet: fc.nat(15),
    designatorType: fc.nat(15),
    association: fc.nat(3),
    protocolIdentifier: fc.nat(15),
    designator: fc.uint8Array({ maxLength: 255 }),
  },
  { requiredKeys: ['codeSet', 'designatorType', 'association', 'designator'], noNullPrototype: true },
);

t.test('any designators come back from their bytes as they were', (t) => {
  fc.assert(
    fc.property(fc.array(designator, { maxLength: 6 }), (designators) => {
      assert.deepEqual(decodeDeviceIdentification(encodeDeviceIdentification(owner, designators)), designators);
    }),
  );
  const [first] = decodeDeviceIdentification(hexFixture('sg3-utils/inquiry-vpd-83-disk'));
  if (first === undefined) throw new Error('the fixture has designators');
  t.throws(() => encodeDeviceIdentification(owner, [{ ...first, codeSet: 16 }]), { code: 'OUT_OF_RANGE' });
  t.throws(() => encodeDeviceIdentification(owner, [{ ...first, designator: new Uint8Array(256) }]), {
    code: 'OUT_OF_RANGE',
  });
  t.end();
});

t.test('no bytes make the decoders do anything but answer or refuse', (t) => {
  refusesOrAnswers(decodeDeviceIdentification, hexFixture('sg3-utils/inquiry-vpd-83-disk'));
  refusesOrAnswers(decodeUnitSerialNumber, hexFixture('tgt-changer/inquiry-vpd-80'));
  refusesOrAnswers(decodeSupportedVpdPages, hexFixture('tgt-changer/inquiry-vpd-00'));
  t.pass('none did');
  t.end();
});

t.test('extended INQUIRY data and mode page policies have their bits where SPC-4 puts them', (t) => {
  const extended = encodeExtendedInquiry(owner, {
    simpleSupported: true,
    orderedSupported: true,
    extendedSelfTestMinutes: 5,
  });
  t.equal(extended.length, 64);
  t.same(extended.subarray(0, 12), hexBytes('08 86 00 3c 00 03 00 00 00 00 00 05'));
  t.match(decodeExtendedInquiry(extended), { simpleSupported: true, headOfQueueSupported: false });
  t.throws(() => decodeExtendedInquiry(extended.subarray(0, 40)), { code: 'SHORT_DATA' });
  const policies = [
    {
      policyPageCode: 0x3f,
      policySubpageCode: 0xff,
      multipleLogicalUnitsShare: true,
      modePagePolicy: ModePagePolicy.PER_NEXUS,
    },
  ];
  const page = encodeModePagePolicies(owner, policies);
  t.same(page, hexBytes('08 87 00 04 3f ff 83 00'));
  t.same(decodeModePagePolicies(page), policies);
  t.throws(() => decodeModePagePolicies(hexBytes('08 87 00 03 3f ff 83')), { code: 'CONTRADICTION' });
  refusesOrAnswers(decodeExtendedInquiry, extended);
  refusesOrAnswers(decodeModePagePolicies, page);
  t.end();
});
