import type { Test } from 'tap';
import {
  NtmsNotificationOperations,
  NtmsObjectsTypes,
  NtmsOperationalState,
  NtmsPoolType,
} from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { addOtherLibrary, takeToShelf, watch } from '../house.js';
import {
  inApplicationPool,
  inFreePool,
  inPool,
  newMediaType,
  newPool,
  STATE,
  systemPool,
  typeOf,
} from '../media-house.js';

const systemTypes = [
  NtmsPoolType.NTMS_POOLTYPE_SCRATCH,
  NtmsPoolType.NTMS_POOLTYPE_FOREIGN,
  NtmsPoolType.NTMS_POOLTYPE_IMPORT,
];

const open = (t: Test): Promise<VirtualLibrary> => VirtualLibrary.open(t);

/** A type that no library supports, without any pool. */
const bareType = ({ store }: VirtualLibrary): Guid => store.table('mediaTypes').insert({ name: 'Wax cylinder' }).id;

/** The kinds of the system pools that a type has, sorted. */
function systemPools({ store }: VirtualLibrary, mediaType: Guid): number[] {
  const pools = store.table('mediaPools').list({ mediaType, poolType: systemTypes });
  return pools.map(({ poolType }) => poolType).sort((a, b) => a - b);
}

/** What the API says of the types of the house's library: their ids, and the number in its record. */
async function supported({ api, session, library }: VirtualLibrary): Promise<{ ids: Guid[]; count: number }> {
  const ids = await api.EnumerateNtmsObject(session, library.id, null, NtmsObjectsTypes.NTMS_MEDIA_TYPE, 0);
  const { Info } = await api.GetNtmsObjectInformation(session, library.id, { dwType: NtmsObjectsTypes.NTMS_LIBRARY });
  if (!('Library' in Info)) throw new Error('no library');
  return { ids, count: Info.Library.dwNumberOfMediaTypes };
}

export const addNtmsMediaTypeBehaviour = behaviourOf('AddNtmsMediaType', [
  {
    rule: 'linking-type-library-already',
    title: 'succeeds for a type that the library has, and adds nothing',
    async run(t) {
      const library = await open(t);
      const type = typeOf(library, 'ORS001L8').id;
      const before = await supported(library);
      const pools = library.store.table('mediaPools').list();
      await library.api.AddNtmsMediaType(library.session, type, library.library.id);
      t.same(await supported(library), before);
      t.same(library.store.table('mediaPools').list(), pools);
    },
  },
  {
    rule: 'free-import-unrecognized-pools',
    title: 'makes the pools that are missing, also for a type that the library has',
    async run(t) {
      const library = await open(t);
      const { api, session, store, library: here } = library;
      const type = await newMediaType(library, 1);
      for (const kind of ['SCRATCH', 'FOREIGN', 'IMPORT'] as const) {
        const lost = systemPool(library, kind, type.id);
        store.table('mediaPools').remove(lost.id);
        await api.AddNtmsMediaType(session, type.id, here.id);
        const made = systemPool(library, kind, type.id);
        t.not(made.id, lost.id);
        t.equal(made.parent, lost.parent);
        t.same(systemPools(library, type.id), systemTypes);
      }
    },
  },
  {
    rule: 'library-enabled-online',
    parameter: 'lpLibId',
    title: 'changes nothing for a library that is disabled, not attached or no library at all',
    async run(t) {
      const library = await open(t);
      const { api, session, store, library: here } = library;
      const type = bareType(library);
      const absent = addOtherLibrary(library, NtmsOperationalState.NTMS_NOT_PRESENT).library.id;
      const disabled = addOtherLibraryDisabled(library);
      for (const id of [store.wellKnown.offlineLibrary, absent, disabled]) {
        t.equal((await refusal(api.AddNtmsMediaType(session, type, id))).symbol, 'ERROR_LIBRARY_OFFLINE');
      }
      t.same(systemPools(library, type), []);
      store.table('libraries').update(here.id, { operationalState: NtmsOperationalState.NTMS_NEEDS_SERVICE });
      await api.AddNtmsMediaType(session, type, here.id);
      t.same(systemPools(library, type), systemTypes, 'one that needs service is there all the same');
    },
  },
  {
    change: 'library-media-types-type',
    parameter: 'lpMediaTypeId',
    title: 'lists the type in the library, and in no other',
    async run(t) {
      const library = await open(t);
      const { api, session, library: here, store } = library;
      const type = bareType(library);
      const other = addOtherLibrary(library).library.id;
      t.notOk((await supported(library)).ids.includes(type));
      await api.AddNtmsMediaType(session, type, here.id);
      t.ok((await supported(library)).ids.includes(type));
      t.notOk(
        (await api.EnumerateNtmsObject(session, other, null, NtmsObjectsTypes.NTMS_MEDIA_TYPE, 0)).includes(type),
      );
      const restarted = await library.restart();
      t.ok((await supported(restarted)).ids.includes(type), 'also after a restart');
      t.same(store.table('libraryMediaTypes').count({ mediaType: type }), 1);
    },
  },
  {
    change: 'library-dw-number-media',
    title: 'counts one type more, once',
    async run(t) {
      const library = await open(t);
      const { api, session, library: here } = library;
      const { count } = await supported(library);
      const type = bareType(library);
      await api.AddNtmsMediaType(session, type, here.id);
      await api.AddNtmsMediaType(session, type, here.id);
      t.equal((await supported(library)).count, count + 1);
    },
  },
  {
    change: 'media-pool-exists-three',
    title: 'makes a free, an unrecognized and an import pool',
    async run(t) {
      const library = await open(t);
      const type = bareType(library);
      t.same(systemPools(library, type), []);
      await library.api.AddNtmsMediaType(library.session, type, library.library.id);
      t.same(systemPools(library, type), systemTypes);
    },
  },
]);

