import { assign, emit, enqueueActions, setup } from 'xstate';
import { availabilityLeaves, availabilityRegion } from './availability.js';
import type { AvailabilityEvent } from './availability.js';
import { currentLeaves } from './unexpected-event.js';
import type { UnexpectedEvent } from './unexpected-event.js';

/** What a slot machine remembers. JSON only. */
export interface SlotContext {
  readonly slotId: string;
  readonly elementAddress: number;
  readonly startIn: SlotStart;
  readonly startDisabled: boolean;
  /** The cartridge inside; null when none or not identified. */
  readonly mediumId: string | null;
  /** The cartridge whose home slot this is. An empty slot with an owner must not be handed out to another. */
  readonly owner: string | null;
  /** False while the robot cannot reach the element (a drawer or door stands open). */
  readonly accessible: boolean;
}

export type SlotStart = 'unknown' | 'full' | 'empty' | 'notPresent' | 'needsInventory';

export interface SlotInput {
  readonly slotId: string;
  readonly elementAddress: number;
  /** Default `unknown`. */
  readonly initial?: SlotStart | undefined;
  readonly mediumId?: string | null | undefined;
  /** Default: the cartridge inside. */
  readonly owner?: string | null | undefined;
  /** Default true. */
  readonly enabled?: boolean | undefined;
}

export type SlotEvent =
  | AvailabilityEvent
  | { readonly type: 'MEDIUM_MOVED_IN'; readonly mediumId: string }
  /** The slot stays reserved for the cartridge that left, unless it left for good (eject, new home slot). */
  | { readonly type: 'MEDIUM_MOVED_OUT'; readonly forGood?: boolean | undefined }
  | {
      readonly type: 'ELEMENT_STATUS_READ';
      readonly full: boolean;
      /** Default true. */
      readonly accessible?: boolean | undefined;
      /** Default true. */
      readonly present?: boolean | undefined;
      /** From the bar code; absent when it could not be told. */
      readonly mediumId?: string | null | undefined;
    }
  /** An inventory will look at the slot. */
  | { readonly type: 'INVENTORY_REQUESTED' }
  /** What the inventory found. */
  | { readonly type: 'CLASSIFIED'; readonly full: boolean; readonly mediumId?: string | null | undefined }
  | { readonly type: 'MAGAZINE_REMOVED' }
  | { readonly type: 'MAGAZINE_RETURNED' }
  | { readonly type: 'OWNER_ASSIGNED'; readonly mediumId: string }
  | { readonly type: 'OWNER_RELEASED' };

export type SlotEffect =
  | UnexpectedEvent
  /** The content is not what was believed; the hardware is right. */
  | {
      readonly type: 'discrepancy.found';
      readonly slotId: string;
      readonly believed: { readonly full: boolean; readonly mediumId: string | null };
      readonly found: { readonly full: boolean; readonly mediumId: string | null };
    }
  /** The cartridge left the library together with its magazine. */
  | { readonly type: 'medium.removed'; readonly slotId: string; readonly mediumId: string | null }
  /** Another cartridge than the owner came in; the owner needs a new home slot. */
  | { readonly type: 'owner.displaced'; readonly slotId: string; readonly owner: string; readonly mediumId: string };

const leaves = [
  'operation.unknown',
  'operation.full',
  'operation.empty',
  'operation.notPresent',
  'operation.needsInventory',
  ...availabilityLeaves,
];

const believed = {
  full: { type: 'reportDiscrepancy', params: { believed: 'full' } },
  empty: { type: 'reportDiscrepancy', params: { believed: 'empty' } },
} as const;

const absent = { guard: 'readingIsAbsent', target: 'notPresent', actions: ['reportRemoval', 'forget'] } as const;

const movedIn = { target: 'full', actions: ['reportDisplaced', 'take'] } as const;

const movedOut = [
  { guard: 'isForGood', target: 'empty', actions: 'vacate' },
  { target: 'empty', actions: 'reserve' },
] as const;

/**
 * A storage element (SMC-3), a slot. Shows NtmsSlotState.
 */
