import type { FoundUnit } from './found-unit.js';
import { uniqueName, type PairedUnits } from './pair-up.js';

/** A drive without changer, with a name for the rig file. */
export interface FoundStandAlone {
  readonly name: string;
  readonly drive: FoundUnit;
}

/**
 * The drives that are libraries of their own: those that no changer claims, when every changer that was found has told all
 * its drives. Otherwise each of them may be in the changer that does not tell, and only a person can say.
 */
export function standAloneDrives({ libraries, otherDrives }: Omit<PairedUnits, 'notices'>): FoundStandAlone[] {
  if (libraries.some(({ unknownDrives }) => unknownDrives.length > 0)) return [];
  const found: FoundStandAlone[] = [];
  for (const drive of otherDrives) found.push({ name: uniqueName(drive, [...libraries, ...found]), drive });
  return found;
}
