import { assign, emit, enqueueActions, not, setup, stateIn } from 'xstate';
import { availabilityLeaves, availabilityRegion } from './availability.js';
import type {
  MediumLocation,
  MediumRefusal,
  MediumState,
  PhysicalMediumContext,
  PhysicalMediumEffect,
  PhysicalMediumEvent,
  PhysicalMediumInput,
} from './physical-medium-contract.js';
import { currentLeaves } from './unexpected-event.js';

const leaves = [
  'operation.idle',
  'operation.inUse',
  'operation.mounted',
  'operation.loaded',
  'operation.unloaded',
  'operation.operatorError',
  'operation.operatorRequest',
  ...availabilityLeaves,
];

const faulted = (former: MediumState) =>
  ({
    target: '#physicalMedium.operation.operatorError',
    actions: [{ type: 'noteFault', params: { former } }],
  }) as const;

const refuse = {
  disabled: { guard: 'isDisabled', actions: { type: 'refuseRequest', params: { reason: 'disabled' } } },
  busy: { actions: { type: 'refuseRequest', params: { reason: 'busy' } } },
} as const;

const refuseDelete = {
  busy: { actions: { type: 'refuseDelete', params: { reason: 'busy' } } },
  online: { guard: 'isOnline', actions: { type: 'refuseDelete', params: { reason: 'online' } } },
  sidesInUse: { guard: 'hasSidesInUse', actions: { type: 'refuseDelete', params: { reason: 'sides-in-use' } } },
} as const;

/** Believed in a drive, found elsewhere: nobody can use it there. */
const located = [
  { guard: 'isLocatedInDrive', actions: ['reportDiscrepancy', 'relocate'] },
  { target: '#physicalMedium.operation.idle', actions: ['reportDiscrepancy', 'relocate', 'letGo'] },
] as const;

const storedUnasked = {
  target: '#physicalMedium.operation.idle',
  actions: ['reportDiscrepancy', 'relocate', 'letGo'],
} as const;

/**
 * A cartridge. Shows NtmsMediaState. Input, events and effects: physical-medium-contract.ts.
 */
