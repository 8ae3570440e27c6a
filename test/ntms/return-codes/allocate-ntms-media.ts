import { INFINITE, NtmsAccessMask, NtmsAllocateOptions, NtmsAllocationPolicy } from '../../../src/ntms/index.js';
import type { Test } from 'tap';
import { AllocationHouse, addPool, noRoomFor } from '../allocation-house.js';
import { damageTable, runOutOfMemory } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf, NOBODY, takeToShelf } from '../house.js';

const { NTMS_ALLOCATE_NEW: NEW, NTMS_ALLOCATE_NEXT: NEXT } = NtmsAllocateOptions;
const { NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE: NO_ASKING } = NtmsAllocateOptions;
const { NTMS_ALLOCATE_FROMSCRATCH } = NtmsAllocationPolicy;
const { NTMS_USE_ACCESS, NTMS_CONTROL_ACCESS } = NtmsAccessMask;

type Run = (house: AllocationHouse, t: Test) => Promise<unknown>;

/** A pool with one available tape, something done to it, and the call. */
function inHouse(call: Run, prepare: (house: AllocationHouse) => unknown = () => undefined) {
  return async (t: Test) => {
    const house = await AllocationHouse.open(t, ['ORS001L8']);
    await prepare(house);
    return () => call(house, t);
  };
}

/** The same with nothing in the pool. */
function inEmptyPool(call: Run) {
  return async (t: Test) => {
    const house = await AllocationHouse.open(t);
    return () => call(house, t);
  };
}

const allocate: Run = (house) => house.allocate();

