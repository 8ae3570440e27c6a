import type { Test } from 'tap';
import {
  NtmsAccessMask,
  NtmsCreateOptions,
  NtmsObjectsTypes,
  NtmsPoolType,
  StandardAccess,
} from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import type { MediaPoolRow } from '../../../src/objects/rows.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { guestOf } from '../house.js';
import { newPool, typeOf } from '../media-house.js';

const { NTMS_OPEN_EXISTING, NTMS_CREATE_NEW, NTMS_OPEN_ALWAYS } = NtmsCreateOptions;
const EVERYTHING = 0x7 | StandardAccess.READ_CONTROL | StandardAccess.WRITE_DAC;

function poolRow({ store }: VirtualLibrary, id: Guid): MediaPoolRow {
  return store.table('mediaPools').require(id);
}

/** What GetNtmsObjectInformation says about a pool. */
async function poolInformation({ api, session }: VirtualLibrary, id: Guid) {
  const { Info } = await api.GetNtmsObjectInformation(session, id, { dwType: NtmsObjectsTypes.NTMS_MEDIA_POOL });
  if (!('MediaPool' in Info)) throw new Error('no pool');
  return Info.MediaPool;
}

function accessList({ store }: VirtualLibrary, object: Guid) {
  const list = store.table('accessEntries').list({ object }, { orderBy: 'trustee' });
  return list.map(({ trustee, mask, deny }) => ({ trustee, mask, deny }));
}

const open = (t: Test): Promise<VirtualLibrary> => VirtualLibrary.open(t);

