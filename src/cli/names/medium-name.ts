import type { Guid } from '../../ntms/index.js';
import { CommandError } from '../command-error.js';
import type { MediumView } from '../views/media.js';
import { nearMatches } from './near-matches.js';

/** A medium of the command line: the cartridge, and the side or logical medium that MountNtmsMedia is given. */
export interface NamedMedium {
  readonly medium: MediumView;
  readonly mediaId: Guid;
}

/**
 * Finds the medium that a person named: by GUID (of a cartridge, a side or a logical medium), barcode or display name,
 * each in full; upper or lower case decides only where both exist. A cartridge means its first side.
 *
 * @throws CommandError MEDIUM_NOT_FOUND or MEDIUM_AMBIGUOUS, with the names that may have been meant.
 */
export function findMedium(wanted: string, media: readonly MediumView[]): NamedMedium {
  const guid = wanted.toLowerCase();
  for (const medium of media) {
    const side = medium.sides.find((one) => one.id === guid || one.logicalMedium === guid);
    if (side !== undefined) return { medium, mediaId: guid };
    if (medium.id === guid) return withFirstSide(medium);
  }

  const named = (test: (name: string) => boolean): MediumView[] =>
    media.filter(({ barcode, name }) => (barcode !== null && test(barcode)) || (name !== '' && test(name)));
  let matches = named((name) => name === wanted);
  if (matches.length === 0) matches = named((name) => name.toLowerCase() === wanted.toLowerCase());

  const [match, ...others] = matches;
  if (match === undefined) {
    const names = media.flatMap(({ barcode, name }) => [barcode ?? '', name]).filter((name) => name !== '');
    const hint =
      media.length === 0 ? 'There is none in the database; run "rsm inventory".' : 'List them with "rsm view media".';
    throw new CommandError('MEDIUM_NOT_FOUND', `There is no medium "${wanted}". ${hint}`, nearMatches(wanted, names));
  }
  if (others.length > 0) {
    const ids = matches.map((one) => `${one.id} (${placeOf(one)})`);
    const message = `"${wanted}" is the name of ${matches.length} media. Name one by its GUID.`;
    throw new CommandError('MEDIUM_AMBIGUOUS', message, ids);
  }
  return withFirstSide(match);
}

/** `slot 3 of bench`, `drive 0 of bench`, `on the shelf`. */
export function placeOf({ location, library }: MediumView): string {
  if (location === null) return 'on the shelf';
  return `${location.kind} ${location.number}${library === null ? '' : ` of ${library}`}`;
}

function withFirstSide(medium: MediumView): NamedMedium {
  const first = medium.sides.toSorted((a, b) => a.side - b.side)[0];
  // A cartridge that nobody looked at yet has no side; its own id lets the API say what it makes of that.
  return { medium, mediaId: first?.id ?? medium.id };
}
