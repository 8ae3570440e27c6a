import { CommandError } from '../command-error.js';
import type { DriveView } from '../views/elements.js';
import { nearMatches } from './near-matches.js';

/**
 * Finds the drive that a person named: by GUID, by name, or by number, where `library/number` says which library's.
 *
 * @param library - Where to look first: the library of the medium that goes into the drive.
 * @throws CommandError DRIVE_NOT_FOUND or DRIVE_AMBIGUOUS, with the names that may have been meant.
 */
export function findDrive(wanted: string, drives: readonly DriveView[], library?: string | null): DriveView {
  const byId = drives.find((drive) => drive.id === wanted.toLowerCase());
  if (byId !== undefined) return byId;

  let matches = drives.filter((drive) => namesOf(drive).some((name) => name.toLowerCase() === wanted.toLowerCase()));
  if (matches.length > 1) {
    const nearer = matches.filter((drive) => drive.library === library);
    if (nearer.length > 0) matches = nearer;
  }
  const [match, ...others] = matches;
  if (match === undefined) {
    const near = nearMatches(
      wanted,
      drives.flatMap((drive) => namesOf(drive)),
    );
    const all = drives.map((drive) => qualifiedNumber(drive));
    const message = `There is no drive "${wanted}". List them with "rsm view drives".`;
    throw new CommandError('DRIVE_NOT_FOUND', message, near.length > 0 ? near : all);
  }
  if (others.length > 0) {
    const message = `"${wanted}" may be any of ${matches.length} drives. Name one as library/number.`;
    throw new CommandError(
      'DRIVE_AMBIGUOUS',
      message,
      matches.map((drive) => qualifiedNumber(drive)),
    );
  }
  return match;
}

function namesOf(drive: DriveView): string[] {
  const names = [String(drive.number), qualifiedNumber(drive)];
  return drive.name === '' ? names : [drive.name, ...names];
}

function qualifiedNumber(drive: DriveView): string {
  return `${drive.library ?? ''}/${drive.number}`;
}
