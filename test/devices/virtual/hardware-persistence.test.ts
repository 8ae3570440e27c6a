import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { SimulatedClock } from '../../../devices/clock.js';
import { findProfile } from '../../../devices/profiles/index.js';
import {
  decodeUnitSerialNumber,
  inquiryCdb,
  loadUnloadCdb,
  moveMediumCdb,
  read6Cdb,
  rewindCdb,
  write6Cdb,
} from '../../../devices/scsi/index.js';
import { VirtualAutoloader, type PlacedCartridge } from '../../../devices/virtual/index.js';
import { describe, Initiator, openAutoloader, places } from './initiator.js';

const CHANGER = 1;
const DRIVE = 0;
const MOVER = fileURLToPath(new URL('mover-process.ts', import.meta.url));

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'openrsm-hardware-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const move = (sourceAddress: number, destinationAddress: number): Uint8Array =>
  moveMediumCdb({ sourceAddress, destinationAddress });

void t.test('is found as it was left, cartridges, data, magazines and all', async (t) => {
  const folder = folderFor(t);
  const first = await openAutoloader({ folder });
  const data = Uint8Array.from({ length: 5_001 }, (_, index) => index % 253);
  await first.host.send(CHANGER, move(4100, 256));
  await first.host.takeAttentions(DRIVE);
  await first.host.send(DRIVE, write6Cdb({ transferLength: data.length }), { dataOut: data });
  await first.host.send(CHANGER, move(4096, 16));
  await first.host.send(CHANGER, move(4097, 4110));
  await first.autoloader.operator.insertCartridge(17, { barcode: 'NEW001L8', writeProtected: true });
  const away = await first.autoloader.operator.removeCartridge(16);
  first.autoloader.operator.removeMagazine('right');
  const serial = decodeUnitSerialNumber(
    await first.host.read(CHANGER, inquiryCdb({ evpd: true, pageCode: 0x80, allocationLength: 64 })),
  );
  const before = first.autoloader.inspect();
  await first.autoloader.close();
  await first.autoloader.close();

  const second = await openAutoloader({ folder, cartridges: [] });
  t.same(second.autoloader.inspect(), before);
  t.same(second.autoloader.operator.outside(), [{ id: away, barcode: 'ORS001L8' }]);
  t.match(places(second.autoloader), { ORS005L8: 256, ORS002L8: 4110, NEW001L8: 17 });
  t.same(await second.host.read(DRIVE, read6Cdb({ transferLength: data.length })), data, 'the drive took it in again');
  const again = await second.host.read(CHANGER, inquiryCdb({ evpd: true, pageCode: 0x80, allocationLength: 64 }));
  t.equal(decodeUnitSerialNumber(again), serial);
  await second.autoloader.operator.insertCartridge(16, { id: away });
  const fresh = await second.autoloader.operator.insertCartridge(18, { barcode: 'NEW002L8' });
  t.notOk(
    before.some(({ cartridgeId }) => cartridgeId === fresh),
    'a new cartridge gets an id of its own',
  );
  await second.autoloader.close();
});

void t.test('makes an image only for a medium that was written', async (t) => {
  const folder = folderFor(t);
  const { autoloader } = await openAutoloader({ folder });
  await autoloader.close();
  t.same(readdirSync(join(folder, 'media')), ['00001-ORS001L8.tap', '00002-ORS002L8.tap', '00003-ORS003L8.tap']);
});

void t.test('is locked while it is open, and refuses to be another model', async (t) => {
  const folder = folderFor(t);
  const { autoloader } = await openAutoloader({ folder });
  const options = { clock: new SimulatedClock(), timing: 'zero', folder } as const;
  await t.rejects(VirtualAutoloader.create({ ...options, profile: findProfile('ibm-3573-tl') }), {
    code: 'FOLDER_LOCKED',
    holder: { pid: process.pid },
  });
  await autoloader.close();
  await t.rejects(VirtualAutoloader.create({ ...options, profile: findProfile('stk-l20') }), {
    code: 'HARDWARE_MISMATCH',
  });
  const third = await VirtualAutoloader.create({ ...options, profile: findProfile('ibm-3573-tl') });
  await third.close();
});

