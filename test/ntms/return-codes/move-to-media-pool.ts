import { NtmsAccessMask } from '../../../src/ntms/index.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';
import { breakReference } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, NOBODY } from '../house.js';
import { inApplicationPool, inFreePool, inPool, newPool, STATE, systemPool, typeOf } from '../media-house.js';
import { badHandles, byGuest, damaged, prepared, withoutMemory, withoutRoom } from './prepared-call.js';
import type { Prepare } from './prepared-call.js';

const { NTMS_USE_ACCESS, NTMS_CONTROL_ACCESS } = NtmsAccessMask;

/** MoveToNtmsMediaPool of a cartridge of an application pool into another one of the same type. */
const move: Prepare = async (library) => {
  const { medium } = await inApplicationPool(library, 'ORS001L8');
  const other = await newPool(library, 'Archive', typeOf(library, 'ORS001L8').id);
  return ({ api, session }) => api.MoveToNtmsMediaPool(session, medium, other);
};

/** The same into the free pool. */
const moveToFree =
  (state: number): Prepare =>
  async (library) => {
    const { medium } = await inApplicationPool(library, 'ORS001L8', state);
    const free = systemPool(library, 'SCRATCH', typeOf(library, 'ORS001L8').id).id;
    return ({ api, session }) => api.MoveToNtmsMediaPool(session, medium, free);
  };

const poolOfMedium = (library: VirtualLibrary, barCode = 'ORS001L8') => library.medium(barCode).mediaPool;
const poolAt = ({ store }: VirtualLibrary, name: string) => store.table('mediaPools').find({ name })?.id ?? '';

