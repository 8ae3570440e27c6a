import { join } from 'node:path';
import { NtmsObjectsTypes as K } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { ObjectStore } from '../../../src/objects/object-store.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import type { ApiCaller } from '../house.js';
import { behaviourOf } from '../coverage-case.js';
import { governorOf, kinds, oneOfEach } from './object-kinds.js';
import { guestWith } from './rights.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const set = ({ api, session }: ApiCaller, id: Guid, name: string, data: Uint8Array, dwType = 0): Promise<void> =>
  api.SetNtmsObjectAttribute(session, id, dwType, name, data, data.length);

const get = async ({ api, session }: ApiCaller, id: Guid, name: string): Promise<number[]> => [
  ...(await api.GetNtmsObjectAttribute(session, id, 0, name, null)).lpAttributeData,
];

export const getNtmsObjectAttributeBehaviour = behaviourOf('GetNtmsObjectAttribute', [
  {
    rule: 'private-data-opaque-bytes',
    title: 'keeps any bytes for objects of every kind, for each object its own, and lets who may use it read them',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const objects = oneOfEach(house);
      for (const { kind, governor } of kinds) {
        await set(house, objects[kind], 'note', Uint8Array.of(0, 255, kind));
        for (const mask of [0x1, 0x6_0006]) {
          const guest = await guestWith(house, { [governorOf(house, governor)]: mask });
          const call = get(guest, objects[kind], 'note');
          if (mask === 0x1) t.same(await call, [0, 255, kind], `kind ${kind}`);
          else t.equal((await refusal(call)).symbol, 'ERROR_ACCESS_DENIED', `kind ${kind}`);
        }
      }
    },
  },
  {
    rule: 'name-equal-used-set',
    title: 'tells upper from lower case, and spaces',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.library;
      for (const [index, name] of ['note', 'Note', ' note', 'nöte'].entries()) {
        await set(house, id, name, Uint8Array.of(index));
      }
      t.same(await get(house, id, 'note'), [0]);
      t.same(await get(house, id, 'Note'), [1]);
      t.same(await get(house, id, ' note'), [2]);
      t.same(await get(house, id, 'nöte'), [3]);
    },
  },
  {
    rule: 'bytes-converted-between-machine',
    title: 'gives the bytes in the order in which they came',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.library;
      await set(house, id, 'number', new Uint8Array(new Uint32Array([0x0102_0304]).buffer));
      const { lpAttributeData } = await house.api.GetNtmsObjectAttribute(house.session, id, 0, 'number', null);
      t.equal(new Uint32Array(lpAttributeData.buffer)[0], 0x0102_0304);
    },
  },
  {
    parameter: 'lpAttributeSize',
    title: 'tells how many bytes there are, with the answer and when they do not fit',
    async run(t) {
      const { api, session, library } = await VirtualLibrary.open(t);
      await api.SetNtmsObjectAttribute(session, library.id, 0, 'note', text('four'), 4);
      for (const room of [4, 5, null]) {
        const found = await api.GetNtmsObjectAttribute(session, library.id, 0, 'note', room);
        t.equal(found.lpAttributeSize, 4);
        t.same(found.lpAttributeData, text('four'));
      }
      const short = await refusal(api.GetNtmsObjectAttribute(session, library.id, 0, 'note', 3));
      t.same([short.symbol, short.data], ['ERROR_INSUFFICIENT_BUFFER', { lpAttributeSize: 4 }]);
    },
  },
  {
    parameter: 'dwType',
    title: 'finds the kind by the id, whatever the caller calls it',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.library;
      await set(house, id, 'note', text('x'));
      for (const dwType of [K.NTMS_LIBRARY, K.NTMS_DRIVE, K.NTMS_UNKNOWN, 99]) {
        const found = await house.api.GetNtmsObjectAttribute(house.session, id, dwType, 'note', null);
        t.equal(found.lpAttributeSize, 1);
      }
    },
  },
  {
    parameter: 'lpAttributeData',
    title: 'gives bytes of the caller’s own, which nobody else changes',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.library;
      const data = text('abc');
      await set(house, id, 'note', data);
      data.fill(0);
      const first = await house.api.GetNtmsObjectAttribute(house.session, id, 0, 'note', null);
      first.lpAttributeData.fill(0);
      t.same(await get(house, id, 'note'), [97, 98, 99]);
    },
  },
]);

