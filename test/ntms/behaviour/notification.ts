import { INFINITE, NtmsNotificationOperations, NtmsObjectsTypes as K } from '../../../src/ntms/index.js';
import type { Guid, NTMS_NOTIFICATIONINFORMATION, NtmsNotification } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { SimulatedClock } from '../../../devices/clock.js';
import { behaviourOf } from '../coverage-case.js';
import { denyGuest, guestOf } from '../house.js';
import type { ApiCaller } from '../house.js';
import { kinds, oneOfEach } from './object-kinds.js';

const {
  NTMS_OBJ_UPDATE: UPDATE,
  NTMS_OBJ_INSERT: INSERT,
  NTMS_OBJ_DELETE: DELETE,
  NTMS_EVENT_COMPLETE: COMPLETE,
} = NtmsNotificationOperations;

type News = readonly [operation: number, id: Guid];

/** Everything that a channel holds now. */
async function fetchAll({ api }: ApiCaller, channel: NtmsNotification): Promise<News[]> {
  const all: News[] = [];
  for (;;) {
    const next = await api
      .WaitForNtmsNotification(channel, 0)
      .catch((error: unknown) =>
        (error as { symbol: string }).symbol === 'ERROR_TIMEOUT' ? undefined : Promise.reject(error),
      );
    if (next === undefined) return all;
    all.push([next.dwOperation, next.ObjectId]);
  }
}

const watch = ({ api, session }: ApiCaller, dwType: number): Promise<NtmsNotification> =>
  api.OpenNtmsNotification(session, dwType);

/** How often each kind of news came about one object. */
const completions = (news: readonly News[], id: Guid): number =>
  news.filter(([operation, about]) => operation === COMPLETE && about === id).length;

export const openNtmsNotificationBehaviour = behaviourOf('OpenNtmsNotification', [
  {
    rule: 'channel-watches-object-type',
    parameter: 'dwType',
    title: 'hears of one kind of object, and several channels of the same session of theirs',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const objects = oneOfEach(house);
      const channels = await Promise.all(kinds.map(({ kind }) => watch(house, kind)));
      for (const { kind } of kinds) {
        await house.api.SetNtmsObjectAttribute(house.session, objects[kind], kind, 'note', Uint8Array.of(1), 1);
      }
      for (const [index, { kind }] of kinds.entries()) {
        const channel = channels[index];
        if (channel === undefined) throw new Error('a channel is missing');
        t.same(await fetchAll(house, channel), [[UPDATE, objects[kind]]], `kind ${kind}`);
      }
      for (const dwType of [K.NTMS_UNKNOWN, K.NTMS_OBJECT, K.NTMS_UI_DESTINATION, 99, -1]) {
        t.equal((await refusal(watch(house, dwType))).symbol, 'ERROR_INVALID_PARAMETER', `kind ${dwType}`);
      }
    },
  },
  {
    change: 'notification-channel-exists-open',
    title: 'keeps what happens before the first wait, and nothing of what happened before',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      await house.mount('ORS001L8');
      const channel = await watch(house, K.NTMS_PHYSICAL_MEDIA);
      t.same(await fetchAll(house, channel), []);
      await house.dismount('ORS001L8');
      const news = await fetchAll(house, channel);
      t.ok(news.length > 0);
      t.ok(news.every(([, id]) => id === house.medium('ORS001L8').id));
    },
  },
  {
    title: 'tells nothing of objects that the client may not use, also when they go',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { store } = house;
      const guest = await guestOf(house);
      const parent = store.wellKnown.rootPool;
      const pool = (name: string): Guid => store.table('mediaPools').insert({ name, poolType: 1000, parent }).id;
      const secret = pool('Secret');
      denyGuest(house, secret, 1);
      const channel = await watch(guest, K.NTMS_MEDIA_POOL);
      const open = pool('Open');
      store.table('mediaPools').update(secret, { description: 'x' });
      const unseen = store.transaction(() => {
        const id = pool('Unseen');
        denyGuest(house, id, 1);
        return id;
      });
      store.table('mediaPools').remove(unseen);
      store.table('mediaPools').remove(secret);
      store.table('mediaPools').remove(open);
      t.same(await fetchAll(guest, channel), [
        [INSERT, open],
        [DELETE, open],
      ]);
    },
  },
  {
    title: 'follows a change of rights',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { store } = house;
      const guest = await guestOf(house);
      const medium = house.medium('ORS001L8');
      const channel = await watch(guest, K.NTMS_PHYSICAL_MEDIA);
      denyGuest(house, medium.mediaPool, 1);
      store.table('physicalMedia').update(medium.id, { description: 'unseen' });
      t.same(await fetchAll(guest, channel), []);
      store.table('physicalMedia').remove(medium.id);
      t.same(await fetchAll(guest, channel), []);
    },
  },
  {
    title: 'tells the holder of a library of its drives, also when they go with the library',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { store } = house;
      const library = store.table('libraries').insert({ name: 'other', libraryType: 1 }).id;
      const drive = store.table('drives').insert({ library, number: 0, elementAddress: 1 }).id;
      const guest = await guestOf(house);
      const [drives, libraries] = [await watch(guest, K.NTMS_DRIVE), await watch(guest, K.NTMS_LIBRARY)];
      store.table('libraries').remove(library);
      t.same(await fetchAll(guest, drives), [[DELETE, drive]]);
      t.same(await fetchAll(guest, libraries), [[DELETE, library]]);
    },
  },
]);

