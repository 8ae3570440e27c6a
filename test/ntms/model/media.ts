import { done, known, refused, type Expected } from './expected.js';
import { isOwned } from './pools.js';
import {
  CONTROL,
  freePoolFor,
  may,
  MODIFY,
  sidesOf,
  USE,
  type ModelMedium,
  type ModelPool,
  type ModelSide,
  type ModelUser,
  type World,
} from './world.js';

/** Sides and cartridges: allocated, given back, mounted, switched off, taken out (MS-RSMP 3.2.5.2.2, 3.2.5.2.3). */

export interface Wish {
  readonly pool: string;
  readonly side: string | null;
  /** NTMS_ALLOCATE_NEXT: a logical medium of the caller's. */
  readonly nextOf: string | null;
  /** NTMS_ALLOCATE_NEW. */
  readonly whole: boolean;
}

export function allocate(world: World, user: ModelUser, wish: Wish): Expected {
  const pool = world.pools.get(wish.pool);
  if (pool === undefined) return refused('ERROR_INVALID_MEDIA_POOL');
  const mayTake = (from: ModelPool): boolean => may(world, user, from.id, from.kind === 'free' ? USE : CONTROL);
  const owned = wish.nextOf === null ? undefined : sideOfLogical(world, wish.nextOf);
  if (wish.nextOf !== null && owned === undefined) return refused('ERROR_INVALID_MEDIA');
  if (!mayTake(pool)) return refused('ERROR_ACCESS_DENIED');
  if (pool.kind !== 'application' || pool.type === null) return refused('ERROR_INVALID_MEDIA_POOL');
  if (owned !== undefined) return nextSide(world, pool, owned, mayTake);
  if (wish.side !== null) return namedSide(world, pool, known(world.sides, wish.side), wish.whole, mayTake);
  const own = candidates(world, pool, wish.whole);
  if (own.length > 0) return oneOf(world, pool, own, wish.whole);
  const free = freePoolFor(world, pool.type);
  if (!pool.draws || free === undefined) return refused('ERROR_MEDIA_UNAVAILABLE');
  if (!mayTake(free)) return refused('ERROR_ACCESS_DENIED');
  const given = candidates(world, free, wish.whole);
  return given.length > 0 ? oneOf(world, pool, given, wish.whole) : refused('ERROR_MEDIA_UNAVAILABLE');
}

function candidates(world: World, pool: ModelPool, whole: boolean): ModelSide[] {
  const media = [...world.media.values()].filter(
    ({ pool: id, online, enabled }) => id === pool.id && online && enabled,
  );
  return media.flatMap(({ id }) => {
    const sides = sidesOf(world, id);
    if (whole && sides.some(({ state }) => isOwned(state))) return [];
    return sides.filter(({ state }) => state === 'available');
  });
}

function nextSide(world: World, pool: ModelPool, owned: ModelSide, mayTake: (from: ModelPool) => boolean): Expected {
  const medium = known(world.media, owned.medium);
  if (!mayTake(known(world.pools, medium.pool))) return refused('ERROR_ACCESS_DENIED');
  if (medium.pool !== pool.id) return refused('ERROR_INVALID_MEDIA');
  if (!medium.online) return refused('ERROR_MEDIA_OFFLINE');
  if (!medium.enabled) return refused('ERROR_MEDIA_UNAVAILABLE');
  const others = sidesOf(world, medium.id).filter(({ id }) => id !== owned.id);
  const found = ['reserved', 'available'].flatMap((wanted) => others.find(({ state }) => state === wanted) ?? [])[0];
  return found === undefined ? refused('ERROR_MEDIA_UNAVAILABLE') : oneOf(world, pool, [found], false);
}

