import { NtmsObjectsTypes as K } from '../../../src/ntms/index.js';
import type { NtmsNotification } from '../../../src/ntms/index.js';
import { CHANNEL_CAPACITY } from '../../../src/sessions/notification-channel.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest } from '../house.js';
import { badHandles, byGuest, damaged, prepared } from './prepared-call.js';
import type { Prepare } from './prepared-call.js';

const openChannel: Prepare =
  () =>
  ({ api, session }) =>
    api.OpenNtmsNotification(session, K.NTMS_DRIVE);

/** A wait on a channel for which something has happened. */
const waitForOne: Prepare = async (library) => {
  const channel = await library.api.OpenNtmsNotification(library.session, K.NTMS_DRIVE);
  library.store.table('drives').update(library.drive(0).id, { description: 'new' });
  return ({ api }) => api.WaitForNtmsNotification(channel, 0);
};

const waitInVain: Prepare = async (library) => {
  const channel = await library.api.OpenNtmsNotification(library.session, K.NTMS_DRIVE);
  return ({ api }) => api.WaitForNtmsNotification(channel, 1000);
};

const closeChannel: Prepare = async (library) => {
  const channel = await library.api.OpenNtmsNotification(library.session, K.NTMS_DRIVE);
  return ({ api }) => api.CloseNtmsNotification(channel);
};

const strangers = [undefined, 0, 'handle', {}] as unknown as readonly NtmsNotification[];

export const openNtmsNotificationCodes = returnCodesOf('OpenNtmsNotification', [
  { symbol: 'ERROR_SUCCESS', title: 'opens a channel', run: prepared(openChannel) },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user without use right on the computer',
    right: 'computer',
    // The session is older than the denial: with it no session would be opened.
    run: byGuestOfOldSession(),
  },
  damaged(openChannel, 'computers'),
  ...badHandles(openChannel),
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: prepared(openChannel, ({ manager }) => manager.stop()),
  },
]);

function byGuestOfOldSession() {
  return byGuest(
    (library) => async (guest) => {
      denyGuest(library, library.store.wellKnown.computer, 1);
      return guest.api.OpenNtmsNotification(guest.session, K.NTMS_DRIVE);
    },
    () => undefined,
  );
}

export const waitForNtmsNotificationCodes = returnCodesOf('WaitForNtmsNotification', [
  { symbol: 'ERROR_SUCCESS', title: 'delivers a change', run: prepared(waitForOne) },
  damaged(waitForOne, 'computers'),
  ...[...strangers, null as unknown as NtmsNotification].map((handle) => ({
    symbol: 'ERROR_INVALID_HANDLE' as const,
    title: `refuses ${JSON.stringify(handle)} as a channel`,
    parameter: 'hNotification' as const,
    run: prepared(
      () =>
        ({ api }) =>
          api.WaitForNtmsNotification(handle, 0),
    ),
  })),
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a channel whose session was closed',
    parameter: 'hNotification',
    run: prepared(waitForOne, ({ api, session }) => api.CloseNtmsSession(session)),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped before',
    run: prepared(waitForOne, ({ manager }) => manager.stop()),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'is told that the manager is stopped while it waits',
    run: prepared(async (library) => {
      const channel = await library.api.OpenNtmsNotification(library.session, K.NTMS_OPREQUEST);
      const wait = library.api.WaitForNtmsNotification(channel, 0xffff_ffff);
      wait.catch(() => undefined);
      await library.manager.stop();
      return () => wait;
    }),
  },
  {
    symbol: 'ERROR_NO_DATA',
    title: 'is told that the channel has lost what was not fetched',
    run: prepared(async (library) => {
      const { api, session, store } = library;
      const channel = await api.OpenNtmsNotification(session, K.NTMS_DRIVE);
      const { id } = library.drive(0);
      store.transaction(() => {
        const change = store.connection.prepare('UPDATE drives SET description = ? WHERE id = ?');
        for (let number = 0; number <= CHANNEL_CAPACITY; number += 1) change.run(String(number), id);
      });
      for (let number = 0; number < CHANNEL_CAPACITY; number += 1) await api.WaitForNtmsNotification(channel, 0);
      return () => api.WaitForNtmsNotification(channel, 0);
    }),
  },
  ...[0, 1000].map((dwTimeout) => ({
    symbol: 'ERROR_TIMEOUT' as const,
    title: `hears of nothing within ${dwTimeout} ms`,
    parameter: 'dwTimeout' as const,
    run: prepared(
      dwTimeout === 0
        ? async ({ api, session }) => {
            const channel = await api.OpenNtmsNotification(session, K.NTMS_DRIVE);
            return () => api.WaitForNtmsNotification(channel, 0);
          }
        : waitInVain,
    ),
  })),
]);

export const closeNtmsNotificationCodes = returnCodesOf('CloseNtmsNotification', [
  { symbol: 'ERROR_SUCCESS', title: 'closes a channel', run: prepared(closeChannel) },
  damaged(closeChannel, 'computers'),
  {
    symbol: 'ERROR_INVALID_HANDLE',
    title: 'refuses a channel that was closed before',
    parameter: 'hNotification',
    run: prepared(async (library, t) => {
      const close = await closeChannel(library, t);
      await close(library);
      return close;
    }),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null channel',
    parameter: 'hNotification',
    run: prepared(
      () =>
        ({ api }) =>
          api.CloseNtmsNotification(null as never),
    ),
  },
  {
    symbol: 'ERROR_NOT_CONNECTED',
    title: 'cannot reach a manager that was stopped',
    run: prepared(closeChannel, ({ manager }) => manager.stop()),
  },
]);
