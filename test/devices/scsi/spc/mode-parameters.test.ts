import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  decodeBlockDescriptor,
  decodeModeParameters,
  encodeBlockDescriptor,
  encodeModeParameters,
} from '../../../../devices/scsi/spc/mode-parameters.js';
import { hexFixture } from '../hex-fixture.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

t.test('unknown pages are passed over by their own length', (t) => {
  const changer = decodeModeParameters(hexFixture('tgt-changer/mode-sense-6-3f'), 6);
  t.same(
    changer.pages.map((page) => [page.pageCode, page.subpageCode]),
    [
      [0x00, undefined],
      [0x0a, undefined],
      [0x0a, 0x01],
      [0x1a, undefined],
      [0x1c, undefined],
      [0x1d, undefined],
      [0x1e, undefined],
      [0x1f, undefined],
    ],
  );
  t.equal(changer.truncated, false);
  t.end();
});

t.test("a tape's block descriptor stands before its pages", (t) => {
  const tape = decodeModeParameters(hexFixture('tgt-changer/mode-sense-6-tape'), 6);
  t.equal(tape.blockDescriptors.length, 8);
  t.equal(decodeBlockDescriptor(tape.blockDescriptors).blockLength, 0, 'variable');
  t.ok(tape.pages.some((page) => page.pageCode === 0x0f));
  const value = { densityCode: 0x5e, numberOfBlocks: 0, blockLength: 65536 };
  t.same(decodeBlockDescriptor(encodeBlockDescriptor(value)), value);
  t.end();
});

t.test('the ten-byte header gives the same page', (t) => {
  const six = decodeModeParameters(hexFixture('tgt-changer/mode-sense-6-1d'), 6);
  const ten = decodeModeParameters(hexFixture('tgt-changer/mode-sense-10-1d'), 10);
  t.same(ten.pages, six.pages);
  t.end();
});

t.test('data cut off give whole pages only and say so', (t) => {
  const bytes = hexFixture('tgt-changer/mode-sense-6-3f');
  const whole = decodeModeParameters(bytes, 6).pages;
  for (let length = 4; length < bytes.length; length++) {
    const cut = decodeModeParameters(bytes.subarray(0, length), 6);
    assert.equal(cut.truncated, true);
    assert.deepEqual(cut.pages, whole.slice(0, cut.pages.length));
  }
  t.throws(() => decodeModeParameters(bytes.subarray(0, 3), 6), { code: 'SHORT_DATA' });
  t.end();
});

t.test('a page or a block descriptor beyond the data is refused', (t) => {
  const bytes = hexFixture('tgt-changer/mode-sense-6-1d');
  t.throws(() => decodeModeParameters(bytes.with(5, 0x13), 6), { code: 'CONTRADICTION' });
  t.throws(() => decodeModeParameters(bytes.with(3, 0xff), 6), { code: 'CONTRADICTION' });
  t.throws(() => encodeModeParameters({ pages: [modePage(0x1d, new Uint8Array(256))] }, 6), { code: 'OUT_OF_RANGE' });
  t.throws(() => encodeModeParameters({ pages: [modePage(0x1d, new Uint8Array(255))] }, 6), { code: 'OUT_OF_RANGE' });
  t.end();
});

t.test('any mode parameters come back from their bytes as they were', (t) => {
  const anyPage = fc.record(
    {
      pageCode: fc.nat(63),
      subpageCode: fc.nat(255),
      parametersSaveable: fc.boolean(),
      parameters: fc.uint8Array({ maxLength: 40 }),
    },
    { requiredKeys: ['pageCode', 'parametersSaveable', 'parameters'], noNullPrototype: true },
  );
  const value = fc.record(
    {
      mediumType: fc.nat(255),
      deviceSpecificParameter: fc.nat(255),
      blockDescriptors: fc.constantFrom(new Uint8Array(), Uint8Array.of(1, 0, 0, 0, 0, 0, 2, 0)),
      pages: fc.array(anyPage, { maxLength: 4 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(value, fc.constantFrom(6 as const, 10 as const), (parameters, format) => {
      const expected = { ...parameters, longLba: false, truncated: false };
      assert.deepEqual(decodeModeParameters(encodeModeParameters(parameters, format), format), expected);
    }),
  );
  refusesOrAnswers((bytes) => decodeModeParameters(bytes, 6), hexFixture('tgt-changer/mode-sense-6-3f'));
  refusesOrAnswers((bytes) => decodeModeParameters(bytes, 10), hexFixture('tgt-changer/mode-sense-10-1d'));
  t.pass('none was changed');
  t.end();
});

function modePage(pageCode: number, parameters: Uint8Array) {
  return { pageCode, parametersSaveable: false, parameters };
}