export const slotMachine = setup({
  types: {
    context: {} as SlotContext,
    events: {} as SlotEvent,
    emitted: {} as SlotEffect,
    input: {} as SlotInput,
    tags: {} as string,
  },
  guards: {
    startsDisabled: ({ context }) => context.startDisabled,
    startsFull: ({ context }) => context.startIn === 'full',
    startsEmpty: ({ context }) => context.startIn === 'empty',
    startsNotPresent: ({ context }) => context.startIn === 'notPresent',
    startsNeedingInventory: ({ context }) => context.startIn === 'needsInventory',
    isForGood: ({ event }) => event.type === 'MEDIUM_MOVED_OUT' && event.forGood === true,
    readingIsAbsent: ({ event }) => event.type === 'ELEMENT_STATUS_READ' && event.present === false,
    readingIsEmpty: ({ event }) => (event.type === 'ELEMENT_STATUS_READ' || event.type === 'CLASSIFIED') && !event.full,
    readingNamesMedium: ({ event }) => event.type === 'ELEMENT_STATUS_READ' && typeof event.mediumId === 'string',
    knownMediumIsGone: ({ context, event }) => 'full' in event && !event.full && context.mediumId !== null,
    knownMediumIsOther: ({ context, event }) =>
      'full' in event &&
      typeof event.mediumId === 'string' &&
      context.mediumId !== null &&
      event.mediumId !== context.mediumId,
    readingAgrees: ({ context, event }) =>
      event.type === 'ELEMENT_STATUS_READ' &&
      event.full &&
      (typeof event.mediumId !== 'string' || event.mediumId === context.mediumId),
  },
  actions: {
    /** A reading that names no cartridge leaves the known one in place; null says that it is none we know. */
    take: assign(({ context, event }) => {
      const mediumId = 'mediumId' in event && event.mediumId !== undefined ? event.mediumId : context.mediumId;
      return { mediumId, owner: mediumId ?? context.owner };
    }),
    reserve: assign(({ context }) => ({ mediumId: null, owner: context.mediumId ?? context.owner })),
    vacate: assign({ mediumId: null, owner: null }),
    forget: assign({ mediumId: null }),
    assignOwner: assign(({ event }) => (event.type === 'OWNER_ASSIGNED' ? { owner: event.mediumId } : {})),
    releaseOwner: assign({ owner: null }),
    noteAccess: assign(({ event }) =>
      event.type === 'ELEMENT_STATUS_READ' ? { accessible: event.accessible ?? true } : {},
    ),
    reportDiscrepancy: emit(({ context, event }, params: { believed: 'full' | 'empty' }) => ({
      type: 'discrepancy.found',
      slotId: context.slotId,
      believed: { full: params.believed === 'full', mediumId: context.mediumId },
      found: 'full' in event ? { full: event.full, mediumId: event.mediumId ?? null } : { full: true, mediumId: null },
    })),
    reportRemoval: enqueueActions(({ context, enqueue }) => {
      if (context.mediumId === null) return;
      enqueue.emit({ type: 'medium.removed', slotId: context.slotId, mediumId: context.mediumId });
    }),
    reportDisplaced: enqueueActions(({ context, enqueue, event }) => {
      const mediumId = 'mediumId' in event ? event.mediumId : null;
      if (context.owner === null || typeof mediumId !== 'string' || mediumId === context.owner) return;
      enqueue.emit({ type: 'owner.displaced', slotId: context.slotId, owner: context.owner, mediumId });
    }),
    reportUnexpected: enqueueActions(({ check, enqueue, event }) => {
      enqueue.emit({ type: 'event.unexpected', machine: 'slot', state: currentLeaves(leaves, check), event });
    }),
  },
}).createMachine({
  id: 'slot',
  context: ({ input }) => {
    const filled = input.initial === 'full' || input.initial === 'needsInventory';
    const mediumId = filled ? (input.mediumId ?? null) : null;
    return {
      slotId: input.slotId,
      elementAddress: input.elementAddress,
      startIn: input.initial ?? 'unknown',
      startDisabled: input.enabled === false,
      mediumId,
      owner: input.owner ?? mediumId,
      accessible: true,
    };
  },
  type: 'parallel',
  on: { '*': { actions: 'reportUnexpected' } },
  states: {
    operation: {
      initial: 'routing',
      on: {
        MAGAZINE_REMOVED: { target: '.notPresent', actions: ['reportRemoval', 'forget'] },
        OWNER_ASSIGNED: { actions: 'assignOwner' },
        OWNER_RELEASED: { actions: 'releaseOwner' },
        INVENTORY_REQUESTED: { target: '.needsInventory' },
      },
      states: {
        routing: {
          always: [
            { guard: 'startsFull', target: 'full' },
            { guard: 'startsEmpty', target: 'empty' },
            { guard: 'startsNotPresent', target: 'notPresent' },
            { guard: 'startsNeedingInventory', target: 'needsInventory' },
            { target: 'unknown' },
          ],
        },
        unknown: {
          description: 'Not read yet.',
          tags: ['NTMS_SLOTSTATE_UNKNOWN'],
          on: {
            MEDIUM_MOVED_IN: movedIn,
            MEDIUM_MOVED_OUT: movedOut,
            ELEMENT_STATUS_READ: [
              absent,
              { guard: 'readingIsEmpty', target: 'empty', actions: 'noteAccess' },
              { guard: 'readingNamesMedium', target: 'full', actions: ['noteAccess', 'reportDisplaced', 'take'] },
              { target: 'needsInventory', actions: 'noteAccess' },
            ],
            CLASSIFIED: [
              { guard: 'readingIsEmpty', target: 'empty' },
              { target: 'full', actions: ['reportDisplaced', 'take'] },
            ],
          },
        },
        full: {
          description: 'A cartridge is inside.',
          tags: ['NTMS_SLOTSTATE_FULL'],
          on: {
            MEDIUM_MOVED_OUT: movedOut,
            ELEMENT_STATUS_READ: [
              absent,
              { guard: 'readingIsEmpty', target: 'empty', actions: ['noteAccess', believed.full, 'reserve'] },
              { guard: 'readingAgrees', actions: 'noteAccess' },
              { actions: ['noteAccess', believed.full, 'reportDisplaced', 'take'] },
            ],
          },
        },
        empty: {
          description: 'No cartridge inside; kept for its owner when it has one.',
          tags: ['NTMS_SLOTSTATE_EMPTY'],
          on: {
            MEDIUM_MOVED_IN: movedIn,
            INVENTORY_REQUESTED: {},
            ELEMENT_STATUS_READ: [
              absent,
              { guard: 'readingIsEmpty', actions: 'noteAccess' },
              {
                guard: 'readingNamesMedium',
                target: 'full',
                actions: ['noteAccess', believed.empty, 'reportDisplaced', 'take'],
              },
              { target: 'needsInventory', actions: ['noteAccess', believed.empty] },
            ],
          },
        },
        notPresent: {
          description: 'The magazine is out.',
          tags: ['NTMS_SLOTSTATE_NOTPRESENT'],
          on: {
            MAGAZINE_REMOVED: {},
            INVENTORY_REQUESTED: {},
            MAGAZINE_RETURNED: { target: 'needsInventory' },
            ELEMENT_STATUS_READ: [
              { guard: 'readingIsAbsent' },
              { guard: 'readingIsEmpty', target: 'empty', actions: 'noteAccess' },
              { target: 'needsInventory', actions: 'noteAccess' },
            ],
          },
        },
        needsInventory: {
          description: 'Filled, or just returned, and not looked at yet.',
          tags: ['NTMS_SLOTSTATE_NEEDSINVENTORY'],
          on: {
            INVENTORY_REQUESTED: {},
            MEDIUM_MOVED_OUT: movedOut,
            CLASSIFIED: [
              { guard: 'knownMediumIsGone', target: 'empty', actions: [believed.full, 'reserve'] },
              { guard: 'readingIsEmpty', target: 'empty' },
              { guard: 'knownMediumIsOther', target: 'full', actions: [believed.full, 'reportDisplaced', 'take'] },
              { target: 'full', actions: ['reportDisplaced', 'take'] },
            ],
            ELEMENT_STATUS_READ: [
              absent,
              { guard: 'knownMediumIsGone', target: 'empty', actions: ['noteAccess', believed.full, 'reserve'] },
              { guard: 'readingIsEmpty', target: 'empty', actions: 'noteAccess' },
              {
                guard: 'knownMediumIsOther',
                target: 'full',
                actions: ['noteAccess', believed.full, 'reportDisplaced', 'take'],
              },
              { guard: 'readingNamesMedium', target: 'full', actions: ['noteAccess', 'reportDisplaced', 'take'] },
              { actions: 'noteAccess' },
            ],
          },
        },
      },
    },
    availability: availabilityRegion,
  },
});