export const waitForNtmsNotificationBehaviour = behaviourOf('WaitForNtmsNotification', [
  {
    rule: 'delivers-change-per-call',
    parameter: 'lpNotificationInformation',
    title: 'delivers one change after the other, in order, to waits that began before and after',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { api, store } = house;
      const channel = await watch(house, K.NTMS_OPREQUEST);
      const waits = [1, 2].map(() => api.WaitForNtmsNotification(channel, INFINITE));
      const ids = [1, 2, 3, 4].map((number) => store.table('opRequests').insert({ request: 5, submitted: number }).id);
      t.same(
        (await Promise.all(waits)).map(({ ObjectId }) => ObjectId),
        ids.slice(0, 2),
      );
      const next = async (): Promise<NTMS_NOTIFICATIONINFORMATION> => api.WaitForNtmsNotification(channel, 0);
      t.same(await next(), { dwOperation: INSERT, ObjectId: ids[2] });
      t.same(await next(), { dwOperation: INSERT, ObjectId: ids[3] });
    },
  },
  {
    rule: 'operations-reported-insert-delete',
    title: 'tells what is added, changed and removed, and what has ended',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { store } = house;
      const channel = await watch(house, K.NTMS_OPREQUEST);
      const { id } = store.table('opRequests').insert({ request: 5, submitted: 1 });
      store.table('opRequests').update(id, { message: 'x' });
      store.table('opRequests').remove(id);
      t.same(await fetchAll(house, channel), [
        [INSERT, id],
        [UPDATE, id],
        [DELETE, id],
      ]);
      const libraries = await watch(house, K.NTMS_LIBRARY);
      await house.inventory();
      const news = await fetchAll(house, libraries);
      t.equal(completions(news, house.library.id), 1);
      t.same(news.at(-1), [COMPLETE, house.library.id]);
    },
  },
  {
    rule: 'every-stored-change-notified',
    title: 'tells every client of every committed change, and none of what was undone',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { store } = house;
      const guest = await guestOf(house);
      const { id } = house.drive(0);
      const channels = [
        { caller: house, channel: await watch(house, K.NTMS_DRIVE) },
        { caller: house, channel: await watch(house, K.NTMS_DRIVE) },
        { caller: guest, channel: await watch(guest, K.NTMS_DRIVE) },
      ];
      const undone = (): void => {
        store.table('drives').update(id, { description: 'undone' });
        throw new Error('undone');
      };
      t.throws(() => store.transaction(undone));
      for (const description of ['a', 'b', 'b']) store.table('drives').update(id, { description });
      for (const { caller, channel } of channels)
        t.same(
          await fetchAll(caller, channel),
          [1, 2, 3].map(() => [UPDATE, id]),
        );
    },
  },
  {
    parameter: 'dwTimeout',
    title: 'waits as long as it may, by the manager’s clock, and a wait that ends in vain loses nothing',
    async run(t) {
      const clock = new SimulatedClock();
      const house = await VirtualLibrary.open(t, { clock });
      const { api, store } = house;
      const channel = await watch(house, K.NTMS_OPREQUEST);
      const late = refusal(api.WaitForNtmsNotification(channel, 1000));
      let ended = false;
      const early = late.then(() => (ended = true));
      await clock.advance(999);
      t.equal(ended, false);
      await clock.advance(1);
      await early;
      t.equal((await late).symbol, 'ERROR_TIMEOUT');
      const wait = api.WaitForNtmsNotification(channel, INFINITE);
      await clock.advance(10_000_000_000);
      const { id } = store.table('opRequests').insert({ request: 5, submitted: 1 });
      t.equal((await wait).ObjectId, id);
      t.equal(clock.pending, 0, 'no timer is left');
      for (const dwTimeout of [-1, 1.5, 2 ** 32, null as never]) {
        const call = api.WaitForNtmsNotification(channel, dwTimeout);
        t.equal((await refusal(call)).symbol, 'ERROR_INVALID_PARAMETER', `${dwTimeout}`);
      }
    },
  },
]);

