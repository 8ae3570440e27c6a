import { NtmsAccessMask, NtmsObjectsTypes, StandardAccess } from '../objects/ntmsapi/index.js';
import { NtmsError } from '../objects/ntms-error.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { AccessEntryRow } from '../objects/rows.js';
import type { SessionIdentity } from './session-table.js';

/** An object that carries rights: a media pool, a library or the computer (rsm-security). */
export interface GoverningObject {
  readonly kind: 'mediaPool' | 'library' | 'computer';
  readonly id: string;
}

/**
 * Who may do what. Rights are kept at three kinds of object only; every other object is governed by one of them. An
 * object without entries of its own is governed by what is above it: a pool by its parent pool, a root pool and a
 * library by the computer. Within one list a denial wins over a grant.
 */
export class AccessControl {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
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
    const trustees = new Set([
      `user:${identity.user}`,
      ...identity.groups.map((group) => `group:${group}`),
      'everyone',
    ]);
    const entries = this.#entriesFor(object).filter((entry) => trustees.has(entry.trustee));
    const denied = entries.filter((entry) => entry.deny).reduce((bits, entry) => bits | entry.mask, 0);
    const granted = entries.filter((entry) => !entry.deny).reduce((bits, entry) => bits | entry.mask, 0);
    return (granted & ~denied & mask) === mask;
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

  #entriesFor(object: GoverningObject): AccessEntryRow[] {
    const entries = this.#store.table('accessEntries').list({ object: object.id });
    if (entries.length > 0 || object.kind === 'computer') return entries;
    const parent = object.kind === 'mediaPool' ? this.#store.table('mediaPools').get(object.id)?.parent : null;
    return parent === null || parent === undefined
      ? this.#store.table('accessEntries').list({ object: this.computer().id })
      : this.#entriesFor({ kind: 'mediaPool', id: parent });
  }
}

/** What a database grants at first: everything to the user who made it, use to everyone. */
export function grantInitialAccess(store: ObjectStore, access: AccessControl, owner: string): void {
  const computer = access.computer().id;
  if (store.table('accessEntries').count({ object: computer }) > 0) return;
  const all =
    NtmsAccessMask.NTMS_USE_ACCESS |
    NtmsAccessMask.NTMS_MODIFY_ACCESS |
    NtmsAccessMask.NTMS_CONTROL_ACCESS |
    StandardAccess.READ_CONTROL |
    StandardAccess.WRITE_DAC;
  store.transaction(() => {
    store.table('accessEntries').insert({ object: computer, trustee: `user:${owner}`, mask: all });
    store
      .table('accessEntries')
      .insert({ object: computer, trustee: 'everyone', mask: NtmsAccessMask.NTMS_USE_ACCESS });
  });
}

function describeMask(mask: number): string {
  const names = Object.entries(NtmsAccessMask).filter(([, bit]) => (mask & bit) !== 0);
  return names.map(([name]) => name).join(' and ');
}

function describeKind(kind: GoverningObject['kind']): string {
  return kind === 'mediaPool' ? 'media pool' : kind;
}
