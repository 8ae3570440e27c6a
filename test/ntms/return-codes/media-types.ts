import { NtmsAccessMask, NtmsOperationalState } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, NOBODY, takeToShelf } from '../house.js';
import { inApplicationPool, inPool, newMediaType, newPool, STATE, systemPool, typeOf } from '../media-house.js';
import { breakReference } from '../broken-database.js';
import { badHandles, byGuest, damaged, prepared, withoutMemory, withoutRoom } from './prepared-call.js';
import type { Prepare } from './prepared-call.js';

const { NTMS_MODIFY_ACCESS } = NtmsAccessMask;

const wax = ({ store }: VirtualLibrary): Guid => store.ensureMediaType({ name: 'Wax cylinder' }).mediaType.id;

/** AddNtmsMediaType; of a type that the library does not support unless another is named. */
const add =
  (type: (library: VirtualLibrary) => unknown = wax, where?: (library: VirtualLibrary) => unknown): Prepare =>
  (library) => {
    const id = type(library) as Guid;
    const at = (where === undefined ? library.library.id : where(library)) as Guid;
    return ({ api, session }) => api.AddNtmsMediaType(session, id, at);
  };
const remove =
  (type: (library: VirtualLibrary) => unknown = wax, where?: (library: VirtualLibrary) => unknown): Prepare =>
  async (library) => {
    const id = type(library) as Guid;
    const at = (where === undefined ? library.library.id : where(library)) as Guid;
    if (typeof id === 'string' && id !== '' && id !== NOBODY && where === undefined) {
      await library.api.AddNtmsMediaType(library.session, id, at);
    }
    return ({ api, session }) => api.DeleteNtmsMediaType(session, id, at);
  };

/** What both functions refuse of their arguments. */
const badArguments = (make: typeof add) =>
  [
    ...[null, ''].flatMap((id) => [
      {
        symbol: 'ERROR_INVALID_PARAMETER' as const,
        title: `refuses the media type ${JSON.stringify(id)}`,
        parameter: 'lpMediaTypeId' as const,
        run: prepared(make(() => id)),
      },
      {
        symbol: 'ERROR_INVALID_PARAMETER' as const,
        title: `refuses the library ${JSON.stringify(id)}`,
        parameter: 'lpLibId' as const,
        run: prepared(make(wax, () => id)),
      },
    ]),
    {
      symbol: 'ERROR_INVALID_LIBRARY' as const,
      title: 'refuses an id that no library has',
      parameter: 'lpLibId' as const,
      run: prepared(make(wax, () => NOBODY)),
    },
    {
      symbol: 'ERROR_ACCESS_DENIED' as const,
      title: 'refuses a user who may use the library but not modify it',
      right: 'library' as const,
      run: byGuest(make()),
    },
    {
      symbol: 'ERROR_ACCESS_DENIED' as const,
      title: 'refuses a user whom the library denies modification',
      right: 'library' as const,
      run: byGuest(make(), (house) => denyGuest(house, house.library.id, NTMS_MODIFY_ACCESS)),
    },
  ] as const;

export const addNtmsMediaTypeCodes = returnCodesOf('AddNtmsMediaType', [
  { symbol: 'ERROR_SUCCESS', title: 'adds a type', run: prepared(add()) },
  {
    symbol: 'ERROR_SUCCESS',
    title: 'accepts a type that the library supports already',
    run: prepared(add((library) => typeOf(library, 'ORS001L8').id)),
  },
  ...badArguments(add),
  damaged(add(), 'library_media_types'),
  withoutRoom(add(), 'library_media_types', 'INSERT'),
  ...badHandles(add()),
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses an id that no media type has',
    parameter: 'lpMediaTypeId',
    run: prepared(add(() => NOBODY)),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses the offline library',
    run: prepared(add(wax, ({ store }) => store.wellKnown.offlineLibrary)),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses a library that is not attached',
    run: prepared(add(), ({ store, library }) => {
      store.table('libraries').update(library.id, { operationalState: NtmsOperationalState.NTMS_NOT_PRESENT });
    }),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses a disabled library',
    run: prepared(add(), ({ store, library }) => store.table('libraries').update(library.id, { enabled: false })),
  },
  withoutMemory(add(), 'media_types'),
]);

export const deleteNtmsMediaTypeCodes = returnCodesOf('DeleteNtmsMediaType', [
  { symbol: 'ERROR_SUCCESS', title: 'takes a type away', run: prepared(remove()) },
  {
    symbol: 'ERROR_SUCCESS',
    title: 'accepts a type that the library does not support',
    run: prepared(remove(), async ({ api, session, library, store }) => {
      await api.DeleteNtmsMediaType(session, wax({ store } as VirtualLibrary), library.id);
    }),
  },
  ...badArguments(remove),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses an id that no media type has',
    parameter: 'lpMediaTypeId',
    run: prepared(remove(() => NOBODY)),
  },
  damaged(remove(), 'library_media_types'),
  withoutRoom(remove(), 'library_media_types', 'DELETE'),
  ...badHandles(remove()),
  {
    symbol: 'ERROR_NOT_EMPTY',
    title: 'refuses a type of which the library holds a cartridge',
    run: prepared(remove((library) => typeOf(library, 'ORS001L8').id)),
  },
  withoutMemory(remove(), 'library_media_types'),
]);

