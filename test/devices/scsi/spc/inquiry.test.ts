import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { PeripheralDeviceType } from '../../../../devices/scsi/opcodes.js';
import { decodeStandardInquiry, encodeStandardInquiry } from '../../../../devices/scsi/spc/inquiry.js';
import { hexFixture } from '../hex-fixture.js';

t.test('a changer and a tape drive of tgt introduce themselves', (t) => {
  t.match(decodeStandardInquiry(hexFixture('tgt-changer/inquiry-changer')), {
    peripheralQualifier: 0,
    peripheralDeviceType: PeripheralDeviceType.MEDIUM_CHANGER,
    removableMedium: true,
    vendorIdentification: 'STGT',
    productIdentification: 'VMCHANGER',
    productRevisionLevel: '0001',
  });
  t.match(decodeStandardInquiry(hexFixture('tgt-changer/inquiry-tape')), {
    peripheralDeviceType: PeripheralDeviceType.SEQUENTIAL_ACCESS,
    removableMedium: true,
    vendorIdentification: 'IET',
    productIdentification: 'VIRTUAL-TAPE',
  });
  t.end();
});

t.test('vendor specific bytes and version descriptors are found where the standard puts them', (t) => {
  const inquiry = decodeStandardInquiry(hexFixture('sg3-utils/inquiry-scsi-debug'));
  t.match(inquiry, { vendorIdentification: 'Linux', productIdentification: 'scsi_debug', version: 7, multiPort: true });
  t.equal(Buffer.from(inquiry.vendorSpecific ?? []).toString('latin1', 0, 8), '20210520');
  t.same(inquiry.versionDescriptors, [0x00c0, 0x05c0, 0x0600, 0x2100]);
  t.end();
});

t.test('36 bytes are enough, even when the additional length says that there are none', (t) => {
  const whole = hexFixture('tgt-changer/inquiry-changer');
  const bridge = whole.slice(0, 36).with(4, 0);
  t.match(decodeStandardInquiry(bridge), { vendorIdentification: 'STGT', vendorSpecific: undefined });
  t.throws(() => decodeStandardInquiry(whole.subarray(0, 35)), { code: 'SHORT_DATA' });
  t.end();
});

t.test('the additional length bounds what lies beyond 36 bytes', (t) => {
  const padded = encodeStandardInquiry({
    peripheralDeviceType: PeripheralDeviceType.MEDIUM_CHANGER,
    vendorIdentification: 'V',
    productIdentification: 'P',
    productRevisionLevel: '1',
    vendorSpecific: Uint8Array.of(1, 2, 3),
  });
  const longer = new Uint8Array(96).fill(0x55);
  longer.set(padded);
  t.same(decodeStandardInquiry(longer).vendorSpecific, Uint8Array.of(1, 2, 3));
  t.equal(decodeStandardInquiry(longer).versionDescriptors, undefined);
  t.end();
});

t.test('any standard data come back from their bytes as they were', (t) => {
  const text = (maxLength: number): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom('A', 'z', '0', '9', '-', '.', ' '), maxLength }).map((value) => value.trimEnd());
  const flag = fc.boolean();
  const value = fc.record(
    {
      peripheralQualifier: fc.nat(7),
      peripheralDeviceType: fc.nat(31),
      removableMedium: flag,
      version: fc.nat(255),
      normalAca: flag,
      hierarchicalSupport: flag,
      responseDataFormat: fc.nat(15),
      accessControlsCoordinator: flag,
      targetPortGroupSupport: fc.nat(3),
      thirdPartyCopy: flag,
      protect: flag,
      enclosureServices: flag,
      multiPort: flag,
      mediumChanger: flag,
      commandQueuing: flag,
      vendorIdentification: text(8),
      productIdentification: text(16),
      productRevisionLevel: text(4),
      vendorSpecific: fc.uint8Array({ minLength: 20, maxLength: 20 }),
      versionDescriptors: fc.array(fc.integer({ min: 1, max: 0xffff }), { minLength: 1, maxLength: 8 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(value, (inquiry) => assert.deepEqual(decodeStandardInquiry(encodeStandardInquiry(inquiry)), inquiry)),
  );
  t.end();
});

t.test('strings that do not fit are refused', (t) => {
  const good = {
    peripheralDeviceType: 8,
    vendorIdentification: 'V',
    productIdentification: 'P',
    productRevisionLevel: '1',
  };
  t.throws(() => encodeStandardInquiry({ ...good, vendorIdentification: 'NINECHARS' }), {
    code: 'OUT_OF_RANGE',
    offset: 8,
  });
  t.throws(() => encodeStandardInquiry({ ...good, productIdentification: '\u20ac' }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encodeStandardInquiry({ ...good, vendorSpecific: new Uint8Array(21) }), { code: 'OUT_OF_RANGE' });
  t.throws(() => encodeStandardInquiry({ ...good, versionDescriptors: Array.from({ length: 9 }, () => 1) }), {
    code: 'OUT_OF_RANGE',
  });
  t.end();
});
