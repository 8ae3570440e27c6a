import { CommandError } from '../command-error.js';
import type { OpenManager } from '../open-manager.js';
import { type LibraryView, readLibraries } from '../views/libraries.js';
import { nearMatches } from './near-matches.js';

/**
 * The libraries that a command works on: the one that is named, by name or GUID, else all of the rig.
 *
 * @throws CommandError LIBRARY_NOT_FOUND with the names that may have been meant.
 */
export async function librariesNamed(
  open: Pick<OpenManager, 'reader' | 'rig'>,
  wanted: string | undefined,
): Promise<LibraryView[]> {
  const libraries = await readLibraries(open.reader());
  if (wanted === undefined) {
    const inRig = open.rig.libraries.map(({ name }) => name);
    return libraries.filter(({ name }) => inRig.includes(name));
  }
  const found = libraries.filter(({ id, name }) => id === wanted.toLowerCase() || name === wanted);
  if (found.length > 0) return found;
  // The offline library has nothing that could look at its cartridges.
  const names = libraries.filter(({ type }) => type !== 'NTMS_LIBRARYTYPE_OFFLINE').map(({ name }) => name);
  const near = nearMatches(wanted, names);
  throw new CommandError('LIBRARY_NOT_FOUND', `There is no library "${wanted}".`, near.length > 0 ? near : names);
}

/**
 * The one library that a command works on; it need not be named where the rig has one only.
 *
 * @throws CommandError LIBRARY_NOT_FOUND or OBJECT_AMBIGUOUS, with the names that may have been meant.
 */
export async function oneLibrary(
  open: Pick<OpenManager, 'reader' | 'rig'>,
  wanted: string | undefined,
): Promise<LibraryView> {
  const [library, ...others] = await librariesNamed(open, wanted);
  if (library === undefined) throw new CommandError('LIBRARY_NOT_FOUND', 'The rig has no library that could be used.');
  if (others.length === 0) return library;
  const names = [library, ...others].map(({ name, id }) => (wanted === undefined ? name : id));
  throw new CommandError('OBJECT_AMBIGUOUS', 'There are several libraries. Name one with --library.', names);
}
