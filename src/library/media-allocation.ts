import { randomUUID } from 'node:crypto';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAllocationPolicy, NtmsPartitionState, NtmsPoolType } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { MediaPoolRow, PhysicalMediumRow, SideRow } from '../objects/rows.js';
import type { Allocation, AllocationOrder } from './allocation-order.js';
import { findAvailable, isOwned, siblingsOf, whyNotUsable } from './allocation-search.js';
import type { Candidate } from './allocation-search.js';
import { freePoolOf } from './free-pool.js';
import type { ManagerParts } from './manager-parts.js';
import { MediaRelease } from './media-release.js';
import { whyOffline } from './media-use.js';
import { askSide } from './side-transitions.js';
import { WaitingAllocations } from './waiting-allocations.js';

/**
 * Gives sides of cartridges to applications and takes them back. Everything here is database work: each attempt is one
 * transaction, so two allocations never get the same side.
 */
export class MediaAllocation {
  /** Deallocation, decommissioning, swapping, completing. */
  readonly release: MediaRelease;
  readonly #store: ObjectStore;
  readonly #waiting: WaitingAllocations;

  constructor(parts: ManagerParts) {
    this.#store = parts.store;
    this.release = new MediaRelease(parts);
    this.#waiting = new WaitingAllocations(parts, (order) => this.#attempt(order));
  }

  /**
   * Allocates a side: the named one, the next one of a cartridge, or the best available online one of the pool and, if its
   * policy says so, of the free pool. When there is none, asks a person for new media and waits, if the order says so.
   * Rejects with NtmsError: ERROR_INVALID_MEDIA_POOL, ERROR_INVALID_MEDIA, ERROR_MEDIA_OFFLINE, ERROR_MEDIA_UNAVAILABLE,
   * ERROR_DEVICE_NOT_AVAILABLE (no free pool), ERROR_TIMEOUT, ERROR_CANCELLED (refused by the operator, session closed).
   */
  async allocate(order: AllocationOrder): Promise<Allocation> {
    // Who waits already comes first.
    this.#waiting.retry();
    const allocation = this.#attempt(order);
    if (allocation !== undefined) return allocation;
    if (order.wait === undefined) {
      const { name } = this.#pool(order.pool);
      throw new NtmsError('ERROR_MEDIA_UNAVAILABLE', `no available medium for pool ${name} is online`);
    }
    return this.#waiting.add(order, order.wait);
  }

  /** Ends all that wait. */
  stop(error: NtmsError): void {
    this.#waiting.stop(error);
  }

