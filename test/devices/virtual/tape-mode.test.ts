import t from 'tap';
import {
  dataCompression,
  decodeBlockDescriptor,
  decodeModeParameters,
  decodeReadPositionShort,
  decodeSense,
  encodeBlockDescriptor,
  encodeModeParameterList,
  modeSelect10Cdb,
  modeSelect6Cdb,
  modeSense10Cdb,
  modeSense6Cdb,
  PageControl,
  read6Cdb,
  readPositionCdb,
  type ModePage,
} from '../../../devices/scsi/index.js';
import { describe, fieldPointer, Initiator, type Answer } from './initiator.js';
import { block, DRIVE, tapeRig, type TapeRig } from './tape-rig.js';

const COMPRESSION = 0x0f;
const CONFIGURATION = 0x10;

async function sense(rig: TapeRig, pageCode: number, more: { pageControl?: number; subpageCode?: number } = {}) {
  const data = await rig.host.read(DRIVE, modeSense10Cdb({ pageCode, allocationLength: 1000, ...more }));
  return decodeModeParameters(data, 10);
}

function page(pages: readonly ModePage[], pageCode: number, subpageCode?: number): Uint8Array {
  const found = pages.find((each) => each.pageCode === pageCode && each.subpageCode === subpageCode);
  if (found === undefined) throw new Error(`no page ${pageCode.toString(16)}h`);
  return found.parameters;
}

interface List {
  readonly deviceSpecificParameter?: number;
  readonly blockDescriptors?: Uint8Array;
  readonly pages?: readonly ModePage[];
}

function select(rig: TapeRig, list: List): Promise<Answer> {
  const bytes = encodeModeParameterList({ deviceSpecificParameter: 0x10, pages: [], ...list }, 10);
  return rig.send(modeSelect10Cdb({ pageFormat: true, parameterListLength: bytes.length }), bytes);
}

const withByte = (pageCode: number, parameters: Uint8Array, at: number, value: number, subpageCode?: number): List => ({
  pages: [
    {
      pageCode,
      ...(subpageCode === undefined ? {} : { subpageCode }),
      parametersSaveable: false,
      parameters: parameters.with(at, value),
    },
  ],
});

void t.test(
  'the header tells density, medium type, write protection and buffered mode of what is loaded',
  async (t) => {
    const rig = await tapeRig();
    // As Linux st asks at every open.
    const twelve = await rig.host.read(DRIVE, modeSense6Cdb({ pageCode: 0, allocationLength: 12 }));
    t.same([...twelve], [11, 0x88, 0x10, 8, 0x5e, 0, 0, 0, 0, 0, 0, 0]);
    rig.autoloader.operator.setWriteProtected(256, true);
    t.equal((await sense(rig, 0)).deviceSpecificParameter, 0x90);
    const worm = await tapeRig({ barcode: 'TST001LY' });
    t.match(await sense(worm, 0), { mediumType: 0x8c });
    const older = await tapeRig({ barcode: 'TST001L7' });
    t.equal(decodeBlockDescriptor((await sense(older, 0)).blockDescriptors).densityCode, 0x5c);
    const without = await rig.host.read(DRIVE, modeSense6Cdb({ dbd: true, pageCode: 0, allocationLength: 12 }));
    t.equal(without.length, 4, 'DBD leaves the block descriptor out');
    const empty = decodeModeParameters(await rig.host.read(2, modeSense6Cdb({ pageCode: 0, allocationLength: 12 })), 6);
    t.match(empty, { mediumType: 0, deviceSpecificParameter: 0x10 });
  },
);

