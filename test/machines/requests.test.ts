import t from 'tap';
import { libraryRequestMachine } from '../../machines/library-request.js';
import { operatorRequestMachine } from '../../machines/operator-request.js';
import { run } from './machine-run.js';
import { testRows } from './transition-row.js';

const request = (initial: string, more: object = {}) => ({ requestId: 'r', initial, ...more });
const PICKED = { type: 'PICKED' };
const MISSING = { type: 'RESOURCE_MISSING', resource: 'drive' };
const CANCEL = { type: 'CANCEL_REQUESTED' };
const STOP = { type: 'STOP_REQUESTED' };
const finished = ['passed', 'failed', 'invalid', 'cancelled', 'stopped'];

t.test('library request', async (t) => {
  testRows(t, libraryRequestMachine, [
    {
      row: 'L1',
      says: 'an accepted call is queued',
      input: { requestId: 'r' },
      events: [],
      leaf: 'queued',
      shows: ['NTMS_LM_QUEUED'],
    },
    {
      row: 'L2',
      says: 'picked it is in process',
      input: { requestId: 'r' },
      events: [PICKED],
      leaf: 'inProcess.cancellable',
      shows: ['NTMS_LM_INPROCESS'],
    },
    ...['queued', 'inProcess'].map((state) => ({
      row: 'L3',
      says: `without a drive or cartridge a request that is ${state} waits`,
      input: request(state),
      events: [MISSING],
      leaf: 'waiting',
      shows: ['NTMS_LM_WAITING'],
      remembers: { missing: 'drive' },
    })),
    {
      row: 'L4',
      says: 'it goes on when the resource turns up',
      input: request('waiting'),
      events: [{ type: 'RESOURCE_FOUND' }],
      leaf: 'inProcess.cancellable',
      shows: ['NTMS_LM_INPROCESS'],
      remembers: { missing: null },
    },
    {
      row: 'L5',
      says: 'success passes it',
      input: request('inProcess'),
      events: [{ type: 'HARDWARE_MOVING' }, { type: 'SUCCEEDED' }],
      leaf: 'passed',
      shows: ['NTMS_LM_PASSED'],
      emits: [{ type: 'request.finished', requestId: 'r', end: 'passed', win32: 0 }],
    },
    {
      row: 'L6',
      says: 'an error fails it with its Win32 code',
      input: request('inProcess'),
      events: [{ type: 'FAILED', win32: 4319 }],
      leaf: 'failed',
      shows: ['NTMS_LM_FAILED'],
      emits: [{ type: 'request.finished', end: 'failed', win32: 4319 }],
      remembers: { win32: 4319 },
    },
    ...['queued', 'waiting', 'deferred'].flatMap((state) => [
      {
        row: 'L7',
        says: `a request that is ${state} can be cancelled`,
        input: request(state),
        events: [CANCEL],
        leaf: 'cancelled',
        shows: ['NTMS_LM_CANCELLED'],
        emits: [{ type: 'request.finished', end: 'cancelled', win32: 1223 }],
      },
      {
        row: 'L7',
        says: `the mount's time limit cancels a request that is ${state}`,
        input: request(state),
        events: [{ type: 'TIMED_OUT' }],
        leaf: 'cancelled',
        shows: ['NTMS_LM_CANCELLED'],
        emits: [{ type: 'request.finished', end: 'cancelled', win32: 1460 }],
      },
    ]),
    {
      row: 'L7',
      says: 'a request in process can be cancelled before hardware moves',
      input: request('inProcess'),
      events: [CANCEL],
      leaf: 'cancelled',
      shows: ['NTMS_LM_CANCELLED'],
    },
    ...['CANCEL_REQUESTED', 'TIMED_OUT'].map((type) => ({
      row: 'L7',
      says: `${type} is refused once hardware moves`,
      input: request('inProcess'),
      events: [{ type: 'HARDWARE_MOVING' }, { type }],
      leaf: 'inProcess.committed',
      shows: ['NTMS_LM_INPROCESS'],
      emits: [{ type: 'cancel.refused', reason: 'hardware-moves' }],
    })),
    {
      row: 'L8',
      says: 'a STOP action stops a running eject, inject or inventory',
      input: request('inProcess', { stoppable: true }),
      events: [{ type: 'HARDWARE_MOVING' }, STOP],
      leaf: 'stopped',
      shows: ['NTMS_LM_STOPPED'],
      emits: [{ type: 'request.finished', end: 'stopped' }],
    },
    {
      row: 'L8',
      says: 'other requests have no STOP action',
      input: request('inProcess'),
      events: [STOP],
      leaf: 'inProcess.cancellable',
      shows: ['NTMS_LM_INPROCESS'],
      emits: [{ type: 'stop.refused', reason: 'not-stoppable' }],
    },
    ...['queued', 'inProcess', 'waiting', 'deferred'].map((state) => ({
      row: 'L9',
      says: `a restart cancels a request that was ${state}`,
      input: request(state),
      events: [{ type: 'SERVICE_RESTARTED' }],
      leaf: 'cancelled',
      shows: ['NTMS_LM_CANCELLED'],
    })),
    {
      row: 'L10',
      says: 'a deferred dismount is deferred',
      input: { requestId: 'r' },
      events: [{ type: 'DEFERRED' }],
      leaf: 'deferred',
      shows: ['NTMS_LM_DEFERRED'],
    },
    {
      row: 'L10',
      says: 'until its drive is reclaimed',
      input: request('deferred'),
      events: [{ type: 'RECLAIMED' }],
      leaf: 'passed',
      shows: ['NTMS_LM_PASSED'],
      emits: [{ type: 'request.finished', win32: 0 }],
    },
    ...finished.map((state) => ({
      row: 'L11',
      says: `a request that is ${state} can be purged`,
      input: request(state),
      events: [{ type: 'PURGED' }],
      leaf: state,
      shows: [],
      emits: [{ type: 'record.deleted', requestId: 'r' }],
    })),
    {
      row: 'L11',
      says: 'an unfinished request is not purged',
      input: { requestId: 'r' },
      events: [{ type: 'PURGED' }],
      leaf: 'queued',
      shows: [],
      emits: [{ type: 'purge.refused', reason: 'unfinished' }],
    },
    {
      row: '',
      says: 'a request that makes no sense any more is invalid',
      input: { requestId: 'r' },
      events: [{ type: 'REJECTED', win32: 4312 }],
      leaf: 'invalid',
      shows: ['NTMS_LM_INVALID'],
      emits: [{ type: 'request.finished', end: 'invalid', win32: 4312 }],
    },
    ...finished.map((state) => ({
      row: '',
      says: `${state} stays ${state} after a restart, and cannot be cancelled`,
      input: request(state),
      events: [{ type: 'SERVICE_RESTARTED' }, CANCEL],
      leaf: state,
      shows: [],
      emits: [{ type: 'cancel.refused', reason: 'finished' }],
    })),
  ]);

  t.test('asks for its timer at the start and gives it back at its end', async (t) => {
    const all = run(libraryRequestMachine, request('queued', { timeoutMs: 5000 }), [PICKED, { type: 'SUCCEEDED' }]).all;
    t.match(all, [
      { type: 'timer.start', timer: 'request', requestId: 'r', ms: 5000 },
      { type: 'timer.cancel', timer: 'request', requestId: 'r' },
      { type: 'request.finished' },
    ]);
  });
});

