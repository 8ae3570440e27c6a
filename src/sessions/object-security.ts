import type { ObjectStore } from '../objects/object-store.js';
import type { AccessControl, GoverningObject } from './access-control.js';
import { SecurityInformation } from './security-descriptor.js';
import type { CheckedEntry, NTMS_SECURITY_DESCRIPTOR, Trustee } from './security-descriptor.js';

/** The parts of a security descriptor that are to be written; what is absent stays as it is. */
export interface CheckedDescriptor {
  readonly owner?: Trustee;
  readonly group?: Trustee | null;
  /** Null: the object is to have no access list of its own. */
  readonly entries?: readonly CheckedEntry[] | null;
}

const tableOf = { mediaPool: 'mediaPools', library: 'libraries', computer: 'computers' } as const;

/** The parts that `information` names (SecurityInformation), as they count for the object. */
export function readDescriptor(
  store: ObjectStore,
  access: AccessControl,
  object: GoverningObject,
  information: number,
): NTMS_SECURITY_DESCRIPTOR {
  const has = (part: number): boolean => (information & part) !== 0;
  const owner = access.ownerOf(object);
  return {
    ...(has(SecurityInformation.OWNER_SECURITY_INFORMATION) && owner !== '' ? { owner } : {}),
    ...(has(SecurityInformation.GROUP_SECURITY_INFORMATION)
      ? { group: store.table('objectSecurity').get(object.id)?.ownerGroup ?? null }
      : {}),
    ...(has(SecurityInformation.DACL_SECURITY_INFORMATION)
      ? {
          dacl: access.effectiveEntries(object).map(({ trustee, mask, deny }) => ({ trustee, mask, deny })),
          daclInherited: !access.hasOwnList(object),
        }
      : {}),
  };
}

/** Writes what is given, in one transaction. Who may do it, and that it is well-formed, the caller has looked at. */
export function writeDescriptor(
  store: ObjectStore,
  { kind, id }: GoverningObject,
  { owner, group, entries }: CheckedDescriptor,
): void {
  store.transaction(() => {
    const patch = {
      ...(owner === undefined ? {} : { owner }),
      ...(group === undefined ? {} : { ownerGroup: group }),
      ...(entries === undefined ? {} : { ownList: entries !== null }),
    };
    const security = store.table('objectSecurity');
    if (security.get(id) === undefined) security.insert({ id, ...patch });
    else security.update(id, patch);
    if (entries !== undefined) {
      const list = store.table('accessEntries');
      for (const former of list.list({ object: id })) list.remove(former.id);
      for (const entry of entries ?? []) list.insert({ object: id, ...entry });
    }
    // The object has changed: its time of modification, and who watches it, say so.
    store.table(tableOf[kind]).update(id, {});
  });
}
