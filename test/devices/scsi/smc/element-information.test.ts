import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  ChangerStatistic,
  decodeChangerStatistics,
  encodeChangerStatistics,
} from '../../../../devices/scsi/smc/media-changer-statistics.js';
import {
  decodeElementInformation,
  ElementInformationPage,
  encodeElementState,
  encodeElementStaticInformation,
  encodeSupportedElementInformationPages,
  Known,
  parseReportElementInformationCdb,
  reportElementInformationCdb,
} from '../../../../devices/scsi/smc/report-element-information.js';
import { hexBytes } from '../hex-fixture.js';
import { refusesOrAnswers } from '../refuses-or-answers.js';

t.test('the CDB is built as SMC-3 draws it', (t) => {
  const params = {
    pageCode: ElementInformationPage.STATE,
    numberOfElementsValid: true,
    cachedData: true,
    elementTypeCode: 2,
    startingElementAddress: 0x1000,
    allocationLength: 0x010203,
    numberOfElements: 5,
  };
  const cdb = reportElementInformationCdb(params);
  t.same(cdb, hexBytes('9e 10 03 32 00 00 00 00 10 00 00 01 02 03 05 00'));
  t.same(parseReportElementInformationCdb(cdb), params);
  t.throws(() => parseReportElementInformationCdb(cdb.with(1, 0x11)), { code: 'CONTRADICTION' });
  t.end();
});

t.test('pages follow each other by their own lengths', (t) => {
  const supported = encodeSupportedElementInformationPages([{ elementTypeCode: 4, pageCodes: [0x00, 0x03] }]);
  t.same(supported, hexBytes('00 00 00 00 00 00 00 06 04 00 00 02 00 03'));
  const state = encodeElementState([
    {
      elementAddress: 256,
      elementTypeCode: 4,
      volumePresent: Known.YES,
      placedByTransport: Known.YES,
      senseDataValid: true,
      asc: 0x83,
    },
  ]);
  t.same(state, hexBytes('03 00 00 0c 00 00 00 0c 00 00 01 00 04 51 83 00 00 00 00 00'));
  const fixed = encodeElementStaticInformation([
    { firstElementAddress: 4096, numberOfElements: 23, elementTypeCode: 2, disableCapable: true },
  ]);
  t.same(fixed, hexBytes('02 00 00 0c 00 00 00 0c 00 00 10 00 00 00 00 17 02 01 00 00'));
  const pages = decodeElementInformation(Uint8Array.from([...supported, ...fixed, ...state]));
  t.match(pages, [
    { kind: 'supported', supported: [{ elementTypeCode: 4, pageCodes: [0, 3] }] },
    { kind: 'static', elements: [{ firstElementAddress: 4096, numberOfElements: 23, disableCapable: true }] },
    { kind: 'state', elements: [{ elementAddress: 256, volumePresent: Known.YES, asc: 0x83 }] },
  ]);
  t.same(decodeElementInformation(hexBytes('04 00 00 00 00 00 00 02 aa bb')), [
    { kind: 'other', pageCode: 4, content: hexBytes('aa bb') },
  ]);
  t.end();
});

t.test('longer descriptors are read as far as they are known, shorter ones refused', (t) => {
  const longer = hexBytes('03 00 00 10 00 00 00 10 00 00 00 01 01 80 00 00 00 00 00 00 de ad be ef');
  t.match(decodeElementInformation(longer), [
    { kind: 'state', elements: [{ elementAddress: 1, volumePresent: Known.NO }] },
  ]);
  t.throws(() => decodeElementInformation(hexBytes('03 00 00 08 00 00 00 08 00 00 00 01 01 80 00 00')), {
    code: 'CONTRADICTION',
  });
  t.throws(() => decodeElementInformation(hexBytes('03 00 00 00 00 00 00 01 00')), { code: 'CONTRADICTION' });
  t.throws(() => decodeElementInformation(hexBytes('03 00 00 0c 00 00 00 0c 00')), { code: 'SHORT_DATA' });
  t.end();
});

t.test('statistics are counters by parameter code, in any length', (t) => {
  const counters = new Map([
    [ChangerStatistic.PICKS, 3],
    [ChangerStatistic.MOVES, 2 ** 40],
  ] as const);
  const page = encodeChangerStatistics(counters);
  t.same(page, hexBytes('14 00 00 10 00 00 22 04 ff ff ff ff 00 01 22 04 00 00 00 03'), 'ascending, at most FFFFFFFFh');
  t.same(
    [...decodeChangerStatistics(page)],
    [
      [ChangerStatistic.MOVES, 0xffff_ffff],
      [ChangerStatistic.PICKS, 3],
    ],
  );
  t.same([...decodeChangerStatistics(hexBytes('14 00 00 0c 00 09 40 08 00 00 00 00 00 00 01 02'))], [[9, 0x102]]);
  t.throws(() => decodeChangerStatistics(page.with(0, 0x15)), { code: 'CONTRADICTION' });
  const counts = fc.array(fc.tuple(fc.nat(0xffff), fc.nat(0xffff_ffff)));
  fc.assert(
    fc.property(counts, (entries) => {
      const expected = new Map(entries);
      assert.deepEqual(
        decodeChangerStatistics(encodeChangerStatistics(expected)),
        new Map([...expected].toSorted(([a], [b]) => a - b)),
      );
    }),
  );
  t.end();
});

t.test('no bytes make the decoders do anything but answer or refuse', (t) => {
  const state = encodeElementState([{ elementAddress: 1, elementTypeCode: 2 }]);
  refusesOrAnswers(decodeElementInformation, state);
  refusesOrAnswers(
    decodeElementInformation,
    encodeSupportedElementInformationPages([{ elementTypeCode: 1, pageCodes: [0] }]),
  );
  refusesOrAnswers(decodeChangerStatistics, encodeChangerStatistics(new Map([[1, 2]])));
  t.pass('none did');
  t.end();
});
