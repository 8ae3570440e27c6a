import { messageTypes } from '../library/ui-destinations.js';
import type { UiScope } from '../library/ui-destinations.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsObjectsTypes, NtmsUIOperations, NtmsUITypes } from '../objects/ntmsapi/index.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import type { Guid } from './structures.js';

/** The answer of GetNtmsUIOptions. */
export interface UiDestinationList {
  /** Names of computers; the multi-string of C as an array. */
  readonly lpszDestination: readonly string[];
  /** Characters that the multi-string has, with its closing nulls; 0 for an empty list. */
  readonly lpdwBufSize: number;
}

/** Functions of ntmsapi.h about where messages go. */
export interface UiOptions {
  /**
   * The computers that messages of a type go to.
   * @param lpObjectId the computer, a library, or null for this session
   * @param dwType NtmsUITypes; a session has no list for NTMS_UITYPE_ERR
   * @param lpdwBufSize characters that the caller has room for; pass INFINITE when that does not matter
   * @throws NtmsError ERROR_INSUFFICIENT_BUFFER with the needed size as `data.lpdwBufSize`, and every code of the documented
   *   table
   */
  GetNtmsUIOptions(
    hSession: NtmsSession,
    lpObjectId: Guid | null,
    dwType: number,
    lpdwBufSize: number,
  ): Promise<UiDestinationList>;
  /**
   * Changes the list of computers that messages of a type go to. Lists of the computer and of libraries are kept, a session's
   * ends with it.
   * @param lpObjectId the computer, a library, or null for this session
   * @param dwType NtmsUITypes; a session has no list for NTMS_UITYPE_ERR
   * @param dwOperation NtmsUIOperations
   * @param lpszDestination a computer's name, which is not checked; null is the computer of the session, '' the server's.
   *   NTMS_UIDEST_DELETEALL ignores it
   * @throws NtmsError every code of the documented table
   */
  SetNtmsUIOptions(
    hSession: NtmsSession,
    lpObjectId: Guid | null,
    dwType: number,
    dwOperation: number,
    lpszDestination: string | null,
  ): Promise<void>;
}

const { NTMS_USE_ACCESS: USE, NTMS_MODIFY_ACCESS: MODIFY } = NtmsAccessMask;
const operations: readonly number[] = [
  NtmsUIOperations.NTMS_UIDEST_ADD,
  NtmsUIOperations.NTMS_UIDEST_DELETE,
  NtmsUIOperations.NTMS_UIDEST_DELETEALL,
];

export function uiOptions(context: CallContext): UiOptions {
  return {
    GetNtmsUIOptions: (hSession, lpObjectId, dwType, lpdwBufSize) =>
      context.call(hSession, (session) => {
        const type = requireType(lpObjectId, dwType);
        if (!Number.isInteger(lpdwBufSize) || lpdwBufSize < 0) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `lpdwBufSize is ${lpdwBufSize}; it is a number of characters`);
        }
        const scope = requireScope(context, session, lpObjectId, USE);
        const lpszDestination = context.manager.control.uiDestinations.list(scope, type);
        const needed = multiStringLength(lpszDestination);
        if (needed > lpdwBufSize) {
          throw new NtmsError('ERROR_INSUFFICIENT_BUFFER', `${needed} characters, room for ${lpdwBufSize}`, {
            data: { lpdwBufSize: needed },
          });
        }
        return { lpszDestination, lpdwBufSize: needed };
      }),

    SetNtmsUIOptions: (hSession, lpObjectId, dwType, dwOperation, lpszDestination) =>
      context.call(hSession, (session) => {
        const type = requireType(lpObjectId, dwType);
        if (!operations.includes(dwOperation)) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `dwOperation ${dwOperation} is not one of NtmsUIOperations`);
        }
        const all = dwOperation === NtmsUIOperations.NTMS_UIDEST_DELETEALL;
        const name = all ? '' : nameOf(context, session, lpszDestination);
        const scope = requireScope(context, session, lpObjectId, USE | MODIFY);
        const { uiDestinations } = context.manager.control;
        if (all) uiDestinations.removeAll(scope, type);
        else if (dwOperation === NtmsUIOperations.NTMS_UIDEST_ADD) uiDestinations.add(scope, type, name);
        else uiDestinations.remove(scope, type, name);
      }),
  };
}

function requireType(lpObjectId: Guid | null, dwType: number): NtmsUITypes {
  const type = messageTypes.find((known) => known === dwType);
  if (type === undefined) throw new NtmsError('ERROR_INVALID_PARAMETER', `dwType ${dwType} is not one of NtmsUITypes`);
  if (lpObjectId === null && type === NtmsUITypes.NTMS_UITYPE_ERR) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'an application causes no messages of type NTMS_UITYPE_ERR');
  }
  return type;
}

function nameOf(context: CallContext, session: NtmsSession, lpszDestination: string | null): string {
  if (lpszDestination === null) return session.identity.computer;
  if (typeof lpszDestination !== 'string') {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpszDestination is neither text nor null');
  }
  return lpszDestination === '' ? context.computerName : lpszDestination;
}

/** A session's own list is nobody else's affair; the others are governed by their object. */
function requireScope(context: CallContext, session: NtmsSession, id: Guid | null, mask: number): UiScope {
  if (id === null) return { session: session.id };
  if (!id || typeof id !== 'string') {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpObjectId is neither null nor an identifier');
  }
  const kind = context.store.kindOf(id);
  if (kind === undefined) throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `no object has the id ${id}`);
  if (kind !== NtmsObjectsTypes.NTMS_COMPUTER && kind !== NtmsObjectsTypes.NTMS_LIBRARY) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `lpObjectId ${id} is neither a library nor the computer`);
  }
  const governing = kind === NtmsObjectsTypes.NTMS_LIBRARY ? 'library' : 'computer';
  context.access.require(session.identity, { kind: governing, id }, mask);
  return { object: id };
}

/** Every name has its null, and one more closes the list. */
function multiStringLength(list: readonly string[]): number {
  return list.length === 0 ? 0 : list.reduce((sum, name) => sum + name.length + 1, 1);
}
