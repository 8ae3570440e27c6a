import { NtmsError } from '../objects/ntms-error.js';
import type { EjectOrder } from '../library/port-operations.js';
import {
  NtmsAccessMask,
  NtmsEjectOperation,
  NtmsInjectOperation,
  NtmsLibraryType,
  NtmsMediaState,
} from '../objects/ntmsapi/index.js';
import type { LibraryRow, PhysicalMediumRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { isNotPresent, isOfflineLibrary, needsService } from './device-state.js';
import type { Guid } from './structures.js';

/** Media in and out of a library through its ports. */
export interface EjectInject {
  /**
   * Brings cartridges into the ports of their library for a person to take.
   * @param lpMediaId physical medium; null or the zero GUID starts what was queued, and is ignored by STOP
   * @param lpEjectOperation for STOP the operation, otherwise null
   * @param dwAction NtmsEjectOperation: START ejects the medium with those queued in this session; QUEUE only collects it;
   *   FORCE is START before everything that waits; STOP ends an operation, and what nobody took yet goes back
   * @returns the operation, which is the library request: a new one for START and FORCE, otherwise what was given
   * @throws NtmsError every code of the documented table
   */
  EjectNtmsMedia(
    hSession: NtmsSession,
    lpMediaId: Guid | null,
    lpEjectOperation: Guid | null,
    dwAction: number,
  ): Promise<Guid | null>;
  /**
   * Opens the ports of a library for a person, and puts what comes in into slots.
   * @param lpInjectOperation for STOP and RETRACT the operation, otherwise null
   * @param dwAction NtmsInjectOperation: START for one filling of the ports, STARTMANY until STOP; RETRACT pulls the ports
   *   of a STARTMANY in, looks, and opens them again when something lay there
   * @returns the operation, which is the library request
   * @throws NtmsError every code of the documented table
   */
  InjectNtmsMedia(
    hSession: NtmsSession,
    lpLibraryId: Guid,
    lpInjectOperation: Guid | null,
    dwAction: number,
  ): Promise<Guid>;
}

const { NTMS_EJECT_START, NTMS_EJECT_STOP, NTMS_EJECT_QUEUE, NTMS_EJECT_FORCE } = NtmsEjectOperation;
const { NTMS_INJECT_START, NTMS_INJECT_STOP, NTMS_INJECT_RETRACT, NTMS_INJECT_STARTMANY } = NtmsInjectOperation;

const ejectActions: readonly number[] = [NTMS_EJECT_START, NTMS_EJECT_STOP, NTMS_EJECT_QUEUE, NTMS_EJECT_FORCE];
const injectActions: readonly number[] = [
  NTMS_INJECT_START,
  NTMS_INJECT_STOP,
  NTMS_INJECT_RETRACT,
  NTMS_INJECT_STARTMANY,
];

const zeroGuid = '00000000-0000-0000-0000-000000000000';

export function ejectInject(context: CallContext): EjectInject {
  /** What a session has queued and not started; it goes with the session. */
  const batches = new WeakMap<NtmsSession, Guid[]>();

  return {
    EjectNtmsMedia: (hSession, lpMediaId, lpEjectOperation, dwAction) =>
      context.call(hSession, (session) => {
        requirePassed(lpMediaId, 'lpMediaId');
        requirePassed(lpEjectOperation, 'lpEjectOperation');
        if (!ejectActions.includes(dwAction)) {
          throw new NtmsError(
            'ERROR_INVALID_PARAMETER',
            `dwAction ${dwAction} is none of START, STOP, QUEUE and FORCE`,
          );
        }
        if (dwAction === NTMS_EJECT_STOP) return stopEject(context, session, lpEjectOperation);
        const queued = (batches.get(session) ?? []).filter((id) => !hasLeft(context, id));
        const started = dwAction !== NTMS_EJECT_QUEUE;
        const named = isNone(lpMediaId) ? undefined : lpMediaId;
        if (named === undefined && (dwAction !== NTMS_EJECT_START || queued.length === 0)) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpMediaId is missing, and nothing was queued before');
        }
        const batch = named === undefined || queued.includes(named) ? queued : [...queued, named];
        const library = requireEjectable(context, session, batch);
        if (!started) {
          batches.set(session, batch);
          return lpEjectOperation;
        }
        const force = dwAction === NTMS_EJECT_FORCE;
        const order = { library: library.id, media: batch, force, origin: session.identity };
        const operation = ejectFromDrive(context, library, order) ?? context.manager.ports.eject(order);
        batches.delete(session);
        context.sessions.note(session, [operation], 'by-itself');
        return operation;
      }),

    InjectNtmsMedia: (hSession, lpLibraryId, lpInjectOperation, dwAction) =>
      context.call(hSession, async (session) => {
        if (!lpLibraryId || typeof lpLibraryId !== 'string') {
          throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpLibraryId is missing');
        }
        requirePassed(lpInjectOperation, 'lpInjectOperation');
        if (!injectActions.includes(dwAction)) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `dwAction ${dwAction} is no inject action`);
        }
        const library = context.store.table('libraries').get(lpLibraryId);
        if (library === undefined) throw new NtmsError('ERROR_INVALID_PARAMETER', `there is no library ${lpLibraryId}`);
        requireControl(context, session, library);
        if (dwAction === NTMS_INJECT_STOP || dwAction === NTMS_INJECT_RETRACT) {
          return endInject(context, library, lpInjectOperation, dwAction);
        }
        requireOnline(library);
        if (!library.enabled) throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `library ${library.name} is disabled`);
        requirePorts(context, library);
        if (!context.manager.ports.hasRoom(library.id)) {
          throw new NtmsError(
            'ERROR_LIBRARY_FULL',
            `library ${library.name} has no empty slot; eject a cartridge first`,
          );
        }
        const many = dwAction === NTMS_INJECT_STARTMANY;
        const operation = context.manager.ports.inject({ library: library.id, many, origin: session.identity });
        context.sessions.note(session, [operation], 'by-itself');
        return operation;
      }),
  };
}

