import { returnPoolOf } from '../library/media-release.js';
import type { OwnedSide } from '../library/media-release.js';
import { NtmsError } from '../objects/ntms-error.js';
import { INFINITE, NtmsAccessMask, NtmsAllocateOptions, NtmsPoolType } from '../objects/ntmsapi/index.js';
import type { MediaPoolRow, PhysicalMediumRow, SideRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { NTMS_ALLOCATION_INFORMATION } from './allocation-structures.js';
import type { CallContext } from './call-context.js';
import type { Guid } from './structures.js';

/** Allocation functions of ntmsapi.h. */
export interface Allocation {
  /**
   * Gives the caller a side of a cartridge, known to it by a logical medium from now on: the named side, the next side of a
   * cartridge that it has, or the best available online one. When there is none a person is asked for new media, and the
   * promise waits.
   * @param lpMediaPool the application pool that the medium is for
   * @param lpPartition a side, Available or Import, or null
   * @param lpMediaId with NTMS_ALLOCATE_NEXT a logical medium or side that the caller has, otherwise ignored; null is none
   * @param dwOptions NtmsAllocateOptions bits; NEW and NEXT exclude each other
   * @param dwTimeout milliseconds to wait for new media; 0xFFFFFFFF for ever, 0 not at all
   * @returns the new logical medium and the pool that its cartridge came from
   * @throws NtmsError every code of the documented table
   */
  AllocateNtmsMedia(
    hSession: NtmsSession,
    lpMediaPool: Guid,
    lpPartition: Guid | null,
    lpMediaId: Guid | null,
    dwOptions: number,
    dwTimeout: number,
  ): Promise<{ readonly lpMediaId: Guid; readonly lpAllocateInformation: NTMS_ALLOCATION_INFORMATION }>;
  /**
   * Gives a side back: it becomes available, or is decommissioned when its pool allows no more allocations; the logical
   * medium is deleted, and the cartridge goes to the free pool if its pool's policy says so.
   * @param lpMediaId a logical medium
   * @param dwOptions ignored
   * @throws NtmsError every code of the documented table; ERROR_BUSY while the medium is in use
   */
  DeallocateNtmsMedia(hSession: NtmsSession, lpMediaId: Guid, dwOptions: number): Promise<void>;
  /**
   * Lets two logical media of one pool change sides. Nothing moves.
   * @throws NtmsError every code of the documented table
   */
  SwapNtmsMedia(hSession: NtmsSession, lpMediaId1: Guid, lpMediaId2: Guid): Promise<void>;
  /**
   * Takes an available side out of use for good.
   * @param lpMediaId a side
   * @throws NtmsError every code of the documented table
   */
  DecommissionNtmsMedia(hSession: NtmsSession, lpMediaId: Guid): Promise<void>;
  /**
   * Marks an allocated side as full: it can be mounted for reading only.
   * @param lpMediaId a logical medium
   * @throws NtmsError every code of the documented table
   */
  SetNtmsMediaComplete(hSession: NtmsSession, lpMediaId: Guid): Promise<void>;
}

const { NTMS_ALLOCATE_NEW, NTMS_ALLOCATE_NEXT, NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE } = NtmsAllocateOptions;
const ALL_OPTIONS = NTMS_ALLOCATE_NEW | NTMS_ALLOCATE_NEXT | NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE;

export function allocation(context: CallContext): Allocation {
  const { NTMS_CONTROL_ACCESS, NTMS_MODIFY_ACCESS } = NtmsAccessMask;
  const require = (session: NtmsSession, pool: MediaPoolRow, mask: number): void =>
    context.access.require(session.identity, { kind: 'mediaPool', id: pool.id }, mask);

  return {
    AllocateNtmsMedia: (hSession, lpMediaPool, lpPartition, lpMediaId, dwOptions, dwTimeout) =>
      context.call(hSession, async (session) => {
        requireId('lpMediaPool', lpMediaPool);
        if (lpPartition !== null && lpPartition !== undefined) requireId('lpPartition', lpPartition);
        if (lpMediaId === undefined) throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpMediaId is missing');
        requireOptions(dwOptions);
        requireTimeout(dwTimeout);
        const has = (option: number): boolean => (dwOptions & option) !== 0;
        const next = has(NTMS_ALLOCATE_NEXT);
        if (next) requireId('lpMediaId', lpMediaId);
        if (context.store.table('mediaPools').get(lpMediaPool) === undefined) {
          throw new NtmsError('ERROR_INVALID_MEDIA_POOL', `there is no media pool ${lpMediaPool}`);
        }
        const named = lpPartition === null || lpPartition === undefined ? undefined : findSide(context, lpPartition).id;
        const nextOf = next ? findOwn(context, lpMediaId ?? '').id : undefined;
        const waits = !has(NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE) && dwTimeout !== 0;
        const given = await context.manager.allocation.allocate({
          pool: lpMediaPool,
          ...(named === undefined ? {} : { side: named }),
          ...(nextOf === undefined ? {} : { nextOf }),
          reserveSiblings: has(NTMS_ALLOCATE_NEW),
          ...(waits
            ? { wait: { signal: session.closed, ...(dwTimeout === INFINITE ? {} : { timeoutMs: dwTimeout }) } }
            : {}),
          requireRights: (source) => require(session, source, rightOn(source)),
        });
        return { lpMediaId: given.logicalMedium, lpAllocateInformation: { AllocatedFrom: given.allocatedFrom } };
      }),

    DeallocateNtmsMedia: (hSession, lpMediaId, _dwOptions) =>
      context.call(hSession, (session) => {
        const owned = findLogical(context, 'lpMediaId', lpMediaId, 'ERROR_INVALID_MEDIA');
        require(session, owned.pool, NTMS_CONTROL_ACCESS);
        const destination = returnPoolOf(context.store, owned.pool, owned.medium);
        if (destination !== undefined) require(session, destination, rightOn(destination));
        context.manager.allocation.release.deallocate(owned);
      }),

    SwapNtmsMedia: (hSession, lpMediaId1, lpMediaId2) =>
      context.call(hSession, (session) => {
        requireId('lpMediaId1', lpMediaId1);
        requireId('lpMediaId2', lpMediaId2);
        const first = findLogical(context, 'lpMediaId1', lpMediaId1);
        const second = findLogical(context, 'lpMediaId2', lpMediaId2);
        for (const { pool } of [first, second]) require(session, pool, NTMS_MODIFY_ACCESS);
        if (first.logicalMedium === second.logicalMedium) {
          throw new NtmsError('ERROR_INVALID_MEDIA', `${lpMediaId1} is named twice`);
        }
        if (first.pool.id !== second.pool.id) {
          throw new NtmsError(
            'ERROR_INVALID_MEDIA_POOL',
            `the media are in two pools, ${first.pool.name} and ${second.pool.name}`,
          );
        }
        context.manager.allocation.release.swap(first, second);
      }),

    DecommissionNtmsMedia: (hSession, lpMediaId) =>
      context.call(hSession, (session) => {
        requireId('lpMediaId', lpMediaId);
        const side = findSide(context, lpMediaId);
        require(session, findPool(context, findMedium(context, side)), NTMS_CONTROL_ACCESS);
        context.manager.allocation.release.decommission(side);
      }),

    SetNtmsMediaComplete: (hSession, lpMediaId) =>
      context.call(hSession, (session) => {
        const owned = findLogical(context, 'lpMediaId', lpMediaId);
        require(session, owned.pool, NTMS_CONTROL_ACCESS);
        context.manager.allocation.release.complete(owned);
      }),
  };
}

/** Use is enough on the free pool, which is there for everybody; elsewhere it takes control (MS-RSMP notes 30 and 31). */
function rightOn({ poolType }: MediaPoolRow): number {
  const { NTMS_USE_ACCESS, NTMS_CONTROL_ACCESS } = NtmsAccessMask;
  return poolType === NtmsPoolType.NTMS_POOLTYPE_SCRATCH ? NTMS_USE_ACCESS : NTMS_CONTROL_ACCESS;
}

function requireId(name: string, id: unknown): void {
  if (typeof id !== 'string' || id === '') throw new NtmsError('ERROR_INVALID_PARAMETER', `${name} is missing`);
}

function requireOptions(dwOptions: number): void {
  if (!Number.isInteger(dwOptions) || (dwOptions & ~ALL_OPTIONS) !== 0) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `dwOptions ${dwOptions} has bits that NtmsAllocateOptions has not`);
  }
  const both = NTMS_ALLOCATE_NEW | NTMS_ALLOCATE_NEXT;
  if ((dwOptions & both) === both) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'NTMS_ALLOCATE_NEW and NTMS_ALLOCATE_NEXT exclude each other');
  }
}

