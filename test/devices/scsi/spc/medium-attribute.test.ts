import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  AttributeFormat,
  decodeAttributeIdentifiers,
  decodeAttributeParameterList,
  decodeAttributes,
  decodeNumberRange,
  encodeAttributeIdentifiers,
  encodeAttributes,
  encodeNumberRange,
} from '../../../../devices/scsi/index.js';
import { hexBytes } from '../hex-fixture.js';
import { recordOf } from '../record-of.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

const barcode = {
  identifier: 0x0806,
  format: AttributeFormat.ASCII,
  readOnly: false,
  value: new TextEncoder().encode('ORS001L8'),
};
const loads = { identifier: 0x0003, format: AttributeFormat.BINARY, readOnly: true, value: Uint8Array.of(0, 7) };
const both = '00 00 00 14 00 03 80 00 02 00 07 08 06 01 00 08 4f 52 53 30 30 31 4c 38';

t.test('attributes are laid out as SPC-4 draws them', (t) => {
  t.same(encodeAttributes([loads, barcode]), hexBytes(both));
  t.same(decodeAttributes(hexBytes(both)), { attributes: [loads, barcode], truncated: false });
  t.same(decodeAttributes(hexBytes(both).subarray(0, 20)), { attributes: [loads], truncated: true });
  t.throws(() => decodeAttributes(new Uint8Array(3)), { code: 'SHORT_DATA' });
  t.same(encodeAttributeIdentifiers([0x0003, 0x0806]), hexBytes('00 00 00 04 00 03 08 06'));
  t.same(decodeAttributeIdentifiers(hexBytes('00 00 00 04 00 03 08 06')), [3, 0x806]);
  t.same(decodeAttributeIdentifiers(hexBytes('00 00 00 04 00 03')), [3], 'as many as came');
  t.throws(() => decodeAttributeIdentifiers(hexBytes('00 00 00 03 00 03 08')), { code: 'CONTRADICTION' });
  t.same(encodeNumberRange(0, 1), hexBytes('00 02 00 01'));
  t.same(decodeNumberRange(hexBytes('00 02 00 01')), { first: 0, count: 1 });
  t.throws(() => decodeNumberRange(new Uint8Array(3)), { code: 'SHORT_DATA' });
  t.end();
});

t.test('a parameter list must be whole, and says where each attribute begins', (t) => {
  const list = decodeAttributeParameterList(hexBytes(both));
  t.same(
    list.map(({ offset, identifier }) => [offset, identifier]),
    [
      [4, 3],
      [11, 0x806],
    ],
  );
  t.throws(() => decodeAttributeParameterList(hexBytes(both).subarray(0, 20)), { code: 'CONTRADICTION' });
  t.throws(() => decodeAttributeParameterList(hexBytes('00 00 00 06 08 06 01 00 08 41')), {
    code: 'SHORT_DATA',
    offset: 4,
  });
  t.throws(() => decodeAttributeParameterList(hexBytes('00 00 00 02 08 06')), { code: 'SHORT_DATA', offset: 4 });
  t.end();
});

t.test('any attributes come back from their bytes as they were', (t) => {
  const attribute = recordOf({
    identifier: fc.nat(0xffff),
    format: fc.nat(3),
    readOnly: fc.boolean(),
    value: fc.uint8Array({ maxLength: 300 }),
  });
  fc.assert(
    fc.property(fc.array(attribute, { maxLength: 8 }), (attributes) => {
      const bytes = encodeAttributes(attributes);
      assert.deepEqual(decodeAttributes(bytes).attributes, attributes);
      const listed = decodeAttributeParameterList(bytes);
      assert.deepEqual(
        listed,
        attributes.map((each, index) => ({ ...each, offset: listed[index]?.offset })),
      );
    }),
  );
  for (const decode of [
    decodeAttributes,
    decodeAttributeParameterList,
    decodeAttributeIdentifiers,
    decodeNumberRange,
  ]) {
    refusesOrAnswers(decode, hexBytes(both));
  }
  t.end();
});
