import { randomUUID } from 'node:crypto';
import { isAnswered } from '../library/operator-requests.js';
import { NtmsError } from '../objects/ntms-error.js';
import { INFINITE, NtmsAccessMask, NtmsLength, NtmsObjectsTypes, NtmsOpreqCommand } from '../objects/ntmsapi/index.js';
import type { OpRequestRow } from '../objects/rows.js';
import type { GoverningObject } from '../sessions/access-control.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { requireId } from './identified.js';
import type { Guid } from './structures.js';

/** Operator request functions of ntmsapi.h. */
export interface OperatorRequestFunctions {
  /**
   * Asks a person for something and returns the request's identifier at once; see {@link WaitForNtmsOperatorRequest}.
   * @param dwRequest NtmsOpreqCommand
   * @param lpMessage text for the operator, at most 255 characters; only NTMS_OPREQ_MESSAGE needs one
   * @param lpArg1Id NEWMEDIA: media pool; CLEANER: library or slot; DEVICESERVICE: door, library, drive or physical medium;
   *   MOVEMEDIA: physical medium; MESSAGE: null
   * @param lpArg2Id NEWMEDIA: library or null; MOVEMEDIA: library; otherwise null
   * @returns lpRequestId
   * @throws NtmsError every code of the documented table
   */
  SubmitNtmsOperatorRequest(
    hSession: NtmsSession,
    dwRequest: number,
    lpMessage: string | null,
    lpArg1Id: Guid | null,
    lpArg2Id: Guid | null,
  ): Promise<Guid>;
  /**
   * Resolves when a person has done what was asked.
   * @param dwTimeout milliseconds; 0 only looks, 0xFFFFFFFF waits for ever. A wait that is over leaves the request open
   * @throws NtmsError ERROR_CANCELLED when it was refused or the session was closed, and every code of the documented table
   */
  WaitForNtmsOperatorRequest(hSession: NtmsSession, lpRequestId: Guid, dwTimeout: number): Promise<void>;
  /**
   * Refuses a request: nobody will do what it asks for.
   * @throws NtmsError every code of the documented table
   */
  CancelNtmsOperatorRequest(hSession: NtmsSession, lpRequestId: Guid): Promise<void>;
  /**
   * Says that what a request asks for is done; mounts and allocations that wait for it try again.
   * @throws NtmsError every code of the documented table
   */
  SatisfyNtmsOperatorRequest(hSession: NtmsSession, lpRequestId: Guid): Promise<void>;
}

type ArgumentKind = NtmsObjectsTypes;

/** What the arguments of each command are (MS-RSMP 3.2.5.2.5.4). */
const commands: Readonly<
  Record<number, { readonly arg1: readonly ArgumentKind[]; readonly arg2: 'library' | 'library or null' | 'null' }>
> = {
  [NtmsOpreqCommand.NTMS_OPREQ_NEWMEDIA]: { arg1: [NtmsObjectsTypes.NTMS_MEDIA_POOL], arg2: 'library or null' },
  [NtmsOpreqCommand.NTMS_OPREQ_CLEANER]: {
    arg1: [NtmsObjectsTypes.NTMS_LIBRARY, NtmsObjectsTypes.NTMS_STORAGESLOT],
    arg2: 'null',
  },
  [NtmsOpreqCommand.NTMS_OPREQ_DEVICESERVICE]: {
    arg1: [
      NtmsObjectsTypes.NTMS_IEDOOR,
      NtmsObjectsTypes.NTMS_LIBRARY,
      NtmsObjectsTypes.NTMS_DRIVE,
      NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA,
    ],
    arg2: 'null',
  },
  [NtmsOpreqCommand.NTMS_OPREQ_MOVEMEDIA]: { arg1: [NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA], arg2: 'library' },
  [NtmsOpreqCommand.NTMS_OPREQ_MESSAGE]: { arg1: [], arg2: 'null' },
};