const operator = (initial: string, more: object = {}) => ({ requestId: 'o', initial, ...more });
const open = ['submitted', 'active', 'inProgress'];

t.test('operator request', async (t) => {
  testRows(t, operatorRequestMachine, [
    {
      row: 'O1',
      says: 'a new request is submitted',
      input: { requestId: 'o' },
      events: [],
      leaf: 'submitted',
      shows: ['NTMS_OPSTATE_SUBMITTED'],
    },
    {
      row: 'O2',
      says: 'a console that reads it makes it active',
      input: { requestId: 'o' },
      events: [{ type: 'READ_BY_CONSOLE' }],
      leaf: 'active',
      shows: ['NTMS_OPSTATE_ACTIVE'],
    },
    {
      row: 'O3',
      says: 'a person who acknowledges it makes it in progress',
      input: operator('active'),
      events: [{ type: 'ACKNOWLEDGED' }],
      leaf: 'inProgress',
      shows: ['NTMS_OPSTATE_INPROGRESS'],
    },
    ...open.flatMap((state) => [
      {
        row: 'O4',
        says: `satisfied a request that was ${state} is complete`,
        input: operator(state),
        events: [{ type: 'SATISFIED' }],
        leaf: 'complete',
        shows: ['NTMS_OPSTATE_COMPLETE'],
        emits: [{ type: 'request.finished', end: 'complete', win32: 0 }],
      },
      {
        row: 'O5',
        says: `refused a request that was ${state} is refused`,
        input: operator(state),
        events: [{ type: 'REFUSED' }],
        leaf: 'refused',
        shows: ['NTMS_OPSTATE_REFUSED'],
        emits: [{ type: 'request.finished', end: 'refused', win32: 1223 }],
      },
      {
        row: 'O6',
        says: `a request that was ${state} goes when the call it was raised for ends`,
        input: operator(state, { forPendingCall: true }),
        events: [{ type: 'CALL_ENDED' }],
        leaf: 'refused',
        shows: [],
        emits: [{ type: 'record.deleted', requestId: 'o' }],
      },
    ]),
    ...['complete', 'refused'].map((state) => ({
      row: 'O7',
      says: `a request that is ${state} can be purged`,
      input: operator(state),
      events: [{ type: 'PURGED' }],
      leaf: state,
      shows: [],
      emits: [{ type: 'record.deleted', requestId: 'o' }],
    })),
    {
      row: 'O7',
      says: 'an open request is not purged',
      input: operator('active'),
      events: [{ type: 'PURGED' }],
      leaf: 'active',
      shows: [],
      emits: [{ type: 'purge.refused' }],
    },
    {
      row: '',
      says: 'complete but undone it is raised again',
      input: operator('complete'),
      events: [{ type: 'FOUND_UNDONE' }],
      leaf: 'submitted',
      shows: ['NTMS_OPSTATE_SUBMITTED'],
      emits: [{ type: 'request.raised' }],
    },
    {
      row: '',
      says: "an application's request survives a restart",
      input: operator('active'),
      events: [{ type: 'SERVICE_RESTARTED' }],
      leaf: 'active',
      shows: [],
      emits: [],
    },
    {
      row: '',
      says: 'a request for a pending call does not',
      input: operator('active', { forPendingCall: true }),
      events: [{ type: 'SERVICE_RESTARTED' }],
      leaf: 'refused',
      shows: [],
      emits: [{ type: 'record.deleted' }],
    },
    {
      row: '',
      says: 'what is refused cannot be satisfied any more',
      input: operator('refused'),
      events: [{ type: 'SATISFIED' }],
      leaf: 'refused',
      shows: [],
      emits: [{ type: 'satisfy.refused', reason: 'finished' }],
    },
  ]);
});
