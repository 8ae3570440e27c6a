import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { assertKnownSchema, assertWhole } from './database-file.js';
import { sha256OfFile } from './durable-files.js';
import { NtmsError } from './ntms-error.js';
import { databaseFailure } from './sqlite-failure.js';

/*
 * The set of files in `<database folder>/Export`: a copy of the database under a name made from its checksum, and
 * manifest.json, which says which file that is. The manifest is replaced by one rename, so the folder holds a whole
 * set at every moment; files that the manifest does not name are leftovers of a killed export.
 */

const manifestName = 'manifest.json';
const databaseName = /^rsm-[0-9a-f]{16}\.db$/;
const draftOrJournal = /\.draft(-journal)?$/;
const databaseOrLog = /^(rsm-[0-9a-f]{16}\.db)(-wal|-shm|-journal)?$/;
const formatVersion = 1;

const manifestShape = z.object({
  /** Of this file's layout. */
  format: z.literal(formatVersion),
  application: z.literal('openrsm'),
  applicationVersion: z.string(),
  /** How many migrations the database has. */
  schemaVersion: z.int().nonnegative(),
  /** ISO 8601, UTC. */
  exportedAt: z.iso.datetime(),
  files: z.tuple([
    z.object({
      // The name goes into paths: it must not lead anywhere else.
      name: z.string().regex(databaseName),
      bytes: z.int().positive(),
      /** Hexadecimal, lower case. */
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ]),
});

/** What manifest.json holds. */
export type ExportManifest = z.infer<typeof manifestShape>;

export function exportFolder(folder: string): string {
  return join(folder, 'Export');
}

export function manifestFile(folder: string): string {
  return join(exportFolder(folder), manifestName);
}

/** Where the database of that checksum is in the set. */
export function exportedDatabaseFile(folder: string, sha256: string): string {
  return join(exportFolder(folder), exportedDatabaseName(sha256));
}

export function exportedDatabaseName(sha256: string): string {
  return `rsm-${sha256.slice(0, 16)}.db`;
}

export function manifestOf(values: Omit<ExportManifest, 'format' | 'application'>): ExportManifest {
  return { format: formatVersion, application: 'openrsm', ...values };
}

/**
 * Reads the manifest. Throws ERROR_DATABASE_FAILURE when it is missing, is no manifest, or is of a newer format.
 */
export function readManifest(folder: string): ExportManifest {
  const file = manifestFile(folder);
  if (!existsSync(file)) throw bad(`there is no exported database: ${file} is missing`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw bad(`${file} cannot be read as JSON`, error);
  }
  const format = (content as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > formatVersion) {
    throw bad(`${file} has format ${format}, this version of OpenRSM knows ${formatVersion}`);
  }
  const manifest = manifestShape.safeParse(content);
  if (!manifest.success) throw bad(`${file} is no manifest of an export (${z.prettifyError(manifest.error)})`);
  return manifest.data;
}

/**
 * Checks the whole set, every byte: the manifest, size and checksum of the database, its inner order, its schema.
 * Throws ERROR_DATABASE_FAILURE; returns the manifest and the database's path.
 */
export function checkExportSet(folder: string): { manifest: ExportManifest; file: string } {
  const manifest = readManifest(folder);
  const [{ name, bytes, sha256 }] = manifest.files;
  const file = join(exportFolder(folder), name);
  if (!existsSync(file)) throw bad(`${file}, which the manifest names, is missing`);
  const size = statSync(file).size;
  if (size !== bytes) throw bad(`${file} has ${size} bytes, the manifest says ${bytes}`);
  if (sha256OfFile(file) !== sha256) throw bad(`${file} differs from the checksum in the manifest`);
  let connection: Database.Database | undefined;
  try {
    connection = new Database(file, { readonly: true, fileMustExist: true });
    assertWhole(connection, file, 'integrity_check');
    assertKnownSchema(connection, file);
  } catch (error) {
    throw databaseFailure(error, `${file} cannot be opened`);
  } finally {
    connection?.close();
  }
  return { manifest, file };
}

/** Removes what a killed export left. A set whose manifest cannot be read is left as it is, for a person to look at. */
export function removeExportLeftovers(folder: string): void {
  const inside = exportFolder(folder);
  if (!existsSync(inside)) return;
  const named = namedFile(folder);
  for (const name of readdirSync(inside)) {
    const database = databaseOrLog.exec(name)?.[1];
    const older = database !== undefined && named !== undefined && database !== named;
    if (older || draftOrJournal.test(name)) rmSync(join(inside, name), { force: true });
  }
}

/** The database that the present manifest names; undefined when there is no readable manifest. */
export function namedFile(folder: string): string | undefined {
  try {
    return readManifest(folder).files[0].name;
  } catch {
    return undefined;
  }
}

function bad(detail: string, cause?: unknown): NtmsError {
  return new NtmsError(
    'ERROR_DATABASE_FAILURE',
    `${detail}. Export again, or copy a whole set into the Export folder`,
    {
      cause,
    },
  );
}
