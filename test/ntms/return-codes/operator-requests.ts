import type { Test } from 'tap';
import { INFINITE, NtmsAccessMask, NtmsObjectsTypes, NtmsOpreqCommand } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { damageTable } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf, NOBODY } from '../house.js';
import type { ApiCaller } from '../house.js';
import { after, afterStop, withClosedHandle, withoutHandle } from './common.js';
import type { RightCall } from './common.js';

const C = NtmsOpreqCommand;

/** The arguments of SubmitNtmsOperatorRequest after the session. */
type Submitted = readonly [command: number, message: string | null, arg1: Guid | null, arg2: Guid | null];

const submit = ({ api, session }: ApiCaller, [command, message, arg1, arg2]: Submitted): Promise<Guid> =>
  api.SubmitNtmsOperatorRequest(session, command, message, arg1, arg2);
const message: RightCall = (_, caller) => submit(caller, [C.NTMS_OPREQ_MESSAGE, 'hello', null, null]);

/** Right arguments of each command, in a house with one library. */
function rightArguments(library: VirtualLibrary): Readonly<Record<string, Submitted>> {
  const { store } = library;
  const [door] = store.table('doors').list();
  const [slot] = store.table('slots').list();
  const medium = library.medium('ORS001L8');
  const here = library.library.id;
  return {
    'new media for a pool': [C.NTMS_OPREQ_NEWMEDIA, null, medium.mediaPool, null],
    'new media for a pool in a library': [C.NTMS_OPREQ_NEWMEDIA, 'two tapes', medium.mediaPool, here],
    'a cleaner for a library': [C.NTMS_OPREQ_CLEANER, null, here, null],
    'a cleaner for a slot': [C.NTMS_OPREQ_CLEANER, null, slot?.id ?? '', null],
    'service for a library': [C.NTMS_OPREQ_DEVICESERVICE, null, here, null],
    'service for a door': [C.NTMS_OPREQ_DEVICESERVICE, null, door?.id ?? '', null],
    'service for a drive': [C.NTMS_OPREQ_DEVICESERVICE, null, library.drive(0).id, null],
    'service for a cartridge': [C.NTMS_OPREQ_DEVICESERVICE, null, medium.id, null],
    'a cartridge to be moved': [C.NTMS_OPREQ_MOVEMEDIA, null, medium.id, here],
    'a message': [C.NTMS_OPREQ_MESSAGE, 'the printer is out of paper', null, null],
  };
}

/** A house, and the arguments made wrong. */
const refusedWith = (t: Test, arrange: (library: VirtualLibrary) => Submitted): Promise<() => Promise<unknown>> =>
  after(
    t,
    () => undefined,
    (library) => submit(library, arrange(library)),
  );

/** A guest whose right on the object that governs the request is taken away. */
async function denied(t: Test, which: string, object: 'library' | 'pool' | 'computer') {
  const library = await VirtualLibrary.open(t);
  const guest = await guestOf(library);
  const { NTMS_CONTROL_ACCESS: CONTROL, NTMS_USE_ACCESS: USE } = NtmsAccessMask;
  const ids = {
    library: library.library.id,
    pool: library.medium('ORS001L8').mediaPool,
    computer: library.store.wellKnown.computer,
  };
  denyGuest(library, ids[object], object === 'computer' ? USE : CONTROL);
  const args = rightArguments(library)[which];
  if (args === undefined) throw new Error(`there are no arguments for ${which}`);
  return () => submit(guest, args);
}

