import { findProfile, profileIds, standAloneProfileIds } from '../../devices/profiles/index.js';
import { type DocumentPath, memberOf } from './allowed.js';
import type { CrossProblem } from './cross-problem.js';

/**
 * Looks whether the cartridges of a virtual changer can lie where the file puts them: in an element that the
 * profile has, one in each. An unknown profile is reported elsewhere, and then only duplicates are looked for.
 */
export function findCartridgeProblems(changer: unknown, path: DocumentPath): CrossProblem[] {
  const cartridges = memberOf(changer, 'cartridges');
  if (memberOf(changer, 'transport') !== 'virtual' || !Array.isArray(cartridges)) return [];
  const ranges = elementRanges(memberOf(changer, 'profile'));
  const taken = new Set<number>();
  return cartridges.flatMap((cartridge: unknown, index): CrossProblem[] => {
    const address = memberOf(cartridge, 'address');
    // The schema reports what is no address at all.
    if (typeof address !== 'number' || !Number.isInteger(address) || address < 0 || address > 65_535) return [];
    const at: DocumentPath = [...path, 'cartridges', index, 'address'];
    if (taken.has(address)) {
      const what = `two cartridges cannot lie in element ${address}`;
      return [{ path: at, what, allowed: 'each element once' }];
    }
    taken.add(address);
    if (ranges?.some(({ first, count }) => address >= first && address < first + count) !== false) return [];
    const what = `the model has no element ${address} for a cartridge`;
    return [{ path: at, what, allowed: ranges.map(describeRange).join(', ') }];
  });
}

interface ElementRange {
  readonly kind: string;
  readonly first: number;
  readonly count: number;
}

function elementRanges(profile: unknown): ElementRange[] | undefined {
  const known = [...profileIds(), ...standAloneProfileIds()];
  if (typeof profile !== 'string' || !known.includes(profile)) return undefined;
  const { storage, importExport, dataTransfer, mediumTransport } = findProfile(profile).elements;
  return [
    { kind: 'slots', ...storage },
    { kind: 'ports', ...importExport },
    { kind: 'drives', ...dataTransfer },
    { kind: 'picker', ...mediumTransport },
  ].filter(({ count }) => count > 0);
}

function describeRange({ kind, first, count }: ElementRange): string {
  return count === 1 ? `${first} (${kind})` : `${first} to ${first + count - 1} (${kind})`;
}