export const allocateNtmsMediaCodes = returnCodesOf('AllocateNtmsMedia', [
  { symbol: 'ERROR_SUCCESS', title: 'allocates an available side', run: inHouse(allocate) },
  {
    symbol: 'ERROR_SUCCESS',
    title: 'accepts an infinite time-out, and takes it only when there is nothing',
    parameter: 'dwTimeout',
    run: inHouse((house) => house.allocate({ timeoutMs: INFINITE })),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may use the pool but not control it',
    right: 'media pool',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const by = await guestOf(house.library);
      return () => house.allocate({ by });
    },
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user whom the import pool denies control',
    right: 'media pool',
    async run(t) {
      const house = await AllocationHouse.open(t);
      const { id: side } = house.put('ORS001L8', house.import);
      const by = await guestOf(house.library);
      denyGuest(house.library, house.pool, 0);
      denyGuest(house.library, house.import, NTMS_CONTROL_ACCESS);
      return () => house.allocate({ by, side });
    },
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may not use the free pool that the medium would come from',
    right: 'media pool',
    async run(t) {
      const house = await AllocationHouse.open(t, [], { pool: { allocationPolicy: NTMS_ALLOCATE_FROMSCRATCH } });
      house.put('ORS001L8', house.free);
      const by = await guestOf(house.library);
      denyGuest(house.library, house.pool, 0);
      denyGuest(house.library, house.free, NTMS_USE_ACCESS);
      return () => house.allocate({ by });
    },
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses the next side to a user who may not control the pool of the first',
    right: 'media pool',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      house.addSide('ORS001L8');
      const mediaId = await house.allocated(NEW);
      const by = await guestOf(house.library);
      const pool = addPool(house.library, { name: 'Guest' });
      denyGuest(house.library, pool, 0);
      return () => house.allocate({ by, pool, mediaId, flags: NEXT });
    },
  },
  {
    symbol: 'ERROR_CANCELLED',
    title: 'is refused by the operator',
    run: inEmptyPool((house) => {
      const call = house.allocate({ timeoutMs: INFINITE });
      house.answer('refused');
      return call;
    }),
  },
  {
    symbol: 'ERROR_CANCELLED',
    title: 'ends with its session',
    parameter: 'hSession',
    run: inEmptyPool(async (house) => {
      const call = house.allocate({ timeoutMs: INFINITE });
      const outcome = call.catch((error: unknown) => Promise.reject(error));
      await house.library.api.CloseNtmsSession(house.library.session);
      return outcome;
    }),
  },
  {
    symbol: 'ERROR_CANCELLED',
    title: 'ends with the manager',
    run: inEmptyPool(async (house) => {
      const call = house.allocate({ timeoutMs: INFINITE });
      await house.library.manager.stop();
      return call;
    }),
  },
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: inHouse(allocate, ({ library }) => damageTable(library, 'sides')),
  },
  {
    symbol: 'ERROR_DATABASE_FULL',
    title: 'finds no room for its logical medium',
    run: inHouse(allocate, ({ library }) => noRoomFor(library, 'INSERT', 'logical_media')),
  },
  {
    symbol: 'ERROR_DATABASE_FULL',
    title: 'finds no room for the question to the operator',
    run: inEmptyPool((house) => {
      noRoomFor(house.library, 'INSERT', 'op_requests');
      return house.allocate({ timeoutMs: INFINITE });
    }),
  },
  {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    title: 'finds no free pool to draw from',
    async run(t) {
      const house = await AllocationHouse.open(t, [], { pool: { allocationPolicy: NTMS_ALLOCATE_FROMSCRATCH } });
      house.library.store.table('mediaPools').remove(house.free);
      return () => house.allocate({ timeoutMs: INFINITE });
    },
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: inHouse(allocate, ({ library }) => library.api.CloseNtmsSession(library.session)),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: inHouse((house) => house.allocate({ by: { api: house.library.api, session: null as never } })),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses NTMS_ALLOCATE_NEXT with an id that neither a logical medium nor a side has',
    parameter: 'lpMediaId',
    run: inHouse((house) => house.next(NOBODY)),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses NTMS_ALLOCATE_NEXT with a side that nobody has allocated',
    parameter: 'lpMediaId',
    run: inHouse((house) => house.next(house.side('ORS001L8').id)),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses NTMS_ALLOCATE_NEXT with a medium of another pool',
    parameter: 'lpMediaId',
    run: inHouse(async (house) => {
      house.addSide('ORS001L8');
      const mediaId = await house.allocated(NEW);
      return house.allocate({ mediaId, flags: NEXT, pool: addPool(house.library, { name: 'Other' }) });
    }),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses NTMS_ALLOCATE_NEXT that names a side of another cartridge',
    parameter: 'lpPartition',
    run: inHouse(async (house) => {
      house.addSide('ORS001L8');
      return house.next(await house.allocated(NEW), { side: house.side('ORS002L8').id });
    }),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses an id that no side has',
    parameter: 'lpPartition',
    run: inHouse((house) => house.allocate({ side: NOBODY })),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses an id that no pool has',
    parameter: 'lpMediaPool',
    run: inHouse((house) => house.allocate({ pool: NOBODY })),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses the free pool',
    parameter: 'lpMediaPool',
    run: inHouse((house) => house.allocate({ pool: house.free })),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses a pool that holds pools, not media',
    parameter: 'lpMediaPool',
    run: inHouse((house) => house.allocate({ pool: addPool(house.library, { name: 'Folder', mediaType: null }) })),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'is told that its pool was deleted while it waited',
    run: inEmptyPool((house) => {
      const call = house.allocate({ timeoutMs: INFINITE });
      house.library.store.table('mediaPools').remove(house.pool);
      house.answer('complete');
      return call;
    }),
  },
  ...[null, undefined, ''].map((pool) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${JSON.stringify(pool) ?? 'undefined'} for a pool`,
    parameter: 'lpMediaPool' as const,
    run: inHouse(({ library: { api, session } }) => api.AllocateNtmsMedia(session, pool as never, null, null, 0, 0)),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a medium that is left out',
    parameter: 'lpMediaId',
    run: inHouse(({ pool, library: { api, session } }) =>
      api.AllocateNtmsMedia(session, pool, null, undefined as never, 0, 0),
    ),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses NTMS_ALLOCATE_NEXT without a medium',
    parameter: 'lpMediaId',
    run: inHouse((house) => house.next(null)),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses an empty side',
    parameter: 'lpPartition',
    run: inHouse((house) => house.allocate({ side: '' })),
  },
  ...[NEW | NEXT, 8, -1, 0.5].map((flags) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses the options ${flags}`,
    parameter: 'dwOptions' as const,
    run: inHouse((house) => house.allocate({ flags })),
  })),
  ...[-1, 1.5, 0x1_0000_0000].map((timeoutMs) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses the time-out ${timeoutMs}`,
    parameter: 'dwTimeout' as const,
    run: inHouse((house) => house.allocate({ timeoutMs })),
  })),
  {
    symbol: 'ERROR_MEDIA_OFFLINE',
    title: 'refuses a named side that is on the shelf',
    run: inHouse(
      (house) => house.allocate({ side: house.side('ORS001L8').id, timeoutMs: INFINITE }),
      ({ library }) => takeToShelf(library, 'ORS001L8'),
    ),
  },
  {
    symbol: 'ERROR_MEDIA_UNAVAILABLE',
    title: 'does not ask the operator when NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE forbids it',
    parameter: 'dwOptions',
    run: inEmptyPool((house) => house.allocate({ flags: NO_ASKING, timeoutMs: INFINITE })),
  },
  {
    symbol: 'ERROR_MEDIA_UNAVAILABLE',
    title: 'does not wait when the time-out is 0',
    parameter: 'dwTimeout',
    run: inEmptyPool(allocate),
  },
  {
    symbol: 'ERROR_MEDIA_UNAVAILABLE',
    title: 'refuses a named side that somebody has',
    run: inHouse(
      (house) => house.allocate({ side: house.side('ORS001L8').id, timeoutMs: INFINITE }),
      (house) => house.allocate(),
    ),
  },
  {
    symbol: 'ERROR_MEDIA_UNAVAILABLE',
    title: 'refuses a named side that its free label is still missing on',
    run: inHouse(
      (house) => house.allocate({ side: house.side('ORS001L8').id }),
      (house) => house.unprepared('ORS001L8'),
    ),
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the sides',
    run: inHouse(allocate, ({ library }) => runOutOfMemory(library, 'sides')),
  },
  {
    symbol: 'ERROR_TIMEOUT',
    title: 'waits no longer than it is told to',
    parameter: 'dwTimeout',
    run: inEmptyPool((house) => house.allocate({ timeoutMs: 60_000 })),
  },
]);
