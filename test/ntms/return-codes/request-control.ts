import type { Test } from 'tap';
import { NtmsAccessMask, NtmsObjectsTypes } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { damageTable, needRoomToDelete, runOutOfMemory } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf, NOBODY } from '../house.js';
import type { ApiCaller } from '../house.js';
import { mountRequestOf, withWaitingMount } from '../waiting-mount.js';
import { after, withClosedHandle, withoutHandle } from './common.js';
import type { RightCall } from './common.js';

const { NTMS_LIBREQUEST: LIBREQUEST, NTMS_OPREQUEST: OPREQUEST } = NtmsObjectsTypes;

type OnRequest = (caller: ApiCaller, requestId: Guid) => Promise<unknown>;

const cancel: OnRequest = ({ api, session }, id) => api.CancelNtmsLibraryRequest(session, id);
const getOrder: OnRequest = ({ api, session }, id) => api.GetNtmsRequestOrder(session, id);
const setOrder: OnRequest = ({ api, session }, id) => api.SetNtmsRequestOrder(session, id, 1);
const remove: OnRequest = ({ api, session }, id) => api.DeleteNtmsRequests(session, [id], LIBREQUEST, 1);

const onNobody =
  (call: OnRequest): RightCall =>
  (_, caller) =>
    call(caller, NOBODY);

/** A mount that waits, then something, then the call on its request. */
async function withWaiting(t: Test, call: OnRequest, prepare: (library: VirtualLibrary) => unknown = () => undefined) {
  const library = await VirtualLibrary.open(t);
  const { requestId } = await withWaitingMount(library);
  await prepare(library);
  return () => call(library, requestId);
}

/** A mount that has passed, and the call on its request. */
async function withEnded(t: Test, call: OnRequest, prepare: (library: VirtualLibrary) => unknown = () => undefined) {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  const { id } = mountRequestOf(library, 'ORS001L8');
  await prepare(library);
  return () => call(library, id);
}

/** Somebody else calls, with the same right as everybody or less. */
async function byGuest(t: Test, call: OnRequest, deny: boolean) {
  const library = await VirtualLibrary.open(t);
  const { requestId } = await withWaitingMount(library);
  const guest = await guestOf(library);
  if (deny) denyGuest(library, library.library.id, NtmsAccessMask.NTMS_CONTROL_ACCESS);
  return () => call(guest, requestId);
}

const handles = (call: OnRequest) => [
  {
    symbol: 'ERROR_INVALID_HANDLE' as const,
    title: 'refuses a closed session',
    parameter: 'hSession' as const,
    run: (t: Test) => withClosedHandle(t, onNobody(call)),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE' as const,
    title: 'refuses a null handle',
    parameter: 'hSession' as const,
    run: (t: Test) => withoutHandle(t, onNobody(call)),
  },
];

