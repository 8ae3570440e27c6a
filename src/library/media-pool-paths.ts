import { NtmsLength } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { MediaPoolRow } from '../objects/rows.js';

/** Between the levels of a pool's path: `Backup\Weekly`. */
const separator = '\\';

/** A text with these would be shown as another one than it is. */
// oxlint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u001f\u007f]/;

/** Whether a pool may have this name: one level of a path. */
export function isPoolName(name: string): boolean {
  return (
    name.trim() !== '' &&
    name.length < NtmsLength.NTMS_OBJECTNAME_LENGTH &&
    !name.includes(separator) &&
    !controlCharacters.test(name)
  );
}

/**
 * The levels of a path, from the top; one separator in front means nothing. Undefined for what is no path: an empty level,
 * a level of 64 characters or more, a path of 512 or more.
 */
export function poolPathLevels(path: string): readonly [string, ...string[]] | undefined {
  if (path.length >= NtmsLength.NTMS_POOLHIERARCHY_LENGTH) return undefined;
  const [first = '', ...others] = (path.startsWith(separator) ? path.slice(1) : path).split(separator);
  return [first, ...others].every(isPoolName) ? [first, ...others] : undefined;
}

/** The pool of that name directly beneath another. Names that differ in upper and lower case only are the same name. */
export function poolBeneath(store: ObjectStore, parent: string, name: string): MediaPoolRow | undefined {
  const wanted = name.toUpperCase();
  return store
    .table('mediaPools')
    .list({ parent })
    .find((pool) => pool.name.toUpperCase() === wanted);
}

/** The pool at the end of a path, and the one above it; undefined where there is none. */
export function findPool(
  store: ObjectStore,
  levels: readonly [string, ...string[]],
): { readonly parent: MediaPoolRow | undefined; readonly pool: MediaPoolRow | undefined } {
  let parent: MediaPoolRow | undefined;
  let pool: MediaPoolRow | undefined = store.table('mediaPools').require(store.wellKnown.rootPool);
  for (const level of levels) {
    parent = pool;
    pool = parent && poolBeneath(store, parent.id, level);
  }
  return { parent, pool };
}

/** The path under which {@link findPool} finds a pool; the root pool, which no path names, is told by its own name. */
export function poolPath(store: ObjectStore, pool: MediaPoolRow): string {
  const { rootPool } = store.wellKnown;
  if (pool.id === rootPool) return pool.name;
  const names = [pool.name];
  const seen = new Set([pool.id]);
  for (let { parent } = pool; parent !== null && parent !== rootPool && !seen.has(parent);) {
    seen.add(parent);
    const above = store.table('mediaPools').get(parent);
    if (above === undefined) break;
    names.unshift(above.name);
    parent = above.parent;
  }
  return names.join(separator);
}