void t.test('refuses cartridges that cannot lie as they were placed', async (t) => {
  const options = { profile: findProfile('ibm-3573-tl'), clock: new SimulatedClock(), timing: 'zero' } as const;
  const bad: readonly PlacedCartridge[][] = [
    [{ elementAddress: 5000, barcode: 'A00001L8' }],
    [
      { elementAddress: 4096, barcode: 'A00001L8' },
      { elementAddress: 4096, barcode: 'A00002L8' },
    ],
  ];
  for (const cartridges of bad) {
    await t.rejects(VirtualAutoloader.create({ ...options, cartridges }), { code: 'PLACEMENT' });
    const folder = folderFor(t);
    await t.rejects(VirtualAutoloader.create({ ...options, cartridges, folder }), { code: 'PLACEMENT' });
    const { autoloader } = await openAutoloader({ folder });
    t.equal(Object.keys(places(autoloader)).length, 9, 'the folder is free and empty again');
    await autoloader.close();
  }
});

void t.test('a motion is on disk only when it has ended', async (t) => {
  const folder = folderFor(t);
  const clock = new SimulatedClock();
  const profile = findProfile('ibm-3573-tl');
  const autoloader = await VirtualAutoloader.create({ profile, clock, timing: 'real', folder });
  const host = new Initiator(autoloader);
  await clock.advance(10 * 60_000);
  await host.takeAttentions(CHANGER);
  const onDisk = (): number => {
    const database = new Database(join(folder, 'hardware.db'), { readonly: true });
    try {
      const row = database.prepare("SELECT element_address FROM cartridge WHERE barcode = 'ORS001L8'").get();
      return (row as { element_address: number }).element_address;
    } finally {
      database.close();
    }
  };
  const moving = host.send(CHANGER, move(4096, 4110));
  await clock.advance(profile.timings.gripMs + 2 * profile.timings.travelStartMs + 5_000);
  t.equal(places(autoloader)['ORS001L8'], 1, 'in the picker');
  t.equal(onDisk(), 4096, 'at its source');
  await clock.advance(60_000);
  await moving;
  t.equal(onDisk(), 4110);
  await autoloader.close();
});

void t.test('a killed process leaves every cartridge in exactly one place', async (t) => {
  const folder = folderFor(t);
  const first = await openAutoloader({ folder });
  const barcodes = Object.keys(places(first.autoloader)).toSorted();
  await first.autoloader.close();
  for (let round = 0; round < 4; round++) {
    const mover = spawn(process.execPath, ['--import', 'tsx', MOVER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.teardown(() => mover.kill('SIGKILL'));
    if (mover.stdout === null) throw new Error('no standard output');
    const lines = createInterface({ input: mover.stdout });
    // The process is in the middle of its moves whenever the signal comes; where exactly, nobody knows.
    for (let rounds = 0; rounds <= round; rounds++) await once(lines, 'line');
    mover.kill('SIGKILL');
    await once(mover, 'exit');
    const { autoloader, host } = await openAutoloader({ folder });
    const found = autoloader.inspect().flatMap(({ barcode }) => barcode ?? []);
    t.same(found.toSorted(), barcodes, 'none lost, none doubled');
    const inDrive = autoloader.inspect().find(({ address }) => address === 256);
    if (inDrive?.full === true) {
      await host.send(DRIVE, rewindCdb());
      const read = describe(await host.send(DRIVE, read6Cdb({ transferLength: 512 })));
      // The old label (another length), nothing yet, or the whole new block; never a damaged tape.
      t.ok(['GOOD', '08/00/05', '00/00/00'].includes(read), read);
      await host.send(DRIVE, loadUnloadCdb({ load: false }));
      const home = autoloader.inspect().find(({ address, full }) => address >= 4096 && !full)?.address ?? 0;
      await host.send(CHANGER, move(256, home));
    }
    await autoloader.close();
  }
});
