import { and, assign, emit, enqueueActions, not, or, setup, stateIn } from 'xstate';
import { drainingAvailabilityLeaves, drainingAvailabilityRegion } from './availability.js';
import type {
  MoveRefusal,
  PickerContext,
  PickerEffect,
  PickerEvent,
  PickerInput,
} from './medium-transport-element-contract.js';
import { currentLeaves } from './unexpected-event.js';

const leaves = [
  'operation.idle',
  'operation.moving',
  'operation.verifying',
  'operation.holding',
  'operation.uncertain',
  'operation.failed',
  ...drainingAvailabilityLeaves,
];

const refuse = {
  disabled: { guard: 'isDisabled', actions: { type: 'refuse', params: { reason: 'disabled' } } },
  sameElement: { guard: 'isSameElement', actions: { type: 'refuse', params: { reason: 'same-element' } } },
  holding: { guard: 'isOtherThanHeld', actions: { type: 'refuse', params: { reason: 'holding' } } },
  busy: { actions: { type: 'refuse', params: { reason: 'busy' } } },
  uncertain: { actions: { type: 'refuse', params: { reason: 'uncertain' } } },
  failed: { actions: { type: 'refuse', params: { reason: 'failed' } } },
} as const;

/** Every outcome leaves the picker either empty, holding, or with a motion that nobody can account for. */
const verified = (tell: 'finish' | 'resolve') =>
  [
    { guard: 'isOnPicker', target: '#picker.operation.holding', actions: [tell, 'hold'] },
    { guard: 'isUncertain', target: '#picker.operation.uncertain', actions: tell === 'finish' ? [tell] : [] },
    { guard: 'isThisMove', target: '#picker.operation.idle', actions: [tell, 'letGo'] },
  ] as const;

/**
 * A medium transport element (SMC-3), the picker. One motion at a time. Shows NtmsOperationalState.
 * Input, events and effects: medium-transport-element-contract.ts.
 */