function addOtherLibraryDisabled({ store }: VirtualLibrary): Guid {
  return store.table('libraries').insert({ name: 'switched off', libraryType: 2, enabled: false }).id;
}

export const deleteNtmsMediaTypeBehaviour = behaviourOf('DeleteNtmsMediaType', [
  {
    rule: 'fails-while-library-holds',
    title: 'takes no type away of which a cartridge is in the library, wherever it is there',
    async run(t) {
      const library = await VirtualLibrary.open(t, {
        cartridges: [{ barcode: 'ORS001L8', elementAddress: 4096, mediaType: 'L8' }],
      });
      const { api, session, library: here } = library;
      const type = typeOf(library, 'ORS001L8').id;
      t.equal((await refusal(api.DeleteNtmsMediaType(session, type, here.id))).symbol, 'ERROR_NOT_EMPTY');
      await library.mount('ORS001L8');
      t.equal((await refusal(api.DeleteNtmsMediaType(session, type, here.id))).symbol, 'ERROR_NOT_EMPTY');
      await library.dismount('ORS001L8');
      await takeToShelf(library, 'ORS001L8');
      await api.DeleteNtmsMediaType(session, type, here.id);
      t.notOk((await supported(library)).ids.includes(type));
    },
  },
  {
    rule: 'no-cartridge-no-library',
    title: 'removes the three pools with the last use of the type, and not before',
    async run(t) {
      const library = await open(t);
      const { api, session, store, library: here } = library;
      const type = (await newMediaType(library, 1)).id;
      const other = addOtherLibrary(library);
      await api.AddNtmsMediaType(session, type, other.library.id);
      await api.DeleteNtmsMediaType(session, type, here.id);
      t.same(systemPools(library, type), systemTypes, 'another library has the type');

      const shelf = store.wellKnown.offlineLibrary;
      const pool = systemPool(library, 'IMPORT', type).id;
      store
        .table('physicalMedia')
        .update(other.medium, { currentLibrary: shelf, location: null, mediaType: type, mediaPool: pool });
      await api.DeleteNtmsMediaType(session, type, other.library.id);
      t.same(systemPools(library, type), systemTypes, 'a cartridge on the shelf has the type');

      store.table('physicalMedia').remove(other.medium);
      await api.DeleteNtmsMediaType(session, type, here.id);
      t.same(systemPools(library, type), []);
      t.ok(store.table('mediaTypes').get(type), 'the type itself can be added again');
    },
  },
  {
    rule: 'failure-remove-those-pools',
    title: 'succeeds when one of the pools cannot go, removes the others, and says so',
    async run(t) {
      const library = await open(t);
      const { api, session, library: here, manager } = library;
      const type = (await newMediaType(library, 1)).id;
      // A cartridge of another type is booked there, as a damaged database may have it.
      const stays = systemPool(library, 'IMPORT', type);
      inPool(library, 'ORS001L8', stays.id, STATE.IMPORT);
      await api.DeleteNtmsMediaType(session, type, here.id);
      t.same(systemPools(library, type), [NtmsPoolType.NTMS_POOLTYPE_IMPORT]);
      t.notOk((await supported(library)).ids.includes(type));
      t.match(manager.notices.at(-1), stays.name);
    },
  },
  {
    change: 'library-media-types-without',
    title: 'lists the type in the library no longer, also not after a restart',
    async run(t) {
      const library = await open(t);
      const { api, session, library: here, store } = library;
      // The drives of this library write LTO-7 media, too; of those it has none.
      const type = store.table('mediaTypes').find({ name: 'LTO-7' })?.id ?? '';
      t.ok((await supported(library)).ids.includes(type));
      await api.DeleteNtmsMediaType(session, type, here.id);
      t.notOk((await supported(library)).ids.includes(type));
      t.notOk((await supported(await library.restart())).ids.includes(type));
    },
  },
  {
    change: 'media-pool-exists-deleted',
    title: 'deletes the pools of a type that nothing uses',
    async run(t) {
      const library = await open(t);
      const type = (await newMediaType(library, 1)).id;
      const count = library.store.table('mediaPools').count();
      await library.api.DeleteNtmsMediaType(library.session, type, library.library.id);
      t.equal(library.store.table('mediaPools').count(), count - 3);
    },
  },
]);

