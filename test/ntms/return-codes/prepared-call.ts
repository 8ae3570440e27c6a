import type { Test } from 'tap';
import { VirtualLibrary } from '../../library/virtual-library.js';
import type { VirtualLibraryOptions } from '../../library/virtual-library.js';
import { damageTable, runOutOfMemory } from '../broken-database.js';
import { leaveNoRoomFor } from '../full-database.js';
import { guestOf } from '../house.js';
import type { ApiCaller } from '../house.js';

/** One right call, by whoever is given. */
export type Call = (caller: ApiCaller) => Promise<unknown>;

/** Makes all that a right call needs. */
export type Prepare = (library: VirtualLibrary, t: Test) => Call | Promise<Call>;

type Run = (t: Test) => Promise<() => Promise<unknown>>;

/** A prepared call, after something was done to the house. */
export function prepared(
  prepare: Prepare,
  then: (library: VirtualLibrary, t: Test) => unknown = () => undefined,
  options: VirtualLibraryOptions = {},
): Run {
  return async (t) => {
    const library = await VirtualLibrary.open(t, options);
    const call = await prepare(library, t);
    await then(library, t);
    return () => call(library);
  };
}

/** A prepared call, made by the guest after something was done to the house. */
export function byGuest(prepare: Prepare, then: (library: VirtualLibrary) => unknown = () => undefined): Run {
  return async (t) => {
    const library = await VirtualLibrary.open(t);
    const call = await prepare(library, t);
    await then(library);
    const guest = await guestOf(library);
    return () => call(guest);
  };
}

export const badHandles = (prepare: Prepare) =>
  [
    {
      symbol: 'ERROR_INVALID_HANDLE' as const,
      title: 'refuses a closed session',
      parameter: 'hSession' as const,
      run: prepared(prepare, ({ api, session }) => api.CloseNtmsSession(session)),
    },
    {
      symbol: 'ERROR_INVALID_HANDLE' as const,
      title: 'refuses a null handle',
      parameter: 'hSession' as const,
      run: prepared(async (library, t) => {
        const call = await prepare(library, t);
        return ({ api }) => call({ api, session: null as never });
      }),
    },
  ] as const;

export const damaged = (prepare: Prepare, table: string) => ({
  symbol: 'ERROR_DATABASE_FAILURE' as const,
  title: 'meets a damaged page of the database',
  run: prepared(prepare, (library) => damageTable(library, table)),
});

export const withoutRoom = (prepare: Prepare, table: string, operation: 'INSERT' | 'UPDATE' | 'DELETE') => ({
  symbol: 'ERROR_DATABASE_FULL' as const,
  title: 'finds no room for what it writes',
  run: prepared(prepare, (library) => leaveNoRoomFor(library, table, operation)),
});

export const withoutMemory = (prepare: Prepare, table: string) => ({
  symbol: 'ERROR_NOT_ENOUGH_MEMORY' as const,
  title: 'cannot get the memory to look at its objects',
  run: prepared(prepare, (library) => runOutOfMemory(library, table)),
});