void t.test('all pages and subpages are told in ascending order, current, changeable and default', async (t) => {
  const rig = await tapeRig();
  const codes = async (subpageCode: number, pageCode = 0x3f): Promise<string[]> =>
    (await sense(rig, pageCode, { subpageCode })).pages.map(
      (each) => each.pageCode.toString(16) + (each.subpageCode === undefined ? '' : `,${each.subpageCode}`),
    );
  t.same(await codes(0), ['2', 'a', 'f', '10', '1c']);
  t.same(await codes(0xff), ['2', 'a', 'f', '10', '10,1', '1c']);
  t.same(await codes(0xff, CONFIGURATION), ['10', '10,1']);
  t.same(await codes(1, CONFIGURATION), ['10,1']);
  const refused: readonly [object, string][] = [
    [{ pageCode: 0x11 }, '2.5'],
    [{ pageCode: CONFIGURATION, subpageCode: 2 }, '3'],
  ];
  for (const [params, pointer] of refused) {
    t.equal(fieldPointer(await rig.send(modeSense6Cdb({ pageCode: 0, allocationLength: 255, ...params }))), pointer);
  }
  const saved = modeSense6Cdb({ pageCode: COMPRESSION, pageControl: PageControl.SAVED, allocationLength: 255 });
  t.equal(describe(await rig.send(saved)), '05/39/00');
  const changeable = await sense(rig, COMPRESSION, { pageControl: PageControl.CHANGEABLE });
  t.equal(page(changeable.pages, COMPRESSION)[0], 0x80, 'DCE');
});

void t.test(
  'compression is switched as Linux st does it: the page read, DCE changed, the whole sent back',
  async (t) => {
    const rig = await tapeRig();
    const stCompression = async (on: boolean): Promise<string> => {
      const data = (
        await rig.host.read(DRIVE, modeSense6Cdb({ pageCode: COMPRESSION, allocationLength: 252 }))
      ).slice();
      const at = 4 + (data[3] ?? 0);
      t.equal((data[at + 2] ?? 0) & 0x40, 0x40, 'DCC');
      data[at + 2] = ((data[at + 2] ?? 0) & 0x7f) | (on ? 0x80 : 0);
      data[at + 7] = on ? 1 : 0;
      const length = (data[0] ?? 0) + 1;
      data[0] = 0;
      data[1] = 0;
      data[2] = (data[2] ?? 0) & 0x7f;
      data[at] = (data[at] ?? 0) & 0x3f;
      return describe(await rig.send(modeSelect6Cdb({ pageFormat: true, parameterListLength: length }), data));
    };
    const enabled = async (pageControl = 0): Promise<boolean> =>
      dataCompression.decode(page((await sense(rig, COMPRESSION, { pageControl })).pages, COMPRESSION))
        .dataCompressionEnable;
    t.equal(await enabled(), true);
    t.equal(await stCompression(false), 'GOOD');
    t.equal(await enabled(), false);
    t.equal(await enabled(PageControl.DEFAULT), true, 'the default is another matter');
    t.equal(await stCompression(true), 'GOOD');
    t.equal(await enabled(), true);
    const { pages } = await sense(rig, COMPRESSION);
    const wrong = await select(rig, withByte(COMPRESSION, page(pages, COMPRESSION), 5, 7));
    t.equal(describe(wrong), '05/26/00', 'an algorithm that there is not');
    t.equal(fieldPointer(wrong), '15');
  },
);

void t.test('the software write protection refuses writes until it is taken off', async (t) => {
  const rig = await tapeRig();
  const { pages } = await sense(rig, CONFIGURATION);
  const configuration = page(pages, CONFIGURATION);
  const protect = (on: boolean): List =>
    withByte(CONFIGURATION, configuration, 8, ((configuration[8] ?? 0) & ~4) | (on ? 4 : 0));
  t.equal(describe(await select(rig, protect(true))), 'GOOD');
  t.equal(describe(await rig.write(block(1, 10))), '07/27/02');
  t.equal((await sense(rig, 0)).deviceSpecificParameter & 0x80, 0x80, 'WP');
  t.equal(describe(await select(rig, protect(false))), 'GOOD');
  t.equal(describe(await rig.write(block(1, 10))), 'GOOD');
});

void t.test(
  'a programmable early warning is told once when it is passed, and by READ POSITION from then on',
  async (t) => {
    const rig = await tapeRig({ capacityBytes: 10_000_000 });
    const { pages } = await sense(rig, CONFIGURATION, { subpageCode: 1 });
    const extension = page(pages, CONFIGURATION, 1);
    // Early warning is 1,000,000 bytes before the end, this one 3,000,000 bytes before that.
    t.equal(describe(await select(rig, withByte(CONFIGURATION, extension, 3, 3, 1))), 'GOOD');
    const answers: string[] = [];
    const beyond: boolean[] = [];
    for (let written = 0; written < 10; written++) {
      const answer = await rig.write(block(written, 950_000));
      answers.push(describe(answer));
      if (answer.sense !== undefined) t.ok(answer.sense.endOfMedium);
      const data = await rig.host.read(DRIVE, readPositionCdb());
      beyond.push(decodeReadPositionShort(data).beyondProgrammableEarlyWarning);
    }
    t.same(answers, [...Array<string>(6).fill('GOOD'), '00/00/07', 'GOOD', 'GOOD', '00/00/02']);
    t.same(beyond, [...Array<boolean>(6).fill(false), true, true, true, true]);
  },
);