export const createNtmsMediaPoolBehaviour = behaviourOf('CreateNtmsMediaPool', [
  {
    rule: 'existing-name-open-unless',
    parameter: 'dwAction',
    title: 'opens a pool that is there, by any spelling of its path, and changes nothing of it',
    async run(t) {
      const library = await open(t);
      const { api, session, store } = library;
      const id = await newPool(library, 'Backup');
      const before = poolRow(library, id);
      for (const name of ['Backup', '\\Backup', 'BACKUP']) {
        for (const action of [NTMS_OPEN_EXISTING, NTMS_OPEN_ALWAYS]) {
          const type = typeOf(library, 'ORS001L8').id;
          t.equal(await api.CreateNtmsMediaPool(session, name, type, action, null), id, `${name} by ${action}`);
        }
      }
      t.same(poolRow(library, id), before);
      t.equal((await refusal(newPool(library, 'Backup'))).symbol, 'ERROR_ALREADY_EXISTS');
      const { free } = store.wellKnown;
      t.equal(await api.CreateNtmsMediaPool(session, 'Free', null, NTMS_OPEN_EXISTING, null), free);
    },
  },
  {
    rule: 'missing-name-missing-parent',
    parameter: 'lpPoolName',
    title: 'makes no level that was not asked for',
    async run(t) {
      const library = await open(t);
      const count = library.store.table('mediaPools').count();
      t.equal((await refusal(newPool(library, 'Backup\\Weekly\\Odd'))).symbol, 'ERROR_OBJECT_NOT_FOUND');
      t.equal(library.store.table('mediaPools').count(), count);
    },
  },
  {
    rule: 'missing-name-present-parent',
    parameter: 'lpPoolId',
    title: 'makes one level after the other, and resolves with the id of the last',
    async run(t) {
      const library = await open(t);
      const { api, session } = library;
      const backup = await newPool(library, 'Backup');
      const weekly = await api.CreateNtmsMediaPool(session, '\\Backup\\Weekly', null, NTMS_OPEN_ALWAYS, null);
      t.equal(poolRow(library, weekly).name, 'Weekly');
      t.equal(poolRow(library, weekly).parent, backup);
      t.same(await api.EnumerateNtmsObject(session, backup, null, NtmsObjectsTypes.NTMS_MEDIA_POOL, 0), [weekly]);
      const elsewhere = await newPool(library, 'Weekly');
      t.not(elsewhere, weekly, 'the same name in another place is another pool');
    },
  },
  {
    rule: 'only-leaves-carry-media',
    parameter: 'lpMediaType',
    title: 'makes a pool for media or one for pools, and each for nothing else',
    async run(t) {
      const library = await open(t);
      const type = typeOf(library, 'ORS001L8').id;
      await newPool(library, 'Backup');
      const leaf = await newPool(library, 'Backup\\Weekly', type);
      t.match(await poolInformation(library, leaf), {
        MediaType: type,
        AllocationPolicy: 0,
        DeallocationPolicy: 0,
        dwMaxAllocates: 0,
      });
      t.equal((await refusal(newPool(library, 'Backup\\Weekly\\Odd'))).symbol, 'ERROR_INVALID_NAME');
    },
  },
  {
    rule: 'applications-never-create-free',
    title: 'makes application pools only, and none beneath the pools of the system',
    async run(t) {
      const library = await open(t);
      const { store } = library;
      const id = await newPool(library, 'Backup', typeOf(library, 'ORS001L8').id);
      t.equal(poolRow(library, id).poolType, NtmsPoolType.NTMS_POOLTYPE_APPLICATION);
      const count = store.table('mediaPools').count();
      for (const path of ['Free', 'Free\\Mine', 'Import\\LTO-8\\Mine', 'Unrecognized\\Mine']) {
        t.match((await refusal(newPool(library, path))).symbol, /ERROR_(ALREADY_EXISTS|INVALID_NAME)/, path);
      }
      t.equal(store.table('mediaPools').count(), count);
    },
  },
  {
    rule: 'no-descriptor-supplied-inherit',
    parameter: 'lpSecurityAttributes',
    title: 'gives the list of the pool above to a new pool, but not that of the root, and everything to its maker',
    async run(t) {
      const library = await open(t);
      const { store, api, session } = library;
      const top = await newPool(library, 'Backup');
      t.same(accessList(library, top), [{ trustee: 'user:tester', mask: EVERYTHING, deny: false }]);
      store.table('accessEntries').insert({ object: top, trustee: 'group:visitors', mask: 0x1 });
      const below = await newPool(library, 'Backup\\Weekly');
      t.same(accessList(library, below), [
        { trustee: 'group:visitors', mask: 0x1, deny: false },
        { trustee: 'user:tester', mask: EVERYTHING, deny: false },
      ]);
      const guest = await guestOf(library);
      t.equal((await guest.api.GetNtmsMediaPoolName(guest.session, below, null)).lpNameBuf, 'Backup\\Weekly');
      await api.DeleteNtmsMediaPool(session, below);
      t.same(accessList(library, below), [], 'the list goes with its pool');
    },
  },
  {
    rule: 'no-descriptor-supplied-inherit',
    parameter: 'lpSecurityAttributes',
    title: 'gives a new pool exactly the list of a descriptor that is supplied',
    async run(t) {
      const library = await open(t);
      const { api, session, store } = library;
      const make = (name: string, lpSecurityDescriptor: unknown) =>
        api.CreateNtmsMediaPool(session, name, null, NTMS_CREATE_NEW, {
          lpSecurityDescriptor: lpSecurityDescriptor as null,
        });
      const entry = { trustee: 'group:visitors', mask: NtmsAccessMask.NTMS_USE_ACCESS };
      const given = await make('Backup', { dacl: [entry] });
      t.same(accessList(library, given), [{ ...entry, deny: false }]);
      t.match(store.table('objectSecurity').get(given), { owner: 'user:tester', ownList: true });
      t.equal((await refusal(api.GetNtmsMediaPoolName(session, given, null))).symbol, 'ERROR_ACCESS_DENIED');
      const guest = await guestOf(library);
      const empty = await make('Nobody', { dacl: [] });
      t.equal(
        (await refusal(guest.api.GetNtmsMediaPoolName(guest.session, empty, null))).symbol,
        'ERROR_ACCESS_DENIED',
      );
      const asAbove = await make('As above', { dacl: null });
      t.equal((await guest.api.GetNtmsMediaPoolName(guest.session, asAbove, null)).lpNameBuf, 'As above');
      const count = store.table('mediaPools').count();
      for (const wrong of [{ dacl: 'x' }, { dacl: [{ trustee: 'me', mask: 1 }] }, { owner: 'everyone' }]) {
        t.equal((await refusal(make('Wrong', wrong))).symbol, 'ERROR_INVALID_PARAMETER');
      }
      t.equal((await refusal(make('Wrong', { owner: 'user:guest' }))).symbol, 'ERROR_ACCESS_DENIED');
      t.equal(store.table('mediaPools').count(), count);
    },
  },
  {
    change: 'media-pool-exists-present',
    title: 'makes the pool, of the application type',
    async run(t) {
      const library = await open(t);
      const before = library.store.table('mediaPools').count();
      const id = await newPool(library, 'Backup');
      t.equal(library.store.table('mediaPools').count(), before + 1);
      t.match(await poolInformation(library, id), {
        PoolType: NtmsPoolType.NTMS_POOLTYPE_APPLICATION,
        MediaType: null,
        Parent: library.store.wellKnown.rootPool,
      });
    },
  },
  {
    change: 'media-pool-parent-dw',
    title: 'counts one pool more in the pool above',
    async run(t) {
      const library = await open(t);
      const id = await newPool(library, 'Backup');
      t.equal((await poolInformation(library, id)).dwNumberOfMediaPools, 0);
      await newPool(library, 'Backup\\Weekly');
      t.equal((await poolInformation(library, id)).dwNumberOfMediaPools, 1);
    },
  },
]);

