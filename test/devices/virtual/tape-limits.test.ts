import t from 'tap';
import {
  decodeModeParameters,
  decodeReadPositionShort,
  modeSense6Cdb,
  moveMediumCdb,
  read6Cdb,
  readPositionCdb,
  rewindCdb,
  write6Cdb,
  writeFilemarks6Cdb,
} from '../../../devices/scsi/index.js';
import { describe, fieldPointer, Initiator, openAutoloader, type Answer } from './initiator.js';

const CHANGER = 1;
const DRIVE = 0;
const modeSelect = Uint8Array.of(0x15, 0x10, 0, 0, 12, 0);
const blockLengthList = (length: number): Uint8Array =>
  Uint8Array.of(0, 0, 0x10, 8, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff);

/** A small tape in the drive. */
async function loadedTape(capacityBytes = 1_000) {
  const cartridges = [{ elementAddress: 4096, barcode: 'ORS001L8', capacityBytes }];
  const rig = await openAutoloader({ cartridges });
  await rig.host.send(CHANGER, moveMediumCdb({ sourceAddress: 4096, destinationAddress: 256 }));
  await rig.host.takeAttentions(DRIVE);
  return rig;
}

async function blockLength(host: Initiator): Promise<number> {
  const data = await host.read(DRIVE, modeSense6Cdb({ pageCode: 0, allocationLength: 255 }));
  const [high = 0, middle = 0, low = 0] = decodeModeParameters(data, 6).blockDescriptors.subarray(5);
  return (high << 16) | (middle << 8) | low;
}

void t.test('filemarks end with the tape: the drive tells how many it could not write', async (t) => {
  const { host } = await loadedTape();
  t.equal(
    describe(await host.send(DRIVE, write6Cdb({ transferLength: 100 }), { dataOut: new Uint8Array(100) })),
    'GOOD',
  );
  const answer = await host.send(DRIVE, writeFilemarks6Cdb({ filemarkCount: 0xff_ffff }));
  t.equal(describe(answer), '0D/00/02');
  const position = decodeReadPositionShort(await host.read(DRIVE, readPositionCdb()));
  const written = position.firstLogicalObjectLocation - 1;
  t.ok(written > 200 && written < 250, `${written} filemarks of four bytes fit behind the block`);
  t.match(answer.sense, { endOfMedium: true, information: 0xff_ffff - written });
  t.equal(describe(await host.send(DRIVE, writeFilemarks6Cdb({ filemarkCount: 1 }))), '0D/00/02', 'not one more');
  await host.send(DRIVE, rewindCdb());
  t.equal(describe(await host.send(DRIVE, writeFilemarks6Cdb({ filemarkCount: 1 }))), 'GOOD');
});

void t.test('a block length that the drive cannot write is refused by MODE SELECT', async (t) => {
  const { host } = await loadedTape();
  t.equal(describe(await host.send(DRIVE, modeSelect, { dataOut: blockLengthList(0xff_ffff) })), '05/26/00');
  t.equal(await blockLength(host), 0, 'nothing has changed');
  t.equal(describe(await host.send(DRIVE, modeSelect, { dataOut: blockLengthList(0x80_0000) })), 'GOOD');
  t.equal(await blockLength(host), 0x80_0000);
});

void t.test('a parameter list that is shorter than the CDB says changes nothing', async (t) => {
  const { host } = await loadedTape();
  const cut = await host.send(DRIVE, modeSelect, { dataOut: blockLengthList(512).subarray(0, 9) });
  t.equal(describe(cut), '05/1A/00');
  const longer = await host.send(DRIVE, modeSelect, { dataOut: Uint8Array.of(...blockLengthList(512), 1, 2, 3) });
  t.equal(describe(longer), 'GOOD', 'bytes beyond the list are not looked at');
  t.equal(await blockLength(host), 512);
});

void t.test('the other nexuses hear of a changed block length, the one that changed it does not', async (t) => {
  const { autoloader, host } = await loadedTape();
  const other = new Initiator(autoloader, 'other');
  await other.takeAttentions(DRIVE);
  await host.send(DRIVE, modeSelect, { dataOut: blockLengthList(512) });
  t.same(await other.takeAttentions(DRIVE), [{ asc: 0x2a, ascq: 0x01 }]);
  t.same(await host.takeAttentions(DRIVE), []);
  await host.send(DRIVE, modeSelect, { dataOut: blockLengthList(512) });
  t.same(await other.takeAttentions(DRIVE), [], 'the same length is no change');
});