export const changeNtmsMediaTypeBehaviour = behaviourOf('ChangeNtmsMediaType', [
  {
    rule: 'works-like-pool-move',
    title: 'moves the cartridge and stamps it with the type of its new pool',
    async run(t) {
      const library = await open(t);
      const { api, session } = library;
      const medium = inFreePool(library, 'ORS001L8');
      const type = (await newMediaType(library, 1)).id;
      const pool = await newPool(library, 'Old tapes', type);
      const before = library.side('ORS001L8');
      await api.ChangeNtmsMediaType(session, medium, pool);
      t.match(library.medium('ORS001L8'), { mediaPool: pool, mediaType: type });
      t.same(library.side('ORS001L8'), before, 'its side is as it was');
      t.equal(library.motions(), 0);
    },
  },
  {
    rule: 'cartridges-complete-allocated-reserved',
    title: 'takes nothing into the free pool that belongs to somebody',
    async run(t) {
      const library = await open(t);
      const { api, session } = library;
      const { medium, pool } = await inApplicationPool(library, 'ORS001L8');
      const free = systemPool(library, 'SCRATCH', (await newMediaType(library, 1)).id).id;
      for (const state of [STATE.COMPLETE, STATE.ALLOCATED, STATE.RESERVED]) {
        inPool(library, 'ORS001L8', pool, state);
        t.equal((await refusal(api.ChangeNtmsMediaType(session, medium, free))).symbol, 'ERROR_INVALID_MEDIA_POOL');
      }
      t.equal(library.medium('ORS001L8').mediaPool, pool);
    },
  },
  {
    rule: 'import-pool-accepts-only',
    title: 'takes a cartridge into an import pool when its sides are to be imported',
    async run(t) {
      const library = await open(t);
      const { api, session } = library;
      const { medium, pool } = await inApplicationPool(library, 'ORS001L8');
      const target = systemPool(library, 'IMPORT', (await newMediaType(library, 1)).id).id;
      t.equal((await refusal(api.ChangeNtmsMediaType(session, medium, target))).symbol, 'ERROR_INVALID_MEDIA_POOL');
      inPool(library, 'ORS001L8', pool, STATE.IMPORT);
      await api.ChangeNtmsMediaType(session, medium, target);
      t.equal(library.medium('ORS001L8').mediaPool, target);
    },
  },
  {
    rule: 'unrecognized-media-go-free',
    parameter: 'lpPoolId',
    title: 'lets unrecognized media into the free pool, where they become available, and nowhere else',
    async run(t) {
      const library = await open(t);
      const { api, session } = library;
      const foreign = systemPool(library, 'FOREIGN', typeOf(library, 'ORS001L8').id).id;
      const medium = inPool(library, 'ORS001L8', foreign, STATE.FOREIGN);
      const type = (await newMediaType(library, 1)).id;
      for (const pool of [
        systemPool(library, 'FOREIGN', type).id,
        systemPool(library, 'IMPORT', type).id,
        await newPool(library, 'Backup', type),
      ]) {
        t.equal((await refusal(api.ChangeNtmsMediaType(session, medium, pool))).symbol, 'ERROR_INVALID_MEDIA_POOL');
      }
      const free = systemPool(library, 'SCRATCH', type).id;
      await api.ChangeNtmsMediaType(session, medium, free);
      t.match(library.medium('ORS001L8'), { mediaPool: free, mediaType: type });
      t.equal(library.side('ORS001L8').state, STATE.AVAILABLE);
    },
  },
  {
    rule: 'library-enabled-online',
    parameter: 'lpMediaId',
    title: 'changes nothing of a cartridge on the shelf',
    async run(t) {
      const library = await open(t);
      const { api, session } = library;
      const { medium, pool } = await inApplicationPool(library, 'ORS001L8');
      const other = await newPool(library, 'Old tapes', (await newMediaType(library, 1)).id);
      await takeToShelf(library, 'ORS001L8');
      t.equal((await refusal(api.ChangeNtmsMediaType(session, medium, other))).symbol, 'ERROR_LIBRARY_OFFLINE');
      t.equal(library.medium('ORS001L8').mediaPool, pool);
    },
  },
  {
    rule: 'completion-announced-media-id',
    title: 'tells those who listen to cartridges that the change is done, behind the change itself',
    async run(t) {
      const library = await open(t);
      const { api, session } = library;
      const { medium } = await inApplicationPool(library, 'ORS001L8');
      const other = await newPool(library, 'Old tapes', (await newMediaType(library, 1)).id);
      const channel = await api.OpenNtmsNotification(session, NtmsObjectsTypes.NTMS_PHYSICAL_MEDIA);
      await api.ChangeNtmsMediaType(session, medium, other);
      const { NTMS_OBJ_UPDATE, NTMS_EVENT_COMPLETE } = NtmsNotificationOperations;
      for (const dwOperation of [NTMS_OBJ_UPDATE, NTMS_EVENT_COMPLETE]) {
        t.same(await api.WaitForNtmsNotification(channel, 0), { dwOperation, ObjectId: medium });
      }
      t.equal((await refusal(api.WaitForNtmsNotification(channel, 0))).symbol, 'ERROR_TIMEOUT', 'once');
      await api.CloseNtmsNotification(channel);
    },
  },
  {
    change: 'physical-media-media-pool',
    title: 'changes the pool once',
    async run(t) {
      const library = await open(t);
      const { medium, pool } = await inApplicationPool(library, 'ORS001L8');
      const other = await newPool(library, 'Old tapes', (await newMediaType(library, 1)).id);
      const pools = watch(library, () => library.store.table('physicalMedia').require(medium), 'mediaPool');
      await library.api.ChangeNtmsMediaType(library.session, medium, other);
      await library.api.ChangeNtmsMediaType(library.session, medium, other);
      t.same(pools.values, [pool, other]);
    },
  },
  {
    change: 'physical-media-media-type',
    title: 'changes the type, and its library supports that type from now on',
    async run(t) {
      const library = await open(t);
      const { store, api, session } = library;
      const { medium } = await inApplicationPool(library, 'ORS001L8');
      const { mediaType } = store.ensureMediaType({ name: 'Wax cylinder' });
      const other = await newPool(library, 'Music', mediaType.id);
      t.notOk((await supported(library)).ids.includes(mediaType.id));
      await api.ChangeNtmsMediaType(session, medium, other);
      t.equal(library.medium('ORS001L8').mediaType, mediaType.id);
      t.ok((await supported(library)).ids.includes(mediaType.id));
    },
  },
]);
