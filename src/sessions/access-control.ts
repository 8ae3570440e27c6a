import { NtmsAccessMask, NtmsObjectsTypes, StandardAccess } from '../objects/ntmsapi/index.js';
import { NtmsError } from '../objects/ntms-error.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { ReadableTables } from '../objects/object-table.js';
import type { AccessEntryRow } from '../objects/rows.js';
import { EVERY_RIGHT } from './security-descriptor.js';
import type { SessionIdentity } from './session-table.js';

/** An object that carries rights: a media pool, a library or the computer (rsm-security). */
export interface GoverningObject {
  readonly kind: 'mediaPool' | 'library' | 'computer';
  readonly id: string;
}

/** What an owner may do whatever the access list says. */
const RIGHTS_OF_OWNER = StandardAccess.READ_CONTROL | StandardAccess.WRITE_DAC;

/**
 * Who may do what. Rights are kept at three kinds of object only; every other object is governed by one of them. An
 * object without an access list of its own is governed by what is above it: a pool by its parent pool, a root pool and a
 * library by the computer. Within one list a denial wins over a grant. An owner may always see and change the list.
 */
export class AccessControl {
  readonly #store: ReadableTables;

  constructor(store: ReadableTables) {
    this.#store = store;
  }

  /** Rejects with ERROR_ACCESS_DENIED unless `identity` has all bits of `mask` on `object`. */
  require(identity: SessionIdentity, object: GoverningObject, mask: number): void {
    if (!this.allows(identity, object, mask)) {
      throw new NtmsError(
        'ERROR_ACCESS_DENIED',
        `user ${identity.user} lacks ${describeMask(mask)} on the ${describeKind(object.kind)} ${object.id}`,
        { data: { object: object.id, mask } },
      );
    }
  }

  allows(identity: SessionIdentity, object: GoverningObject, mask: number): boolean {
    if (identity.administrator) return true;
    const trustees = trusteesOf(identity);
    const entries = this.#entriesFor(object).filter((entry) => trustees.has(entry.trustee));
    const denied = entries.filter((entry) => entry.deny).reduce((bits, entry) => bits | entry.mask, 0);
    const granted = entries.filter((entry) => !entry.deny).reduce((bits, entry) => bits | entry.mask, 0);
    const allowed = granted & ~denied;
    if ((allowed & mask) === mask) return true;
    return ((allowed | RIGHTS_OF_OWNER) & mask) === mask && this.owns(identity, object);
  }

  /** Whether the object is this user's, or a group's of theirs. */
  owns(identity: SessionIdentity, object: GoverningObject): boolean {
    const owner = this.ownerOf(object);
    return owner !== '' && trusteesOf(identity).has(owner);
  }

  /** `user:<name>` or `group:<name>`: its own owner, else that of what is above it; empty when nobody is recorded. */
  ownerOf(object: GoverningObject): string {
    for (const one of this.#upwards(object)) {
      const owner = this.#store.table('objectSecurity').get(one.id)?.owner ?? '';
      if (owner !== '') return owner;
    }
    return '';
  }

  /** Whether the object has an access list of its own. */
  hasOwnList({ id }: GoverningObject): boolean {
    return (
      this.#store.table('objectSecurity').get(id)?.ownList === true ||
      this.#store.table('accessEntries').count({ object: id }) > 0
    );
  }

