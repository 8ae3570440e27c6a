import { assign, emit, enqueueActions, setup } from 'xstate';
import { currentLeaves } from './unexpected-event.js';
import type { UnexpectedEvent } from './unexpected-event.js';

/** dwCleanerUsesRemaining of a cleaner whose uses nobody counts. */
export const USES_NOT_COUNTED = 0xffff_ffff;

/** What the machine of a library's cleaner slot remembers. JSON only. */
export interface CleanerSlotContext {
  readonly libraryId: string;
  /** The reserved slot; null when none is. */
  readonly slotId: string | null;
  readonly startFull: boolean;
  /** How many times the cleaner still cleans; {@link USES_NOT_COUNTED}; 0 without a cleaner. */
  readonly usesRemaining: number;
}

export interface CleanerSlotInput {
  readonly libraryId: string;
  /** Default null: none is reserved. */
  readonly slotId?: string | null | undefined;
  /** Whether the library has its cleaner, in the slot or on its way to a drive and back. Default false. */
  readonly full?: boolean | undefined;
  /** Default 0. */
  readonly usesRemaining?: number | undefined;
}

/** What a slot is found to be: `notPresent` when its magazine is out. */
export type SlotContent = 'empty' | 'full' | 'notPresent';

export type CleanerSlotEvent =
  | { readonly type: 'CLEANER_SLOT_REQUESTED'; readonly slotId: string; readonly content: SlotContent }
  | { readonly type: 'CLEANER_SLOT_GIVEN_UP'; readonly content: SlotContent }
  | { readonly type: 'CLEANER_INJECT_REQUESTED'; readonly content: SlotContent }
  | { readonly type: 'CLEANER_EJECT_REQUESTED'; readonly content: SlotContent }
  | { readonly type: 'CLEANER_INSERTED'; readonly uses: number }
  | { readonly type: 'CLEANER_REMOVED' }
  | { readonly type: 'CLEANING_REQUESTED' }
  | { readonly type: 'DRIVE_CLEANED' }
  | { readonly type: 'CLEANER_EXPIRED' };

export type CleanerSlotRefusal = 'set' | 'not-set' | 'full' | 'empty' | 'not-present';

export type CleanerSlotEffect =
  | UnexpectedEvent
  /** The event may be carried out. */
  | { readonly type: 'cleanerSlot.accepted'; readonly libraryId: string; readonly request: string }
  | {
      readonly type: 'cleanerSlot.refused';
      readonly libraryId: string;
      readonly request: string;
      readonly reason: CleanerSlotRefusal;
    }
  /** A person has to bring a cleaner. */
  | { readonly type: 'cleaner.needed'; readonly libraryId: string; readonly reason: 'none' | 'spent' };

const leaves = ['none', 'reserved.empty', 'reserved.usable', 'reserved.spent'];

const refuse = (reason: CleanerSlotRefusal) => ({ actions: { type: 'refuse', params: { reason } } }) as const;
const magazineOut = { guard: 'isNotPresent', ...refuse('not-present') } as const;
const slotFull = { guard: 'isFull', ...refuse('full') } as const;
const accept = { actions: 'accept' } as const;
const need = (reason: 'none' | 'spent') => ({ actions: { type: 'need', params: { reason } } }) as const;

/** What holds while the library has a cleaner of its slot. */
const withCleaner = {
  CLEANER_SLOT_GIVEN_UP: [magazineOut, refuse('full')],
  CLEANER_INJECT_REQUESTED: [magazineOut, refuse('full')],
  CLEANER_EJECT_REQUESTED: [magazineOut, accept],
  CLEANER_REMOVED: { target: '#cleanerSlot.reserved.empty', actions: 'forgetCleaner' },
} as const;

/**
 * The slot that a library keeps for its cleaner, and how many times the cleaner still cleans. There is no NTMS enumeration
 * for it: the library's CleanerSlot, dwCleanerUsesRemaining and two of its flags show it.
 */
