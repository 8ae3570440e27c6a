import { NtmsInventoryMethod } from '../objects/ntmsapi/index.js';
import type { LibraryContext } from './library-context.js';
import type { RequestOrigin } from './library-requests.js';
import { RAISED_BY } from './operator-requests.js';

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

  recover(why: string): void {
    const { store, requests, id, name, notice } = this.#library;
    const { autoRecovery } = store.table('libraries').require(id);
    if (!autoRecovery || this.#underWay) return;
    notice(`${name}: an inventory is queued, since ${why}`);
    this.#underWay = true;
    try {
      const origin = { application: RAISED_BY, user: '', computer: this.#computer };
      const request = this.#inventory(NtmsInventoryMethod.NTMS_INVENTORY_FAST, origin);
      void requests.whenSettled(request).then(() => {
        this.#underWay = false;
      });
    } catch (error) {
      this.#underWay = false;
      notice(`${name}: the inventory could not be queued: ${String(error)}`);
    }
  }
}
