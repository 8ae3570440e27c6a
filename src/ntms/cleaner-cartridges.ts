import { NtmsError } from '../objects/ntms-error.js';
import { NtmsEjectOperation, NtmsInjectOperation } from '../objects/ntmsapi/index.js';
import type { LibraryRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { requireAttached, requireControl, requireOnline } from './cleaning.js';
import { isNotPresent } from './device-state.js';
import { namedLibrary, requireIdentifier } from './named-objects.js';
import type { Guid } from './structures.js';

/** Cleaner management functions of ntmsapi.h that bring a cleaner in or out. */
export interface CleanerCartridgeFunctions {
  /**
   * Opens the ports for a cleaner, which goes into the reserved slot; without ports a person opens the door and fills the
   * slot.
   * @param lpInjectOperation for STOP the operation, otherwise null
   * @param dwNumberOfCleansLeft how many times it cleans; 0xFFFFFFFF when nobody counts
   * @param dwAction NtmsInjectOperation: START or STOP
   * @returns the operation, which is the library request
   * @throws NtmsError every code of the documented table
   */
  InjectNtmsCleaner(
    hSession: NtmsSession,
    lpLibrary: Guid,
    lpInjectOperation: Guid | null,
    dwNumberOfCleansLeft: number,
    dwAction: number,
  ): Promise<Guid>;
  /**
   * Brings the cleaner of the reserved slot to a port; without ports a person opens the door and takes it. Its record goes
   * with it, the slot stays reserved.
   * @param lpEjectOperation for STOP the operation, otherwise null
   * @param dwAction NtmsEjectOperation: START or STOP
   * @returns the operation, which is the library request
   * @throws NtmsError every code of the documented table
   */
  EjectNtmsCleaner(
    hSession: NtmsSession,
    lpLibrary: Guid,
    lpEjectOperation: Guid | null,
    dwAction: number,
  ): Promise<Guid>;
}

const { NTMS_INJECT_START, NTMS_INJECT_STOP } = NtmsInjectOperation;
const { NTMS_EJECT_START, NTMS_EJECT_STOP } = NtmsEjectOperation;

export function cleanerCartridges(context: CallContext): CleanerCartridgeFunctions {
  return {
    InjectNtmsCleaner: (hSession, lpLibrary, lpInjectOperation, dwNumberOfCleansLeft, dwAction) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpLibrary, 'lpLibrary');
        requirePointer(lpInjectOperation, 'lpInjectOperation');
        requireAction(dwAction, [NTMS_INJECT_START, NTMS_INJECT_STOP]);
        requireCount(dwNumberOfCleansLeft);
        if (dwAction === NTMS_INJECT_STOP) requireIdentifier(lpInjectOperation, 'lpInjectOperation');
        const library = namedLibrary(context, lpLibrary);
        requireControl(context, session, library);
        requireOnline(library);
        requireAttached(library);
        requireEnabled(library);
        const cleaners = context.manager.cleaning.cartridges;
        if (dwAction === NTMS_INJECT_START) {
          const operation = cleaners.inject(library.id, dwNumberOfCleansLeft, session.identity);
          context.sessions.note(session, [operation], 'by-itself');
          return operation;
        }
        requirePorts(context, library, 'ERROR_NOT_SUPPORTED');
        const operation = lpInjectOperation ?? '';
        if (!cleaners.stop(library.id, operation, 'inject')) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `${operation} is no inject of a cleaner that waits or runs`);
        }
        return operation;
      }),

    EjectNtmsCleaner: (hSession, lpLibrary, lpEjectOperation, dwAction) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpLibrary, 'lpLibrary');
        requirePointer(lpEjectOperation, 'lpEjectOperation');
        requireAction(dwAction, [NTMS_EJECT_START, NTMS_EJECT_STOP]);
        if (dwAction === NTMS_EJECT_STOP) requireIdentifier(lpEjectOperation, 'lpEjectOperation');
        const library = namedLibrary(context, lpLibrary);
        requireControl(context, session, library);
        requireOnline(library);
        if (isNotPresent(library)) {
          throw new NtmsError('ERROR_LIBRARY_OFFLINE', `library ${library.name} is not attached`);
        }
        requireEnabled(library);
        const cleaners = context.manager.cleaning.cartridges;
        if (dwAction === NTMS_EJECT_START) {
          const operation = cleaners.eject(library.id, session.identity);
          context.sessions.note(session, [operation], 'by-itself');
          return operation;
        }
        requirePorts(context, library, 'ERROR_INVALID_OPERATION');
        const operation = lpEjectOperation ?? '';
        if (!cleaners.stop(library.id, operation, 'eject')) {
          throw new NtmsError('ERROR_INVALID_OPERATION', `${operation} is no eject of a cleaner that waits or runs`);
        }
        return operation;
      }),
  };
}

/** A C caller passes a pointer; here the value stands for it, and only what is left out has no pointer. */
function requirePointer(value: unknown, parameter: string): void {
  if (value !== null && typeof value !== 'string') {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `${parameter} is neither a GUID nor null`);
  }
}

function requireAction(dwAction: number, actions: readonly number[]): void {
  if (!actions.includes(dwAction)) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `dwAction ${dwAction} is neither START nor STOP`);
  }
}

function requireCount(count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > 0xffff_ffff) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `dwNumberOfCleansLeft ${count} is no number of cleanings`);
  }
}

function requireEnabled(library: LibraryRow): void {
  if (!library.enabled) throw new NtmsError('ERROR_RESOURCE_DISABLED', `library ${library.name} is disabled`);
}

/** A door cannot be called back: STOP is for ports only. */
function requirePorts(
  { manager }: CallContext,
  library: LibraryRow,
  symbol: 'ERROR_NOT_SUPPORTED' | 'ERROR_INVALID_OPERATION',
): void {
  if (!manager.cleaning.cartridges.hasPorts(library.id)) {
    throw new NtmsError(symbol, `library ${library.name} has no ports; shut its door to end the operation`);
  }
}
