import { hostname } from 'node:os';
import { NtmsLibraryFlags, NtmsLibraryType, NtmsPoolType } from './ntmsapi/index.js';
import { NtmsError } from './ntms-error.js';
import type { NewRowOf, RowOf } from './object-kinds.js';
import type { ObjectTables } from './object-table.js';

/** Pools that every server has, one leaf in each for every media type. */
export interface SystemPools<Pool> {
  readonly free: Pool;
  readonly unrecognized: Pool;
  readonly import: Pool;
}

/** Identifiers of the objects that exist from the start and are never removed. */
export interface WellKnownObjects extends SystemPools<string> {
  readonly computer: string;
  readonly offlineLibrary: string;
  readonly rootPool: string;
}

const systemPools = [
  { key: 'free', name: 'Free', poolType: NtmsPoolType.NTMS_POOLTYPE_SCRATCH },
  { key: 'unrecognized', name: 'Unrecognized', poolType: NtmsPoolType.NTMS_POOLTYPE_FOREIGN },
  { key: 'import', name: 'Import', poolType: NtmsPoolType.NTMS_POOLTYPE_IMPORT },
] as const;

/** Makes what a server has before any library is attached. Does nothing when it is there already. */
export function addFirstContents(store: ObjectTables, computerName = hostname()): void {
  store.transaction(() => {
    if (store.table('computers').count() > 0) return;
    store.table('computers').insert({ name: computerName });
    store.table('libraries').insert({
      name: 'Offline Library',
      libraryType: NtmsLibraryType.NTMS_LIBRARYTYPE_OFFLINE,
      flags: NtmsLibraryFlags.NTMS_LIBRARYFLAG_FIXEDOFFLINE,
    });
    const root = store
      .table('mediaPools')
      .insert({ name: 'Media Pools', poolType: NtmsPoolType.NTMS_POOLTYPE_UNKNOWN, parent: null });
    for (const { name, poolType } of systemPools) {
      store.table('mediaPools').insert({ name, poolType, parent: root.id });
    }
  });
}

/** Finds the objects that {@link addFirstContents} made; names may have been changed, so kinds and places tell. */
export function wellKnownObjects(store: ObjectTables): WellKnownObjects {
  const rootPool = only(store.table('mediaPools').find({ parent: null }), 'root media pool');
  const top = (poolType: number): string =>
    only(store.table('mediaPools').find({ parent: rootPool, poolType, mediaType: null }), `pool of type ${poolType}`);
  return {
    computer: only(store.table('computers').find({}), 'computer'),
    offlineLibrary: only(
      store.table('libraries').find({ libraryType: NtmsLibraryType.NTMS_LIBRARYTYPE_OFFLINE }),
      'offline library',
    ),
    rootPool,
    free: top(NtmsPoolType.NTMS_POOLTYPE_SCRATCH),
    unrecognized: top(NtmsPoolType.NTMS_POOLTYPE_FOREIGN),
    import: top(NtmsPoolType.NTMS_POOLTYPE_IMPORT),
  };
}

/**
 * The media type of that name with its free, unrecognized and import pool; what is missing of them is made. A type that
 * exists keeps its other columns.
 */
export function ensureMediaType(
  store: ObjectTables,
  parents: SystemPools<string>,
  type: NewRowOf<'mediaTypes'> & { readonly name: string },
): { mediaType: RowOf<'mediaTypes'>; pools: SystemPools<RowOf<'mediaPools'>> } {
  return store.transaction(() => {
    const mediaType = store.table('mediaTypes').find({ name: type.name }) ?? store.table('mediaTypes').insert(type);
    const pools = systemPools.map(({ key, poolType }) => {
      const leaf = { parent: parents[key], poolType, mediaType: mediaType.id };
      const pool =
        store.table('mediaPools').find(leaf) ?? store.table('mediaPools').insert({ ...leaf, name: mediaType.name });
      return [key, pool] as const;
    });
    return { mediaType, pools: Object.fromEntries(pools) as unknown as SystemPools<RowOf<'mediaPools'>> };
  });
}

function only(row: { readonly id: string } | undefined, what: string): string {
  if (row !== undefined) return row.id;
  throw new NtmsError('ERROR_DATABASE_FAILURE', `the database has no ${what}. Import the last exported database`);
}