  /** One search and, if it finds something, its allocation; undefined when new media could help. */
  #attempt(order: AllocationOrder): Allocation | undefined {
    return this.#store.transaction(() => {
      const pool = this.#pool(order.pool);
      order.requireRights(pool);
      if (pool.poolType !== NtmsPoolType.NTMS_POOLTYPE_APPLICATION || pool.mediaType === null) {
        throw new NtmsError('ERROR_INVALID_MEDIA_POOL', `${pool.name} is no application pool that holds media`);
      }
      const found = this.#find(order, pool);
      return found && this.#take(found, order, pool);
    });
  }

  #pool(id: string): MediaPoolRow {
    const pool = this.#store.table('mediaPools').get(id);
    if (pool === undefined) throw new NtmsError('ERROR_INVALID_MEDIA_POOL', `there is no media pool ${id}`);
    return pool;
  }

  #find(order: AllocationOrder, pool: MediaPoolRow): Candidate | undefined {
    if (order.nextOf !== undefined) return this.#nextSide(order.nextOf, order, pool);
    if (order.side !== undefined) return this.#namedSide(order.side, order, pool);
    const own = findAvailable(this.#store, pool, order.reserveSiblings);
    if (own !== undefined || !drawsFromFreePool(pool)) return own;
    const free = freePoolOf(this.#store, pool.mediaType);
    if (free === undefined) {
      throw new NtmsError(
        'ERROR_DEVICE_NOT_AVAILABLE',
        `pool ${pool.name} draws from the free pool, but there is none for its media type`,
      );
    }
    order.requireRights(free);
    return findAvailable(this.#store, free, order.reserveSiblings);
  }

  /** NTMS_ALLOCATE_NEXT: sides after the owned one first, then those before it; reserved ones or available ones. */
  #nextSide(ownedId: string, order: AllocationOrder, pool: MediaPoolRow): Candidate {
    const { side, medium } = this.#candidate(ownedId);
    const { side: named } = order;
    order.requireRights(this.#pool(medium.mediaPool));
    const isMine = side.logicalMedia !== null && isOwned(side);
    if (!isMine || medium.mediaPool !== pool.id) {
      throw new NtmsError('ERROR_INVALID_MEDIA', `side ${side.name || side.id} is not allocated in pool ${pool.name}`);
    }
    if (named !== undefined && this.#candidate(named).medium.id !== medium.id) {
      throw new NtmsError('ERROR_INVALID_MEDIA', `side ${named} is not on the same cartridge, ${medium.name}`);
    }
    requireUsable(this.#store, medium);
    const others = siblingsOf(this.#store, side);
    const inOrder = [...others.filter((one) => one.side > side.side), ...others.filter((one) => one.side < side.side)];
    const next = (state: number) => inOrder.find((one) => one.state === state && one.enabled);
    const found = next(NtmsPartitionState.NTMS_PARTSTATE_RESERVED) ?? next(NtmsPartitionState.NTMS_PARTSTATE_AVAILABLE);
    if (found === undefined) throw new NtmsError('ERROR_MEDIA_UNAVAILABLE', `${medium.name} has no side left`);
    return { side: found, medium };
  }

  /** The named side, or the reason why it cannot be had; new media would not help. */
  #namedSide(sideId: string, order: AllocationOrder, pool: MediaPoolRow): Candidate {
    const { side, medium } = this.#candidate(sideId);
    const source = this.#pool(medium.mediaPool);
    order.requireRights(source);
    requireUsable(this.#store, medium);
    const refuse = (why: string): never => {
      throw new NtmsError('ERROR_MEDIA_UNAVAILABLE', `side ${side.name || side.id} ${why}`);
    };
    if (!side.enabled) refuse('is disabled');
    const { NTMS_PARTSTATE_AVAILABLE, NTMS_PARTSTATE_IMPORT } = NtmsPartitionState;
    const states: readonly number[] = [NTMS_PARTSTATE_AVAILABLE, NTMS_PARTSTATE_IMPORT];
    if (!states.includes(side.state)) refuse(`is neither available nor an import side (state ${side.state})`);
    if (order.reserveSiblings && siblingsOf(this.#store, side).some(isOwned)) refuse('shares its cartridge');
    if (source.id !== pool.id) {
      if (medium.mediaType !== pool.mediaType) refuse(`is of another media type than pool ${pool.name}`);
      if (source.poolType === NtmsPoolType.NTMS_POOLTYPE_APPLICATION) refuse(`belongs to pool ${source.name}`);
      if (source.poolType === NtmsPoolType.NTMS_POOLTYPE_SCRATCH && !drawsFromFreePool(pool)) {
        refuse(`is free, and pool ${pool.name} does not draw from the free pool`);
      }
    }
    return { side, medium };
  }

  #candidate(sideId: string): Candidate {
    const side = this.#store.table('sides').get(sideId);
    const medium = side && this.#store.table('physicalMedia').get(side.physicalMedia);
    if (side === undefined || medium === undefined) throw new NtmsError('ERROR_INVALID_MEDIA', `${sideId} is no side`);
    return { side, medium };
  }

  #take({ side, medium }: Candidate, order: AllocationOrder, pool: MediaPoolRow): Allocation {
    const tables = this.#store;
    const allocatedFrom = medium.mediaPool;
    if (allocatedFrom !== pool.id) tables.table('physicalMedia').update(medium.id, { mediaPool: pool.id });
    const logicalMediumId = randomUUID();
    tables.table('logicalMedia').insert({ id: logicalMediumId, mediaPool: pool.id });
    const named = order.side !== undefined;
    const next = order.nextOf !== undefined;
    const patch = askSide(side, { type: 'ALLOCATE_REQUESTED', logicalMediumId, named, next });
    if (patch === undefined) {
      throw new NtmsError('ERROR_MEDIA_UNAVAILABLE', `side ${side.name || side.id} is in state ${side.state}`);
    }
    tables.table('sides').update(side.id, patch);
    // CreateNtmsMedia makes a logical medium for whatever side it is told to; this one stands for nothing any more.
    if (side.logicalMedia !== null) tables.table('logicalMedia').remove(side.logicalMedia);
    if (order.reserveSiblings) this.#reserveSiblings(side);
    return { logicalMedium: logicalMediumId, side: side.id, allocatedFrom };
  }

  #reserveSiblings(side: SideRow): void {
    for (const sibling of siblingsOf(this.#store, side)) {
      const patch = askSide(sibling, { type: 'SIBLING_ALLOCATED' });
      if (patch !== undefined) this.#store.table('sides').update(sibling.id, patch);
    }
  }
}

function drawsFromFreePool({ allocationPolicy }: MediaPoolRow): boolean {
  return (allocationPolicy & NtmsAllocationPolicy.NTMS_ALLOCATE_FROMSCRATCH) !== 0;
}

function requireUsable(store: ObjectStore, medium: PhysicalMediumRow): void {
  const offline = whyOffline(store, medium);
  if (offline !== undefined) throw new NtmsError('ERROR_MEDIA_OFFLINE', offline);
  const unusable = whyNotUsable(store, medium);
  if (unusable !== undefined) throw new NtmsError('ERROR_MEDIA_UNAVAILABLE', unusable);
}
