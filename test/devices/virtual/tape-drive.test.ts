import t from 'tap';
import {
  decodeBlockLimits,
  decodeModeParameters,
  decodeBlockDescriptor,
  decodeReadPositionShort,
  decodeTapeAlert,
  loadUnloadCdb,
  locate10Cdb,
  logSenseCdb,
  modeSense6Cdb,
  moveMediumCdb,
  read6Cdb,
  readBlockLimitsCdb,
  readPositionCdb,
  rewindCdb,
  signedInformation,
  space6Cdb,
  SpaceCode,
  testUnitReadyCdb,
  write6Cdb,
  writeFilemarks6Cdb,
} from '../../../devices/scsi/index.js';
import type { CartridgeSpec } from '../../../devices/virtual/index.js';
import { describe, fieldPointer, Initiator, openAutoloader, type Answer } from './initiator.js';

const CHANGER = 1;
const DRIVE = 0;

/** A drive with a cartridge in it, ready; short names for what the tests do most. */
async function loadedDrive(cartridge: CartridgeSpec = { barcode: 'TST001L8' }) {
  const opened = await openAutoloader({ cartridges: [{ elementAddress: 4096, ...cartridge }] });
  const { host } = opened;
  await host.send(CHANGER, moveMediumCdb({ sourceAddress: 4096, destinationAddress: 256 }));
  await host.takeAttentions(DRIVE);
  const write = (data: Uint8Array): Promise<Answer> =>
    host.send(DRIVE, write6Cdb({ transferLength: data.length }), { dataOut: data });
  const filemarks = (filemarkCount: number): Promise<Answer> => host.send(DRIVE, writeFilemarks6Cdb({ filemarkCount }));
  const read = (transferLength: number, more: object = {}): Promise<Answer> =>
    host.send(DRIVE, read6Cdb({ transferLength, ...more }));
  const rewind = (): Promise<Answer> => host.send(DRIVE, rewindCdb());
  const position = async (): Promise<number> =>
    decodeReadPositionShort(await host.read(DRIVE, readPositionCdb())).firstLogicalObjectLocation;
  return { ...opened, write, filemarks, read, rewind, position };
}

const block = (fill: number, length: number): Uint8Array => new Uint8Array(length).fill(fill);
const residue = (answer: Answer): number | undefined =>
  answer.sense === undefined ? undefined : signedInformation(answer.sense);

void t.test('writes and reads blocks byte for byte, filemarks between them', async (t) => {
  const { write, filemarks, read, rewind } = await loadedDrive();
  const first = Uint8Array.from({ length: 70_001 }, (_, index) => (index * 31) % 251);
  t.equal(describe(await write(first)), 'GOOD');
  t.equal(describe(await filemarks(1)), 'GOOD');
  t.equal(describe(await write(block(7, 80))), 'GOOD');
  await rewind();
  t.same((await read(70_001)).dataIn, first);
  const mark = await read(80);
  t.equal(describe(mark), '00/00/01');
  t.ok(mark.sense?.filemark);
  t.equal(residue(mark), 80);
  t.same((await read(80)).dataIn, block(7, 80));
  const end = await read(80);
  t.equal(describe(end), '08/00/05', 'end of data is a blank check');
  t.equal(residue(end), 80);
});

void t.test('tells a block of another length by ILI and how far it is off', async (t) => {
  const { write, read, rewind } = await loadedDrive();
  await write(block(1, 100));
  await rewind();
  const shorter = await read(150);
  t.ok(shorter.sense?.incorrectLengthIndicator);
  t.equal(residue(shorter), 50);
  t.same(shorter.dataIn, block(1, 100));
  await rewind();
  const longer = await read(60);
  t.ok(longer.sense?.incorrectLengthIndicator);
  t.equal(residue(longer), -40);
  t.same(longer.dataIn, block(1, 60));
  await rewind();
  t.equal(describe(await read(150, { sili: true })), 'GOOD', 'SILI suppresses it');
  await rewind();
  t.equal(describe(await read(60, { sili: true })), 'GOOD', 'in variable mode for a longer block, too');
});