void t.test('a density must be one of the drive, and goes with the block length', async (t) => {
  const rig = await tapeRig();
  const descriptor = (densityCode: number, blockLength = 0, numberOfBlocks = 0): List => ({
    blockDescriptors: encodeBlockDescriptor({ densityCode, blockLength, numberOfBlocks }),
  });
  for (const code of [0x00, 0x7f, 0x5e, 0x5d, 0x5c]) {
    t.equal(describe(await select(rig, descriptor(code, 1024))), 'GOOD', code.toString(16));
  }
  t.equal(fieldPointer(await select(rig, descriptor(0x44))), '8', 'LTO-3 is too old for the drive');
  t.equal(fieldPointer(await select(rig, descriptor(0, 512, 1))), '9');
  t.equal(
    decodeBlockDescriptor((await sense(rig, 0)).blockDescriptors).blockLength,
    1024,
    'what was refused is as it was',
  );
  t.equal(describe(await select(rig, { deviceSpecificParameter: 0 })), 'GOOD', 'unbuffered');
  t.equal((await sense(rig, 0)).deviceSpecificParameter, 0x00);
  t.equal(fieldPointer(await select(rig, { deviceSpecificParameter: 0x20 })), '3', 'no such buffered mode');
  t.equal(fieldPointer(await select(rig, { deviceSpecificParameter: 0x11 })), '3', 'nor a speed');
});

void t.test('a list is taken whole or not at all, and others hear of a change', async (t) => {
  const rig = await tapeRig();
  const other = new Initiator(rig.autoloader, 'other');
  await other.takeAttentions(DRIVE);
  const { pages } = await sense(rig, COMPRESSION);
  const compression = page(pages, COMPRESSION);
  const blockDescriptors = encodeBlockDescriptor({ densityCode: 0, blockLength: 512 });
  const refused = await select(rig, { blockDescriptors, ...withByte(COMPRESSION, compression, 9, 5) });
  t.equal(describe(refused), '05/26/00', 'a byte that cannot be changed');
  t.equal(decodeBlockDescriptor((await sense(rig, 0)).blockDescriptors).blockLength, 0);
  t.same(await other.takeAttentions(DRIVE), []);
  t.equal(describe(await select(rig, { blockDescriptors, ...withByte(COMPRESSION, compression, 0, 0x40) })), 'GOOD');
  t.same(await other.takeAttentions(DRIVE), [{ asc: 0x2a, ascq: 0x01 }]);
  await rig.autoloader.resetLogicalUnit(DRIVE);
  await rig.host.takeAttentions(DRIVE);
  t.equal(page((await sense(rig, COMPRESSION)).pages, COMPRESSION)[0], 0xc0, 'a reset brings the defaults');
  const savePages = modeSelect6Cdb({ pageFormat: true, savePages: true, parameterListLength: 0 });
  t.equal(fieldPointer(await rig.send(savePages)), '1.0', 'nothing is saved');
});

void t.test('sense data come in descriptor format when D_SENSE is set, residue and marks included', async (t) => {
  const rig = await tapeRig();
  const { pages } = await sense(rig, 0x0a);
  t.equal(describe(await select(rig, withByte(0x0a, page(pages, 0x0a), 0, 0x04))), 'GOOD');
  await rig.write(block(1, 100));
  await rig.filemarks(1);
  await rig.rewind();
  const { sense: raw } = await rig.autoloader.execute({
    nexus: rig.host.nexus,
    lun: DRIVE,
    cdb: read6Cdb({ transferLength: 60 }),
    dataOut: new Uint8Array(0),
  });
  t.match(decodeSense(raw), { format: 'descriptor', incorrectLengthIndicator: true, information: -40 });
  t.match((await rig.read(60)).sense, { format: 'descriptor', filemark: true, information: 60 });
});