/** What is in a stand-alone drive needs no port. */
function ejectFromDrive(
  { store, manager }: CallContext,
  library: LibraryRow,
  { media: [medium], origin }: EjectOrder,
): Guid | undefined {
  if (library.libraryType !== NtmsLibraryType.NTMS_LIBRARYTYPE_STANDALONE || medium === undefined) return undefined;
  const { location } = store.table('physicalMedia').require(medium);
  const drive = location === null ? undefined : store.table('drives').get(location);
  return drive && manager.disks.eject({ drive, medium, force: false, origin }).requestId;
}

function stopEject(context: CallContext, session: NtmsSession, operation: Guid | null): Guid {
  if (isNone(operation)) throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpEjectOperation is missing');
  const libraryId = context.manager.ports.libraryOfEject(operation);
  if (libraryId === undefined) {
    throw new NtmsError('ERROR_INVALID_OPERATION', `${operation} is no eject that waits or runs`);
  }
  requireControl(context, session, context.store.table('libraries').require(libraryId));
  context.manager.ports.stop(operation);
  return operation;
}

async function endInject(
  context: CallContext,
  library: LibraryRow,
  operation: Guid | null,
  dwAction: number,
): Promise<Guid> {
  if (isNone(operation)) throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpInjectOperation is missing');
  const inject = context.manager.ports.injectOf(operation);
  if (inject?.library !== library.id) {
    throw new NtmsError('ERROR_INVALID_OPERATION', `${operation} is no inject into ${library.name} that waits or runs`);
  }
  if (dwAction === NTMS_INJECT_STOP) {
    context.manager.ports.stop(operation);
    return operation;
  }
  if (!inject.many) throw new NtmsError('ERROR_INVALID_OPERATION', `${operation} was not begun by STARTMANY`);
  await context.manager.ports.retract(operation);
  return operation;
}

