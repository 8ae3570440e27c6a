import t from 'tap';
import {
  decodeModeParameters,
  decodeReadPositionShort,
  modeSense6Cdb,
  moveMediumCdb,
  readPositionCdb,
  rewindCdb,
  write6Cdb,
  writeFilemarks6Cdb,
} from '../../../devices/scsi/index.js';
import { describe, Initiator, openAutoloader } from './initiator.js';

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
