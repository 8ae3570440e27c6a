import { assign, emit, enqueueActions, not, setup, stateIn } from 'xstate';
import { availabilityLeaves, availabilityRegion } from './availability.js';
import type { AvailabilityEvent } from './availability.js';
import { currentLeaves } from './unexpected-event.js';
import type { UnexpectedEvent } from './unexpected-event.js';

/** NtmsInventoryMethod as far as AccessNtmsLibraryDoor takes it. */
export type DoorAction =
  'NTMS_INVENTORY_NONE' | 'NTMS_INVENTORY_FAST' | 'NTMS_INVENTORY_OMID' | 'NTMS_INVENTORY_DEFAULT';

/** What a door machine remembers. JSON only. */
export interface DoorContext {
  readonly doorId: string;
  readonly startIn: DoorStart;
  readonly startDisabled: boolean;
  /** MaxOpenSecs of the door; 0 asks the operator at once. */
  readonly maxOpenMs: number;
  /** The inventory to run once the door is shut. */
  readonly action: DoorAction;
  /** The door access request that is answered when the door is shut. */
  readonly requestId: string | null;
}

export type DoorStart = 'unknown' | 'closed' | 'open';

export interface DoorInput {
  readonly doorId: string;
  /** Default `unknown`. */
  readonly initial?: DoorStart | undefined;
  readonly maxOpenMs: number;
  /** Default true. */
  readonly enabled?: boolean | undefined;
}

export type DoorEvent =
  | AvailabilityEvent
  /** AccessNtmsLibraryDoor is executed. */
  | { readonly type: 'ACCESS_REQUESTED'; readonly requestId: string; readonly action: DoorAction }
  /** The access is given up before anyone opened. */
  | { readonly type: 'ACCESS_ABANDONED' }
  | { readonly type: 'DOOR_OPENED' }
  | { readonly type: 'DOOR_CLOSED' }
  | { readonly type: 'DOOR_STATUS_READ'; readonly open: boolean }
  | { readonly type: 'TIMER_EXPIRED'; readonly timer: string };

export type DoorEffect =
  | UnexpectedEvent
  | { readonly type: 'command.unlockDoor'; readonly doorId: string }
  | { readonly type: 'command.lockDoor'; readonly doorId: string }
  | { readonly type: 'timer.start'; readonly timer: 'doorOpen'; readonly doorId: string; readonly ms: number }
  | { readonly type: 'timer.cancel'; readonly timer: 'doorOpen'; readonly doorId: string }
  | { readonly type: 'operatorRequest.needed'; readonly doorId: string; readonly reason: 'door-open-too-long' }
  | { readonly type: 'inventory.needed'; readonly doorId: string; readonly method: DoorAction }
  | { readonly type: 'access.finished'; readonly doorId: string; readonly requestId: string }
  | {
      readonly type: 'access.refused';
      readonly doorId: string;
      readonly requestId: string;
      readonly reason: 'disabled' | 'busy' | 'unknown';
    };

const leaves = [
  'operation.unknown',
  'operation.closed.locked',
  'operation.closed.unlocked',
  'operation.open',
  ...availabilityLeaves,
];

const refuse = {
  disabled: { guard: 'isDisabled', actions: { type: 'refuse', params: { reason: 'disabled' } } },
  busy: { actions: { type: 'refuse', params: { reason: 'busy' } } },
  unknown: { actions: { type: 'refuse', params: { reason: 'unknown' } } },
} as const;

/** Shut again: lock it, unless the door is disabled, for no command goes to a disabled element. */
const shut = [
  {
    guard: 'isDisabled',
    target: '#door.operation.closed.locked',
    actions: ['cancelTimer', 'wantInventory', 'finish'],
  },
  { target: '#door.operation.closed.locked', actions: ['cancelTimer', 'lock', 'wantInventory', 'finish'] },
] as const;

/**
 * A library door. While it is open, mounts and dismounts wait. Shows NtmsDoorState, which has no value for unlocked.
 */
