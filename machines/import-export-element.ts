import { drainingAvailabilityRegion } from './availability.js';
import { portSetup } from './import-export-element-setup.js';

const refuse = {
  disabled: { guard: 'isDisabled', actions: { type: 'refuse', params: { reason: 'disabled' } } },
  busy: { guard: 'hasJob', actions: { type: 'refuse', params: { reason: 'busy' } } },
  full: { guard: 'isFull', actions: { type: 'refuse', params: { reason: 'full' } } },
  inMotion: { actions: { type: 'refuse', params: { reason: 'busy' } } },
} as const;

const ask = (reason: 'port-extended-too-long' | 'no-free-slot' | 'port-stuck') =>
  ({ type: 'askOperator', params: { reason } }) as const;

const ending = (how: 'stopped' | 'timedOut') => ({ type: 'noteEnding', params: { ending: how } }) as const;

/** The port went in: what was it used for, and is something in it? */
const wentIn = [
  { guard: 'injectedMediumIsIn', target: '#port.position.retracted', actions: 'tellArrival' },
  { guard: 'ejectedMediumIsIn', target: '#port.position.retracted', actions: 'tellEjectTimedOut' },
  { target: '#port.position.retracted', actions: 'finishJob' },
] as const;

const pullIn = { target: '#port.position.retracting', actions: 'retractPort' } as const;
const pushOut = { target: '#port.position.extending', actions: 'extendPort' } as const;

/** While the port is in, or nobody knows where it is. */
const jobs = {
  INJECT_STARTED: [
    refuse.disabled,
    refuse.busy,
    refuse.full,
    { target: '#port.position.extending', actions: ['beginInject', 'extendPort'] },
  ],
  EJECT_STARTED: [refuse.disabled, refuse.busy, refuse.full, { actions: 'beginEject' }],
  MEDIUM_MOVED_IN: { guard: 'isEjecting', ...pushOut },
  MEDIUM_MOVED_OUT: [
    {
      guard: 'moreIsAwaited',
      target: '#port.position.extending',
      actions: ['needIdentification', 'extendPort'],
    },
    { guard: 'injectedMediumIsIn', actions: ['needIdentification', 'finishJob'] },
    { guard: 'ejectedMediumIsIn', actions: 'finishJob' },
  ],
  SLOTS_EXHAUSTED: {
    guard: 'isFull',
    actions: [ask('no-free-slot'), { type: 'failJob', params: { reason: 'no-free-slot' } }],
  },
  STOP_REQUESTED: [
    { guard: 'injectedMediumIsIn', actions: ending('stopped') },
    { guard: 'ejectedMediumIsIn', actions: 'tellEjectTimedOut' },
    { guard: 'hasJob', actions: 'finishJob' },
  ],
} as const;

/**
 * An import/export element (SMC-3), a port. Position and content are told apart, so they are two regions.
 * Shows NtmsPortPosition and NtmsPortContent. Input, events and effects: import-export-element-contract.ts.
 */
