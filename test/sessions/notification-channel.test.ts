import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import type { NewsListener, ObjectNews } from '../../src/library/object-news.js';
import { NtmsError } from '../../src/objects/ntms-error.js';
import { NtmsNotificationOperations, NtmsObjectsTypes } from '../../src/objects/ntmsapi/index.js';
import { NotificationChannel } from '../../src/sessions/notification-channel.js';

const news = (id: string): ObjectNews => ({
  operation: NtmsNotificationOperations.NTMS_OBJ_UPDATE,
  kind: NtmsObjectsTypes.NTMS_DRIVE,
  id,
});

/** A channel, and the wire that it listens on. */
function open(capacity: number, isFor: (news: ObjectNews) => boolean = () => true) {
  const clock = new SimulatedClock();
  const listeners = new Set<NewsListener>();
  const channel = new NotificationChannel({
    ...{ clock, capacity, isFor },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
  const tell = (id: string): void => listeners.forEach((listener) => listener(news(id)));
  return { clock, listeners, channel, tell };
}

const symbolOf = (wait: Promise<ObjectNews>): Promise<string> =>
  wait.then(
    ({ id }) => id,
    (error: NtmsError) => error.symbol,
  );

await t.test('keeps what fits, gives it, and says that more is lost', async (t) => {
  const { channel, tell, listeners } = open(3);
  for (const id of ['a', 'b', 'c']) tell(id);
  t.equal(channel.waiting, 3);
  t.equal(listeners.size, 1);
  tell('d');
  t.equal(channel.waiting, 3, 'it does not grow');
  t.equal(listeners.size, 0, 'a broken channel listens no more');
  for (const id of ['a', 'b', 'c']) t.equal(await symbolOf(channel.next(0)), id);
  t.equal(await symbolOf(channel.next(undefined)), 'ERROR_NO_DATA');
  t.equal(await symbolOf(channel.next(0)), 'ERROR_NO_DATA', 'again and again');
});

await t.test('does not break while somebody fetches', async (t) => {
  const { channel, tell } = open(2);
  for (let number = 0; number < 10; number += 1) {
    tell(`${number}a`);
    tell(`${number}b`);
    t.equal(await symbolOf(channel.next(0)), `${number}a`);
    t.equal(await symbolOf(channel.next(0)), `${number}b`);
  }
});

await t.test('serves those who wait in their order, past those whose time is over', async (t) => {
  const { channel, tell, clock } = open(2);
  const waits = [100, 50, undefined].map((timeoutMs) => symbolOf(channel.next(timeoutMs)));
  await clock.advance(60);
  tell('a');
  tell('b');
  tell('c');
  t.same(await Promise.all(waits), ['a', 'ERROR_TIMEOUT', 'b']);
  t.equal(await symbolOf(channel.next(0)), 'c');
  t.equal(clock.pending, 0, 'no timer is left');
});

await t.test('ends waits when it is closed, once and with the first reason', async (t) => {
  const { channel, tell, listeners, clock } = open(2);
  const wait = symbolOf(channel.next(100));
  channel.close(new NtmsError('ERROR_NOT_CONNECTED', 'stopped'));
  channel.close(new NtmsError('ERROR_NO_DATA', 'closed'));
  t.equal(await wait, 'ERROR_NOT_CONNECTED');
  tell('a');
  t.same([listeners.size, channel.waiting, clock.pending], [0, 0, 0]);
  t.equal(await symbolOf(channel.next(0)), 'ERROR_NOT_CONNECTED');
});

await t.test('breaks rather than keep back news of which it cannot tell for whom they are', async (t) => {
  let readable = true;
  const { channel, tell } = open(5, ({ id }) => {
    if (!readable) throw new Error('the database is gone');
    return id !== 'other';
  });
  tell('a');
  tell('other');
  const [first, second] = [channel.next(0), channel.next(undefined)];
  readable = false;
  tell('b');
  t.equal(await symbolOf(first), 'a');
  t.equal(await symbolOf(second), 'ERROR_NO_DATA');
});
