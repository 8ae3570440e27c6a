import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Clock } from '../../devices/clock.js';
import { assertKnownSchema, databaseFileName, knownSchemaVersion, schemaVersionOf } from './database-file.js';
import { importIsPending } from './database-import.js';
import { NtmsError } from './ntms-error.js';
import { kindOfTable, tableNames } from './object-kinds.js';
import type { TableName } from './object-kinds.js';
import { NtmsObjectsTypes } from './ntmsapi/index.js';
import { ObjectTable } from './object-table.js';
import type { ReadableTable, ReadableTables } from './object-table.js';
import { databaseFailure } from './sqlite-failure.js';

/** Why a database cannot be read from outside now, while it may be later. */
export type NotReadableYet = 'missing' | 'import-pending' | 'older-schema' | 'unreadable';

/** The database cannot be looked at from outside yet; nothing has to be wrong with it. */
export class NotReadableYetError extends Error {
  override readonly name = 'NotReadableYetError';
  readonly code = 'DATABASE_NOT_READABLE';
  readonly reason: NotReadableYet;

  constructor(reason: NotReadableYet, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/**
 * A database as another process left it or is just writing it: read only, without its lock, and never brought to another
 * schema. What was read last may be old by the time it is shown.
 */
export class RecordedObjects implements ReadableTables {
  readonly file: string;
  readonly connection: Database.Database;
  readonly #tables: ReadonlyMap<TableName, ReadableTable<TableName>>;

  private constructor(file: string, connection: Database.Database, clock: Clock) {
    this.file = file;
    this.connection = connection;
    const session = {
      connection,
      read: <T>(what: string, work: () => T): T => this.#read(what, work),
      write: (what: string): never => {
        throw new NtmsError('ERROR_ACCESS_DENIED', `${what}: the database is open for reading only`);
      },
    };
    this.#tables = new Map(tableNames.map((name) => [name, new ObjectTable(name, session, clock)]));
  }

  /**
   * Opens `<folder>/rsm.db`. An import that is marked has the file for itself: nobody opens it until the next start has
   * put the copy in its place.
   * @throws NotReadableYetError; NtmsError ERROR_DATABASE_FAILURE for a schema that this version does not know
   */
  static open(folder: string, clock: Clock): RecordedObjects {
    const file = join(folder, databaseFileName);
    if (!existsSync(file)) {
      throw new NotReadableYetError('missing', `There is no database in ${folder} yet; the first command makes it.`);
    }
    if (importIsPending(folder)) {
      const message = `An import waits for the next start; until then nobody looks at ${file}.`;
      throw new NotReadableYetError('import-pending', message);
    }
    let connection: Database.Database | undefined;
    try {
      connection = new Database(file, { readonly: true, fileMustExist: true, timeout: 2000 });
      assertKnownSchema(connection, file);
      const [found, known] = [schemaVersionOf(connection), knownSchemaVersion()];
      if (found < known) {
        const message = `${file} has schema version ${found}, this version of OpenRSM reads ${known}; the next start brings it there.`;
        throw new NotReadableYetError('older-schema', message);
      }
      return new RecordedObjects(file, connection, clock);
    } catch (error) {
      connection?.close();
      if (!(error instanceof Database.SqliteError)) throw error;
      const message = `${file} cannot be read now: ${error.message} (${error.code}). Check your rights to it and to its folder.`;
      throw new NotReadableYetError('unreadable', message, error);
    }
  }

  table<Name extends TableName>(name: Name): ReadableTable<Name> {
    const table = this.#tables.get(name);
    if (table === undefined) throw new NtmsError('ERROR_INVALID_PARAMETER', `there is no table ${name}`);
    return table as unknown as ReadableTable<Name>;
  }

  /** The kind of the API's object that has this identifier; undefined when there is none. */
  kindOf(id: string): NtmsObjectsTypes | undefined {
    const found = tableNames.find(
      (name) => kindOfTable[name] !== NtmsObjectsTypes.NTMS_UNKNOWN && this.table(name).get(id) !== undefined,
    );
    return found === undefined ? undefined : kindOfTable[found];
  }

  /** From now on everything is read as it is at this moment, whatever is written meanwhile. */
  holdStill(): void {
    this.#read('hold the database still', () => this.connection.exec('BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1'));
  }

  /** Reads as it is now again. */
  letGo(): void {
    if (this.connection.inTransaction) this.connection.exec('COMMIT');
  }

  /** Changes when another connection has committed something. */
  dataVersion(): number {
    return this.#read('look for changes', () => this.connection.pragma('data_version', { simple: true }) as number);
  }

  close(): void {
    this.connection.close();
  }

  #read<T>(what: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw databaseFailure(error, what);
    }
  }
}
