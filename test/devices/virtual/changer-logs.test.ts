import t from 'tap';
import {
  ChangerStatistic,
  decodeChangerStatistics,
  decodeSupportedLogPages,
  decodeSupportedLogSubpages,
  decodeTapeAlert,
  encodeChangerStatistics,
  initializeElementStatusCdb,
  logSelectCdb,
  logSenseCdb,
  moveMediumCdb,
} from '../../../devices/scsi/index.js';
import { hexBytes } from '../scsi/hex-fixture.js';
import { describe, fieldPointer, Initiator, openAutoloader } from './initiator.js';

const CHANGER = 1;
const STATISTICS = 0x14;

async function statistics(host: Initiator, pageControl = 1): Promise<Record<string, number>> {
  const data = await host.read(CHANGER, logSenseCdb({ pageCode: STATISTICS, pageControl, allocationLength: 1024 }));
  const counts = decodeChangerStatistics(data);
  return Object.fromEntries(Object.entries(ChangerStatistic).map(([name, code]) => [name, counts.get(code) ?? -1]));
}

void t.test('counts what the picker does, and LOG SELECT sets it back', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const other = new Initiator(autoloader, 'other');
  await other.takeAttentions(CHANGER);
  const reset = logSelectCdb({ parameterCodeReset: true, pageCode: STATISTICS });
  t.equal(describe(await host.send(CHANGER, reset)), 'GOOD');
  t.same(await other.takeAttentions(CHANGER), [{ asc: 0x2a, ascq: 0x02 }], 'the others are told');
  t.ok(Object.values(await statistics(host)).every((count) => count === 0));
  t.equal(describe(await host.send(CHANGER, reset)), 'GOOD');
  t.same(await other.takeAttentions(CHANGER), [], 'nothing was there to set back');
  await host.read(CHANGER, moveMediumCdb({ sourceAddress: 4096, destinationAddress: 4110 }));
  await host.read(CHANGER, moveMediumCdb({ sourceAddress: 4110, destinationAddress: 1 }));
  await host.send(CHANGER, moveMediumCdb({ sourceAddress: 4111, destinationAddress: 4112 }));
  t.match(
    await statistics(host),
    { MOVES: 2, PICKS: 2, PLACES: 1, PICK_RETRIES: 0 },
    'the one into the picker is no place',
  );
  await host.read(CHANGER, initializeElementStatusCdb());
  autoloader.operator.openDoor();
  t.match(await statistics(host), { PHYSICAL_INVENTORY_SCANS: 1, VOLUME_TAGS_READ: 8, LIBRARY_DOOR_OPENS: 1 });
  t.match(await statistics(host, 3), { MOVES: 0 }, 'default values');
});

void t.test('lists its pages, and the pages with their subpages', async (t) => {
  const { host } = await openAutoloader();
  const read = (pageCode: number, subpageCode = 0) =>
    host.read(CHANGER, logSenseCdb({ pageCode, subpageCode, allocationLength: 1024 }));
  t.same(decodeSupportedLogPages(await read(0)), [0x00, 0x10, 0x14, 0x2e]);
  t.same(decodeSupportedLogSubpages(await read(0, 0xff)), [
    { pageCode: 0x00, subpageCode: 0x00 },
    { pageCode: 0x00, subpageCode: 0xff },
    { pageCode: 0x10, subpageCode: 0x00 },
    { pageCode: 0x14, subpageCode: 0x00 },
    { pageCode: 0x2e, subpageCode: 0x00 },
  ]);
  t.same(decodeSupportedLogSubpages(await read(0x2e, 0xff)), [{ pageCode: 0x2e, subpageCode: 0 }]);
});