function namedSide(
  world: World,
  pool: ModelPool,
  side: ModelSide,
  whole: boolean,
  mayTake: (from: ModelPool) => boolean,
): Expected {
  const medium = known(world.media, side.medium);
  const source = known(world.pools, medium.pool);
  if (!mayTake(source)) return refused('ERROR_ACCESS_DENIED');
  if (!medium.online) return refused('ERROR_MEDIA_OFFLINE');
  const siblings = sidesOf(world, medium.id).filter(({ id }) => id !== side.id);
  const cannot =
    !medium.enabled ||
    (side.state !== 'available' && side.state !== 'import') ||
    (whole && siblings.some(({ state }) => isOwned(state))) ||
    (source.id !== pool.id &&
      (medium.type !== pool.type || source.kind === 'application' || (source.kind === 'free' && !pool.draws)));
  return cannot ? refused('ERROR_MEDIA_UNAVAILABLE') : oneOf(world, pool, [side], whole);
}

/** Which of several is a matter of taste; the result names it. */
function oneOf(world: World, pool: ModelPool, sides: readonly ModelSide[], whole: boolean): Expected {
  return {
    apply: (result) => {
      const { logical, side: id, from } = result as { logical: string; side: string | undefined; from: string };
      const side = sides.find((one) => one.id === id);
      if (side === undefined) return 'a side was given that is none of those that may be';
      const medium = known(world.media, side.medium);
      if (from !== medium.pool) return 'AllocatedFrom is not the pool that the cartridge was in';
      Object.assign(side, { state: 'allocated', allocations: side.allocations + 1, logical });
      medium.pool = pool.id;
      if (!whole) return undefined;
      for (const sibling of sidesOf(world, medium.id)) if (sibling.state === 'available') sibling.state = 'reserved';
      return undefined;
    },
  };
}

export function deallocate(world: World, user: ModelUser, logical: string): Expected {
  const side = sideOfLogical(world, logical);
  if (side === undefined) return refused('ERROR_INVALID_MEDIA');
  const medium = known(world.media, side.medium);
  const pool = known(world.pools, medium.pool);
  const free = freePoolFor(world, medium.type);
  if (!may(world, user, pool.id, CONTROL)) return refused('ERROR_ACCESS_DENIED');
  if (pool.gives && free !== undefined && !may(world, user, free.id, USE)) return refused('ERROR_ACCESS_DENIED');
  if (medium.mounted === side.id) return refused('ERROR_BUSY');
  const wornOut = pool.maxAllocates > 0 && side.allocations >= pool.maxAllocates;
  const others = sidesOf(world, medium.id).filter((one) => one !== side);
  const isLast = !others.some(({ state }) => state === 'allocated' || state === 'complete');
  const usable = !wornOut || others.some(({ state }) => state !== 'decommissioned');
  const leaves = pool.gives && free !== undefined && isLast && usable;
  // The cartridge goes with all its sides.
  if (leaves && medium.mounted !== null) return refused('ERROR_BUSY');
  return done(() => {
    Object.assign(side, { state: wornOut ? 'decommissioned' : 'available', logical: null });
    forgetAttributes(world, logical);
    if (isLast) for (const one of others) if (one.state === 'reserved') one.state = 'available';
    if (leaves) medium.pool = free.id;
  });
}

export function swap(world: World, user: ModelUser, first: string, second: string): Expected {
  const [one, other] = [sideOfLogical(world, first), sideOfLogical(world, second)];
  if (one === undefined || other === undefined) return refused('ERROR_INVALID_MEDIA');
  const media = [known(world.media, one.medium), known(world.media, other.medium)];
  if (!media.every(({ pool }) => may(world, user, pool, MODIFY))) return refused('ERROR_ACCESS_DENIED');
  if (first === second) return refused('ERROR_INVALID_MEDIA');
  if (media[0]?.pool !== media[1]?.pool) return refused('ERROR_INVALID_MEDIA_POOL');
  if (one.state !== 'allocated' || other.state !== 'allocated') return refused('ERROR_INVALID_STATE');
  if (media.some(({ mounted }) => mounted !== null)) return refused('ERROR_INVALID_MEDIA');
  return done(() => {
    one.logical = second;
    other.logical = first;
  });
}

