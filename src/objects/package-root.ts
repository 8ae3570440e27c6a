import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of OpenRSM's own package.json. Migrations are shipped as files and are not compiled, so they are looked
 * up from here: this file runs from `src/objects` in a work tree and from `dist/src/objects` when installed.
 */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (isOurs(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new PackageIncompleteError('package.json');
  }
}

/** `0.1.0` */
export function packageVersion(): string {
  const version = readPackage(join(packageRoot(), 'package.json')).version;
  if (typeof version !== 'string') throw new PackageIncompleteError('the version in package.json');
  return version;
}

/** Where drizzle-kit writes the migrations, and where they are when installed. */
export function migrationsFolder(): string {
  const folder = join(packageRoot(), 'src', 'objects', 'migrations');
  if (!existsSync(join(folder, 'meta', '_journal.json'))) throw new PackageIncompleteError('src/objects/migrations');
  return folder;
}

/** The installed package lacks a file that it was shipped with. */
export class PackageIncompleteError extends Error {
  override readonly name = 'PackageIncompleteError';
  readonly code = 'PACKAGE_INCOMPLETE';

  constructor(missing: string) {
    super(`OpenRSM's installation lacks ${missing}. Install the package again.`);
  }
}

function isOurs(file: string): boolean {
  return existsSync(file) && readPackage(file).name === 'openrsm';
}

function readPackage(file: string): { name?: unknown; version?: unknown } {
  return JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown; version?: unknown };
}
