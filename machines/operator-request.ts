import { emit, enqueueActions, setup } from 'xstate';
import { currentLeaves } from './unexpected-event.js';
import type { UnexpectedEvent } from './unexpected-event.js';

/** What an operator request machine remembers. JSON only. */
export interface OperatorRequestContext {
  readonly requestId: string;
  readonly startIn: OperatorRequestStart;
  /** Raised for a call that waits (an allocation, a mount): it does not outlive that call or the service. */
  readonly forPendingCall: boolean;
}

export type OperatorRequestStart = 'unknown' | 'submitted' | 'active' | 'inProgress' | 'refused' | 'complete';

export interface OperatorRequestInput {
  readonly requestId: string;
  /** Default `submitted`. */
  readonly initial?: OperatorRequestStart | undefined;
  /** Default false: an application or the administrator submitted it. */
  readonly forPendingCall?: boolean | undefined;
}

export type OperatorRequestEvent =
  /** A record of unknown state turns out to be open. */
  | { readonly type: 'SUBMITTED' }
  /** A console read the record. */
  | { readonly type: 'READ_BY_CONSOLE' }
  /** A person took it on. */
  | { readonly type: 'ACKNOWLEDGED' }
  /** SatisfyNtmsOperatorRequest. */
  | { readonly type: 'SATISFIED' }
  /** CancelNtmsOperatorRequest, or a person refuses. */
  | { readonly type: 'REFUSED' }
  /** The call that waits for it ended: time limit, session closed. */
  | { readonly type: 'CALL_ENDED' }
  /** Satisfied, yet what was asked for is not there. */
  | { readonly type: 'FOUND_UNDONE' }
  | { readonly type: 'SERVICE_RESTARTED' }
  /** Purge time over, or DeleteNtmsRequests. */
  | { readonly type: 'PURGED' };

export type OperatorRequestEffect =
  | UnexpectedEvent
  /** Waiters end: 0 for COMPLETE, ERROR_CANCELLED for REFUSED. */
  | {
      readonly type: 'request.finished';
      readonly requestId: string;
      readonly end: 'complete' | 'refused';
      readonly win32: number;
    }
  /** Tell the operator again. */
  | { readonly type: 'request.raised'; readonly requestId: string }
  | { readonly type: 'satisfy.refused'; readonly requestId: string; readonly reason: 'finished' }
  | { readonly type: 'refusal.refused'; readonly requestId: string; readonly reason: 'finished' }
  | { readonly type: 'purge.refused'; readonly requestId: string; readonly reason: 'unfinished' }
  /** The record is to be deleted, and this machine stopped. */
  | { readonly type: 'record.deleted'; readonly requestId: string };

const leaves = ['unknown', 'submitted', 'active', 'inProgress', 'refused', 'complete'];

const open = {
  SATISFIED: { target: 'complete', actions: { type: 'finish', params: { end: 'complete', win32: 0 } } },
  REFUSED: { target: 'refused', actions: { type: 'finish', params: { end: 'refused', win32: 1223 } } },
  CALL_ENDED: { guard: 'isForPendingCall', target: 'refused', actions: 'deleteRecord' },
  SERVICE_RESTARTED: [{ guard: 'isForPendingCall', target: 'refused', actions: 'deleteRecord' }, {}],
  PURGED: { actions: 'refusePurge' },
} as const;

const finished = {
  SATISFIED: { actions: 'refuseSatisfy' },
  REFUSED: { actions: 'refuseRefusal' },
  CALL_ENDED: {},
  READ_BY_CONSOLE: {},
  SERVICE_RESTARTED: {},
  PURGED: { actions: 'deleteRecord' },
} as const;

/**
 * An operator request. Shows NtmsOpreqState.
 */
export const operatorRequestMachine = setup({
  types: {
    context: {} as OperatorRequestContext,
    events: {} as OperatorRequestEvent,
    emitted: {} as OperatorRequestEffect,
    input: {} as OperatorRequestInput,
    tags: {} as string,
  },
  guards: {
    startsUnknown: ({ context }) => context.startIn === 'unknown',
    startsActive: ({ context }) => context.startIn === 'active',
    startsInProgress: ({ context }) => context.startIn === 'inProgress',
    startsRefused: ({ context }) => context.startIn === 'refused',
    startsComplete: ({ context }) => context.startIn === 'complete',
    isForPendingCall: ({ context }) => context.forPendingCall,
  },
  actions: {
    finish: emit(({ context }, params: { end: 'complete' | 'refused'; win32: number }) => ({
      type: 'request.finished',
      requestId: context.requestId,
      end: params.end,
      win32: params.win32,
    })),
    raiseAgain: emit(({ context }) => ({ type: 'request.raised', requestId: context.requestId })),
    refuseSatisfy: emit(({ context }) => ({
      type: 'satisfy.refused',
      requestId: context.requestId,
      reason: 'finished',
    })),
    refuseRefusal: emit(({ context }) => ({
      type: 'refusal.refused',
      requestId: context.requestId,
      reason: 'finished',
    })),
    refusePurge: emit(({ context }) => ({
      type: 'purge.refused',
      requestId: context.requestId,
      reason: 'unfinished',
    })),
    deleteRecord: emit(({ context }) => ({ type: 'record.deleted', requestId: context.requestId })),
    reportUnexpected: enqueueActions(({ check, enqueue, event }) => {
      enqueue.emit({
        type: 'event.unexpected',
        machine: 'operatorRequest',
        state: currentLeaves(leaves, check),
        event,
      });
    }),
  },
}).createMachine({
  id: 'operatorRequest',
  context: ({ input }) => ({
    requestId: input.requestId,
    startIn: input.initial ?? 'submitted',
    forPendingCall: input.forPendingCall ?? false,
  }),
  initial: 'routing',
  on: { '*': { actions: 'reportUnexpected' } },
  states: {
    routing: {
      always: [
        { guard: 'startsUnknown', target: 'unknown' },
        { guard: 'startsActive', target: 'active' },
        { guard: 'startsInProgress', target: 'inProgress' },
        { guard: 'startsRefused', target: 'refused' },
        { guard: 'startsComplete', target: 'complete' },
        { target: 'submitted' },
      ],
    },
    unknown: {
      description: 'A record whose state was not stored.',
      tags: ['NTMS_OPSTATE_UNKNOWN'],
      on: {
        ...open,
        SUBMITTED: { target: 'submitted' },
        READ_BY_CONSOLE: { target: 'active' },
      },
    },
    submitted: {
      description: 'Nobody has seen it yet.',
      tags: ['NTMS_OPSTATE_SUBMITTED'],
      on: { ...open, READ_BY_CONSOLE: { target: 'active' }, ACKNOWLEDGED: { target: 'inProgress' } },
    },
    active: {
      description: 'A console shows it.',
      tags: ['NTMS_OPSTATE_ACTIVE'],
      on: { ...open, READ_BY_CONSOLE: {}, ACKNOWLEDGED: { target: 'inProgress' } },
    },
    inProgress: {
      description: 'A person is at it.',
      tags: ['NTMS_OPSTATE_INPROGRESS'],
      on: { ...open, READ_BY_CONSOLE: {}, ACKNOWLEDGED: {} },
    },
    refused: { description: 'Refused, or no longer wanted.', tags: ['NTMS_OPSTATE_REFUSED'], on: finished },
    complete: {
      description: 'Done.',
      tags: ['NTMS_OPSTATE_COMPLETE'],
      on: { ...finished, FOUND_UNDONE: { target: 'submitted', actions: 'raiseAgain' } },
    },
  },
});
