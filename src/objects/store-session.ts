import type Database from 'better-sqlite3';
import { getTableName } from 'drizzle-orm';
import { NtmsError } from './ntms-error.js';
import { ChangePublisher } from './object-changes.js';
import type { ObjectChange } from './object-changes.js';
import { removeBelongingsWithObjects } from './object-belongings.js';
import { kindOfTable, tableNames, tables } from './object-kinds.js';
import type { TableName } from './object-kinds.js';
import { databaseFailure } from './sqlite-failure.js';

/**
 * One connection with its transactions. Every row change is noted by a trigger, so that also what a foreign key
 * cascades to is told to the listeners, and is published when the outermost transaction has committed.
 */
export class StoreSession {
  readonly connection: Database.Database;
  readonly publisher = new ChangePublisher();
  readonly #begin: Database.Statement;
  readonly #commit: Database.Statement;
  readonly #rollback: Database.Statement;
  #depth = 0;
  #changes: ObjectChange[] = [];
  /** Why SQLite ended the running transaction by itself (it does so on a full disk); all that follows is refused. */
  #lost: unknown;

  constructor(connection: Database.Database) {
    this.connection = connection;
    removeBelongingsWithObjects(connection);
    this.#noteChanges();
    // IMMEDIATE: a program that looks at the file from outside is met here and not in the middle of the work.
    this.#begin = connection.prepare('BEGIN IMMEDIATE');
    this.#commit = connection.prepare('COMMIT');
    this.#rollback = connection.prepare('ROLLBACK');
  }

  get inTransaction(): boolean {
    return this.#depth > 0;
  }

  /**
   * Runs `work` with all its changes or none of them. Inside another transaction it joins that one: an error undoes what
   * `work` changed, and the rest is still for the outer one to commit. One commit, and so one wait for the disk, ends
   * the outermost. `work` must not be async, since others would write in between.
   */
  transaction<T>(work: () => T): T {
    return this.#depth === 0 ? this.#outermost(work) : this.#joined(work);
  }

  /** Reads; maps what SQLite throws. */
  read<T>(what: string, work: () => T): T {
    this.#assertUsable(what);
    try {
      return work();
    } catch (error) {
      this.#noticeLoss(error);
      throw databaseFailure(error, what);
    }
  }

  /** Runs one writing statement, in a transaction of its own unless one runs. */
  write<T>(what: string, work: () => T): T {
    if (this.#depth === 0) return this.#outermost(() => this.write(what, work));
    const noted = this.#changes.length;
    try {
      return this.read(what, work);
    } catch (error) {
      this.#changes.length = noted;
      throw error;
    }
  }

  #outermost<T>(work: () => T): T {
    this.#assertUsable('transaction');
    this.#statement(this.#begin);
    this.#depth = 1;
    try {
      const result = refusePromise(work());
      if (this.#lost !== undefined) throw this.#lostError();
      this.#statement(this.#commit);
      this.#depth = 0;
      const changes = this.#changes;
      this.#changes = [];
      this.publisher.publish(changes);
      return result;
    } catch (error) {
      if (this.#depth === 0) throw error;
      this.#depth = 0;
      this.#changes = [];
      this.#lost = undefined;
      if (this.connection.open && this.connection.inTransaction) this.#statement(this.#rollback);
      throw databaseFailure(error, 'transaction');
    }
  }

  #joined<T>(work: () => T): T {
    this.#assertUsable('transaction');
    const savepoint = `joined_${this.#depth}`;
    const noted = this.#changes.length;
    this.connection.exec(`SAVEPOINT ${savepoint}`);
    this.#depth += 1;
    try {
      const result = refusePromise(work());
      if (this.#lost !== undefined) throw this.#lostError();
      this.connection.exec(`RELEASE ${savepoint}`);
      return result;
    } catch (error) {
      this.#changes.length = noted;
      if (this.connection.open && this.connection.inTransaction) {
        this.connection.exec(`ROLLBACK TO ${savepoint}; RELEASE ${savepoint}`);
      } else {
        this.#lost ??= error;
      }
      throw databaseFailure(error, 'transaction');
    } finally {
      this.#depth -= 1;
    }
  }

  #statement(statement: Database.Statement): void {
    if (!this.connection.open) throw closed(statement.source.toLowerCase());
    try {
      statement.run();
    } catch (error) {
      throw databaseFailure(error, statement.source.toLowerCase());
    }
  }

  #assertUsable(what: string): void {
    if (!this.connection.open) throw closed(what);
    if (this.#lost !== undefined) throw this.#lostError();
  }

  #noticeLoss(error: unknown): void {
    if (this.#depth > 0 && !this.connection.inTransaction) this.#lost ??= error;
  }

  #lostError(): unknown {
    const mapped = databaseFailure(this.#lost, 'the transaction was undone');
    return mapped instanceof NtmsError
      ? mapped
      : new NtmsError('ERROR_DATABASE_FAILURE', 'the transaction was undone', { cause: this.#lost });
  }

  #noteChanges(): void {
    this.connection.function('note_change', (operation, table, id) => {
      const name = table as TableName;
      this.#changes.push({
        operation: operation as ObjectChange['operation'],
        kind: kindOfTable[name],
        id: String(id),
        table: name,
      });
      return null;
    });
    for (const name of tableNames) {
      const table = getTableName(tables[name]);
      for (const [operation, row] of [
        ['insert', 'new'],
        ['update', 'new'],
        ['delete', 'old'],
      ] as const) {
        this.connection.exec(
          `CREATE TEMP TRIGGER note_${operation}_${table} AFTER ${operation} ON main."${table}" ` +
            `BEGIN SELECT note_change('${operation}', '${name}', ${row}.id); END`,
        );
      }
    }
  }
}

function closed(what: string): NtmsError {
  return new NtmsError('ERROR_DATABASE_FAILURE', `${what}: the database was closed. Open it again`);
}

function refusePromise<T>(result: T): T {
  if (typeof (result as { then?: unknown } | null | undefined)?.then !== 'function') return result;
  throw new NtmsError(
    'ERROR_INVALID_PARAMETER',
    'a transaction was given an async function. Await first, then write in one synchronous step',
  );
}
