import { NtmsAccessMask, NtmsCreateOptions } from '../../../src/ntms/index.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, NOBODY } from '../house.js';
import { inApplicationPool, newPool, systemPool, typeOf } from '../media-house.js';
import { badHandles, byGuest, damaged, prepared, withoutMemory, withoutRoom } from './prepared-call.js';
import type { Prepare } from './prepared-call.js';

const { NTMS_OPEN_EXISTING, NTMS_CREATE_NEW, NTMS_OPEN_ALWAYS } = NtmsCreateOptions;
const { NTMS_MODIFY_ACCESS, NTMS_CONTROL_ACCESS } = NtmsAccessMask;

/** CreateNtmsMediaPool of a pool for LTO-8 media. */
const create =
  (name: unknown, action: number = NTMS_CREATE_NEW): Prepare =>
  (library) => {
    const { id } = typeOf(library, 'ORS001L8');
    return ({ api, session }) => api.CreateNtmsMediaPool(session, name as string, id, action, null);
  };
const after =
  (path: string, prepare: Prepare): Prepare =>
  async (library, t) => {
    await newPool(library, path);
    return prepare(library, t);
  };

export const createNtmsMediaPoolCodes = returnCodesOf('CreateNtmsMediaPool', [
  { symbol: 'ERROR_SUCCESS', title: 'makes a pool at the top', run: prepared(create('Backup')) },
  {
    symbol: 'ERROR_SUCCESS',
    title: 'makes a pool without security attributes, media or a security descriptor',
    parameter: 'lpSecurityAttributes',
    run: prepared(
      () =>
        ({ api, session }) =>
          api.CreateNtmsMediaPool(session, 'Backup', null, NTMS_CREATE_NEW, { lpSecurityDescriptor: null }),
    ),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user without control right on the root pool',
    right: 'media pool',
    run: byGuest(create('Backup')),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user whom the pool above denies control',
    right: 'media pool',
    run: byGuest(create('Backup\\Weekly'), async (library) => {
      denyGuest(library, library.store.wellKnown.rootPool, 0);
      denyGuest(library, await newPool(library, 'Backup'), NTMS_CONTROL_ACCESS);
    }),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'does not open a pool for a user who may not use it',
    right: 'media pool',
    run: byGuest(after('Backup', create('Backup', NTMS_OPEN_ALWAYS))),
  },
  {
    symbol: 'ERROR_ALREADY_EXISTS',
    title: 'refuses to make a pool a second time',
    parameter: 'dwAction',
    run: prepared(after('Backup', create('Backup'))),
  },
  {
    symbol: 'ERROR_ALREADY_EXISTS',
    title: 'refuses a name that differs in upper and lower case only',
    run: prepared(after('Backup', create('backUP'))),
  },
  {
    symbol: 'ERROR_ALREADY_EXISTS',
    title: 'refuses to make a free pool',
    run: prepared(create('Free')),
  },
  damaged(create('Backup'), 'media_pools'),
  withoutRoom(create('Backup'), 'media_pools', 'INSERT'),
  ...badHandles(create('Backup')),
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a media type that nobody knows',
    parameter: 'lpMediaType',
    run: prepared(
      () =>
        ({ api, session }) =>
          api.CreateNtmsMediaPool(session, 'Backup', NOBODY, NTMS_CREATE_NEW, null),
    ),
  },
  ...(
    [
      ['an empty name', ''],
      ['a separator alone', '\\'],
      ['an empty level', 'Backup\\\\Weekly'],
      ['a separator at the end', 'Backup\\'],
      ['a level of blanks', 'Backup\\  '],
      ['a level of 64 characters', 'x'.repeat(64)],
      ['a path of 512 characters', `${'x'.repeat(63)}\\`.repeat(9).slice(0, 512 + 3)],
      ['a control character', 'Back\u0007up'],
    ] as const
  ).map(([what, name]) => ({
    symbol: 'ERROR_INVALID_NAME' as const,
    title: `refuses ${what}`,
    parameter: 'lpPoolName' as const,
    run: prepared(create(name)),
  })),
  {
    symbol: 'ERROR_INVALID_NAME',
    title: 'refuses a pool beneath a pool of the system',
    run: prepared(create('Import\\Backup')),
  },
  {
    symbol: 'ERROR_INVALID_NAME',
    title: 'refuses a pool beneath one that holds media',
    run: prepared(async (library, t) => {
      await newPool(library, 'Backup', typeOf(library, 'ORS001L8').id);
      return create('Backup\\Weekly')(library, t);
    }),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses no name',
    parameter: 'lpPoolName',
    run: prepared(create(null)),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses an empty media type',
    parameter: 'lpMediaType',
    run: prepared(
      () =>
        ({ api, session }) =>
          api.CreateNtmsMediaPool(session, 'Backup', '', NTMS_CREATE_NEW, null),
    ),
  },
  ...[0, 4, -1].map((action) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses action ${action}`,
    parameter: 'dwAction' as const,
    run: prepared(create('Backup', action)),
  })),
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'opens no pool that is not there',
    parameter: 'dwAction',
    run: prepared(create('Backup', NTMS_OPEN_EXISTING)),
  },
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'makes no pool beneath one that is not there',
    run: prepared(create('Backup\\Weekly', NTMS_OPEN_ALWAYS)),
  },
]);

const getName =
  (size: number | null): Prepare =>
  async (library) => {
    const id = await newPool(library, 'Backup');
    return ({ api, session }) => api.GetNtmsMediaPoolName(session, id, size);
  };

export const getNtmsMediaPoolNameCodes = returnCodesOf('GetNtmsMediaPoolName', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'tells the name where the room is just enough',
    parameter: 'lpdwBufSize',
    run: prepared(getName('Backup'.length + 1)),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may not use the pool',
    right: 'media pool',
    run: byGuest(getName(null)),
  },
  {
    symbol: 'ERROR_INSUFFICIENT_BUFFER',
    title: 'finds no room for the closing null',
    parameter: 'lpdwBufSize',
    run: prepared(getName('Backup'.length)),
  },
  ...badHandles(getName(null)),
  ...[NOBODY, '', null].map((id) => ({
    symbol: 'ERROR_INVALID_MEDIA_POOL' as const,
    title: `refuses ${id === NOBODY ? 'an id that no pool has' : `the id ${JSON.stringify(id)}`}`,
    parameter: 'lpPoolId' as const,
    run: prepared(
      () =>
        ({ api, session }) =>
          api.GetNtmsMediaPoolName(session, id as string, null),
    ),
  })),
  ...[-1, 1.5].map((size) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses room for ${size} characters`,
    parameter: 'lpdwBufSize' as const,
    run: prepared(getName(size)),
  })),
  withoutMemory(getName(null), 'media_pools'),
]);

