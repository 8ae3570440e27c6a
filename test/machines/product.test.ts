import t from 'tap';
import { happenings } from './product-actions.js';
import { drives, firstWorld, keyOf, media, Moment, places } from './product-world.js';
import type { World } from './product-world.js';

interface Explored {
  readonly worlds: number;
  readonly ways: number;
  readonly wrongs: string[];
  /** Worlds from which no way leads to rest. */
  readonly stuck: string[];
}

/** Visits every world that can come about, and holds each to the invariants. */
function explore(mishaps: number): Explored {
  const first = firstWorld(mishaps);
  const seen = new Map<string, number>([[keyOf(first), 0]]);
  const worlds: World[] = [first];
  const cameFrom: number[][] = [[]];
  const told: string[] = ['start'];
  const resting: number[] = [];
  const wrongs: string[] = [];
  let ways = 0;
  for (let at = 0; at < worlds.length; at += 1) {
    const world = worlds[at] as World;
    if (isAtRest(new Moment(world))) resting.push(at);
    for (const { what, moment } of happenings(world)) {
      ways += 1;
      const key = keyOf(moment);
      const found = seen.get(key);
      for (const wrong of [...moment.wrongs, ...broken(moment)]) {
        if (wrongs.length < 10) wrongs.push(`${wrong} after: ${told[at] ?? ''}; ${what}`);
      }
      if (found === undefined) {
        seen.set(key, worlds.length);
        cameFrom.push([at]);
        told.push(`${(told[at] ?? '').slice(-300)}; ${what}`);
        const { states, truth, commands, mishaps: left } = moment;
        worlds.push({ states, truth, commands, mishaps: left });
      } else cameFrom[found]?.push(at);
    }
  }
  const good = new Set(resting);
  for (const world of good) for (const before of cameFrom[world] ?? []) good.add(before);
  const stuck = worlds.flatMap((_, at) => (good.has(at) ? [] : [told[at] ?? '']));
  return { worlds: worlds.length, ways, wrongs, stuck: stuck.slice(0, 10) };
}

/** No request is open and every machine knows what it holds. */
function isAtRest(now: Moment): boolean {
  const picker = now.state('picker').snapshot.context as { move: unknown };
  const open = drives.some((drive) => (now.state(drive).snapshot.context as { pending: unknown }).pending !== null);
  return now.commands.length === 0 && picker.move === null && !open;
}

/** What must hold in every world. */
function broken(now: Moment): string[] {
  const wrongs: string[] = [];
  const picker = now.state('picker').snapshot.context as { move: { mediumId: string } | null };
  for (const medium of media) {
    const holders = places.filter((place) => now.believed(place) === medium);
    if (holders.length !== 1) wrongs.push(`${medium} is believed in ${holders.join(' and ') || 'no element'}`);
    if (picker.move?.mediumId !== medium && holders[0] !== now.truth[medium]) {
      wrongs.push(`${medium} is in ${now.truth[medium]}, believed in ${holders.join()}`);
    }
  }
  if (now.truth.A === now.truth.B) wrongs.push(`both cartridges are in ${now.truth.A}`);
  return wrongs;
}

t.test('a small library without mishaps loses nothing and ends every request', async (t) => {
  const { worlds, ways, wrongs, stuck } = explore(0);
  t.comment(`${worlds} worlds, ${ways} ways between them`);
  t.same(wrongs, []);
  t.same(stuck, []);
  t.ok(worlds > 100);
});

t.test('a small library with any three mishaps loses nothing and ends every request', async (t) => {
  const { worlds, ways, wrongs, stuck } = explore(3);
  t.comment(`${worlds} worlds, ${ways} ways between them`);
  t.same(wrongs, []);
  t.same(stuck, []);
  t.ok(worlds > 50_000);
});
