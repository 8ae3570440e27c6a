import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '../../devices/clock.js';
import { NtmsError } from '../objects/ntms-error.js';
import type { Win32Symbol } from '../objects/win32.js';
import {
  NtmsDriveState,
  NtmsInventoryMethod,
  NtmsLibraryType,
  NtmsLmOperation,
  NtmsOperationalState,
} from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { LibRequestRow } from '../objects/rows.js';
import { ChangeDetection } from './change-detection.js';
import { DoorOperations } from './door-operations.js';
import { DiskEjection } from './disk-ejection.js';
import { DismountWork } from './dismount-work.js';
import { DriveCleaning } from './drive-cleaning.js';
import type { AnyLibraryDefinition } from './library-definition.js';
import { asNtmsError } from './library-failure.js';
import type { HardwareError } from './library-hardware.js';
import { FreeLabels } from './free-labels.js';
import { MediaIdentity } from './media-identity.js';
import type { MediaLabelLibrary } from './labels/media-label-library.js';
import { LibraryRequests } from './library-requests.js';
import type { RequestOrigin } from './library-requests.js';
import { MediaAllocation } from './media-allocation.js';
import type { Messenger } from './messenger.js';
import { MediaPools } from './media-pools.js';
import { MediaRecords } from './media-records.js';
import { MediaTypes } from './media-types.js';
import { MountOrders } from './mount-orders.js';
import type { MountOrder, SubmittedMount } from './mount-orders.js';
import { ObjectNewsWire } from './object-news.js';
import { ObjectSettings } from './object-settings.js';
import { OpenedMedia } from './opened-media.js';
import { OperatorRequests } from './operator-requests.js';
import { ManagerControl } from './manager-control.js';
import type { ManagerParts } from './manager-parts.js';
import { PortOperations } from './port-operations.js';
import { RunningLibrary } from './running-library.js';
import { cancelUnfinished, markAbsentLibraries, purgeFinished } from './start-up-upkeep.js';
import { SlotIdentification } from './slot-identification.js';

export interface ManagerOptions {
  readonly store: ObjectStore;
  readonly libraries: readonly AnyLibraryDefinition[];
  readonly clock: Clock;
  readonly computerName?: string;
  /** Label formats beside our own free label, the first asked first; Microsoft Tape Format and VOL1 unless given. */
  readonly labelLibraries?: readonly MediaLabelLibrary[];
  /** Channels to people, told of what SetNtmsUIOptions wants told. */
  readonly messengers?: readonly Messenger[];
  /** Hears what {@link RemovableStorageManager.notices} gets, when it gets it. */
  readonly onNotice?: (text: string) => void;
}

export type ManagerState = 'starting' | 'ready' | 'failed' | 'stopped';

export type { MountOrder, SubmittedMount } from './mount-orders.js';

/** The removable storage manager: the libraries of a rig over one database. */
export class RemovableStorageManager {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly operatorRequests: OperatorRequests;
  readonly cleaning: DriveCleaning;
  readonly identification: SlotIdentification;
  /** Media in and out. */
  readonly ports: PortOperations;
  readonly doors: DoorOperations;
  readonly disks: DiskEjection;
  /** Who has which side of which cartridge. */
  readonly allocation: MediaAllocation;
  readonly mediaPools: MediaPools;
  readonly mediaTypes: MediaTypes;
  readonly mediaRecords: MediaRecords;
  readonly openedMedia: OpenedMedia;
  readonly changeDetection: ChangeDetection;
  readonly identity: MediaIdentity;
  readonly freeLabels: FreeLabels;
  /** Requests, removal, enabling and messages. */
  readonly control: ManagerControl;
  readonly settings: ObjectSettings;
  readonly news: ObjectNewsWire;
  /** What start-up found and what went wrong since, for people. */
  readonly notices: string[] = [];
  readonly #options: ManagerOptions;
  readonly #libraries = new Map<string, RunningLibrary>();
  readonly #requests: LibraryRequests;
  readonly #computer: string;
  readonly #mounts: MountOrders;
  #state: ManagerState = 'starting';

