import { CommandError } from '../command-error.js';
import type { MediumView, SideView } from '../views/media.js';
import { findMedium } from './medium-name.js';

/** A side of a cartridge that a person named. */
export interface NamedSide {
  readonly medium: MediumView;
  readonly side: SideView;
  /** The medium, with the number of the side where there are several: `ORS001L8`, `MO0007/1`. */
  readonly label: string;
}

/** A side that an application owns. */
export interface NamedLogicalMedium extends NamedSide {
  readonly logicalMedium: string;
}

/**
 * Finds a side: `medium/number`, the GUID of a side or a logical medium, or a medium by whatever name. Of a medium with
 * several sides it is the one that `number` says, else the first that `preferred` likes, else the first of all.
 *
 * @throws CommandError MEDIUM_NOT_FOUND, MEDIUM_AMBIGUOUS, OBJECT_NOT_FOUND for a side that the cartridge has not.
 */
export function findSide(
  wanted: string,
  media: readonly MediumView[],
  { number, preferred }: { readonly number?: number; readonly preferred?: (side: SideView) => boolean } = {},
): NamedSide {
  const [, name, written] = /^(.+)\/(\d+)$/.exec(wanted) ?? [undefined, wanted, undefined];
  const { medium, mediaId } = findMedium(name ?? wanted, media);
  const sides = medium.sides.toSorted((a, b) => a.side - b.side);
  const byGuid = sides.find((side) => isNamedBy(side, name ?? wanted));
  const asked = written === undefined ? number : Number(written);
  const side =
    asked === undefined
      ? (byGuid ?? (preferred && sides.find((one) => preferred(one))) ?? sides.find(({ id }) => id === mediaId))
      : sides.find((one) => one.side === asked);
  if (side === undefined) {
    const message =
      sides.length === 0
        ? `${medium.label} has no sides that are known; run "rsm inventory --method omid".`
        : `${medium.label} has no side ${asked}. Its ${sides.length === 1 ? 'side is' : 'sides are'} ${sides.map((one) => one.side).join(' and ')}.`;
    throw new CommandError('OBJECT_NOT_FOUND', message);
  }
  return { medium, side, label: sides.length > 1 ? `${medium.label}/${side.side}` : medium.label };
}

/**
 * Finds the logical medium on a side that is named as {@link findSide} has it; of several sides the one that somebody owns.
 *
 * @throws CommandError as {@link findSide}; OBJECT_NOT_FOUND for a side that nobody owns, and OBJECT_AMBIGUOUS for a
 *   cartridge with several that are owned.
 */
export function findLogicalMedium(wanted: string, media: readonly MediumView[], number?: number): NamedLogicalMedium {
  const isOwned = (side: SideView): boolean => side.logicalMedium !== null;
  const named = findSide(wanted, media, { ...(number === undefined ? {} : { number }), preferred: isOwned });
  const { medium, side, label } = named;
  if (side.logicalMedium === null) {
    const message = `${label} is not allocated to anybody. "rsm view logical-media" lists what is.`;
    throw new CommandError('OBJECT_NOT_FOUND', message);
  }
  const owned = medium.sides.filter(isOwned);
  const isSaid = number !== undefined || /\/\d+$/.test(wanted) || medium.sides.some((one) => isNamedBy(one, wanted));
  if (owned.length > 1 && !isSaid) {
    const names = owned.map((one) => `${medium.label}/${one.side}`);
    throw new CommandError('OBJECT_AMBIGUOUS', `Several sides of ${medium.label} are allocated. Name one.`, names);
  }
  return { ...named, logicalMedium: side.logicalMedium };
}

function isNamedBy({ id, logicalMedium }: SideView, name: string): boolean {
  return id === name.toLowerCase() || logicalMedium === name.toLowerCase();
}
