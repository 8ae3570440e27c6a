import { NtmsLmOperation, NtmsNotificationOperations, NtmsObjectsTypes } from '../objects/ntmsapi/index.js';
import type { NtmsObjectsTypes as ObjectKind } from '../objects/ntmsapi/index.js';
import type { ObjectChange } from '../objects/object-changes.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { LibRequestRow } from '../objects/rows.js';
import { isFinished } from './library-requests.js';

/** Something that happened to an object: it was added, changed or removed, or what was asked of it has ended. */
export interface ObjectNews {
  readonly operation: NtmsNotificationOperations;
  readonly kind: ObjectKind;
  readonly id: string;
}

export type NewsListener = (news: ObjectNews) => void;

/** What is announced when a request has ended, as the function that asked for it documents: `Completion is announced ...`. */
const announced: Readonly<Record<number, (row: LibRequestRow) => readonly (string | null)[]>> = {
  // The one number stands for both functions: DismountNtmsDrive names the drive, DismountNtmsMedia a medium.
  [NtmsLmOperation.NTMS_LM_DISMOUNT]: ({ driveId, partitionId, physMediaId }) => [driveId, partitionId, physMediaId],
  [NtmsLmOperation.NTMS_LM_INVENTORY]: ({ library }) => [library],
  [NtmsLmOperation.NTMS_LM_EJECT]: ({ id }) => [id],
  [NtmsLmOperation.NTMS_LM_EJECTCLEANER]: ({ id }) => [id],
  [NtmsLmOperation.NTMS_LM_INJECT]: ({ id }) => [id],
  [NtmsLmOperation.NTMS_LM_INJECTCLEANER]: ({ id }) => [id],
  [NtmsLmOperation.NTMS_LM_DOORACCESS]: ({ library }) => [library],
  [NtmsLmOperation.NTMS_LM_CLEANDRIVE]: ({ driveId }) => [driveId],
  [NtmsLmOperation.NTMS_LM_RESERVECLEANER]: ({ library }) => [library],
  [NtmsLmOperation.NTMS_LM_RELEASECLEANER]: ({ library }) => [library],
  [NtmsLmOperation.NTMS_LM_CLASSIFY]: ({ slotId }) => [slotId],
  // CancelNtmsLibraryRequest names the request that is withdrawn.
  [NtmsLmOperation.NTMS_LM_REMOVE]: ({ workItemId }) => [workItemId],
};

const operationOf = {
  insert: NtmsNotificationOperations.NTMS_OBJ_INSERT,
  update: NtmsNotificationOperations.NTMS_OBJ_UPDATE,
  delete: NtmsNotificationOperations.NTMS_OBJ_DELETE,
} as const satisfies Record<ObjectChange['operation'], NtmsNotificationOperations>;

/**
 * Tells listeners what becomes of objects, in the order in which it was committed, and after the commit. That a request
 * has ended follows the change of its record.
 */
export class ObjectNewsWire {
  readonly #store: ObjectStore;
  readonly #listeners = new Set<NewsListener>();
  /** Requests whose end was not announced yet. */
  readonly #unfinished = new Set<string>();

  /** @param ending ends the subscription to the store, which may outlive the manager */
  constructor(store: ObjectStore, ending: AbortSignal) {
    this.#store = store;
    const unsubscribe = store.onChange((change) => this.#changed(change));
    ending.addEventListener('abort', unsubscribe, { once: true });
  }

  /** Returns the function that ends the subscription. */
  subscribe(listener: NewsListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * What was asked of an object without a library request has ended. Nothing is told of an object that is not there. Never
   * throws: what has ended has been done, whether that can be told or not.
   */
  announce(id: string): void {
    const kind = this.#kindOf(id);
    if (kind !== undefined) this.#tell({ operation: NtmsNotificationOperations.NTMS_EVENT_COMPLETE, kind, id });
  }

  #kindOf(id: string): ObjectKind | undefined {
    try {
      return this.#store.kindOf(id);
    } catch (error) {
      process.emitWarning(`the end of a call cannot be announced: ${String(error)}`);
      return undefined;
    }
  }

  #changed({ kind, operation, id }: ObjectChange): void {
    if (kind === NtmsObjectsTypes.NTMS_UNKNOWN) return;
    this.#tell({ operation: operationOf[operation], kind, id });
    if (kind !== NtmsObjectsTypes.NTMS_LIBREQUEST) return;
    if (operation === 'insert') this.#unfinished.add(id);
    else if (operation === 'delete') this.#unfinished.delete(id);
    if (!this.#unfinished.has(id)) return;
    const row = this.#store.table('libRequests').get(id);
    if (row === undefined || !isFinished(row)) return;
    this.#unfinished.delete(id);
    for (const named of this.#namedBy(row)) this.announce(named);
  }

  #namedBy(row: LibRequestRow): string[] {
    const ids = (announced[row.operationCode]?.(row) ?? []).filter((id) => id !== null);
    // A medium is named by its side, its cartridge, or as the logical medium that it carries.
    const logical = row.partitionId === null ? null : this.#store.table('sides').get(row.partitionId)?.logicalMedia;
    const isDismount = row.operationCode === NtmsLmOperation.NTMS_LM_DISMOUNT;
    return isDismount && logical !== null && logical !== undefined ? [...ids, logical] : ids;
  }

  #tell(news: ObjectNews): void {
    for (const listener of this.#listeners) listener(news);
  }
}
