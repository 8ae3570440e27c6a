import { NtmsPartitionState, NtmsPoolType } from '../objects/ntmsapi/index.js';
import type { AccessEntryRow, MediaPoolRow, ObjectSecurityRow, PhysicalMediumRow } from '../objects/rows.js';
import { prepareForFreePool } from './free-pool.js';
import type { ManagerParts } from './manager-parts.js';
import { whyInUse } from './media-use.js';
import { ANY_FORMER_LABEL } from './on-media-label.js';
import { whyNotMove } from './pool-move-rules.js';
import type { MoveRefusal } from './pool-move-rules.js';
import { askSide } from './side-transitions.js';
import { supportMediaType } from './supported-media-types.js';

/** Whose a new pool is, and who may do what with it. */
export interface NewSecurity extends Pick<ObjectSecurityRow, 'owner' | 'ownerGroup' | 'ownList'> {
  readonly entries: readonly Pick<AccessEntryRow, 'trustee' | 'mask' | 'deny'>[];
}

export interface NewMediaPool {
  readonly name: string;
  readonly parent: string;
  /** Null for a pool that holds other pools. */
  readonly mediaType: string | null;
  readonly security: NewSecurity;
}

/** Application pools, and which cartridge is in which pool. */
export class MediaPools {
  readonly #parts: ManagerParts;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  /** A new application pool with its access list. */
  create({ name, parent, mediaType, security }: NewMediaPool): MediaPoolRow {
    const { store } = this.#parts;
    return store.transaction(() => {
      const poolType = NtmsPoolType.NTMS_POOLTYPE_APPLICATION;
      const pool = store.table('mediaPools').insert({ name, parent, mediaType, poolType });
      const { entries, ...rest } = security;
      store.table('objectSecurity').insert({ ...rest, id: pool.id });
      for (const entry of entries) store.table('accessEntries').insert({ ...entry, object: pool.id });
      return pool;
    });
  }

  /** What a pool still contains, in words; undefined for an empty one. */
  contents(poolId: string): string | undefined {
    const { store } = this.#parts;
    const here = { mediaPool: poolId };
    const counts = [
      [store.table('physicalMedia').count(here), 'cartridges'],
      [store.table('logicalMedia').count(here), 'logical media'],
      [store.table('mediaPools').count({ parent: poolId }), 'pools'],
    ] as const;
    const found = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    return found.length === 0 ? undefined : found.join(' and ');
  }

  /** Removes an empty pool; its security and attributes go with it. */
  delete(poolId: string): void {
    this.#parts.store.table('mediaPools').remove(poolId);
  }

  /** Why a cartridge may not go into a pool now; undefined when it may. Its media type is not looked at. */
  moveRefusal(medium: PhysicalMediumRow, source: MediaPoolRow, destination: MediaPoolRow): MoveRefusal | undefined {
    const { store, libraries } = this.#parts;
    const sides = store.table('sides').list({ physicalMedia: medium.id });
    const claimed = libraries.get(medium.currentLibrary)?.context.claims.has(medium.id) === true;
    const inUse = claimed || whyInUse(store, medium) !== undefined;
    return whyNotMove({ medium, sides, source, destination, inUse });
  }

  /**
   * Puts a cartridge with all its sides into another pool, in one transaction; into the free pool means that its sides are
   * prepared for anybody. The caller has asked {@link moveRefusal} and the media type; with `stampType` the cartridge takes
   * the pool's type on.
   */
  move(medium: PhysicalMediumRow, destination: MediaPoolRow, { stampType = false } = {}): void {
    const { store } = this.#parts;
    if (medium.mediaPool === destination.id && (!stampType || medium.mediaType === destination.mediaType)) return;
    store.transaction(() => {
      const toFreePool = destination.poolType === NtmsPoolType.NTMS_POOLTYPE_SCRATCH;
      if (toFreePool && medium.mediaPool !== destination.id) this.#prepareSides(medium.id);
      store.table('physicalMedia').update(medium.id, {
        mediaPool: destination.id,
        ...(stampType ? { mediaType: destination.mediaType } : {}),
      });
      if (stampType && destination.mediaType !== null) {
        supportMediaType(store, medium.currentLibrary, destination.mediaType);
      }
      for (const { logicalMedia } of store.table('sides').list({ physicalMedia: medium.id })) {
        if (logicalMedia !== null) store.table('logicalMedia').update(logicalMedia, { mediaPool: destination.id });
      }
    });
  }

  #prepareSides(mediumId: string): void {
    const { store } = this.#parts;
    for (const side of store.table('sides').list({ physicalMedia: mediumId })) {
      const isUnknown = side.state === NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN;
      // Nobody has looked at it yet, and who gives it away does not care: it counts as unrecognized, as its pool says.
      const patch = isUnknown ? askSide(side, { type: 'IDENTIFIED', as: 'foreign' }) : undefined;
      if (patch !== undefined) store.table('sides').update(side.id, patch);
      prepareForFreePool(store, side.id);
      if (isUnknown) store.table('sides').update(side.id, { formerLabelId: ANY_FORMER_LABEL });
    }
  }
}