export const portMachine = portSetup.createMachine({
  id: 'port',
  context: ({ input }) => ({
    portId: input.portId,
    elementAddress: input.elementAddress,
    startPosition: input.position ?? 'unknown',
    startContent: input.content ?? 'unknown',
    startDisabled: input.enabled === false,
    maxExtendMs: Math.max(0, input.maxExtendMs),
    job: null,
    mediumId: input.content === 'full' ? (input.mediumId ?? null) : null,
  }),
  type: 'parallel',
  on: { '*': { actions: 'reportUnexpected' } },
  states: {
    position: {
      initial: 'routing',
      on: {
        INJECT_STARTED: [refuse.disabled, refuse.inMotion],
        EJECT_STARTED: [refuse.disabled, refuse.inMotion],
        ELEMENT_STATUS_READ: {},
      },
      states: {
        routing: {
          always: [
            { guard: 'startsRetracted', target: 'retracted' },
            { guard: 'startsExtended', target: 'extended' },
            { target: 'unknown' },
          ],
        },
        unknown: {
          description: 'Nobody knows; many ports have no sensor.',
          tags: ['NTMS_PORTPOSITION_UNKNOWN'],
          on: {
            ...jobs,
            PORT_EXTENDED: { target: 'extended' },
            PORT_RETRACTED: { target: 'retracted' },
            ELEMENT_STATUS_READ: [
              { guard: 'readingIsExtended', target: 'extended' },
              { guard: 'readingIsRetracted', target: 'retracted' },
              {},
            ],
          },
        },
        retracted: {
          description: 'In and locked.',
          tags: ['NTMS_PORTPOSITION_RETRACTED'],
          on: {
            ...jobs,
            PORT_EXTENDED: { target: 'extended' },
            PORT_RETRACTED: {},
            ELEMENT_STATUS_READ: [{ guard: 'readingIsExtended', target: 'extended' }, {}],
          },
        },
        extending: {
          description: 'On its way out, or being unlocked.',
          tags: ['NTMS_PORTPOSITION_RETRACTED'],
          on: {
            PORT_EXTENDED: [{ guard: 'jobIsEnding', ...pullIn }, { target: 'extended' }],
            EXTEND_FAILED: {
              target: 'retracted',
              actions: [ask('port-stuck'), { type: 'failJob', params: { reason: 'port-stuck' } }],
            },
            STOP_REQUESTED: { guard: 'hasJob', actions: ending('stopped') },
          },
        },
        extended: {
          description: 'Out, or unlocked, for the operator.',
          tags: ['NTMS_PORTPOSITION_EXTENDED'],
          entry: 'startTimer',
          exit: 'cancelTimer',
          on: {
            PORT_EXTENDED: {},
            PORT_RETRACTED: wentIn,
            MEDIUM_INSERTED: { guard: 'isInjecting', ...pullIn },
            MEDIUM_TAKEN: { guard: 'isEjecting', ...pullIn },
            STOP_REQUESTED: { guard: 'hasJob', target: 'retracting', actions: [ending('stopped'), 'retractPort'] },
            TIMER_EXPIRED: [
              { guard: 'isPortTimerWhileDisabled', actions: ask('port-extended-too-long') },
              { guard: 'isPortTimer', target: 'retracting', actions: [ending('timedOut'), 'retractPort'] },
            ],
            ELEMENT_STATUS_READ: [
              { guard: 'readingShowsInjectedIn', target: 'retracted', actions: 'tellArrival' },
              { guard: 'readingShowsEjectedIn', target: 'retracted', actions: 'tellEjectTimedOut' },
              { guard: 'readingIsRetracted', target: 'retracted', actions: 'finishJob' },
              { guard: 'readingShowsInserted', ...pullIn },
              { guard: 'readingShowsTaken', ...pullIn },
              {},
            ],
          },
        },
        retracting: {
          description: 'On its way in, or being locked.',
          tags: ['NTMS_PORTPOSITION_EXTENDED'],
          on: {
            PORT_RETRACTED: wentIn,
            RETRACT_FAILED: { target: 'extended', actions: ask('port-extended-too-long') },
            STOP_REQUESTED: { guard: 'hasJob', actions: ending('stopped') },
          },
        },
      },
    },
    content: {
      initial: 'routing',
      on: {
        ELEMENT_STATUS_READ: [
          { guard: 'readingIsFull', target: '.full', actions: 'take' },
          { target: '.empty', actions: 'forget' },
        ],
      },
      states: {
        routing: {
          always: [
            { guard: 'startsFull', target: 'full' },
            { guard: 'startsEmpty', target: 'empty' },
            { target: 'unknown' },
          ],
        },
        unknown: {
          description: 'Not read yet.',
          tags: ['NTMS_PORTCONTENT_UNKNOWN'],
          on: {
            MEDIUM_INSERTED: { target: 'full' },
            MEDIUM_TAKEN: { target: 'empty' },
            MEDIUM_MOVED_IN: { target: 'full', actions: 'take' },
            MEDIUM_MOVED_OUT: { target: 'empty' },
          },
        },
        full: {
          description: 'A cartridge is inside.',
          tags: ['NTMS_PORTCONTENT_FULL'],
          on: {
            MEDIUM_TAKEN: { target: 'empty', actions: 'forget' },
            MEDIUM_MOVED_OUT: { target: 'empty', actions: 'forget' },
          },
        },
        empty: {
          description: 'Nothing inside.',
          tags: ['NTMS_PORTCONTENT_EMPTY'],
          on: {
            MEDIUM_INSERTED: { target: 'full' },
            MEDIUM_MOVED_IN: { target: 'full', actions: 'take' },
          },
        },
      },
    },
    availability: drainingAvailabilityRegion,
  },
});
