import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  decodeModeParameters,
  erase6Cdb,
  loadUnloadCdb,
  locate10Cdb,
  modeSense6Cdb,
  read6Cdb,
  rewindCdb,
  space6Cdb,
  SpaceCode,
  testUnitReadyCdb,
  writeFilemarks6Cdb,
} from '../../../devices/scsi/index.js';
import { FileBytes } from '../../../devices/virtual/media/file-bytes.js';
import { MemoryBytes } from '../../../devices/virtual/media/memory-bytes.js';
import { describe } from './initiator.js';
import { block, DRIVE, residue, tapeRig, type TapeRig } from './tape-rig.js';

const bufferedMode = (mode: number): Uint8Array => Uint8Array.of(0, 0, mode << 4, 0);
const modeSelect = Uint8Array.of(0x15, 0x10, 0, 0, 4, 0);

/** Counts how often the medium is asked to put its bytes on disk; with `failing` set that is what it cannot do. */
function watchDisk(t: Test): { readonly count: () => number; failing: boolean } {
  let count = 0;
  const disk = { count: () => count, failing: false };
  t.capture(MemoryBytes.prototype, 'synchronize', () => {
    count += 1;
    if (disk.failing) throw new Error('EIO: i/o error, fsync');
  });
  return disk;
}

void t.test('what was written is on disk when a command that says so is answered', async (t) => {
  const { send, write } = await tapeRig();
  const disk = watchDisk(t);
  const synchronizes = async (what: string, cdb: Uint8Array): Promise<void> => {
    const before = disk.count();
    t.equal(describe(await send(cdb)), 'GOOD', what);
    t.equal(disk.count() - before, 1, what);
  };
  await write(block(1, 100));
  t.equal(disk.count(), 0, 'a buffered WRITE does not wait for the disk');
  await send(writeFilemarks6Cdb({ filemarkCount: 1, immed: true }));
  await send(writeFilemarks6Cdb({ filemarkCount: 0, immed: true }));
  t.equal(disk.count(), 0, 'nor do filemarks with IMMED');
  await synchronizes('WRITE FILEMARKS', writeFilemarks6Cdb({ filemarkCount: 1 }));
  await synchronizes('WRITE FILEMARKS of none', writeFilemarks6Cdb({ filemarkCount: 0 }));
  await synchronizes('SPACE', space6Cdb({ code: SpaceCode.LOGICAL_BLOCKS, count: 0 }));
  await synchronizes('LOCATE', locate10Cdb({ logicalObjectIdentifier: 1 }));
  await synchronizes('ERASE', erase6Cdb());
  await synchronizes('REWIND', rewindCdb());
});

void t.test('in unbuffered mode each WRITE waits for the disk', async (t) => {
  const { send, write, host } = await tapeRig();
  t.equal(describe(await send(modeSelect, bufferedMode(0))), 'GOOD');
  const data = await host.read(DRIVE, modeSense6Cdb({ pageCode: 0, allocationLength: 255 }));
  t.equal(decodeModeParameters(data, 6).deviceSpecificParameter, 0);
  const disk = watchDisk(t);
  await write(block(1, 100));
  await write(block(2, 100));
  t.equal(disk.count(), 2);
});

void t.test(
  'a disk that loses data is told of, and the tape is not moved or let go of as if all was well',
  async (t) => {
    const failures: unknown[] = [];
    const rig = await tapeRig({}, { onInternalFailure: (error) => failures.push(error) });
    const { send, write, where } = rig;
    await write(block(1, 100));
    const disk = watchDisk(t);
    disk.failing = true;
    const hardwareError = '04/44/00';
    t.equal(describe(await send(writeFilemarks6Cdb({ filemarkCount: 0 }))), hardwareError);
    t.equal(describe(await send(rewindCdb())), hardwareError);
    t.equal(describe(await send(loadUnloadCdb({ load: false }))), hardwareError);
    t.same(await where(), [1, 0]);
    t.equal(failures.length, 3);
    disk.failing = false;
    t.equal(describe(await send(loadUnloadCdb({ load: false }))), 'GOOD');
    t.equal(describe(await send(testUnitReadyCdb())), '02/3A/00');
  },
);

void t.test(
  'a file is put on disk by the operating system',
  { skip: process.platform === 'linux' ? false : 'a file that cannot be synchronised is known of Linux only' },
  (t) => {
    const file = new FileBytes('/dev/null');
    file.synchronize();
    file.writeAndTruncate(0, block(1, 10));
    t.throws(() => file.synchronize(), { code: 'EINVAL' });
    // A failure is not taken for done.
    t.throws(() => file.synchronize(), { code: 'EINVAL' });
    const folder = mkdtempSync(join(tmpdir(), 'openrsm-sync-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const real = new FileBytes(join(folder, 'new.tap'));
    real.writeAndTruncate(0, block(1, 10));
    real.synchronize();
    t.same(new Uint8Array(readFileSync(join(folder, 'new.tap'))), block(1, 10));
    real.close();
    t.end();
  },
);

/** Two blocks of ten bytes and a filemark before something that is no record. */
async function damagedTape(t: Test, objects: (rig: TapeRig) => Promise<void>, label = 'TST001L8'): Promise<TapeRig> {
  const folder = mkdtempSync(join(tmpdir(), 'openrsm-torn-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const rig = await tapeRig({ barcode: label }, { folder });
  t.teardown(() => rig.autoloader.close());
  await objects(rig);
  await rig.send(loadUnloadCdb({ load: false }));
  const media = join(folder, 'media');
  const name = readdirSync(media).find((file) => file.includes(label)) ?? '';
  const bytes = readFileSync(join(media, name));
  writeFileSync(join(media, name), Buffer.concat([bytes, Buffer.from('00000070', 'hex')]));
  await rig.send(loadUnloadCdb({ load: true }));
  await rig.host.takeAttentions(DRIVE);
  return rig;
}

void t.test('a read of several blocks that meets damage gives what came before, and how much is missing', async (t) => {
  const rig = await damagedTape(t, async ({ write }) => {
    await write(block(1, 10));
    await write(block(2, 10));
  });
  await rig.send(Uint8Array.of(0x15, 0x10, 0, 0, 12, 0), Uint8Array.of(0, 0, 0x10, 8, 0, 0, 0, 0, 0, 0, 0, 10));
  const answer = await rig.send(read6Cdb({ fixed: true, transferLength: 5 }));
  t.equal(describe(answer), '03/31/00');
  t.equal(residue(answer), 3);
  t.same(answer.dataIn, Uint8Array.of(...block(1, 10), ...block(2, 10)));
  t.same(await rig.where(), [2, 0]);
  t.equal(residue(await rig.read(100)), 100, 'of one block of any length');
});

void t.test('a write that is refused over damage leaves the tape where it stood', async (t) => {
  const rig = await damagedTape(t, async ({ filemarks }) => void (await filemarks(2)), 'TST001LY');
  t.equal(describe(await rig.write(block(9, 10))), '03/31/00');
  t.same(await rig.where(), [0, 0]);
});
