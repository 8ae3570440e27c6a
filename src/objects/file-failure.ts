import Database from 'better-sqlite3';
import { NtmsError } from './ntms-error.js';
import { databaseFailure } from './sqlite-failure.js';

/** True for what the operating system or SQLite reports about a file, false for errors of a program. */
export function isFileFailure(error: unknown): error is Error {
  if (error instanceof NtmsError) return isFileFailure(error.cause);
  return error instanceof Database.SqliteError || systemCode(error) !== undefined;
}

/** The NTMS code for a file that cannot be read or written; errors of other origin pass unchanged. */
export function fileFailure(error: unknown, what: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return databaseFailure(error, what);
  const detail = `${what} (${code})`;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new NtmsError('ERROR_DATABASE_FULL', detail, { cause: error });
  // What Windows says of a file that a program holds open.
  if (code === 'EBUSY' || (code === 'EPERM' && process.platform === 'win32')) {
    return new NtmsError('ERROR_SHARING_VIOLATION', detail, { cause: error });
  }
  return new NtmsError('ERROR_DATABASE_FAILURE', detail, { cause: error });
}

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  return (error as NodeJS.ErrnoException).code;
}