export function operatorRequests(context: CallContext): OperatorRequestFunctions {
  const { operatorRequests: requests } = context.manager;

  return {
    SubmitNtmsOperatorRequest: (hSession, dwRequest, lpMessage, lpArg1Id, lpArg2Id) =>
      context.call(hSession, (session) => {
        const command = commands[dwRequest];
        if (command === undefined) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `dwRequest ${dwRequest} is not one of NtmsOpreqCommand`);
        }
        requireMessage(dwRequest, lpMessage);
        requireArguments(command, lpArg1Id, lpArg2Id);
        const arg1 = lpArg1Id === null ? undefined : findArgument(context, 'lpArg1Id', lpArg1Id, command.arg1);
        const arg2 =
          lpArg2Id === null ? undefined : findArgument(context, 'lpArg2Id', lpArg2Id, [NtmsObjectsTypes.NTMS_LIBRARY]);
        requireSubmitRight(context, session, dwRequest, arg1);
        const id = randomUUID();
        context.sessions.note(session, [id], 'by-itself');
        requests.submit(
          {
            command: dwRequest as NtmsOpreqCommand,
            message: lpMessage ?? '',
            ...(arg1 === undefined ? {} : { arg1 }),
            ...(arg2 === undefined ? {} : { arg2 }),
          },
          session.identity,
          id,
        );
        return id;
      }),

    WaitForNtmsOperatorRequest: (hSession, lpRequestId, dwTimeout) =>
      context.call(hSession, async (session) => {
        requireId('lpRequestId', lpRequestId);
        if (!Number.isInteger(dwTimeout) || dwTimeout < 0 || dwTimeout > INFINITE) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `dwTimeout is ${dwTimeout}; it is milliseconds or 0xFFFFFFFF`);
        }
        findRequest(context, lpRequestId);
        context.access.require(session.identity, context.access.computer(), NtmsAccessMask.NTMS_USE_ACCESS);
        await whenEnded(context, session, lpRequestId, dwTimeout);
      }),

    CancelNtmsOperatorRequest: (hSession, lpRequestId) =>
      context.call(hSession, (session) => {
        const row = requireAnswerable(context, session, lpRequestId);
        if (isAnswered(row))
          throw new NtmsError('ERROR_INVALID_STATE', `operator request ${row.id} was answered before`);
        requests.answer(row.id, 'refused');
      }),

    SatisfyNtmsOperatorRequest: (hSession, lpRequestId) =>
      context.call(hSession, (session) => {
        const row = requireAnswerable(context, session, lpRequestId);
        if (isAnswered(row)) {
          throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `operator request ${row.id} was answered before`);
        }
        requests.answer(row.id, 'complete');
      }),
  };
}

function requireMessage(dwRequest: number, lpMessage: string | null): void {
  const text = lpMessage ?? '';
  if (typeof text !== 'string') {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpMessage is neither text nor null');
  }
  if (text.length >= NtmsLength.NTMS_MESSAGE_LENGTH) {
    const most = NtmsLength.NTMS_MESSAGE_LENGTH - 1;
    throw new NtmsError('ERROR_INVALID_PARAMETER', `lpMessage has ${text.length} characters; ${most} fit`);
  }
  if (dwRequest === NtmsOpreqCommand.NTMS_OPREQ_MESSAGE && text === '') {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'a request of kind NTMS_OPREQ_MESSAGE needs lpMessage');
  }
}

function requireArguments(command: NonNullable<(typeof commands)[number]>, arg1: unknown, arg2: unknown): void {
  const given = (name: string, value: unknown): boolean => {
    if (value !== null && (typeof value !== 'string' || value === '')) {
      throw new NtmsError('ERROR_INVALID_PARAMETER', `${name} is neither null nor an identifier`);
    }
    return value !== null;
  };
  if (given('lpArg1Id', arg1) !== command.arg1.length > 0) {
    const what = arg1 === null ? 'is missing' : 'must be null';
    throw new NtmsError('ERROR_INVALID_PARAMETER', `lpArg1Id ${what} for this dwRequest`);
  }
  const second = given('lpArg2Id', arg2);
  if ((second && command.arg2 === 'null') || (!second && command.arg2 === 'library')) {
    const what = second ? 'must be null' : 'is missing; it names the library to bring the medium to';
    throw new NtmsError('ERROR_INVALID_PARAMETER', `lpArg2Id ${what}`);
  }
}

