import t from 'tap';
import {
  AdditionalSense,
  decodeModeParameters,
  encodeModeParameterList,
  modeSelect10Cdb,
  modeSelect6Cdb,
  modeSense10Cdb,
  modeSense6Cdb,
  type ModePage,
} from '../../../devices/scsi/index.js';
import { illegalRequest } from '../../../devices/virtual/check-condition.js';
import { DeviceServer } from '../../../devices/virtual/device-server.js';
import { modeCommands, type ModeHeader } from '../../../devices/virtual/mode-commands.js';
import { ModePages, type ModePageDefinition } from '../../../devices/virtual/mode-pages.js';
import { hexBytes } from '../scsi/hex-fixture.js';
import { describe, fieldPointer, Initiator } from './initiator.js';

const page = (pageCode: number, parameters: string, subpageCode?: number): ModePage => ({
  pageCode,
  ...(subpageCode === undefined ? {} : { subpageCode }),
  parametersSaveable: false,
  parameters: hexBytes(parameters),
});

/** A unit that has mode pages and nothing else. */
function unit(definitions: readonly ModePageDefinition[], header?: ModeHeader) {
  const server = new DeviceServer({ lun: 0, peripheralDeviceType: 1 }, (error) => {
    throw error;
  });
  const pages = new ModePages(definitions);
  server.use(modeCommands(server, pages, header));
  const target = { execute: server.execute.bind(server), nexusLost: server.nexusLost.bind(server) };
  const hosts = ['one', 'two'].map((name) => new Initiator(target, name));
  const [one, two] = hosts;
  if (one === undefined || two === undefined) throw new Error('two names make two hosts');
  return { server, pages, one, two };
}

const select = (host: Initiator, pages: readonly ModePage[], blockDescriptors = new Uint8Array(0)) => {
  const dataOut = encodeModeParameterList({ pages, blockDescriptors }, 10);
  return host.send(0, modeSelect10Cdb({ pageFormat: true, parameterListLength: dataOut.length }), { dataOut });
};

void t.test('subpages are pages of their own, asked for one by one or all together', async (t) => {
  const { one } = unit([
    { page: page(0x0a, '01 02') },
    { page: page(0x0a, '03', 0x01), changeable: hexBytes('ff') },
    { page: page(0x10, '04') },
  ]);
  await one.send(0, modeSense10Cdb({ pageCode: 0, allocationLength: 8 }));
  const asked = async (pageCode: number, subpageCode: number) => {
    const answer = await one.send(0, modeSense10Cdb({ pageCode, subpageCode, allocationLength: 512 }));
    if (answer.sense !== undefined) return `${describe(answer)} at ${fieldPointer(answer)}`;
    return decodeModeParameters(answer.dataIn, 10)
      .pages.map((p) => `${p.pageCode}/${p.subpageCode ?? 0}`)
      .join(' ');
  };
  for (const [pageCode, subpageCode, answer] of [
    [0x0a, 0x00, '10/0'],
    [0x0a, 0x01, '10/1'],
    [0x0a, 0xff, '10/0 10/1'],
    [0x3f, 0x00, '10/0 16/0'],
    [0x3f, 0xff, '10/0 10/1 16/0'],
    [0x00, 0x00, ''],
    [0x10, 0x01, '05/24/00 at 3'],
    [0x0b, 0x00, '05/24/00 at 2.5'],
  ] as const) {
    t.equal(await asked(pageCode, subpageCode), answer, `page ${pageCode}, subpage ${subpageCode}`);
  }
  t.equal(describe(await select(one, [page(0x0a, '09', 0x01)])), 'GOOD');
  const wrong = await select(one, [page(0x0a, '09 09', 0x01)]);
  t.equal(`${describe(wrong)} at ${fieldPointer(wrong)}`, '05/26/00 at 10', 'the two bytes of the page length');
});

