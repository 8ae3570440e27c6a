import type { OpenedMedium } from '../library/opened-medium.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask } from '../objects/ntmsapi/index.js';
import type { DriveRow, PhysicalMediumRow, SideRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { isNotPresent } from './device-state.js';
import type { Guid } from './structures.js';
import { findLibrary, findMedia } from './wanted-media.js';

export interface OpenDriveOptions {
  /** Whether the handle may write; the mount must have been for writing, and the side not complete. Default false. */
  readonly write?: boolean;
}

/**
 * Access to what is on mounted tapes. Not of ntmsapi.h: Windows programs opened the drive's device by the name that the
 * drive's object tells; here the manager gives out the handle, since it owns the way to the drive.
 */
export interface MediaAccess {
  /**
   * Opens the tape that this session has mounted, until the handle or the session is closed. Meanwhile the drive keeps its
   * medium and every dismount is refused. One handle at a time.
   * @param lpObjectId the drive, or the side or logical medium that is mounted
   * @throws NtmsError ERROR_INVALID_HANDLE; ERROR_INVALID_PARAMETER; ERROR_OBJECT_NOT_FOUND (neither drive nor side nor
   *   logical medium); ERROR_ACCESS_DENIED (no use right, or another session's mount); ERROR_INVALID_STATE (not mounted);
   *   ERROR_BUSY (open already, or a request has the drive); ERROR_WRITE_PROTECT; ERROR_RESOURCE_DISABLED;
   *   ERROR_DEVICE_NOT_AVAILABLE (the drive cannot be reached or needs service)
   */
  openDrive(hSession: NtmsSession, lpObjectId: Guid, options?: OpenDriveOptions): Promise<OpenedMedium>;
}

export function mediaAccess(context: CallContext): MediaAccess {
  return {
    openDrive: (hSession, lpObjectId, options = {}) =>
      context.call(hSession, async (session) => {
        const write = requireOptions(lpObjectId, options);
        const { drive, side, medium } = find(context, lpObjectId);
        requireUse(context, session, drive, medium);
        if (medium === undefined) throw new NtmsError('ERROR_INVALID_STATE', `${drive?.name} is empty`);
        requireOwnMount(session, medium);
        const mounted = side ?? mountedSide(context, medium);
        if (drive === undefined || mounted === undefined || mounted.id !== medium.mountedPartition) {
          throw new NtmsError('ERROR_INVALID_STATE', `${medium.name} is not mounted`);
        }
        const library = findLibrary(context, drive.library);
        if (isNotPresent(library)) {
          throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `library ${library.name} is not attached`);
        }
        const handle = await context.manager.openedMedia.open({
          drive: drive.id,
          side: mounted.id,
          medium: medium.id,
          requestId: medium.claimedBy ?? '',
          holder: session.id,
          write,
        });
        if (!session.closed.aborted) return handle;
        // Closed while it was opened: closing the session found nothing to close yet.
        await handle.close();
        throw new NtmsError('ERROR_CANCELLED', 'the session was closed');
      }),
  };
}

function requireOptions(id: unknown, options: unknown): boolean {
  if (typeof id !== 'string' || id === '') throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpObjectId is missing');
  if (typeof options !== 'object' || options === null) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'options are no object; leave them out or pass { write: true }');
  }
  const { write = false } = options as { readonly write?: unknown };
  if (typeof write !== 'boolean') throw new NtmsError('ERROR_INVALID_PARAMETER', 'options.write is true or false');
  return write;
}

interface Found {
  readonly drive: DriveRow | undefined;
  /** Absent when a drive was named. */
  readonly side?: SideRow;
  /** Absent when the drive is empty. */
  readonly medium: PhysicalMediumRow | undefined;
}

function find(context: CallContext, id: Guid): Found {
  const { store } = context;
  const drive = store.table('drives').get(id);
  if (drive !== undefined) return { drive, medium: store.table('physicalMedia').find({ location: id }) };
  const known = store.table('sides').get(id) ?? store.table('sides').find({ logicalMedia: id });
  if (known === undefined) {
    throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `${id} is neither a drive, a side nor a logical medium`);
  }
  const [found] = findMedia(context, [known.id]);
  const location = found?.medium.location;
  const within = typeof location === 'string' ? store.table('drives').get(location) : undefined;
  return { drive: within, side: known, medium: found?.medium };
}

/** Use of the medium's pool and of the drive's library; of the medium's library where it is in no drive. */
function requireUse(
  context: CallContext,
  session: NtmsSession,
  drive: DriveRow | undefined,
  medium: PhysicalMediumRow | undefined,
): void {
  const use = NtmsAccessMask.NTMS_USE_ACCESS;
  const library = drive?.library ?? medium?.currentLibrary;
  if (library !== undefined) context.access.require(session.identity, { kind: 'library', id: library }, use);
  if (medium !== undefined) context.access.require(session.identity, { kind: 'mediaPool', id: medium.mediaPool }, use);
}

/** A mount belongs to the session that asked for it, as the device's handle did to its process. */
function requireOwnMount(session: NtmsSession, { name, claimedBy }: PhysicalMediumRow): void {
  if (claimedBy === null || session.requestIds.includes(claimedBy)) return;
  throw new NtmsError('ERROR_ACCESS_DENIED', `${name} was mounted by another session; dismount it and mount it here`);
}

function mountedSide({ store }: CallContext, { mountedPartition }: PhysicalMediumRow): SideRow | undefined {
  return mountedPartition === null ? undefined : store.table('sides').get(mountedPartition);
}
