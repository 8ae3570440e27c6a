import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { getTableName } from 'drizzle-orm';
import type { Clock } from '../../devices/clock.js';
import { FolderLockedError, lockFolder } from '../../devices/folder-lock.js';
import type { FolderLock } from '../../devices/folder-lock.js';
import { exportDatabase } from './database-export.js';
import type { ExportStep } from './database-export.js';
import { databaseFileName, openDatabase } from './database-file.js';
import { finishPendingImport, importIsPending, markImport } from './database-import.js';
import type { ImportStep, StartupNotice } from './database-import.js';
import { removeExportLeftovers } from './export-set.js';
import type { ExportManifest } from './export-set.js';
import { addFirstContents, ensureMediaType, wellKnownObjects } from './first-contents.js';
import type { SystemPools, WellKnownObjects } from './first-contents.js';
import { NtmsError } from './ntms-error.js';
import { kindOfTable, tableNames, tables } from './object-kinds.js';
import type { NewRowOf, RowOf, TableName } from './object-kinds.js';
import { NtmsObjectsTypes } from './ntmsapi/index.js';
import type { ChangeListener } from './object-changes.js';
import { ObjectTable } from './object-table.js';
import type { ObjectTables } from './object-table.js';
import { databaseFailure } from './sqlite-failure.js';
import { StoreSession } from './store-session.js';

export interface ObjectStoreOptions {
  /** The database folder; made when missing. */
  readonly folder: string;
  readonly clock: Clock;
  /** Said before the lock's own words when another process has the folder. */
  readonly busyMessage?: string;
  /** Name of the computer object when the database is made; the host's name unless given. */
  readonly computerName?: string;
  /**
   * Called after each durable step of an export or import. Ending the process there is what a kill there would be, and
   * so is throwing.
   */
  readonly atStep?: (step: ExportStep | ImportStep) => void;
}

/**
 * The object model on disk: all that the service knows about libraries, media and requests. One process at a time has
 * a database folder. Every method is synchronous, so nothing happens between two statements of a caller.
 *
 * Errors are NtmsErrors: ERROR_DATABASE_FULL, ERROR_NOT_ENOUGH_MEMORY, ERROR_DATABASE_FAILURE, and those of
 * {@link ObjectTable}. `open` throws FolderLockedError when the folder is taken.
 */
export class ObjectStore implements ObjectTables {
  readonly folder: string;
  /** What the start has to tell the administrator: an import that was done, or why it was not. */
  readonly startupNotices: readonly StartupNotice[];
  readonly #options: ObjectStoreOptions;
  readonly #lock: FolderLock;
  readonly #session: StoreSession;
  readonly #tables: ReadonlyMap<TableName, ObjectTable<TableName>>;
  #wellKnown: WellKnownObjects | undefined;
  #findKind: Database.Statement | undefined;

  private constructor(
    options: ObjectStoreOptions,
    lock: FolderLock,
    connection: Database.Database,
    notices: readonly StartupNotice[],
  ) {
    this.folder = options.folder;
    this.startupNotices = notices;
    this.#options = options;
    this.#lock = lock;
    this.#session = new StoreSession(connection);
    this.#tables = new Map(tableNames.map((name) => [name, new ObjectTable(name, this.#session, options.clock)]));
  }

  /**
   * Takes the folder, finishes an import that was marked, opens the database, brings it to this version's schema, and
   * fills a new one with what every server has.
   */
  static open(options: ObjectStoreOptions): ObjectStore {
    const lock = takeFolder(options);
    let connection: Database.Database | undefined;
    try {
      const notices = finishPendingImport(options);
      removeExportLeftovers(options.folder);
      connection = openDatabase(join(options.folder, databaseFileName));
      const store = new ObjectStore(options, lock, connection, notices);
      addFirstContents(store, options.computerName);
      return store;
    } catch (error) {
      connection?.close();
      lock.release();
      throw databaseFailure(error, `open the database in ${options.folder}`);
    }
  }

  /** For diagnosis and tests; writes that pass it by are published with the next transaction. */
  get connection(): Database.Database {
    return this.#session.connection;
  }

  /** The objects of one kind; `name` is the table's name in schema.ts. */
  table<Name extends TableName>(name: Name): ObjectTable<Name> {
    const table = this.#tables.get(name);
    if (table === undefined) throw new NtmsError('ERROR_INVALID_PARAMETER', `there is no table ${name}`);
    return table as unknown as ObjectTable<Name>;
  }

  /** Runs `work` with all its changes or none of them; see {@link StoreSession.transaction}. */
  transaction<T>(work: () => T): T {
    return this.#session.transaction(work);
  }

  /** Hears every committed change, in order, after its commit. Returns the function that ends the subscription. */
  onChange(listener: ChangeListener): () => void {
    return this.#session.publisher.subscribe(listener);
  }

  /** The kind of the API's object that has this identifier; undefined when there is none. */
  kindOf(id: string): NtmsObjectsTypes | undefined {
    const name = this.#session.read('find an object', () => {
      this.#findKind ??= this.connection
        .prepare(
          tableNames
            .filter((table) => kindOfTable[table] !== NtmsObjectsTypes.NTMS_UNKNOWN)
            .map((table) => `SELECT '${table}' FROM "${getTableName(tables[table])}" WHERE id = @id`)
            .join(' UNION ALL '),
        )
        .pluck();
      return this.#findKind.get({ id }) as TableName | undefined;
    });
    return name === undefined ? undefined : kindOfTable[name];
  }

  /** The objects that exist from the start. */
  get wellKnown(): WellKnownObjects {
    return (this.#wellKnown ??= wellKnownObjects(this));
  }

  /** The media type of that name and its three pools, made as far as they are missing. */
  ensureMediaType(type: NewRowOf<'mediaTypes'> & { readonly name: string }): {
    mediaType: RowOf<'mediaTypes'>;
    pools: SystemPools<RowOf<'mediaPools'>>;
  } {
    return ensureMediaType(this, this.wellKnown, type);
  }

  /**
   * Replaces `<folder>/Export` by a consistent copy of the database: wholly, or not at all. Throws
   * ERROR_SHARING_VIOLATION when someone has the old copy locked, and ERROR_INVALID_STATE inside a transaction.
   */
  exportDatabase(): ExportManifest {
    if (this.#session.inTransaction) {
      throw new NtmsError('ERROR_INVALID_STATE', 'an export was asked for inside a transaction; commit that first');
    }
    return this.#session.read('export the database', () => exportDatabase(this.connection, this.#options));
  }

  /**
   * Checks the exported copy and marks it to replace the database at the next `open`. Nothing else changes now. Throws
   * ERROR_DATABASE_FAILURE when the copy is missing, damaged or of a newer schema.
   */
  markImport(): void {
    markImport(this.#options);
  }

  get importPending(): boolean {
    return importIsPending(this.folder);
  }

  /** Closes the database and gives the folder back. Calling it again is harmless. */
  close(): void {
    try {
      this.connection.close();
    } finally {
      this.#lock.release();
    }
  }
}

function takeFolder({ folder, clock, busyMessage }: ObjectStoreOptions): FolderLock {
  try {
    return lockFolder(folder, { purpose: 'database', nowMs: clock.now() });
  } catch (error) {
    if (error instanceof FolderLockedError && busyMessage !== undefined) {
      error.message = `${busyMessage} ${error.message}`;
    }
    throw error;
  }
}
