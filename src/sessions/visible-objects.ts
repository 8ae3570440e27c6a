import { NtmsAccessMask, NtmsNotificationOperations } from '../objects/ntmsapi/index.js';
import type { NtmsObjectsTypes } from '../objects/ntmsapi/index.js';
import type { ObjectNews } from '../library/object-news.js';
import { tableOfKind } from '../objects/object-kinds.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { AccessControl, GoverningObject } from './access-control.js';
import type { SessionIdentity } from './session-table.js';

/**
 * Of which objects of a kind a client may hear. An object that was removed can no more be asked who governs it, so the last
 * answer is remembered for each; administrators, who hear of all, need no memory.
 */
export class VisibleObjects {
  readonly #store: ObjectStore;
  readonly #access: AccessControl;
  readonly #identity: SessionIdentity;
  readonly #kind: NtmsObjectsTypes;
  readonly #visible = new Map<string, boolean>();
  readonly #unsubscribe: () => void;
  #rightsChanged = false;

  constructor(store: ObjectStore, access: AccessControl, identity: SessionIdentity, kind: NtmsObjectsTypes) {
    this.#store = store;
    this.#access = access;
    this.#identity = identity;
    this.#kind = kind;
    if (identity.administrator) {
      this.#unsubscribe = () => undefined;
      return;
    }
    this.#unsubscribe = store.onChange(({ table }) => {
      if (table !== 'accessEntries' && table !== 'objectSecurity') return;
      this.#rightsChanged = true;
      // When the whole transaction was told; an object that is removed later has its answer by then.
      queueMicrotask(() => this.#lookAgainQuietly());
    });
    const table = tableOfKind(kind);
    const verdicts = new Map<string, boolean>();
    for (const { id } of table === undefined ? [] : store.table(table).list()) this.#look(id, verdicts);
  }

  includes({ operation, kind, id }: ObjectNews): boolean {
    if (kind !== this.#kind) return false;
    if (this.#identity.administrator) return true;
    if (this.#rightsChanged) this.#lookAgain();
    if (operation !== NtmsNotificationOperations.NTMS_OBJ_DELETE) return this.#look(id);
    const visible = this.#visible.get(id) ?? false;
    this.#visible.delete(id);
    return visible;
  }

  /** Ends the subscription to the store. */
  close(): void {
    this.#unsubscribe();
    this.#visible.clear();
  }

  #lookAgainQuietly(): void {
    try {
      if (this.#rightsChanged) this.#lookAgain();
    } catch {
      // The database was closed meanwhile; the next piece of news asks again, and tells.
      this.#rightsChanged = true;
    }
  }

  /** What is gone with its access list keeps the last answer: without the list another one would be given. */
  #lookAgain(): void {
    this.#rightsChanged = false;
    const verdicts = new Map<string, boolean>();
    for (const id of this.#visible.keys()) this.#look(id, verdicts);
  }

  /** @param verdicts what is known of governing objects, of which few govern many */
  #look(id: string, verdicts = new Map<string, boolean>()): boolean {
    if (this.#store.kindOf(id) === undefined) return this.#visible.get(id) ?? false;
    const governing = this.#access.governing(this.#kind, id);
    const verdict = governing === undefined ? false : (verdicts.get(governing.id) ?? this.#mayUse(governing));
    if (governing !== undefined) verdicts.set(governing.id, verdict);
    this.#visible.set(id, verdict);
    return verdict;
  }

  #mayUse(governing: GoverningObject): boolean {
    return this.#access.allows(this.#identity, governing, NtmsAccessMask.NTMS_USE_ACCESS);
  }
}
