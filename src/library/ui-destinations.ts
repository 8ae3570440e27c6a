import { NtmsError } from '../objects/ntms-error.js';
import { NtmsUITypes } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';

/** Whose messages: a library's or the computer's by its object, or those of one open session. */
export type UiScope = { readonly object: string } | { readonly session: string };

/**
 * Names of the computers that messages go to, by what the messages are about and by their type (SetNtmsUIOptions). The lists
 * of libraries and of the computer are stored; a session's list ends with it.
 */
export class UiDestinations {
  readonly #store: ObjectStore;
  /** By session and type. */
  readonly #sessions = new Map<string, Map<NtmsUITypes, string[]>>();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** In the order in which they were added. */
  list(scope: UiScope, type: NtmsUITypes): readonly string[] {
    if ('session' in scope) return this.#sessions.get(scope.session)?.get(type) ?? [];
    const rows = this.#store.table('uiDestinations').list({ object: scope.object, type });
    return rows.map(({ destination }) => destination);
  }

  /** Throws ERROR_ALREADY_EXISTS for a name that is listed. Names are computers' names: their case does not matter. */
  add(scope: UiScope, type: NtmsUITypes, destination: string): void {
    const listed = this.list(scope, type);
    if (listed.some((name) => isSame(name, destination))) {
      throw new NtmsError('ERROR_ALREADY_EXISTS', `${destination} is listed already`);
    }
    if ('object' in scope) {
      this.#store.table('uiDestinations').insert({ object: scope.object, type, destination });
      return;
    }
    const types = this.#sessions.get(scope.session) ?? new Map<NtmsUITypes, string[]>();
    this.#sessions.set(scope.session, types.set(type, [...listed, destination]));
  }

  /** A name that is not listed is no error. */
  remove(scope: UiScope, type: NtmsUITypes, destination: string): void {
    this.#keep(scope, type, (name) => !isSame(name, destination));
  }

  removeAll(scope: UiScope, type: NtmsUITypes): void {
    this.#keep(scope, type, () => false);
  }

  /** A session has ended, or a library is deleted: its lists go. The caller has a transaction where it needs one. */
  forget(scope: UiScope): void {
    if ('session' in scope) this.#sessions.delete(scope.session);
    else for (const type of messageTypes) this.removeAll(scope, type);
  }

  #keep(scope: UiScope, type: NtmsUITypes, isKept: (name: string) => boolean): void {
    if ('session' in scope) {
      this.#sessions.get(scope.session)?.set(type, this.list(scope, type).filter(isKept));
      return;
    }
    this.#store.transaction(() => {
      for (const row of this.#store.table('uiDestinations').list({ object: scope.object, type })) {
        if (!isKept(row.destination)) this.#store.table('uiDestinations').remove(row.id);
      }
    });
  }
}

/** The types that a list can be asked for. */
export const messageTypes: readonly NtmsUITypes[] = [
  NtmsUITypes.NTMS_UITYPE_INFO,
  NtmsUITypes.NTMS_UITYPE_REQ,
  NtmsUITypes.NTMS_UITYPE_ERR,
];

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