void t.test('PARAMETER POINTER begins the page at that parameter', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const from = (pageCode: number, parameterPointer: number) =>
    host.send(CHANGER, logSenseCdb({ pageCode, parameterPointer, allocationLength: 1024 }));
  t.same([...decodeChangerStatistics((await from(STATISTICS, 8)).dataIn).keys()], [8, 9]);
  const behind = await from(STATISTICS, 10);
  t.equal(`${describe(behind)} at ${fieldPointer(behind)}`, '05/24/00 at 5');
  const list = await from(0, 1);
  t.equal(`${describe(list)} at ${fieldPointer(list)}`, '05/24/00 at 5');
  autoloader.operator.openDoor();
  t.same([...decodeTapeAlert((await from(0x2e, 17)).dataIn)], []);
  t.same([...decodeTapeAlert((await from(0x2e, 16)).dataIn)], [16], 'a flag before the pointer was not read');
  t.same([...decodeTapeAlert((await from(0x2e, 16)).dataIn)], []);
});

void t.test(
  'refuses what is not there, what it cannot save, and parameters that it would have to take over',
  async (t) => {
    const { host } = await openAutoloader();
    const page = encodeChangerStatistics(new Map([[0, 5]]));
    const list = logSelectCdb({ parameterListLength: page.length });
    for (const [what, cdb, dataOut, answer] of [
      ['saving', logSelectCdb({ saveParameters: true }), undefined, '05/24/00 at 1.0'],
      ['PCR with a list', logSelectCdb({ parameterCodeReset: true, parameterListLength: 4 }), page, '05/24/00 at 1.1'],
      ['a page of no device', logSelectCdb({ parameterCodeReset: true, pageCode: 0x31 }), undefined, '05/24/00 at 2.5'],
      [
        'a subpage',
        logSelectCdb({ parameterCodeReset: true, pageCode: 0x2e, subpageCode: 1 }),
        undefined,
        '05/24/00 at 3',
      ],
      ['a count', list, page, '05/26/00 at 4'],
      ['an unknown page in the list', list, page.with(0, 0x31), '05/26/00 at 0.5'],
      [
        'thresholds',
        logSenseCdb({ pageCode: STATISTICS, pageControl: 0, allocationLength: 64 }),
        undefined,
        '05/24/00 at 2.7',
      ],
      ['an unknown page', logSenseCdb({ pageCode: 0x31, allocationLength: 64 }), undefined, '05/24/00 at 2.5'],
      [
        'subpages of an unknown page',
        logSenseCdb({ pageCode: 0x31, subpageCode: 0xff, allocationLength: 64 }),
        undefined,
        '05/24/00 at 2.5',
      ],
      [
        'an unknown subpage',
        logSenseCdb({ pageCode: 0x2e, subpageCode: 1, allocationLength: 64 }),
        undefined,
        '05/24/00 at 3',
      ],
    ] as const) {
      const refused = await host.send(CHANGER, cdb, dataOut === undefined ? {} : { dataOut });
      t.equal(`${describe(refused)} at ${fieldPointer(refused)}`, answer, what);
    }
    t.equal(
      describe(await host.send(CHANGER, list, { dataOut: page.subarray(0, 6) })),
      '05/1A/00',
      'fewer bytes than said',
    );
    const cut = logSelectCdb({ parameterListLength: 6 });
    t.equal(describe(await host.send(CHANGER, cut, { dataOut: page })), '05/1A/00', 'a list that ends in a parameter');
    t.equal(describe(await host.send(CHANGER, logSelectCdb({}))), 'GOOD', 'nothing asked, nothing done');
    const all = logSelectCdb({ parameterCodeReset: true });
    t.equal(describe(await host.send(CHANGER, all)), 'GOOD', 'every page at once');
    const empty = hexBytes('14 00 00 00');
    t.equal(describe(await host.send(CHANGER, logSelectCdb({ parameterListLength: 4 }), { dataOut: empty })), 'GOOD');
  },
);

void t.test('an empty list with the default values means the same as PCR', async (t) => {
  const { host } = await openAutoloader();
  await host.read(CHANGER, moveMediumCdb({ sourceAddress: 4096, destinationAddress: 4110 }));
  t.match(await statistics(host), { MOVES: 1 });
  t.equal(describe(await host.send(CHANGER, logSelectCdb({ pageControl: 3, pageCode: STATISTICS }))), 'GOOD');
  t.match(await statistics(host), { MOVES: 0 });
});
