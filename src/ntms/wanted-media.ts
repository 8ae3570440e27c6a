import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask } from '../objects/ntmsapi/index.js';
import type { DriveRow, LibraryRow, PhysicalMediumRow, SideRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { isNotPresent, isOfflineLibrary } from './device-state.js';
import type { Guid } from './structures.js';

/** One entry of lpMediaId, looked up. */
export interface WantedMedium {
  readonly side: SideRow;
  readonly medium: PhysicalMediumRow;
  /** Where the records say that the cartridge is. */
  readonly library: LibraryRow;
}

/** An array argument and the count beside it. */
export function requireList(name: string, list: readonly unknown[] | null | undefined, dwCount: number): void {
  if (!Number.isInteger(dwCount) || dwCount <= 0) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `dwCount is ${dwCount}; it must be 1 or more`);
  }
  if (!Array.isArray(list)) throw new NtmsError('ERROR_INVALID_PARAMETER', `${name} is missing`);
  if (list.length !== dwCount) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `${name} has ${list.length} entries, dwCount says ${dwCount}`);
  }
}

/**
 * Looks up what is listed: each id is a side or a logical medium, and none comes twice. Tells nothing of their state, so
 * that it may come before the access check.
 */
export function findMedia(context: CallContext, ids: readonly Guid[]): WantedMedium[] {
  const seen = new Set<Guid>();
  return ids.map((id) => {
    if (seen.has(id)) throw new NtmsError('ERROR_INVALID_MEDIA', `${id} is listed twice`);
    seen.add(id);
    const sides = context.store.table('sides');
    const side = typeof id === 'string' ? (sides.get(id) ?? sides.find({ logicalMedia: id })) : undefined;
    const medium = side && context.store.table('physicalMedia').get(side.physicalMedia);
    if (side === undefined || medium === undefined) {
      throw new NtmsError('ERROR_INVALID_MEDIA', `${id} is neither a side nor a logical medium`);
    }
    return { side, medium, library: findLibrary(context, medium.currentLibrary) };
  });
}

/** Looks up the wanted drives; none comes twice. */
export function findDrives(context: CallContext, ids: readonly (Guid | null)[]): DriveRow[] {
  const seen = new Set<Guid | null>();
  return ids.map((id) => {
    if (seen.has(id)) throw new NtmsError('ERROR_INVALID_DRIVE', `drive ${id} is wanted for two media`);
    seen.add(id);
    const drive = typeof id === 'string' ? context.store.table('drives').get(id) : undefined;
    if (drive === undefined) throw new NtmsError('ERROR_INVALID_DRIVE', `${id} is no drive`);
    return drive;
  });
}

export function findLibrary(context: CallContext, id: Guid): LibraryRow {
  const library = context.store.table('libraries').get(id);
  if (library === undefined) throw new NtmsError('ERROR_INVALID_LIBRARY', `there is no library ${id}`);
  return library;
}

/** The caller may use the pools of the media and the libraries that they and the wanted drives are in. */
export function requireUse(
  context: CallContext,
  session: NtmsSession,
  media: readonly WantedMedium[],
  drives: readonly DriveRow[],
): void {
  const use = NtmsAccessMask.NTMS_USE_ACCESS;
  for (const { medium } of media) {
    context.access.require(session.identity, { kind: 'mediaPool', id: medium.mediaPool }, use);
  }
  const libraries = [...media.map(({ library }) => library.id), ...drives.map(({ library }) => library)];
  for (const id of new Set(libraries)) context.access.require(session.identity, { kind: 'library', id }, use);
}

/** Two sides of one cartridge cannot be in use at once. */
export function requireDistinctCartridges(media: readonly WantedMedium[]): void {
  const seen = new Set<Guid>();
  for (const { medium } of media) {
    if (seen.has(medium.id)) {
      throw new NtmsError('ERROR_INVALID_MEDIA', `${medium.name} is listed twice, by two of its sides`);
    }
    seen.add(medium.id);
  }
}

/** On the shelf, or in a library whose hardware is gone. */
export function isOffline({ library }: WantedMedium): boolean {
  return isOfflineLibrary(library) || isNotPresent(library);
}

/** All media that are online, and all wanted drives, are in one library. */
export function requireOneLibrary(
  context: CallContext,
  media: readonly WantedMedium[],
  drives: readonly DriveRow[],
): LibraryRow {
  const online = media.filter((item) => !isOffline(item));
  const ids = new Set([...online.map(({ library }) => library.id), ...drives.map((drive) => drive.library)]);
  if (ids.size > 1) {
    throw new NtmsError('ERROR_DRIVE_MEDIA_MISMATCH', 'the media and drives of one mount are in different libraries');
  }
  const [id = media[0]?.library.id ?? ''] = ids;
  return findLibrary(context, id);
}

/** Why media are offline: `ORS001L8 is in no library`, `TGT001L8 is in library bench, which is not attached`. */
export function describeOffline(media: readonly WantedMedium[]): string {
  return media
    .map(({ medium, library }) => {
      const where = isOfflineLibrary(library) ? 'no library' : `library ${library.name}, which is not attached`;
      return `${medium.name} is in ${where}`;
    })
    .join('; ');
}
