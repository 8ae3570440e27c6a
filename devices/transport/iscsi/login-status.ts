import { IscsiError } from './iscsi-error.js';

/** Status classes of a login response (RFC 7143 11.13.5). */
export const LoginStatusClass = { success: 0, redirection: 1, initiatorError: 2, targetError: 3 } as const;

const AUTHENTICATION_FAILED = 0x0201;

/** What each refusal means and what to do about it, by class and detail. */
const refusals: Readonly<Record<number, string>> = {
  0x0200: 'initiator error: it could not make sense of the login request',
  [AUTHENTICATION_FAILED]:
    'authentication failed: check the CHAP user and secret, and whether the target wants CHAP at all',
  0x0202: 'authorization failure: this initiator name may not use the target; add it to the access list there',
  0x0203: 'target not found: check the target name, and that this initiator may see it',
  0x0204: 'target removed: it was taken away for good',
  0x0205: 'unsupported protocol version',
  0x0206: 'too many connections in this session',
  0x0207: 'missing parameter',
  0x0208: 'this session cannot be added to',
  0x0209: 'session type not supported: it may not offer discovery',
  0x020a: 'session does not exist',
  0x020b: 'invalid during login',
  0x0300: 'target error: hardware or software trouble there',
  0x0301: 'service unavailable: not now',
  0x0302: 'out of resources: too many sessions there',
};

/** The error for a login response that is neither success nor redirection. */
export function loginRefused(statusClass: number, statusDetail: number): IscsiError {
  const status = statusClass * 256 + statusDetail;
  const text = refusals[status] ?? refusals[statusClass * 256] ?? 'unknown status';
  return new IscsiError(
    status === AUTHENTICATION_FAILED ? 'ISCSI_AUTHENTICATION' : 'ISCSI_LOGIN_REFUSED',
    `The target refused the login with status ${status.toString(16).padStart(4, '0')}h, ${text}`,
    { transient: statusClass === LoginStatusClass.targetError },
  );
}
