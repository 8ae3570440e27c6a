import type { NewSecurity } from '../library/media-pools.js';
import { NtmsError } from '../objects/ntms-error.js';
import type { MediaPoolRow } from '../objects/rows.js';
import { checkedAccessList, checkedGroup, checkedOwner, EVERY_RIGHT } from '../sessions/security-descriptor.js';
import type { CheckedEntry } from '../sessions/security-descriptor.js';
import type { NtmsSession } from '../sessions/session-table.js';
import type { CallContext } from './call-context.js';
import type { SECURITY_ATTRIBUTES } from './media-pool-structures.js';

/** What the caller says about the security of a new pool; what it leaves out is undefined. */
export interface GivenSecurity {
  readonly owner: string | undefined;
  readonly group: string | null | undefined;
  /** Null: no access list of its own. */
  readonly dacl: readonly CheckedEntry[] | null | undefined;
}

/** Throws ERROR_INVALID_PARAMETER for what is no security descriptor. */
export function readSecurity(attributes: SECURITY_ATTRIBUTES | null): GivenSecurity {
  if (attributes !== null && typeof attributes !== 'object') {
    throw new NtmsError('ERROR_INVALID_PARAMETER', 'lpSecurityAttributes is neither null nor a structure');
  }
  const { owner, group, dacl } = attributes?.lpSecurityDescriptor ?? {};
  const name = 'lpSecurityAttributes.lpSecurityDescriptor';
  return {
    owner: owner === undefined ? undefined : checkedOwner(owner, `${name}.owner`),
    group: group === undefined ? undefined : checkedGroup(group, `${name}.group`),
    dacl: dacl === undefined || dacl === null ? dacl : checkedAccessList(dacl, `${name}.dacl`),
  };
}

/**
 * The security of a new pool. Without a given access list it has that of the pool above it, unless that is the root, and
 * everything for who makes it; the local system is an administrator here, who needs no entry. Later changes of the list
 * above do not reach it (sdk CreateNtmsMediaPool).
 */
export function securityOf(
  { access, store }: CallContext,
  { identity }: NtmsSession,
  parent: MediaPoolRow,
  { owner, group, dacl }: GivenSecurity,
): NewSecurity {
  const creator = `user:${identity.user}`;
  const mayOwn = [creator, ...identity.groups.map((name) => `group:${name}`)];
  if (owner !== undefined && !identity.administrator && !mayOwn.includes(owner)) {
    throw new NtmsError('ERROR_ACCESS_DENIED', `user ${identity.user} cannot make ${owner} the owner of a pool`);
  }
  const whose = { owner: owner ?? creator, ownerGroup: group ?? null };
  if (dacl === null) return { ...whose, ownList: false, entries: [] };
  if (dacl !== undefined) return { ...whose, ownList: true, entries: dacl };
  const isTop = parent.id === store.wellKnown.rootPool;
  const above = isTop ? [] : access.effectiveEntries({ kind: 'mediaPool', id: parent.id });
  const inherited = above
    .filter(({ trustee }) => trustee !== creator)
    .map(({ trustee, mask, deny }) => ({ trustee, mask, deny }));
  return { ...whose, ownList: true, entries: [...inherited, { trustee: creator, mask: EVERY_RIGHT, deny: false }] };
}