  constructor(options: ManagerOptions) {
    this.#options = options;
    this.store = options.store;
    this.clock = options.clock;
    const { store, clock } = options;
    this.#computer = options.computerName ?? hostname();
    this.operatorRequests = new OperatorRequests({ store, clock, computer: this.#computer });
    this.#requests = new LibraryRequests({ store, clock, onUnexpected: (text) => this.#notice(text) });
    this.#mounts = new MountOrders({
      store,
      clock,
      requests: this.#requests,
      operatorRequests: this.operatorRequests,
      libraries: this.#libraries,
      cancel: (requestIds, error) => this.#cancel(requestIds, error),
      onFault: (error) => this.#notice(`a mount that waited for its media could not be ended: ${String(error)}`),
    });
    this.cleaning = new DriveCleaning(this.#parts());
    this.identification = new SlotIdentification(this.#parts());
    this.ports = new PortOperations(this.#parts());
    this.doors = new DoorOperations(this.#parts());
    this.mediaPools = new MediaPools(this.#parts());
    this.mediaTypes = new MediaTypes(this.#parts());
    this.mediaRecords = new MediaRecords(this.#parts());
    this.openedMedia = new OpenedMedia(this.#parts());
    this.disks = new DiskEjection(this.#parts(), (driveId) => this.openedMedia.closeIn(driveId));
    this.changeDetection = new ChangeDetection(this.#parts());
    this.identity = new MediaIdentity(this.#parts(), options.labelLibraries);
    this.freeLabels = new FreeLabels(this.#parts());
    this.allocation = new MediaAllocation(this.#parts());
    this.control = new ManagerControl(this.#parts(), {
      messengers: options.messengers ?? [],
      forget: (libraryId) => this.#forget(libraryId),
    });
    this.settings = new ObjectSettings(this.#parts());
    this.news = new ObjectNewsWire(store, this.control.ending);
    this.operatorRequests.onAnswer((row, answer) => {
      if (answer === 'complete') for (const library of this.#libraries.values()) library.answered(row);
    });
  }

  /** What the areas of the manager, each in a file of its own, work with. */
  #parts(): ManagerParts {
    return {
      store: this.store,
      clock: this.clock,
      computer: this.#computer,
      requests: this.#requests,
      operatorRequests: this.operatorRequests,
      libraries: this.#libraries,
      requireRunning: (libraryId) => this.#requireRunning(libraryId),
      cancel: (requestIds, error) => this.#cancel(requestIds, error),
      notice: (text) => this.#notice(text),
    };
  }

  /** Makes a manager and starts it. */
  static async start(options: ManagerOptions): Promise<RemovableStorageManager> {
    const manager = new RemovableStorageManager(options);
    await manager.start();
    return manager;
  }

  get state(): ManagerState {
    return this.#state;
  }

  /** Aborts when the manager is stopped, for those who wait. */
  get ending(): AbortSignal {
    return this.control.ending;
  }

  /** Devices that cannot be used as the rig describes them, by library. */
  get failures(): readonly HardwareError[] {
    return [...this.#libraries.values()].flatMap(({ failure }) => failure ?? []);
  }

  /**
   * The documented start: what was unfinished is cancelled, every library reads its configuration and its elements, and
   * the records follow the hardware. A library whose devices do not answer does not keep the others from starting.
   */
  async start(): Promise<void> {
    try {
      for (const { message } of this.store.startupNotices) this.#notice(message);
      cancelUnfinished(this.store, this.clock, this.operatorRequests);
      purgeFinished(this.store, this.clock, { requests: this.#requests, operatorRequests: this.operatorRequests });
      for (const definition of this.#options.libraries) {
        const library = new RunningLibrary({
          definition,
          store: this.store,
          clock: this.clock,
          requests: this.#requests,
          identity: this.identity,
          operatorRequests: this.operatorRequests,
          computer: this.#computer,
          heldElsewhere: (id, barCodes) => this.#heldElsewhere(id, barCodes),
          onNotice: (text) => this.#notice(text),
        });
        this.#libraries.set(library.id, library);
      }
      markAbsentLibraries(this.store, new Set(this.#libraries.keys()));
      // All are read before the first is accounted for: a cartridge that a person carried from one to another is known.
      const libraries = [...this.#libraries.values()];
      await Promise.all(libraries.map((library) => library.open()));
      for (const library of libraries) await library.settle();
      this.cleaning.start();
      this.#state = 'ready';
      this.freeLabels.start();
    } catch (error) {
      this.#state = 'failed';
      throw error;
    }
  }

  /** Cancels what waits, lets what moves come to rest, and gives the devices back. The store stays open. */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    const error = new NtmsError('ERROR_CANCELLED', 'the removable storage manager was stopped');
    this.control.end(error);
    this.#mounts.offline.cancelAll(error);
    this.allocation.stop(error);
    this.freeLabels.stop();
    await this.cleaning.stop();
    await this.openedMedia.closeAll();
    await this.changeDetection.stop();
    await Promise.all([...this.#libraries.values()].map((library) => library.stop(error)));
    await this.control.stop();
    this.#requests.stop();
  }

  /** Resolves when nothing runs and nothing that waits can start. */
  async drain(): Promise<void> {
    const idle = () => Promise.all([...this.#libraries.values()].map((library) => library.whenIdle()));
    await idle();
    await this.cleaning.whenAsked();
    await idle();
  }

  /** Resolves with a request's record when it has ended, or is a deferred dismount that waits to be reclaimed. */
  async whenFinished(requestId: string): Promise<LibRequestRow> {
    return this.#requests.whenSettled(requestId);
  }

  /**
   * Looks at a library now; one whose devices were lost is opened again first. Rejects with NtmsError when it cannot be
   * looked at.
   */
  async refresh(libraryId: string): Promise<void> {
    try {
      await this.#requireRunning(libraryId).refresh();
    } catch (error) {
      throw asNtmsError(error);
    }
  }

  /** Throws NtmsError where the mount cannot be queued. */
  submitMount(order: MountOrder): SubmittedMount {
    return this.#mounts.submit(order);
  }

  /** Why a drive cannot be dismounted just now, in words; undefined when it can. */
  dismountRefusal(driveId: string): string | undefined {
    const drive = this.store.table('drives').require(driveId);
    if (drive.state === NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED) return 'it is empty';
    if (drive.operationalState !== NtmsOperationalState.NTMS_READY) return 'it needs service';
    const library = this.#libraries.get(drive.library);
    if (library?.failure !== undefined) return library.failure.message;
    // While a door is open a dismount waits; it is not refused.
    const waits = library?.context.elements.openDoor((id) => library.context.claims.has(id)) !== undefined;
    const busy = waits ? undefined : library?.context.whyUnusable();
    if (library === undefined || busy !== undefined) return busy ?? 'its library is not in this rig';
    const opened = library.context.elements.driveActor(driveId).getSnapshot().context.openCount;
    return opened > 0 ? 'an application has its medium open' : undefined;
  }

  submitDismounts(
    dismounts: readonly { readonly medium: string; readonly side: string | null; readonly drive: string }[],
    options: { readonly deferred: boolean; readonly origin: RequestOrigin },
  ): string[] {
    const works = this.store.transaction(() =>
      dismounts.map(({ medium, side, drive }) => {
        const library = this.#requireRunning(this.store.table('drives').require(drive).library);
        const requestId = randomUUID();
        const row = this.#requests.create({
          id: requestId,
          operationCode: NtmsLmOperation.NTMS_LM_DISMOUNT,
          operationOption: options.deferred ? 1 : 2,
          library: library.id,
          origin: options.origin,
          physMediaId: medium,
          driveId: drive,
          ...(side === null ? {} : { partitionId: side }),
        });
        const work = new DismountWork(
          library.context,
          { requestId, medium, drive, deferred: options.deferred },
          row.timeQueued,
        );
        return { library, work };
      }),
    );
    for (const { library, work } of works) void library.queue.add(work);
    return works.map(({ work }) => work.requestIds[0]);
  }

  /** DismountNtmsDrive: what is inside goes home; on a stand-alone drive it becomes dismountable and nothing moves. */
  submitDriveDismount(driveId: string, origin: RequestOrigin): string[] {
    const drive = this.store.table('drives').require(driveId);
    const inside = this.store.table('physicalMedia').find({ location: driveId });
    if (inside === undefined) throw new NtmsError('ERROR_INVALID_STATE', `${drive.name} is empty`);
    const { libraryType } = this.store.table('libraries').require(drive.library);
    return this.submitDismounts([{ medium: inside.id, side: drive.savedPartitionId, drive: driveId }], {
      deferred: libraryType === NtmsLibraryType.NTMS_LIBRARYTYPE_STANDALONE,
      origin,
    });
  }

  /** Queues an inventory and returns its request; every filled slot is marked for it by then. */
  submitInventory(order: {
    readonly library: string;
    readonly method: NtmsInventoryMethod;
    readonly origin: RequestOrigin;
  }): string {
    return this.#requireRunning(order.library).inventory(order.method, order.origin);
  }

  stopInventory(libraryId: string): void {
    this.#libraries.get(libraryId)?.stopInventory();
  }

  /** Withdraws requests that have not ended; what moves is let come to rest. Others are left alone. */
  cancelRequests(requestIds: readonly string[], symbol: Win32Symbol, why: string): void {
    this.#cancel(requestIds, new NtmsError(symbol, why));
  }

  #cancel(requestIds: readonly string[], error: NtmsError): void {
    for (const requestId of requestIds) {
      this.#mounts.offline.cancel(requestId, error);
      for (const library of this.#libraries.values()) library.queue.cancel(requestId, error);
      this.#cancelDeferred(requestId, error);
    }
  }

  /** What the database refuses is written later, and keeps no other request from being cancelled. */
  #cancelDeferred(requestId: string, { symbol, detail }: NtmsError): void {
    try {
      this.#requests.cancelDeferred(requestId, { symbol, detail });
    } catch (fault) {
      this.#notice(`the end of request ${requestId} could not be written: ${String(fault)}`);
    }
  }

  #forget(libraryId: string): RunningLibrary | undefined {
    const library = this.#libraries.get(libraryId);
    this.#libraries.delete(libraryId);
    return library;
  }

  #requireRunning(libraryId: string): RunningLibrary {
    const library = this.#libraries.get(libraryId);
    if (library !== undefined) return library;
    const name = this.store.table('libraries').get(libraryId)?.name ?? libraryId;
    throw new NtmsError('ERROR_RESOURCE_NOT_AVAILABLE', `library ${name} is not in this rig`);
  }

  /** Cartridges that others than this library are recorded to hold, and were just seen to hold. */
  async #heldElsewhere(libraryId: string, barCodes: readonly string[]): Promise<ReadonlySet<string>> {
    const recorded = this.store
      .table('physicalMedia')
      .list({ barCode: barCodes })
      .filter(({ currentLibrary, location }) => currentLibrary !== libraryId && location !== null);
    const held = new Set<string>();
    for (const other of new Set(recorded.map(({ currentLibrary }) => currentLibrary))) {
      const seen = await this.#libraries.get(other)?.barCodesNow();
      for (const medium of recorded) {
        if (medium.currentLibrary === other && seen?.has(medium.barCode) === true) held.add(medium.id);
      }
    }
    return held;
  }

  #notice(text: string): void {
    this.notices.push(text);
    this.#options.onNotice?.(text);
  }
}
