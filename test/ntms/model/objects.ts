import { done, refused, type Expected } from './expected.js';
import { sideOfLogical } from './media.js';
import { CONTROL, may, MODIFY, USE, type ModelUser, type World } from './world.js';

/** Attributes, and questions to a person (MS-RSMP 3.2.5.2.5, 3.2.5.2.6). */

export function setAttribute(
  world: World,
  user: ModelUser,
  object: string,
  name: string,
  value: string | null,
): Expected {
  const governing = poolOver(world, object);
  if (governing === undefined) return refused('ERROR_OBJECT_NOT_FOUND');
  if (!may(world, user, governing, MODIFY)) return refused('ERROR_ACCESS_DENIED');
  const key = `${object} ${name}`;
  return done(() => (value === null ? world.attributes.delete(key) : world.attributes.set(key, value)));
}

export function getAttribute(world: World, user: ModelUser, object: string, name: string): Expected {
  const governing = poolOver(world, object);
  if (governing === undefined) return refused('ERROR_OBJECT_NOT_FOUND');
  if (!may(world, user, governing, USE)) return refused('ERROR_ACCESS_DENIED');
  const value = world.attributes.get(`${object} ${name}`);
  if (value === undefined) return refused('ERROR_OBJECT_NOT_FOUND');
  return { apply: (result) => (result === value ? undefined : `attribute ${name} is ${String(result)}, not ${value}`) };
}

export function ask(world: World, user: ModelUser): Expected {
  if (!may(world, user, world.computer, USE)) return refused('ERROR_ACCESS_DENIED');
  return {
    apply: (result) => {
      world.questions.set(String(result), 'open');
      return undefined;
    },
  };
}

export function answer(world: World, user: ModelUser, id: string, how: 'complete' | 'refused'): Expected {
  const state = world.questions.get(id);
  if (state === undefined) return refused('ERROR_OBJECT_NOT_FOUND');
  if (!may(world, user, world.computer, CONTROL)) return refused('ERROR_ACCESS_DENIED');
  if (state !== 'open') return refused(how === 'complete' ? 'ERROR_OBJECT_NOT_FOUND' : 'ERROR_INVALID_STATE');
  return done(() => world.questions.set(id, how));
}

export function look(world: World, user: ModelUser, id: string): Expected {
  const state = world.questions.get(id);
  if (state === undefined) return refused('ERROR_OBJECT_NOT_FOUND');
  if (!may(world, user, world.computer, USE)) return refused('ERROR_ACCESS_DENIED');
  if (state === 'open') return refused('ERROR_TIMEOUT');
  return state === 'complete' ? done() : refused('ERROR_CANCELLED');
}

/** The pool whose rights count for a pool, a cartridge, a side or a logical medium. */
function poolOver(world: World, object: string): string | undefined {
  if (world.pools.has(object)) return object;
  const medium = world.media.get(object) ?? world.media.get(world.sides.get(object)?.medium ?? '');
  return medium?.pool ?? world.media.get(sideOfLogical(world, object)?.medium ?? '')?.pool;
}