export const pickerMachine = setup({
  types: {
    context: {} as PickerContext,
    events: {} as PickerEvent,
    emitted: {} as PickerEffect,
    input: {} as PickerInput,
    tags: {} as string,
  },
  guards: {
    startsDisabled: ({ context }) => context.startDisabled,
    startsHolding: ({ context }) => context.startIn === 'holding',
    startsUncertain: ({ context }) => context.startIn === 'uncertain',
    startsFailed: ({ context }) => context.startIn === 'failed',
    isDisabled: not(stateIn('availability.enabled')),
    isAtRest: not(or([stateIn('operation.moving'), stateIn('operation.verifying')])),
    isOccupied: ({ context }) => context.occupied,
    isSameElement: ({ event }) => event.type === 'MOVE_REQUESTED' && event.source === event.destination,
    isOtherThanHeld: ({ context, event }) =>
      event.type === 'MOVE_REQUESTED' &&
      (event.mediumId !== context.mediumId || event.source !== context.elementAddress),
    isThisMove: ({ context, event }) => 'moveId' in event && event.moveId === context.move?.moveId,
    isThisMoveFromPicker: ({ context, event }) =>
      'moveId' in event && event.moveId === context.move?.moveId && context.occupied,
    isOnPicker: ({ context, event }) =>
      event.type === 'MOVE_VERIFIED' &&
      event.moveId === context.move?.moveId &&
      (event.outcome === 'on-picker' || (event.outcome === 'not-moved' && context.occupied)),
    isUncertain: ({ context, event }) =>
      event.type === 'MOVE_VERIFIED' && event.moveId === context.move?.moveId && event.outcome === 'uncertain',
    hasMoveWhileDisabled: and([not(stateIn('availability.enabled')), ({ context }) => context.move !== null]),
    hasMove: ({ context }) => context.move !== null,
    readingIsFull: ({ event }) => event.type === 'ELEMENT_STATUS_READ' && event.full,
    readingAgrees: ({ context, event }) =>
      event.type === 'ELEMENT_STATUS_READ' &&
      event.full === context.occupied &&
      (typeof event.mediumId !== 'string' || event.mediumId === context.mediumId),
  },
  actions: {
    begin: assign(({ event }) =>
      event.type === 'MOVE_REQUESTED'
        ? {
            move: {
              moveId: event.moveId,
              mediumId: event.mediumId,
              source: event.source,
              destination: event.destination,
            },
          }
        : {},
    ),
    hold: assign(({ context }) => ({
      occupied: true,
      mediumId: context.move?.mediumId ?? context.mediumId,
      move: null,
    })),
    letGo: assign({ occupied: false, mediumId: null, move: null }),
    forgetMove: assign({ move: null }),
    takeReading: assign(({ context, event }) =>
      event.type === 'ELEMENT_STATUS_READ'
        ? {
            occupied: event.full,
            mediumId: event.full ? (event.mediumId ?? context.mediumId ?? context.move?.mediumId ?? null) : null,
            move: null,
          }
        : {},
    ),
    noteFault: assign(({ event }) => (event.type === 'FAULT_REPORTED' ? { faultReason: event.reason } : {})),
    clearFault: assign({ faultReason: null }),
    moveMedium: enqueueActions(({ context, enqueue }) => {
      if (context.move === null) return;
      enqueue.emit({ type: 'command.moveMedium', pickerId: context.pickerId, ...context.move });
    }),
    readBack: enqueueActions(({ context, enqueue }) => {
      if (context.move === null) return;
      enqueue.emit({ type: 'command.readBack', pickerId: context.pickerId, ...context.move });
    }),
    refuse: emit(({ context, event }, params: { reason: MoveRefusal }) => ({
      type: 'move.refused',
      pickerId: context.pickerId,
      moveId: 'moveId' in event ? event.moveId : '',
      reason: params.reason,
    })),
    passRefusal: emit(({ context, event }) => ({
      type: 'move.refused',
      pickerId: context.pickerId,
      moveId: 'moveId' in event ? event.moveId : '',
      reason: 'reason' in event ? event.reason : '',
    })),
    finish: enqueueActions(({ context, enqueue, event }) => {
      if (context.move === null) return;
      const outcome = event.type === 'MOVE_VERIFIED' ? event.outcome : 'uncertain';
      enqueue.emit({ type: 'move.finished', pickerId: context.pickerId, ...context.move, outcome });
    }),
    resolve: enqueueActions(({ context, enqueue, event }) => {
      if (context.move === null || event.type !== 'MOVE_VERIFIED') return;
      enqueue.emit({ type: 'move.resolved', pickerId: context.pickerId, ...context.move, outcome: event.outcome });
    }),
    failPicker: emit(({ context, event }) => ({
      type: 'picker.failed',
      pickerId: context.pickerId,
      reason: 'reason' in event ? event.reason : '',
    })),
    reportDiscrepancy: emit(({ context, event }) => ({
      type: 'discrepancy.found',
      pickerId: context.pickerId,
      believed: { full: context.occupied, mediumId: context.mediumId },
      found:
        event.type === 'ELEMENT_STATUS_READ'
          ? { full: event.full, mediumId: event.mediumId ?? null }
          : { full: false, mediumId: null },
    })),
    reportUnexpected: enqueueActions(({ check, enqueue, event }) => {
      enqueue.emit({ type: 'event.unexpected', machine: 'picker', state: currentLeaves(leaves, check), event });
    }),
  },
}).createMachine({
  id: 'picker',
  context: ({ input }) => ({
    pickerId: input.pickerId,
    elementAddress: input.elementAddress,
    startIn: input.initial ?? 'idle',
    startDisabled: input.enabled === false,
    move: null,
    occupied: input.initial === 'holding',
    mediumId: input.initial === 'holding' ? (input.mediumId ?? null) : null,
    faultReason: null,
  }),
  type: 'parallel',
  on: { '*': { actions: 'reportUnexpected' } },
  states: {
    operation: {
      initial: 'routing',
      on: {
        MOVE_REQUESTED: [refuse.disabled, refuse.busy],
        // A reading taken while something moves proves nothing; the read-back does.
        ELEMENT_STATUS_READ: {},
        FAULT_REPORTED: { target: '.failed', actions: ['noteFault', 'failPicker'] },
      },
      states: {
        routing: {
          always: [
            { guard: 'startsHolding', target: 'holding' },
            { guard: 'startsUncertain', target: 'uncertain' },
            { guard: 'startsFailed', target: 'failed' },
            { target: 'idle' },
          ],
        },
        idle: {
          description: 'Empty and free.',
          tags: ['NTMS_READY'],
          on: {
            MOVE_REQUESTED: [
              refuse.disabled,
              refuse.sameElement,
              { target: 'moving', actions: ['begin', 'moveMedium'] },
            ],
            ELEMENT_STATUS_READ: [
              { guard: 'readingIsFull', target: 'holding', actions: ['reportDiscrepancy', 'takeReading'] },
              {},
            ],
          },
        },
        moving: {
          description: 'MOVE MEDIUM is under way.',
          tags: ['NTMS_READY'],
          on: {
            MOVE_COMPLETED: { guard: 'isThisMove', target: 'verifying', actions: 'readBack' },
            MOVE_OUTCOME_UNKNOWN: { guard: 'isThisMove', target: 'verifying', actions: 'readBack' },
            MOVE_REFUSED: [
              { guard: 'isThisMoveFromPicker', target: 'holding', actions: ['passRefusal', 'forgetMove'] },
              { guard: 'isThisMove', target: 'idle', actions: ['passRefusal', 'forgetMove'] },
            ],
            FAULT_REPORTED: { target: 'failed', actions: ['finish', 'noteFault', 'failPicker'] },
          },
        },
        verifying: {
          description: 'The elements are read back: where is the cartridge?',
          tags: ['NTMS_READY'],
          on: {
            MOVE_VERIFIED: [...verified('finish')],
            FAULT_REPORTED: { target: 'failed', actions: ['finish', 'noteFault', 'failPicker'] },
          },
        },
        holding: {
          description: 'A cartridge sits on the picker; only it can be moved.',
          tags: ['NTMS_READY'],
          on: {
            MOVE_REQUESTED: [
              refuse.disabled,
              refuse.holding,
              refuse.sameElement,
              { target: 'moving', actions: ['begin', 'moveMedium'] },
            ],
            ELEMENT_STATUS_READ: [
              { guard: 'readingAgrees' },
              { guard: 'readingIsFull', actions: ['reportDiscrepancy', 'takeReading'] },
              { target: 'idle', actions: ['reportDiscrepancy', 'takeReading'] },
            ],
          },
        },
        uncertain: {
          description: 'Nobody knows where the cartridge of the last motion is. Nothing moves until it is found.',
          tags: ['NTMS_NEEDS_SERVICE'],
          on: {
            MOVE_REQUESTED: [refuse.disabled, refuse.uncertain],
            MOVE_VERIFIED: [...verified('resolve')],
            ELEMENT_STATUS_READ: [
              { guard: 'readingIsFull', target: 'holding', actions: 'takeReading' },
              { target: 'idle', actions: 'takeReading' },
            ],
            SERVICED: [{ guard: 'isDisabled' }, { guard: 'hasMove', actions: 'readBack' }],
          },
        },
        failed: {
          description: 'Out of order until serviced.',
          tags: ['NTMS_NEEDS_SERVICE'],
          on: {
            MOVE_REQUESTED: [refuse.disabled, refuse.failed],
            FAULT_REPORTED: { actions: 'noteFault' },
            SERVICED: [
              { guard: 'hasMoveWhileDisabled', target: 'uncertain', actions: 'clearFault' },
              { guard: 'hasMove', target: 'uncertain', actions: ['clearFault', 'readBack'] },
              { guard: 'isOccupied', target: 'holding', actions: 'clearFault' },
              { target: 'idle', actions: 'clearFault' },
            ],
          },
        },
      },
    },
    availability: drainingAvailabilityRegion,
  },
});