export const moveToNtmsMediaPoolCodes = returnCodesOf('MoveToNtmsMediaPool', [
  { symbol: 'ERROR_SUCCESS', title: 'moves between application pools of one type', run: prepared(move) },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user without control right on the pool of the cartridge',
    right: 'media pool',
    run: byGuest(move, (library) => {
      denyGuest(library, poolOfMedium(library), NTMS_CONTROL_ACCESS);
      denyGuest(library, poolAt(library, 'Archive'), 0);
    }),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user without control right on the pool where it shall go',
    right: 'media pool',
    run: byGuest(move, (library) => {
      denyGuest(library, poolOfMedium(library), 0);
      denyGuest(library, poolAt(library, 'Archive'), NTMS_CONTROL_ACCESS);
    }),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may not use the free pool',
    right: 'media pool',
    run: byGuest(moveToFree(STATE.AVAILABLE), (library) => {
      denyGuest(library, poolOfMedium(library), 0);
      denyGuest(library, systemPool(library, 'SCRATCH', typeOf(library, 'ORS001L8').id).id, NTMS_USE_ACCESS);
    }),
  },
  {
    symbol: 'ERROR_BUSY',
    title: 'refuses a mounted cartridge',
    run: prepared(move, (house) => house.mount('ORS001L8')),
  },
  ...(['enabled', 'side'] as const).map((what) => ({
    symbol: 'ERROR_BUSY' as const,
    title: `refuses a cartridge that is ${what === 'side' ? 'disabled on one side' : 'disabled'}`,
    run: prepared(move, (house) => {
      if (what === 'side') house.store.table('sides').update(house.side('ORS001L8').id, { enabled: false });
      else house.store.table('physicalMedia').update(house.medium('ORS001L8').id, { enabled: false });
    }),
  })),
  {
    symbol: 'ERROR_BUSY',
    title: 'refuses a cartridge whose free label is still to be written',
    run: prepared(move, async (house) => {
      // Both drives are taken, so it waits for its label.
      await house.mount(['ORS002L8', 'ORS003L8']);
      const owedFreeLabel = '0123456789abcdef0123456789abcdef';
      house.store.table('sides').update(house.side('ORS001L8').id, { state: STATE.UNPREPARED, owedFreeLabel });
    }),
  },
  ...(['DECOMMISSIONED', 'INCOMPATIBLE'] as const).map((state) => ({
    symbol: 'ERROR_BUSY' as const,
    title: `takes no ${state.toLowerCase()} side into the free pool`,
    run: prepared(moveToFree(STATE[state])),
  })),
  damaged(move, 'physical_media'),
  withoutRoom(move, 'physical_media', 'UPDATE'),
  ...badHandles(move),
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses an id that no cartridge has',
    parameter: 'lpMediaId',
    run: prepared(
      (library) =>
        ({ api, session }) =>
          api.MoveToNtmsMediaPool(session, NOBODY, poolOfMedium(library)),
    ),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a cartridge whose pool is lost',
    run: prepared(move, (house) => breakReference(house, 'physical_media', 'media_pool', house.medium('ORS001L8').id)),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses an id that no pool has',
    parameter: 'lpPoolId',
    run: prepared((library) => {
      const { id } = library.medium('ORS001L8');
      return ({ api, session }) => api.MoveToNtmsMediaPool(session, id, NOBODY);
    }),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'puts nothing into a pool that holds other pools',
    run: prepared(async (library) => {
      const { medium } = await inApplicationPool(library, 'ORS001L8');
      const container = await newPool(library, 'All');
      return ({ api, session }) => api.MoveToNtmsMediaPool(session, medium, container);
    }),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'puts nothing into an unrecognized pool',
    run: prepared((library) => {
      const { id } = typeOf(library, 'ORS001L8');
      const medium = inFreePool(library, 'ORS001L8');
      return ({ api, session }) => api.MoveToNtmsMediaPool(session, medium, systemPool(library, 'FOREIGN', id).id);
    }),
  },
  ...(
    [
      ['FOREIGN', STATE.FOREIGN],
      ['IMPORT', STATE.IMPORT],
    ] as const
  ).map(([kind, state]) => ({
    symbol: 'ERROR_INVALID_MEDIA_POOL' as const,
    title: `lets nothing out of the ${kind.toLowerCase()} pool into an application pool`,
    run: prepared(async (library) => {
      const { id } = typeOf(library, 'ORS001L8');
      const medium = inPool(library, 'ORS001L8', systemPool(library, kind, id).id, state);
      const pool = await newPool(library, 'Backup', id);
      return ({ api, session }) => api.MoveToNtmsMediaPool(session, medium, pool);
    }),
  })),
  ...(['ALLOCATED', 'COMPLETE', 'RESERVED'] as const).map((state) => ({
    symbol: 'ERROR_INVALID_MEDIA_POOL' as const,
    title: `takes no ${state.toLowerCase()} side into the free pool`,
    run: prepared(moveToFree(STATE[state])),
  })),
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'takes no available side into the import pool',
    run: prepared(async (library) => {
      const { medium } = await inApplicationPool(library, 'ORS001L8');
      const { id } = systemPool(library, 'IMPORT', typeOf(library, 'ORS001L8').id);
      return ({ api, session }) => api.MoveToNtmsMediaPool(session, medium, id);
    }),
  },
  ...[null, ''].flatMap((id) => [
    {
      symbol: 'ERROR_INVALID_PARAMETER' as const,
      title: `refuses the cartridge ${JSON.stringify(id)}`,
      parameter: 'lpMediaId' as const,
      run: prepared(
        (library) =>
          ({ api, session }) =>
            api.MoveToNtmsMediaPool(session, id as string, poolOfMedium(library)),
      ),
    },
    {
      symbol: 'ERROR_INVALID_PARAMETER' as const,
      title: `refuses the pool ${JSON.stringify(id)}`,
      parameter: 'lpPoolId' as const,
      run: prepared(
        (library) =>
          ({ api, session }) =>
            api.MoveToNtmsMediaPool(session, library.medium('ORS001L8').id, id as string),
      ),
    },
  ]),
  {
    symbol: 'ERROR_MEDIA_INCOMPATIBLE',
    title: 'refuses a pool of another media type',
    run: prepared(async (library) => {
      const { medium } = await inApplicationPool(library, 'ORS001L8');
      const { mediaType } = library.store.ensureMediaType({ name: 'Wax cylinder' });
      const other = await newPool(library, 'Music', mediaType.id);
      return ({ api, session }) => api.MoveToNtmsMediaPool(session, medium, other);
    }),
  },
  withoutMemory(move, 'media_pools'),
]);
