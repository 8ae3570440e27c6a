import { and, assign, emit, enqueueActions, setup } from 'xstate';
import { currentLeaves } from './unexpected-event.js';
import type { UnexpectedEvent } from './unexpected-event.js';

/** What a side (partition) machine remembers. JSON only. */
export interface SideContext {
  readonly sideId: string;
  readonly startIn: SideState;
  /** dwAllocateCount. */
  readonly allocateCount: number;
  /** dwMaxAllocates of the pool; 0 sets no limit. */
  readonly maxAllocates: number;
  readonly logicalMediumId: string | null;
}

export type SideState =
  | 'unknown'
  | 'unprepared'
  | 'incompatible'
  | 'decommissioned'
  | 'available'
  | 'allocated'
  | 'complete'
  | 'foreign'
  | 'import'
  | 'reserved';

export interface SideInput {
  readonly sideId: string;
  /** Default `unknown`; CreateNtmsMedia may name any. */
  readonly initial?: SideState | undefined;
  /** Default 0. */
  readonly allocateCount?: number | undefined;
  /** Default 0: no limit. */
  readonly maxAllocates?: number | undefined;
  readonly logicalMediumId?: string | null | undefined;
}

export type SideEvent =
  /** What the label libraries say about a side that nobody knew. `known`: its id is stored, with that state. */
  | { readonly type: 'IDENTIFIED'; readonly as: 'foreign' | 'import' | 'incompatible' }
  | { readonly type: 'IDENTIFIED'; readonly as: 'known'; readonly storedState: SideState }
  /** Into the free pool: MoveToNtmsMediaPool, ChangeNtmsMediaType, or the pool's return policy. */
  | { readonly type: 'MOVED_TO_FREE_POOL' }
  | { readonly type: 'FREE_LABEL_WRITTEN' }
  /**
   * AllocateNtmsMedia chose this side. `named`: the caller named the side (an import side is taken only so). `next`:
   * option NEXT by the owner of a sibling.
   */
  | {
      readonly type: 'ALLOCATE_REQUESTED';
      readonly logicalMediumId: string;
      readonly named?: boolean | undefined;
      readonly next?: boolean | undefined;
    }
  /** A sibling was allocated with option NEW: this side is kept for the same owner. */
  | { readonly type: 'SIBLING_ALLOCATED' }
  /** No side of the cartridge is allocated any more. */
  | { readonly type: 'OWNER_RELEASED' }
  /** SetNtmsMediaComplete. */
  | { readonly type: 'COMPLETE_REQUESTED'; readonly mounted: boolean }
  /** DeallocateNtmsMedia. */
  | { readonly type: 'DEALLOCATE_REQUESTED'; readonly mounted: boolean }
  /** DecommissionNtmsMedia. */
  | { readonly type: 'DECOMMISSION_REQUESTED' }
  /** SwapNtmsMedia: another logical medium now stands for this side. */
  | { readonly type: 'SWAPPED'; readonly logicalMediumId: string }
  /** DeleteNtmsMedia of the cartridge. */
  | { readonly type: 'DELETE_REQUESTED'; readonly offline: boolean };

export type SideRefusal = 'state' | 'mounted' | 'not-named' | 'not-next' | 'online';

export type SideEffect =
  | UnexpectedEvent
  /** Write the free label, then send FREE_LABEL_WRITTEN. */
  | { readonly type: 'command.writeFreeLabel'; readonly sideId: string }
  | {
      readonly type: 'side.refused';
      readonly sideId: string;
      /** The event that was refused. */
      readonly request: SideEvent['type'];
      readonly reason: SideRefusal;
    }
  /** The record is to be deleted, and this machine stopped. */
  | { readonly type: 'record.deleted'; readonly sideId: string };

const leaves: SideState[] = [
  'unknown',
  'unprepared',
  'incompatible',
  'decommissioned',
  'available',
  'allocated',
  'complete',
  'foreign',
  'import',
  'reserved',
];

const refuse = (reason: SideRefusal) => ({ type: 'refuse', params: { reason } }) as const;

const allocate = { target: '#side.allocated', actions: 'allocate' } as const;
const toFreePool = { target: '#side.unprepared', actions: 'writeFreeLabel' } as const;

