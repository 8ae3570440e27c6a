import type { LibraryRow, MediaTypeRow } from '../objects/rows.js';
import { NtmsError } from '../objects/ntms-error.js';
import { systemPoolTypes } from './system-pools.js';
import type { ManagerParts } from './manager-parts.js';
import { supportMediaType } from './supported-media-types.js';

/** Which media types a library supports, and the system pools that each type needs. */
export class MediaTypes {
  readonly #parts: ManagerParts;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  /** The library supports the type from now on; what is missing of the type's three system pools is made. */
  add(library: LibraryRow, type: MediaTypeRow): void {
    const { store } = this.#parts;
    store.transaction(() => {
      store.ensureMediaType({ name: type.name });
      supportMediaType(store, library.id, type.id);
    });
  }

  /** How many cartridges of the type are in the library. */
  mediaInside(library: LibraryRow, type: MediaTypeRow): number {
    return this.#parts.store.table('physicalMedia').count({ currentLibrary: library.id, mediaType: type.id });
  }

  /** The library supports the type no longer. A type that nothing uses any more loses its system pools. */
  remove(library: LibraryRow, type: MediaTypeRow): void {
    const { store, notice } = this.#parts;
    const failures = store.transaction(() => {
      const links = store.table('libraryMediaTypes');
      for (const { id } of links.list({ library: library.id, mediaType: type.id })) links.remove(id);
      const isUsed =
        links.count({ mediaType: type.id }) + store.table('physicalMedia').count({ mediaType: type.id }) > 0;
      return isUsed ? [] : this.#removeSystemPools(type);
    });
    for (const failure of failures) notice(failure);
  }

  /** Each by itself: one that cannot go, because something is still in it, stays. */
  #removeSystemPools(type: MediaTypeRow): string[] {
    const { store } = this.#parts;
    const failures: string[] = [];
    for (const pool of store.table('mediaPools').list({ mediaType: type.id, poolType: systemPoolTypes })) {
      try {
        store.transaction(() => store.table('mediaPools').remove(pool.id));
      } catch (error) {
        if (!(error instanceof NtmsError)) throw error;
        failures.push(`the pool ${pool.name} of a media type that is not used any more stays: ${error.message}`);
      }
    }
    return failures;
  }
}
