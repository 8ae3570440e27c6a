import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf } from '../house.js';
import { VirtualLibrary } from '../../library/virtual-library.js';
import { after, withClosedHandle, withoutHandle } from './common.js';

const OTHER_COMPUTER = 'elsewhere.example';

export const openNtmsSessionCodes = returnCodesOf('OpenNtmsSession', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'opens a session on this computer',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api }) => api.OpenNtmsSession(null, 'tests', 0),
      ),
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user whom the computer does not let use it',
    right: 'computer',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api } = await guestOf(library);
      denyGuest(library, library.store.wellKnown.computer);
      return () => api.OpenNtmsSession(null, 'visit', 0);
    },
  },
  ...['', 'two words', '-leading', 'x'.repeat(64), 'a..b', '\\\\'].map((name) => ({
    symbol: 'ERROR_INVALID_COMPUTERNAME' as const,
    title: `refuses ${name.length > 20 ? 'a label of 64 characters' : JSON.stringify(name)} as a computer name`,
    parameter: 'lpServer' as const,
    run: (t: Parameters<typeof after>[0]) =>
      after(
        t,
        () => undefined,
        ({ api }) => api.OpenNtmsSession(name, null, 0),
      ),
  })),
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses options that nobody defined',
    parameter: 'dwOptions',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api }) => api.OpenNtmsSession(null, null, 2),
      ),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses an application label that is no text',
    parameter: 'lpApplication',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api }) => api.OpenNtmsSession(null, 7 as never, 0),
      ),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach another computer before there is a service to speak with',
    parameter: 'lpServer',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api }) => api.OpenNtmsSession(OTHER_COMPUTER, null, 0),
        { hasNetwork: () => true },
      ),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: (t) =>
      after(
        t,
        ({ manager }) => manager.stop(),
        ({ api }) => api.OpenNtmsSession(null, null, 0),
      ),
  },
  {
    symbol: 'ERROR_NOT_READY',
    title: 'is told that the manager did not start',
    async run(t) {
      const library = await VirtualLibrary.open(t, { notStarted: true });
      library.store.close();
      await t.rejects(library.manager.start());
      return () => library.api.OpenNtmsSession(null, null, 0);
    },
  },
  {
    symbol: 'ERROR_NO_NETWORK',
    title: 'cannot reach another computer from a machine without a network',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api }) => api.OpenNtmsSession(OTHER_COMPUTER, null, 0),
        { hasNetwork: () => false },
      ),
  },
]);

export const closeNtmsSessionCodes = returnCodesOf('CloseNtmsSession', [
  {
    symbol: 'ERROR_SUCCESS',
    title: 'closes an open session',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.CloseNtmsSession(session),
      ),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a session that was closed already',
    parameter: 'hSession',
    run: (t) => withClosedHandle(t, (_, { api, session }) => api.CloseNtmsSession(session)),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a null handle',
    parameter: 'hSession',
    run: (t) => withoutHandle(t, (_, { api, session }) => api.CloseNtmsSession(session)),
  },
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses what never was a session',
    parameter: 'hSession',
    run: (t) =>
      after(
        t,
        () => undefined,
        ({ api, session }) => api.CloseNtmsSession({ ...session }),
      ),
  },
]);
