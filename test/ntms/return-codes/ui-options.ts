import type { Test } from 'tap';
import { INFINITE, NtmsAccessMask, NtmsUIOperations, NtmsUITypes } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { runOutOfMemory } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf, NOBODY } from '../house.js';
import type { ApiCaller } from '../house.js';
import { after, withClosedHandle, withoutHandle } from './common.js';

const { NTMS_UITYPE_INFO: INFO, NTMS_UITYPE_REQ: REQ, NTMS_UITYPE_ERR: ERR } = NtmsUITypes;
const { NTMS_UIDEST_ADD: ADD, NTMS_UIDEST_DELETE: DELETE, NTMS_UIDEST_DELETEALL: DELETEALL } = NtmsUIOperations;

type OnObject = (caller: ApiCaller, object: Guid | null) => Promise<unknown>;

const get: OnObject = ({ api, session }, object) => api.GetNtmsUIOptions(session, object, REQ, INFINITE);
const set: OnObject = ({ api, session }, object) => api.SetNtmsUIOptions(session, object, REQ, ADD, 'desk');

const on = (t: Test, call: OnObject, objectOf: (library: VirtualLibrary) => Guid | null) =>
  after(
    t,
    () => undefined,
    (library) => call(library, objectOf(library)),
  );

const scopes = (call: OnObject, what: string) =>
  (['computer', 'library', 'session'] as const).map((scope) => ({
    symbol: 'ERROR_SUCCESS' as const,
    title: `${what} of the ${scope}`,
    run: (t: Test) => on(t, call, (library) => scopeOf(library, scope)),
  }));

function scopeOf({ store, library }: VirtualLibrary, scope: 'computer' | 'library' | 'session'): Guid | null {
  if (scope === 'session') return null;
  return scope === 'library' ? library.id : store.wellKnown.computer;
}

const denials = (call: OnObject, mask: number, what: string) =>
  (['library', 'computer'] as const).map((scope) => ({
    symbol: 'ERROR_ACCESS_DENIED' as const,
    title: `refuses a user who may not ${what} the ${scope}`,
    right: scope,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      const guest = await guestOf(library);
      denyGuest(library, scopeOf(library, scope) ?? '', mask);
      return () => call(guest, scopeOf(library, scope));
    },
  }));

const handles = (call: OnObject) => [
  {
    symbol: 'ERROR_INVALID_HANDLE' as const,
    title: 'refuses a closed session',
    parameter: 'hSession' as const,
    run: (t: Test) => withClosedHandle(t, (_, caller) => call(caller, null)),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE' as const,
    title: 'refuses a null handle',
    parameter: 'hSession' as const,
    run: (t: Test) => withoutHandle(t, (_, caller) => call(caller, null)),
  },
];

const wrongObjects = (call: OnObject) => [
  {
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: 'refuses a drive, which is no source of messages',
    parameter: 'lpObjectId' as const,
    run: (t: Test) => on(t, call, (library) => library.drive(0).id),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: 'refuses an empty id',
    parameter: 'lpObjectId' as const,
    run: (t: Test) => on(t, call, () => ''),
  },
  {
    symbol: 'ERROR_NOT_ENOUGH_MEMORY' as const,
    title: 'cannot get the memory to look at the list',
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      await set(library, library.library.id);
      runOutOfMemory(library, 'ui_destinations');
      return () => call(library, library.library.id);
    },
  },
  {
    symbol: 'ERROR_OBJECT_NOT_FOUND' as const,
    title: 'refuses an id that no object has',
    parameter: 'lpObjectId' as const,
    run: (t: Test) => on(t, call, () => NOBODY),
  },
];

export const getNtmsUIOptionsCodes = returnCodesOf('GetNtmsUIOptions', [
  ...scopes(get, 'lists the destinations'),
  ...denials(get, NtmsAccessMask.NTMS_USE_ACCESS, 'use').map((one) => ({
    ...one,
    right: 'governing object' as const,
  })),
  {
    symbol: 'ERROR_INSUFFICIENT_BUFFER',
    title: 'needs room for the name, its null and the last null',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await set(library, null);
      return () => library.api.GetNtmsUIOptions(library.session, null, REQ, 5);
    },
  },
  ...handles(get),
  ...[0, 4, -1, 1.5].map((type) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses type ${type}`,
    parameter: 'dwType' as const,
    run: (t: Test) =>
      on(
        t,
        ({ api, session }, object) => api.GetNtmsUIOptions(session, object, type, INFINITE),
        () => null,
      ),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses messages about errors for a session',
    parameter: 'dwType',
    run: (t) =>
      on(
        t,
        ({ api, session }) => api.GetNtmsUIOptions(session, null, ERR, INFINITE),
        () => null,
      ),
  },
  ...[null, -1, 1.5].map((size) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses a size of ${size}`,
    parameter: 'lpdwBufSize' as const,
    run: (t: Test) =>
      on(
        t,
        ({ api, session }) => api.GetNtmsUIOptions(session, null, REQ, size as never),
        () => null,
      ),
  })),
  ...wrongObjects(get),
]);

export const setNtmsUIOptionsCodes = returnCodesOf('SetNtmsUIOptions', [
  ...scopes(set, 'adds to the list'),
  ...[DELETE, DELETEALL].map((operation) => ({
    symbol: 'ERROR_SUCCESS' as const,
    title: `takes operation ${operation} on an empty list`,
    parameter: 'dwOperation' as const,
    run: (t: Test) =>
      on(
        t,
        ({ api, session }, object) => api.SetNtmsUIOptions(session, object, INFO, operation, 'desk'),
        ({ library }) => library.id,
      ),
  })),
  ...denials(set, NtmsAccessMask.NTMS_MODIFY_ACCESS, 'modify'),
  ...denials(set, NtmsAccessMask.NTMS_USE_ACCESS, 'use'),
  ...(['session', 'library'] as const).map((scope) => ({
    symbol: 'ERROR_ALREADY_EXISTS' as const,
    title: `refuses a name that the list of the ${scope} has, however it is written`,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      await set(library, scopeOf(library, scope));
      return () => api.SetNtmsUIOptions(session, scopeOf(library, scope), REQ, ADD, 'DESK');
    },
  })),
  ...handles(set),
  ...[0, 4, -1, 1.5].map((type) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses type ${type}`,
    parameter: 'dwType' as const,
    run: (t: Test) =>
      on(
        t,
        ({ api, session }, object) => api.SetNtmsUIOptions(session, object, type, ADD, 'desk'),
        () => null,
      ),
  })),
  ...[0, 4, -1, 1.5].map((operation) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses operation ${operation}`,
    parameter: 'dwOperation' as const,
    run: (t: Test) =>
      on(
        t,
        ({ api, session }, object) => api.SetNtmsUIOptions(session, object, REQ, operation, 'desk'),
        () => null,
      ),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a name that is no text',
    parameter: 'lpszDestination',
    run: (t) =>
      on(
        t,
        ({ api, session }) => api.SetNtmsUIOptions(session, null, REQ, ADD, 7 as never),
        () => null,
      ),
  },
  ...wrongObjects(set),
]);