  /** The object that governs one of `kind` with this id; undefined when there is no such object or its owner is lost. */
  governing(kind: NtmsObjectsTypes, id: string): GoverningObject | undefined {
    const store = this.#store;
    const library = (owner: string | undefined): GoverningObject | undefined =>
      owner === undefined ? undefined : { kind: 'library', id: owner };
    const pool = (owner: string | undefined): GoverningObject | undefined =>
      owner === undefined ? undefined : { kind: 'mediaPool', id: owner };
    switch (kind) {
      case NtmsObjectsTypes.NTMS_LIBRARY:
        return library(id);
      case NtmsObjectsTypes.NTMS_CHANGER:
        return library(store.table('changers').get(id)?.library);
      case NtmsObjectsTypes.NTMS_DRIVE:
        return library(store.table('drives').get(id)?.library);
      case NtmsObjectsTypes.NTMS_IEDOOR:
        return library(store.table('doors').get(id)?.library);
      case NtmsObjectsTypes.NTMS_IEPORT:
        return library(store.table('ports').get(id)?.library);
      case NtmsObjectsTypes.NTMS_STORAGESLOT:
        return library(store.table('slots').get(id)?.library);
      case NtmsObjectsTypes.NTMS_LIBREQUEST:
        return library(store.table('libRequests').get(id)?.library);
      case NtmsObjectsTypes.NTMS_MEDIA_POOL:
        return pool(id);
      case NtmsObjectsTypes.NTMS_LOGICAL_MEDIA:
        return pool(store.table('logicalMedia').get(id)?.mediaPool);
      case NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA:
        return pool(store.table('physicalMedia').get(id)?.mediaPool);
      case NtmsObjectsTypes.NTMS_PARTITION: {
        const side = store.table('sides').get(id);
        return pool(side === undefined ? undefined : store.table('physicalMedia').get(side.physicalMedia)?.mediaPool);
      }
      default:
        return this.computer();
    }
  }

  computer(): GoverningObject {
    const [computer] = this.#store.table('computers').list();
    if (computer === undefined) throw new NtmsError('ERROR_DATABASE_FAILURE', 'the database has no computer object');
    return { kind: 'computer', id: computer.id };
  }

  /** The access list that decides about an object: its own, else that of what is above it. */
  effectiveEntries(object: GoverningObject): readonly AccessEntryRow[] {
    return this.#entriesFor(object);
  }

  #entriesFor(object: GoverningObject): AccessEntryRow[] {
    for (const one of this.#upwards(object)) {
      const entries = this.#store.table('accessEntries').list({ object: one.id });
      if (entries.length > 0 || one.kind === 'computer' || this.hasOwnList(one)) return entries;
    }
    return [];
  }

  /** The object and what is above it, the computer last. */
  *#upwards(object: GoverningObject): Generator<GoverningObject> {
    const seen = new Set<string>();
    let next: GoverningObject | undefined = object;
    // A circle of pools is damage; it must not become a loop without end.
    while (next !== undefined && next.kind !== 'computer' && !seen.has(next.id)) {
      seen.add(next.id);
      yield next;
      const parent: string | null | undefined =
        next.kind === 'mediaPool' ? this.#store.table('mediaPools').get(next.id)?.parent : null;
      next = parent === null || parent === undefined ? undefined : { kind: 'mediaPool', id: parent };
    }
    yield this.computer();
  }
}

function trusteesOf({ user, groups }: SessionIdentity): ReadonlySet<string> {
  return new Set([`user:${user}`, ...groups.map((group) => `group:${group}`), 'everyone']);
}

/** What a database grants at first: everything to the user who made it, use to everyone. */
export function grantInitialAccess(store: ObjectStore, access: AccessControl, owner: string): void {
  const computer = access.computer();
  if (access.hasOwnList(computer)) return;
  const object = computer.id;
  store.transaction(() => {
    store.table('objectSecurity').insert({ id: object, owner: `user:${owner}`, ownList: true });
    store.table('accessEntries').insert({ object, trustee: `user:${owner}`, mask: EVERY_RIGHT });
    store.table('accessEntries').insert({ object, trustee: 'everyone', mask: NtmsAccessMask.NTMS_USE_ACCESS });
  });
}

function describeMask(mask: number): string {
  const rights = { ...NtmsAccessMask, ...StandardAccess };
  const names = Object.entries(rights).filter(([, bit]) => (mask & bit) !== 0);
  return names.map(([name]) => name).join(' and ');
}

function describeKind(kind: GoverningObject['kind']): string {
  return kind === 'mediaPool' ? 'media pool' : kind;
}
