import { randomUUID } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Test } from 'tap';
import { databaseFileName } from '../../src/objects/database-file.js';
import type { VirtualLibrary } from '../library/virtual-library.js';

/** Ways in which a database fails, done to the one that a manager is running on. */

/** Overwrites the first page of a table behind the store's back; the next reader meets SQLITE_CORRUPT. */
export function damageTable({ store }: VirtualLibrary, table: string): void {
  const { connection, folder } = store;
  const root = connection.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number;
  connection.pragma('wal_checkpoint(TRUNCATE)');
  const file = openSync(join(folder, databaseFileName), 'r+');
  writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, (root - 1) * 4096);
  closeSync(file);
  connection.pragma('shrink_memory');
}

/** Allows no page more and fills those that are there, so that not even one library request fits. */
export function fillDatabase({ store, library }: VirtualLibrary): void {
  const { connection } = store;
  const pages = connection.pragma('page_count', { simple: true }) as number;
  connection.pragma(`max_page_count = ${pages}`);
  const insert = connection.prepare(
    'INSERT INTO lib_requests (id, operation_code, library, time_queued, created, modified) VALUES (?, 8, ?, 0, 0, 0)',
  );
  try {
    for (;;) insert.run(randomUUID(), library.id);
  } catch (error) {
    if (!(error instanceof Database.SqliteError && error.code === 'SQLITE_FULL')) throw error;
  }
}

/** Deleting a row needs room that is not there, as on a disk where not even the log of changes fits. */
export function needRoomToDelete({ store, library }: VirtualLibrary, table: string): void {
  const { connection } = store;
  const pages = connection.pragma('page_count', { simple: true }) as number;
  connection.exec(
    `CREATE TEMP TRIGGER "room_to_delete" BEFORE DELETE ON main."${table}" BEGIN
       INSERT INTO lib_requests (id, operation_code, library, time_queued, created, modified, error_detail)
       VALUES ('room', 8, '${library.id}', 0, 0, 0, hex(zeroblob(2000000)));
     END`,
  );
  connection.pragma(`max_page_count = ${pages}`);
}

/** Makes every row that is read from a table need an allocation that no machine can give. */
export function runOutOfMemory({ store }: VirtualLibrary, table: string): void {
  const { connection } = store;
  connection.function('allocate', { deterministic: false }, () => new ArrayBuffer(2 ** 52).byteLength);
  // A temporary view stands before the table of that name.
  connection.exec(
    `CREATE TEMP VIEW "${table}" AS SELECT rowid AS rowid, * FROM main."${table}" WHERE allocate() IS NOT NULL`,
  );
}

/** Writes a reference to an object that does not exist, as a damaged or hand-edited database may hold. */
export function breakReference({ store }: VirtualLibrary, table: string, column: string, id: string): void {
  const { connection } = store;
  connection.pragma('foreign_keys = OFF');
  connection.prepare(`UPDATE "${table}" SET "${column}" = ? WHERE id = ?`).run(randomUUID(), id);
  connection.pragma('foreign_keys = ON');
}

/** A second connection keeps the database locked for writing until the test ends; the store gives up at once. */
export function lockDatabase(t: Test, { store }: VirtualLibrary): void {
  const other = new Database(join(store.folder, databaseFileName));
  other.exec('BEGIN IMMEDIATE');
  store.connection.pragma('busy_timeout = 0');
  t.teardown(() => other.close());
}
