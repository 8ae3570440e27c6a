import t from 'tap';
import {
  decodeElementInformation,
  ElementInformationPage as Page,
  Known,
  moveMediumCdb,
  reportElementInformationCdb,
  type ElementInformation,
  type ReportElementInformationParams,
} from '../../../devices/scsi/index.js';
import { describe, fieldPointer, Initiator, openAutoloader } from './initiator.js';

const CHANGER = 1;

async function report(
  host: Initiator,
  params: Omit<ReportElementInformationParams, 'allocationLength'>,
): Promise<readonly ElementInformation[]> {
  const cdb = reportElementInformationCdb({ ...params, allocationLength: 65536 });
  return decodeElementInformation(await host.read(CHANGER, cdb));
}

void t.test('says which pages there are for each type of element that the model has', async (t) => {
  const { host } = await openAutoloader();
  const pageCodes = [Page.SUPPORTED_PAGES, Page.STATIC, Page.STATE, Page.ALL];
  t.same(await report(host, {}), [
    { kind: 'supported', supported: [1, 2, 3, 4].map((elementTypeCode) => ({ elementTypeCode, pageCodes })) },
  ]);
  t.match(await report(host, { elementTypeCode: 4 }), [{ supported: [{ elementTypeCode: 4 }] }]);
});

void t.test('gathers elements that are alike for good', async (t) => {
  const { host } = await openAutoloader();
  const [page] = await report(host, { pageCode: Page.STATIC });
  t.match(page, {
    kind: 'static',
    elements: [
      { firstElementAddress: 1, numberOfElements: 1, elementTypeCode: 1, movesDuringOperation: true },
      { firstElementAddress: 16, numberOfElements: 3, elementTypeCode: 3, disableCapable: false },
      { firstElementAddress: 256, numberOfElements: 2, elementTypeCode: 4 },
      { firstElementAddress: 4096, numberOfElements: 23, elementTypeCode: 2, disableCapable: true },
    ],
  });
});

void t.test('tells of each element what is in it and how it came there', async (t) => {
  const { autoloader, host } = await openAutoloader();
  await autoloader.operator.insertCartridge(16, { barcode: 'NEW001L8' });
  await host.takeAttentions(CHANGER);
  await host.read(CHANGER, moveMediumCdb({ sourceAddress: 4096, destinationAddress: 256 }));
  const states = async (address: number) => {
    const params = { pageCode: Page.STATE, startingElementAddress: address, numberOfElementsValid: true };
    const [page] = await report(host, { ...params, numberOfElements: 1 });
    return page?.kind === 'state' ? page.elements : t.fail('no state page');
  };
  t.match(await states(16), [{ elementAddress: 16, volumePresent: Known.YES, placedByTransport: Known.NO }]);
  t.match(await states(256), [
    { elementAddress: 256, volumePresent: Known.YES, placedByTransport: Known.YES, transportAccessProhibited: true },
  ]);
  t.match(await states(4096), [{ volumePresent: Known.NO, transportAccessProhibited: false, disabled: false }]);
  autoloader.operator.removeMagazine('left');
  await host.takeAttentions(CHANGER);
  t.match(await states(4096), [
    {
      volumePresent: Known.UNKNOWN,
      disabled: true,
      operatorInterventionRequired: true,
      senseDataValid: true,
      asc: 0x3b,
      ascq: 0x12,
    },
  ]);
});

void t.test('gives all pages at once, and cuts at the allocation length', async (t) => {
  const { host } = await openAutoloader();
  const pages = await report(host, { pageCode: Page.ALL, elementTypeCode: 2 });
  t.same(
    pages.map(({ kind }) => kind),
    ['supported', 'static', 'state'],
  );
  t.equal(pages[2]?.kind === 'state' && pages[2].elements.length, 23);
  const eight = reportElementInformationCdb({ pageCode: Page.STATE, allocationLength: 8 });
  t.equal((await host.read(CHANGER, eight)).length, 8);
});

void t.test('refuses pages and types that there are not', async (t) => {
  const { host } = await openAutoloader();
  for (const [params, where] of [
    [{ pageCode: Page.LOCATION }, '2'],
    [{ pageCode: Page.STATE, elementTypeCode: 9 }, '3.3'],
    [{ numberOfElementsValid: true }, '3.5'],
  ] as const) {
    const refused = await host.send(CHANGER, reportElementInformationCdb({ ...params, allocationLength: 100 }));
    t.equal(`${describe(refused)} at ${fieldPointer(refused)}`, `05/24/00 at ${where}`);
  }
  const readCapacity = reportElementInformationCdb({ allocationLength: 100 }).with(1, 0x11);
  const other = await host.send(CHANGER, readCapacity);
  t.equal(`${describe(other)} at ${fieldPointer(other)}`, '05/24/00 at 1.4', 'another service action');
});