export const closeNtmsNotificationBehaviour = behaviourOf('CloseNtmsNotification', [
  {
    rule: 'closing-during-pending-wait',
    title: 'ends pending waits with ERROR_NO_DATA',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { api } = house;
      const channel = await watch(house, K.NTMS_DRIVE);
      const waits = [1, 2].map(() => refusal(api.WaitForNtmsNotification(channel, INFINITE)));
      await api.CloseNtmsNotification(channel);
      t.same(
        (await Promise.all(waits)).map(({ symbol }) => symbol),
        ['ERROR_NO_DATA', 'ERROR_NO_DATA'],
      );
    },
  },
  {
    change: 'notification-channel-exists-closed',
    title: 'closes one channel and no other',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { api, store } = house;
      const [closed, open] = [await watch(house, K.NTMS_DRIVE), await watch(house, K.NTMS_DRIVE)];
      await api.CloseNtmsNotification(closed);
      store.table('drives').update(house.drive(0).id, { description: 'x' });
      t.equal((await refusal(api.WaitForNtmsNotification(closed, 0))).symbol, 'ERROR_INVALID_HANDLE');
      t.same(await fetchAll(house, open), [[UPDATE, house.drive(0).id]]);
    },
  },
]);

export const closeNtmsSessionChannels = behaviourOf('CloseNtmsSession', [
  {
    rule: 'callback-released',
    title: 'closes the channels of the session, and ends waits on them with ERROR_NO_DATA',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { api, session } = house;
      const other = await api.OpenNtmsSession(null, 'other', 0);
      const [channel, kept] = [await watch(house, K.NTMS_DRIVE), await api.OpenNtmsNotification(other, K.NTMS_DRIVE)];
      const wait = refusal(api.WaitForNtmsNotification(channel, INFINITE));
      await api.CloseNtmsSession(session);
      t.equal((await wait).symbol, 'ERROR_NO_DATA');
      t.equal((await refusal(api.CloseNtmsNotification(channel))).symbol, 'ERROR_INVALID_HANDLE');
      await api.CloseNtmsNotification(kept);
    },
  },
]);

/** Functions whose completion is documented to be announced. */
export const dismountNtmsMediaAnnounced = behaviourOf('DismountNtmsMedia', [
  {
    rule: 'completion-announced',
    title: 'is announced with the medium under each of its identifiers, once, when the cartridge is home',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      await house.mount('ORS001L8');
      const objects = [house.side('ORS001L8').id, house.medium('ORS001L8').id, house.drive(0).id];
      const channels = [
        await watch(house, K.NTMS_PARTITION),
        await watch(house, K.NTMS_PHYSICAL_MEDIA),
        await watch(house, K.NTMS_DRIVE),
      ];
      await house.api.DismountNtmsMedia(house.session, [house.side('ORS001L8').id], 1, 2);
      const early = await Promise.all(channels.map((channel) => fetchAll(house, channel)));
      t.same(
        early.map((news, index) => completions(news, objects[index] ?? '')),
        [0, 0, 0],
      );
      await house.manager.drain();
      t.same(house.inDrives(), [null, null].slice(0, house.inDrives().length), 'the device has let go of it');
      const late = await Promise.all(channels.map((channel) => fetchAll(house, channel)));
      t.same(
        late.map((news, index) => completions(news, objects[index] ?? '')),
        [1, 1, 1],
      );
    },
  },
]);

export const inventoryNtmsLibraryAnnounced = behaviourOf('InventoryNtmsLibrary', [
  {
    rule: 'completion-announced',
    title: 'is announced with the library, also when it ends by STOP',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { api, session, library, manager } = house;
      const channel = await watch(house, K.NTMS_LIBRARY);
      await api.InventoryNtmsLibrary(session, library.id, 2);
      await api.InventoryNtmsLibrary(session, library.id, 5);
      await manager.drain();
      t.equal(completions(await fetchAll(house, channel), library.id), 1);
    },
  },
]);
