import { NtmsInventoryMethod } from '../objects/ntmsapi/index.js';
import { inventoryMethodOf } from './inventory-work.js';
import type { LibraryContext } from './library-context.js';
import type { RequestOrigin } from './library-requests.js';
import { RAISED_BY } from './operator-requests.js';

const { NTMS_INVENTORY_FAST: fast } = NtmsInventoryMethod;

/**
 * What a library set to AutoRecovery does when its records or a label turn out to be wrong: it queues an inventory by bar
 * code, one at a time. Nobody asked for it, so it moves nothing.
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

  /** The inventory after a door was shut; one by bar code that waits already is enough. */
  inventory(method: NtmsInventoryMethod): void {
    const { store, id } = this.#library;
    const byBarCode = inventoryMethodOf(store.table('libraries').require(id), method) === fast;
    if (!byBarCode || !this.#underWay) this.#queue(method, byBarCode);
  }

  recover(why: string): void {
    const { store, id, name, notice } = this.#library;
    const { autoRecovery } = store.table('libraries').require(id);
    if (!autoRecovery || this.#underWay) return;
    notice(`${name}: an inventory is queued, since ${why}`);
    this.#queue(fast, true);
  }

  #queue(method: NtmsInventoryMethod, byBarCode: boolean): void {
    const { requests, name, notice } = this.#library;
    try {
      const request = this.#inventory(method, { application: RAISED_BY, user: '', computer: this.#computer });
      if (!byBarCode) return;
      this.#underWay = true;
      void requests.whenSettled(request).then(() => {
        this.#underWay = false;
      });
    } catch (error) {
      notice(`${name}: the inventory could not be queued: ${String(error)}`);
    }
  }
}