export const setNtmsObjectAttributeBehaviour = behaviourOf('SetNtmsObjectAttribute', [
  {
    rule: 'size-zero-removes-attribute',
    change: 'attribute-name-deleted-size',
    parameter: 'dwAttributeSize',
    title: 'removes an attribute, and does not mind one that is not there',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { api, session, library } = house;
      await set(house, library.id, 'note', text('x'));
      for (const data of [text('left out'), null]) {
        await api.SetNtmsObjectAttribute(session, library.id, 0, 'note', data, 0);
        t.equal((await refusal(get(house, library.id, 'note'))).symbol, 'ERROR_OBJECT_NOT_FOUND');
      }
      t.equal(house.store.table('objectAttributes').count(), 0);
    },
  },
  {
    rule: 'name-limit-32-counts',
    parameter: 'lpAttributeName',
    title: 'takes names of 31 characters',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      await set(house, house.library.id, 'n'.repeat(31), text('x'));
      t.same(await get(house, house.library.id, 'n'.repeat(31)), [120]);
    },
  },
  {
    rule: 'data-stay-below-65536',
    parameter: 'lpAttributeData',
    title: 'takes 65535 bytes, and of more that are given the first ones',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { api, session, library } = house;
      const data = Uint8Array.from({ length: 65_536 }, (_, index) => index % 251);
      await api.SetNtmsObjectAttribute(session, library.id, 0, 'note', data, 65_535);
      const found = await api.GetNtmsObjectAttribute(session, library.id, 0, 'note', 65_535);
      t.equal(Buffer.compare(found.lpAttributeData, data.subarray(0, 65_535)), 0);
    },
  },
  {
    rule: 'wrong-dwtype-ignored-object',
    parameter: 'dwType',
    title: 'finds the kind by the id, whatever the caller calls it',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      for (const dwType of [K.NTMS_MEDIA_POOL, K.NTMS_UNKNOWN, 99]) {
        await set(house, house.library.id, `of ${dwType}`, text('x'), dwType);
        t.same(await get(house, house.library.id, `of ${dwType}`), [120]);
      }
    },
  },
  {
    change: 'attribute-name-new-success',
    parameter: 'lpObjectId',
    title: 'writes an attribute over the one of that name, and tells that the object has changed',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { id } = house.medium('ORS001L8');
      await set(house, id, 'note', text('a'));
      await house.clock.sleep(1000);
      await set(house, id, 'note', text('bc'));
      t.same(await get(house, id, 'note'), [98, 99]);
      t.equal(house.store.table('objectAttributes').count(), 1);
      t.equal(house.medium('ORS001L8').modified, house.clock.now());
    },
  },
  {
    parameter: 'hSession',
    title: 'asks the pool, the library or the computer for modify right, and none other is enough',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const objects = oneOfEach(house);
      for (const { kind, governor } of kinds) {
        for (const mask of [0x2, 0x6_0005]) {
          const guest = await guestWith(house, { [governorOf(house, governor)]: mask });
          const call = set(guest, objects[kind], 'note', text('x'));
          if (mask === 0x2) await t.resolves(call, `kind ${kind}`);
          else t.equal((await refusal(call)).symbol, 'ERROR_ACCESS_DENIED', `kind ${kind}`);
        }
      }
    },
  },
  {
    title: 'goes with its object, also when that goes with another one',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { store } = house;
      const medium = house.medium('ORS001L8').id;
      for (const id of [medium, house.side('ORS001L8').id, house.library.id]) await set(house, id, 'note', text('x'));
      store.table('physicalMedia').remove(medium);
      t.same(
        store
          .table('objectAttributes')
          .list()
          .map(({ object }) => object),
        [house.library.id],
      );
    },
  },
  {
    title: 'is in an exported database, and comes back with it',
    async run(t) {
      const house = await VirtualLibrary.open(t);
      const { api, session, store, library } = house;
      await set(house, library.id, 'note', text('kept'));
      await api.ExportNtmsDatabase(session);
      await set(house, library.id, 'note', text('later'));
      await api.ImportNtmsDatabase(session);
      await house.manager.stop();
      store.close();
      const again = ObjectStore.open({ folder: join(store.folder), clock: house.clock });
      const attribute = again.table('objectAttributes').find({ object: library.id, name: 'note' });
      again.close();
      t.equal(attribute?.data.toString(), 'kept');
    },
  },
]);