function requireTimeout(dwTimeout: number): void {
  if (!Number.isInteger(dwTimeout) || dwTimeout < 0 || dwTimeout > INFINITE) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `dwTimeout is ${dwTimeout}; it is milliseconds or 0xFFFFFFFF`);
  }
}

function findSide(context: CallContext, id: Guid): SideRow {
  const side = context.store.table('sides').get(id);
  if (side === undefined) throw new NtmsError('ERROR_INVALID_MEDIA', `${id} is no side`);
  return side;
}

/** The side behind a logical medium, or the side itself. */
function findOwn(context: CallContext, id: Guid): SideRow {
  const sides = context.store.table('sides');
  const side = sides.get(id) ?? sides.find({ logicalMedia: id });
  if (side === undefined) {
    throw new NtmsError('ERROR_INVALID_MEDIA', `${id} is neither a logical medium nor a side`);
  }
  return side;
}

function findMedium(context: CallContext, side: SideRow): PhysicalMediumRow {
  const medium = context.store.table('physicalMedia').get(side.physicalMedia);
  if (medium === undefined) {
    throw new NtmsError('ERROR_INVALID_MEDIA', `the cartridge of side ${side.name || side.id} is not there`);
  }
  return medium;
}

/** @param lost the code for a cartridge whose pool's record is lost */
function findPool(
  context: CallContext,
  medium: PhysicalMediumRow,
  lost: 'ERROR_INVALID_MEDIA_POOL' | 'ERROR_INVALID_MEDIA' = 'ERROR_INVALID_MEDIA_POOL',
): MediaPoolRow {
  const pool = context.store.table('mediaPools').get(medium.mediaPool);
  if (pool === undefined) throw new NtmsError(lost, `the pool of ${medium.name}, ${medium.mediaPool}, is not there`);
  return pool;
}

function findLogical(
  context: CallContext,
  name: string,
  id: Guid,
  lost?: 'ERROR_INVALID_MEDIA_POOL' | 'ERROR_INVALID_MEDIA',
): OwnedSide {
  requireId(name, id);
  const logical = context.store.table('logicalMedia').get(id);
  const side = logical && context.store.table('sides').find({ logicalMedia: id });
  if (side === undefined) throw new NtmsError('ERROR_INVALID_MEDIA', `${id} is no logical medium of any side`);
  const medium = findMedium(context, side);
  return { logicalMedium: id, side, medium, pool: findPool(context, medium, lost) };
}
