import { NtmsEjectOperation, NtmsInjectOperation, NtmsLmOperation } from '../objects/ntmsapi/index.js';
import { CleanerSlot } from './cleaner-slot.js';
import { EjectCleanerWork } from './eject-cleaner-work.js';
import { InjectCleanerWork } from './inject-cleaner-work.js';
import type { RequestOrigin } from './library-requests.js';
import type { ManagerParts } from './manager-parts.js';

/** Cleaners in and out of the reserved slots of libraries. An operation's identifier is that of its library request. */
export class CleanerCartridges {
  readonly #parts: ManagerParts;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
  }

  /** Whether cleaners go through ports, enabled or not; without any it is the door. */
  hasPorts(libraryId: string): boolean {
    return this.#parts.store.table('ports').count({ library: libraryId }) > 0;
  }

  /** Queues an inject and gives its request. Throws the documented error where the slot is not ready for it. */
  inject(libraryId: string, uses: number, origin: RequestOrigin): string {
    const { requests, store, requireRunning } = this.#parts;
    const library = requireRunning(libraryId);
    const slot = new CleanerSlot(store, libraryId);
    slot.check({ type: 'CLEANER_INJECT_REQUESTED', content: slot.content });
    const { cleanerSlot } = store.table('libraries').require(libraryId);
    const { id: requestId, timeQueued } = requests.create({
      operationCode: NtmsLmOperation.NTMS_LM_INJECTCLEANER,
      operationOption: NtmsInjectOperation.NTMS_INJECT_START,
      library: libraryId,
      ...(cleanerSlot === null ? {} : { slotId: cleanerSlot }),
      origin,
    });
    const wanted = { requestId, uses, byDoor: !this.hasPorts(libraryId) };
    void library.queue.add(new InjectCleanerWork(library.context, wanted, timeQueued));
    return requestId;
  }

  /** Queues an eject and gives its request. Throws the documented error where there is no cleaner to eject. */
  eject(libraryId: string, origin: RequestOrigin): string {
    const { requests, store, requireRunning } = this.#parts;
    const library = requireRunning(libraryId);
    const slot = new CleanerSlot(store, libraryId);
    slot.check({ type: 'CLEANER_EJECT_REQUESTED', content: slot.content });
    const { cleanerSlot } = store.table('libraries').require(libraryId);
    const { id: requestId, timeQueued } = requests.create({
      operationCode: NtmsLmOperation.NTMS_LM_EJECTCLEANER,
      operationOption: NtmsEjectOperation.NTMS_EJECT_START,
      library: libraryId,
      ...(cleanerSlot === null ? {} : { slotId: cleanerSlot }),
      ...(slot.cleaner === undefined ? {} : { physMediaId: slot.cleaner.id }),
      origin,
    });
    const wanted = { requestId, byDoor: !this.hasPorts(libraryId) };
    void library.queue.add(new EjectCleanerWork(library.context, wanted, timeQueued));
    return requestId;
  }

  /** STOP. False when this library has no such operation that waits or runs. */
  stop(libraryId: string, requestId: string, kind: 'inject' | 'eject'): boolean {
    const queue = this.#parts.libraries.get(libraryId)?.queue;
    const item = queue?.items().find(({ requestIds }) => requestIds.includes(requestId));
    const works = { inject: InjectCleanerWork, eject: EjectCleanerWork } as const;
    if (!(item instanceof works[kind])) return false;
    item.stop();
    // One that waits has nothing to wait for any more.
    queue?.pump();
    return true;
  }
}
