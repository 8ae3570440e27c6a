import { cleaningWish } from '../../devices/drive-cleaning.js';
import { NtmsError } from '../objects/ntms-error.js';
import {
  NtmsLmOperation,
  NtmsLmState,
  NtmsObjectsTypes,
  NtmsOperationalState,
  NtmsOpreqCommand,
} from '../objects/ntmsapi/index.js';
import type { LibRequestRow } from '../objects/rows.js';
import { CleanWork } from './clean-work.js';
import type { CleanerQuestion } from './clean-work.js';
import { CleanerCartridges } from './cleaner-cartridges.js';
import { CleanerSlot } from './cleaner-slot.js';
import { CleanerSlotWork, slotOperations, slotRequest } from './cleaner-slot-work.js';
import { DismountWork } from './dismount-work.js';
import type { RequestOrigin } from './library-requests.js';
import type { ManagerParts } from './manager-parts.js';
import { RAISED_BY } from './operator-requests.js';
import type { RunningLibrary } from './running-library.js';

const waiting: readonly number[] = [
  NtmsLmState.NTMS_LM_QUEUED,
  NtmsLmState.NTMS_LM_WAITING,
  NtmsLmState.NTMS_LM_INPROCESS,
];
const usesOfDrive: readonly number[] = [NtmsLmOperation.NTMS_LM_MOUNT, NtmsLmOperation.NTMS_LM_DISMOUNT];

/** Cleaning of drives: on request, and by itself when a drive asks for it. */
export class DriveCleaning {
  /** Cleaners in and out. */
  readonly cartridges: CleanerCartridges;
  readonly #parts: ManagerParts;
  readonly #background = new Set<Promise<void>>();
  #state: 'new' | 'started' | 'stopped' = 'new';