void t.test('a logical unit reset brings the default block length back', async (t) => {
  const { autoloader, host } = await loadedTape();
  await host.send(DRIVE, modeSelect, { dataOut: blockLengthList(512) });
  await autoloader.resetLogicalUnit(DRIVE);
  await host.takeAttentions(DRIVE);
  t.equal(await blockLength(host), 0);
});

const setBlockLength = (host: Initiator, length: number): Promise<Answer> =>
  host.send(DRIVE, modeSelect, { dataOut: blockLengthList(length) });
const fixedWrite = (host: Initiator, count: number, length: number): Promise<Answer> =>
  host.send(DRIVE, write6Cdb({ fixed: true, transferLength: count }), {
    dataOut: new Uint8Array(count * length).fill(5),
  });
const fixedRead = (host: Initiator, count: number): Promise<Answer> =>
  host.send(DRIVE, read6Cdb({ fixed: true, transferLength: count }));

void t.test('of fixed blocks those that fit are written, and the residue counts the others', async (t) => {
  const { host } = await loadedTape(10_000);
  await setBlockLength(host, 1000);
  const answer = await fixedWrite(host, 15, 1000);
  t.equal(describe(answer), '0D/00/02');
  t.match(answer.sense, { endOfMedium: true, information: 6 });
  t.equal(describe(await fixedWrite(host, 1, 1000)), '0D/00/02', 'not one more');
  await host.send(DRIVE, rewindCdb());
  const read = await fixedRead(host, 15);
  t.equal(describe(read), '08/00/05', 'a read of several blocks ends at the end of data');
  t.equal(read.sense?.information, 6);
  t.equal(read.dataIn.length, 9000);
  t.ok(read.dataIn.every((byte) => byte === 5));
  t.equal(describe(await fixedRead(host, 2)), '08/00/05');
});

void t.test('one of several fixed blocks that is longer or shorter ends the read with what came before', async (t) => {
  const { host } = await loadedTape(100_000);
  await setBlockLength(host, 100);
  for (const length of [100, 100, 70, 100, 130, 100]) {
    await host.send(DRIVE, write6Cdb({ transferLength: length }), { dataOut: new Uint8Array(length).fill(length) });
  }
  await host.send(DRIVE, rewindCdb());
  const short = await fixedRead(host, 6);
  t.match(short.sense, { incorrectLengthIndicator: true, information: 4, key: 0 });
  t.equal(short.dataIn.length, 270, 'two whole blocks and the short one');
  const long = await fixedRead(host, 6);
  t.match(long.sense, { incorrectLengthIndicator: true, information: 5, key: 0 });
  t.same([long.dataIn.length, long.dataIn.at(-1)], [200, 130], 'one whole block and as much of the long one');
  t.equal((await fixedRead(host, 1)).dataIn[0], 100, 'the tape stands behind the block of another length');
});

void t.test('one command moves sixteen megabytes at most, whatever it asks for', async (t) => {
  const { host } = await loadedTape(100_000);
  await setBlockLength(host, 0x80_0000);
  t.equal(describe(await fixedRead(host, 2)), '08/00/05');
  for (const count of [3, 0xff_ffff]) {
    t.equal(fieldPointer(await fixedRead(host, count)), '2');
    const cdb = write6Cdb({ fixed: true, transferLength: count });
    t.equal(fieldPointer(await host.send(DRIVE, cdb)), '2');
  }
  const long = write6Cdb({ transferLength: 0x80_0001 });
  t.equal(fieldPointer(await host.send(DRIVE, long)), '2', 'nor a longer block');
});

void t.test('READ POSITION tells when the tape is past its early warning', async (t) => {
  const { host } = await loadedTape(10_000);
  const past = async (): Promise<boolean> =>
    decodeReadPositionShort(await host.read(DRIVE, readPositionCdb())).endOfPartition;
  t.equal(await past(), false);
  const answer = await host.send(DRIVE, write6Cdb({ transferLength: 9500 }), { dataOut: new Uint8Array(9500) });
  t.equal(describe(answer), '00/00/02');
  t.equal(answer.sense?.information, 0, 'all of it was written');
  t.equal(await past(), true);
  await host.send(DRIVE, rewindCdb());
  t.equal(await past(), false);
});