export const doorMachine = setup({
  types: {
    context: {} as DoorContext,
    events: {} as DoorEvent,
    emitted: {} as DoorEffect,
    input: {} as DoorInput,
    tags: {} as string,
  },
  guards: {
    startsDisabled: ({ context }) => context.startDisabled,
    startsClosed: ({ context }) => context.startIn === 'closed',
    startsOpen: ({ context }) => context.startIn === 'open',
    isDisabled: not(stateIn('availability.enabled')),
    isOpenTimer: ({ event }) => event.type === 'TIMER_EXPIRED' && event.timer === 'doorOpen',
    readingIsOpen: ({ event }) => event.type === 'DOOR_STATUS_READ' && event.open,
  },
  actions: {
    noteAccess: assign(({ event }) =>
      event.type === 'ACCESS_REQUESTED' ? { action: event.action, requestId: event.requestId } : {},
    ),
    unlock: emit(({ context }) => ({ type: 'command.unlockDoor', doorId: context.doorId })),
    lock: emit(({ context }) => ({ type: 'command.lockDoor', doorId: context.doorId })),
    startTimer: enqueueActions(({ context, enqueue }) => {
      const { doorId, maxOpenMs } = context;
      if (maxOpenMs > 0) enqueue.emit({ type: 'timer.start', timer: 'doorOpen', doorId, ms: maxOpenMs });
      else enqueue.emit({ type: 'operatorRequest.needed', doorId, reason: 'door-open-too-long' });
    }),
    cancelTimer: enqueueActions(({ context, enqueue }) => {
      if (context.maxOpenMs > 0) enqueue.emit({ type: 'timer.cancel', timer: 'doorOpen', doorId: context.doorId });
    }),
    askOperator: emit(({ context }) => ({
      type: 'operatorRequest.needed',
      doorId: context.doorId,
      reason: 'door-open-too-long',
    })),
    wantInventory: enqueueActions(({ context, enqueue }) => {
      if (context.action === 'NTMS_INVENTORY_NONE') return;
      enqueue.emit({ type: 'inventory.needed', doorId: context.doorId, method: context.action });
    }),
    finish: enqueueActions(({ context, enqueue }) => {
      if (context.requestId !== null) {
        enqueue.emit({ type: 'access.finished', doorId: context.doorId, requestId: context.requestId });
      }
      enqueue.assign({ requestId: null, action: 'NTMS_INVENTORY_DEFAULT' });
    }),
    refuse: emit(({ context, event }, params: { reason: 'disabled' | 'busy' | 'unknown' }) => ({
      type: 'access.refused',
      doorId: context.doorId,
      requestId: 'requestId' in event ? event.requestId : '',
      reason: params.reason,
    })),
    reportUnexpected: enqueueActions(({ check, enqueue, event }) => {
      enqueue.emit({ type: 'event.unexpected', machine: 'door', state: currentLeaves(leaves, check), event });
    }),
  },
}).createMachine({
  id: 'door',
  context: ({ input }) => ({
    doorId: input.doorId,
    startIn: input.initial ?? 'unknown',
    startDisabled: input.enabled === false,
    maxOpenMs: Math.max(0, input.maxOpenMs),
    action: 'NTMS_INVENTORY_DEFAULT',
    requestId: null,
  }),
  type: 'parallel',
  on: { '*': { actions: 'reportUnexpected' } },
  states: {
    operation: {
      initial: 'routing',
      states: {
        routing: {
          always: [
            { guard: 'startsClosed', target: 'closed' },
            { guard: 'startsOpen', target: 'open' },
            { target: 'unknown' },
          ],
        },
        unknown: {
          description: 'Not read yet.',
          tags: ['NTMS_DOORSTATE_UNKNOWN'],
          on: {
            ACCESS_REQUESTED: [refuse.disabled, refuse.unknown],
            DOOR_OPENED: { target: 'open' },
            DOOR_CLOSED: { target: 'closed' },
            DOOR_STATUS_READ: [{ guard: 'readingIsOpen', target: 'open' }, { target: 'closed' }],
          },
        },
        closed: {
          initial: 'locked',
          on: {
            // Opened without a request: some doors have no lock. The default inventory follows.
            DOOR_OPENED: { target: 'open' },
            DOOR_STATUS_READ: [{ guard: 'readingIsOpen', target: 'open' }, {}],
          },
          states: {
            locked: {
              description: 'Shut.',
              tags: ['NTMS_DOORSTATE_CLOSED'],
              on: {
                ACCESS_REQUESTED: [refuse.disabled, { target: 'unlocked', actions: ['noteAccess', 'unlock'] }],
              },
            },
            unlocked: {
              description: 'Shut; the operator may open it.',
              tags: ['NTMS_DOORSTATE_CLOSED'],
              on: {
                ACCESS_REQUESTED: [refuse.disabled, refuse.busy],
                ACCESS_ABANDONED: [
                  { guard: 'isDisabled', target: 'locked', actions: 'finish' },
                  { target: 'locked', actions: ['lock', 'finish'] },
                ],
              },
            },
          },
        },
        open: {
          description: 'Open; the robot rests.',
          tags: ['NTMS_DOORSTATE_OPEN'],
          entry: 'startTimer',
          on: {
            ACCESS_REQUESTED: [refuse.disabled, refuse.busy],
            TIMER_EXPIRED: { guard: 'isOpenTimer', actions: 'askOperator' },
            DOOR_CLOSED: shut,
            DOOR_STATUS_READ: [{ guard: 'readingIsOpen' }, ...shut],
          },
        },
      },
    },
    availability: availabilityRegion,
  },
});
