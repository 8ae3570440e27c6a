import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import type { Clock } from '../../devices/clock.js';
import { databaseFileName } from './database-file.js';
import { copyDurably, draftSuffix, removeDurably, renameDurably, sha256OfFile, writeDurably } from './durable-files.js';
import { checkExportSet } from './export-set.js';
import { fileFailure } from './file-failure.js';
import { NtmsError } from './ntms-error.js';
import { sqliteCode } from './sqlite-failure.js';

/** What is on the disk when the step has been done. */
export type ImportStep =
  /** The mark; the database is replaced at the next start. */
  | 'import-marked'
  /** The new database as a draft beside the old one. */
  | 'import-copied'
  /** The old database in one file, its log written into it. */
  | 'import-settled'
  /** A copy of the old database under its lasting name. */
  | 'import-kept'
  /** In the mark, which database is about to take the place. */
  | 'import-announced'
  /** No log of the old database, which the new one must not meet. */
  | 'import-parted'
  /** The new database in its place. */
  | 'import-swapped'
  /** No mark. */
  | 'import-cleared';

/** Something that happened at the start and that an administrator should know. */
export interface StartupNotice {
  readonly event: 'database-imported' | 'import-refused' | 'import-postponed';
  readonly message: string;
}

export interface ImportOptions {
  /** The database folder. */
  readonly folder: string;
  readonly clock: Clock;
  readonly atStep?: (step: ImportStep) => void;
}

