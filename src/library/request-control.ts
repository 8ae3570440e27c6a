import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation } from '../objects/ntmsapi/index.js';
import type { LibRequestRow } from '../objects/rows.js';
import { asNtmsError } from './library-failure.js';
import { isFinished } from './library-requests.js';
import type { RequestOrigin } from './library-requests.js';
import type { ManagerParts } from './manager-parts.js';
import { RemoveWork } from './remove-work.js';

/** Library requests after they were made: cancelling, their order, and the removal of what has ended. */
export class RequestControl {
  readonly #parts: ManagerParts;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  /** Whether it can still be taken back, with those of the same mount: once hardware moves only what has a STOP action can. */
  isCancellable({ id, mountGroup }: LibRequestRow): boolean {
    const { store, requests } = this.#parts;
    const group = mountGroup === null ? [] : store.table('libRequests').list({ mountGroup });
    return requests.withdrawalOf(group.length === 0 ? [id] : group.map((row) => row.id)) !== undefined;
  }

  /** CancelNtmsLibraryRequest: queues a REMOVE, whose work item is the request, and returns its id. */
  cancel(victim: LibRequestRow, origin: RequestOrigin): string {
    const { requests, libraries, clock } = this.#parts;
    const { id: requestId } = requests.create({
      operationCode: NtmsLmOperation.NTMS_LM_REMOVE,
      library: victim.library,
      origin,
      workItemId: victim.id,
    });
    const remove = (): void => this.#remove(victim.id, origin);
    const library = libraries.get(victim.library);
    if (library !== undefined) {
      void library.queue.add(new RemoveWork(requestId, { remove, timeQueued: clock.now() }));
      return requestId;
    }
    // A library without devices has no queue, and nothing to wait for.
    requests.start(requestId);
    try {
      remove();
      requests.end(requestId, { type: 'SUCCEEDED' });
    } catch (error) {
      const { symbol, detail, code } = asNtmsError(error);
      requests.end(requestId, { type: 'FAILED', win32: code }, { symbol, detail });
    }
    return requestId;
  }

  /** The place of a mount among the mounts that wait in its library, 1 is the next; 0 for requests without an order. */
  orderOf({ id, library }: LibRequestRow): number {
    return this.#parts.libraries.get(library)?.queue.placeOf(id) ?? 0;
  }

  /** SetNtmsRequestOrder for a mount that waits: 1 is served next, 0xFFFFFFFF last. */
  setOrder({ id, library: libraryId }: LibRequestRow, order: number): void {
    const { store, libraries } = this.#parts;
    const queue = libraries.get(libraryId)?.queue;
    if (queue === undefined) return;
    const changes = queue.ordersWith(id, order);
    store.transaction(() => {
      for (const change of changes) {
        for (const requestId of change.requestIds)
          store.table('libRequests').update(requestId, { order: change.order });
      }
    });
    queue.reorder(changes);
  }

  /** DeleteNtmsRequests. */
  removeFinished(requestIds: readonly string[]): void {
    this.#parts.requests.remove(requestIds);
  }

  #remove(victimId: string, { user }: RequestOrigin): void {
    const { store, cancel } = this.#parts;
    const victim = store.table('libRequests').get(victimId);
    if (victim === undefined || isFinished(victim)) {
      throw new NtmsError('ERROR_OBJECT_NOT_FOUND', `request ${victimId} ended before it could be cancelled`);
    }
    if (!this.isCancellable(victim)) {
      throw new NtmsError('ERROR_ACCESS_DENIED', `request ${victimId} moves a cartridge already`);
    }
    cancel([victimId], new NtmsError('ERROR_CANCELLED', `user ${user} cancelled the request`));
  }
}
