import { assign, emit, enqueueActions, not, setup, stateIn } from 'xstate';
import { availabilityLeaves, availabilityRegion } from './availability.js';
import type { AvailabilityEvent } from './availability.js';
import { currentLeaves } from './unexpected-event.js';
import type { UnexpectedEvent } from './unexpected-event.js';

/** What a library machine remembers. JSON only. */
export interface LibraryContext {
  readonly libraryId: string;
  readonly startIn: LibraryStart;
  readonly startDisabled: boolean;
  /** The shelf: the library of everything that is not in a device. It has no hardware and is never deleted. */
  readonly shelf: boolean;
  readonly faultReason: string | null;
}

export type LibraryStart = 'initializing' | 'ready' | 'needsService' | 'notPresent';

export interface LibraryInput {
  readonly libraryId: string;
  /** Default `notPresent`. */
  readonly initial?: LibraryStart | undefined;
  /** Default false. */
  readonly shelf?: boolean | undefined;
  /** Default true. */
  readonly enabled?: boolean | undefined;
}

export type LibraryEvent =
  | AvailabilityEvent
  /** Service start with the device there, or the device came back. */
  | { readonly type: 'DEVICE_FOUND' }
  /** The configuration is read and reconciled. */
  | { readonly type: 'INITIALIZED' }
  | { readonly type: 'DEVICE_FAILED'; readonly reason: string }
  | { readonly type: 'SERVICED' }
  /** Unplugged. */
  | { readonly type: 'DEVICE_LOST' }
  /** DeleteNtmsLibrary. */
  | { readonly type: 'DELETE_REQUESTED' };

export type LibraryEffect =
  | UnexpectedEvent
  /** Read the device's configuration and reconcile, then send INITIALIZED or DEVICE_FAILED. */
  | { readonly type: 'command.initialize'; readonly libraryId: string }
  /** Queue the library's default inventory. */
  | { readonly type: 'inventory.needed'; readonly libraryId: string; readonly method: 'NTMS_INVENTORY_DEFAULT' }
  | {
      readonly type: 'operatorRequest.needed';
      readonly libraryId: string;
      readonly reason: 'device-service';
      readonly detail: string;
    }
  /** The record is to be deleted, its cartridges go to the offline library, and this machine stops. */
  | { readonly type: 'record.deleted'; readonly libraryId: string }
  | {
      readonly type: 'delete.refused';
      readonly libraryId: string;
      readonly reason: 'shelf' | 'disabled' | 'present';
    };

const leaves = [
  'operation.initializing',
  'operation.ready',
  'operation.needsService',
  'operation.notPresent',
  ...availabilityLeaves,
];

/** A disabled library is initialised when it is enabled: no command goes to a disabled element. */
const initialize = [
  { guard: 'isDisabled', target: '#library.operation.initializing' },
  { target: '#library.operation.initializing', actions: 'initialize' },
] as const;

/**
 * A library: a changer with its elements, a stand-alone drive, or the shelf. Shows NtmsOperationalState.
 */
export const libraryMachine = setup({
  types: {
    context: {} as LibraryContext,
    events: {} as LibraryEvent,
    emitted: {} as LibraryEffect,
    input: {} as LibraryInput,
    tags: {} as string,
  },
  guards: {
    startsDisabled: ({ context }) => context.startDisabled,
    startsInitializingDisabled: ({ context }) => context.startIn === 'initializing' && context.startDisabled,
    startsInitializing: ({ context }) => context.startIn === 'initializing',
    startsReady: ({ context }) => context.startIn === 'ready',
    startsNeedingService: ({ context }) => context.startIn === 'needsService',
    isDisabled: not(stateIn('availability.enabled')),
    isShelf: ({ context }) => context.shelf,
  },
  actions: {
    initialize: emit(({ context }) => ({ type: 'command.initialize', libraryId: context.libraryId })),
    wantInventory: emit(({ context }) => ({
      type: 'inventory.needed',
      libraryId: context.libraryId,
      method: 'NTMS_INVENTORY_DEFAULT',
    })),
    noteFault: assign(({ event }) => (event.type === 'DEVICE_FAILED' ? { faultReason: event.reason } : {})),
    clearFault: assign({ faultReason: null }),
    askForService: emit(({ context, event }) => ({
      type: 'operatorRequest.needed',
      libraryId: context.libraryId,
      reason: 'device-service',
      detail: 'reason' in event ? event.reason : '',
    })),
    deleteRecord: emit(({ context }) => ({ type: 'record.deleted', libraryId: context.libraryId })),
    refuseDelete: emit(({ context }, params: { reason: 'shelf' | 'disabled' | 'present' }) => ({
      type: 'delete.refused',
      libraryId: context.libraryId,
      reason: params.reason,
    })),
    reportUnexpected: enqueueActions(({ check, enqueue, event }) => {
      enqueue.emit({ type: 'event.unexpected', machine: 'library', state: currentLeaves(leaves, check), event });
    }),
  },
}).createMachine({
  id: 'library',
  context: ({ input }) => ({
    libraryId: input.libraryId,
    startIn: input.initial ?? 'notPresent',
    startDisabled: input.enabled === false,
    shelf: input.shelf ?? false,
    faultReason: null,
  }),
  type: 'parallel',
  on: { '*': { actions: 'reportUnexpected' } },
  states: {
    operation: {
      initial: 'routing',
      on: {
        DEVICE_FOUND: initialize,
        DEVICE_LOST: { target: '.notPresent' },
        DELETE_REQUESTED: [
          { guard: 'isShelf', actions: { type: 'refuseDelete', params: { reason: 'shelf' } } },
          { actions: { type: 'refuseDelete', params: { reason: 'present' } } },
        ],
      },
      states: {
        routing: {
          always: [
            { guard: 'startsInitializingDisabled', target: 'initializing' },
            { guard: 'startsInitializing', target: 'initializing', actions: 'initialize' },
            { guard: 'startsReady', target: 'ready' },
            { guard: 'startsNeedingService', target: 'needsService' },
            { target: 'notPresent' },
          ],
        },
        initializing: {
          description: 'The configuration is being read.',
          tags: ['NTMS_INITIALIZING'],
          on: {
            ENABLED: { actions: 'initialize' },
            INITIALIZED: { target: 'ready', actions: ['clearFault', 'wantInventory'] },
            DEVICE_FAILED: { target: 'needsService', actions: ['noteFault', 'askForService'] },
          },
        },
        ready: {
          description: 'Usable.',
          tags: ['NTMS_READY'],
          on: { DEVICE_FAILED: { target: 'needsService', actions: ['noteFault', 'askForService'] } },
        },
        needsService: {
          description: 'Broken; a person was asked.',
          tags: ['NTMS_NEEDS_SERVICE'],
          on: { DEVICE_FAILED: { actions: 'noteFault' }, SERVICED: initialize },
        },
        notPresent: {
          description: 'Its hardware is gone, or was never seen.',
          tags: ['NTMS_NOT_PRESENT'],
          on: {
            DEVICE_LOST: {},
            DELETE_REQUESTED: [
              { guard: 'isShelf', actions: { type: 'refuseDelete', params: { reason: 'shelf' } } },
              { guard: 'isDisabled', actions: { type: 'refuseDelete', params: { reason: 'disabled' } } },
              { actions: 'deleteRecord' },
            ],
          },
        },
      },
    },
    availability: availabilityRegion,
  },
});
