import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLmOperation } from '../objects/ntmsapi/index.js';
import type { DoorAction } from '../../machines/door.js';
import type { LibraryContext } from './library-context.js';
import { lookIfLost } from './look-if-lost.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

export interface WantedAccess {
  readonly requestId: string;
  readonly door: string;
  /** The inventory after the door is shut. */
  readonly action: DoorAction;
}

/** AccessNtmsLibraryDoor: waits until nothing moves, unlocks the door, and ends when it was opened and shut again. */
export class DoorWork implements WorkItem {
  readonly operationCode = NtmsLmOperation.NTMS_LM_DOORACCESS;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #context: LibraryContext;
  readonly #wanted: WantedAccess;

  constructor(context: LibraryContext, wanted: WantedAccess, timeQueued: number) {
    this.#context = context;
    this.#wanted = wanted;
    this.requestIds = [wanted.requestId];
    this.timeQueued = timeQueued;
  }

  /** Where nothing can move anyway, it keeps nobody from bringing the library back. */
  get exclusive(): boolean {
    return this.#context.whyUnusable() === undefined;
  }

  needs(): Needs | Missing {
    const unusable = this.#context.whyUnusable();
    if (unusable !== undefined) return { missing: unusable };
    const { door, requestId } = this.#wanted;
    // A cartridge may be on its way behind the door.
    if (this.#context.claims.areShared(requestId, '')) return { missing: `${this.#context.name} to come to rest` };
    return { claim: [door] };
  }

  async run(turn: Turn): Promise<WorkEnd> {
    const { store, elements, doors } = this.#context;
    const { door, action, requestId } = this.#wanted;
    elements.followEnabled('door', store.table('doors').require(door));
    store.transaction(() => turn.begin());
    try {
      const end = await doors.access(door, {
        requestId,
        action,
        signal: turn.signal,
        shutdown: turn.shutdown,
      });
      if (end === 'finished') return 'passed';
      const symbol = end === 'disabled' ? 'ERROR_RESOURCE_DISABLED' : 'ERROR_INVALID_STATE';
      throw new NtmsError(symbol, `the door of ${this.#context.name} was not unlocked: ${end}`);
    } catch (error) {
      lookIfLost(this.#context, requestId, error);
      throw error;
    }
  }
}
