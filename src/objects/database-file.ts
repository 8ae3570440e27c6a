import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { NtmsError } from './ntms-error.js';
import { migrationsFolder } from './package-root.js';
import { databaseFailure } from './sqlite-failure.js';

/** The database's name in its folder. */
export const databaseFileName = 'rsm.db';

const importAdvice = 'Import the last exported database, or put a copy of an older one in its place';

/**
 * Opens a database as the service uses it: write-ahead log, every commit on the disk before it is reported, foreign
 * keys held. The file is checked, and brought to this version's schema; it is made when missing.
 *
 * Throws NtmsError ERROR_DATABASE_FAILURE when the file is damaged, or was written by a newer version. `migrations` is
 * the folder that drizzle-kit writes.
 */
export function openDatabase(file: string, migrations = migrationsFolder()): Database.Database {
  let connection: Database.Database | undefined;
  try {
    assertWritable(file);
    // Only programs that look at the file from outside can be in the way; none of them should be for long.
    connection = new Database(file, { timeout: 2000 });
    assertWhole(connection, file, 'quick_check');
    assertKnownSchema(connection, file, migrations);
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('temp_store = MEMORY');
    migrateSchema(connection, file, migrations);
    return connection;
  } catch (error) {
    connection?.close();
    throw databaseFailure(error, `the database ${file} cannot be opened`);
  }
}

/** SQLite opens a file that it may not write without a word, and the first change would fail in the middle of the work. */
function assertWritable(file: string): void {
  if (!existsSync(file)) return;
  try {
    closeSync(openSync(file, 'r+'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NtmsError('ERROR_DATABASE_FAILURE', `${file} is read-only for this user (${why}). Give it write access`, {
      cause,
    });
  }
}

/** Throws ERROR_DATABASE_FAILURE when SQLite finds pages or indexes that contradict one another. */
export function assertWhole(
  connection: Database.Database,
  file: string,
  check: 'quick_check' | 'integrity_check',
): void {
  const findings = connection.prepare(`PRAGMA ${check}(5)`).pluck().all() as string[];
  if (findings.length === 1 && findings[0] === 'ok') return;
  throw new NtmsError('ERROR_DATABASE_FAILURE', `${file} is damaged (${findings.join('; ')}). ${importAdvice}`);
}

/** How many migrations this version has; the number by which messages and manifests call a schema. */
export function knownSchemaVersion(): number {
  return knownMigrations(migrationsFolder()).length;
}

/** The schema version of an open database; 0 for an empty one. */
export function schemaVersionOf(connection: Database.Database): number {
  return appliedMigrations(connection).length;
}

/** Throws ERROR_DATABASE_FAILURE when the database has migrations that this version does not know. */
export function assertKnownSchema(connection: Database.Database, file: string, migrations = migrationsFolder()): void {
  const known = new Set(knownMigrations(migrations));
  const applied = appliedMigrations(connection);
  if (applied.every((time) => known.has(time))) return;
  throw new NtmsError(
    'ERROR_DATABASE_FAILURE',
    `${file} has schema version ${applied.length}, this version of OpenRSM knows ${known.size}. ` +
      'Install the version that wrote it, or a newer one',
  );
}

function migrateSchema(connection: Database.Database, file: string, migrations: string): void {
  // SQLite changes most things by making a table anew; with foreign keys on, dropping the old one would delete all
  // rows that refer to it. The pragma has no effect inside the migrator's transaction.
  connection.pragma('foreign_keys = OFF');
  if (appliedMigrations(connection).length < knownMigrations(migrations).length) {
    migrate(drizzle({ client: connection }), { migrationsFolder: migrations });
    const dangling = connection.pragma('foreign_key_check') as unknown[];
    if (dangling.length > 0) {
      throw new NtmsError(
        'ERROR_DATABASE_FAILURE',
        `${file} has ${dangling.length} references to missing objects after its migration. ${importAdvice}`,
      );
    }
  }
  connection.pragma('foreign_keys = ON');
}

/** Times (milliseconds) at which drizzle-kit made the migrations; they are what identifies one in a database. */
function knownMigrations(migrations: string): number[] {
  const journal = JSON.parse(readFileSync(join(migrations, 'meta', '_journal.json'), 'utf8')) as {
    entries: { when: number }[];
  };
  return journal.entries.map((entry) => entry.when);
}

function appliedMigrations(connection: Database.Database): number[] {
  const table = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = '__drizzle_migrations'").get();
  if (table === undefined) return [];
  return connection
    .prepare('SELECT created_at FROM __drizzle_migrations ORDER BY created_at')
    .pluck()
    .all() as number[];
}
