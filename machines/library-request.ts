import { assign, emit, enqueueActions, setup } from 'xstate';
import { currentLeaves } from './unexpected-event.js';
import type { UnexpectedEvent } from './unexpected-event.js';

/** What a library request machine remembers. JSON only. */
export interface LibraryRequestContext {
  readonly requestId: string;
  readonly startIn: LibraryRequestStart;
  /** Whether a STOP action can end it: eject, inject and inventory. */
  readonly stoppable: boolean;
  /** How long it may take before hardware moves for it; null for ever. */
  readonly timeoutMs: number | null;
  /** What it waits for. */
  readonly missing: string | null;
  /** dwErrorCode once it is finished; 0 for PASSED. */
  readonly win32: number | null;
}

export type LibraryRequestStart =
  'queued' | 'inProcess' | 'waiting' | 'deferred' | 'passed' | 'failed' | 'invalid' | 'cancelled' | 'stopped';

export interface LibraryRequestInput {
  readonly requestId: string;
  /** Default `queued`. */
  readonly initial?: LibraryRequestStart | undefined;
  /** Default false. */
  readonly stoppable?: boolean | undefined;
  /** Default null: no limit. */
  readonly timeoutMs?: number | null | undefined;
  /** The stored dwErrorCode, when it is finished already. */
  readonly win32?: number | null | undefined;
}

export type LibraryRequestEvent =
  | { readonly type: 'PICKED' }
  | { readonly type: 'RESOURCE_MISSING'; readonly resource?: string | undefined }
  | { readonly type: 'RESOURCE_FOUND' }
  /** From now on the request cannot be taken back: the intent is committed, the robot moves. */
  | { readonly type: 'HARDWARE_MOVING' }
  | { readonly type: 'SUCCEEDED' }
  | { readonly type: 'FAILED'; readonly win32: number }
  /** The request turned out to be meaningless (its object is gone). */
  | { readonly type: 'REJECTED'; readonly win32: number }
  /** CancelNtmsLibraryRequest or CloseNtmsSession. */
  | { readonly type: 'CANCEL_REQUESTED' }
  /** STOP action of an eject, inject or inventory. */
  | { readonly type: 'STOP_REQUESTED' }
  /** The mount's own time limit. */
  | { readonly type: 'TIMED_OUT' }
  /** A deferred dismount: nothing moves until somebody needs the drive. */
  | { readonly type: 'DEFERRED' }
  /** The drive of a deferred dismount was claimed or evicted. */
  | { readonly type: 'RECLAIMED' }
  | { readonly type: 'SERVICE_RESTARTED' }
  /** Purge time over, or DeleteNtmsRequests. */
  | { readonly type: 'PURGED' };

export type LibraryRequestEnd = 'passed' | 'failed' | 'invalid' | 'cancelled' | 'stopped';

export type LibraryRequestEffect =
  | UnexpectedEvent
  | { readonly type: 'timer.start'; readonly timer: 'request'; readonly requestId: string; readonly ms: number }
  | { readonly type: 'timer.cancel'; readonly timer: 'request'; readonly requestId: string }
  | {
      readonly type: 'request.finished';
      readonly requestId: string;
      readonly end: LibraryRequestEnd;
      readonly win32: number;
    }
  | {
      readonly type: 'cancel.refused';
      readonly requestId: string;
      readonly reason: 'hardware-moves' | 'finished';
    }
  | {
      readonly type: 'stop.refused';
      readonly requestId: string;
      readonly reason: 'not-stoppable' | 'finished';
    }
  | { readonly type: 'purge.refused'; readonly requestId: string; readonly reason: 'unfinished' }
  /** The record is to be deleted, and this machine stopped. */
  | { readonly type: 'record.deleted'; readonly requestId: string };

const win32 = { success: 0, cancelled: 1223, timeout: 1460 } as const;

const leaves = [
  'queued',
  'inProcess.cancellable',
  'inProcess.committed',
  'waiting',
  'deferred',
  'passed',
  'failed',
  'invalid',
  'cancelled',
  'stopped',
];

