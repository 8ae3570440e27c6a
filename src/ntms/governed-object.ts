import { NtmsError } from '../objects/ntms-error.js';
import type { GoverningObject } from '../sessions/access-control.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import { isInformationKind } from './object-information.js';
import type { InformationKind } from './object-information.js';
import type { Guid } from './structures.js';

/** An object that a call names, of whatever kind. */
export interface NamedObject {
  readonly kind: InformationKind;
  readonly id: Guid;
}

/** ERROR_OBJECT_NOT_FOUND for an identifier that no object has. */
export function namedObject({ store }: CallContext, id: Guid): NamedObject {
  const kind = store.kindOf(id);
  if (kind !== undefined && isInformationKind(kind)) return { kind, id };
  throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `no object has the id ${id}`);
}

/**
 * ERROR_ACCESS_DENIED unless the caller has all bits of `mask` on what governs the object, which it returns. An object
 * whose governing object is lost is only an administrator's; then the computer stands in.
 */
export function requireGoverningRight(
  { access }: CallContext,
  { identity }: NtmsSession,
  { kind, id }: NamedObject,
  mask: number,
): GoverningObject {
  const governing = access.governing(kind, id);
  access.require(identity, governing ?? access.computer(), mask);
  if (governing !== undefined) return governing;
  if (identity.administrator) return access.computer();
  throw new NtmsError('ERROR_ACCESS_DENIED', `the object that governs ${id} is lost; only an administrator reaches it`);
}
