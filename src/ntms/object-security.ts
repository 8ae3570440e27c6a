import { NtmsError } from '../objects/ntms-error.js';
import { StandardAccess } from '../objects/ntmsapi/index.js';
import type { GoverningObject } from '../sessions/access-control.js';
import { readDescriptor, writeDescriptor } from '../sessions/object-security.js';
import type { CheckedDescriptor } from '../sessions/object-security.js';
import {
  checkedAccessList,
  checkedGroup,
  checkedOwner,
  descriptorLength,
  SecurityInformation,
} from '../sessions/security-descriptor.js';
import type { NTMS_SECURITY_DESCRIPTOR } from '../sessions/security-descriptor.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { namedObject, requireGoverningRight } from './governed-object.js';
import type { NamedObject } from './governed-object.js';
import { requireIdentifier } from './named-objects.js';
import type { Guid } from './structures.js';

/** What GetNtmsObjectSecurity resolves with. */
export interface NtmsObjectSecurity {
  readonly lpSecurityDescriptor: NTMS_SECURITY_DESCRIPTOR;
  /** Bytes that the descriptor takes in the layout of winnt.h. */
  readonly lpnLengthNeeded: number;
}

/** Functions for the security of objects. */
export interface ObjectSecurity {
  /**
   * Reads who owns a media pool, a library or the computer, and who may do what with it.
   * @param dwType NtmsObjectsTypes; NTMS_UNKNOWN lets the server find the kind
   * @param RequestedInformation SecurityInformation bits: the parts that the answer has
   * @param nLength bytes for which the caller has room; null: as many as it takes
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_OBJECT_NOT_FOUND, ERROR_ACCESS_DENIED without READ_CONTROL on what
   *   governs the object (administrators only: the list of what is audited), ERROR_NO_SECURITY_ON_OBJECT for other kinds
   *   (`data.governing` is the object whose security counts), ERROR_INSUFFICIENT_BUFFER (`data.lpnLengthNeeded`)
   */
  GetNtmsObjectSecurity(
    hSession: NtmsSession,
    lpObjectId: Guid,
    dwType: number,
    RequestedInformation: number,
    nLength: number | null,
  ): Promise<NtmsObjectSecurity>;
  /**
   * Changes parts of the security of a media pool, a library or the computer, all or none of them.
   * @param dwType NtmsObjectsTypes; NTMS_UNKNOWN lets the server find the kind
   * @param SecurityInformation SecurityInformation bits: the parts that are written; a null access list takes the object's own
   *   away
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_OBJECT_NOT_FOUND, ERROR_ACCESS_DENIED (the access list takes
   *   WRITE_DAC or ownership, owner and group take ownership), ERROR_NO_SECURITY_ON_OBJECT for other kinds,
   *   ERROR_DATABASE_FULL
   */
  SetNtmsObjectSecurity(
    hSession: NtmsSession,
    lpObjectId: Guid,
    dwType: number,
    SecurityInformation: number,
    lpSecurityDescriptor: NTMS_SECURITY_DESCRIPTOR,
  ): Promise<void>;
}

const {
  OWNER_SECURITY_INFORMATION: OWNER,
  GROUP_SECURITY_INFORMATION: GROUP,
  DACL_SECURITY_INFORMATION: DACL,
  SACL_SECURITY_INFORMATION: SACL,
} = SecurityInformation;

