import { randomUUID } from 'node:crypto';
import { NtmsError } from '../objects/ntms-error.js';
import { INFINITE, NtmsAccessMask } from '../objects/ntmsapi/index.js';
import { NotificationChannel } from '../sessions/notification-channel.js';
import type { NtmsSession } from '../sessions/session-table.js';
import { VisibleObjects } from '../sessions/visible-objects.js';
import type { CallContext } from './call-context.js';
import type { NTMS_NOTIFICATIONINFORMATION, NtmsNotification } from './notification-structures.js';
import { isInformationKind } from './object-information.js';
import type { InformationKind } from './object-information.js';

/** Functions for notifications about objects. */
export interface Notification {
  /**
   * Opens a channel that gathers, from now on, what becomes of the objects of one kind that the caller may use. It ends
   * with CloseNtmsNotification, or with its session.
   * @param dwType NtmsObjectsTypes
   * @throws NtmsError ERROR_INVALID_PARAMETER, ERROR_ACCESS_DENIED without use right on the computer
   */
  OpenNtmsNotification(hSession: NtmsSession, dwType: number): Promise<NtmsNotification>;
  /**
   * Resolves with the next notification of a channel, in the order in which things happened.
   * @param dwTimeout milliseconds; INFINITE: no limit
   * @throws NtmsError ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER for a wrong time, ERROR_TIMEOUT, ERROR_NO_DATA when the
   *   channel is closed meanwhile, and when it has lost notifications since nobody fetched them: open another one then
   */
  WaitForNtmsNotification(hNotification: NtmsNotification, dwTimeout: number): Promise<NTMS_NOTIFICATIONINFORMATION>;
  /**
   * Closes a channel. Pending waits end with ERROR_NO_DATA. An error beside ERROR_INVALID_PARAMETER and
   * ERROR_INVALID_HANDLE tells of the manager; the channel is closed nevertheless.
   * @throws NtmsError ERROR_INVALID_PARAMETER for null, ERROR_INVALID_HANDLE
   */
  CloseNtmsNotification(hNotification: NtmsNotification): Promise<void>;
}

interface OpenChannel {
  readonly channel: NotificationChannel;
  readonly session: NtmsSession;
  readonly visible: VisibleObjects;
}

export function notification(context: CallContext): Notification {
  const channels = new Map<unknown, OpenChannel>();
  /** Sessions whose end is listened for: once for all channels that one ever opens. */
  const heard = new WeakSet<NtmsSession>();
  const { access, manager, store } = context;

  function close(wanted: (one: OpenChannel) => boolean, error: NtmsError): void {
    for (const [handle, one] of channels) {
      if (!wanted(one)) continue;
      channels.delete(handle);
      one.visible.close();
      one.channel.close(error);
    }
  }

  manager.control.ending.addEventListener(
    'abort',
    () => close(() => true, new NtmsError('ERROR_NOT_CONNECTED', 'the removable storage manager was stopped')),
    { once: true },
  );

  function open(session: NtmsSession, dwType: InformationKind): NtmsNotification {
    const visible = new VisibleObjects(store, access, session.identity, dwType);
    const channel = new NotificationChannel({
      clock: manager.clock,
      subscribe: (listener) => manager.news.subscribe(listener),
      isFor: (news) => visible.includes(news),
    });
    if (!heard.has(session)) session.closed.addEventListener('abort', closeWith(session), { once: true });
    heard.add(session);
    const handle: NtmsNotification = { id: randomUUID(), dwType };
    channels.set(handle, { channel, session, visible });
    return handle;
  }

  function closeWith(session: NtmsSession): () => void {
    const error = new NtmsError('ERROR_NO_DATA', 'the session of the channel was closed');
    return () => close((one) => one.session === session, error);
  }

  function require(handle: unknown): OpenChannel {
    const found = channels.get(handle);
    if (found !== undefined) return found;
    throw new NtmsError('ERROR_INVALID_HANDLE', 'hNotification is not an open channel');
  }

  /** Whether the database can be read: news of one that cannot would not be true. */
  function requireDatabase(): void {
    access.computer();
  }

  return {
    OpenNtmsNotification: (hSession, dwType) =>
      context.call(hSession, (session) => {
        if (!isInformationKind(dwType)) {
          throw new NtmsError(
            'ERROR_INVALID_PARAMETER',
            `dwType ${dwType} is not a kind of object that can be watched`,
          );
        }
        access.require(session.identity, access.computer(), NtmsAccessMask.NTMS_USE_ACCESS);
        return open(session, dwType);
      }),

    async WaitForNtmsNotification(hNotification, dwTimeout) {
      context.requireServer();
      const { channel } = require(hNotification);
      if (!Number.isInteger(dwTimeout) || dwTimeout < 0 || dwTimeout > INFINITE) {
        throw new NtmsError('ERROR_INVALID_PARAMETER', `dwTimeout is ${dwTimeout}; it is milliseconds, or INFINITE`);
      }
      requireDatabase();
      const { operation, id } = await channel.next(dwTimeout === INFINITE ? undefined : dwTimeout);
      return { dwOperation: operation, ObjectId: id };
    },

    async CloseNtmsNotification(hNotification) {
      if (hNotification === null || hNotification === undefined) {
        throw new NtmsError('ERROR_INVALID_PARAMETER', 'hNotification is missing');
      }
      const found = channels.get(hNotification);
      close((one) => one === found, new NtmsError('ERROR_NO_DATA', 'the channel was closed'));
      context.requireServer();
      if (found === undefined) throw new NtmsError('ERROR_INVALID_HANDLE', 'hNotification is not an open channel');
      requireDatabase();
    },
  };
}
