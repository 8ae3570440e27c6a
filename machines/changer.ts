import { assign, emit, enqueueActions, not, setup, stateIn } from 'xstate';
import { availabilityLeaves, availabilityRegion } from './availability.js';
import type { AvailabilityEvent } from './availability.js';
import { currentLeaves } from './unexpected-event.js';
import type { UnexpectedEvent } from './unexpected-event.js';

/** What a changer machine remembers. JSON only. */
export interface ChangerContext {
  readonly changerId: string;
  readonly startIn: ChangerStart;
  readonly startDisabled: boolean;
  /** How long to wait between two questions whether it is ready. */
  readonly pollMs: number;
  readonly faultReason: string | null;
}

export type ChangerStart = 'offline' | 'becomingReady' | 'initializing' | 'ready' | 'failed';

export interface ChangerInput {
  readonly changerId: string;
  /** Default `offline`. */
  readonly initial?: ChangerStart | undefined;
  /** Default 1000. */
  readonly pollMs?: number | undefined;
  /** Default true. */
  readonly enabled?: boolean | undefined;
}

export type ChangerEvent =
  | AvailabilityEvent
  | { readonly type: 'DEVICE_FOUND' }
  | { readonly type: 'DEVICE_LOST' }
  | { readonly type: 'CHANGER_READY' }
  /** In the process of becoming ready, or paused by its operator: ask again later. */
  | { readonly type: 'CHANGER_BECOMING_READY' }
  /** The elements must be scanned first (INITIALIZE ELEMENT STATUS). */
  | { readonly type: 'SCAN_REQUIRED' }
  | { readonly type: 'ELEMENTS_SCANNED' }
  /** The element status of all elements was read. */
  | { readonly type: 'ELEMENT_STATUS_READ' }
  /** Unit attention: reset, or medium may have changed; what was known may be wrong. */
  | { readonly type: 'UNIT_ATTENTION_REPORTED' }
  | { readonly type: 'TIMER_EXPIRED'; readonly timer: string }
  | { readonly type: 'FAULT_REPORTED'; readonly reason: string }
  | { readonly type: 'SERVICED' };

export type ChangerEffect =
  | UnexpectedEvent
  /** Then send CHANGER_READY, CHANGER_BECOMING_READY, SCAN_REQUIRED or FAULT_REPORTED. */
  | { readonly type: 'command.testUnitReady'; readonly changerId: string }
  /** Then send ELEMENTS_SCANNED or FAULT_REPORTED. */
  | { readonly type: 'command.initializeElementStatus'; readonly changerId: string }
  /** Then send ELEMENT_STATUS_READ, SCAN_REQUIRED or FAULT_REPORTED. */
  | { readonly type: 'command.readElementStatus'; readonly changerId: string }
  | { readonly type: 'timer.start'; readonly timer: 'poll'; readonly changerId: string; readonly ms: number }
  | { readonly type: 'timer.cancel'; readonly timer: 'poll'; readonly changerId: string }
  | { readonly type: 'changer.ready'; readonly changerId: string }
  | { readonly type: 'changer.failed'; readonly changerId: string; readonly reason: string };

const leaves = [
  'operation.offline',
  'operation.becomingReady',
  'operation.initializing.scanning',
  'operation.initializing.reading',
  'operation.ready',
  'operation.failed',
  ...availabilityLeaves,
];

/** No command goes to a disabled changer; what was left out is asked when it is enabled. */
const unlessDisabled = <Target extends string, Action extends string>(target: Target, action: Action) =>
  [
    { guard: 'isDisabled', target },
    { target, actions: action },
  ] as const;

const askReady = unlessDisabled('#changer.operation.becomingReady', 'testUnitReady');
const scan = unlessDisabled('#changer.operation.initializing.scanning', 'initializeElementStatus');
const read = unlessDisabled('#changer.operation.initializing.reading', 'readElementStatus');

/**
 * The media changer device as a whole: may its elements be used, and is what we know of them true?
 * Shows NtmsOperationalState.
 */