export const cleanerSlotMachine = setup({
  types: {
    context: {} as CleanerSlotContext,
    events: {} as CleanerSlotEvent,
    emitted: {} as CleanerSlotEffect,
    input: {} as CleanerSlotInput,
  },
  guards: {
    startsNone: ({ context }) => context.slotId === null,
    startsEmpty: ({ context }) => !context.startFull,
    isSpent: ({ context }) => context.usesRemaining === 0,
    isNotPresent: ({ event }) => 'content' in event && event.content === 'notPresent',
    isFull: ({ event }) => 'content' in event && event.content === 'full',
    isLastUse: ({ context }) => context.usesRemaining === 1,
    bringsNoUses: ({ event }) => event.type === 'CLEANER_INSERTED' && event.uses === 0,
  },
  actions: {
    takeSlot: assign(({ event }) => (event.type === 'CLEANER_SLOT_REQUESTED' ? { slotId: event.slotId } : {})),
    giveSlotUp: assign({ slotId: null }),
    takeCleaner: assign(({ event }) => (event.type === 'CLEANER_INSERTED' ? { usesRemaining: event.uses } : {})),
    forgetCleaner: assign({ usesRemaining: 0 }),
    useUp: assign({ usesRemaining: 0 }),
    countUse: assign(({ context: { usesRemaining } }) => ({
      usesRemaining: usesRemaining === USES_NOT_COUNTED ? usesRemaining : usesRemaining - 1,
    })),
    accept: emit(({ context, event }) => ({
      type: 'cleanerSlot.accepted',
      libraryId: context.libraryId,
      request: event.type,
    })),
    refuse: emit(({ context, event }, params: { reason: CleanerSlotRefusal }) => ({
      type: 'cleanerSlot.refused',
      libraryId: context.libraryId,
      request: event.type,
      reason: params.reason,
    })),
    need: emit(({ context }, params: { reason: 'none' | 'spent' }) => ({
      type: 'cleaner.needed',
      libraryId: context.libraryId,
      reason: params.reason,
    })),
    reportUnexpected: enqueueActions(({ check, enqueue, event }) => {
      enqueue.emit({ type: 'event.unexpected', machine: 'cleanerSlot', state: currentLeaves(leaves, check), event });
    }),
  },
}).createMachine({
  id: 'cleanerSlot',
  context: ({ input }) => {
    const startFull = (input.slotId ?? null) !== null && (input.full ?? false);
    return {
      libraryId: input.libraryId,
      slotId: input.slotId ?? null,
      startFull,
      usesRemaining: startFull ? Math.max(0, input.usesRemaining ?? 0) : 0,
    };
  },
  initial: 'routing',
  on: { '*': { actions: 'reportUnexpected' } },
  states: {
    routing: {
      always: [
        { guard: 'startsNone', target: 'none' },
        { guard: 'startsEmpty', target: 'reserved.empty' },
        { guard: 'isSpent', target: 'reserved.spent' },
        { target: 'reserved.usable' },
      ],
    },
    none: {
      description: 'No slot is kept for a cleaner.',
      on: {
        CLEANER_SLOT_REQUESTED: [magazineOut, slotFull, { target: 'reserved', actions: ['takeSlot', 'accept'] }],
        CLEANER_SLOT_GIVEN_UP: refuse('not-set'),
        CLEANER_INJECT_REQUESTED: refuse('not-set'),
        CLEANER_EJECT_REQUESTED: refuse('not-set'),
        CLEANING_REQUESTED: need('none'),
        // A cleaner from another slot, of which nobody counts the uses.
        DRIVE_CLEANED: {},
        CLEANER_EXPIRED: {},
      },
    },
    reserved: {
      initial: 'empty',
      on: { CLEANER_SLOT_REQUESTED: refuse('set') },
      states: {
        empty: {
          description: 'A slot is kept; no cleaner is there.',
          on: {
            CLEANER_SLOT_GIVEN_UP: [
              magazineOut,
              slotFull,
              { target: '#cleanerSlot.none', actions: ['giveSlotUp', 'accept'] },
            ],
            CLEANER_INJECT_REQUESTED: [magazineOut, slotFull, accept],
            CLEANER_EJECT_REQUESTED: [magazineOut, refuse('empty')],
            CLEANER_INSERTED: [
              { guard: 'bringsNoUses', target: 'spent', actions: 'takeCleaner' },
              { target: 'usable', actions: 'takeCleaner' },
            ],
            CLEANING_REQUESTED: need('none'),
            DRIVE_CLEANED: {},
            CLEANER_EXPIRED: {},
          },
        },
        usable: {
          description: 'The cleaner is there and cleans.',
          on: {
            ...withCleaner,
            CLEANING_REQUESTED: accept,
            DRIVE_CLEANED: [{ guard: 'isLastUse', target: 'spent', actions: 'countUse' }, { actions: 'countUse' }],
            CLEANER_EXPIRED: { target: 'spent', actions: 'useUp' },
          },
        },
        spent: {
          description: 'The cleaner is there and used up.',
          on: { ...withCleaner, CLEANING_REQUESTED: need('spent'), DRIVE_CLEANED: {}, CLEANER_EXPIRED: {} },
        },
      },
    },
  },
});
