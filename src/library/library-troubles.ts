import { NtmsObjectsTypes, NtmsOperationalState, NtmsOpreqCommand } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { OpRequestRow } from '../objects/rows.js';
import { RAISED_BY } from './operator-requests.js';
import type { OperatorRequests } from './operator-requests.js';

/** The object that is in trouble, by the kinds that a library asks help for. */
export interface TroubledObject {
  readonly kind: 'library' | 'drive' | 'changer' | 'medium';
  readonly id: string;
}

const typeOfKind: Readonly<Record<TroubledObject['kind'], NtmsObjectsTypes>> = {
  library: NtmsObjectsTypes.NTMS_LIBRARY,
  drive: NtmsObjectsTypes.NTMS_DRIVE,
  changer: NtmsObjectsTypes.NTMS_CHANGER,
  medium: NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA,
};

/**
 * What a library asks a person to look at: one open request for each object in trouble (for the library itself one for
 * each message). A look that shows that all is well again completes it.
 */
export class LibraryTroubles {
  readonly #store: ObjectStore;
  readonly #operatorRequests: OperatorRequests;
  readonly #library: string;
  readonly #onNotice: (text: string) => void;

  constructor(options: {
    readonly store: ObjectStore;
    readonly operatorRequests: OperatorRequests;
    readonly library: string;
    readonly onNotice: (text: string) => void;
  }) {
    this.#store = options.store;
    this.#operatorRequests = options.operatorRequests;
    this.#library = options.library;
    this.#onNotice = options.onNotice;
  }

  /** Tells what a person must do about an object. A database that takes no request does not keep anything from going on. */
  raise(object: TroubledObject, message: string): void {
    this.#onNotice(message);
    try {
      const known = this.#open().some(
        (row) => row.arg1 === object.id && (object.kind !== 'library' || row.message === message),
      );
      if (known) return;
      this.#operatorRequests.raise({
        command: NtmsOpreqCommand.NTMS_OPREQ_DEVICESERVICE,
        message,
        arg1: { type: typeOfKind[object.kind], id: object.id },
      });
    } catch (error) {
      this.#onNotice(`the operator request could not be stored: ${String(error)}`);
    }
  }

  /**
   * What is well again is completed. `doubts` are what a look still found wrong with the library itself; without them its
   * own requests are left open.
   */
  review(doubts?: ReadonlySet<string>): void {
    for (const row of this.#open()) if (this.#isOver(row, doubts)) this.#operatorRequests.settle(row.id);
  }

  /** The kind of object that a request of this library asks service for; undefined for other requests. */
  objectOf(row: OpRequestRow): TroubledObject | undefined {
    if (row.request !== NtmsOpreqCommand.NTMS_OPREQ_DEVICESERVICE || row.arg1 === null) return undefined;
    const { arg1: id, arg1Type } = row;
    switch (arg1Type) {
      case NtmsObjectsTypes.NTMS_LIBRARY:
        return id === this.#library ? { kind: 'library', id } : undefined;
      case NtmsObjectsTypes.NTMS_DRIVE:
        return this.#isMine(this.#store.table('drives').get(id)) ? { kind: 'drive', id } : undefined;
      case NtmsObjectsTypes.NTMS_CHANGER:
        return this.#isMine(this.#store.table('changers').get(id)) ? { kind: 'changer', id } : undefined;
      case NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA:
        return { kind: 'medium', id };
      default:
        return undefined;
    }
  }

  #isMine(row: { readonly library: string } | undefined): boolean {
    return row?.library === this.#library;
  }

  #isOver(row: OpRequestRow, doubts: ReadonlySet<string> | undefined): boolean {
    const object = this.objectOf(row);
    switch (object?.kind) {
      case undefined:
        return false;
      case 'library':
        return doubts !== undefined && !doubts.has(row.message);
      case 'drive':
        return this.#store.table('drives').get(object.id)?.operationalState === NtmsOperationalState.NTMS_READY;
      case 'changer': {
        const ready =
          this.#store.table('changers').get(object.id)?.operationalState === NtmsOperationalState.NTMS_READY;
        return ready && this.#store.table('physicalMedia').count({ location: object.id }) === 0;
      }
      case 'medium': {
        const medium = this.#store.table('physicalMedia').get(object.id);
        if (medium === undefined) return true;
        const onPicker = medium.locationType === NtmsObjectsTypes.NTMS_CHANGER;
        return medium.location !== null && !onPicker;
      }
    }
  }

  #open(): OpRequestRow[] {
    return this.#operatorRequests
      .open()
      .filter(({ application, libRequest }) => application === RAISED_BY && libRequest === null);
  }
}
