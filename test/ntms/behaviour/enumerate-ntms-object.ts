import { NtmsEnumerateOption, NtmsLmState, NtmsObjectsTypes as K } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { denyGuest, guestOf } from '../house.js';
import { containerKinds, kinds, oneOfEach } from './object-kinds.js';

const { NTMS_ENUM_DEFAULT: DEFAULT, NTMS_ENUM_ROOTPOOL: ROOTPOOL } = NtmsEnumerateOption;

/** All ids of a kind that EnumerateNtmsObject gives. */
function list({ api, session }: VirtualLibrary, container: Guid | null, kind: number, options = 0): Promise<Guid[]> {
  return api.EnumerateNtmsObject(session, container, null, kind, options);
}

export const enumerateNtmsObjectBehaviour = behaviourOf('EnumerateNtmsObject', [
  {
    rule: 'null-container',
    parameter: 'lpContainerId',
    title: 'lists all objects of every kind without a container, and of pools those at the top',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const objects = oneOfEach(library);
      for (const { kind } of kinds) {
        const ids = await list(library, null, kind);
        if (kind !== K.NTMS_MEDIA_POOL) t.ok(ids.includes(objects[kind]), `kind ${kind}`);
        t.equal(new Set(ids).size, ids.length, 'none twice');
      }
      const { store } = library;
      const counts = [
        [K.NTMS_DRIVE, store.table('drives').count()],
        [K.NTMS_STORAGESLOT, store.table('slots').count()],
        [K.NTMS_PHYSICAL_MEDIA, store.table('physicalMedia').count()],
        [K.NTMS_PARTITION, store.table('sides').count()],
        [K.NTMS_LIBRARY, store.table('libraries').count()],
      ] as const;
      for (const [kind, count] of counts) t.equal((await list(library, null, kind)).length, count, `kind ${kind}`);
      const { free, unrecognized, import: imported } = store.wellKnown;
      t.same(new Set(await list(library, null, K.NTMS_MEDIA_POOL)), new Set([free, unrecognized, imported]));
    },
  },
  {
    rule: 'null-container-media-types',
    title: 'lists a media type of which nothing is installed',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { mediaType } = library.store.ensureMediaType({ name: 'Wax cylinder' });
      t.ok((await list(library, null, K.NTMS_MEDIA_TYPE)).includes(mediaType.id));
      t.notOk((await list(library, library.library.id, K.NTMS_MEDIA_TYPE)).includes(mediaType.id));
    },
  },
  {
    rule: 'containers-by-kind',
    parameter: 'dwType',
    title: 'lists every kind in each of its containers, and refuses every other pair',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const objects = oneOfEach(library);
      for (const { kind, containers } of kinds) {
        for (const { kind: containerKind } of kinds) {
          const pair = `kind ${kind} in kind ${containerKind}`;
          const call = list(library, objects[containerKind], kind);
          if ((containers as readonly number[]).includes(containerKind)) {
            const ids = await call;
            // A pool does not contain itself; all other pairs were made to belong together.
            if (kind !== K.NTMS_MEDIA_POOL) t.ok(ids.includes(objects[kind]), pair);
            else t.same(ids, [], pair);
          } else {
            const symbol = containerKinds.includes(containerKind)
              ? 'ERROR_INVALID_PARAMETER'
              : 'ERROR_OBJECT_NOT_FOUND';
            t.match(await refusal(call), { symbol }, pair);
          }
        }
      }
    },
  },
  {
    rule: 'containers-by-kind',
    title: 'lists only what is in the container',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { store } = library;
      const { free, offlineLibrary } = store.wellKnown;
      const [, second] = store.table('physicalMedia').list();
      const { id: shelf } = store.table('libraries').require(offlineLibrary);
      t.same(await list(library, shelf, K.NTMS_DRIVE), []);
      t.same(await list(library, second?.id ?? '', K.NTMS_PARTITION), [
        store.table('sides').find({ physicalMedia: second?.id ?? '' })?.id,
      ]);
      const below = await list(library, free, K.NTMS_MEDIA_POOL);
      t.same(
        below,
        store
          .table('mediaPools')
          .list({ parent: free })
          .map(({ id }) => id),
      );
      t.ok(below.length > 0);
    },
  },
  {
    rule: 'root-pool',
    parameter: 'dwOptions',
    title: 'lists the root pool first with NTMS_ENUM_ROOTPOOL, for pools without a container only',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { rootPool, free } = library.store.wellKnown;
      const top = await list(library, null, K.NTMS_MEDIA_POOL, DEFAULT);
      t.same(await list(library, null, K.NTMS_MEDIA_POOL, ROOTPOOL), [rootPool, ...top]);
      for (const call of [
        list(library, free, K.NTMS_MEDIA_POOL, ROOTPOOL),
        list(library, null, K.NTMS_DRIVE, ROOTPOOL),
      ]) {
        t.match(await refusal(call), { symbol: 'ERROR_INVALID_PARAMETER' });
      }
    },
  },
  {
    rule: 'truncated-list',
    parameter: 'lpList',
    title: 'gives as many ids as fit and the true total',
    async run(t) {
      const { api, session } = await VirtualLibrary.open(t);
      const all = await api.EnumerateNtmsObject(session, null, null, K.NTMS_STORAGESLOT, 0);
      for (const room of [0, 1, all.length - 1]) {
        const refused = await refusal(api.EnumerateNtmsObject(session, null, room, K.NTMS_STORAGESLOT, 0));
        t.match(refused, { symbol: 'ERROR_INSUFFICIENT_BUFFER' });
        t.same(refused.data, { lpList: all.slice(0, room), lpdwListSize: all.length });
      }
      t.same(await api.EnumerateNtmsObject(session, null, all.length, K.NTMS_STORAGESLOT, 0), all);
    },
  },
  {
    rule: 'callers-loop',
    parameter: 'lpdwListSize',
    title: 'can be asked again with the room it named, also when there is more by then',
    async run(t) {
      const { api, session, store } = await VirtualLibrary.open(t);
      let room = 0;
      let rounds = 0;
      for (;;) {
        try {
          const ids = await api.EnumerateNtmsObject(session, null, room, K.NTMS_MEDIA_TYPE, 0);
          t.equal(ids.length, store.table('mediaTypes').count());
          break;
        } catch (error) {
          t.match(error, { symbol: 'ERROR_INSUFFICIENT_BUFFER' });
          room = (error as { data: { lpdwListSize: number } }).data.lpdwListSize;
          rounds++;
          // Another client is quicker, once.
          if (rounds === 1) store.ensureMediaType({ name: 'Wax cylinder' });
        }
      }
      t.equal(rounds, 2);
    },
  },
  {
    rule: 'active-requests',
    title: 'lists the requests that have not ended; the record of an ended one is still there',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const here = library.library.id;
      await library.mount('ORS001L8');
      const [ended] = session.requestIds;
      t.same(await list(library, here, K.NTMS_LIBREQUEST), []);
      t.same(await list(library, null, K.NTMS_LIBREQUEST), []);
      await library.dismount('ORS001L8', { deferred: true });
      t.equal((await list(library, here, K.NTMS_LIBREQUEST)).length, 1, 'a deferred dismount has not ended');
      const record = await api.GetNtmsObjectInformation(session, ended ?? '', { dwType: K.NTMS_LIBREQUEST });
      t.match(record.Info, { LibRequest: { State: NtmsLmState.NTMS_LM_PASSED } });
      const info = await api.GetNtmsObjectInformation(session, here, { dwType: K.NTMS_LIBRARY });
      t.match(info.Info, { Library: { dwNumberOfLibRequests: 1 } });
      t.equal(store.table('libRequests').count(), 2);
    },
  },
  {
    title: 'leaves out what the caller may not use, and lists the rest',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = await guestOf(library);
      const all = await api.EnumerateNtmsObject(session, null, null, K.NTMS_LIBRARY, 0);
      t.equal(all.length, 2);
      denyGuest(library, library.library.id);
      const { offlineLibrary } = library.store.wellKnown;
      t.same(await api.EnumerateNtmsObject(session, null, null, K.NTMS_LIBRARY, 0), [offlineLibrary]);
    },
  },
]);