export const changerMachine = setup({
  types: {
    context: {} as ChangerContext,
    events: {} as ChangerEvent,
    emitted: {} as ChangerEffect,
    input: {} as ChangerInput,
    tags: {} as string,
  },
  guards: {
    startsDisabled: ({ context }) => context.startDisabled,
    startsBecomingReadyEnabled: ({ context }) => context.startIn === 'becomingReady' && !context.startDisabled,
    startsBecomingReady: ({ context }) => context.startIn === 'becomingReady',
    startsInitializingEnabled: ({ context }) => context.startIn === 'initializing' && !context.startDisabled,
    startsInitializing: ({ context }) => context.startIn === 'initializing',
    startsReady: ({ context }) => context.startIn === 'ready',
    startsFailed: ({ context }) => context.startIn === 'failed',
    isDisabled: not(stateIn('availability.enabled')),
    isPollTimer: ({ event }) => event.type === 'TIMER_EXPIRED' && event.timer === 'poll',
  },
  actions: {
    testUnitReady: emit(({ context }) => ({ type: 'command.testUnitReady', changerId: context.changerId })),
    initializeElementStatus: emit(({ context }) => ({
      type: 'command.initializeElementStatus',
      changerId: context.changerId,
    })),
    readElementStatus: emit(({ context }) => ({ type: 'command.readElementStatus', changerId: context.changerId })),
    startPoll: emit(({ context }) => ({
      type: 'timer.start',
      timer: 'poll',
      changerId: context.changerId,
      ms: context.pollMs,
    })),
    cancelPoll: emit(({ context }) => ({ type: 'timer.cancel', timer: 'poll', changerId: context.changerId })),
    tellReady: emit(({ context }) => ({ type: 'changer.ready', changerId: context.changerId })),
    noteFault: assign(({ event }) => (event.type === 'FAULT_REPORTED' ? { faultReason: event.reason } : {})),
    clearFault: assign({ faultReason: null }),
    failChanger: emit(({ context, event }) => ({
      type: 'changer.failed',
      changerId: context.changerId,
      reason: 'reason' in event ? event.reason : '',
    })),
    reportUnexpected: enqueueActions(({ check, enqueue, event }) => {
      enqueue.emit({ type: 'event.unexpected', machine: 'changer', state: currentLeaves(leaves, check), event });
    }),
  },
}).createMachine({
  id: 'changer',
  context: ({ input }) => ({
    changerId: input.changerId,
    startIn: input.initial ?? 'offline',
    startDisabled: input.enabled === false,
    pollMs: input.pollMs ?? 1000,
    faultReason: null,
  }),
  type: 'parallel',
  on: { '*': { actions: 'reportUnexpected' } },
  states: {
    operation: {
      initial: 'routing',
      on: {
        DEVICE_LOST: { target: '.offline' },
        FAULT_REPORTED: { target: '.failed', actions: ['noteFault', 'failChanger'] },
      },
      states: {
        routing: {
          always: [
            { guard: 'startsBecomingReadyEnabled', target: 'becomingReady', actions: 'testUnitReady' },
            { guard: 'startsBecomingReady', target: 'becomingReady' },
            { guard: 'startsInitializingEnabled', target: 'initializing', actions: 'readElementStatus' },
            { guard: 'startsInitializing', target: 'initializing' },
            { guard: 'startsReady', target: 'ready' },
            { guard: 'startsFailed', target: 'failed' },
            { target: 'offline' },
          ],
        },
        offline: {
          description: 'No path to the device.',
          tags: ['NTMS_NOT_PRESENT'],
          on: { DEVICE_FOUND: askReady, DEVICE_LOST: {} },
        },
        becomingReady: {
          description: 'The device answers, but not yet with its elements.',
          tags: ['NTMS_INITIALIZING'],
          exit: 'cancelPoll',
          on: {
            ENABLED: { actions: 'testUnitReady' },
            CHANGER_BECOMING_READY: [{ guard: 'isDisabled' }, { actions: 'startPoll' }],
            TIMER_EXPIRED: [{ guard: 'isDisabled' }, { guard: 'isPollTimer', actions: 'testUnitReady' }],
            UNIT_ATTENTION_REPORTED: [{ guard: 'isDisabled' }, { actions: 'testUnitReady' }],
            SCAN_REQUIRED: scan,
            CHANGER_READY: read,
          },
        },
        initializing: {
          description: 'What the elements hold is being found out.',
          initial: 'reading',
          on: {
            CHANGER_BECOMING_READY: [
              { guard: 'isDisabled', target: 'becomingReady' },
              { target: 'becomingReady', actions: 'startPoll' },
            ],
            UNIT_ATTENTION_REPORTED: askReady,
          },
          states: {
            scanning: {
              description: 'The device looks at every element.',
              tags: ['NTMS_INITIALIZING'],
              on: {
                ENABLED: { actions: 'initializeElementStatus' },
                SCAN_REQUIRED: {},
                ELEMENTS_SCANNED: read,
              },
            },
            reading: {
              description: 'The element status is being read.',
              tags: ['NTMS_INITIALIZING'],
              on: {
                ENABLED: { actions: 'readElementStatus' },
                SCAN_REQUIRED: scan,
                ELEMENT_STATUS_READ: { target: '#changer.operation.ready', actions: 'tellReady' },
              },
            },
          },
        },
        ready: {
          description: 'The elements are known and may be used.',
          tags: ['NTMS_READY'],
          on: {
            CHANGER_READY: {},
            ELEMENT_STATUS_READ: {},
            CHANGER_BECOMING_READY: [
              { guard: 'isDisabled', target: 'becomingReady' },
              { target: 'becomingReady', actions: 'startPoll' },
            ],
            SCAN_REQUIRED: scan,
            UNIT_ATTENTION_REPORTED: askReady,
          },
        },
        failed: {
          description: 'Out of order until serviced.',
          tags: ['NTMS_NEEDS_SERVICE'],
          on: {
            FAULT_REPORTED: { actions: 'noteFault' },
            SERVICED: [
              { guard: 'isDisabled', target: 'becomingReady', actions: 'clearFault' },
              { target: 'becomingReady', actions: ['clearFault', 'testUnitReady'] },
            ],
          },
        },
      },
    },
    availability: availabilityRegion,
  },
});
