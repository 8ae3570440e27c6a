import { NtmsPartitionState } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { MediaPoolRow, PhysicalMediumRow, SideRow } from '../objects/rows.js';
import { isSpokenFor, whyInUse, whyOffline } from './media-use.js';

/** A side that may be allocated, and its cartridge. */
export interface Candidate {
  readonly side: SideRow;
  readonly medium: PhysicalMediumRow;
}

const available = NtmsPartitionState.NTMS_PARTSTATE_AVAILABLE;

/** Sides that somebody owns, or that are kept for an owner. */
const owned: readonly number[] = [
  NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED,
  NtmsPartitionState.NTMS_PARTSTATE_COMPLETE,
  NtmsPartitionState.NTMS_PARTSTATE_RESERVED,
];

export function isOwned({ state }: SideRow): boolean {
  return owned.includes(state);
}

/** The other sides of its cartridge. */
export function siblingsOf(store: ObjectStore, side: SideRow): SideRow[] {
  const sides = store.table('sides').list({ physicalMedia: side.physicalMedia }, { orderBy: 'side' });
  return sides.filter(({ id }) => id !== side.id);
}

/** Why a cartridge cannot be given to anybody just now, in words; undefined when it can. */
export function whyNotUsable(store: ObjectStore, medium: PhysicalMediumRow): string | undefined {
  if (medium.cleaner) return `${medium.name} is a cleaning cartridge`;
  if (!medium.enabled) return `${medium.name} is disabled`;
  const library = store.table('libraries').get(medium.currentLibrary);
  if (library?.enabled === false) return `${medium.name} is in library ${library.name}, which is disabled`;
  return whyOffline(store, medium);
}

/**
 * The best available online side of a pool, or undefined. Cartridges that nobody uses just now come first; then those that
 * are shared already, so that whole cartridges are left for who wants one; then the side that was allocated least often,
 * then the one mounted least often, then the cartridge that has been here longest.
 * @param whole only cartridges of which nobody owns another side (NTMS_ALLOCATE_NEW)
 */
export function findAvailable(store: ObjectStore, pool: MediaPoolRow, whole: boolean): Candidate | undefined {
  const media = store
    .table('physicalMedia')
    .list({ mediaPool: pool.id }, { orderBy: 'sequenceNumber' })
    .filter((medium) => whyNotUsable(store, medium) === undefined);
  const sides = store.table('sides').list({ physicalMedia: media.map(({ id }) => id) }, { orderBy: 'side' });
  const sidesOf = new Map<string, SideRow[]>();
  for (const side of sides) sidesOf.set(side.physicalMedia, [...(sidesOf.get(side.physicalMedia) ?? []), side]);
  const candidates: (Candidate & { readonly rank: readonly number[] })[] = [];
  for (const medium of media) {
    const ofMedium = sidesOf.get(medium.id) ?? [];
    const free = ofMedium.filter(({ state, enabled }) => state === available && enabled);
    const shared = ofMedium.some(isOwned);
    if (free.length === 0 || (whole && shared)) continue;
    const busy = isSpokenFor(store, medium) || whyInUse(store, medium) !== undefined;
    for (const side of free) {
      const rank = [Number(busy), Number(!shared), side.allocateCount, side.mountCount, candidates.length];
      candidates.push({ side, medium, rank });
    }
  }
  return candidates.sort((a, b) => compareRanks(a.rank, b.rank))[0];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
