import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../devices/clock.js';
import { SimulatedClock } from '../../devices/clock.js';
import { findProfile } from '../../devices/profiles/index.js';
import type { Profile } from '../../devices/profiles/profile.js';
import { moveMediumCdb } from '../../devices/scsi/smc/move-medium.js';
import { LoopbackTransport } from '../../devices/transport/loopback.js';
import type { ScsiTransport } from '../../devices/transport/scsi-transport.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';
import type { VirtualAutoloaderOptions } from '../../devices/virtual/virtual-autoloader.js';
import type { LibraryDefinition } from '../../src/library/library-definition.js';
import { RemovableStorageManager } from '../../src/library/manager.js';
import type { ManagerOptions } from '../../src/library/manager.js';
import { createNtmsApi } from '../../src/ntms/index.js';
import type { NtmsApi, NtmsApiOptions, NtmsSession } from '../../src/ntms/index.js';
import { NtmsError } from '../../src/objects/ntms-error.js';
import { NtmsInventoryMethod } from '../../src/objects/ntmsapi/index.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import type { DriveRow, LibraryRow, PhysicalMediumRow, SideRow } from '../../src/objects/rows.js';

export interface Teardown {
  testdir(): string;
  teardown(action: () => void | Promise<void>): void;
}

export interface VirtualLibraryOptions {
  readonly profile?: string;
  /** What this device does otherwise than its profile says. */
  readonly quirks?: Partial<Profile['quirks']>;
  readonly cartridges?: VirtualAutoloaderOptions['cartridges'];
  readonly timing?: VirtualAutoloaderOptions['timing'];
  readonly clock?: Clock;
  readonly caller?: NtmsApiOptions['caller'];
  readonly hasNetwork?: NtmsApiOptions['hasNetwork'];
  readonly kernelFiles?: NtmsApiOptions['kernelFiles'];
  readonly messengers?: ManagerOptions['messengers'];
  readonly labelLibraries?: ManagerOptions['labelLibraries'];
  readonly definition?: (definition: LibraryDefinition) => LibraryDefinition;
  /** Wraps the path to the device. */
  readonly wrap?: (transport: ScsiTransport) => ScsiTransport;
  /** Leaves the manager as it is made, not started. */
  readonly notStarted?: boolean;
}

/** The whole house over one virtual autoloader in memory, with the questions that tests ask it. */
export class VirtualLibrary {
  readonly clock: Clock;
  readonly autoloader: VirtualAutoloader;
  readonly store: ObjectStore;
  readonly manager: RemovableStorageManager;
  readonly api: NtmsApi;
  readonly session: NtmsSession;

  private constructor(parts: Pick<VirtualLibrary, 'clock' | 'autoloader' | 'store' | 'manager' | 'api' | 'session'>) {
    this.clock = parts.clock;
    this.autoloader = parts.autoloader;
    this.store = parts.store;
    this.manager = parts.manager;
    this.api = parts.api;
    this.session = parts.session;
  }

  static async open(t: Teardown, options: VirtualLibraryOptions = {}): Promise<VirtualLibrary> {
    const clock = options.clock ?? new SimulatedClock({ auto: true });
    const profile = findProfile(options.profile ?? 'ibm-3573-tl');
    const autoloader = await VirtualAutoloader.create({
      profile: { ...profile, quirks: { ...profile.quirks, ...options.quirks } },
      clock,
      timing: options.timing ?? 'zero',
      ...(options.cartridges === undefined ? {} : { cartridges: options.cartridges }),
    });
    const store = ObjectStore.open({ folder: newDatabase(t.testdir()), clock });
    // Nobody cuts the power here, and waiting for the disk would be most of what the tests do.
    store.connection.pragma('synchronous = OFF');
    const library = await VirtualLibrary.run({ clock, autoloader, store }, options);
    t.teardown(async () => {
      await library.manager.stop();
      await autoloader.close();
      store.close();
    });
    return library;
  }

  /** A manager over hardware and database that are there already: a restart of the service. */
  static async run(
    parts: Pick<VirtualLibrary, 'clock' | 'autoloader' | 'store'>,
    options: VirtualLibraryOptions = {},
  ): Promise<VirtualLibrary> {
    const { clock, autoloader, store } = parts;
    const loopback = new LoopbackTransport({ target: autoloader, name: 'virtual://test', clock });
    const transport = options.wrap?.(loopback) ?? loopback;
    const definition: LibraryDefinition = {
      name: 'test',
      changer: { transport, lun: autoloader.lunOfChanger, deviceName: `virtual, LUN ${autoloader.lunOfChanger}` },
    };
    const manager = new RemovableStorageManager({
      store,
      clock,
      libraries: [options.definition?.(definition) ?? definition],
      computerName: 'testhost',
      ...(options.messengers === undefined ? {} : { messengers: options.messengers }),
      ...(options.labelLibraries === undefined ? {} : { labelLibraries: options.labelLibraries }),
    });
    const api = createNtmsApi(manager, {
      computerName: 'testhost',
      caller: options.caller ?? { user: 'tester', groups: [], administrator: false },
      ...(options.hasNetwork === undefined ? {} : { hasNetwork: options.hasNetwork }),
      ...(options.kernelFiles === undefined ? {} : { kernelFiles: options.kernelFiles }),
    });
    if (options.notStarted !== true) await manager.start();
    const session = await api.OpenNtmsSession(null, 'tests', 0);
    return new VirtualLibrary({ ...parts, manager, api, session });
  }

