import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsLibraryType } from '../objects/ntmsapi/index.js';
import type { LibraryRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { isNotPresent, isOfflineLibrary, needsService } from './device-state.js';
import { namedLibrary, requireIdentifier } from './named-objects.js';
import type { Guid } from './structures.js';

/** Cleaner management functions of ntmsapi.h that work on a drive or on the cleaner's slot. */
export interface Cleaning {
  /**
   * Queues the cleaning of a drive. It waits while the drive is in use, and while the library has no cleaner that cleans: an
   * operator request asks for one then. A stand-alone drive is noted as cleaned, and nothing else is done.
   * @throws NtmsError every code of the documented table
   */
  CleanNtmsDrive(hSession: NtmsSession, lpDriveId: Guid): Promise<void>;
  /**
   * Keeps an empty slot for the library's cleaner; no other cartridge is put into it from then on.
   * @throws NtmsError every code of the documented table
   */
  ReserveNtmsCleanerSlot(hSession: NtmsSession, lpLibrary: Guid, lpSlot: Guid): Promise<void>;
  /**
   * Gives the slot up again; the cleaner has to be ejected before.
   * @throws NtmsError every code of the documented table
   */
  ReleaseNtmsCleanerSlot(hSession: NtmsSession, lpLibrary: Guid): Promise<void>;
}

export function cleaning(context: CallContext): Cleaning {
  return {
    CleanNtmsDrive: (hSession, lpDriveId) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpDriveId, 'lpDriveId');
        const drive = context.store.table('drives').get(lpDriveId);
        if (drive === undefined) throw new NtmsError('ERROR_INVALID_DRIVE', `${lpDriveId} is no drive`);
        const library = context.store.table('libraries').get(drive.library);
        if (library === undefined) {
          throw new NtmsError('ERROR_INVALID_LIBRARY', `the library of ${drive.name}, ${drive.library}, is not there`);
        }
        requireControl(context, session, library);
        if (isOfflineLibrary(library)) {
          throw new NtmsError('ERROR_RESOURCE_NOT_PRESENT', `${library.name} is the shelf, which has no cleaner`);
        }
        const disabled = [library, drive].find((object) => !object.enabled);
        if (disabled !== undefined) throw new NtmsError('ERROR_RESOURCE_DISABLED', `${disabled.name} is disabled`);
        requireAttached(library);
        if (needsService(drive)) throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `${drive.name} needs service`);
        const standAlone = library.libraryType === NtmsLibraryType.NTMS_LIBRARYTYPE_STANDALONE;
        const requestId = standAlone
          ? context.manager.cleaning.stamp(drive.id, session.identity)
          : context.manager.cleaning.clean(drive.id, session.identity);
        context.sessions.note(session, [requestId], 'by-itself');
      }),

    ReserveNtmsCleanerSlot: (hSession, lpLibrary, lpSlot) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpLibrary, 'lpLibrary');
        requireIdentifier(lpSlot, 'lpSlot');
        const library = namedLibrary(context, lpLibrary);
        const slot = context.store.table('slots').get(lpSlot);
        if (slot?.library !== library.id) {
          throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `${lpSlot} is no slot of library ${library.name}`);
        }
        requireControl(context, session, library);
        requireOnline(library);
        requireAttached(library);
        const wanted = { kind: 'reserve', slot: slot.id } as const;
        const requestId = context.manager.cleaning.setSlot(library.id, wanted, session.identity);
        context.sessions.note(session, [requestId], 'by-itself');
      }),

    ReleaseNtmsCleanerSlot: (hSession, lpLibrary) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpLibrary, 'lpLibrary');
        const library = namedLibrary(context, lpLibrary);
        requireControl(context, session, library);
        requireOnline(library);
        requireAttached(library);
        if (!library.enabled) throw new NtmsError('ERROR_RESOURCE_DISABLED', `library ${library.name} is disabled`);
        const requestId = context.manager.cleaning.setSlot(library.id, { kind: 'release' }, session.identity);
        context.sessions.note(session, [requestId], 'by-itself');
      }),
  };
}

/** Cleaning and its slot are under the library's control right. */
export function requireControl(context: CallContext, session: NtmsSession, library: LibraryRow): void {
  context.access.require(session.identity, { kind: 'library', id: library.id }, NtmsAccessMask.NTMS_CONTROL_ACCESS);
}

/** The offline library has no hardware, and no slots. */
export function requireOnline(library: LibraryRow): void {
  if (isOfflineLibrary(library)) {
    throw new NtmsError('ERROR_LIBRARY_OFFLINE', `${library.name} is the shelf for media that are in no library`);
  }
}

export function requireAttached(library: LibraryRow): void {
  if (isNotPresent(library)) {
    throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `library ${library.name} is not attached`);
  }
}
