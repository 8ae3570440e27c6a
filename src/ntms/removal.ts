import { deviceVolumes } from '../library/device-volumes.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsLibraryType } from '../objects/ntmsapi/index.js';
import type { DriveRow, LibraryRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { isNotPresent, isOfflineLibrary } from './device-state.js';
import { requireId } from './identified.js';
import type { Guid } from './structures.js';

/** What the operating system calls the medium in a drive. */
export interface DriveVolumes {
  /** The device file that programs open: `/dev/nst0`, `/dev/sr0`. */
  readonly VolumeNameBufferPtr: string;
  /** What stands here for a drive letter: the folder where the volume is mounted; empty when it is mounted nowhere. */
  readonly DriveLetterBufferPtr: string;
}

/** Functions of ntmsapi.h that remove libraries and drives, and the one that names a drive's volume. */
export interface RemovalFunctions {
  /**
   * Deletes a library whose hardware is not attached any more, with all its elements. Its cartridges go to the offline
   * library; a library that the rig still names comes back at the next start.
   * @throws NtmsError every code of the documented table
   */
  DeleteNtmsLibrary(hSession: NtmsSession, lpLibraryId: Guid): Promise<void>;
  /**
   * Deletes a drive that is not attached any more. The drive of a library without slots takes its library with it.
   * @throws NtmsError every code of the documented table
   */
  DeleteNtmsDrive(hSession: NtmsSession, lpDriveId: Guid): Promise<void>;
  /**
   * Names the volume of a drive that the kernel of this machine serves. Takes no session.
   * @param pszDriveName a drive's szDeviceName, or its szName where one drive only has it
   * @throws NtmsError ERROR_INVALID_PARAMETER; ERROR_INVALID_DRIVE for a name that no drive has, or several have;
   *   ERROR_NOT_SUPPORTED for a drive that is reached past the kernel
   */
  GetVolumesFromDrive(pszDriveName: string): Promise<DriveVolumes>;
}

export function removal(context: CallContext): RemovalFunctions {
  return {
    DeleteNtmsLibrary: (hSession, lpLibraryId) =>
      context.call(hSession, (session) => {
        requireId('lpLibraryId', lpLibraryId);
        const library = context.store.table('libraries').get(lpLibraryId);
        if (library === undefined) throw new NtmsError('ERROR_INVALID_LIBRARY', `there is no library ${lpLibraryId}`);
        requireModify(context, session, library);
        if (isOfflineLibrary(library)) {
          throw new NtmsError('ERROR_INVALID_LIBRARY', `${library.name} is the shelf and cannot be deleted`);
        }
        requireGone(library);
        context.manager.control.removal.removeLibrary(library);
      }),

    DeleteNtmsDrive: (hSession, lpDriveId) =>
      context.call(hSession, (session) => {
        requireId('lpDriveId', lpDriveId);
        const drive = context.store.table('drives').get(lpDriveId);
        if (drive === undefined) throw new NtmsError('ERROR_INVALID_DRIVE', `${lpDriveId} is no drive`);
        const library = context.store.table('libraries').get(drive.library);
        if (library === undefined) {
          throw new NtmsError('ERROR_INVALID_LIBRARY', `the library of ${drive.name}, ${drive.library}, is not there`);
        }
        requireModify(context, session, library);
        requireEnabled(library);
        if (context.manager.control.removal.isPresent(drive)) {
          throw new NtmsError('ERROR_INVALID_STATE', `${drive.name} is attached; take it out of the rig first`);
        }
        if (!isStandAlone(context, library)) return context.manager.control.removal.removeDrive(drive);
        requireGone(library);
        context.manager.control.removal.removeLibrary(library);
      }),

    async GetVolumesFromDrive(pszDriveName) {
      context.requireServer();
      if (!pszDriveName || typeof pszDriveName !== 'string') {
        throw new NtmsError('ERROR_INVALID_PARAMETER', 'pszDriveName is missing');
      }
      const drive = findDrive(context, pszDriveName);
      const volumes = await deviceVolumes(drive.deviceName, context.kernelFiles);
      if (volumes === undefined) {
        throw new NtmsError(
          'ERROR_NOT_SUPPORTED',
          `${drive.name} (${drive.deviceName}) is reached past the kernel, which therefore has no volume for it`,
        );
      }
      return { VolumeNameBufferPtr: volumes.deviceFile, DriveLetterBufferPtr: volumes.mountedAt ?? '' };
    },
  };
}

function requireModify(context: CallContext, session: NtmsSession, { id }: LibraryRow): void {
  context.access.require(session.identity, { kind: 'library', id }, NtmsAccessMask.NTMS_MODIFY_ACCESS);
}

function requireEnabled({ enabled, name }: LibraryRow): void {
  if (!enabled) throw new NtmsError('ERROR_INVALID_STATE', `library ${name} is disabled; enable it first`);
}

function requireGone(library: LibraryRow): void {
  requireEnabled(library);
  if (!isNotPresent(library)) {
    throw new NtmsError('ERROR_INVALID_STATE', `library ${library.name} is attached; take it out of the rig first`);
  }
}

function isStandAlone({ store }: CallContext, { id, libraryType }: LibraryRow): boolean {
  return (
    libraryType === NtmsLibraryType.NTMS_LIBRARYTYPE_STANDALONE || store.table('slots').count({ library: id }) === 0
  );
}

function findDrive({ store }: CallContext, name: string): DriveRow {
  const drives = store.table('drives');
  const named = drives.list({ deviceName: name });
  const [drive, ...others] = named.length > 0 ? named : drives.list({ name });
  if (drive === undefined) throw new NtmsError('ERROR_INVALID_DRIVE', `no drive has the name ${name}`);
  if (others.length > 0) {
    throw new NtmsError('ERROR_INVALID_DRIVE', `${others.length + 1} drives have the name ${name}; give a device name`);
  }
  return drive;
}
