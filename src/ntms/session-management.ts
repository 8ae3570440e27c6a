import { NtmsError } from '../objects/ntms-error.js';
import { NtmsAccessMask, NtmsSessionOptions } from '../objects/ntmsapi/index.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';

/** Session management functions of ntmsapi.h. */
export interface SessionManagement {
  /**
   * Opens a session with the removable storage manager.
   * @param lpServer null or this computer's name; another computer is reached through a service only
   * @param lpApplication label shown on the session's requests; null is `RSM`
   * @param dwOptions 0 (1, NTMS_SESSION_QUERYEXPEDITE, is accepted and ignored)
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_INVALID_COMPUTERNAME, ERROR_NOT_READY, ERROR_NO_NETWORK,
   *   ERROR_NOT_CONNECTED, ERROR_ACCESS_DENIED
   */
  OpenNtmsSession(lpServer: string | null, lpApplication: string | null, dwOptions: number): Promise<NtmsSession>;
  /**
   * Ends a session. Its mounts and dismounts that are not done end with ERROR_CANCELLED; media that it has open are closed
   * and those that it mounted stay mounted, and an inventory that it asked for goes on.
   * @throws NtmsError ERROR_INVALID_HANDLE
   */
  CloseNtmsSession(hSession: NtmsSession): Promise<void>;
}

/** The label of a session that gave none (MS-RSMP note 76). */
const DEFAULT_APPLICATION = 'RSM';

export function sessionManagement(context: CallContext): SessionManagement {
  return {
    async OpenNtmsSession(lpServer, lpApplication, dwOptions) {
      if (dwOptions !== 0 && dwOptions !== NtmsSessionOptions.NTMS_SESSION_QUERYEXPEDITE) {
        throw new NtmsError('ERROR_INVALID_PARAMETER', `dwOptions is ${dwOptions}; it is reserved and must be 0`);
      }
      requireTextOrNull('lpServer', lpServer);
      requireTextOrNull('lpApplication', lpApplication);
      if (lpServer !== null && lpServer !== undefined) requireThisComputer(context, lpServer);
      // Opening is allowed while the manager is still starting; every other call has to wait (MS-RSMP 3.2.1.1).
      if (context.manager.state === 'failed') {
        throw new NtmsError('ERROR_NOT_READY', 'the removable storage manager did not start');
      }
      if (context.manager.state === 'stopped') {
        throw new NtmsError('ERROR_NOT_CONNECTED', 'the removable storage manager was stopped');
      }
      const identity = context.identity(lpApplication || DEFAULT_APPLICATION);
      context.access.require(identity, context.access.computer(), NtmsAccessMask.NTMS_USE_ACCESS);
      return context.sessions.open(identity);
    },

    async CloseNtmsSession(hSession) {
      const pending = context.sessions.close(hSession);
      context.manager.control.uiDestinations.forget({ session: hSession.id });
      try {
        context.manager.cancelRequests(pending, 'ERROR_CANCELLED', 'the session was closed');
      } finally {
        await context.manager.openedMedia.closeAllOf(hSession.id);
      }
    },
  };
}

/** For callers whose compiler did not look. */
function requireTextOrNull(name: string, value: unknown): void {
  if (value === null || value === undefined || typeof value === 'string') return;
  throw new NtmsError('ERROR_INVALID_PARAMETER', `${name} is ${typeof value}; it is text or null`);
}

function requireThisComputer(context: CallContext, server: string): void {
  // RFC 1123 host names and dotted addresses, with the two backslashes that Windows programs put in front.
  const name = server.replace(/^\\\\/, '');
  if (!/^(?=.{1,255}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\.?$/.test(name)) {
    throw new NtmsError('ERROR_INVALID_COMPUTERNAME', `lpServer "${server}" is not a computer name`);
  }
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  if (same(name, context.computerName) || same(name, 'localhost')) return;
  if (!context.hasNetwork()) {
    throw new NtmsError('ERROR_NO_NETWORK', `computer ${name} cannot be reached: this machine has no network`);
  }
  throw new NtmsError(
    'ERROR_NOT_CONNECTED',
    `computer ${name} is not this one (${context.computerName}), and sessions to other computers need the service`,
  );
}