const missingIds = (call: OnRequest) =>
  [null, ''].map((id) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${id === null ? 'a null request' : 'an empty request id'}`,
    parameter: 'lpRequestId' as const,
    run: (t: Test) =>
      after(
        t,
        () => undefined,
        (library) => call(library, id as never),
      ),
  }));

const unknownId = (call: OnRequest) => ({
  symbol: 'ERROR_OBJECT_NOT_FOUND' as const,
  title: 'refuses an id that no request has',
  parameter: 'lpRequestId' as const,
  run: (t: Test) =>
    after(
      t,
      () => undefined,
      (library) => call(library, NOBODY),
    ),
});

const damaged = (call: OnRequest) => ({
  symbol: 'ERROR_DATABASE_FAILURE' as const,
  title: 'meets a damaged page of the database',
  run: (t: Test) => withWaiting(t, call, (library) => damageTable(library, 'lib_requests')),
});

const outOfMemory = (call: OnRequest) => ({
  symbol: 'ERROR_NOT_ENOUGH_MEMORY' as const,
  title: 'cannot get the memory to look at the request',
  run: (t: Test) => withWaiting(t, call, (library) => runOutOfMemory(library, 'lib_requests')),
});

export const cancelNtmsLibraryRequestCodes = returnCodesOf('CancelNtmsLibraryRequest', [
  { symbol: 'ERROR_SUCCESS', title: 'accepts a mount that waits', run: (t) => withWaiting(t, cancel) },
  ...[false, true].map((deny) => ({
    symbol: 'ERROR_ACCESS_DENIED' as const,
    title: `refuses a user ${deny ? 'whom the library denies control' : 'who may use the library but not control it'}`,
    right: 'library' as const,
    run: (t: Test) => byGuest(t, cancel, deny),
  })),
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a mount for which the cartridge moves',
    right: 'library',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const mount = library.mount('ORS001L8');
      const { id } = mountRequestOf(library, 'ORS001L8');
      await new Promise<void>((resolve) => {
        library.store.onChange(({ table }) => {
          if (table === 'moveJournal') resolve();
        });
      });
      t.teardown(async () => void (await mount));
      return () => cancel(library, id);
    },
  },
  ...handles(cancel),
  ...missingIds(cancel),
  outOfMemory(cancel),
  unknownId(cancel),
  { symbol: 'ERROR_OBJECT_NOT_FOUND', title: 'refuses a request that has ended', run: (t) => withEnded(t, cancel) },
]);

const byComputer = (call: OnRequest, what: string) => ({
  symbol: 'ERROR_ACCESS_DENIED' as const,
  title: `refuses a user who may use the computer but not ${what} it`,
  right: 'computer' as const,
  run: (t: Test) => byGuest(t, call, false),
});

export const getNtmsRequestOrderCodes = returnCodesOf('GetNtmsRequestOrder', [
  { symbol: 'ERROR_SUCCESS', title: 'tells the order of a mount that waits', run: (t) => withWaiting(t, getOrder) },
  {
    symbol: 'ERROR_SUCCESS',
    title: 'tells that a request that has ended has none',
    run: (t) => withEnded(t, getOrder),
  },
  byComputer(getOrder, 'control'),
  ...handles(getOrder),
  ...missingIds(getOrder),
  damaged(getOrder),
  outOfMemory(getOrder),
  unknownId(getOrder),
]);

export const setNtmsRequestOrderCodes = returnCodesOf('SetNtmsRequestOrder', [
  { symbol: 'ERROR_SUCCESS', title: 'takes 1 for a mount that waits', run: (t) => withWaiting(t, setOrder) },
  {
    symbol: 'ERROR_SUCCESS',
    title: 'takes 0xFFFFFFFF for a mount that waits',
    run: (t) => withWaiting(t, ({ api, session }, id) => api.SetNtmsRequestOrder(session, id, 0xffff_ffff)),
  },
  byComputer(setOrder, 'control'),
  ...handles(setOrder),
  ...missingIds(setOrder),
  ...[0, -1, 1.5, 0x1_0000_0000].map((order) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses order ${order}`,
    parameter: 'dwOrderNumber' as const,
    run: (t: Test) => withWaiting(t, ({ api, session }, id) => api.SetNtmsRequestOrder(session, id, order)),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a request that has ended, and so no order',
    run: (t) => withEnded(t, setOrder),
  },
  damaged(setOrder),
  outOfMemory(setOrder),
  unknownId(setOrder),
]);

export const deleteNtmsRequestsCodes = returnCodesOf('DeleteNtmsRequests', [
  { symbol: 'ERROR_SUCCESS', title: 'removes a request that has ended', run: (t) => withEnded(t, remove) },
  byComputer(remove, 'modify'),
  {
    symbol: 'ERROR_DATABASE_FAILURE',
    title: 'meets a damaged page of the database',
    run: (t) => withEnded(t, remove, (library) => damageTable(library, 'lib_requests')),
  },
  {
    symbol: 'ERROR_DATABASE_FULL',
    title: 'finds no room for the change',
    run: (t) => withEnded(t, remove, (library) => needRoomToDelete(library, 'lib_requests')),
  },
  ...handles(remove),
  ...[null, [], [NOBODY, NOBODY], [''], [7]].map((list) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${JSON.stringify(list)} as a list of one`,
    parameter: 'lpRequestId' as const,
    run: (t: Test) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.DeleteNtmsRequests(session, list as never, LIBREQUEST, 1),
      ),
  })),
  ...[0, -1, 2].map((count) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses a count of ${count} for one id`,
    parameter: 'dwCount' as const,
    run: (t: Test) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.DeleteNtmsRequests(session, [NOBODY], OPREQUEST, count),
      ),
  })),
  ...[0, NtmsObjectsTypes.NTMS_DRIVE, 99].map((type) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses type ${type}`,
    parameter: 'dwType' as const,
    run: (t: Test) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.DeleteNtmsRequests(session, [NOBODY], type, 1),
      ),
  })),
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY',
    title: 'cannot get the memory to look at the request',
    run: (t) => withEnded(t, remove, (library) => runOutOfMemory(library, 'lib_requests')),
  },
]);
