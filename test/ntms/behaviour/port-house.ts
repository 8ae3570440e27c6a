import type { LibRequestRow, PortRow } from '../../../src/objects/rows.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';

/** The first port of a library. */
export function port({ store }: VirtualLibrary): PortRow {
  const [row] = store.table('ports').list();
  if (row === undefined) throw new Error('the library has no port');
  return row;
}

/** Puts a cartridge into one of the pools that the system keeps for its type, or into one of an application. */
export function fileInto(library: VirtualLibrary, barCode: string, poolType: number): string {
  const { store } = library;
  const { id, mediaType } = library.medium(barCode);
  const pool =
    store.table('mediaPools').find({ poolType, mediaType }) ??
    store.table('mediaPools').insert({ poolType, mediaType, name: `pool ${poolType}` });
  store.table('physicalMedia').update(id, { mediaPool: pool.id });
  return id;
}

/** The next request as it is stored first. */
export function firstRequest({ store }: VirtualLibrary): () => LibRequestRow | undefined {
  let first: LibRequestRow | undefined;
  store.onChange(({ id }) => {
    first ??= store.table('libRequests').get(id);
  });
  return () => first;
}

const APPLICATION = 1000;

/** Gives a cartridge to a pool of an application. */
export function ofApplication(library: VirtualLibrary): string {
  return fileInto(library, 'ORS001L8', APPLICATION);
}
