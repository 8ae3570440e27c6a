import { join } from 'node:path';
import { SimulatedClock } from '../../devices/clock.js';
import type { Clock } from '../../devices/clock.js';
import { findProfile } from '../../devices/profiles/index.js';
import { LoopbackTransport } from '../../devices/transport/loopback.js';
import type { ScsiTransport } from '../../devices/transport/scsi-transport.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';
import type { CartridgeSpec } from '../../devices/virtual/index.js';
import { RemovableStorageManager } from '../../src/library/manager.js';
import { createNtmsApi } from '../../src/ntms/index.js';
import type { Guid, NtmsApi, NtmsSession } from '../../src/ntms/index.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import type { DriveRow, LibraryRow, PhysicalMediumRow, SideRow } from '../../src/objects/rows.js';
import type { Teardown } from './virtual-library.js';

const DRIVE = 0;

/** A drive on the desk as a library of its own, a person beside it, and what tests ask of both. */
export class StandAloneHouse {
  readonly clock: Clock;
  readonly drive: VirtualAutoloader;
  readonly store: ObjectStore;
  readonly manager: RemovableStorageManager;
  readonly api: NtmsApi;
  readonly session: NtmsSession;

  private constructor(parts: Pick<StandAloneHouse, 'clock' | 'drive' | 'store' | 'manager' | 'api' | 'session'>) {
    this.clock = parts.clock;
    this.drive = parts.drive;
    this.store = parts.store;
    this.manager = parts.manager;
    this.api = parts.api;
    this.session = parts.session;
  }

  /** `inside`: what lies in the drive when it is switched on. */
  static async open(
    t: Teardown,
    options: { inside?: CartridgeSpec; clock?: Clock; wrap?: (transport: ScsiTransport) => ScsiTransport } = {},
  ): Promise<StandAloneHouse> {
    const { inside, clock = new SimulatedClock({ auto: true }) } = options;
    const drive = await VirtualAutoloader.create({
      profile: findProfile('ibm-ult3580-desktop'),
      clock,
      timing: 'zero',
      cartridges: inside === undefined ? [] : [{ ...inside, elementAddress: DRIVE }],
    });
    const store = ObjectStore.open({ folder: join(t.testdir(), 'database'), clock });
    store.connection.pragma('synchronous = OFF');
    const house = await StandAloneHouse.run({ clock, drive, store }, options.wrap);
    t.teardown(async () => {
      await house.manager.stop();
      await drive.close();
      store.close();
    });
    return house;
  }

  static async run(
    parts: Pick<StandAloneHouse, 'clock' | 'drive' | 'store'>,
    wrap: (transport: ScsiTransport) => ScsiTransport = (transport) => transport,
  ): Promise<StandAloneHouse> {
    const { clock, drive, store } = parts;
    const transport = wrap(new LoopbackTransport({ target: drive, name: 'virtual://desk', clock }));
    const definition = { name: 'desk', drive: { transport, lun: 0, deviceName: 'virtual desk drive' } };
    const manager = new RemovableStorageManager({ store, clock, libraries: [definition], computerName: 'testhost' });
    const caller = { user: 'tester', groups: [], administrator: false };
    const api = createNtmsApi(manager, { computerName: 'testhost', caller });
    await manager.start();
    const session = await api.OpenNtmsSession(null, 'tests', 0);
    return new StandAloneHouse({ ...parts, manager, api, session });
  }

  /** Ends the manager and starts another one over the same drive and database. */
  async restart(): Promise<StandAloneHouse> {
    await this.manager.stop();
    return StandAloneHouse.run(this);
  }

  get library(): LibraryRow {
    const row = this.store.table('libraries').find({ name: 'desk' });
    if (row === undefined) throw new Error('the library has no record');
    return row;
  }

  get driveRow(): DriveRow {
    const row = this.store.table('drives').find({ library: this.library.id });
    if (row === undefined) throw new Error('the drive has no record');
    return row;
  }

  /** The record of what is in the drive. */
  get inside(): PhysicalMediumRow | undefined {
    return this.store.table('physicalMedia').find({ location: this.driveRow.id });
  }

  sideOf(mediumId: Guid): SideRow {
    const side = this.store.table('sides').find({ physicalMedia: mediumId });
    if (side === undefined) throw new Error('the medium has no side');
    return side;
  }

  /** A person puts a cartridge in, a new one or one that was taken out before. Gives its id. */
  putIn(cartridge: CartridgeSpec | { readonly id: number }): Promise<number> {
    return this.drive.operator.insertCartridge(DRIVE, cartridge);
  }

  /** A person presses the button and takes the cartridge. Gives its id. */
  async takeOut(): Promise<number> {
    await this.drive.operator.ejectDrive(DRIVE);
    return this.drive.operator.removeCartridge(DRIVE);
  }

  refresh(): Promise<void> {
    return this.manager.refresh(this.library.id);
  }
}
