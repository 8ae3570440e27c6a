import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Clock } from '../../devices/clock.js';
import { schemaVersionOf } from './database-file.js';
import { draftSuffix, renameDurably, sha256OfFile, syncFile, syncFolder, writeDurably } from './durable-files.js';
import {
  exportFolder,
  exportedDatabaseFile,
  exportedDatabaseName,
  manifestFile,
  manifestOf,
  namedFile,
  removeExportLeftovers,
} from './export-set.js';
import type { ExportManifest } from './export-set.js';
import { fileFailure, isFileFailure } from './file-failure.js';
import { NtmsError } from './ntms-error.js';
import { packageVersion } from './package-root.js';
import { sqliteCode } from './sqlite-failure.js';

/** What is on the disk when the step has been done. */
export type ExportStep =
  /** A draft of the copy, unnamed. */
  | 'export-copied'
  /** The copy under its name; the manifest still names the older one. */
  | 'export-named'
  /** The new manifest: from here on the new set is the set. */
  | 'export-published'
  /** Nothing of the older set. */
  | 'export-cleaned';

export interface ExportOptions {
  /** The database folder. */
  readonly folder: string;
  readonly clock: Clock;
  readonly atStep?: (step: ExportStep) => void;
}

/**
 * Writes a copy of the open database into the Export folder, with everything committed up to now, and makes it the set
 * in place of the older one. Whoever is killed on the way leaves the older set whole or the new one whole.
 *
 * Throws ERROR_SHARING_VIOLATION when a program has the older copy open and locked (reading or writing), since it would
 * be taken away from under it; ERROR_DATABASE_FULL when the disk has no room.
 */
export function exportDatabase(connection: Database.Database, options: ExportOptions): ExportManifest {
  const { folder, clock } = options;
  const atStep = options.atStep ?? (() => {});
  const inside = exportFolder(folder);
  const draft = join(inside, `rsm.db${draftSuffix}`);
  try {
    mkdirSync(inside, { recursive: true });
    syncFolder(folder);
    assertNotHeld(folder);
    removeExportLeftovers(folder);
    connection.prepare('VACUUM INTO ?').run(draft);
    syncFile(draft);
    const manifest = manifestOf({
      applicationVersion: packageVersion(),
      schemaVersion: schemaVersionOf(connection),
      exportedAt: new Date(clock.now()).toISOString(),
      files: [describe(draft)],
    });
    atStep('export-copied');

    assertNotHeld(folder);
    renameDurably(draft, exportedDatabaseFile(folder, manifest.files[0].sha256));
    atStep('export-named');
    writeDurably(manifestFile(folder), `${JSON.stringify(manifest, undefined, 2)}\n`);
    atStep('export-published');
    removeExportLeftovers(folder);
    syncFolder(inside);
    atStep('export-cleaned');
    return manifest;
  } catch (error) {
    // A full disk must not stay full of what nobody can use.
    if (isFileFailure(error) && existsSync(draft)) removeExportLeftovers(folder);
    throw fileFailure(error, `the export in ${inside} cannot be written`);
  }
}

function describe(file: string): ExportManifest['files'][0] {
  const sha256 = sha256OfFile(file);
  return { name: exportedDatabaseName(sha256), bytes: statSync(file).size, sha256 };
}

/** Tries SQLite's exclusive lock on the copy that is about to go; it fails while any other connection has a lock. */
function assertNotHeld(folder: string): void {
  const name = namedFile(folder);
  const file = name === undefined ? undefined : join(exportFolder(folder), name);
  if (file === undefined || !existsSync(file)) return;
  let held: Database.Database | undefined;
  try {
    held = new Database(file, { timeout: 0, fileMustExist: true });
    // In write-ahead mode readers would not be noticed below; leaving that mode needs to be alone.
    held.pragma('journal_mode = DELETE');
    held.exec('BEGIN EXCLUSIVE; ROLLBACK');
  } catch (error) {
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY') === true) {
      throw new NtmsError('ERROR_SHARING_VIOLATION', `${file} is in use by another program`, { cause: error });
    }
    // A damaged copy cannot be locked, and nobody can be reading it either: it is replaced.
  } finally {
    held?.close();
  }
}