export const submitNtmsOperatorRequestCodes = returnCodesOf('SubmitNtmsOperatorRequest', [
  ...Object.keys({
    'new media for a pool': 0,
    'new media for a pool in a library': 0,
    'a cleaner for a library': 0,
    'a cleaner for a slot': 0,
    'service for a library': 0,
    'service for a door': 0,
    'service for a drive': 0,
    'service for a cartridge': 0,
    'a cartridge to be moved': 0,
    'a message': 0,
  }).map((which) => ({
    symbol: 'ERROR_SUCCESS' as const,
    title: `asks for ${which}`,
    run: (t: Test) => refusedWith(t, (library) => rightArguments(library)[which] ?? [0, null, null, null]),
  })),
  {
    symbol: 'ERROR_SUCCESS',
    title: 'takes a message of 255 characters',
    parameter: 'lpMessage',
    run: (t) => refusedWith(t, () => [C.NTMS_OPREQ_MESSAGE, 'x'.repeat(255), null, null]),
  },
  ...['new media for a pool', 'a cartridge to be moved'].map((which) => ({
    symbol: 'ERROR_ACCESS_DENIED' as const,
    title: `refuses ${which} to a user who may not control the pool`,
    right: 'media pool' as const,
    run: (t: Test) => denied(t, which, 'pool'),
  })),
  ...['a cleaner for a slot', 'service for a drive', 'service for a cartridge'].map((which) => ({
    symbol: 'ERROR_ACCESS_DENIED' as const,
    title: `refuses ${which} to a user who may not control the library`,
    right: 'library' as const,
    run: (t: Test) => denied(t, which, 'library'),
  })),
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a message to a user who may not use the computer any more',
    right: 'computer',
    run: (t) => denied(t, 'a message', 'computer'),
  },
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) =>
      after(
        t,
        (library) => damageTable(library, 'op_requests'),
        (library) => message(library, library),
      ),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a closed session',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, message),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, message),
  },
  ...[0, 6, -1, 1.5].map((command) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses command ${command}`,
    parameter: 'dwRequest' as const,
    run: (t: Test) => refusedWith(t, () => [command, 'hello', null, null]),
  })),
  ...[null, '', 'x'.repeat(256), 7].map((text) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses a message of ${typeof text === 'string' ? `${text.length} characters` : String(text)}`,
    parameter: 'lpMessage' as const,
    run: (t: Test) => refusedWith(t, () => [C.NTMS_OPREQ_MESSAGE, text as never, null, null]),
  })),
  ...[C.NTMS_OPREQ_NEWMEDIA, C.NTMS_OPREQ_CLEANER, C.NTMS_OPREQ_DEVICESERVICE].map((command) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses command ${command} without its object`,
    parameter: 'lpArg1Id' as const,
    run: (t: Test) => refusedWith(t, () => [command, null, null, null]),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses an empty id',
    parameter: 'lpArg1Id',
    run: (t) => refusedWith(t, () => [C.NTMS_OPREQ_CLEANER, null, '', null]),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a message about an object',
    parameter: 'lpArg1Id',
    run: (t) => refusedWith(t, (library) => [C.NTMS_OPREQ_MESSAGE, 'hello', library.library.id, null]),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses to move a cartridge to no library',
    parameter: 'lpArg2Id',
    run: (t) => refusedWith(t, (library) => [C.NTMS_OPREQ_MOVEMEDIA, null, library.medium('ORS001L8').id, null]),
  },
  ...[C.NTMS_OPREQ_CLEANER, C.NTMS_OPREQ_DEVICESERVICE].map((command) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses a second object for command ${command}`,
    parameter: 'lpArg2Id' as const,
    run: (t: Test) => refusedWith(t, ({ library }) => [command, null, library.id, library.id]),
  })),
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: (t) => afterStop(t, message),
  },
  ...[C.NTMS_OPREQ_NEWMEDIA, C.NTMS_OPREQ_CLEANER, C.NTMS_OPREQ_DEVICESERVICE].map((command) => ({
    symbol: 'ERROR_OBJECT_NOT_FOUND' as const,
    title: `refuses an id that no object has for command ${command}`,
    parameter: 'lpArg1Id' as const,
    run: (t: Test) => refusedWith(t, () => [command, null, NOBODY, null]),
  })),
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'refuses a library where a pool is wanted',
    parameter: 'lpArg1Id',
    run: (t) => refusedWith(t, ({ library }) => [C.NTMS_OPREQ_NEWMEDIA, null, library.id, null]),
  },
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'refuses a drive as the library to move a cartridge to',
    parameter: 'lpArg2Id',
    run: (t) =>
      refusedWith(t, (library) => [C.NTMS_OPREQ_MOVEMEDIA, null, library.medium('ORS001L8').id, library.drive(0).id]),
  },
]);

type OnRequest = (caller: ApiCaller, requestId: Guid) => Promise<unknown>;

const wait: OnRequest = ({ api, session }, id) => api.WaitForNtmsOperatorRequest(session, id, 0);
const refuse: OnRequest = ({ api, session }, id) => api.CancelNtmsOperatorRequest(session, id);
const satisfy: OnRequest = ({ api, session }, id) => api.SatisfyNtmsOperatorRequest(session, id);

/** An open request, then something, then the call on it. */
async function withOpen(
  t: Test,
  call: OnRequest,
  prepare: (library: VirtualLibrary, requestId: Guid) => unknown = () => undefined,
) {
  const library = await VirtualLibrary.open(t);
  const id = await submit(library, [C.NTMS_OPREQ_MESSAGE, 'hello', null, null]);
  await prepare(library, id);
  return () => call(library, id);
}

const nobodys =
  (call: OnRequest): RightCall =>
  (_, caller) =>
    call(caller, NOBODY);

const handles = (call: OnRequest) => [
  {
    symbol: 'ERROR_INVALID_HANDLE' as const,
    title: 'refuses a closed session',
    parameter: 'hSession' as const,
    run: (t: Test) => withClosedHandle(t, nobodys(call)),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE' as const,
    title: 'refuses a null handle',
    parameter: 'hSession' as const,
    run: (t: Test) => withoutHandle(t, nobodys(call)),
  },
];

