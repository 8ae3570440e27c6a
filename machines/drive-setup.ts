import { assign, emit, enqueueActions, not, or, setup, stateIn } from 'xstate';
import { drainingAvailabilityLeaves } from './availability.js';
import type {
  CleaningRefusal,
  DismountRefusal,
  DriveContext,
  DriveEffect,
  DriveEvent,
  DriveInput,
  MountRefusal,
} from './drive-contract.js';
import { currentLeaves } from './unexpected-event.js';

const leaves = [
  'operation.empty',
  'operation.mounting',
  'operation.mounted',
  'operation.loaded.closed',
  'operation.loaded.opened',
  'operation.dismountable',
  'operation.unloading',
  'operation.unloaded',
  'operation.dismounting',
  'operation.cleaning',
  'operation.failed.empty',
  'operation.failed.full',
  ...drainingAvailabilityLeaves,
];

/** The guards and actions of the drive's statechart, which is in drive.ts. */
export const driveSetup = setup({
  types: {
    context: {} as DriveContext,
    events: {} as DriveEvent,
    emitted: {} as DriveEffect,
    input: {} as DriveInput,
    tags: {} as string,
  },
  guards: {
    startsDisabled: ({ context }) => context.startDisabled,
    startsMounted: ({ context }) => context.startIn === 'mounted' && !context.startDisabled,
    startsLoaded: ({ context }) => context.startIn === 'loaded',
    startsDismountable: ({ context }) => context.startIn === 'dismountable',
    // A disabled drive is not asked whether it is ready.
    startsUnloaded: ({ context }) => context.startIn === 'unloaded' || context.startIn === 'mounted',
    startsCleaning: ({ context }) => context.startIn === 'cleaning',
    startsFailed: ({ context }) => context.startIn === 'failed',
    isDisabled: not(stateIn('availability.enabled')),
    isAtRest: not(
      or([
        stateIn('operation.mounting'),
        stateIn('operation.mounted'),
        stateIn('operation.unloading'),
        stateIn('operation.dismounting'),
        stateIn('operation.cleaning'),
      ]),
    ),
    isStandAlone: ({ context }) => context.standAlone,
    isRobotic: ({ context }) => !context.standAlone,
    isOccupied: ({ context }) => context.occupied,
    isVacant: ({ context }) => !context.occupied,
    isOpened: ({ context }) => context.openCount > 0,
    isClosed: ({ context }) => context.openCount === 0,
    isClaimed: ({ context }) => context.claimed,
    isReady: ({ context }) => context.ready,
    mediumStays: ({ context, event }) => context.standAlone || (event.type === 'DISMOUNT_REQUESTED' && event.deferred),
    isOtherMedium: ({ context, event }) =>
      (event.type === 'CLAIMED' || event.type === 'MEDIUM_MOVED_IN') && event.mediumId !== context.mediumId,
    readingIsEmpty: ({ event }) => event.type === 'ELEMENT_STATUS_READ' && !event.full,

    readingIsReady: ({ event }) => event.type === 'ELEMENT_STATUS_READ' && event.ready === true,
    readingIsReadyAndClaimed: ({ context, event }) =>
      event.type === 'ELEMENT_STATUS_READ' && event.ready === true && context.claimed,
    readingIsNotReady: ({ event }) => event.type === 'ELEMENT_STATUS_READ' && event.ready === false,
    readingIsOtherMedium: ({ context, event }) =>
      event.type === 'ELEMENT_STATUS_READ' &&
      typeof event.mediumId === 'string' &&
      context.mediumId !== null &&
      event.mediumId !== context.mediumId,
  },
  actions: {
    expectMedium: assign(({ event }) =>
      event.type === 'MOUNT_REQUESTED'
        ? { mediumId: event.mediumId, pending: { kind: 'mount' as const, requestId: event.requestId } }
        : {},
    ),
    takeMedium: assign(({ event }) =>
      event.type === 'MEDIUM_MOVED_IN' ? { occupied: true, mediumId: event.mediumId, ready: false } : {},
    ),
    forgetMedium: assign({ occupied: false, mediumId: null, ready: false, claimed: false, openCount: 0 }),
    takeReading: assign(({ context, event }) =>
      event.type === 'ELEMENT_STATUS_READ'
        ? {
            occupied: event.full,
            mediumId: event.full ? (event.mediumId ?? context.mediumId) : null,
            ready: event.full && (event.ready ?? context.ready),
          }
        : {},
    ),
    becomeReady: assign({ ready: true }),
    becomeNotReady: assign({ ready: false }),
    release: assign({ claimed: false }),
    beginClaim: assign(({ event }) =>
      event.type === 'CLAIMED' ? { pending: { kind: 'mount' as const, requestId: event.requestId } } : {},
    ),
    beginDismount: assign(({ event }) =>
      event.type === 'DISMOUNT_REQUESTED' || event.type === 'EJECT_REQUESTED'
        ? { claimed: false, pending: { kind: 'dismount' as const, requestId: event.requestId } }
        : {},
    ),
    countOpened: assign({ openCount: ({ context }) => context.openCount + 1 }),
    countClosed: assign({ openCount: ({ context }) => context.openCount - 1 }),
    noteFault: assign(({ event }) => (event.type === 'FAULT_REPORTED' ? { faultReason: event.reason } : {})),
    clearFault: assign({ faultReason: null }),
    waitUntilReady: emit(({ context, event }) => ({
      type: 'command.waitUntilReady',
      ...commandOf(context),
      load: event.type === 'CLAIMED',
    })),
    unload: emit(({ context }) => ({ type: 'command.unload', ...commandOf(context) })),
    refuseMount: emit(({ context, event }, params: { reason: MountRefusal }) => ({
      type: 'mount.refused',
      driveId: context.driveId,
      requestId: requestIdOf(event),
      reason: params.reason,
    })),
    refuseDismount: emit(({ context, event }, params: { reason: DismountRefusal }) => ({
      type: 'dismount.refused',
      driveId: context.driveId,
      requestId: requestIdOf(event),
      reason: params.reason,
    })),
    refuseCleaning: emit(({ context }, params: { reason: CleaningRefusal }) => ({
      type: 'cleaning.refused',
      driveId: context.driveId,
      reason: params.reason,
    })),
    failCleaning: emit(({ context, event }) => ({
      type: 'cleaning.failed',
      driveId: context.driveId,
      reason: event.type === 'CLEANING_FAILED' ? event.reason : '',
    })),
    finishCleaning: emit(({ context }) => ({ type: 'cleaning.finished', driveId: context.driveId })),
    finishDeferredDismount: emit(({ context, event }) => ({
      type: 'dismount.finished',
      driveId: context.driveId,
      requestId: requestIdOf(event),
      mediumId: context.mediumId,
      stays: true,
    })),
    finishPending: enqueueActions(({ context, enqueue }) => {
      if (context.pending === null) return;
      const { driveId, mediumId, pending } = context;
      if (pending.kind === 'mount') {
        enqueue.emit({ type: 'mount.finished', driveId, requestId: pending.requestId, mediumId });
        enqueue.assign({ claimed: true });
      } else {
        enqueue.emit({ type: 'dismount.finished', driveId, requestId: pending.requestId, mediumId, stays: false });
      }
      enqueue.assign({ pending: null });
    }),
    /** Answers the request under way with an error; the event's own reason goes before `reason`. */
    failPending: enqueueActions(({ context, enqueue, event }, params: { reason: string }) => {
      if (context.pending === null) return;
      const { driveId, pending } = context;
      const type = pending.kind === 'mount' ? 'mount.failed' : 'dismount.failed';
      const reason = 'reason' in event ? event.reason : params.reason;
      enqueue.emit({ type, driveId, requestId: pending.requestId, reason });
      enqueue.assign({ pending: null });
    }),
    failDrive: emit(({ context, event }) => ({
      type: 'drive.failed',
      driveId: context.driveId,
      mediumId: context.occupied ? context.mediumId : null,
      reason: 'reason' in event ? event.reason : '',
    })),
    reportDiscrepancy: emit(({ context, event }) => ({
      type: 'discrepancy.found',
      driveId: context.driveId,
      believed: { full: context.occupied, mediumId: context.occupied ? context.mediumId : null },
      found: foundBy(event),
    })),
    reportUnexpected: enqueueActions(({ check, enqueue, event }) => {
      enqueue.emit({ type: 'event.unexpected', machine: 'drive', state: currentLeaves(leaves, check), event });
    }),
  },
});

function commandOf(context: DriveContext): {
  driveId: string;
  elementAddress: number | null;
  mediumId: string | null;
  requestId: string | null;
} {
  const { driveId, elementAddress, mediumId, pending } = context;
  return { driveId, elementAddress, mediumId, requestId: pending?.requestId ?? null };
}

/** Only requests are refused, and each of them has an id. */
function requestIdOf(event: DriveEvent): string {
  return 'requestId' in event ? event.requestId : '';
}

function foundBy(event: DriveEvent): { full: boolean; mediumId: string | null } {
  if (event.type === 'ELEMENT_STATUS_READ') return { full: event.full, mediumId: event.mediumId ?? null };
  if (event.type === 'MEDIUM_MOVED_IN') return { full: true, mediumId: event.mediumId };
  return { full: false, mediumId: null };
}
