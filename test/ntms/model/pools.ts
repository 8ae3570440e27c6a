import { done, known, refused, type Expected } from './expected.js';
import {
  CONTROL,
  EVERYTHING,
  listOf,
  may,
  MODIFY,
  sidesOf,
  USE,
  WRITE_DAC,
  type Grant,
  type ModelMedium,
  type ModelPool,
  type ModelUser,
  type World,
} from './world.js';

/** Pools: made, opened, removed, renamed, given rights; cartridges moved between them (MS-RSMP 3.2.5.2.2.10 to 13). */

export type PoolAction = 'open' | 'new' | 'always';

export function createPool(
  world: World,
  user: ModelUser,
  path: readonly string[],
  type: string | null,
  action: PoolAction,
): Expected {
  let parent: ModelPool | undefined = world.pools.get(world.root);
  for (const level of path.slice(0, -1)) parent = beneath(world, parent, level);
  const name = path.at(-1) ?? '';
  const there = beneath(world, parent, name);
  if (there !== undefined && action !== 'new') {
    if (!may(world, user, there.id, USE)) return refused('ERROR_ACCESS_DENIED');
    return { apply: (result) => (result === there.id ? undefined : `another pool was opened than ${path.join('/')}`) };
  }
  if (parent === undefined || (there === undefined && action === 'open')) return refused('ERROR_OBJECT_NOT_FOUND');
  if (![world.root, parent.id].every((id) => may(world, user, id, CONTROL))) return refused('ERROR_ACCESS_DENIED');
  if (there !== undefined) return refused('ERROR_ALREADY_EXISTS');
  if (parent.id !== world.root && (parent.kind !== 'application' || parent.type !== null)) {
    return refused('ERROR_INVALID_NAME');
  }
  const above = parent;
  return {
    apply: (result) => {
      const id = String(result);
      if (world.pools.has(id)) return 'a new pool has the id of another one';
      const me = `user:${user.name}`;
      const inherited = above.id === world.root ? [] : listOf(world, above.id);
      world.lists.set(id, [
        ...inherited.filter(({ trustee }) => trustee !== me),
        { trustee: me, mask: EVERYTHING, deny: false },
      ]);
      const plain = { draws: false, gives: false, maxAllocates: 0 };
      world.pools.set(id, { id, kind: 'application', name, parent: above.id, type, owner: me, ...plain });
      return undefined;
    },
  };
}

export function deletePool(world: World, user: ModelUser, id: string): Expected {
  const pool = world.pools.get(id);
  if (pool === undefined) return refused('ERROR_INVALID_MEDIA_POOL');
  if (!may(world, user, id, MODIFY)) return refused('ERROR_ACCESS_DENIED');
  if (pool.kind !== 'application') return refused('ERROR_INVALID_MEDIA_POOL');
  const holds =
    [...world.media.values()].some((medium) => medium.pool === id) ||
    [...world.pools.values()].some(({ parent }) => parent === id);
  if (holds) return refused('ERROR_NOT_EMPTY');
  return done(() => {
    world.pools.delete(id);
    world.lists.delete(id);
    for (const key of world.attributes.keys()) if (key.startsWith(`${id} `)) world.attributes.delete(key);
  });
}

export function poolName(world: World, user: ModelUser, id: string): Expected {
  const pool = world.pools.get(id);
  if (pool === undefined) return refused('ERROR_INVALID_MEDIA_POOL');
  if (!may(world, user, id, USE)) return refused('ERROR_ACCESS_DENIED');
  const levels: string[] = [];
  for (let one: ModelPool | undefined = pool; one !== undefined && one.id !== world.root;) {
    levels.unshift(one.name);
    one = one.parent === null ? undefined : world.pools.get(one.parent);
  }
  const wanted = levels.join('\\');
  return { apply: (result) => (result === wanted ? undefined : `the path is ${String(result)}, not ${wanted}`) };
}

export interface PoolSettings {
  readonly name: string;
  readonly draws: boolean;
  readonly gives: boolean;
  readonly maxAllocates: number;
}

export function setPool(world: World, user: ModelUser, id: string, settings: PoolSettings): Expected {
  const pool = known(world.pools, id);
  if (!may(world, user, id, MODIFY)) return refused('ERROR_ACCESS_DENIED');
  const twin = beneath(world, pool.parent === null ? undefined : world.pools.get(pool.parent), settings.name);
  if (twin !== undefined && twin !== pool) return refused('ERROR_INVALID_PARAMETER');
  return done(() => Object.assign(pool, settings));
}

export function setRights(world: World, user: ModelUser, id: string, list: readonly Grant[] | null): Expected {
  if (!world.pools.has(id)) return refused('ERROR_OBJECT_NOT_FOUND');
  if (!may(world, user, id, WRITE_DAC)) return refused('ERROR_ACCESS_DENIED');
  return done(() => (list === null ? world.lists.delete(id) : world.lists.set(id, list)));
}

export function moveToPool(world: World, user: ModelUser, medium: ModelMedium, poolId: string): Expected {
  const destination = world.pools.get(poolId);
  if (destination === undefined) return refused('ERROR_INVALID_MEDIA_POOL');
  const source = known(world.pools, medium.pool);
  for (const pool of [source, destination]) {
    if (!may(world, user, pool.id, pool.kind === 'free' ? USE : CONTROL)) return refused('ERROR_ACCESS_DENIED');
  }
  const sides = sidesOf(world, medium.id);
  const stays = source.id === destination.id;
  const rule =
    destination.type === null ||
    (!stays &&
      (destination.kind === 'unrecognized' ||
        ((source.kind === 'unrecognized' || source.kind === 'import') && destination.kind !== 'free') ||
        (destination.kind === 'free' && sides.some(({ state }) => isOwned(state))) ||
        (destination.kind === 'import' && sides.some(({ state }) => state !== 'import'))));
  if (rule) return refused('ERROR_INVALID_MEDIA_POOL');
  if (medium.type !== destination.type) return refused('ERROR_MEDIA_INCOMPATIBLE');
  if (stays) return done();
  const lost = destination.kind === 'free' && sides.some(({ state }) => state === 'decommissioned');
  if (medium.mounted !== null || !medium.enabled || lost) return refused('ERROR_BUSY');
  return done(() => {
    medium.pool = destination.id;
    if (destination.kind === 'free') for (const side of sides) side.state = 'available';
  });
}

export function isOwned(state: string): boolean {
  return state === 'allocated' || state === 'complete' || state === 'reserved';
}

function beneath(world: World, parent: ModelPool | undefined, name: string): ModelPool | undefined {
  return [...world.pools.values()].find((pool) => pool.parent === parent?.id && pool.name === name);
}
