import type { Moment } from './moment.js';
import { drives, slots, tapes } from './small-library.js';

/** What must hold in every world; in words, what does not. */
export function broken(now: Moment): string[] {
  const wrongs: string[] = [];
  const { truth, motion } = now;
  const holders = ['picker', ...drives, ...slots] as const;
  for (const tape of tapes) {
    const place = truth.where[tape];
    const believedIn = holders.filter((element) => now.believed(element) === tape && now.leaf(element) !== 'mounting');
    if (motion?.mediumId === tape || truth.doorOpen || truth.lookDue) continue;
    const reallyIn = place === 'outside' || place === 'port' ? [] : [place];
    if (believedIn.join() !== reallyIn.join()) {
      wrongs.push(`${tape} is in ${place}, believed in ${believedIn.join(' and ') || 'no element'}`);
    }
    // A person at the port may have been unseen so far.
    const { location } = now.context(tape);
    const kind = place === 'outside' ? 'offline' : place.replace(/\d$/, '');
    const unseen = truth.portOut || now.leaf('port', 'position') !== 'retracted' || now.hasCommand('port');
    if (location.kind !== kind && !(unseen && ['offline', 'port'].includes(location.kind))) {
      wrongs.push(`${tape} is in ${place}, its machine says ${location.kind}`);
    }
  }
  for (const place of [...holders, 'port'] as const) {
    const inside = tapes.filter((tape) => truth.where[tape] === place);
    if (inside.length > 1) wrongs.push(`${inside.join(' and ')} are in ${place}`);
  }
  if (truth.portOut && now.leaf('port', 'position') === 'retracted') wrongs.push('the port stands out, believed in');
  if (now.commands.filter(({ from }) => from === 'picker').length > 1) wrongs.push('the picker has two commands');
  return wrongs;
}

/** No request is open, nothing moves, and nobody waits. */
export function isAtRest(now: Moment): boolean {
  const isOpen = drives.some((drive) => now.context(drive).pending !== null);
  const { truth } = now;
  return (
    !isOpen &&
    now.commands.length === 0 &&
    now.motion === null &&
    now.job === null &&
    !truth.portOut &&
    !truth.doorOpen &&
    !truth.lookDue &&
    truth.handles.length === 0 &&
    now.leaf('door') === 'closed.locked' &&
    !tapes.some((tape) => now.leaf(tape) === 'inUse' || now.leaf(tape) === 'unloaded')
  );
}