const wrongIds = (call: OnRequest) => [
  ...[null, ''].map((id) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${id === null ? 'a null request' : 'an empty request id'}`,
    parameter: 'lpRequestId' as const,
    run: (t: Test) => withOpen(t, (caller) => call(caller, id as never)),
  })),
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND' as const,
    title: 'refuses an id that no request has',
    parameter: 'lpRequestId' as const,
    run: (t: Test) => withOpen(t, (caller) => call(caller, NOBODY)),
  },
];

const byGuest = (call: OnRequest) => ({
  symbol: 'ERROR_ACCESS_DENIED' as const,
  title: 'refuses a user who may use the computer but not control it',
  right: 'computer' as const,
  async run(t: Test) {
    const library = await VirtualLibrary.open(t);
    const id = await submit(library, [C.NTMS_OPREQ_MESSAGE, 'hello', null, null]);
    const guest = await guestOf(library);
    return () => call(guest, id);
  },
});

export const waitForNtmsOperatorRequestCodes = returnCodesOf('WaitForNtmsOperatorRequest', [
  { symbol: 'ERROR_SUCCESS', title: 'finds that it was done', run: (t) => withOpen(t, wait, satisfy) },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may not use the computer any more',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const id = await submit(library, [C.NTMS_OPREQ_MESSAGE, 'hello', null, null]);
      const guest = await guestOf(library);
      denyGuest(library, library.store.wellKnown.computer);
      return () => wait(guest, id);
    },
  },
  { symbol: 'ERROR_CANCELLED', title: 'finds that it was refused', run: (t) => withOpen(t, wait, refuse) },
  {
    symbol: 'ERROR_CANCELLED',
    title: 'ends when the session is closed',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      const id = await submit(library, [C.NTMS_OPREQ_MESSAGE, 'hello', null, null]);
      return async () => {
        const waiting = api.WaitForNtmsOperatorRequest(session, id, INFINITE);
        await Promise.all([waiting, api.CloseNtmsSession(session)]);
      };
    },
  },
  ...handles(wait),
  ...wrongIds(wait),
  ...[-1, 1.5, 0x1_0000_0000].map((timeout) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses a time limit of ${timeout}`,
    parameter: 'dwTimeout' as const,
    run: (t: Test) => withOpen(t, ({ api, session }, id) => api.WaitForNtmsOperatorRequest(session, id, timeout)),
  })),
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: (t) => withOpen(t, wait, ({ manager }) => manager.stop()),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'ends when the manager is stopped meanwhile',
    run: (t) =>
      withOpen(t, async (caller, id) => {
        const waiting = caller.api.WaitForNtmsOperatorRequest(caller.session, id, INFINITE);
        await Promise.all([waiting, (caller as VirtualLibrary).manager.stop()]);
      }),
  },
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'ends when the request is removed meanwhile',
    run: (t) =>
      withOpen(t, async (caller, id) => {
        const waiting = caller.api.WaitForNtmsOperatorRequest(caller.session, id, INFINITE);
        (caller as VirtualLibrary).manager.operatorRequests.withdraw(id);
        await waiting;
      }),
  },
  { symbol: 'ERROR_TIMEOUT', title: 'only looks when the time limit is 0', run: (t) => withOpen(t, wait) },
  {
    symbol: 'ERROR_TIMEOUT',
    title: 'waits as long as it is told to',
    parameter: 'dwTimeout',
    run: (t) => withOpen(t, ({ api, session }, id) => api.WaitForNtmsOperatorRequest(session, id, 5000)),
  },
]);

export const cancelNtmsOperatorRequestCodes = returnCodesOf('CancelNtmsOperatorRequest', [
  { symbol: 'ERROR_SUCCESS', title: 'refuses an open request', run: (t) => withOpen(t, refuse) },
  byGuest(refuse),
  ...handles(refuse),
  ...wrongIds(refuse),
  ...[satisfy, refuse].map((first, index) => ({
    symbol: 'ERROR_INVALID_STATE' as const,
    title: `refuses one that was ${index === 0 ? 'done' : 'refused'}`,
    run: (t: Test) => withOpen(t, refuse, first),
  })),
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND',
    title: 'refuses one that was removed',
    run: (t) =>
      withOpen(t, refuse, async (library, id) => {
        await satisfy(library, id);
        await library.api.DeleteNtmsRequests(library.session, [id], NtmsObjectsTypes.NTMS_OPREQUEST, 1);
      }),
  },
]);

export const satisfyNtmsOperatorRequestCodes = returnCodesOf('SatisfyNtmsOperatorRequest', [
  { symbol: 'ERROR_SUCCESS', title: 'completes an open request', run: (t) => withOpen(t, satisfy) },
  byGuest(satisfy),
  ...wrongIds(satisfy),
  ...[satisfy, refuse].map((first, index) => ({
    symbol: 'ERROR_OBJECT_NOT_FOUND' as const,
    title: `refuses one that was ${index === 0 ? 'done' : 'refused'}`,
    run: (t: Test) => withOpen(t, satisfy, first),
  })),
]);
