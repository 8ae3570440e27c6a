import { NtmsLmOperation } from '../objects/ntmsapi/index.js';
import { CleanerSlot } from './cleaner-slot.js';
import type { CleanerSlotRequest } from './cleaner-slot.js';
import type { LibraryContext } from './library-context.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from './work-item.js';

/** ReserveNtmsCleanerSlot and ReleaseNtmsCleanerSlot: nothing moves, but nothing may be moving into the slot either. */
export class CleanerSlotWork implements WorkItem {
  readonly operationCode: NtmsLmOperation;
  readonly order = 0;
  readonly priority = 0;
  readonly timeQueued: number;
  readonly requestIds: readonly [string];
  readonly #context: LibraryContext;
  readonly #wanted: { readonly requestId: string; readonly kind: 'reserve' | 'release'; readonly slot: string };

  constructor(
    context: LibraryContext,
    wanted: { readonly requestId: string; readonly kind: 'reserve' | 'release'; readonly slot: string },
    timeQueued: number,
  ) {
    this.#context = context;
    this.#wanted = wanted;
    this.operationCode = slotOperations[wanted.kind];
    this.requestIds = [wanted.requestId];
    this.timeQueued = timeQueued;
  }

  needs(): Needs | Missing {
    const { claims } = this.#context;
    const { slot, requestId } = this.#wanted;
    return claims.hasOther(requestId, slot) ? { missing: 'the slot, which another request uses' } : { claim: [slot] };
  }

  run(turn: Turn): Promise<WorkEnd> {
    const { store, id } = this.#context;
    const cleanerSlot = new CleanerSlot(store, id);
    return Promise.resolve().then(() =>
      store.transaction(() => {
        turn.begin();
        cleanerSlot.grant(slotRequest(cleanerSlot, this.#wanted));
        turn.end('passed');
        return 'passed';
      }),
    );
  }
}

export const slotOperations = {
  reserve: NtmsLmOperation.NTMS_LM_RESERVECLEANER,
  release: NtmsLmOperation.NTMS_LM_RELEASECLEANER,
} as const;

/** What is asked of the slot's machine. */
export function slotRequest(
  slot: CleanerSlot,
  wanted: { readonly kind: 'reserve' | 'release'; readonly slot: string },
): CleanerSlotRequest {
  return wanted.kind === 'reserve'
    ? { type: 'CLEANER_SLOT_REQUESTED', slotId: wanted.slot, content: slot.contentOf(wanted.slot) }
    : { type: 'CLEANER_SLOT_GIVEN_UP', content: slot.content };
}
