import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { SimulatedClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import { moveMediumCdb, testUnitReadyCdb } from '../../../devices/scsi/index.js';
import { VirtualAutoloader } from '../../../devices/virtual/index.js';
import { describe, Initiator, openAutoloader, places } from './initiator.js';

const CHANGER = 1;
const DRIVE = 0;
const CLEANING_SLOT = 4118;
const WRITER = fileURLToPath(new URL('full-disk-writer.ts', import.meta.url));
const move = (sourceAddress: number, destinationAddress: number): Uint8Array =>
  moveMediumCdb({ sourceAddress, destinationAddress });

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'openrsm-disk-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** From now on every write to the hardware's database fails, as on a full disk; until the returned function is called. */
function fillDisk(folder: string): () => void {
  const database = new Database(join(folder, 'hardware.db'));
  for (const table of ['cartridge', 'element']) {
    for (const verb of ['INSERT', 'UPDATE']) {
      database.exec(
        `CREATE TRIGGER full_${table}_${verb} BEFORE ${verb} ON ${table}
           BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
      );
    }
  }
  return () => {
    for (const table of ['cartridge', 'element']) {
      for (const verb of ['INSERT', 'UPDATE']) database.exec(`DROP TRIGGER full_${table}_${verb}`);
    }
    database.close();
  };
}

/** An autoloader in a folder, ready, with what it tells of its own failures. */
async function onDisk(t: Test, timing: 'zero' | 'real' = 'zero') {
  const folder = folderFor(t);
  const failures: unknown[] = [];
  const clock = new SimulatedClock();
  const profile = findProfile('ibm-3573-tl');
  const onInternalFailure = (error: unknown): void => void failures.push(error);
  const autoloader = await VirtualAutoloader.create({ profile, clock, timing, folder, onInternalFailure });
  const host = new Initiator(autoloader);
  await clock.advance(10 * 60_000);
  for (const lun of [CHANGER, DRIVE]) await host.takeAttentions(lun);
  return { folder, failures, clock, autoloader, host };
}

void t.test('a motion that cannot be kept is told, and kept as soon as the disk takes it', async (t) => {
  const { folder, failures, autoloader, host } = await onDisk(t);
  const freeDisk = fillDisk(folder);
  t.equal(describe(await host.send(CHANGER, move(4096, 4110))), '04/44/00');
  t.match(failures, [{ message: /full/ }]);
  t.equal(places(autoloader)['ORS001L8'], 4110, 'the cartridge was moved all the same');
  freeDisk();
  t.equal(describe(await host.send(CHANGER, move(4097, 4096))), 'GOOD', 'its old place is free for another');
  await autoloader.close();
  const again = await openAutoloader({ folder });
  t.match(places(again.autoloader), { ORS001L8: 4110, ORS002L8: 4096 });
  await again.autoloader.close();
});

void t.test('a cartridge taken out while the disk is full is not in two places afterwards', async (t) => {
  const { folder, autoloader } = await onDisk(t);
  const freeDisk = fillDisk(folder);
  autoloader.operator.openDoor();
  await t.rejects(autoloader.operator.removeCartridge(4096), /full/);
  freeDisk();
  await autoloader.powerCycle();
  const inside = autoloader.inspect().filter(({ barcode }) => barcode === 'ORS001L8').length;
  const outside = autoloader.operator.outside().filter(({ barcode }) => barcode === 'ORS001L8').length;
  t.equal(inside + outside, 1);
  await autoloader.close();
});

void t.test('a drive takes in what it was given, whether or not that can be kept', async (t) => {
  const { folder, autoloader, host } = await onDisk(t);
  const freeDisk = fillDisk(folder);
  t.equal(describe(await host.send(CHANGER, move(4096, 256))), '04/44/00');
  await host.takeAttentions(DRIVE);
  t.equal(describe(await host.send(DRIVE, testUnitReadyCdb())), 'GOOD');
  freeDisk();
  await autoloader.close();
});

void t.test('a cleaning that cannot be counted ends no process and blocks no drive', async (t) => {
  const { folder, failures, clock, autoloader, host } = await onDisk(t, 'real');
  const moving = host.send(CHANGER, move(CLEANING_SLOT, 256));
  for (let ms = 0; ms < 60_000 && places(autoloader)['CLNU01L1'] !== 256; ms += 100) await clock.advance(100);
  const freeDisk = fillDisk(folder);
  t.equal(describe(await moving), 'GOOD');
  await clock.advance(10 * 60_000);
  t.match(failures, [{ message: /full/ }]);
  const back = host.send(CHANGER, move(256, CLEANING_SLOT));
  await clock.advance(60_000);
  await back;
  t.equal(places(autoloader)['CLNU01L1'], CLEANING_SLOT, 'it can be taken out');
  freeDisk();
  await autoloader.close();
});

void t.test('an inventory at power on that cannot be kept is told and ends no process', async (t) => {
  const { folder, failures, clock, autoloader, host } = await onDisk(t, 'real');
  autoloader.operator.setLabelReadable(4096, true);
  const freeDisk = fillDisk(folder);
  await autoloader.powerCycle();
  await clock.advance(10 * 60_000);
  t.match(failures, [{ message: /full/ }]);
  await host.takeAttentions(CHANGER);
  t.equal(describe(await host.send(CHANGER, testUnitReadyCdb())), 'GOOD');
  freeDisk();
  await autoloader.close();
});

void t.test('a tape on a full disk holds what was written before, and goes on when there is room', async (t) => {
  const folder = folderFor(t);
  // A limit of 8 KiB a file is a full disk for everything that is written to a file.
  const limited = `trap '' XFSZ; ulimit -f 16; exec '${process.execPath}' --import tsx '${WRITER}' '${join(folder, 'tape.tap')}'`;
  // The limit would meet tsx's own cache too.
  const env = { ...process.env, TSX_DISABLE_CACHE: '1' };
  const writer = spawn('sh', ['-c', limited], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => writer.kill('SIGKILL'));
  const chunks: Buffer[] = [];
  writer.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(writer, 'close');
  t.same(Buffer.concat(chunks).toString().trim().split('\n'), [
    'wrote 3000',
    'EFBIG',
    'wrote 7',
    'block 3000',
    'block 7',
    'end-of-data',
  ]);
});

void t.test('a folder that is no hardware folder is refused with its reason', async (t) => {
  const options = { profile: findProfile('ibm-3573-tl'), clock: new SimulatedClock(), timing: 'zero' } as const;
  const damaged = folderFor(t);
  writeFileSync(join(damaged, 'hardware.db'), 'this is a letter and no database, and it is a long one\n'.repeat(100));
  const blocked = folderFor(t);
  writeFileSync(join(blocked, 'media'), 'a file where a folder must be');
  for (const folder of [damaged, blocked]) {
    await t.rejects(VirtualAutoloader.create({ ...options, folder }), {
      code: 'HARDWARE_UNUSABLE',
      message: new RegExp(`${folder}.*another folder`),
    });
    rmSync(join(folder, 'hardware.db'), { force: true });
    rmSync(join(folder, 'media'), { recursive: true, force: true });
    const autoloader = await VirtualAutoloader.create({ ...options, folder });
    await autoloader.close();
  }
  const file = join(folderFor(t), 'file');
  writeFileSync(file, '');
  await t.rejects(VirtualAutoloader.create({ ...options, folder: file }), { code: 'FOLDER_UNUSABLE' });
  const lockless = folderFor(t);
  mkdirSync(join(lockless, 'lock'));
  await t.rejects(VirtualAutoloader.create({ ...options, folder: lockless }), { code: 'FOLDER_UNUSABLE' });
});

void t.test('hardware whose elements the profile no longer has is refused', async (t) => {
  const folder = folderFor(t);
  const profile = findProfile('ibm-3573-tl');
  const { autoloader } = await openAutoloader({ folder, cartridges: [{ elementAddress: 4118, barcode: 'ORS001L8' }] });
  await autoloader.close();
  const smaller = { ...profile, elements: { ...profile.elements, storage: { first: 4096, count: 12 } }, magazines: [] };
  const options = { clock: new SimulatedClock(), timing: 'zero', folder } as const;
  await t.rejects(VirtualAutoloader.create({ ...options, profile: smaller }), {
    code: 'HARDWARE_MISMATCH',
    message: /4118/,
  });
  await (await VirtualAutoloader.create({ ...options, profile })).close();
});