export const getNtmsMediaPoolNameBehaviour = behaviourOf('GetNtmsMediaPoolName', [
  {
    rule: 'returns-whole-path-root',
    parameter: 'lpNameBuf',
    title: 'tells the path by which CreateNtmsMediaPool opens the pool again',
    async run(t) {
      const library = await open(t);
      const { api, session, store } = library;
      for (const path of ['A', 'A\\B b', 'A\\B b\\C']) await newPool(library, path);
      for (const pool of store.table('mediaPools').list({ name: ['A', 'B b', 'C', 'Import', 'LTO-8'] })) {
        const { lpNameBuf } = await api.GetNtmsMediaPoolName(session, pool.id, null);
        t.equal(await api.CreateNtmsMediaPool(session, lpNameBuf, null, NTMS_OPEN_EXISTING, null), pool.id, lpNameBuf);
      }
      const root = poolRow(library, store.wellKnown.rootPool);
      t.equal((await api.GetNtmsMediaPoolName(session, root.id, null)).lpNameBuf, root.name);
    },
  },
  {
    rule: 'returned-length-counts-terminating',
    parameter: 'lpdwBufSize',
    title: 'counts the closing null, both in the answer and in the room that it asks for',
    async run(t) {
      const library = await open(t);
      const { api, session } = library;
      const id = await newPool(library, 'Backup');
      t.same(await api.GetNtmsMediaPoolName(session, id, 512), { lpNameBuf: 'Backup', lpdwBufSize: 7 });
      t.same((await refusal(api.GetNtmsMediaPoolName(session, id, 6))).data, { lpdwBufSize: 7 });
      t.same(await api.GetNtmsMediaPoolName(session, id, 7), { lpNameBuf: 'Backup', lpdwBufSize: 7 });
    },
  },
]);

export const deleteNtmsMediaPoolBehaviour = behaviourOf('DeleteNtmsMediaPool', [
  {
    rule: 'system-pools-anything-beneath',
    title: 'leaves every pool of the system where it is',
    async run(t) {
      const { api, session, store } = await open(t);
      const pools = store.table('mediaPools').list();
      t.ok(pools.length > 6, 'the leaves of the media types are among them');
      for (const { id, name } of pools) {
        t.equal((await refusal(api.DeleteNtmsMediaPool(session, id))).symbol, 'ERROR_INVALID_MEDIA_POOL', name);
      }
      t.same(store.table('mediaPools').list(), pools);
    },
  },
  {
    rule: 'pool-empty-media-child',
    title: 'deletes a pool only when its last pool and its last cartridge have gone',
    async run(t) {
      const library = await open(t);
      const { api, session, store } = library;
      const top = await newPool(library, 'Backup');
      const leaf = await newPool(library, 'Backup\\Weekly', typeOf(library, 'ORS001L8').id);
      const { id, mediaPool } = library.medium('ORS001L8');
      store.table('physicalMedia').update(id, { mediaPool: leaf });
      for (const pool of [top, leaf]) {
        t.equal((await refusal(api.DeleteNtmsMediaPool(session, pool))).symbol, 'ERROR_NOT_EMPTY');
      }
      store.table('physicalMedia').update(id, { mediaPool });
      await api.DeleteNtmsMediaPool(session, leaf);
      await api.DeleteNtmsMediaPool(session, top);
      t.equal(store.table('mediaPools').get(top), undefined);
    },
  },
  {
    change: 'media-pool-exists-deleted',
    title: 'removes the pool',
    async run(t) {
      const library = await open(t);
      const { api, session, store } = library;
      const id = await newPool(library, 'Backup');
      await api.DeleteNtmsMediaPool(session, id);
      t.equal(store.table('mediaPools').get(id), undefined);
      t.equal((await refusal(api.DeleteNtmsMediaPool(session, id))).symbol, 'ERROR_INVALID_MEDIA_POOL');
      t.not(await newPool(library, 'Backup'), id, 'its name is free again');
    },
  },
  {
    change: 'media-pool-parent-dw',
    title: 'counts one pool less in the pool above',
    async run(t) {
      const library = await open(t);
      const top = await newPool(library, 'Backup');
      const leaf = await newPool(library, 'Backup\\Weekly');
      await library.api.DeleteNtmsMediaPool(library.session, leaf);
      t.equal((await poolInformation(library, top)).dwNumberOfMediaPools, 0);
    },
  },
]);