void t.test('reads and writes fixed blocks once a block length is set', async (t) => {
  const { host, write, filemarks, rewind } = await loadedDrive();
  const fixed = (transferLength: number): Promise<Answer> =>
    host.send(DRIVE, read6Cdb({ fixed: true, transferLength }));
  t.equal(fieldPointer(await fixed(1)), '1.0', 'no block length is set');
  const descriptor = [0, 0, 0, 0, 0, 0, 2, 0];
  const select = Uint8Array.of(0x15, 0x10, 0, 0, 12, 0);
  const selected = await host.send(DRIVE, select, { dataOut: Uint8Array.of(0, 0, 0x10, 8, ...descriptor) });
  t.equal(describe(selected), 'GOOD');
  const sensed = decodeModeParameters(await host.read(DRIVE, modeSense6Cdb({ pageCode: 0, allocationLength: 255 })), 6);
  t.equal(decodeBlockDescriptor(sensed.blockDescriptors).blockLength, 512);
  const data = Uint8Array.from({ length: 4 * 512 }, (_, index) => index % 256);
  const written = await host.send(DRIVE, write6Cdb({ fixed: true, transferLength: 4 }), { dataOut: data });
  t.equal(describe(written), 'GOOD');
  await filemarks(1);
  await write(block(3, 100));
  await rewind();
  t.same((await fixed(3)).dataIn, data.subarray(0, 3 * 512));
  const met = await fixed(3);
  t.ok(met.sense?.filemark);
  t.equal(residue(met), 2, 'one of three was read');
  t.same(met.dataIn, data.subarray(3 * 512));
  const odd = await fixed(2);
  t.ok(odd.sense?.incorrectLengthIndicator);
  t.equal(residue(odd), 2);
  t.equal(fieldPointer(await host.send(DRIVE, read6Cdb({ fixed: true, sili: true, transferLength: 1 }))), '1.1');
  const short = await host.send(DRIVE, write6Cdb({ fixed: true, transferLength: 4 }), { dataOut: block(0, 10) });
  t.equal(describe(short), '0B/4B/00', 'less data than announced');
});

void t.test('spaces over blocks and filemarks, both ways, and to the end of data', async (t) => {
  const { host, write, filemarks, rewind, position } = await loadedDrive();
  // 0 block, 1 block, 2 mark, 3 block, 4 mark, end
  await write(block(0, 10));
  await write(block(1, 10));
  await filemarks(1);
  await write(block(3, 10));
  await filemarks(1);
  await rewind();
  const space = (code: number, count: number): Promise<Answer> => host.send(DRIVE, space6Cdb({ code, count }));
  const cases: readonly [code: number, count: number, sense: string, at: number, residue?: number][] = [
    [SpaceCode.LOGICAL_BLOCKS, 2, 'GOOD', 2],
    [SpaceCode.LOGICAL_BLOCKS, 2, '00/00/01', 3, 2],
    [SpaceCode.FILEMARKS, 1, 'GOOD', 5],
    [SpaceCode.FILEMARKS, 1, '08/00/05', 5, 1],
    [SpaceCode.FILEMARKS, -2, 'GOOD', 2],
    [SpaceCode.FILEMARKS, -1, '00/00/04', 0, 1],
    [SpaceCode.END_OF_DATA, 0, 'GOOD', 5],
    [SpaceCode.LOGICAL_BLOCKS, -1, '00/00/01', 4, 1],
    [SpaceCode.LOGICAL_BLOCKS, -1, 'GOOD', 3],
    [SpaceCode.LOGICAL_BLOCKS, 0, 'GOOD', 3],
  ];
  for (const [code, count, sense, at, left] of cases) {
    const answer = await space(code, count);
    t.equal(describe(answer), sense, `code ${code}, ${count}`);
    t.equal(residue(answer), left);
    t.equal(await position(), at);
  }
  t.equal(fieldPointer(await space(SpaceCode.SEQUENTIAL_FILEMARKS, 1)), '1.3');
  t.equal(describe(await host.send(DRIVE, locate10Cdb({ logicalObjectIdentifier: 1 }))), 'GOOD');
  t.equal(await position(), 1);
  t.equal(describe(await host.send(DRIVE, locate10Cdb({ logicalObjectIdentifier: 4 }))), 'GOOD');
  t.equal(await position(), 4);
  t.equal(describe(await host.send(DRIVE, locate10Cdb({ logicalObjectIdentifier: 9 }))), '08/00/05');
  const partition = locate10Cdb({ logicalObjectIdentifier: 0, changePartition: true, partition: 1 });
  t.equal(fieldPointer(await host.send(DRIVE, partition)), '8');
});

void t.test('stands at the beginning after an unload and a load', async (t) => {
  const { host, write, read, position } = await loadedDrive();
  await write(block(1, 10));
  t.equal(await position(), 1);
  await host.send(DRIVE, loadUnloadCdb({ load: false }));
  await host.send(DRIVE, loadUnloadCdb({ load: true }));
  await host.takeAttentions(DRIVE);
  t.equal(await position(), 0);
  t.same((await read(10)).dataIn, block(1, 10));
});

void t.test('cuts off what lay behind the point of writing', async (t) => {
  const { write, read, rewind } = await loadedDrive();
  for (const fill of [1, 2, 3]) await write(block(fill, 10));
  await rewind();
  await write(block(9, 10));
  t.equal(describe(await read(10)), '08/00/05');
});