const deallocate = [
  { guard: 'isMounted', actions: refuse('mounted') },
  { guard: 'isWornOut', target: '#side.decommissioned', actions: 'deallocate' },
  { target: '#side.available', actions: 'deallocate' },
] as const;

const deletable = [{ guard: 'isOnline', actions: refuse('online') }, { actions: 'deleteRecord' }] as const;

/**
 * A side of a cartridge (NTMS calls it a partition). Shows NtmsPartitionState.
 */
export const sideMachine = setup({
  types: {
    context: {} as SideContext,
    events: {} as SideEvent,
    emitted: {} as SideEffect,
    input: {} as SideInput,
    tags: {} as string,
  },
  guards: {
    startsUnprepared: ({ context }) => context.startIn === 'unprepared',
    startsIncompatible: ({ context }) => context.startIn === 'incompatible',
    startsDecommissioned: ({ context }) => context.startIn === 'decommissioned',
    startsAvailable: ({ context }) => context.startIn === 'available',
    startsAllocated: ({ context }) => context.startIn === 'allocated',
    startsComplete: ({ context }) => context.startIn === 'complete',
    startsForeign: ({ context }) => context.startIn === 'foreign',
    startsImport: ({ context }) => context.startIn === 'import',
    startsReserved: ({ context }) => context.startIn === 'reserved',
    isForeign: ({ event }) => event.type === 'IDENTIFIED' && event.as === 'foreign',
    isImport: ({ event }) => event.type === 'IDENTIFIED' && event.as === 'import',
    isIncompatible: ({ event }) => event.type === 'IDENTIFIED' && event.as === 'incompatible',
    isKnownAndNew: ({ event }) =>
      event.type === 'IDENTIFIED' && event.as === 'known' && event.storedState === 'unknown',
    isNotNamed: ({ event }) => event.type === 'ALLOCATE_REQUESTED' && event.named !== true,
    isNotNext: ({ event }) => event.type === 'ALLOCATE_REQUESTED' && event.next !== true,
    isMounted: ({ event }) => 'mounted' in event && event.mounted,
    isWornOut: and([
      ({ context }) => context.maxAllocates > 0,
      ({ context }) => context.allocateCount >= context.maxAllocates,
    ]),
    isOnline: ({ event }) => event.type === 'DELETE_REQUESTED' && !event.offline,
  },
  actions: {
    startAgain: assign(({ event }) =>
      event.type === 'IDENTIFIED' && event.as === 'known' ? { startIn: event.storedState } : {},
    ),
    allocate: assign(({ context, event }) =>
      event.type === 'ALLOCATE_REQUESTED'
        ? { logicalMediumId: event.logicalMediumId, allocateCount: context.allocateCount + 1 }
        : {},
    ),
    deallocate: assign({ logicalMediumId: null }),
    swap: assign(({ event }) => (event.type === 'SWAPPED' ? { logicalMediumId: event.logicalMediumId } : {})),
    writeFreeLabel: emit(({ context }) => ({ type: 'command.writeFreeLabel', sideId: context.sideId })),
    refuse: emit(({ context, event }, params: { reason: SideRefusal }) => ({
      type: 'side.refused',
      sideId: context.sideId,
      request: event.type,
      reason: params.reason,
    })),
    deleteRecord: emit(({ context }) => ({ type: 'record.deleted', sideId: context.sideId })),
    reportUnexpected: enqueueActions(({ check, enqueue, event }) => {
      enqueue.emit({ type: 'event.unexpected', machine: 'side', state: currentLeaves(leaves, check), event });
    }),
  },
}).createMachine({
  id: 'side',
  context: ({ input }) => ({
    sideId: input.sideId,
    startIn: input.initial ?? 'unknown',
    allocateCount: input.allocateCount ?? 0,
    maxAllocates: input.maxAllocates ?? 0,
    logicalMediumId: input.logicalMediumId ?? null,
  }),
  initial: 'routing',
  on: {
    '*': { actions: 'reportUnexpected' },
    // What a state does not take on is refused for its state, not unexpected: callers may ask for anything.
    MOVED_TO_FREE_POOL: { actions: refuse('state') },
    ALLOCATE_REQUESTED: { actions: refuse('state') },
    COMPLETE_REQUESTED: { actions: refuse('state') },
    DEALLOCATE_REQUESTED: { actions: refuse('state') },
    DECOMMISSION_REQUESTED: { actions: refuse('state') },
    SWAPPED: { actions: refuse('state') },
    DELETE_REQUESTED: { actions: refuse('state') },
  },
  states: {
    routing: {
      always: [
        { guard: 'startsUnprepared', target: 'unprepared' },
        { guard: 'startsIncompatible', target: 'incompatible' },
        { guard: 'startsDecommissioned', target: 'decommissioned' },
        { guard: 'startsAvailable', target: 'available' },
        { guard: 'startsAllocated', target: 'allocated' },
        { guard: 'startsComplete', target: 'complete' },
        { guard: 'startsForeign', target: 'foreign' },
        { guard: 'startsImport', target: 'import' },
        { guard: 'startsReserved', target: 'reserved' },
        { target: 'unknown' },
      ],
    },
    unknown: {
      description: 'New; not identified yet.',
      tags: ['NTMS_PARTSTATE_UNKNOWN'],
      on: {
        IDENTIFIED: [
          { guard: 'isForeign', target: 'foreign' },
          { guard: 'isImport', target: 'import' },
          { guard: 'isIncompatible', target: 'incompatible' },
          { guard: 'isKnownAndNew' },
          { target: 'routing', actions: 'startAgain' },
        ],
        DELETE_REQUESTED: deletable,
      },
    },
    unprepared: {
      description: 'In the free pool, its free label not written yet. Not allocatable.',
      tags: ['NTMS_PARTSTATE_UNPREPARED'],
      on: { FREE_LABEL_WRITTEN: { target: 'available' }, MOVED_TO_FREE_POOL: toFreePool, DELETE_REQUESTED: deletable },
    },
    incompatible: {
      description: 'The drives cannot handle it.',
      tags: ['NTMS_PARTSTATE_INCOMPATIBLE'],
      on: { DELETE_REQUESTED: deletable },
    },
    decommissioned: {
      description: 'Worn out or taken out of use, for good.',
      tags: ['NTMS_PARTSTATE_DECOMMISSIONED'],
      on: { DELETE_REQUESTED: deletable },
    },
    available: {
      description: 'Free to be allocated.',
      tags: ['NTMS_PARTSTATE_AVAILABLE'],
      on: {
        ALLOCATE_REQUESTED: allocate,
        SIBLING_ALLOCATED: { target: 'reserved' },
        MOVED_TO_FREE_POOL: toFreePool,
        DECOMMISSION_REQUESTED: { target: 'decommissioned' },
        DELETE_REQUESTED: deletable,
      },
    },
    allocated: {
      description: 'An application owns it.',
      tags: ['NTMS_PARTSTATE_ALLOCATED'],
      on: {
        COMPLETE_REQUESTED: [{ guard: 'isMounted', actions: refuse('mounted') }, { target: 'complete' }],
        DEALLOCATE_REQUESTED: deallocate,
        SWAPPED: { actions: 'swap' },
        SIBLING_ALLOCATED: {},
      },
    },
    complete: {
      description: 'Owned and full: not to be written any more.',
      tags: ['NTMS_PARTSTATE_COMPLETE'],
      on: { DEALLOCATE_REQUESTED: deallocate, SIBLING_ALLOCATED: {} },
    },
    foreign: {
      description: 'Blank, or in a format nobody knows.',
      tags: ['NTMS_PARTSTATE_FOREIGN'],
      on: { MOVED_TO_FREE_POOL: toFreePool, DELETE_REQUESTED: deletable },
    },
    import: {
      description: 'A known format with an id that is not in the database.',
      tags: ['NTMS_PARTSTATE_IMPORT'],
      on: {
        ALLOCATE_REQUESTED: [{ guard: 'isNotNamed', actions: refuse('not-named') }, allocate],
        SIBLING_ALLOCATED: {},
        MOVED_TO_FREE_POOL: toFreePool,
        DELETE_REQUESTED: deletable,
      },
    },
    reserved: {
      description: 'Kept for the owner of a sibling.',
      tags: ['NTMS_PARTSTATE_RESERVED'],
      on: {
        ALLOCATE_REQUESTED: [{ guard: 'isNotNext', actions: refuse('not-next') }, allocate],
        OWNER_RELEASED: { target: 'available' },
        SIBLING_ALLOCATED: {},
      },
    },
  },
});
