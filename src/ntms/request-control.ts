import { isFinished } from '../library/library-requests.js';
import { LAST_ORDER } from '../library/work-queue.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsObjectsTypes } from '../objects/ntmsapi/index.js';
import type { LibRequestRow } from '../objects/rows.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { requireId } from './identified.js';
import type { Guid } from './structures.js';
import { requireList } from './wanted-media.js';

/** Functions of ntmsapi.h on library requests. */
export interface RequestControlFunctions {
  /**
   * Queues the cancellation of a request that has not ended and returns; the request is CANCELLED when that was done. Once a
   * cartridge moves for it, only an inventory, an eject or an inject can be withdrawn, and is STOPPED.
   * @throws NtmsError every code of the documented table
   */
  CancelNtmsLibraryRequest(hSession: NtmsSession, lpRequestId: Guid): Promise<void>;
  /**
   * The place of a mount among the mounts that wait in its library: 1 is served next. 0 for requests that have no order:
   * other operations, and those that run or have ended.
   * @throws NtmsError every code of the documented table
   */
  GetNtmsRequestOrder(hSession: NtmsSession, lpRequestId: Guid): Promise<number>;
  /**
   * Gives a waiting mount another place among the mounts of its library; those behind it move on.
   * @param dwOrderNumber 1 is served next, 0xFFFFFFFF last
   * @throws NtmsError every code of the documented table
   */
  SetNtmsRequestOrder(hSession: NtmsSession, lpRequestId: Guid, dwOrderNumber: number): Promise<void>;
  /**
   * Removes requests that have ended. Others, and ids that no request has, are left alone without an error.
   * @param dwType NTMS_LIBREQUEST or NTMS_OPREQUEST
   * @param dwCount length of lpRequestId
   * @throws NtmsError every code of the documented table
   */
  DeleteNtmsRequests(
    hSession: NtmsSession,
    lpRequestId: readonly Guid[],
    dwType: number,
    dwCount: number,
  ): Promise<void>;
}

export function requestControl(context: CallContext): RequestControlFunctions {
  const requireComputer = (session: NtmsSession, mask: number): void =>
    context.access.require(session.identity, context.access.computer(), mask);

  return {
    CancelNtmsLibraryRequest: (hSession, lpRequestId) =>
      context.call(hSession, (session) => {
        const row = findRequest(context, lpRequestId);
        const { library } = row;
        context.access.require(session.identity, { kind: 'library', id: library }, NtmsAccessMask.NTMS_CONTROL_ACCESS);
        if (isFinished(row)) throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `request ${lpRequestId} has ended`);
        if (!context.manager.control.requests.isCancellable(row)) {
          throw new NtmsError('ERROR_ACCESS_DENIED', `a cartridge moves for request ${lpRequestId} already`);
        }
        const requestId = context.manager.control.requests.cancel(row, session.identity);
        context.sessions.note(session, [requestId], 'by-itself');
      }),

    GetNtmsRequestOrder: (hSession, lpRequestId) =>
      context.call(hSession, (session) => {
        const row = findRequest(context, lpRequestId);
        requireComputer(session, NtmsAccessMask.NTMS_CONTROL_ACCESS);
        return context.manager.control.requests.orderOf(row);
      }),

    SetNtmsRequestOrder: (hSession, lpRequestId, dwOrderNumber) =>
      context.call(hSession, (session) => {
        requireId('lpRequestId', lpRequestId);
        if (!Number.isInteger(dwOrderNumber) || dwOrderNumber < 1 || dwOrderNumber > LAST_ORDER) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `dwOrderNumber is ${dwOrderNumber}; 1 is the first place`);
        }
        const row = findRequest(context, lpRequestId);
        requireComputer(session, NtmsAccessMask.NTMS_CONTROL_ACCESS);
        if (context.manager.control.requests.orderOf(row) === 0) {
          throw new NtmsError(
            'ERROR_INVALID_PARAMETER',
            `request ${lpRequestId} is no mount that waits; it has no order`,
          );
        }
        context.manager.control.requests.setOrder(row, dwOrderNumber);
      }),

    DeleteNtmsRequests: (hSession, lpRequestId, dwType, dwCount) =>
      context.call(hSession, (session) => {
        requireList('lpRequestId', lpRequestId, dwCount);
        for (const id of lpRequestId) requireId('an entry of lpRequestId', id);
        if (dwType !== NtmsObjectsTypes.NTMS_LIBREQUEST && dwType !== NtmsObjectsTypes.NTMS_OPREQUEST) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `dwType ${dwType} is neither kind of request`);
        }
        requireComputer(session, NtmsAccessMask.NTMS_MODIFY_ACCESS);
        if (dwType === NtmsObjectsTypes.NTMS_OPREQUEST) context.manager.operatorRequests.remove(lpRequestId);
        else context.manager.control.requests.removeFinished(lpRequestId);
      }),
  };
}

function findRequest(context: CallContext, id: Guid): LibRequestRow {
  requireId('lpRequestId', id);
  const row = context.store.table('libRequests').get(id);
  if (row === undefined) throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `no library request has the id ${id}`);
  return row;
}