export const physicalMediumMachine = setup({
  types: {
    context: {} as PhysicalMediumContext,
    events: {} as PhysicalMediumEvent,
    emitted: {} as PhysicalMediumEffect,
    input: {} as PhysicalMediumInput,
    tags: {} as string,
  },
  guards: {
    startsDisabled: ({ context }) => context.startDisabled,
    startsInUse: ({ context }) => context.startIn === 'inUse',
    startsMounted: ({ context }) => context.startIn === 'mounted',
    startsLoaded: ({ context }) => context.startIn === 'loaded',
    startsUnloaded: ({ context }) => context.startIn === 'unloaded',
    startsInError: ({ context }) => context.startIn === 'operatorError',
    startsAwaitingOperator: ({ context }) => context.startIn === 'operatorRequest',
    isDisabled: not(stateIn('availability.enabled')),
    isInDrive: ({ context }) => context.location.kind === 'drive',
    isOnline: ({ context }) => context.location.kind !== 'offline',
    isKept: ({ event }) => event.type === 'EJECTED' && event.kept,
    hasSidesInUse: ({ event }) => event.type === 'DELETE_REQUESTED' && event.sidesInUse,
    isLocatedInDrive: ({ event }) => event.type === 'LOCATED' && event.location.kind === 'drive',
    isLocatedAsBelieved: ({ context, event }) =>
      event.type === 'LOCATED' &&
      event.location.kind === context.location.kind &&
      event.location.elementAddress === context.location.elementAddress,
    wasInUse: ({ context }) => context.former === 'inUse',
    wasMounted: ({ context }) => context.former === 'mounted' && context.location.kind === 'drive',
    wasLoaded: ({ context }) => context.former === 'loaded' && context.location.kind === 'drive',
    wasUnloaded: ({ context }) => context.former === 'unloaded' && context.location.kind === 'drive',
  },
  actions: {
    hold: assign(({ event }) => (event.type === 'REQUEST_ACCEPTED' ? { requestId: event.requestId } : {})),
    letGo: assign({ requestId: null }),
    relocate: assign(({ context, event }) => ({ location: locationTold(context, event) })),
    leaveLibrary: assign({ location: { kind: 'offline' as const, elementAddress: null }, requestId: null }),
    noteFault: assign(({ event }, params: { former: MediumState }) => ({
      former: params.former,
      faultReason: event.type === 'FAULT_REPORTED' ? event.reason : null,
    })),
    clearFault: assign({ former: null, faultReason: null }),
    refuseRequest: emit(({ context, event }, params: { reason: MediumRefusal }) => ({
      type: 'request.refused',
      mediumId: context.mediumId,
      requestId: 'requestId' in event ? event.requestId : '',
      reason: params.reason,
    })),
    refuseDelete: emit(({ context }, params: { reason: MediumRefusal }) => ({
      type: 'delete.refused',
      mediumId: context.mediumId,
      reason: params.reason,
    })),
    deleteRecord: emit(({ context }) => ({ type: 'record.deleted', mediumId: context.mediumId })),
    reportDiscrepancy: emit(({ context, event }) => ({
      type: 'discrepancy.found',
      mediumId: context.mediumId,
      believed: context.location,
      found: locationTold(context, event),
    })),
    reportUnexpected: enqueueActions(({ check, enqueue, event }) => {
      enqueue.emit({ type: 'event.unexpected', machine: 'physicalMedium', state: currentLeaves(leaves, check), event });
    }),
  },
}).createMachine({
  id: 'physicalMedium',
  context: ({ input }) => ({
    mediumId: input.mediumId,
    startIn: input.initial ?? 'idle',
    startDisabled: input.enabled === false,
    location: { kind: input.location.kind, elementAddress: input.location.elementAddress },
    requestId: null,
    former: null,
    faultReason: null,
  }),
  type: 'parallel',
  on: { '*': { actions: 'reportUnexpected' } },
  states: {
    operation: {
      initial: 'routing',
      on: {
        REQUEST_ACCEPTED: [refuse.disabled, refuse.busy],
        DELETE_REQUESTED: refuseDelete.busy,
        LOCATED: [{ guard: 'isLocatedAsBelieved' }, { actions: ['reportDiscrepancy', 'relocate'] }],
      },
      states: {
        routing: {
          always: [
            { guard: 'startsInUse', target: 'inUse' },
            { guard: 'startsMounted', target: 'mounted' },
            { guard: 'startsLoaded', target: 'loaded' },
            { guard: 'startsUnloaded', target: 'unloaded' },
            { guard: 'startsInError', target: 'operatorError' },
            { guard: 'startsAwaitingOperator', target: 'operatorRequest' },
            { target: 'idle' },
          ],
        },
        idle: {
          description: 'No request holds it: in a slot, offline, or left in a dismountable drive.',
          tags: ['NTMS_MEDIASTATE_IDLE'],
          on: {
            REQUEST_ACCEPTED: [refuse.disabled, { target: 'inUse', actions: 'hold' }],
            // A person put it into a stand-alone drive, or another request needs the drive it was left in.
            MEDIUM_MOVED_IN: { target: 'mounted', actions: 'relocate' },
            DISMOUNT_STARTED: { guard: 'isInDrive', target: 'unloaded' },
            MEDIUM_STORED: { actions: 'relocate' },
            OPERATOR_REQUEST_RAISED: { target: 'operatorRequest' },
            FAULT_REPORTED: faulted('idle'),
            EJECTED: [{ guard: 'isKept', actions: 'leaveLibrary' }, { actions: ['leaveLibrary', 'deleteRecord'] }],
            DELETE_REQUESTED: [refuseDelete.online, refuseDelete.sidesInUse, { actions: 'deleteRecord' }],
          },
        },
        inUse: {
          description: 'A request holds it.',
          tags: ['NTMS_MEDIASTATE_INUSE'],
          on: {
            MEDIUM_MOVED_IN: { target: 'mounted', actions: 'relocate' },
            // Claimed in the drive it was left in: nothing moves.
            MEDIUM_LOADED: { guard: 'isInDrive', target: 'loaded' },
            DISMOUNT_STARTED: { guard: 'isInDrive', target: 'unloaded' },
            MEDIUM_STORED: { actions: 'relocate' },
            REQUEST_FINISHED: { target: 'idle', actions: 'letGo' },
            REQUEST_ABANDONED: { target: 'idle', actions: 'letGo' },
            OPERATOR_REQUEST_RAISED: { target: 'operatorRequest' },
            FAULT_REPORTED: faulted('inUse'),
            EJECTED: [
              { guard: 'isKept', target: 'idle', actions: 'leaveLibrary' },
              { target: 'idle', actions: ['leaveLibrary', 'deleteRecord'] },
            ],
          },
        },
        mounted: {
          description: 'In a drive that is not ready yet.',
          tags: ['NTMS_MEDIASTATE_MOUNTED'],
          on: {
            MEDIUM_LOADED: { target: 'loaded' },
            DISMOUNT_STARTED: { target: 'unloaded' },
            DISMOUNT_DEFERRED: { target: 'idle', actions: 'letGo' },
            REQUEST_ABANDONED: { target: 'idle', actions: 'letGo' },
            MEDIUM_STORED: storedUnasked,
            LOCATED: [{ guard: 'isLocatedAsBelieved' }, ...located],
            FAULT_REPORTED: faulted('mounted'),
          },
        },
        loaded: {
          description: 'Usable in its drive; the label was compared.',
          tags: ['NTMS_MEDIASTATE_LOADED'],
          on: {
            DISMOUNT_STARTED: { target: 'unloaded' },
            DISMOUNT_DEFERRED: { target: 'idle', actions: 'letGo' },
            MEDIUM_STORED: storedUnasked,
            LOCATED: [{ guard: 'isLocatedAsBelieved' }, ...located],
            FAULT_REPORTED: faulted('loaded'),
          },
        },
        unloaded: {
          description: 'On its way out of the drive.',
          tags: ['NTMS_MEDIASTATE_UNLOADED'],
          on: {
            MEDIUM_STORED: { target: 'idle', actions: ['relocate', 'letGo'] },
            DISMOUNT_FAILED: { target: 'idle', actions: 'letGo' },
            EJECTED: [
              { guard: 'isKept', target: 'idle', actions: 'leaveLibrary' },
              { target: 'idle', actions: ['leaveLibrary', 'deleteRecord'] },
            ],
            LOCATED: [{ guard: 'isLocatedAsBelieved' }, ...located],
            FAULT_REPORTED: faulted('unloaded'),
          },
        },
        operatorError: {
          description: 'A fault that can be mended.',
          tags: ['NTMS_MEDIASTATE_OPERROR'],
          on: {
            FAULT_REPORTED: {},
            FAULT_CLEARED: [
              { guard: 'wasInUse', target: 'inUse', actions: 'clearFault' },
              { guard: 'wasMounted', target: 'mounted', actions: 'clearFault' },
              { guard: 'wasLoaded', target: 'loaded', actions: 'clearFault' },
              { guard: 'wasUnloaded', target: 'unloaded', actions: 'clearFault' },
              { target: 'idle', actions: ['clearFault', 'letGo'] },
            ],
            DISMOUNT_STARTED: { guard: 'isInDrive', target: 'unloaded', actions: 'clearFault' },
            MEDIUM_STORED: { target: 'idle', actions: ['clearFault', 'relocate', 'letGo'] },
          },
        },
        operatorRequest: {
          description: 'A person is asked to bring it.',
          tags: ['NTMS_MEDIASTATE_OPREQ'],
          on: {
            OPERATOR_REQUEST_SATISFIED: { target: 'inUse' },
            OPERATOR_REQUEST_REFUSED: { target: 'idle', actions: 'letGo' },
            REQUEST_ABANDONED: { target: 'idle', actions: 'letGo' },
            MEDIUM_STORED: { actions: 'relocate' },
          },
        },
      },
    },
    availability: availabilityRegion,
  },
});

function locationTold(context: PhysicalMediumContext, event: PhysicalMediumEvent): MediumLocation {
  if (event.type === 'LOCATED') return event.location;
  if (event.type === 'MEDIUM_MOVED_IN') return { kind: 'drive', elementAddress: event.elementAddress ?? null };
  if (event.type === 'MEDIUM_STORED') return { kind: 'slot', elementAddress: event.elementAddress ?? null };
  return context.location;
}
