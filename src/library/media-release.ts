import type { SideEvent } from '../../machines/side.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsDeallocationPolicy, NtmsPartitionState } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { MediaPoolRow, PhysicalMediumRow, SideRow } from '../objects/rows.js';
import { siblingsOf } from './allocation-search.js';
import { freePoolOf, moveToFreePool } from './free-pool.js';
import type { ManagerParts } from './manager-parts.js';
import { whyInUse } from './media-use.js';
import { askSide } from './side-transitions.js';

/** Sides that do not keep a cartridge out of the free pool: nobody's data is on them. */
const nobodys: readonly number[] = [
  NtmsPartitionState.NTMS_PARTSTATE_AVAILABLE,
  NtmsPartitionState.NTMS_PARTSTATE_UNPREPARED,
  NtmsPartitionState.NTMS_PARTSTATE_DECOMMISSIONED,
  NtmsPartitionState.NTMS_PARTSTATE_INCOMPATIBLE,
];

const ownerStates: readonly number[] = [
  NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED,
  NtmsPartitionState.NTMS_PARTSTATE_COMPLETE,
];

/** A logical medium's side with its cartridge and pool, looked up. */
export interface OwnedSide {
  readonly logicalMedium: string;
  readonly side: SideRow;
  readonly medium: PhysicalMediumRow;
  readonly pool: MediaPoolRow;
}

/** The free pool that a cartridge of this pool goes back to when it is deallocated; undefined when it stays. */
export function returnPoolOf(store: ObjectStore, pool: MediaPoolRow, medium: PhysicalMediumRow) {
  if ((pool.deallocationPolicy & NtmsDeallocationPolicy.NTMS_DEALLOCATE_TOSCRATCH) === 0) return undefined;
  return freePoolOf(store, medium.mediaType);
}

/**
 * What becomes of sides that an application has, or has no use for any more. Each method is one transaction and throws
 * NtmsError; rights are the caller's to check.
 */
export class MediaRelease {
  readonly #store: ObjectStore;
  readonly #notice: (text: string) => void;

  constructor({ store, notice }: ManagerParts) {
    this.#store = store;
    this.#notice = notice;
  }

  /**
   * The side becomes available, or decommissioned when it has been allocated as often as its pool allows; its logical medium
   * is no more; sides that were kept for its owner are let go; the cartridge goes to the free pool if the pool's policy says
   * so. Throws ERROR_BUSY while it is in use, ERROR_INVALID_MEDIA when the side belongs to nobody.
   */
  deallocate({ logicalMedium, side, medium, pool }: OwnedSide): void {
    this.#store.transaction(() => {
      const inUse = whyInUse(this.#store, medium, side.id);
      if (inUse !== undefined) throw new NtmsError('ERROR_BUSY', `${inUse}; dismount it first`);
      const event = { type: 'DEALLOCATE_REQUESTED', mounted: false } as const;
      const patch = askSide(side, event, pool.maxAllocates);
      if (patch === undefined) {
        throw new NtmsError(
          'ERROR_INVALID_MEDIA',
          `side ${side.name || side.id} is in state ${side.state}, not allocated`,
        );
      }
      this.#store.table('sides').update(side.id, patch);
      this.#store.table('logicalMedia').remove(logicalMedium);
      this.#releaseSiblings(side);
      this.#giveBack(medium, pool);
    });
  }

  /** The logical media stand for each other's sides from now on. Throws ERROR_INVALID_STATE, ERROR_INVALID_MEDIA (in use). */
  swap(first: OwnedSide, second: OwnedSide): void {
    this.#store.transaction(() => {
      const pairs = [
        { side: first.side, logicalMediumId: second.logicalMedium },
        { side: second.side, logicalMediumId: first.logicalMedium },
      ];
      const patches = pairs.map(({ side, logicalMediumId }) => {
        const patch = askSide(side, { type: 'SWAPPED', logicalMediumId });
        if (patch === undefined) {
          throw new NtmsError(
            'ERROR_INVALID_STATE',
            `side ${side.name || side.id} is in state ${side.state}, not allocated`,
          );
        }
        return { id: side.id, patch };
      });
      for (const { medium } of [first, second]) {
        const inUse = whyInUse(this.#store, medium);
        if (inUse !== undefined) throw new NtmsError('ERROR_INVALID_MEDIA', inUse);
      }
      for (const { id, patch } of patches) this.#store.table('sides').update(id, patch);
    });
  }

  /** An available side is never given to anybody again. Throws ERROR_INVALID_STATE. */
  decommission(side: SideRow): void {
    this.#change(side, { type: 'DECOMMISSION_REQUESTED' }, 'available');
  }

  /** An allocated side is not to be written any more. Throws ERROR_INVALID_STATE, also while it is mounted. */
  complete({ side, medium }: OwnedSide): void {
    this.#store.transaction(() => {
      const inUse = whyInUse(this.#store, medium, side.id);
      if (inUse !== undefined) throw new NtmsError('ERROR_INVALID_STATE', inUse);
      this.#change(side, { type: 'COMPLETE_REQUESTED', mounted: false }, 'allocated');
    });
  }

  #change(side: SideRow, event: SideEvent, wanted: string): void {
    const patch = askSide(side, event);
    if (patch === undefined) {
      throw new NtmsError(
        'ERROR_INVALID_STATE',
        `side ${side.name || side.id} is in state ${side.state}, not ${wanted}`,
      );
    }
    this.#store.table('sides').update(side.id, patch);
  }

  /** Reserved sides are let go when nobody owns a side of the cartridge any more (state-machines P11). */
  #releaseSiblings(side: SideRow): void {
    const siblings = siblingsOf(this.#store, side);
    if (siblings.some(({ state }) => ownerStates.includes(state))) return;
    for (const sibling of siblings) {
      if (sibling.state !== NtmsPartitionState.NTMS_PARTSTATE_RESERVED) continue;
      const patch = askSide(sibling, { type: 'OWNER_RELEASED' });
      if (patch !== undefined) this.#store.table('sides').update(sibling.id, patch);
    }
  }

  #giveBack(medium: PhysicalMediumRow, pool: MediaPoolRow): void {
    if ((pool.deallocationPolicy & NtmsDeallocationPolicy.NTMS_DEALLOCATE_TOSCRATCH) === 0) return;
    const sides = this.#store.table('sides').list({ physicalMedia: medium.id });
    const usable = sides.some(({ state }) => state === NtmsPartitionState.NTMS_PARTSTATE_AVAILABLE);
    if (!usable || sides.some(({ state }) => !nobodys.includes(state))) return;
    if (freePoolOf(this.#store, medium.mediaType) === undefined) {
      this.#notice(`${medium.name} stays in pool ${pool.name}: there is no free pool for its media type`);
      return;
    }
    // The whole cartridge goes, so its other sides may not be in use either.
    const inUse = whyInUse(this.#store, medium);
    if (inUse !== undefined) throw new NtmsError('ERROR_BUSY', `${inUse}; dismount it first`);
    moveToFreePool(this.#store, medium.id);
  }
}