function findArgument(context: CallContext, name: string, id: Guid, kinds: readonly ArgumentKind[]) {
  const type = context.store.kindOf(id);
  if (type === undefined || !kinds.includes(type)) {
    throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `${name} ${id} is no object that this dwRequest can be about`);
  }
  return { type, id };
}

/** Control of the pool or the library that it is about; for a mere message use of the computer (rsm-security). */
function requireSubmitRight(
  context: CallContext,
  session: NtmsSession,
  dwRequest: number,
  arg1: { readonly type: ArgumentKind; readonly id: Guid } | undefined,
): void {
  const { access, store } = context;
  if (arg1 === undefined) {
    access.require(session.identity, access.computer(), NtmsAccessMask.NTMS_USE_ACCESS);
    return;
  }
  const device = dwRequest === NtmsOpreqCommand.NTMS_OPREQ_DEVICESERVICE;
  const medium =
    arg1.type === NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA ? store.table('physicalMedia').get(arg1.id) : undefined;
  const governing: GoverningObject | undefined =
    device && medium !== undefined
      ? { kind: 'library', id: medium.currentLibrary }
      : access.governing(arg1.type, arg1.id);
  access.require(session.identity, governing ?? access.computer(), NtmsAccessMask.NTMS_CONTROL_ACCESS);
}

function findRequest(context: CallContext, id: Guid): OpRequestRow {
  const row = context.store.table('opRequests').get(id);
  if (row === undefined) throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `no operator request has the id ${id}`);
  return row;
}

function requireAnswerable(context: CallContext, session: NtmsSession, id: Guid): OpRequestRow {
  requireId('lpRequestId', id);
  const row = findRequest(context, id);
  context.access.require(session.identity, context.access.computer(), NtmsAccessMask.NTMS_CONTROL_ACCESS);
  return row;
}

/** Whatever becomes of the request, of the session or of the manager: the wait ends. */
function whenEnded(context: CallContext, session: NtmsSession, id: Guid, timeoutMs: number): Promise<void> {
  const { manager } = context;
  return new Promise((resolve, reject) => {
    const endings: (() => void)[] = [];
    const settle = (error?: NtmsError): void => {
      for (const end of endings.splice(0)) end();
      if (error === undefined) resolve();
      else reject(error);
    };
    let told = false;
    const stop = manager.operatorRequests.onEnd(id, (end) => {
      told = true;
      settle(errorOfEnd(end, id));
    });
    if (told) return;
    endings.push(stop);
    if (timeoutMs === 0) return settle(new NtmsError('ERROR_TIMEOUT', `operator request ${id} is open`));
    const endWith = (signal: AbortSignal, error: NtmsError): void => {
      const onAbort = (): void => settle(error);
      signal.addEventListener('abort', onAbort, { once: true });
      endings.push(() => signal.removeEventListener('abort', onAbort));
    };
    endWith(session.closed, new NtmsError('ERROR_CANCELLED', 'the session was closed'));
    endWith(manager.control.ending, new NtmsError('ERROR_NOT_CONNECTED', 'the removable storage manager was stopped'));
    if (timeoutMs === INFINITE) return;
    endings.push(
      manager.clock.after(timeoutMs, () =>
        settle(new NtmsError('ERROR_TIMEOUT', `nobody answered operator request ${id} within ${timeoutMs} ms`)),
      ),
    );
  });
}

function errorOfEnd(end: 'complete' | 'refused' | 'removed', id: Guid): NtmsError | undefined {
  if (end === 'complete') return undefined;
  return end === 'refused'
    ? new NtmsError('ERROR_CANCELLED', `operator request ${id} was refused`)
    : new NtmsError('ERROR_OBJECT_NOT_FOUND', `operator request ${id} was withdrawn or removed`);
}
