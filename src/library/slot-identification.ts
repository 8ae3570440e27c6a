import { NtmsDismountOptions, NtmsLmOperation } from '../objects/ntmsapi/index.js';
import { IdentifyWork } from './identify-work.js';
import type { RequestOrigin } from './library-requests.js';
import type { ManagerParts } from './manager-parts.js';

export interface IdentificationOrder {
  readonly slot: string;
  /** Leaves the cartridge in the drive, for others to claim or to evict. */
  readonly deferred: boolean;
  readonly origin: RequestOrigin;
}

/** Finds out what is in a slot. */
export class SlotIdentification {
  readonly #parts: ManagerParts;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  /**
   * Queues the identification of a slot. `finished` settles when it is over; it rejects with NtmsError when the cartridge
   * could not be read. Throws ERROR_RESOURCE_NOT_AVAILABLE for a library that is not in this rig.
   */
  identify({ slot, deferred, origin }: IdentificationOrder): {
    readonly requestId: string;
    readonly finished: Promise<void>;
  } {
    const { store, requests, requireRunning } = this.#parts;
    const { NTMS_DISMOUNT_DEFERRED, NTMS_DISMOUNT_IMMEDIATE } = NtmsDismountOptions;
    const library = requireRunning(store.table('slots').require(slot).library);
    const { id: requestId, timeQueued } = requests.create({
      operationCode: NtmsLmOperation.NTMS_LM_CLASSIFY,
      operationOption: deferred ? NTMS_DISMOUNT_DEFERRED : NTMS_DISMOUNT_IMMEDIATE,
      library: library.id,
      slotId: slot,
      origin,
    });
    const end = library.queue.add(new IdentifyWork(library.context, { requestId, slot, deferred }, timeQueued));
    const finished = end.then(() => undefined);
    finished.catch(() => undefined); // the request's record tells, too
    return { requestId, finished };
  }
}
