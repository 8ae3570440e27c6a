import { NtmsInventoryMethod } from '../objects/ntmsapi/index.js';
import type { LibraryContext } from './library-context.js';
import type { RequestOrigin } from './library-requests.js';
import { RAISED_BY } from './operator-requests.js';

/**
 * What a library set to AutoRecovery does when its records or a label turn out to be wrong: it queues an inventory by its
 * own method, one at a time.
 */
export class AutoRecovery {
  readonly #library: LibraryContext;
  readonly #computer: string;
  readonly #inventory: (method: NtmsInventoryMethod, origin: RequestOrigin) => string;
  #underWay = false;

  constructor(options: {
    readonly library: LibraryContext;
    readonly computer: string;
    /** Queues an inventory and gives its request. */
    readonly inventory: (method: NtmsInventoryMethod, origin: RequestOrigin) => string;
  }) {
    this.#library = options.library;
    this.#computer = options.computer;
    this.#inventory = options.inventory;
  }

  recover(why: string): void {
    const { store, requests, id, name, notice } = this.#library;
    const { autoRecovery, inventoryMethod } = store.table('libraries').require(id);
    if (!autoRecovery || this.#underWay) return;
    const { NTMS_INVENTORY_NONE: none, NTMS_INVENTORY_FAST: fast } = NtmsInventoryMethod;
    // NONE is for a door that was shut; here something is known to be wrong (MS-RSMP 3.2.5.2.1.3).
    const method = inventoryMethod === none ? fast : (inventoryMethod as NtmsInventoryMethod);
    notice(`${name}: an inventory is queued, since ${why}`);
    this.#underWay = true;
    try {
      const request = this.#inventory(method, { application: RAISED_BY, user: '', computer: this.#computer });
      void requests.whenSettled(request).then(() => {
        this.#underWay = false;
      });
    } catch (error) {
      this.#underWay = false;
      notice(`${name}: the inventory could not be queued: ${String(error)}`);
    }
  }
}
