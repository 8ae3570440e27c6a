import { NtmsError } from '../objects/ntms-error.js';
import type { LibraryRow, MediaPoolRow, PhysicalMediumRow } from '../objects/rows.js';
import type { Win32Symbol } from '../objects/win32.js';
import type { CallContext } from './call-context.js';

/** The objects that a call names by their identifiers. */

/** ERROR_INVALID_PARAMETER, or the code that a function has instead, for an identifier that is missing. */
export function requireIdentifier(
  value: unknown,
  parameter: string,
  symbol: Win32Symbol = 'ERROR_INVALID_PARAMETER',
): asserts value is string {
  if (typeof value !== 'string' || value === '') throw new NtmsError(symbol, `${parameter} is missing`);
}

/** ERROR_INVALID_LIBRARY for an identifier that no library has. */
export function namedLibrary({ store }: CallContext, id: string): LibraryRow {
  const library = store.table('libraries').get(id);
  if (library === undefined) throw new NtmsError('ERROR_INVALID_LIBRARY', `there is no library ${id}`);
  return library;
}

/** ERROR_INVALID_MEDIA for an identifier that no cartridge has. */
export function namedMedium({ store }: CallContext, id: string): PhysicalMediumRow {
  const medium = store.table('physicalMedia').get(id);
  if (medium === undefined) throw new NtmsError('ERROR_INVALID_MEDIA', `there is no physical medium ${id}`);
  return medium;
}

/** ERROR_INVALID_MEDIA_POOL for an identifier that no pool has. */
export function namedPool({ store }: CallContext, id: string): MediaPoolRow {
  const pool = store.table('mediaPools').get(id);
  if (pool === undefined) throw new NtmsError('ERROR_INVALID_MEDIA_POOL', `there is no media pool ${id}`);
  return pool;
}

/** The pool that a cartridge is in; the given code where the database has lost it. */
export function poolOf({ store }: CallContext, medium: PhysicalMediumRow, symbol: Win32Symbol): MediaPoolRow {
  const pool = store.table('mediaPools').get(medium.mediaPool);
  if (pool === undefined) throw new NtmsError(symbol, `the pool of ${medium.name}, ${medium.mediaPool}, is not there`);
  return pool;
}