  constructor(parts: ManagerParts) {
    this.#parts = parts;
    this.cartridges = new CleanerCartridges(parts);
    parts.store.onChange(({ table, operation, id }) => {
      if (this.#state !== 'started' || table !== 'libRequests' || operation !== 'update') return;
      const request = parts.store.table('libRequests').get(id);
      if (request !== undefined) this.#requestEnded(request);
    });
  }

  /** The libraries were read: cleaners that a former run left in drives go home. */
  start(): void {
    this.#state = 'started';
    for (const library of this.#parts.libraries.values()) this.#bringCleanersHome(library);
  }

  /** Resolves when the drives that were used lately have been asked. */
  async whenAsked(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  /** Lets the questions under way be answered, since most drives tell only once that they want to be cleaned. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    await this.whenAsked();
  }

  /**
   * CleanNtmsDrive: queues a cleaning and gives its request's id; on a stand-alone drive the time is noted and nothing else
   * is done. Throws ERROR_RESOURCE_NOT_AVAILABLE for a library that is not in this rig.
   */
  clean(driveId: string, origin: RequestOrigin): string {
    const { store, requests } = this.#parts;
    const { library: libraryId } = store.table('drives').require(driveId);
    const library = this.#parts.requireRunning(libraryId);
    const { id: requestId, timeQueued } = requests.create({
      operationCode: NtmsLmOperation.NTMS_LM_CLEANDRIVE,
      library: libraryId,
      driveId,
      origin,
    });
    const work = new CleanWork(
      library.context,
      { requestId, drive: driveId },
      { question: this.#questionOf(library, driveId), timeQueued },
    );
    void this.#whenEnded(library.queue.add(work), requestId);
    return requestId;
  }

  /** A stand-alone drive was cleaned by hand: the time is noted, and the request has passed. */
  stamp(driveId: string, origin: RequestOrigin): string {
    const { store, clock, requests } = this.#parts;
    const { library } = store.table('drives').require(driveId);
    const requestId = store.transaction(() => {
      const { id } = requests.create({ operationCode: NtmsLmOperation.NTMS_LM_CLEANDRIVE, library, driveId, origin });
      requests.start(id);
      store.table('drives').update(driveId, { lastCleaned: clock.now() });
      requests.endAll([id], { type: 'SUCCEEDED' });
      return id;
    });
    requests.announce(requestId);
    return requestId;
  }

  /** Throws the documented error where a slot cannot be reserved, or given up; otherwise queues it. */
  setSlot(
    libraryId: string,
    wanted: { kind: 'reserve'; slot: string } | { kind: 'release' },
    origin: RequestOrigin,
  ): string {
    const { store, requests } = this.#parts;
    const library = this.#parts.requireRunning(libraryId);
    const cleanerSlot = new CleanerSlot(store, libraryId);
    const slot =
      wanted.kind === 'reserve' ? wanted.slot : (store.table('libraries').require(libraryId).cleanerSlot ?? '');
    cleanerSlot.check(slotRequest(cleanerSlot, { kind: wanted.kind, slot }));
    const { id: requestId, timeQueued } = requests.create({
      operationCode: slotOperations[wanted.kind],
      library: libraryId,
      slotId: slot,
      origin,
    });
    void library.queue.add(new CleanerSlotWork(library.context, { requestId, kind: wanted.kind, slot }, timeQueued));
    return requestId;
  }

  /** Asks a person for a cleaner while a cleaning waits for one; one that was promised and did not come is asked for again. */
  #questionOf(library: RunningLibrary, driveId: string): CleanerQuestion {
    const { store, operatorRequests, cancel } = this.#parts;
    return {
      ask: (requestId, why) => {
        const { name } = store.table('drives').require(driveId);
        const reason = why === 'none' ? 'has no cleaner' : 'has only cleaners that are used up';
        operatorRequests.raise(
          {
            command: NtmsOpreqCommand.NTMS_OPREQ_CLEANER,
            message: `Inject a cleaner into library ${library.name}: it ${reason}, and ${name} has to be cleaned`,
            arg1: { type: NtmsObjectsTypes.NTMS_LIBRARY, id: library.id },
            arg2: { type: NtmsObjectsTypes.NTMS_DRIVE, id: driveId },
            libRequest: requestId,
          },
          (answer) => {
            const refused = 'the operator declined to bring a cleaner';
            if (answer === 'refused') cancel([requestId], new NtmsError('ERROR_REQUEST_REFUSED', refused));
            else this.#inBackground(() => library.refresh());
          },
        );
      },
      found: (requestId) => {
        for (const row of operatorRequests.open()) if (row.libRequest === requestId) operatorRequests.settle(row.id);
      },
    };
  }

  async #whenEnded(end: Promise<unknown>, requestId: string): Promise<void> {
    try {
      await end;
    } catch {
      // The request's record tells.
    }
    try {
      this.#parts.operatorRequests.withdrawFor(requestId);
    } catch (error) {
      this.#parts.notice(`the operator request of a cleaning could not be withdrawn: ${String(error)}`);
    }
  }

  /** After each mount and dismount the drive is asked whether it wants to be cleaned; after an inventory, cleaners go home. */
  #requestEnded({ library: libraryId, operationCode, driveId, state }: LibRequestRow): void {
    const library = this.#parts.libraries.get(libraryId);
    if (library === undefined || (state !== NtmsLmState.NTMS_LM_PASSED && state !== NtmsLmState.NTMS_LM_DEFERRED))
      return;
    if (operationCode === NtmsLmOperation.NTMS_LM_INVENTORY) this.#bringCleanersHome(library);
    if (driveId === null || !usesOfDrive.includes(operationCode)) return;
    if (!this.#parts.store.table('libraries').require(libraryId).librarySupportsDriveCleaning) return;
    this.#inBackground(() => this.#askDrive(library, driveId));
  }

  async #askDrive(library: RunningLibrary, driveId: string): Promise<void> {
    if (library.failure !== undefined) return;
    const { hardware, elements } = library.context;
    const drive = hardware.tapeDrive(elements.of(driveId).address);
    const wish = drive === undefined ? undefined : await cleaningWish(drive);
    if (wish === undefined) return;
    const { store, notice } = this.#parts;
    const { name, enabled } = store.table('drives').require(driveId);
    const requested = store.table('libRequests').count({
      driveId,
      operationCode: NtmsLmOperation.NTMS_LM_CLEANDRIVE,
      state: waiting,
    });
    if (requested > 0 || !enabled) return;
    notice(`${library.name}: ${name} asks to be cleaned${wish === 'required' ? ' now' : ''}`);
    if (this.#state !== 'started') return;
    this.clean(driveId, this.#ownOrigin);
  }

  /** A cleaner that lies in a drive and that no work holds is no use there. */
  #bringCleanersHome(library: RunningLibrary): void {
    const { store, requests } = this.#parts;
    const drives = store.table('drives').list({ library: library.id, enabled: true });
    for (const { id: drive, operationalState } of drives) {
      const inside = store.table('physicalMedia').find({ location: drive });
      if (inside?.cleaner !== true || inside.claimedBy !== null) continue;
      if (operationalState !== NtmsOperationalState.NTMS_READY) continue;
      const { id: requestId, timeQueued } = requests.create({
        operationCode: NtmsLmOperation.NTMS_LM_DISMOUNT,
        operationOption: 2,
        library: library.id,
        driveId: drive,
        physMediaId: inside.id,
        origin: this.#ownOrigin,
      });
      const wanted = { requestId, drive, medium: inside.id, deferred: false };
      void library.queue.add(new DismountWork(library.context, wanted, timeQueued));
    }
  }

  get #ownOrigin(): RequestOrigin {
    return { user: '', computer: this.#parts.computer, application: RAISED_BY };
  }

  #inBackground(work: () => Promise<void>): void {
    const task: Promise<void> = work()
      .catch((error: unknown) => this.#parts.notice(`a drive could not be asked for its cleaning: ${String(error)}`))
      .finally(() => this.#background.delete(task));
    this.#background.add(task);
  }
}
