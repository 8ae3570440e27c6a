import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  decodeLogPage,
  decodeLogParameters,
  decodeSupportedLogPages,
  encodeLogPage,
  encodeLogParameters,
  encodeSupportedLogPages,
} from '../../../../devices/scsi/spc/log-sense.js';
import { decodeTapeAlert, encodeTapeAlert, tapeAlertNames } from '../../../../devices/scsi/spc/tape-alert.js';
import { hexBytes } from '../hex-fixture.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

t.test('page 00h lists the log pages', (t) => {
  const page = encodeSupportedLogPages([0x00, 0x2e]);
  t.same(page, hexBytes('00 00 00 02 00 2e'));
  t.same(decodeSupportedLogPages(page), [0x00, 0x2e]);
  t.throws(() => decodeSupportedLogPages(page.subarray(0, 5)), { code: 'SHORT_DATA' });
  t.throws(() => decodeSupportedLogPages(page.with(0, 0x2e)), { code: 'CONTRADICTION' });
  t.end();
});

t.test('TapeAlert gives the flags that are on, whichever of them the device sends', (t) => {
  // Flag 3 on, 20 on with a reserved bit, 22 off: drives may send fewer than 64.
  const few = hexBytes('2e 00 00 0f 00 03 40 01 01 00 14 40 01 03 00 16 40 01 00');
  t.same([...decodeTapeAlert(few)], [3, 20]);
  t.equal(tapeAlertNames.get(20), 'Cleaning required');
  t.throws(() => decodeTapeAlert(hexBytes('2e 00 00 04 00 03 40 00')), { code: 'CONTRADICTION' });
  t.throws(() => decodeTapeAlert(few.subarray(0, 18)), { code: 'SHORT_DATA' });
  t.throws(() => encodeTapeAlert(new Set([65])), { code: 'OUT_OF_RANGE' });
  t.end();
});

t.test('any flags and parameters come back from their bytes as they were', (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 64 })), (flags) => {
      assert.deepEqual(decodeTapeAlert(encodeTapeAlert(new Set(flags))), new Set(flags));
    }),
  );
  const parameter = fc.record(
    { parameterCode: fc.nat(0xffff), controlByte: fc.nat(255), value: fc.uint8Array({ maxLength: 20 }) },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(parameter), fc.nat(63), (parameters, pageCode) => {
      const content = encodeLogParameters(parameters);
      assert.deepEqual(decodeLogParameters(content), parameters);
      assert.deepEqual(decodeLogPage(encodeLogPage({ pageCode, content })), { pageCode, content, truncated: false });
      const subpage = { pageCode, subpageCode: 0, content };
      assert.deepEqual(decodeLogPage(encodeLogPage(subpage)), { ...subpage, truncated: false });
    }),
  );
  t.pass('none was changed');
  t.end();
});

t.test('names of flags are ascending and without doubles', (t) => {
  const numbers = [...tapeAlertNames.keys()];
  t.same(
    numbers,
    [...new Set(numbers)].sort((a, b) => a - b),
  );
  t.ok(numbers.every((flag) => flag >= 1 && flag <= 64));
  t.equal(new Set(tapeAlertNames.values()).size, numbers.length);
  t.end();
});

t.test('no bytes make the decoders do anything but answer or refuse', (t) => {
  const seed = encodeTapeAlert(new Set([1, 64]));
  refusesOrAnswers(decodeTapeAlert, seed);
  refusesOrAnswers(decodeLogPage, seed);
  refusesOrAnswers(decodeLogParameters, seed.subarray(4));
  t.pass('none did');
  t.end();
});