/** ChangeNtmsMediaType of a cartridge of an application pool, into one of another type. */
const change: Prepare = async (library) => {
  const { medium } = await inApplicationPool(library, 'ORS001L8');
  const other = await newPool(library, 'Old tapes', (await newMediaType(library, 1)).id);
  return ({ api, session }) => api.ChangeNtmsMediaType(session, medium, other);
};
/** The same into the other type's free pool, with its side in some state. */
const changeToFree =
  (state: number): Prepare =>
  async (library) => {
    const { medium } = await inApplicationPool(library, 'ORS001L8', state);
    const { id } = systemPool(library, 'SCRATCH', (await newMediaType(library, 1)).id);
    return ({ api, session }) => api.ChangeNtmsMediaType(session, medium, id);
  };
const poolNamed = ({ store }: VirtualLibrary, name: string): Guid => store.table('mediaPools').find({ name })?.id ?? '';

/** The guest may do all but one thing. */
const denyOne = (library: VirtualLibrary, object: Guid): void => {
  const { computer } = library.store.wellKnown;
  for (const id of [poolNamed(library, 'Backup'), poolNamed(library, 'Old tapes'), computer]) {
    denyGuest(library, id, id === object ? NTMS_MODIFY_ACCESS : 0);
  }
};

export const changeNtmsMediaTypeCodes = returnCodesOf('ChangeNtmsMediaType', [
  { symbol: 'ERROR_SUCCESS', title: 'changes the type', run: prepared(change) },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user without modify right on the pool of the cartridge',
    right: 'media pool',
    run: byGuest(change, (library) => denyOne(library, poolNamed(library, 'Backup'))),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user without modify right on the pool where it shall go',
    right: 'media pool',
    run: byGuest(change, (library) => denyOne(library, poolNamed(library, 'Old tapes'))),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user without modify right on the computer',
    right: 'computer',
    run: byGuest(change, (library) => denyOne(library, library.store.wellKnown.computer)),
  },
  damaged(change, 'physical_media'),
  withoutRoom(change, 'physical_media', 'UPDATE'),
  ...badHandles(change),
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses an id that no cartridge has',
    parameter: 'lpMediaId',
    run: prepared(
      (library) =>
        ({ api, session }) =>
          api.ChangeNtmsMediaType(session, NOBODY, library.medium('ORS001L8').mediaPool),
    ),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a cartridge whose pool is lost',
    run: prepared(change, (house) =>
      breakReference(house, 'physical_media', 'media_pool', house.medium('ORS001L8').id),
    ),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses an id that no pool has',
    parameter: 'lpPoolId',
    run: prepared(
      (library) =>
        ({ api, session }) =>
          api.ChangeNtmsMediaType(session, library.medium('ORS001L8').id, NOBODY),
    ),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses a mounted cartridge',
    run: prepared(change, (library) => library.mount('ORS001L8')),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses a pool that holds other pools',
    run: prepared(async (library) => {
      const { medium } = await inApplicationPool(library, 'ORS001L8');
      const container = await newPool(library, 'All');
      return ({ api, session }) => api.ChangeNtmsMediaType(session, medium, container);
    }),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses a type with another number of sides',
    run: prepared(async (library) => {
      const { medium } = await inApplicationPool(library, 'ORS001L8');
      const other = await newPool(library, 'Disks', (await newMediaType(library, 2)).id);
      return ({ api, session }) => api.ChangeNtmsMediaType(session, medium, other);
    }),
  },
  ...(['ALLOCATED', 'COMPLETE', 'RESERVED'] as const).map((state) => ({
    symbol: 'ERROR_INVALID_MEDIA_POOL' as const,
    title: `takes no ${state.toLowerCase()} side into the free pool`,
    run: prepared(changeToFree(STATE[state])),
  })),
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'lets nothing out of an unrecognized pool into an application pool',
    run: prepared(change, (library) => {
      const { id } = systemPool(library, 'FOREIGN', typeOf(library, 'ORS001L8').id);
      inPool(library, 'ORS001L8', id, STATE.FOREIGN);
    }),
  },
  ...[null, ''].flatMap((id) => [
    {
      symbol: 'ERROR_INVALID_PARAMETER' as const,
      title: `refuses the cartridge ${JSON.stringify(id)}`,
      parameter: 'lpMediaId' as const,
      run: prepared(
        ({ store }) =>
          ({ api, session }) =>
            api.ChangeNtmsMediaType(session, id as string, store.wellKnown.free),
      ),
    },
    {
      symbol: 'ERROR_INVALID_PARAMETER' as const,
      title: `refuses the pool ${JSON.stringify(id)}`,
      parameter: 'lpPoolId' as const,
      run: prepared(
        (library) =>
          ({ api, session }) =>
            api.ChangeNtmsMediaType(session, library.medium('ORS001L8').id, id as string),
      ),
    },
  ]),
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses a cartridge on the shelf',
    run: prepared(change, (library) => takeToShelf(library, 'ORS001L8')),
  },
  {
    symbol: 'ERROR_LIBRARY_OFFLINE',
    title: 'refuses a cartridge in a disabled library',
    run: prepared(change, ({ store, library }) => store.table('libraries').update(library.id, { enabled: false })),
  },
  withoutMemory(change, 'media_pools'),
]);