const finish = (end: LibraryRequestEnd, code: number | null) =>
  ({ type: 'finish', params: { end, win32: code } }) as const;

const cancelled = { target: '#libraryRequest.cancelled', actions: finish('cancelled', win32.cancelled) } as const;
const timedOut = { target: '#libraryRequest.cancelled', actions: finish('cancelled', win32.timeout) } as const;
const failed = { target: '#libraryRequest.failed', actions: finish('failed', null) } as const;

const stop = [
  { guard: 'isStoppable', target: '#libraryRequest.stopped', actions: finish('stopped', win32.cancelled) },
  { actions: { type: 'refuseStop', params: { reason: 'not-stoppable' } } },
] as const;

const waitFor = { target: '#libraryRequest.waiting', actions: 'noteMissing' } as const;

/** Not finished yet. */
const unfinished = {
  FAILED: failed,
  REJECTED: { target: '#libraryRequest.invalid', actions: finish('invalid', null) },
  CANCEL_REQUESTED: cancelled,
  STOP_REQUESTED: stop,
  TIMED_OUT: timedOut,
  SERVICE_RESTARTED: cancelled,
  PURGED: { actions: 'refusePurge' },
} as const;

/** Finished for good. */
const finished = {
  CANCEL_REQUESTED: { actions: { type: 'refuseCancel', params: { reason: 'finished' } } },
  STOP_REQUESTED: { actions: { type: 'refuseStop', params: { reason: 'finished' } } },
  TIMED_OUT: {},
  SERVICE_RESTARTED: {},
  PURGED: { actions: 'deleteRecord' },
} as const;

/**
 * A library request, also called a work item. Shows NtmsLmState.
 */
