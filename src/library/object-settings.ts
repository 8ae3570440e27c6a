import { USES_NOT_COUNTED } from '../../machines/cleaner-slot.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLibraryFlags, NtmsPoolType } from '../objects/ntmsapi/index.js';
import type { LibraryRow, MediaPoolRow } from '../objects/rows.js';
import type { ManagerParts } from './manager-parts.js';
import { poolBeneath } from './media-pool-paths.js';

/** What may be set on a library. */
export type LibrarySettings = Pick<
  LibraryRow,
  'name' | 'description' | 'autoRecovery' | 'inventoryMethod' | 'flags' | 'cleanerUsesRemaining'
>;

/** What may be set on a media pool. */
export type PoolSettings = Pick<
  MediaPoolRow,
  'name' | 'description' | 'mediaType' | 'allocationPolicy' | 'deallocationPolicy' | 'maxAllocates'
>;

const { NTMS_LIBRARYFLAG_CLEANERPRESENT: PRESENT, NTMS_LIBRARYFLAG_IGNORECLEANERUSESREMAINING: NOT_COUNTED } =
  NtmsLibraryFlags;

/**
 * The settings of libraries and pools that hang together with others. Methods throw ERROR_INVALID_PARAMETER for what
 * cannot be, and then nothing has changed.
 */
export class ObjectSettings {
  readonly #parts: ManagerParts;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  /** @param settable the bits of dwFlags that a client may set; the others stay as they are */
  setLibrary(id: string, settings: LibrarySettings, settable: number): void {
    const { store } = this.#parts;
    store.transaction(() => {
      const libraries = store.table('libraries');
      const former = libraries.require(id);
      const other = libraries.list().find((row) => row.id !== id && sameName(row.name, settings.name));
      if (other !== undefined) throw invalid(`there is a library ${other.name} already`);
      const uses = settings.cleanerUsesRemaining;
      if ((former.flags & PRESENT) === 0 && uses !== former.cleanerUsesRemaining && uses !== 0) {
        throw invalid(`library ${former.name} has no cleaner whose uses could be counted`);
      }
      const kept = former.flags & ~settable & ~NOT_COUNTED;
      libraries.update(id, {
        ...settings,
        flags: kept | settings.flags | (uses === USES_NOT_COUNTED ? NOT_COUNTED : 0),
        // The rig goes on to know it by the name that it had there.
        rigName: former.rigName === '' && settings.name !== former.name ? former.name : former.rigName,
      });
    });
  }

  setPool(id: string, settings: PoolSettings): void {
    const { store } = this.#parts;
    store.transaction(() => {
      const former = store.table('mediaPools').require(id);
      const other = former.parent === null ? undefined : poolBeneath(store, former.parent, settings.name);
      if (other !== undefined && other.id !== id)
        throw invalid(`there is a media pool ${other.name} beside it already`);
      if (settings.mediaType !== former.mediaType) this.#requireOtherType(former, settings.mediaType);
      store.table('mediaPools').update(id, settings);
    });
  }

  #requireOtherType(pool: MediaPoolRow, mediaType: string | null): void {
    const { store } = this.#parts;
    if (pool.poolType !== NtmsPoolType.NTMS_POOLTYPE_APPLICATION) {
      throw invalid(`the media type of ${pool.name}, a pool of the system, does not change`);
    }
    if (mediaType !== null && store.table('mediaTypes').get(mediaType) === undefined) {
      throw invalid(`there is no media type ${mediaType}`);
    }
    const media = store.table('physicalMedia').count({ mediaPool: pool.id });
    if (media > 0) throw invalid(`${pool.name} holds ${media} cartridges of its present media type`);
    if (mediaType !== null && store.table('mediaPools').count({ parent: pool.id }) > 0) {
      throw invalid(`${pool.name} holds other pools, and so no media`);
    }
  }
}

function sameName(one: string, other: string): boolean {
  return one.toUpperCase() === other.toUpperCase();
}

function invalid(detail: string): NtmsError {
  return new NtmsError('ERROR_INVALID_PARAMETER', detail);
}