/** What was queued and went another way meanwhile; nobody could take it back out of the batch. */
function hasLeft({ store }: CallContext, mediumId: Guid): boolean {
  const medium = store.table('physicalMedia').get(mediumId);
  return medium === undefined || medium.currentLibrary === store.wellKnown.offlineLibrary;
}

/** All that stands against ejecting these media together; gives their library. */
function requireEjectable(context: CallContext, session: NtmsSession, media: readonly Guid[]): LibraryRow {
  const rows = media.map((id) => {
    const row = context.store.table('physicalMedia').get(id);
    if (row === undefined) throw new NtmsError('ERROR_INVALID_PARAMETER', `${id} is no physical medium`);
    return row;
  });
  const libraries = rows.map(({ currentLibrary }) => context.store.table('libraries').require(currentLibrary));
  for (const library of libraries) requireControl(context, session, library);
  const [library] = libraries;
  if (library === undefined) throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpMediaId is missing');
  for (const row of libraries) requireOnline(row);
  if (libraries.some(({ id }) => id !== library.id)) {
    throw new NtmsError('ERROR_BUSY', `the queued media are in ${library.name}, whose ports take no others`);
  }
  if (!library.enabled) throw new NtmsError('ERROR_RESOURCE_DISABLED', `library ${library.name} is disabled`);
  requirePorts(context, library);
  for (const row of rows) requireIdle(context, row);
  const capacity = context.manager.ports.capacity(library.id);
  if (rows.length > capacity) {
    throw new NtmsError('ERROR_BUSY', `the ports of ${library.name} take ${capacity} cartridges at once`);
  }
  return library;
}

function requireIdle(context: CallContext, medium: PhysicalMediumRow): void {
  const { name, enabled, claimedBy, mediaState, location } = medium;
  if (!enabled) throw new NtmsError('ERROR_MEDIA_NOT_AVAILABLE', `${name} is disabled`);
  const drive = location === null ? undefined : context.store.table('drives').get(location);
  if (drive?.enabled === false) {
    throw new NtmsError('ERROR_RESOURCE_DISABLED', `${name} is in ${drive.name}, which is disabled`);
  }
  const inUse = claimedBy !== null || mediaState === NtmsMediaState.NTMS_MEDIASTATE_INUSE;
  if (inUse) throw new NtmsError('ERROR_BUSY', `${name} is mounted or about to be; dismount it first`);
}

function requireControl(context: CallContext, session: NtmsSession, library: LibraryRow): void {
  context.access.require(session.identity, { kind: 'library', id: library.id }, NtmsAccessMask.NTMS_CONTROL_ACCESS);
}

function requireOnline(library: LibraryRow): void {
  if (isOfflineLibrary(library)) {
    throw new NtmsError('ERROR_LIBRARY_OFFLINE', `${library.name} is the shelf for media that are in no library`);
  }
}

/** Devices that can carry something to a port. */
function requirePorts(context: CallContext, library: LibraryRow): void {
  if (isNotPresent(library)) {
    throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `library ${library.name} is not attached`);
  }
  if (needsService(library)) {
    throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `library ${library.name} needs service`);
  }
  if (context.manager.ports.capacity(library.id) === 0) {
    throw new NtmsError(
      'ERROR_DEVICE_NOT_AVAILABLE',
      `library ${library.name} has no port that is enabled; use AccessNtmsLibraryDoor`,
    );
  }
}

/** A C caller passes a pointer; here the value stands for it, and only what is left out has no pointer. */
function requirePassed(value: Guid | null, name: string): void {
  if (value !== null && typeof value !== 'string') {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `${name} is neither a GUID nor null`);
  }
}

function isNone(guid: Guid | null): guid is null {
  return guid === null || guid === '' || guid === zeroGuid;
}
