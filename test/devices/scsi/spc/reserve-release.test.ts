import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { decodeElementList, encodeElementList } from '../../../../devices/scsi/spc/reserve-release.js';
import { hexBytes } from '../hex-fixture.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

t.test('an element list is six bytes for each range', (t) => {
  const list = [
    { numberOfElements: 2, elementAddress: 256 },
    { numberOfElements: 0, elementAddress: 4096 },
  ];
  t.same(encodeElementList(list), hexBytes('00 00 00 02 01 00 00 00 00 00 10 00'));
  t.throws(() => decodeElementList(new Uint8Array(7)), { code: 'SHORT_DATA' });
  t.throws(() => encodeElementList([{ numberOfElements: 1, elementAddress: 65536 }]), { code: 'OUT_OF_RANGE' });
  t.end();
});

t.test('any list comes back from its bytes as it was', (t) => {
  const entry = fc.record(
    { numberOfElements: fc.nat(0xffff), elementAddress: fc.nat(0xffff) },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(fc.array(entry), (list) => assert.deepEqual(decodeElementList(encodeElementList(list)), list)));
  refusesOrAnswers(decodeElementList, new Uint8Array(12));
  t.pass('none was changed');
  t.end();
});
