import type { NtmsSession } from '../../src/ntms/index.js';
import type { House } from './house.js';
import type { RandomNumbers } from './random-numbers.js';

/** What a deed is done with. */
export interface Hands {
  readonly house: House;
  readonly session: NtmsSession;
  readonly random: RandomNumbers;
}

/** Rejects with an NtmsError where the API refuses. */
export type Deed = (hands: Hands) => Promise<unknown>;

/** Fail rather than wait for a drive or for a person. */
export const AT_ONCE = 0xc;
export const SHORT_MS = 50;

export function anySide({ house, random }: Hands): string | undefined {
  return random.pick(house.store.table('sides').list())?.id;
}

export function anyLogicalMedium({ house, random }: Hands): string | undefined {
  return random.pick(house.store.table('logicalMedia').list())?.id;
}
