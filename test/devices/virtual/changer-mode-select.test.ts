import t from 'tap';
import {
  decodeModeParameters,
  encodeModeParameterList,
  findModePage,
  modeSelect10Cdb,
  modeSelect6Cdb,
  modeSense10Cdb,
  modeSense6Cdb,
  moveMediumCdb,
  PageControl,
  testUnitReadyCdb,
  type ModePage,
} from '../../../devices/scsi/index.js';
import { hexBytes } from '../scsi/hex-fixture.js';
import { describe, fieldPointer, Initiator, openAutoloader } from './initiator.js';

const CHANGER = 1;

async function page(host: Initiator, pageCode: number, pageControl: number = PageControl.CURRENT): Promise<ModePage> {
  const data = await host.read(CHANGER, modeSense6Cdb({ pageCode, pageControl, allocationLength: 255 }));
  const found = findModePage(decodeModeParameters(data, 6), pageCode);
  if (found === undefined) throw new Error(`no page ${pageCode}`);
  return found;
}

const select = (host: Initiator, dataOut: Uint8Array, more: { savePages?: boolean; length?: number } = {}) =>
  host.send(
    CHANGER,
    modeSelect6Cdb({
      pageFormat: true,
      savePages: more.savePages ?? false,
      parameterListLength: more.length ?? dataOut.length,
    }),
    { dataOut },
  );

void t.test('the format of sense data is what MODE SELECT can change, for everybody', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const other = new Initiator(autoloader, 'other');
  await other.takeAttentions(CHANGER);
  const control = await page(host, 0x0a);
  const wanted = { ...control, parameters: control.parameters.with(0, 0x04) };
  t.equal(describe(await select(host, encodeModeParameterList({ pages: [wanted] }, 6))), 'GOOD');
  t.same((await page(host, 0x0a)).parameters, wanted.parameters);
  t.same((await page(host, 0x0a, PageControl.DEFAULT)).parameters, control.parameters, 'the default is as it was');
  t.same((await page(host, 0x0a, PageControl.CHANGEABLE)).parameters, hexBytes('04 00 00 00 00 00 00 00 00 00'));
  t.same(await other.takeAttentions(CHANGER), [{ asc: 0x2a, ascq: 0x01 }], 'the others are told');
  t.same(await host.takeAttentions(CHANGER), [], 'who did it is not');
  const raw = await autoloader.execute({
    nexus: 'other',
    lun: CHANGER,
    cdb: moveMediumCdb({ sourceAddress: 1, destinationAddress: 9999 }),
    dataOut: new Uint8Array(0),
  });
  t.equal(raw.sense[0], 0x72, 'sense data come in descriptor format');
  await autoloader.resetLogicalUnit(CHANGER);
  t.equal(describe(await host.send(CHANGER, testUnitReadyCdb())), '06/29/03');
  t.same((await page(host, 0x0a)).parameters, control.parameters, 'a reset brings the default back');
});

void t.test('sending back what holds already changes nothing and is told to nobody', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const other = new Initiator(autoloader, 'other');
  await other.takeAttentions(CHANGER);
  const whole = await host.read(CHANGER, modeSense10Cdb({ pageCode: 0x3f, allocationLength: 512 }));
  const answer = await host.send(CHANGER, modeSelect10Cdb({ pageFormat: true, parameterListLength: whole.length }), {
    dataOut: whole,
  });
  t.equal(describe(answer), 'GOOD');
  t.same(await other.takeAttentions(CHANGER), []);
  t.equal(describe(await select(host, new Uint8Array(0))), 'GOOD', 'no list at all is no error either');
});

void t.test('refuses what cannot be changed, saved or understood, and then changes nothing', async (t) => {
  const { host } = await openAutoloader();
  const control = await page(host, 0x0a);
  const map = await page(host, 0x1d);
  const list = (...pages: readonly ModePage[]) => encodeModeParameterList({ pages }, 6);
  const wanted = { ...control, parameters: control.parameters.with(0, 0x04) };
  const saved = await select(host, list(control), { savePages: true });
  t.equal(`${describe(saved)} at ${fieldPointer(saved)}`, '05/24/00 at 1.0');
  for (const [what, dataOut, answer] of [
    ['a bit that is fixed', list({ ...control, parameters: control.parameters.with(3, 0x41) }), '05/26/00 at 9.0'],
    ['another element map', list({ ...map, parameters: map.parameters.with(0, 9) }), '05/26/00 at 6.3'],
    ['a page that there is not', list({ ...control, pageCode: 0x0b }), '05/26/00 at 4.5'],
    ['a subpage that there is not', list({ ...control, subpageCode: 1 }), '05/26/00 at 4.5'],
    ['a page of another length', list({ ...control, parameters: new Uint8Array(9) }), '05/26/00 at 5'],
    [
      'a good page before a bad one',
      list(wanted, { ...map, parameters: map.parameters.with(0, 9) }),
      '05/26/00 at 18.3',
    ],
    [
      'a block descriptor',
      encodeModeParameterList({ blockDescriptors: new Uint8Array(8), pages: [] }, 6),
      '05/26/00 at 3',
    ],
  ] as const) {
    const refused = await select(host, dataOut);
    t.equal(`${describe(refused)} at ${fieldPointer(refused)}`, answer, what);
  }
  for (const [what, dataOut, length] of [
    ['a list that ends in its header', hexBytes('00 00 00'), 3],
    ['a list that ends in a page', list(control).subarray(0, 10), 10],
    ['fewer bytes than the CDB announces', list(control), 64],
  ] as const) {
    t.equal(describe(await select(host, dataOut, { length })), '05/1A/00', what);
  }
  t.same((await page(host, 0x0a)).parameters, control.parameters);
});

void t.test('subpage FFh asks for a page with its subpages, of which there are none', async (t) => {
  const { host } = await openAutoloader();
  const all = modeSense10Cdb({ pageCode: 0x3f, subpageCode: 0xff, allocationLength: 512 });
  t.equal(decodeModeParameters(await host.read(CHANGER, all), 10).pages.length, 5);
  const one = modeSense10Cdb({ pageCode: 0x1d, subpageCode: 0xff, allocationLength: 512 });
  t.equal(decodeModeParameters(await host.read(CHANGER, one), 10).pages.length, 1);
  const refused = await host.send(CHANGER, modeSense10Cdb({ pageCode: 0x0a, subpageCode: 1, allocationLength: 512 }));
  t.equal(`${describe(refused)} at ${fieldPointer(refused)}`, '05/24/00 at 3');
});