const markShape = z.object({
  /** ISO 8601, UTC. */
  markedAt: z.iso.datetime(),
  /** The name that the replaced database gets; chosen with the mark, so that a start after a kill finds it again. */
  keepAs: z.string().regex(/^rsm\.db\.before-import-[0-9TZ.-]+$/),
  /** SHA-256 of the database that is being put in place; absent before the start has come that far. */
  replacing: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
type ImportMark = z.infer<typeof markShape>;

const markFile = (folder: string): string => join(folder, 'import-pending.json');

/**
 * Checks the exported set and writes, durably, the mark that makes it the database at the next start. Works with the
 * database open, closed or damaged; changes nothing but the mark.
 *
 * Throws ERROR_DATABASE_FAILURE with the reason when the set cannot be imported.
 */
export function markImport(options: ImportOptions): void {
  const { folder, clock } = options;
  const markedAt = new Date(clock.now()).toISOString();
  try {
    checkExportSet(folder);
    writeMark(folder, { markedAt, keepAs: freeName(folder, markedAt) });
  } catch (error) {
    throw fileFailure(error, 'the exported database cannot be marked');
  }
  options.atStep?.('import-marked');
}

export function importIsPending(folder: string): boolean {
  return existsSync(markFile(folder));
}

/**
 * Puts a marked set in the place of the database; the caller has the folder's lock. May be killed anywhere: until the
 * one rename the old database is the database, after it the new one, and the next call goes on. A set that is bad by
 * now is refused: the mark goes, the old database stays, and the notice says why. While another program has the old
 * database open, nothing is done and the mark stays.
 */
export function finishPendingImport(options: ImportOptions): StartupNotice[] {
  const { folder } = options;
  const atStep = options.atStep ?? (() => {});
  const database = join(folder, databaseFileName);
  const draft = database + draftSuffix;
  rmSync(markFile(folder) + draftSuffix, { force: true });
  if (!importIsPending(folder)) {
    rmSync(draft, { force: true });
    return [];
  }
  let mark: ImportMark | undefined;
  try {
    mark = readMark(folder);
    if (!isInPlace(database, mark)) replaceDatabase(folder, mark, atStep);
  } catch (error) {
    const failure = fileFailure(error, 'the exported database cannot be put in place');
    if (!(failure instanceof NtmsError)) throw error;
    if (failure.symbol === 'ERROR_SHARING_VIOLATION') return [postpone(folder, mark, failure)];
    return [refuse(folder, mark, failure)];
  }
  removeDurably(markFile(folder));
  atStep('import-cleared');
  const kept = existsSync(join(folder, mark.keepAs)) ? ` The database before it was kept as ${mark.keepAs}.` : '';
  return [{ event: 'database-imported', message: `The exported database was imported.${kept}` }];
}

function replaceDatabase(folder: string, mark: ImportMark, atStep: (step: ImportStep) => void): void {
  const database = join(folder, databaseFileName);
  const draft = database + draftSuffix;
  const kept = join(folder, mark.keepAs);
  const { manifest, file } = checkExportSet(folder);
  const [{ sha256 }] = manifest.files;
  copyDurably(file, draft);
  atStep('import-copied');
  // With a copy and no log, a start before this one kept it and was killed; nothing has written to it since.
  if (existsSync(database) && (!existsSync(kept) || existsSync(`${database}-wal`))) {
    // First the log as it is: SQLite removes it when it closes a database, readable or not, and a damaged one is kept
    // whole. It looks for the log under this name.
    if (existsSync(`${database}-wal`)) copyDurably(`${database}-wal`, `${kept}-wal`);
    const settled = settle(database);
    atStep('import-settled');
    if (settled) removeDurably(`${kept}-wal`);
    copyDurably(database, kept);
  }
  atStep('import-kept');
  if (sha256OfFile(draft) !== sha256) {
    throw new NtmsError('ERROR_DATABASE_FAILURE', `${draft} differs from ${file} after copying. Check the disk`);
  }
  writeMark(folder, { ...mark, replacing: sha256 });
  atStep('import-announced');
  for (const log of ['-wal', '-shm', '-journal']) removeDurably(database + log);
  atStep('import-parted');
  renameDurably(draft, database);
  atStep('import-swapped');
}

/** Whether a start before this one did the swap and was killed before it could clear the mark. */
function isInPlace(database: string, mark: ImportMark): boolean {
  if (mark.replacing === undefined || !existsSync(database) || existsSync(`${database}-wal`)) return false;
  return sha256OfFile(database) === mark.replacing;
}

/**
 * Brings the log into the file. False when the file is no readable database. Throws ERROR_SHARING_VIOLATION while another
 * program has it open: SQLite there would remove the log by its name when it closes, and that would be the new one's.
 */
function settle(database: string): boolean {
  let connection: Database.Database | undefined;
  try {
    connection = new Database(database, { timeout: 0 });
    if (connection.pragma('journal_mode = DELETE', { simple: true }) === 'delete') return true;
  } catch (error) {
    if (sqliteCode(error) === undefined) throw error;
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY') !== true) return false;
  } finally {
    connection?.close();
  }
  throw new NtmsError('ERROR_SHARING_VIOLATION', `${database} is in use by another program`);
}

function postpone(folder: string, mark: ImportMark | undefined, error: NtmsError): StartupNotice {
  const database = join(folder, databaseFileName);
  if (mark !== undefined && existsSync(`${database}-wal`)) removeDurably(join(folder, `${mark.keepAs}-wal`));
  removeDurably(database + draftSuffix);
  return {
    event: 'import-postponed',
    message: `The marked import waits for the next start; the database is as it was. ${error.message}`,
  };
}

function refuse(folder: string, mark: ImportMark | undefined, error: NtmsError): StartupNotice {
  const database = join(folder, databaseFileName);
  if (mark !== undefined) {
    // An earlier start may have come as far as taking the old database's log away.
    const log = join(folder, `${mark.keepAs}-wal`);
    if (existsSync(log) && !existsSync(`${database}-wal`)) renameDurably(log, `${database}-wal`);
    removeDurably(log);
    removeDurably(join(folder, mark.keepAs));
  }
  removeDurably(database + draftSuffix);
  removeDurably(markFile(folder));
  return {
    event: 'import-refused',
    message: `The marked import was not done and the mark removed; the database is as it was. ${error.message}`,
  };
}

function readMark(folder: string): ImportMark {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(markFile(folder), 'utf8'));
  } catch (error) {
    throw new NtmsError('ERROR_DATABASE_FAILURE', `${markFile(folder)} cannot be read. Mark the import again`, {
      cause: error,
    });
  }
  const mark = markShape.safeParse(content);
  if (mark.success) return mark.data;
  throw new NtmsError('ERROR_DATABASE_FAILURE', `${markFile(folder)} is no import mark. Mark the import again`, {
    cause: mark.error,
  });
}

function writeMark(folder: string, mark: ImportMark): void {
  writeDurably(markFile(folder), `${JSON.stringify(mark, undefined, 2)}\n`);
}

function freeName(folder: string, markedAt: string): string {
  // Colons are not allowed in names on Windows.
  const name = `${databaseFileName}.before-import-${markedAt.replaceAll(':', '').replaceAll('-', '')}`;
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? name : `${name}-${count}`;
    if (!existsSync(join(folder, candidate))) return candidate;
  }
}
