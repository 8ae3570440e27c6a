import { rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { findProfile } from '../../devices/profiles/index.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';
import { ansiVolumeLabel } from '../../devices/virtual/media/ansi-label.js';
import {
  NtmsAllocateOptions,
  NtmsCreateOptions,
  NtmsInventoryMethod,
  NtmsMountOptions,
  NtmsPartitionState,
  NtmsPoolType,
  OmidLabelType,
} from '../../src/ntms/index.js';
import type { Guid } from '../../src/ntms/index.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { eject, ended, takeFrom } from './person-at-port.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const { NTMS_PARTSTATE_ALLOCATED, NTMS_PARTSTATE_AVAILABLE, NTMS_PARTSTATE_IMPORT } = NtmsPartitionState;
const { NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE } = NtmsAllocateOptions;
const AT_ONCE = 0xc;
const { NTMS_MOUNT_WRITE } = NtmsMountOptions;

const cartridges = [1, 2, 3].map((number) => ({
  elementAddress: 4095 + number,
  barcode: `ORS00${number}L8`,
  mediaType: 'L8',
}));

/** Hardware that outlives the machine, the folder with the database, and the manager that runs just now. */
class Site {
  readonly #clock = new SimulatedClock({ auto: true });
  readonly #folder: string;
  readonly #autoloader: VirtualAutoloader;
  #running: VirtualLibrary | undefined;

  private constructor(folder: string, autoloader: VirtualAutoloader) {
    this.#folder = folder;
    this.#autoloader = autoloader;
  }

  static async open(t: Test): Promise<Site> {
    const clock = new SimulatedClock({ auto: true });
    const profile = findProfile('ibm-3573-tl');
    const autoloader = await VirtualAutoloader.create({ profile, clock, timing: 'zero', cartridges });
    const site = new Site(join(t.testdir(), 'database'), autoloader);
    t.teardown(async () => {
      await site.stop();
      await autoloader.close();
    });
    await site.start();
    return site;
  }

  get library(): VirtualLibrary {
    if (this.#running === undefined) throw new Error('the manager does not run');
    return this.#running;
  }

  async start(): Promise<VirtualLibrary> {
    const store = ObjectStore.open({ folder: this.#folder, clock: this.#clock });
    store.connection.pragma('synchronous = OFF');
    this.#running = await VirtualLibrary.run({ clock: this.#clock, autoloader: this.#autoloader, store });
    return this.#running;
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.manager.stop();
    running?.store.close();
  }

  /** The service is stopped and started again; a marked export becomes the database. */
  async restart(): Promise<VirtualLibrary> {
    await this.stop();
    return this.start();
  }

  /** The computer is lost with its disk; a new one has an empty database. */
  async loseDatabase(): Promise<VirtualLibrary> {
    await this.stop();
    rmSync(this.#folder, { recursive: true });
    return this.start();
  }
}

/** What an application does at its installation: a pool that takes from the free pool. */
async function makePool(library: VirtualLibrary): Promise<Guid> {
  const { api, session, store } = library;
  const { mediaType } = library.medium('ORS001L8');
  const pool = await api.CreateNtmsMediaPool(session, 'Backup', mediaType, NtmsCreateOptions.NTMS_OPEN_ALWAYS, null);
  store.table('mediaPools').update(pool, { allocationPolicy: 1 });
  return pool;
}

function systemPool(library: VirtualLibrary, poolType: number): Guid {
  const { mediaType } = library.medium('ORS001L8');
  const pool = library.store.table('mediaPools').find({ poolType, mediaType });
  if (pool === undefined) throw new Error(`there is no pool of type ${poolType}`);
  return pool.id;
}

async function toFreePool(library: VirtualLibrary, barCode: string): Promise<void> {
  const free = systemPool(library, NtmsPoolType.NTMS_POOLTYPE_SCRATCH);
  await library.api.MoveToNtmsMediaPool(library.session, library.medium(barCode).id, free);
}

async function allocate(library: VirtualLibrary, pool: Guid, side: Guid | null = null): Promise<Guid> {
  const { api, session } = library;
  const options = NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE;
  return (await api.AllocateNtmsMedia(session, pool, side, null, options, 0)).lpMediaId;
}

/** The application mounts what it has, writes its label, says so, and dismounts it. */
async function writeLabel(library: VirtualLibrary, own: Guid, identifier: string): Promise<void> {
  const { api, session } = library;
  const label = ansiVolumeLabel(identifier);
  await api.MountNtmsMedia(session, [own], [null], 1, AT_ONCE | NTMS_MOUNT_WRITE, 0, 0xffff_ffff, null);
  const tape = await api.openDrive(session, own, { write: true });
  await tape.rewind();
  await tape.write(label);
  await tape.writeFilemarks(1);
  await api.UpdateNtmsOmidInfo(session, own, OmidLabelType.NTMS_OMID_TYPE_RAW_LABEL, label.length, label);
  await tape.close();
  await api.DismountNtmsMedia(session, [own], 1, 2);
  await library.manager.drain();
}

async function readsLabel(library: VirtualLibrary, own: Guid): Promise<string> {
  const { api, session } = library;
  await api.MountNtmsMedia(session, [own], [null], 1, AT_ONCE, 0, 0xffff_ffff, null);
  const tape = await api.openDrive(session, own);
  await tape.rewind();
  const record = await tape.read(80);
  await tape.close();
  await api.DismountNtmsMedia(session, [own], 1, 2);
  await library.manager.drain();
  return record.kind === 'block' ? Buffer.from(record.data).toString().slice(0, 10).trim() : record.kind;
}

/** Exports; runs what happens afterwards; the machine is lost; what was exported is the database again. */
async function throughDisaster(site: Site, afterwards: () => Promise<unknown>): Promise<VirtualLibrary> {
  const { api, session } = site.library;
  await api.ExportNtmsDatabase(session);
  await afterwards();
  await site.library.api.ImportNtmsDatabase(site.library.session);
  const restored = await site.restart();
  await restored.manager.drain();
  return restored;
}

await t.test('what was allocated at the backup is allocated, and readable, after the recovery', async (t) => {
  const site = await Site.open(t);
  const pool = await makePool(site.library);
  await toFreePool(site.library, 'ORS001L8');
  const own = await allocate(site.library, pool);
  await writeLabel(site.library, own, 'APP001');
  const restored = await throughDisaster(site, () => Promise.resolve());
  t.match(restored.side('ORS001L8'), { state: NTMS_PARTSTATE_ALLOCATED, logicalMedia: own });
  t.equal(await readsLabel(restored, own), 'VOL1APP001');
  t.same(restored.disagreements(), []);
});

await t.test(
  'deallocated after the backup: still allocated after it, and the application gives it back again',
  async (t) => {
    const site = await Site.open(t);
    const pool = await makePool(site.library);
    await toFreePool(site.library, 'ORS001L8');
    const own = await allocate(site.library, pool);
    const restored = await throughDisaster(site, async () => {
      await site.library.api.DeallocateNtmsMedia(site.library.session, own, 0);
      t.equal(site.library.side('ORS001L8').state, NTMS_PARTSTATE_AVAILABLE);
    });
    t.match(restored.side('ORS001L8'), { state: NTMS_PARTSTATE_ALLOCATED, logicalMedia: own });
    t.equal(restored.medium('ORS001L8').mediaPool, pool);
    await restored.api.DeallocateNtmsMedia(restored.session, own, 0);
    t.match(restored.side('ORS001L8'), { state: NTMS_PARTSTATE_AVAILABLE, logicalMedia: null });
  },
);

await t.test(
  'allocated from the free pool after the backup: in the free pool after it, its logical medium unknown',
  async (t) => {
    const site = await Site.open(t);
    const pool = await makePool(site.library);
    await toFreePool(site.library, 'ORS001L8');
    let lost = '';
    const restored = await throughDisaster(site, async () => {
      lost = await allocate(site.library, pool);
      await writeLabel(site.library, lost, 'APP002');
    });
    t.equal((await refusal(restored.api.DeallocateNtmsMedia(restored.session, lost, 0))).symbol, 'ERROR_INVALID_MEDIA');
    t.equal(
      restored.medium('ORS001L8').mediaPool,
      systemPool(restored, NtmsPoolType.NTMS_POOLTYPE_SCRATCH),
      'the records know nothing of the application',
    );
    t.same(restored.disagreements(), []);
  },
);

await t.test('imported after the backup: in the import pool after it, to be allocated by its name again', async (t) => {
  const site = await Site.open(t);
  const pool = await makePool(site.library);
  await toFreePool(site.library, 'ORS001L8');
  await writeLabel(site.library, await allocate(site.library, pool), 'APP003');
  // The database knows the cartridge as one with a foreign server's label.
  await site.loseDatabase();
  await site.library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  const again = await makePool(site.library);
  const restored = await throughDisaster(site, () => allocate(site.library, again, site.library.side('ORS001L8').id));
  const side = restored.side('ORS001L8');
  t.match(side, { state: NTMS_PARTSTATE_IMPORT, logicalMedia: null });
  t.equal(restored.medium('ORS001L8').mediaPool, systemPool(restored, NtmsPoolType.NTMS_POOLTYPE_IMPORT));
  const own = await allocate(restored, again, side.id);
  t.equal(await readsLabel(restored, own), 'VOL1APP003');
});

await t.test('cartridges that came, went and moved after the backup are where the device has them', async (t) => {
  const site = await Site.open(t);
  const gone = site.library.medium('ORS002L8').name;
  const restored = await throughDisaster(site, async () => {
    const { library } = site;
    const { operator } = library.autoloader;
    operator.openDoor();
    await operator.insertCartridge(4106, { barcode: 'NEW001L8', mediaType: 'L8' });
    await operator.closeDoor();
    await library.moveBehindTheBack(4096, 4100);
    const operation = await eject(library, 'ORS002L8');
    await takeFrom(library);
    await ended(library, operation);
  });
  t.same(restored.disagreements(), []);
  t.equal(restored.store.table('slots').require(restored.medium('ORS001L8').location ?? '').elementAddress, 4100);
  t.equal(restored.store.table('slots').require(restored.medium('NEW001L8').location ?? '').elementAddress, 4106);
  t.equal(restored.store.table('physicalMedia').find({ name: gone })?.location ?? null, null, 'it is on no slot');
});

await t.test('a pool and rights made after the backup are gone, and those of the backup are back', async (t) => {
  const site = await Site.open(t);
  const pool = await makePool(site.library);
  const restored = await throughDisaster(site, async () => {
    const { api, session } = site.library;
    await api.DeleteNtmsMediaPool(session, pool);
    await api.CreateNtmsMediaPool(session, 'Later', null, NtmsCreateOptions.NTMS_CREATE_NEW, null);
  });
  const { api, session } = restored;
  t.equal((await api.GetNtmsMediaPoolName(session, pool, null)).lpNameBuf, 'Backup');
  const later = api.CreateNtmsMediaPool(session, 'Later', null, NtmsCreateOptions.NTMS_OPEN_EXISTING, null);
  t.equal((await refusal(later)).symbol, 'ERROR_OBJECT_NOT_FOUND');
});

await t.test(
  'without a backup a full inventory finds labelled media in the import pool, and names make them usable',
  async (t) => {
    const site = await Site.open(t);
    const pool = await makePool(site.library);
    await toFreePool(site.library, 'ORS001L8');
    await writeLabel(site.library, await allocate(site.library, pool), 'APP004');
    const library = await site.loseDatabase();
    await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
    t.equal(library.store.table('physicalMedia').count({ currentLibrary: library.library.id }), cartridges.length);
    const imported = library.store
      .table('physicalMedia')
      .list({ mediaPool: systemPool(library, NtmsPoolType.NTMS_POOLTYPE_IMPORT) })
      .map(({ barCode }) => barCode);
    t.same(imported, ['ORS001L8']);
    // The application looks for its own label, and asks for that side.
    const mine = library.store
      .table('sides')
      .list()
      .find(({ omidLabelInfo }) => omidLabelInfo.includes('APP004'));
    if (mine === undefined) throw new Error('no side shows the label');
    const own = await allocate(library, await makePool(library), mine.id);
    t.match(library.side('ORS001L8'), { state: NTMS_PARTSTATE_ALLOCATED, logicalMedia: own });
    t.equal(await readsLabel(library, own), 'VOL1APP004');
    t.same(library.disagreements(), []);
  },
);
