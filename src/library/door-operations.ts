import type { DoorAction } from '../../machines/door.js';
import { NtmsInventoryMethod, NtmsLmOperation } from '../objects/ntmsapi/index.js';
import { DoorWork } from './door-work.js';
import type { RequestOrigin } from './library-requests.js';
import type { ManagerParts } from './manager-parts.js';

const actions: Readonly<Record<number, DoorAction>> = {
  [NtmsInventoryMethod.NTMS_INVENTORY_NONE]: 'NTMS_INVENTORY_NONE',
  [NtmsInventoryMethod.NTMS_INVENTORY_FAST]: 'NTMS_INVENTORY_FAST',
  [NtmsInventoryMethod.NTMS_INVENTORY_OMID]: 'NTMS_INVENTORY_OMID',
  [NtmsInventoryMethod.NTMS_INVENTORY_DEFAULT]: 'NTMS_INVENTORY_DEFAULT',
};

/** Which methods AccessNtmsLibraryDoor takes. */
export const doorActions: readonly number[] = Object.keys(actions).map(Number);

/** The doors of libraries. */
export class DoorOperations {
  readonly #parts: ManagerParts;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  /** Queues an access to a door and gives its request. `method` is the inventory after it is shut. */
  access(order: {
    readonly library: string;
    readonly door: string;
    readonly method: number;
    readonly origin: RequestOrigin;
  }): string {
    const { requests, store, clock, requireRunning } = this.#parts;
    const library = requireRunning(order.library);
    const { id: requestId } = store.transaction(() =>
      requests.create({
        operationCode: NtmsLmOperation.NTMS_LM_DOORACCESS,
        operationOption: order.method,
        library: order.library,
        origin: order.origin,
      }),
    );
    const action = actions[order.method] ?? 'NTMS_INVENTORY_DEFAULT';
    void library.queue.add(new DoorWork(library.context, { requestId, door: order.door, action }, clock.now()));
    return requestId;
  }
}
