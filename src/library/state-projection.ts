import {
  NtmsDoorState,
  NtmsDriveState,
  NtmsLmState,
  NtmsMediaState,
  NtmsOperationalState,
  NtmsPortContent,
  NtmsPortPosition,
  NtmsSlotState,
} from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import { updateChanged } from './update-changed.js';
import type { ElementKind, TaggedSnapshot } from './element-actors.js';

type ShownTable = 'libraries' | 'changers' | 'drives' | 'slots' | 'ports' | 'doors' | 'physicalMedia' | 'libRequests';

interface Shown {
  readonly table: ShownTable;
  readonly id: string;
  readonly values: Readonly<Record<string, number | undefined>>;
}

/** Writes what the machines show into their objects' records; a record that says so already is not written again. */
export class StateProjection {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  write(kind: ElementKind, id: string, snapshot: TaggedSnapshot): void {
    this.update(shownBy(kind, id, snapshot.tags));
  }

  protected get store(): ObjectStore {
    return this.#store;
  }

  protected differs({ table, id, values }: Shown): boolean {
    const row = this.#store.table(table).get(id) as Readonly<Record<string, unknown>> | undefined;
    return (
      row !== undefined && Object.entries(values).some(([key, value]) => value !== undefined && row[key] !== value)
    );
  }

  protected update({ table, id, values }: Shown): void {
    const row = this.#store.table(table).get(id);
    if (row !== undefined) updateChanged(this.#store, table, row, values);
  }
}

/**
 * The same, but what a machine shows outside of any transaction is written with the next one, or at the end of the event
 * loop's turn: a state that lasts no longer costs no commit of its own. What safety rests on is written in transactions.
 */
export class LazyProjection extends StateProjection {
  readonly #onFault: (error: unknown) => void;
  readonly #waiting = new Map<string, Shown>();
  #scheduled = false;

  constructor(store: ObjectStore, onFault: (error: unknown) => void) {
    super(store);
    this.#onFault = onFault;
  }

  override write(kind: ElementKind, id: string, snapshot: TaggedSnapshot): void {
    const shown = shownBy(kind, id, snapshot.tags);
    if (this.store.connection.inTransaction) {
      this.#waiting.delete(id);
      this.update(shown);
      return;
    }
    this.#waiting.set(id, shown);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      try {
        this.flush();
      } catch (error) {
        this.#onFault(error);
      }
    });
  }

  /** Writes what waits, in the running transaction or in one of its own. */
  flush(): void {
    const due = [...this.#waiting.values()].filter((shown) => this.differs(shown));
    if (due.length > 0) {
      this.store.transaction(() => {
        for (const shown of due) this.update(shown);
      });
    }
    this.#waiting.clear();
  }

  /** Forgets what waits: the machines that showed it are gone. */
  discard(): void {
    this.#waiting.clear();
  }
}

/** Whether an object is enabled is said by its record alone; see {@link LibraryElements.followEnabled}. */
function shownBy(kind: ElementKind, id: string, tags: ReadonlySet<string>): Shown {
  switch (kind) {
    case 'library':
      return { table: 'libraries', id, values: { operationalState: valueOf(tags, NtmsOperationalState) } };
    case 'picker':
      return { table: 'changers', id, values: { operationalState: valueOf(tags, NtmsOperationalState) } };
    case 'drive':
      return {
        table: 'drives',
        id,
        values: { state: valueOf(tags, NtmsDriveState), operationalState: valueOf(tags, NtmsOperationalState) },
      };
    case 'slot':
      return { table: 'slots', id, values: { state: valueOf(tags, NtmsSlotState) } };
    case 'port':
      return {
        table: 'ports',
        id,
        values: { content: valueOf(tags, NtmsPortContent), position: valueOf(tags, NtmsPortPosition) },
      };
    case 'door':
      return { table: 'doors', id, values: { state: valueOf(tags, NtmsDoorState) } };
    case 'medium':
      return { table: 'physicalMedia', id, values: { mediaState: valueOf(tags, NtmsMediaState) } };
    case 'request':
      return { table: 'libRequests', id, values: { state: valueOf(tags, NtmsLmState) } };
  }
}

/** The one value of an enumeration that a snapshot is tagged with; undefined when the machine does not show it. */
export function valueOf(tags: ReadonlySet<string>, enumeration: Readonly<Record<string, number>>): number | undefined {
  for (const tag of tags) {
    const value = enumeration[tag];
    if (value !== undefined) return value;
  }
  return undefined;
}
