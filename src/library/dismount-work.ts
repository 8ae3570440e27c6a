import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation } from '../objects/ntmsapi/index.js';
import { findHomeSlot } from './home-slot.js';
import type { LibraryContext } from './library-context.js';
import type { LibraryElement } from './library-elements.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

export interface WantedDismount {
  readonly requestId: string;
  readonly medium: string;
  readonly drive: string;
  /** The cartridge is left in the drive, for whoever mounts it again or needs the drive. */
  readonly deferred: boolean;
}

/** DismountNtmsMedia and DismountNtmsDrive: one cartridge leaves one drive, or is left there for others. */
export class DismountWork implements WorkItem {
  readonly operationCode = NtmsLmOperation.NTMS_LM_DISMOUNT;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #context: LibraryContext;
  readonly #wanted: WantedDismount;
  #slot: string | undefined;

  constructor(context: LibraryContext, wanted: WantedDismount, timeQueued: number) {
    this.#context = context;
    this.#wanted = wanted;
    this.requestIds = [wanted.requestId];
    this.timeQueued = timeQueued;
  }

  needs(): Needs | Missing {
    const { store, claims, elements } = this.#context;
    const { drive, medium: mediumId, deferred, requestId } = this.#wanted;
    const unusable = this.#context.whyUnusable();
    if (unusable !== undefined) return { missing: unusable };
    this.#context.elements.writeStates();
    const medium = store.table('physicalMedia').require(mediumId);
    if ([drive, mediumId].some((id) => claims.hasOther(requestId, id))) {
      return { missing: `${medium.name} is in use by another request` };
    }
    if (deferred || !elements.hasPicker || medium.location !== drive) return { claim: [drive, mediumId] };
    const slot = findHomeSlot(this.#context, medium);
    if (slot === undefined) return { missing: `an empty slot for ${medium.name}` };
    this.#slot = slot;
    return { claim: [drive, mediumId, slot] };
  }

  async run(turn: Turn): Promise<WorkEnd> {
    const { store, elements } = this.#context;
    const { drive: driveId, medium: mediumId, deferred } = this.#wanted;
    const drive = elements.of(driveId);
    const medium = store.table('physicalMedia').require(mediumId);
    if (medium.location !== driveId) {
      throw new NtmsError('ERROR_INVALID_STATE', `${medium.name} is not in ${drive.name} any more`);
    }
    // Opened since the request was queued: nothing is written that the drive would refuse.
    if (elements.driveActor(driveId).getSnapshot().context.openCount > 0) {
      throw new NtmsError('ERROR_INVALID_STATE', `an application has ${medium.name} open in ${drive.name}`);
    }
    if (deferred || !elements.hasPicker) {
      // Nobody fetches it out of a drive on its own: leaving it there is all there is to do.
      const end = deferred ? 'deferred' : 'passed';
      this.#leave(drive, turn, end);
      return end;
    }
    await this.#bringHome(drive, turn);
    return 'passed';
  }

  /** Nothing moves: the request begins and ends in one transaction. */
  #leave(drive: LibraryElement, turn: Turn, end: 'deferred' | 'passed'): void {
    const { store, clock, elements, drives, requests } = this.#context;
    const { requestId, medium } = this.#wanted;
    // The drive may refuse, so it is asked before the transaction; its state is written with the rest.
    drives.leave(drive, requestId);
    elements.commit(() => {
      requests.reclaimDrive(drive.objectId);
      turn.begin();
      elements.letGo(medium);
      store.table('physicalMedia').update(medium, { mountedPartition: null, claimedBy: null });
      store.table('drives').update(drive.objectId, { dismountableSince: clock.now() });
      turn.end(end);
    });
  }

  async #bringHome(drive: LibraryElement, turn: Turn): Promise<void> {
    const { elements, drives } = this.#context;
    const slot = this.#slot;
    if (slot === undefined)
      throw new NtmsError('ERROR_INVALID_STATE', 'the dismount ran before a slot was found for it');
    const moveId = this.#begin(drive, elements.of(slot), turn);
    try {
      await drives.empty(drive, moveId, this.#wanted.requestId);
    } catch (error) {
      try {
        this.#letGo(drive);
      } catch (fault) {
        this.#context.notice(`the records of ${drive.name} could not be written: ${String(fault)}`);
      }
      throw error;
    }
  }

  /** One transaction: the states, and the intent; that it is home ends the request in the motion's own transaction. */
  #begin(drive: LibraryElement, slot: LibraryElement, turn: Turn): string {
    const { store, elements, requests, motions } = this.#context;
    const { requestId, medium: mediumId } = this.#wanted;
    return elements.commit(() => {
      turn.begin();
      requests.reclaimDrive(drive.objectId);
      requests.send(requestId, { type: 'HARDWARE_MOVING' });
      elements.dismountStarted(mediumId);
      return motions.intend({
        mediumId,
        source: drive,
        destination: slot,
        requestId,
        whenMoved: () => {
          store.table('physicalMedia').update(mediumId, { mountedPartition: null, claimedBy: null });
          store.table('drives').update(drive.objectId, { savedPartitionId: null, dismountableSince: null });
          turn.end('passed');
        },
      });
    });
  }

  /** The cartridge was not brought home: wherever it is, nobody has it in use any more. */
  #letGo(drive: LibraryElement): void {
    const { store, clock, elements, drives } = this.#context;
    const { medium } = this.#wanted;
    elements.commit(() => {
      elements.letGo(medium);
      const { location } = store.table('physicalMedia').update(medium, { mountedPartition: null, claimedBy: null });
      const stays = location === drive.objectId;
      store
        .table('drives')
        .update(
          drive.objectId,
          stays ? { dismountableSince: clock.now() } : { savedPartitionId: null, dismountableSince: null },
        );
      drives.reportBroken(drive);
    });
  }
}
