import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';

/** What the folder is locked for; goes into the message a second process shows. */
export type FolderPurpose = 'database' | 'hardware' | (string & {});

/** The process which has the folder, as it described itself when it took the lock. */
export interface FolderLockHolder {
  readonly pid: number;
  /** The command line, words joined by blanks. */
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

export interface FolderLock {
  readonly folder: string;
  /** Gives the folder back. Calling it again is harmless. */
  release(): void;
}

/** Another process (or another part of this one) has the folder. */
export class FolderLockedError extends Error {
  override readonly name = 'FolderLockedError';
  readonly code = 'FOLDER_LOCKED';
  readonly folder: string;
  /** Absent in the short moment between taking the lock and writing the record. */
  readonly holder: FolderLockHolder | undefined;

  constructor(folder: string, purpose: FolderPurpose, holder: FolderLockHolder | undefined, cause: unknown) {
    const who =
      holder === undefined
        ? 'another process, which has not yet written who it is'
        : `process ${holder.pid} (${holder.command}), since ${holder.since}`;
    super(
      `The ${purpose} folder ${folder} is in use by ${who}. ` +
        'Stop that process, or choose another folder; the lock ends by itself when the process ends.',
      { cause },
    );
    this.folder = folder;
    this.holder = holder;
  }
}

/** The folder cannot be made or written; the cause tells why. */
export class FolderUnusableError extends Error {
  override readonly name = 'FolderUnusableError';
  readonly code = 'FOLDER_UNUSABLE';
  readonly folder: string;

  constructor(folder: string, purpose: FolderPurpose, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      `The ${purpose} folder ${folder} cannot be used: ${why}. Check the path and its permissions, or choose another.`,
      { cause },
    );
    this.folder = folder;
  }
}

/**
 * Takes a folder for one process. The lock is the operating system's (SQLite's exclusive lock on `<folder>/lock`), so
 * it ends with the process however that dies, and no stale lock is ever left to be removed by hand. Who has it stands
 * in `<folder>/lock-holder.json`, which is only read, never trusted, by others.
 *
 * The folder is made when it does not exist. Throws {@link FolderLockedError} and {@link FolderUnusableError}. Folders
 * on network file systems are as safe as that file system's byte-range locks.
 */
export function lockFolder(folder: string, options: { purpose: FolderPurpose; nowMs?: number }): FolderLock {
  const holderFile = join(folder, 'lock-holder.json');
  let database: Database.Database | undefined;
  try {
    makeFolder(resolve(folder));
    database = new Database(join(folder, 'lock'), { timeout: 0 });
    database.pragma('journal_mode = DELETE');
    database.exec('BEGIN EXCLUSIVE');
    writeWhole(
      holderFile,
      JSON.stringify({ purpose: options.purpose, ...thisProcess(options.nowMs) }, undefined, 2) + '\n',
    );
  } catch (error) {
    database?.close();
    if (!isBusy(error)) throw new FolderUnusableError(folder, options.purpose, error);
    throw new FolderLockedError(folder, options.purpose, readHolder(holderFile), error);
  }
  const locked = database;

  let held = true;
  return {
    folder,
    release() {
      if (!held) return;
      held = false;
      // The record goes first: a later holder's record must not be removed by us. The lock file itself stays, since
      // removing it would let two processes lock two different files of the same name.
      rmSync(holderFile, { force: true });
      locked.exec('ROLLBACK');
      locked.close();
    },
  };
}

/** In /proc, where nobody can make a folder, Node's own recursive mkdir tries for ever. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

function thisProcess(nowMs = Date.now()): FolderLockHolder {
  return { pid: process.pid, command: [...process.argv].join(' '), since: new Date(nowMs).toISOString() };
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** A reader sees the old record or the new one, never half of one. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

function readHolder(file: string): FolderLockHolder | undefined {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as Partial<FolderLockHolder>;
    if (typeof record.pid !== 'number' || typeof record.command !== 'string' || typeof record.since !== 'string') {
      return undefined;
    }
    return { pid: record.pid, command: record.command, since: record.since };
  } catch {
    return undefined;
  }
}