  /** Ends the manager and starts another one over the same hardware and database. */
  async restart(options: VirtualLibraryOptions = {}): Promise<VirtualLibrary> {
    await this.manager.stop();
    return VirtualLibrary.run(this, options);
  }

  get library(): LibraryRow {
    const row = this.store.table('libraries').find({ name: 'test' });
    if (row === undefined) throw new Error('the library has no record');
    return row;
  }

  medium(barCode: string): PhysicalMediumRow {
    const row = this.store.table('physicalMedia').find({ barCode });
    if (row === undefined) throw new Error(`no cartridge has the bar code ${barCode}`);
    return row;
  }

  side(barCode: string): SideRow {
    const row = this.store.table('sides').find({ physicalMedia: this.medium(barCode).id });
    if (row === undefined) throw new Error(`${barCode} has no side`);
    return row;
  }

  drive(number: number): DriveRow {
    const row = this.store.table('drives').find({ number, library: this.library.id });
    if (row === undefined) throw new Error(`there is no drive ${number}`);
    return row;
  }

  /** What the device itself holds in its drives. */
  inDrives(): (string | null)[] {
    return this.autoloader
      .inspect()
      .filter(({ drive }) => drive !== undefined)
      .map(({ barcode }) => barcode);
  }

  /** What the device itself is doing in a drive's element. */
  condition(elementAddress: number): string | undefined {
    return this.autoloader.inspect().find(({ address }) => address === elementAddress)?.drive;
  }

  /** How many motions the journal knows. */
  motions(): number {
    return this.store.table('moveJournal').count();
  }

  /** Mounts by bar code; the drives' numbers. */
  async mount(
    barCodes: string | readonly string[],
    options: { drives?: readonly number[]; flags?: number; priority?: number; timeoutMs?: number } = {},
  ): Promise<number[]> {
    const sides = [barCodes].flat().map((barCode) => this.side(barCode).id);
    const drives = options.drives?.map((number) => this.drive(number).id);
    const used = await this.api.MountNtmsMedia(
      this.session,
      sides,
      drives ?? sides.map(() => null),
      sides.length,
      (options.flags ?? 0x4) | (drives === undefined ? 0 : 0x10),
      options.priority ?? 0,
      options.timeoutMs ?? 0xffff_ffff,
      null,
    );
    return used.map((id) => this.store.table('drives').require(id).number);
  }

  /** Dismounts by bar code and waits until it is done. */
  async dismount(barCode: string, options: { deferred?: boolean } = {}): Promise<void> {
    await this.api.DismountNtmsMedia(this.session, [this.side(barCode).id], 1, options.deferred === true ? 1 : 2);
    await this.manager.drain();
  }

  /** A bar code inventory from beginning to end. */
  async inventory(method: number = NtmsInventoryMethod.NTMS_INVENTORY_FAST): Promise<void> {
    await this.api.InventoryNtmsLibrary(this.session, this.library.id, method);
    await this.manager.drain();
  }

  /** A person takes a cartridge out of its slot; the manager does not know. */
  async takeOut(barCode: string): Promise<void> {
    const { operator } = this.autoloader;
    const slot = this.store.table('slots').require(this.medium(barCode).location ?? '');
    operator.openDoor();
    await operator.removeCartridge(slot.elementAddress);
    await operator.closeDoor();
  }

  /** MOVE MEDIUM from another host, of which the manager knows nothing. */
  async moveBehindTheBack(source: number, destination: number): Promise<void> {
    const cdb = moveMediumCdb({
      mediumTransportAddress: 1,
      sourceAddress: source,
      destinationAddress: destination,
      invert: false,
    });
    const task = { nexus: 'other host', lun: this.autoloader.lunOfChanger, dataOut: new Uint8Array(), cdb };
    await this.autoloader.execute(task); // UNIT ATTENTION of a new nexus
    const { status } = await this.autoloader.execute(task);
    if (status !== 0) throw new Error(`the move was answered with status ${status}`);
  }

  /** Every cartridge exactly once, and the records say where. Empty when all agree. */
  disagreements(): string[] {
    const wrong: string[] = this.manager.notices.filter((notice) => notice.includes('did not expect'));
    for (const element of this.autoloader.inspect()) {
      const { address, barcode, full } = element;
      const object = ['slots', 'drives', 'ports', 'changers'] as const;
      const row = object.flatMap((table) => this.store.table(table).find({ elementAddress: address }) ?? [])[0];
      const medium = row && this.store.table('physicalMedia').find({ location: row.id });
      if (full !== (medium !== undefined)) wrong.push(`element ${address}: device ${full}, records ${medium?.name}`);
      else if (full && barcode !== null && medium?.barCode !== barcode) {
        wrong.push(`element ${address}: device ${barcode}, records ${medium?.barCode}`);
      }
    }
    return wrong;
  }
}

/** A database as it is when it was just made, in a folder below `folder`: copied, since making one takes longer. */
function newDatabase(folder: string): string {
  if (template === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'new-database-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    ObjectStore.open({ folder: made, clock: new SimulatedClock() }).close();
    template = join(made, 'rsm.db');
  }
  const database = join(folder, 'database');
  mkdirSync(database, { recursive: true });
  copyFileSync(template, join(database, 'rsm.db'));
  return database;
}

let template: string | undefined;

/** What a call rejects with, which must be an NtmsError. */
export async function refusal(call: Promise<unknown>): Promise<NtmsError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof NtmsError) return error;
    throw error;
  }
  throw new Error('the call was not refused');
}
