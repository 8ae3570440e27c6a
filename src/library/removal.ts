import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmState, NtmsOperationalState } from '../objects/ntmsapi/index.js';
import type { DriveRow, LibraryRow } from '../objects/rows.js';
import { shelveCartridge } from './cartridge-records.js';
import type { ManagerParts } from './manager-parts.js';
import { RAISED_BY } from './operator-requests.js';
import { UiDestinations } from './ui-destinations.js';

const unfinished = [
  NtmsLmState.NTMS_LM_QUEUED,
  NtmsLmState.NTMS_LM_INPROCESS,
  NtmsLmState.NTMS_LM_WAITING,
  NtmsLmState.NTMS_LM_DEFERRED,
];

/** Takes libraries and drives whose hardware is gone out of the records. Their cartridges are kept, on the shelf. */
export class Removal {
  readonly #parts: ManagerParts;
  /** The library runs no more: its devices are given back. */
  readonly #forget: (libraryId: string, error: NtmsError) => void;

  constructor(parts: ManagerParts, forget: (libraryId: string, error: NtmsError) => void) {
    this.#parts = parts;
    this.#forget = forget;
  }

  /** Whether the hardware of a drive is attached; that of a lost library is not. */
  isPresent(drive: DriveRow): boolean {
    const library = this.#parts.store.table('libraries').get(drive.library);
    return [drive, library].every((object) => object?.operationalState !== NtmsOperationalState.NTMS_NOT_PRESENT);
  }

  /**
   * DeleteNtmsLibrary for a library that is not present. What waits for it ends with ERROR_CANCELLED, its cartridges go to the
   * offline library, and its elements go with it. Throws ERROR_INVALID_STATE while something runs for it.
   */
  removeLibrary({ id, name }: LibraryRow): void {
    const { store, libraries, cancel } = this.#parts;
    const waiting = store.table('libRequests').list({ library: id, state: unfinished });
    const queue = libraries.get(id)?.queue;
    if (waiting.some((request) => queue?.isRunning(request.id) === true)) {
      throw new NtmsError('ERROR_INVALID_STATE', `${name} is still at work; cancel that or wait for it`);
    }
    const error = new NtmsError('ERROR_CANCELLED', `library ${name} was deleted`);
    cancel(
      waiting.map((request) => request.id),
      error,
    );
    store.transaction(() => {
      for (const medium of store.table('physicalMedia').list({ currentLibrary: id })) shelveCartridge(store, medium.id);
      const elements = (['drives', 'changers', 'slots', 'ports', 'doors'] as const).flatMap((table) =>
        store.table(table).list({ library: id }),
      );
      for (const object of [id, ...elements.map((element) => element.id)]) this.#voidQuestions(object);
      for (const entry of store.table('accessEntries').list({ object: id })) {
        store.table('accessEntries').remove(entry.id);
      }
      new UiDestinations(store).forget({ object: id });
      store.table('libraries').remove(id);
    });
    this.#forget(id, error);
  }

  /**
   * DeleteNtmsDrive for one drive of a library with slots. What waits for it ends with ERROR_CANCELLED, and a cartridge that
   * went with it is on the shelf. Throws ERROR_INVALID_STATE while something runs for it.
   */
  removeDrive({ id, name, library }: DriveRow): void {
    const { store, libraries, cancel } = this.#parts;
    if (libraries.get(library)?.context.claims.has(id) === true) {
      throw new NtmsError('ERROR_INVALID_STATE', `${name} is in use by a request`);
    }
    const waiting = store.table('libRequests').list({ driveId: id, state: unfinished });
    cancel(
      waiting.map((request) => request.id),
      new NtmsError('ERROR_CANCELLED', `drive ${name} was deleted`),
    );
    store.transaction(() => {
      for (const medium of store.table('physicalMedia').list({ location: id })) shelveCartridge(store, medium.id);
      this.#voidQuestions(id);
      store.table('drives').remove(id);
    });
  }

  /** Nobody has to look after what is not there; an application's own requests are the application's. */
  #voidQuestions(object: string): void {
    const { operatorRequests } = this.#parts;
    for (const row of operatorRequests.open()) {
      if (row.arg1 === object && row.application === RAISED_BY) operatorRequests.settle(row.id);
    }
  }
}