export function objectSecurity(context: CallContext): ObjectSecurity {
  const { access, store } = context;
  return {
    GetNtmsObjectSecurity: (hSession, lpObjectId, dwType, RequestedInformation, nLength) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpObjectId, 'lpObjectId');
        requireBits(RequestedInformation, OWNER | GROUP | DACL | SACL, 'RequestedInformation');
        if (nLength !== null && !(Number.isInteger(nLength) && nLength >= 0)) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', `nLength is ${nLength}; it is a number of bytes, or null`);
        }
        const object = namedObject(context, lpObjectId);
        const governing = requireGoverningRight(context, session, object, StandardAccess.READ_CONTROL);
        if ((RequestedInformation & SACL) !== 0) requireSecurityPrivilege(session);
        requireCarrier(object, dwType, governing);
        const lpSecurityDescriptor = readDescriptor(store, access, governing, RequestedInformation);
        const lpnLengthNeeded = descriptorLength(lpSecurityDescriptor);
        if (nLength !== null && nLength < lpnLengthNeeded) {
          throw new NtmsError('ERROR_INSUFFICIENT_BUFFER', `${lpnLengthNeeded} bytes, room for ${nLength}`, {
            data: { lpnLengthNeeded },
          });
        }
        return { lpSecurityDescriptor, lpnLengthNeeded };
      }),

    SetNtmsObjectSecurity: (hSession, lpObjectId, dwType, information, lpSecurityDescriptor) =>
      context.call(hSession, (session) => {
        requireIdentifier(lpObjectId, 'lpObjectId');
        const parts = checkedParts(information, lpSecurityDescriptor);
        const object = namedObject(context, lpObjectId);
        const owns = ownsGoverning(context, session, object);
        if (!owns || (information & DACL) !== 0) {
          requireGoverningRight(context, session, object, StandardAccess.WRITE_DAC);
        }
        if (!owns && (information & (OWNER | GROUP)) !== 0) {
          throw new NtmsError('ERROR_ACCESS_DENIED', `user ${session.identity.user} does not own ${lpObjectId}`);
        }
        if ((information & SACL) !== 0) {
          requireSecurityPrivilege(session);
          throw new NtmsError('ERROR_INVALID_PARAMETER', 'nothing is audited here, so there is no list of it to set');
        }
        const governing = access.governing(object.kind, object.id);
        requireCarrier(object, dwType, governing);
        if (governing.kind === 'computer' && parts.entries === null) {
          throw new NtmsError('ERROR_INVALID_PARAMETER', 'there is nothing above the computer whose list could count');
        }
        writeDescriptor(store, governing, parts);
      }),
  };
}

/** An owner may do it by being one; so may an administrator. */
function ownsGoverning({ access }: CallContext, { identity }: NtmsSession, { kind, id }: NamedObject): boolean {
  if (identity.administrator) return true;
  const governing = access.governing(kind, id);
  return governing !== undefined && access.owns(identity, governing);
}

/** The privilege SE_SECURITY_NAME is an administrator's. */
function requireSecurityPrivilege({ identity }: NtmsSession): void {
  if (identity.administrator) return;
  throw new NtmsError('ERROR_ACCESS_DENIED', `user ${identity.user} may not see or set what is audited`);
}

/** Only pools, libraries and the computer carry security; what they govern borrows theirs. */
function requireCarrier(
  { kind, id }: NamedObject,
  dwType: number,
  governing: GoverningObject | undefined,
): asserts governing is GoverningObject {
  if (dwType !== 0 && dwType !== kind) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', `dwType is ${dwType}; ${id} is an object of kind ${kind}`);
  }
  if (governing?.id === id) return;
  throw new NtmsError('ERROR_NO_SECURITY_ON_OBJECT', `what governs ${id} is another object's security`, {
    data: { governing: governing?.id ?? null },
  });
}

function requireBits(bits: number, known: number, name: string): void {
  if (Number.isInteger(bits) && bits > 0 && bits <= 0xffff_ffff && (bits & ~known) === 0) return;
  throw new NtmsError('ERROR_INVALID_PARAMETER', `${name} is ${bits}; it has one or more bits of SecurityInformation`);
}

function checkedParts(information: number, descriptor: NTMS_SECURITY_DESCRIPTOR): CheckedDescriptor {
  requireBits(information, OWNER | GROUP | DACL | SACL, 'SecurityInformation');
  if (typeof descriptor !== 'object' || descriptor === null) {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpSecurityDescriptor is missing');
  }
  const { owner, group, dacl } = descriptor;
  return {
    ...((information & OWNER) === 0 ? {} : { owner: checkedOwner(owner, 'lpSecurityDescriptor.owner') }),
    ...((information & GROUP) === 0 ? {} : { group: checkedGroup(group, 'lpSecurityDescriptor.group') }),
    ...((information & DACL) === 0
      ? {}
      : { entries: dacl === null ? null : checkedAccessList(dacl, 'lpSecurityDescriptor.dacl') }),
  };
}