export function complete(world: World, user: ModelUser, logical: string): Expected {
  const side = sideOfLogical(world, logical);
  if (side === undefined) return refused('ERROR_INVALID_MEDIA');
  const medium = known(world.media, side.medium);
  if (!may(world, user, medium.pool, CONTROL)) return refused('ERROR_ACCESS_DENIED');
  if (medium.mounted === side.id || side.state !== 'allocated') return refused('ERROR_INVALID_STATE');
  return done(() => void (side.state = 'complete'));
}

export function decommission(world: World, user: ModelUser, side: ModelSide): Expected {
  if (!may(world, user, known(world.media, side.medium).pool, CONTROL)) return refused('ERROR_ACCESS_DENIED');
  if (side.state !== 'available') return refused('ERROR_INVALID_STATE');
  return done(() => void (side.state = 'decommissioned'));
}

export function mount(world: World, user: ModelUser, side: ModelSide): Expected {
  const medium = known(world.media, side.medium);
  const place = medium.online ? world.library : world.shelf;
  if (!may(world, user, medium.pool, USE) || !may(world, user, place, USE)) return refused('ERROR_ACCESS_DENIED');
  if (!medium.enabled) return refused('ERROR_RESOURCE_DISABLED');
  if (!medium.online) return refused('ERROR_MEDIA_OFFLINE');
  const inUse = [...world.media.values()].filter(({ mounted }) => mounted !== null).length;
  if (medium.mounted !== null || medium.disableLater || inUse >= world.drives) return refused('ERROR_BUSY');
  return done(() => void (medium.mounted = side.id));
}

export function dismount(world: World, user: ModelUser, side: ModelSide): Expected {
  const medium = known(world.media, side.medium);
  const place = medium.online ? world.library : world.shelf;
  if (!may(world, user, medium.pool, USE) || !may(world, user, place, USE)) return refused('ERROR_ACCESS_DENIED');
  if (!medium.online) return refused('ERROR_MEDIA_OFFLINE');
  if (!medium.enabled) return refused('ERROR_MEDIA_NOT_AVAILABLE');
  if (medium.mounted === null) return refused('ERROR_INVALID_STATE');
  return done(() => {
    medium.mounted = null;
    if (medium.disableLater) Object.assign(medium, { enabled: false, disableLater: false });
  });
}

export function switchMedium(world: World, user: ModelUser, medium: ModelMedium, enabled: boolean): Expected {
  if (!may(world, user, medium.online ? world.library : world.shelf, MODIFY)) return refused('ERROR_ACCESS_DENIED');
  if (medium.enabled === enabled || (medium.disableLater && !enabled)) return refused('ERROR_INVALID_STATE');
  return done(() => Object.assign(medium, medium.mounted === null ? { enabled } : { disableLater: true }));
}

/** With a person who takes it. */
export function eject(world: World, user: ModelUser, medium: ModelMedium): Expected {
  if (!may(world, user, medium.online ? world.library : world.shelf, CONTROL)) return refused('ERROR_ACCESS_DENIED');
  if (!medium.online) return refused('ERROR_LIBRARY_OFFLINE');
  if (!medium.enabled) return refused('ERROR_MEDIA_NOT_AVAILABLE');
  if (medium.mounted !== null) return refused('ERROR_BUSY');
  return done(() => {
    medium.online = false;
    // Of what nobody could read nothing is kept (MS-RSMP 3.2.5.2.1.1).
    if (world.pools.get(medium.pool)?.kind !== 'unrecognized') return;
    for (const { id } of [medium, ...sidesOf(world, medium.id)]) {
      world.media.delete(id);
      world.sides.delete(id);
      forgetAttributes(world, id);
    }
  });
}

/** With a person who puts one in that lies outside. */
export function inject(world: World, user: ModelUser, medium: ModelMedium): Expected {
  if (!may(world, user, world.library, CONTROL)) return refused('ERROR_ACCESS_DENIED');
  return done(() => void (medium.online = true));
}

export function forgetAttributes(world: World, object: string): void {
  for (const key of world.attributes.keys()) if (key.startsWith(`${object} `)) world.attributes.delete(key);
}

export function sideOfLogical(world: World, logical: string): ModelSide | undefined {
  return [...world.sides.values()].find((side) => side.logical === logical);
}
