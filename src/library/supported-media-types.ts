import type { ObjectStore } from '../objects/object-store.js';
import type { ReadableTables } from '../objects/object-table.js';
import { mediaTypesOfDrive } from './known-media-types.js';

/** A library supports a type from now on. Tells whether that is new. */
export function supportMediaType(store: ObjectStore, library: string, mediaType: string): boolean {
  if (supportsMediaType(store, library, mediaType)) return false;
  store.table('libraryMediaTypes').insert({ library, mediaType });
  return true;
}

export function supportsMediaType(store: ObjectStore, library: string, mediaType: string): boolean {
  return store.table('libraryMediaTypes').count({ library, mediaType }) > 0;
}

/** The ids of the types that a library supports. */
export function supportedMediaTypes(store: ReadableTables, library: string): string[] {
  return store
    .table('libraryMediaTypes')
    .list({ library })
    .map(({ mediaType }) => mediaType);
}

/** A drive of a kind that the library did not have brings the types that it writes, with their pools. */
export function supportDrive(store: ObjectStore, library: string, driveType: string): void {
  for (const type of mediaTypesOfDrive(store.table('driveTypes').require(driveType).product)) {
    supportMediaType(store, library, store.ensureMediaType(type).mediaType.id);
  }
}

/** Every cartridge in a library is of a type that it supports, also one whose records are older than this table. */
export function supportMediaInside(store: ObjectStore, library: string): void {
  const media = store.table('physicalMedia').list({ currentLibrary: library });
  for (const mediaType of new Set(media.flatMap((medium) => medium.mediaType ?? []))) {
    supportMediaType(store, library, mediaType);
  }
}
