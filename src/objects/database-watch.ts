import { statSync } from 'node:fs';
import type { Clock } from '../../devices/clock.js';
import { importIsPending } from './database-import.js';
import type { NtmsObjectsTypes } from './ntmsapi/index.js';
import { NtmsError } from './ntms-error.js';
import { kindOfTable, tableNames } from './object-kinds.js';
import type { TableName } from './object-kinds.js';
import { NotReadableYetError, RecordedObjects } from './recorded-objects.js';
import type { NotReadableYet } from './recorded-objects.js';

/** A row as it was read; columns under their names in schema.ts. */
export type WatchedRow = Readonly<Record<string, unknown>> & { readonly id: string };

/** What was different at one look from the look before. */
export interface WatchedChange {
  readonly operation: 'insert' | 'update' | 'delete';
  readonly table: TableName;
  /** NTMS_UNKNOWN for rows that are no objects of the API. */
  readonly kind: NtmsObjectsTypes;
  readonly id: string;
  /** Absent for an insert. */
  readonly before?: WatchedRow;
  /** Absent for a delete. */
  readonly after?: WatchedRow;
  /** The columns that differ, without the time of modification. Empty: only that was written. */
  readonly columns: readonly string[];
  /** Milliseconds since 1970-01-01 UTC: when the row says that it was written; when it was seen, where it does not say. */
  readonly at: number;
}

export type Snapshot = ReadonlyMap<TableName, ReadonlyMap<string, WatchedRow>>;

/** What a watch sees of the file itself. */
export type WatchState = 'watching' | 'replaced' | NotReadableYet;

export interface DatabaseWatchOptions {
  /** The database folder. */
  readonly folder: string;
  readonly clock: Clock;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Time between two looks, milliseconds. */
  readonly pollMs?: number;
  /** Changes of one look, in the order of their times. `now` has every row as it is now, `before` as it was. */
  readonly onChanges: (changes: readonly WatchedChange[], now: Snapshot, before: Snapshot) => void;
  /** Called when the state of the file has changed, with a sentence about it. */
  readonly onState?: (state: WatchState, message: string) => void;
}

export const DEFAULT_POLL_MS = 200;

/**
 * Watches a database from outside, while other processes come and go that have it: it is opened read only and without its
 * lock, and looked at whenever a commit has changed it. What was changed and changed back between two looks is not seen. The
 * file may be missing at first and may be replaced; while an import is marked it is let go, so that the next start can put
 * the copy in its place.
 *
 * Resolves when the signal aborts.
 * @throws NtmsError ERROR_DATABASE_FAILURE for a schema that this version does not know
 */
export async function watchDatabase(options: DatabaseWatchOptions): Promise<void> {
  const { clock, signal, pollMs = DEFAULT_POLL_MS } = options;
  const watch = new DatabaseWatch(options);
  try {
    while (!signal.aborted) {
      watch.look();
      await clock.sleep(pollMs, signal).catch(() => undefined);
    }
  } finally {
    watch.close();
  }
}

class DatabaseWatch {
  readonly #options: DatabaseWatchOptions;
  #open: { readonly objects: RecordedObjects; readonly file: string; version: number | undefined } | undefined;
  #known: Snapshot | undefined;
  #state: WatchState | undefined;

  constructor(options: DatabaseWatchOptions) {
    this.#options = options;
  }

  look(): void {
    try {
      this.#lookAtFile();
    } catch (error) {
      this.close();
      if (error instanceof NotReadableYetError) return this.#tell(error.reason, error.message);
      // A file that is just being replaced or recovered fails in ways of its own; the next look has the new one.
      if (error instanceof NtmsError && error.cause !== undefined) return this.#tell('unreadable', error.message);
      throw error;
    }
  }

  close(): void {
    this.#open?.objects.close();
    this.#open = undefined;
  }

  #lookAtFile(): void {
    const { folder, clock } = this.#options;
    if (this.#open !== undefined && this.#open.file !== identityOf(this.#open.objects.file)) {
      this.close();
      this.#tell('replaced', `Another file has taken the place of the database in ${folder}.`);
    }
    // Opening it would refuse a marked import; so does having it open already.
    if (this.#open !== undefined && importIsPending(folder)) this.close();
    if (this.#open === undefined) {
      const objects = RecordedObjects.open(folder, clock);
      this.#open = { objects, file: identityOf(objects.file) ?? '', version: undefined };
      this.#tell('watching', `Watching ${objects.file}.`);
    }
    const version = this.#open.objects.dataVersion();
    if (version === this.#open.version) return;
    const now = readSnapshot(this.#open.objects);
    this.#open.version = version;
    const before = this.#known;
    this.#known = now;
    if (before === undefined) return;
    const changes = changesBetween(before, now, clock.now());
    if (changes.length > 0) this.#options.onChanges(changes, now, before);
  }

  #tell(state: WatchState, message: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState?.(state, message);
  }
}

/** Tells one file from another of the same name; undefined when there is none. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

function readSnapshot(objects: RecordedObjects): Snapshot {
  objects.holdStill();
  try {
    return new Map(
      tableNames.map((name) => [
        name,
        new Map((objects.table(name).list() as unknown as WatchedRow[]).map((row) => [row.id, row])),
      ]),
    );
  } finally {
    objects.letGo();
  }
}

/** The differences, in the order of their times; those of one moment in the order of the tables. */
export function changesBetween(before: Snapshot, now: Snapshot, seenAtMs: number): WatchedChange[] {
  const changes = tableNames.flatMap((table) => {
    const old = before.get(table) ?? new Map<string, WatchedRow>();
    const current = now.get(table) ?? new Map<string, WatchedRow>();
    const common = { table, kind: kindOfTable[table] };
    const written = [...current.values()].flatMap((after): WatchedChange[] => {
      const { id } = after;
      const known = old.get(id);
      const at = writtenAt(after) ?? seenAtMs;
      if (known === undefined) return [{ ...common, operation: 'insert', id, after, columns: Object.keys(after), at }];
      const columns = Object.keys(after).filter((column) => !isSame(known[column], after[column]));
      if (columns.length === 0) return [];
      const told = columns.filter((column) => column !== 'modified');
      return [{ ...common, operation: 'update', id, before: known, after, columns: told, at }];
    });
    const gone = [...old.values()]
      .filter(({ id }) => !current.has(id))
      .map((row): WatchedChange => ({
        ...{ ...common, operation: 'delete', id: row.id, before: row },
        ...{ columns: Object.keys(row), at: seenAtMs },
      }));
    return [...written, ...gone];
  });
  return changes.toSorted((a, b) => a.at - b.at);
}

function writtenAt(row: WatchedRow): number | undefined {
  const times = [row['modified'], row['concludedAt'], row['intendedAt']];
  return times.find((time): time is number => typeof time === 'number');
}

function isSame(a: unknown, b: unknown): boolean {
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : a === b;
}
