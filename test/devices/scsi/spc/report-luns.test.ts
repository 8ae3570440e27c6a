import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  decodeLun,
  decodeReportLuns,
  encodeLun,
  encodeReportLuns,
  lunFor,
  plainLun,
} from '../../../../devices/scsi/spc/report-luns.js';
import { hexBytes, hexFixture } from '../hex-fixture.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

t.test("tgt's target has four logical units", (t) => {
  const { luns, truncated } = decodeReportLuns(hexFixture('tgt-changer/report-luns'));
  t.same(luns.map(plainLun), [0, 1, 2, 3]);
  t.equal(truncated, false);
  t.end();
});

t.test('each addressing method is told apart', (t) => {
  const { luns } = decodeReportLuns(hexFixture('sg3-utils/report-luns-addressing'));
  t.same(luns, [
    { method: 'peripheral', bus: 0, lun: 1 },
    { method: 'other', hex: '0308020401020001' },
    { method: 'well-known', wellKnownLun: 1 },
    { method: 'flat', lun: 0x1234 },
    { method: 'logical-unit', target: 1, bus: 2, lun: 4 },
    { method: 'other', hex: '0309d27788990000' },
    { method: 'other', hex: 'e2778899aabb0000' },
    { method: 'other', hex: 'ffffffffffffffff' },
  ]);
  t.same(luns.map(plainLun), [1, undefined, undefined, 0x1234, undefined, undefined, undefined, undefined]);
  t.end();
});

t.test('a number is given the shortest of the plain methods', (t) => {
  for (const [lun, bytes] of [
    [0, '00 00 00 00 00 00 00 00'],
    [255, '00 ff 00 00 00 00 00 00'],
    [256, '41 00 00 00 00 00 00 00'],
    [16383, '7f ff 00 00 00 00 00 00'],
    [16384, 'd2 00 40 00 00 00 00 00'],
  ] as const) {
    t.same(encodeLun(lunFor(lun)), hexBytes(bytes));
    t.equal(plainLun(decodeLun(hexBytes(bytes))), lun);
  }
  t.throws(() => encodeLun(lunFor(0x1000000)), { code: 'OUT_OF_RANGE' });
  t.throws(() => encodeLun({ method: 'other', hex: '00' }), { code: 'OUT_OF_RANGE' });
  t.equal(plainLun({ method: 'peripheral', bus: 1, lun: 0 }), undefined, 'a unit behind a bridge');
  t.end();
});

t.test('a list cut off says so, a list of odd length is refused', (t) => {
  const whole = hexFixture('tgt-changer/report-luns');
  t.match(decodeReportLuns(whole.subarray(0, 20)), { truncated: true, luns: [{ lun: 0 }] });
  t.throws(() => decodeReportLuns(whole.with(3, 0x21)), { code: 'CONTRADICTION' });
  t.throws(() => decodeReportLuns(whole.subarray(0, 7)), { code: 'SHORT_DATA' });
  t.end();
});

t.test('any eight bytes come back as they were', (t) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 8, maxLength: 8 }), { maxLength: 8 }), (list) => {
      const luns = list.map((bytes) => decodeLun(bytes));
      assert.deepEqual(luns.map(encodeLun), list);
      assert.deepEqual(decodeReportLuns(encodeReportLuns(luns)), { luns, truncated: false });
    }),
  );
  refusesOrAnswers(decodeReportLuns, hexFixture('sg3-utils/report-luns-addressing'));
  t.pass('none was changed');
  t.end();
});