void t.test('warns before the end of the tape and refuses at it', async (t) => {
  const { write, filemarks, read, rewind } = await loadedDrive({ barcode: 'TST001L8', capacityBytes: 100_000 });
  const answers: string[] = [];
  let written = 0;
  for (let count = 0; count < 12; count++) {
    const answer = await write(block(count, 10_000));
    answers.push(describe(answer));
    if (answer.sense?.key !== 0x0d) written += 1;
    if (answer.sense !== undefined) t.ok(answer.sense.endOfMedium, 'EOM');
  }
  t.same(new Set(answers.slice(0, 8)), new Set(['GOOD']));
  t.equal(answers[8], '00/00/02', 'early warning: written all the same');
  t.same(new Set(answers.slice(9)), new Set(['0D/00/02']), 'volume overflow');
  t.equal(describe(await filemarks(1)), '00/00/02', 'there is room to end the file');
  await rewind();
  for (let count = 0; count < written; count++) t.same((await read(10_000)).dataIn, block(count, 10_000));
});

void t.test('writes nothing on a protected cartridge', async (t) => {
  const { host, autoloader, write, filemarks, read } = await loadedDrive({ barcode: 'TST001L8', writeProtected: true });
  t.equal(describe(await write(block(1, 10))), '07/27/00');
  t.equal(describe(await filemarks(1)), '07/27/00');
  t.equal(describe(await filemarks(0)), 'GOOD', 'no filemarks are no writing');
  t.equal(describe(await read(10)), '08/00/05');
  const sensed = decodeModeParameters(await host.read(DRIVE, modeSense6Cdb({ pageCode: 0, allocationLength: 255 })), 6);
  t.equal(sensed.deviceSpecificParameter & 0x80, 0x80, 'WP');
  const alerts = decodeTapeAlert(await host.read(DRIVE, logSenseCdb({ pageCode: 0x2e, allocationLength: 4096 })));
  t.same([...alerts], [9]);
  autoloader.operator.setWriteProtected(256, false);
  t.equal(describe(await write(block(1, 10))), 'GOOD');
});

void t.test('says by its sense what it is doing with its cartridge', async (t) => {
  const { host, read, rewind, position } = await loadedDrive();
  const ready = (): Promise<Answer> => host.send(DRIVE, testUnitReadyCdb());
  t.equal(describe(await ready()), 'GOOD');
  t.equal(describe(await host.send(DRIVE, loadUnloadCdb({ load: false }))), 'GOOD');
  for (const answer of [await ready(), await read(10), await rewind()]) t.equal(describe(answer), '02/3A/00');
  t.equal(describe(await host.send(DRIVE, loadUnloadCdb({ load: false }))), 'GOOD', 'unloaded already');
  t.equal(describe(await host.send(DRIVE, loadUnloadCdb({ load: true }))), 'GOOD');
  t.same(await host.takeAttentions(DRIVE), [{ asc: 0x28, ascq: 0x00 }]);
  t.equal(await position(), 0);
  t.equal(fieldPointer(await host.send(DRIVE, loadUnloadCdb({ load: true, eot: true }))), '4.2');
  t.equal(describe(await host.send(2, loadUnloadCdb({ load: true }))), '02/3A/00', 'the empty drive');
  const limits = decodeBlockLimits(await host.read(DRIVE, readBlockLimitsCdb()));
  t.match(limits, { minimumBlockLength: 1, maximumBlockLength: 0x80_0000 });
});

void t.test('keeps what was written when the cartridge goes to its slot and comes back in another drive', async (t) => {
  const { host, write, read } = await loadedDrive();
  await write(block(5, 1000));
  await host.send(DRIVE, loadUnloadCdb({ load: false }));
  await host.send(CHANGER, moveMediumCdb({ sourceAddress: 256, destinationAddress: 4100 }));
  await host.send(CHANGER, moveMediumCdb({ sourceAddress: 4100, destinationAddress: 257 }));
  await host.takeAttentions(2);
  t.equal(describe(await read(1000)), '02/3A/00', 'the first drive is empty');
  t.same(await host.read(2, read6Cdb({ transferLength: 1000 })), block(5, 1000));
});

void t.test('finds the ANSI label that the cartridge came with', async (t) => {
  const { read } = await loadedDrive({ barcode: 'ORS001L8', ansiVolumeIdentifier: 'ORS001' });
  const label = await read(80);
  t.equal(describe(label), 'GOOD');
  t.equal(new TextDecoder().decode(label.dataIn).slice(0, 10), 'VOL1ORS001');
  t.ok((await read(80)).sense?.filemark);
});

void t.test('tells every nexus of a new medium', async (t) => {
  const { autoloader, host } = await openAutoloader();
  const other = new Initiator(autoloader, 'other');
  await other.takeAttentions(DRIVE);
  await host.send(CHANGER, moveMediumCdb({ sourceAddress: 4096, destinationAddress: 256 }));
  for (const each of [host, other]) t.same(await each.takeAttentions(DRIVE), [{ asc: 0x28, ascq: 0x00 }]);
});
