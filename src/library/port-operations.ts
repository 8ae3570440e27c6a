import { NtmsError } from '../objects/ntms-error.js';
import { NtmsEjectOperation, NtmsInjectOperation, NtmsLmOperation, NtmsSlotState } from '../objects/ntmsapi/index.js';
import { EjectWork } from './eject-work.js';
import { InjectWork } from './inject-work.js';
import type { RequestOrigin } from './library-requests.js';
import type { ManagerParts } from './manager-parts.js';
import { SlotIdentification } from './slot-identification.js';

export interface EjectOrder {
  readonly library: string;
  /** Physical media of this library; all go out together. */
  readonly media: readonly string[];
  /** Goes before everything that waits. */
  readonly force: boolean;
  readonly origin: RequestOrigin;
}

export interface InjectOrder {
  readonly library: string;
  /** The ports are opened again after every find, until STOP. */
  readonly many: boolean;
  readonly origin: RequestOrigin;
}

/** Media in and out through the ports of libraries. An operation's identifier is that of its library request. */
export class PortOperations {
  readonly #parts: ManagerParts;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  /** How many cartridges the ports of a library take at once: the ports that are enabled. */
  capacity(libraryId: string): number {
    return this.#parts.store.table('ports').count({ library: libraryId, enabled: true });
  }

  /** Whether a slot is free for a cartridge. */
  hasRoom(libraryId: string): boolean {
    const { store } = this.#parts;
    const { cleanerSlot } = store.table('libraries').require(libraryId);
    const empty = { library: libraryId, state: NtmsSlotState.NTMS_SLOTSTATE_EMPTY, enabled: true };
    return store
      .table('slots')
      .list(empty)
      .some(({ id }) => id !== cleanerSlot);
  }

  /** Queues an eject and gives its request. Throws ERROR_RESOURCE_NOT_AVAILABLE for a library that is not in the rig. */
  eject({ library: libraryId, media, force, origin }: EjectOrder): string {
    const { requests, store, clock, requireRunning } = this.#parts;
    const library = requireRunning(libraryId);
    const [first] = media;
    if (first === undefined) throw new NtmsError('ERROR_INVALID_PARAMETER', 'no cartridge is to be ejected');
    const { id: requestId } = store.transaction(() =>
      requests.create({
        operationCode: NtmsLmOperation.NTMS_LM_EJECT,
        operationOption: force ? NtmsEjectOperation.NTMS_EJECT_FORCE : NtmsEjectOperation.NTMS_EJECT_START,
        library: libraryId,
        physMediaId: first,
        origin,
      }),
    );
    void library.queue.add(new EjectWork(library.context, { requestId, media, force }, clock.now()));
    return requestId;
  }

  /** Queues an inject and gives its request. */
  inject({ library: libraryId, many, origin }: InjectOrder): string {
    const { requests, store, clock, requireRunning } = this.#parts;
    const library = requireRunning(libraryId);
    const { id: requestId } = store.transaction(() =>
      requests.create({
        operationCode: NtmsLmOperation.NTMS_LM_INJECT,
        operationOption: many ? NtmsInjectOperation.NTMS_INJECT_STARTMANY : NtmsInjectOperation.NTMS_INJECT_START,
        library: libraryId,
        origin,
      }),
    );
    const identify = (slot: string): void => this.#identify(slot, origin);
    void library.queue.add(new InjectWork(library.context, { requestId, many, identify }, clock.now()));
    return requestId;
  }

  /** The library of an eject that waits or runs. */
  libraryOfEject(requestId: string): string | undefined {
    const found = this.#find(requestId);
    return found?.item instanceof EjectWork ? found.library.id : undefined;
  }

  /** The library of an inject that waits or runs, and whether it takes many. */
  injectOf(requestId: string): { readonly library: string; readonly many: boolean } | undefined {
    const found = this.#find(requestId);
    return found?.item instanceof InjectWork ? { library: found.library.id, many: found.item.many } : undefined;
  }

  /** STOP; without effect on an operation that has ended. */
  stop(requestId: string): void {
    const found = this.#find(requestId);
    if (found === undefined) return;
    if (found.item instanceof EjectWork || found.item instanceof InjectWork) found.item.stop();
    // One that waits has nothing to wait for any more.
    found.library.queue.pump();
  }

  /** RETRACT; without effect on an operation that has ended. */
  async retract(requestId: string): Promise<void> {
    const found = this.#find(requestId);
    if (found?.item instanceof InjectWork) await found.item.retract();
  }

  /** One request for each cartridge; the inject does not wait for it. */
  #identify(slot: string, origin: RequestOrigin): void {
    try {
      new SlotIdentification(this.#parts).identify({ slot, deferred: false, origin });
    } catch (error) {
      this.#parts.notice(`what was put into a slot could not be given to identification: ${String(error)}`);
    }
  }

  #find(requestId: string) {
    for (const library of this.#parts.libraries.values()) {
      const item = library.queue.items().find(({ requestIds }) => requestIds.includes(requestId));
      if (item !== undefined) return { library, item };
    }
    return undefined;
  }
}
