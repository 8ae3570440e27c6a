import { and, assign, emit, enqueueActions, not, or, setup, stateIn } from 'xstate';
import { drainingAvailabilityLeaves } from './availability.js';
import type {
  PortContext,
  PortEffect,
  PortEvent,
  PortInput,
  PortJob,
  PortRefusal,
} from './import-export-element-contract.js';
import { currentLeaves } from './unexpected-event.js';

const leaves = [
  'position.unknown',
  'position.retracted',
  'position.extending',
  'position.extended',
  'position.retracting',
  'content.unknown',
  'content.full',
  'content.empty',
  ...drainingAvailabilityLeaves,
];

/** The guards and actions of the port's statechart, which is in import-export-element.ts. */
export const portSetup = setup({
  types: {
    context: {} as PortContext,
    events: {} as PortEvent,
    emitted: {} as PortEffect,
    input: {} as PortInput,
    tags: {} as string,
  },
  guards: {
    startsDisabled: ({ context }) => context.startDisabled,
    startsRetracted: ({ context }) => context.startPosition === 'retracted',
    startsExtended: ({ context }) => context.startPosition === 'extended',
    startsFull: ({ context }) => context.startContent === 'full',
    startsEmpty: ({ context }) => context.startContent === 'empty',
    isDisabled: not(stateIn('availability.enabled')),
    isAtRest: and([
      ({ context }) => context.job === null,
      not(or([stateIn('position.extending'), stateIn('position.retracting')])),
    ]),
    isFull: stateIn('content.full'),
    hasJob: ({ context }) => context.job !== null,
    jobIsEnding: ({ context }) => context.job !== null && context.job.ending !== null,
    isEjecting: ({ context }) => context.job?.kind === 'eject',
    isInjecting: ({ context }) => isInject(context.job),
    injectedMediumIsIn: and([stateIn('content.full'), ({ context }) => isInject(context.job)]),
    ejectedMediumIsIn: and([stateIn('content.full'), ({ context }) => context.job?.kind === 'eject']),
    moreIsAwaited: and([
      stateIn('availability.enabled'),
      stateIn('content.full'),
      ({ context }) => context.job?.kind === 'injectMany' && context.job.ending === null,
    ]),
    isPortTimer: ({ event }) => event.type === 'TIMER_EXPIRED' && event.timer === 'portExtended',
    isPortTimerWhileDisabled: and([
      stateIn('availability.disabled'),
      ({ event }) => event.type === 'TIMER_EXPIRED' && event.timer === 'portExtended',
    ]),
    readingIsFull: ({ event }) => event.type === 'ELEMENT_STATUS_READ' && event.full,
    readingIsExtended: ({ event }) => event.type === 'ELEMENT_STATUS_READ' && event.extended === true,
    readingIsRetracted: ({ event }) => event.type === 'ELEMENT_STATUS_READ' && event.extended === false,
    readingShowsInjectedIn: ({ context, event }) =>
      event.type === 'ELEMENT_STATUS_READ' && event.extended === false && event.full && isInject(context.job),
    readingShowsEjectedIn: ({ context, event }) =>
      event.type === 'ELEMENT_STATUS_READ' && event.extended === false && event.full && context.job?.kind === 'eject',
    readingShowsInserted: ({ context, event }) =>
      event.type === 'ELEMENT_STATUS_READ' && event.full && isInject(context.job),
    readingShowsTaken: ({ context, event }) =>
      event.type === 'ELEMENT_STATUS_READ' && !event.full && context.job?.kind === 'eject',
  },
  actions: {
    beginInject: assign(({ event }) =>
      event.type === 'INJECT_STARTED'
        ? {
            job: {
              kind: event.many ? ('injectMany' as const) : ('inject' as const),
              requestId: event.requestId,
              ending: null,
            },
          }
        : {},
    ),
    beginEject: assign(({ event }) =>
      event.type === 'EJECT_STARTED'
        ? { job: { kind: 'eject' as const, requestId: event.requestId, ending: null } }
        : {},
    ),
    noteEnding: assign(({ context }, params: { ending: 'stopped' | 'timedOut' }) => ({
      job: context.job === null ? null : { ...context.job, ending: params.ending },
    })),
    take: assign(({ event }) =>
      'mediumId' in event && typeof event.mediumId === 'string' ? { mediumId: event.mediumId } : {},
    ),
    forget: assign({ mediumId: null }),
    extendPort: emit(({ context }) => ({ type: 'command.extendPort', ...nameOf(context) })),
    retractPort: emit(({ context }) => ({ type: 'command.retractPort', ...nameOf(context) })),
    startTimer: enqueueActions(({ context, enqueue }) => {
      if (context.maxExtendMs === 0) return;
      enqueue.emit({ type: 'timer.start', timer: 'portExtended', ...nameOf(context), ms: context.maxExtendMs });
    }),
    cancelTimer: enqueueActions(({ context, enqueue }) => {
      if (context.maxExtendMs === 0) return;
      enqueue.emit({ type: 'timer.cancel', timer: 'portExtended', ...nameOf(context) });
    }),
    askOperator: emit(({ context }, params: { reason: 'port-extended-too-long' | 'no-free-slot' | 'port-stuck' }) => ({
      type: 'operatorRequest.needed',
      ...nameOf(context),
      reason: params.reason,
    })),
    tellArrival: enqueueActions(({ context, enqueue }) => {
      if (context.job === null) return;
      enqueue.emit({ type: 'medium.arrived', ...nameOf(context), requestId: context.job.requestId });
    }),
    needIdentification: enqueueActions(({ context, enqueue }) => {
      if (context.job === null) return;
      const { requestId } = context.job;
      enqueue.emit({ type: 'identification.needed', ...nameOf(context), requestId, mediumId: context.mediumId });
    }),
    tellEjectTimedOut: enqueueActions(({ context, enqueue }) => {
      if (context.job === null) return;
      const { requestId } = context.job;
      enqueue.emit({ type: 'eject.timedOut', ...nameOf(context), requestId, mediumId: context.mediumId });
      enqueue.assign({ job: null });
    }),
    finishJob: enqueueActions(({ context, enqueue }) => {
      if (context.job === null) return;
      const { kind, requestId } = context.job;
      enqueue.emit({ type: 'job.finished', ...nameOf(context), requestId, kind });
      enqueue.assign({ job: null });
    }),
    failJob: enqueueActions(({ context, enqueue, event }, params: { reason: string }) => {
      if (context.job === null) return;
      const reason = 'reason' in event ? event.reason : params.reason;
      enqueue.emit({ type: 'job.failed', ...nameOf(context), requestId: context.job.requestId, reason });
      enqueue.assign({ job: null });
    }),
    refuse: emit(({ context, event }, params: { reason: PortRefusal }) => ({
      type: 'job.refused',
      ...nameOf(context),
      requestId: 'requestId' in event ? event.requestId : '',
      reason: params.reason,
    })),
    reportUnexpected: enqueueActions(({ check, enqueue, event }) => {
      enqueue.emit({ type: 'event.unexpected', machine: 'port', state: currentLeaves(leaves, check), event });
    }),
  },
});

function nameOf(context: PortContext): { portId: string; elementAddress: number } {
  return { portId: context.portId, elementAddress: context.elementAddress };
}

function isInject(job: PortJob | null): boolean {
  return job?.kind === 'inject' || job?.kind === 'injectMany';
}
