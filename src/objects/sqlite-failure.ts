import Database from 'better-sqlite3';
import { NtmsError } from './ntms-error.js';
import type { Win32Symbol } from './win32.js';

/**
 * The NTMS code for what SQLite says: SQLITE_FULL is ERROR_DATABASE_FULL (a full disk reads like this too), SQLITE_NOMEM
 * is ERROR_NOT_ENOUGH_MEMORY, all else ERROR_DATABASE_FAILURE. SQLite's own error stays as the cause; a caller that
 * must know a refused duplicate from a damaged file looks at `cause.code`. Errors of other origin pass unchanged.
 */
export function databaseFailure(error: unknown, what: string): unknown {
  if (error instanceof NtmsError) return error;
  // The migrator wraps what it meets.
  const cause = error instanceof Error && error.cause instanceof Database.SqliteError ? error.cause : error;
  if (!(cause instanceof Database.SqliteError)) return error;
  return new NtmsError(symbolOf(cause.code), `${what}: ${cause.code}, ${cause.message}`, { cause });
}

/** SQLite's code inside an error that the store threw: `SQLITE_CONSTRAINT_UNIQUE`. */
export function sqliteCode(error: unknown): string | undefined {
  if (error instanceof Database.SqliteError) return error.code;
  return error instanceof NtmsError ? sqliteCode(error.cause) : undefined;
}

function symbolOf(code: string): Win32Symbol {
  if (code === 'SQLITE_FULL') return 'ERROR_DATABASE_FULL';
  if (code === 'SQLITE_NOMEM' || code === 'SQLITE_IOERR_NOMEM') return 'ERROR_NOT_ENOUGH_MEMORY';
  return 'ERROR_DATABASE_FAILURE';
}