export const libraryRequestMachine = setup({
  types: {
    context: {} as LibraryRequestContext,
    events: {} as LibraryRequestEvent,
    emitted: {} as LibraryRequestEffect,
    input: {} as LibraryRequestInput,
    tags: {} as string,
  },
  guards: {
    startsInProcess: ({ context }) => context.startIn === 'inProcess',
    startsWaiting: ({ context }) => context.startIn === 'waiting',
    startsDeferred: ({ context }) => context.startIn === 'deferred',
    startsPassed: ({ context }) => context.startIn === 'passed',
    startsFailed: ({ context }) => context.startIn === 'failed',
    startsInvalid: ({ context }) => context.startIn === 'invalid',
    startsCancelled: ({ context }) => context.startIn === 'cancelled',
    startsStopped: ({ context }) => context.startIn === 'stopped',
    isStoppable: ({ context }) => context.stoppable,
  },
  actions: {
    noteMissing: assign(({ event }) => (event.type === 'RESOURCE_MISSING' ? { missing: event.resource ?? null } : {})),
    forgetMissing: assign({ missing: null }),
    startTimer: enqueueActions(({ context, enqueue }) => {
      if (context.timeoutMs === null) return;
      enqueue.emit({ type: 'timer.start', timer: 'request', requestId: context.requestId, ms: context.timeoutMs });
    }),
    /** `win32` null: the event carries the code. */
    finish: enqueueActions(({ context, enqueue, event }, params: { end: LibraryRequestEnd; win32: number | null }) => {
      const { requestId } = context;
      const code = params.win32 ?? ('win32' in event ? event.win32 : win32.success);
      if (context.timeoutMs !== null) enqueue.emit({ type: 'timer.cancel', timer: 'request', requestId });
      enqueue.emit({ type: 'request.finished', requestId, end: params.end, win32: code });
      enqueue.assign({ win32: code, missing: null });
    }),
    refuseCancel: emit(({ context }, params: { reason: 'hardware-moves' | 'finished' }) => ({
      type: 'cancel.refused',
      requestId: context.requestId,
      reason: params.reason,
    })),
    refuseStop: emit(({ context }, params: { reason: 'not-stoppable' | 'finished' }) => ({
      type: 'stop.refused',
      requestId: context.requestId,
      reason: params.reason,
    })),
    refusePurge: emit(({ context }) => ({
      type: 'purge.refused',
      requestId: context.requestId,
      reason: 'unfinished',
    })),
    deleteRecord: emit(({ context }) => ({ type: 'record.deleted', requestId: context.requestId })),
    reportUnexpected: enqueueActions(({ check, enqueue, event }) => {
      enqueue.emit({ type: 'event.unexpected', machine: 'libraryRequest', state: currentLeaves(leaves, check), event });
    }),
  },
}).createMachine({
  id: 'libraryRequest',
  context: ({ input }) => ({
    requestId: input.requestId,
    startIn: input.initial ?? 'queued',
    stoppable: input.stoppable ?? false,
    timeoutMs: input.timeoutMs ?? null,
    missing: null,
    win32: input.win32 ?? null,
  }),
  initial: 'routing',
  on: { '*': { actions: 'reportUnexpected' } },
  states: {
    routing: {
      always: [
        { guard: 'startsInProcess', target: 'inProcess', actions: 'startTimer' },
        { guard: 'startsWaiting', target: 'waiting', actions: 'startTimer' },
        { guard: 'startsDeferred', target: 'deferred' },
        { guard: 'startsPassed', target: 'passed' },
        { guard: 'startsFailed', target: 'failed' },
        { guard: 'startsInvalid', target: 'invalid' },
        { guard: 'startsCancelled', target: 'cancelled' },
        { guard: 'startsStopped', target: 'stopped' },
        { target: 'queued', actions: 'startTimer' },
      ],
    },
    queued: {
      description: 'Waits its turn.',
      tags: ['NTMS_LM_QUEUED'],
      on: {
        ...unfinished,
        PICKED: { target: 'inProcess' },
        RESOURCE_MISSING: waitFor,
        DEFERRED: { target: 'deferred' },
      },
    },
    inProcess: {
      initial: 'cancellable',
      on: {
        ...unfinished,
        SUCCEEDED: { target: 'passed', actions: finish('passed', win32.success) },
        RESOURCE_MISSING: waitFor,
        DEFERRED: { target: 'deferred' },
      },
      states: {
        cancellable: {
          description: 'Runs; nothing has moved yet.',
          tags: ['NTMS_LM_INPROCESS'],
          on: { HARDWARE_MOVING: { target: 'committed' } },
        },
        committed: {
          description: 'Runs; hardware moves for it, so it is not cancelled any more.',
          tags: ['NTMS_LM_INPROCESS'],
          on: {
            HARDWARE_MOVING: {},
            CANCEL_REQUESTED: { actions: { type: 'refuseCancel', params: { reason: 'hardware-moves' } } },
            TIMED_OUT: { actions: { type: 'refuseCancel', params: { reason: 'hardware-moves' } } },
          },
        },
      },
    },
    waiting: {
      description: 'A drive or a cartridge is missing.',
      tags: ['NTMS_LM_WAITING'],
      on: {
        ...unfinished,
        RESOURCE_FOUND: { target: 'inProcess', actions: 'forgetMissing' },
        RESOURCE_MISSING: { actions: 'noteMissing' },
      },
    },
    deferred: {
      description: 'A dismount that nobody needs yet; the cartridge is dismountable.',
      tags: ['NTMS_LM_DEFERRED'],
      on: { ...unfinished, RECLAIMED: { target: 'passed', actions: finish('passed', win32.success) } },
    },
    passed: { description: 'Done.', tags: ['NTMS_LM_PASSED'], on: finished },
    failed: { description: 'Ended with an error code.', tags: ['NTMS_LM_FAILED'], on: finished },
    invalid: { description: 'Made no sense when its turn came.', tags: ['NTMS_LM_INVALID'], on: finished },
    cancelled: {
      description: 'Withdrawn, timed out, or cut off by a restart.',
      tags: ['NTMS_LM_CANCELLED'],
      on: finished,
    },
    stopped: { description: 'Ended by a STOP action.', tags: ['NTMS_LM_STOPPED'], on: finished },
  },
});