void t.test('a page may refuse values, and hears of those that it was given', async (t) => {
  const heard: number[] = [];
  const { one, two, server } = unit([
    {
      page: page(0x10, '05 00'),
      changeable: hexBytes('0f 00'),
      check: ([first = 0]) => {
        if (first > 9) throw illegalRequest(AdditionalSense.PARAMETER_VALUE_INVALID);
      },
      changed: ([first = 0]) => heard.push(first),
    },
  ]);
  for (const host of [one, two]) await host.send(0, modeSense10Cdb({ pageCode: 0, allocationLength: 8 }));
  t.equal(describe(await select(one, [page(0x10, '0a 00')])), '05/26/02');
  t.equal(describe(await select(one, [page(0x10, '07 00')])), 'GOOD');
  t.equal(describe(await select(one, [page(0x10, '07 00')])), 'GOOD');
  t.same(heard, [7], 'the same once more is no change');
  server.reset();
  t.same(heard, [7, 5], 'a reset brings the default back');
});

void t.test('header and pages are taken over together or not at all', async (t) => {
  let blockLength = 0;
  const header: ModeHeader = {
    report: () => ({ deviceSpecificParameter: 0x10, blockDescriptors: new Uint8Array(8).fill(blockLength) }),
    accept({ blockDescriptors }) {
      const [wanted = blockLength] = blockDescriptors;
      if (wanted > 9) throw illegalRequest(AdditionalSense.PARAMETER_VALUE_INVALID);
      return () => {
        const isChanged = blockLength !== wanted;
        blockLength = wanted;
        return isChanged;
      };
    },
  };
  const { one, two } = unit([{ page: page(0x10, '05'), changeable: hexBytes('0f') }], header);
  for (const host of [one, two]) await host.send(0, modeSense10Cdb({ pageCode: 0, allocationLength: 8 }));
  const descriptor = (value: number) => new Uint8Array(8).fill(value);
  t.equal(describe(await select(one, [page(0x10, 'f5')], descriptor(3))), '05/26/00');
  t.equal(blockLength, 0, 'a bad page keeps the header out');
  t.equal(describe(await select(one, [page(0x10, '06')], descriptor(10))), '05/26/02');
  const now = async (cdb: Uint8Array, format: 6 | 10) => decodeModeParameters((await one.send(0, cdb)).dataIn, format);
  t.same((await now(modeSense6Cdb({ pageCode: 0x10, allocationLength: 255 }), 6)).pages[0]?.parameters, hexBytes('05'));
  t.equal(describe(await select(one, [page(0x10, '06')], descriptor(3))), 'GOOD');
  const current = await now(modeSense6Cdb({ pageCode: 0x10, allocationLength: 255 }), 6);
  t.same([current.deviceSpecificParameter, current.blockDescriptors], [0x10, descriptor(3)]);
  const withoutDescriptors = await now(modeSense10Cdb({ dbd: true, pageCode: 0x10, allocationLength: 255 }), 10);
  t.equal(withoutDescriptors.blockDescriptors.length, 0, 'DBD');
  t.equal(describe(await two.send(0, modeSense10Cdb({ pageCode: 0, allocationLength: 8 }))), '06/2A/01', 'told once');
});

void t.test('what MODE SENSE(6) cannot say must be asked for with MODE SENSE(10)', async (t) => {
  const long = '00 '.repeat(200);
  const { one } = unit([{ page: page(0x20, long) }, { page: page(0x21, long) }]);
  await one.send(0, modeSense10Cdb({ pageCode: 0, allocationLength: 8 }));
  const refused = await one.send(0, modeSense6Cdb({ pageCode: 0x3f, allocationLength: 255 }));
  t.equal(`${describe(refused)} at ${fieldPointer(refused)}`, '05/24/00 at 2.5');
  t.equal((await one.read(0, modeSense10Cdb({ pageCode: 0x3f, allocationLength: 1000 }))).length, 8 + 2 * 202);
  t.equal((await one.read(0, modeSense6Cdb({ pageCode: 0x20, allocationLength: 255 }))).length, 4 + 202);
});

void t.test('a unit without a header refuses block descriptors, pointing to their length', async (t) => {
  const { one } = unit([]);
  await one.send(0, modeSense10Cdb({ pageCode: 0, allocationLength: 8 }));
  const long = await select(one, [], new Uint8Array(8));
  t.equal(`${describe(long)} at ${fieldPointer(long)}`, '05/26/00 at 6');
  const dataOut = encodeModeParameterList({ pages: [], blockDescriptors: new Uint8Array(8) }, 6);
  const short = await one.send(0, modeSelect6Cdb({ parameterListLength: dataOut.length }), { dataOut });
  t.equal(`${describe(short)} at ${fieldPointer(short)}`, '05/26/00 at 3');
});
