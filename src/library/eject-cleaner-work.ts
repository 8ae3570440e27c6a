import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation } from '../objects/ntmsapi/index.js';
import { openDoorFor } from './cleaner-by-door.js';
import { CleanerSlot } from './cleaner-slot.js';
import { EjectWork } from './eject-work.js';
import type { LibraryContext } from './library-context.js';
import { lookIfLost } from './look-if-lost.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

export interface UnwantedCleaner {
  readonly requestId: string;
  /** The library has no ports: a person opens the door and empties the slot. */
  readonly byDoor: boolean;
}

/** EjectNtmsCleaner: the cleaner of the reserved slot goes out, and its record with it. The slot stays reserved. */
export class EjectCleanerWork implements WorkItem {
  readonly operationCode = NtmsLmOperation.NTMS_LM_EJECTCLEANER;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #context: LibraryContext;
  readonly #wanted: UnwantedCleaner;
  readonly #slot: CleanerSlot;
  #eject: EjectWork | undefined;
  #stopped = false;

  constructor(context: LibraryContext, wanted: UnwantedCleaner, timeQueued: number) {
    this.#context = context;
    this.#wanted = wanted;
    this.#slot = new CleanerSlot(context.store, context.id);
    this.requestIds = [wanted.requestId];
    this.timeQueued = timeQueued;
  }

  /** STOP: a cleaner that nobody has taken yet goes back. */
  stop(): void {
    this.#stopped = true;
    this.#eject?.stop();
  }

  /** Where nothing can move anyway, it keeps nobody from bringing the library back. */
  get exclusive(): boolean {
    return this.#wanted.byDoor && this.#context.whyUnusable() === undefined;
  }

  needs(): Needs | Missing {
    if (this.#stopped) return { claim: [] };
    const unusable = this.#context.whyUnusable();
    if (unusable !== undefined) return { missing: unusable };
    this.#slot.check({ type: 'CLEANER_EJECT_REQUESTED', content: this.#slot.content });
    const [requestId] = this.requestIds;
    const cleaner = this.#cleaner;
    if (this.#wanted.byDoor) {
      const shared = this.#context.claims.areShared(requestId, '');
      return shared ? { missing: `${this.#context.name} to come to rest` } : { claim: [cleaner] };
    }
    this.#eject = new EjectWork(this.#context, { requestId, media: [cleaner], force: false }, this.timeQueued);
    return this.#eject.needs();
  }

  async run(turn: Turn): Promise<WorkEnd> {
    const eject = this.#eject;
    if (this.#stopped) return 'stopped';
    if (eject === undefined) return this.#byDoor(turn);
    try {
      return await eject.run(turn);
    } finally {
      // Whatever became of it, the library says whether it still has its cleaner.
      this.#slot.follow();
    }
  }

  async #byDoor(turn: Turn): Promise<WorkEnd> {
    const { store, look } = this.#context;
    const { requestId } = this.#wanted;
    const cleaner = this.#cleaner;
    store.transaction(() => turn.begin());
    try {
      await openDoorFor(this.#context, requestId, turn);
      await look(requestId);
    } catch (error) {
      lookIfLost(this.#context, requestId, error);
      throw error;
    }
    const left = store.table('physicalMedia').get(cleaner);
    if (left !== undefined && left.location !== null) {
      throw new NtmsError('ERROR_TIMEOUT', `the door was shut, and ${left.name} is still in the library`);
    }
    store.transaction(() => {
      if (left !== undefined) store.table('physicalMedia').remove(left.id);
      this.#slot.follow();
      turn.end('passed');
    });
    return 'passed';
  }

  get #cleaner(): string {
    const { cleaner } = this.#slot;
    if (cleaner === undefined) throw new NtmsError('ERROR_EMPTY', 'the cleaner has left the library meanwhile');
    return cleaner.id;
  }
}