const poolAt = ({ store }: VirtualLibrary, name: string) => store.table('mediaPools').find({ name })?.id ?? '';

const remove: Prepare = async (library) => {
  const id = await newPool(library, 'Backup');
  return ({ api, session }) => api.DeleteNtmsMediaPool(session, id);
};
const removing =
  (find: (library: VirtualLibrary) => string): Prepare =>
  (library) =>
  ({ api, session }) =>
    api.DeleteNtmsMediaPool(session, find(library));

export const deleteNtmsMediaPoolCodes = returnCodesOf('DeleteNtmsMediaPool', [
  { symbol: 'ERROR_SUCCESS', title: 'deletes an empty pool', run: prepared(remove) },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user without modify right on the pool',
    right: 'media pool',
    run: byGuest(remove, (library) => denyGuest(library, poolAt(library, 'Backup'), NTMS_MODIFY_ACCESS)),
  },
  damaged(remove, 'media_pools'),
  ...badHandles(remove),
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses an id that no pool has',
    parameter: 'lpPoolId',
    run: prepared(removing(() => NOBODY)),
  },
  ...(['rootPool', 'free', 'import', 'unrecognized'] as const).map((name) => ({
    symbol: 'ERROR_INVALID_MEDIA_POOL' as const,
    title: `does not delete the system's ${name}`,
    run: prepared(removing(({ store }) => store.wellKnown[name])),
  })),
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: "does not delete a media type's free pool",
    run: prepared(removing((library) => systemPool(library, 'SCRATCH', typeOf(library, 'ORS001L8').id).id)),
  },
  ...[null, ''].map((id) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses the pool ${JSON.stringify(id)}`,
    parameter: 'lpPoolId' as const,
    run: prepared(removing(() => id as string)),
  })),
  {
    symbol: 'ERROR_NOT_EMPTY',
    title: 'refuses a pool that holds a cartridge',
    run: prepared(async (library, t) => {
      const { pool } = await inApplicationPool(library, 'ORS001L8');
      return removing(() => pool)(library, t);
    }),
  },
  {
    symbol: 'ERROR_NOT_EMPTY',
    title: 'refuses a pool that holds a pool',
    run: prepared(remove, (library) => newPool(library, 'Backup\\Weekly')),
  },
  withoutMemory(remove, 'media_pools'),
]);
