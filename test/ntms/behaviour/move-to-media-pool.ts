import type { Test } from 'tap';
import {
  NtmsAccessMask,
  NtmsLmOperation,
  NtmsLmState,
  NtmsNotificationOperations,
  NtmsObjectsTypes,
  NtmsPoolType,
} from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { freeLabel, FREE_LABEL_TYPE } from '../../../src/library/labels/free-label.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { addLogicalMedium, denyGuest, guestOf, openMedium, watch } from '../house.js';
import {
  inApplicationPool,
  inFreePool,
  inPool,
  newMediaType,
  newMedium,
  newPool,
  newSide,
  STATE,
  systemPool,
  typeOf,
} from '../media-house.js';

const { NTMS_POOLTYPE_SCRATCH, NTMS_POOLTYPE_FOREIGN, NTMS_POOLTYPE_IMPORT, NTMS_POOLTYPE_APPLICATION } = NtmsPoolType;

const open = (t: Test): Promise<VirtualLibrary> => VirtualLibrary.open(t);
const free = (library: VirtualLibrary): Guid => systemPool(library, 'SCRATCH', typeOf(library, 'ORS001L8').id).id;

/** A second application pool for the tapes. */
const archive = (library: VirtualLibrary): Promise<Guid> => newPool(library, 'Archive', typeOf(library, 'ORS001L8').id);

/** What the move was answered with. */
async function moved({ api, session }: Pick<VirtualLibrary, 'api' | 'session'>, medium: Guid, pool: Guid) {
  return api.MoveToNtmsMediaPool(session, medium, pool).then(
    () => 'moved',
    (error: { symbol: string }) => error.symbol,
  );
}

export const moveToNtmsMediaPoolBehaviour = behaviourOf('MoveToNtmsMediaPool', [
  {
    rule: 'whole-cartridges-move-both',
    title: 'moves both sides of a cartridge, with what stands for them',
    async run(t) {
      const library = await open(t);
      const { api, session, store } = library;
      const type = await newMediaType(library, 2);
      const [from, to] = [await newPool(library, 'Disks', type.id), await newPool(library, 'Old disks', type.id)];
      const sides = [newSide({ State: STATE.AVAILABLE }), newSide({ State: STATE.AVAILABLE })];
      const { lpMedia, lpList } = await api.CreateNtmsMedia(session, newMedium(from, 2), sides, 0);
      const logical = lpList.map(({ ObjectGuid }) => addLogicalMedium(library, ObjectGuid));
      await api.MoveToNtmsMediaPool(session, lpMedia.ObjectGuid, to);
      t.equal(store.table('physicalMedia').require(lpMedia.ObjectGuid).mediaPool, to);
      t.same(
        logical.map((id) => store.table('logicalMedia').require(id).mediaPool),
        [to, to],
      );
    },
  },
  {
    rule: 'destination-equal-media-type',
    parameter: 'lpPoolId',
    title: 'lets a cartridge into pools of its own type only',
    async run(t) {
      const library = await open(t);
      const { medium } = await inApplicationPool(library, 'ORS001L8');
      const other = await newPool(library, 'Other', (await newMediaType(library, 1)).id);
      t.equal(await moved(library, medium, other), 'ERROR_MEDIA_INCOMPATIBLE');
      const same = await archive(library);
      library.store.table('physicalMedia').update(medium, { mediaType: null });
      t.equal(await moved(library, medium, same), 'ERROR_MEDIA_INCOMPATIBLE', 'nobody knows its type');
    },
  },
  {
    rule: 'every-side-usable-moment',
    parameter: 'lpMediaId',
    title: 'waits for no cartridge that is in use, and moves it when it is not',
    async run(t) {
      const library = await open(t);
      const { medium } = await inApplicationPool(library, 'ORS001L8');
      const to = await archive(library);
      await library.mount('ORS001L8');
      t.equal(await moved(library, medium, to), 'ERROR_BUSY');
      await library.dismount('ORS001L8', { deferred: true });
      t.equal(await moved(library, medium, to), 'moved', 'a drive still has it, and nobody uses it');
      t.equal(library.motions(), 1, 'nothing moves for it');
    },
  },
  {
    rule: 'free-label-written-before',
    title: 'lets nobody have a cartridge before its free label is on the tape, when labels are written at once',
    async run(t) {
      const library = await open(t);
      const { manager, store, api, session } = library;
      manager.freeLabels.atOnce = true;
      const { id: medium } = library.medium('ORS001L8');
      const side = library.side('ORS001L8').id;
      const states = watch(library, () => store.table('sides').require(side), 'state');
      await api.MoveToNtmsMediaPool(session, medium, free(library));
      t.equal(library.side('ORS001L8').state, STATE.UNPREPARED);
      t.equal(await moved(library, medium, await archive(library)), 'ERROR_BUSY', 'it cannot leave before');
      await manager.drain();
      t.same(states.values, [STATE.UNKNOWN, STATE.UNPREPARED, STATE.AVAILABLE]);
      t.same(library.inDrives(), [null, null], 'it is back at home');

      await library.mount('ORS001L8', { drives: [0] });
      const tape = await openMedium(library, library.drive(0).id);
      await tape.rewind();
      const record = await tape.read(64 * 1024);
      if (record.kind !== 'block') throw new Error(`the tape begins with ${record.kind}`);
      const label = freeLabel.ClaimMediaLabel(record.data, record.data.length);
      t.equal(label.LabelType, FREE_LABEL_TYPE);
      t.equal(Buffer.from(label.LabelID).toString('hex'), library.side('ORS001L8').omidLabelId);
      await tape.close();
    },
  },
  {
    rule: 'complete-allocated-reserved-sides',
    title: 'takes nothing into the free pool that belongs to somebody, not even one side of two',
    async run(t) {
      const library = await open(t);
      const { api, session, store } = library;
      const type = await newMediaType(library, 2);
      const pool = await newPool(library, 'Disks', type.id);
      const sides = [newSide({ State: STATE.AVAILABLE }), newSide({ State: STATE.AVAILABLE })];
      const { lpMedia, lpList } = await api.CreateNtmsMedia(session, newMedium(pool, 2), sides, 0);
      const { id: target } = systemPool(library, 'SCRATCH', type.id);
      const second = lpList[1]?.ObjectGuid ?? '';
      for (const state of [STATE.ALLOCATED, STATE.COMPLETE, STATE.RESERVED]) {
        store.table('sides').update(second, { state });
        t.equal(await moved(library, lpMedia.ObjectGuid, target), 'ERROR_INVALID_MEDIA_POOL', `state ${state}`);
        t.equal(store.table('physicalMedia').require(lpMedia.ObjectGuid).mediaPool, pool);
        t.same(
          store
            .table('sides')
            .list({ physicalMedia: lpMedia.ObjectGuid })
            .map(({ state: now }) => now),
          [STATE.AVAILABLE, state],
        );
      }
      store.table('sides').update(second, { state: STATE.AVAILABLE });
      t.equal(await moved(library, lpMedia.ObjectGuid, target), 'moved');
    },
  },
  {
    rule: 'import-pool-takes-only',
    title: 'lets a cartridge into the import pool when all its sides are to be imported',
    async run(t) {
      const library = await open(t);
      const { medium } = await inApplicationPool(library, 'ORS001L8');
      const target = systemPool(library, 'IMPORT', typeOf(library, 'ORS001L8').id).id;
      const { UNPREPARED: _, ...states } = STATE;
      for (const state of Object.values(states)) {
        const pool = library.medium('ORS001L8').mediaPool;
        library.store.table('sides').update(library.side('ORS001L8').id, { state });
        const expected = state === STATE.IMPORT ? 'moved' : 'ERROR_INVALID_MEDIA_POOL';
        t.equal(await moved(library, medium, target), expected, `state ${state}`);
        inPool(library, 'ORS001L8', pool, state);
      }
    },
  },
  {
    rule: 'unrecognized-import-pools-only',
    title: 'lets pools meet as documented: from each kind of pool into each',
    async run(t) {
      const library = await open(t);
      const type = typeOf(library, 'ORS001L8').id;
      const pools = [
        { kind: NTMS_POOLTYPE_SCRATCH, id: systemPool(library, 'SCRATCH', type).id, state: STATE.AVAILABLE },
        { kind: NTMS_POOLTYPE_FOREIGN, id: systemPool(library, 'FOREIGN', type).id, state: STATE.FOREIGN },
        { kind: NTMS_POOLTYPE_IMPORT, id: systemPool(library, 'IMPORT', type).id, state: STATE.IMPORT },
        { kind: NTMS_POOLTYPE_APPLICATION, id: await archive(library), state: STATE.AVAILABLE },
      ];
      const allowed = new Set(
        [
          [NTMS_POOLTYPE_SCRATCH, NTMS_POOLTYPE_APPLICATION],
          [NTMS_POOLTYPE_APPLICATION, NTMS_POOLTYPE_SCRATCH],
          [NTMS_POOLTYPE_FOREIGN, NTMS_POOLTYPE_SCRATCH],
          [NTMS_POOLTYPE_IMPORT, NTMS_POOLTYPE_SCRATCH],
        ].map(String),
      );
      for (const from of pools) {
        for (const to of pools) {
          const medium = inPool(library, 'ORS001L8', from.id, from.state);
          const pair = `${from.kind},${to.kind}`;
          const expected = from === to || allowed.has(pair) ? 'moved' : 'ERROR_INVALID_MEDIA_POOL';
          t.equal(await moved(library, medium, to.id), expected, pair);
          t.equal(library.medium('ORS001L8').mediaPool, expected === 'moved' ? to.id : from.id, pair);
        }
      }
    },
  },
  {
    rule: 'server-2003-use-free',
    title: 'needs use right on the free pool and control right on every other pool',
    async run(t) {
      const library = await open(t);
      const guest = await guestOf(library);
      const { NTMS_USE_ACCESS: use, NTMS_CONTROL_ACCESS: control } = NtmsAccessMask;
      const { medium, pool } = await inApplicationPool(library, 'ORS001L8');
      const target = free(library);
      const grant = (object: Guid, mask: number): void => {
        denyGuest(library, object, 0);
        denyGuest(library, object, 0x7 & ~mask);
      };
      grant(target, use);
      grant(pool, control);
      t.equal(await moved(guest, medium, target), 'moved');
      t.equal(await moved(guest, medium, pool), 'moved');
      const to = await archive(library);
      grant(to, use);
      t.equal(await moved(guest, medium, to), 'ERROR_ACCESS_DENIED');
    },
  },
  {
    rule: 'completion-announced-pool-id',
    title: 'tells those who listen to pools that a move into this one is done, and nothing of one that was refused',
    async run(t) {
      const library = await open(t);
      const { api, session } = library;
      const { medium } = await inApplicationPool(library, 'ORS001L8');
      const to = await archive(library);
      const channel = await api.OpenNtmsNotification(session, NtmsObjectsTypes.NTMS_MEDIA_POOL);
      t.equal(await moved(library, medium, library.store.wellKnown.free), 'ERROR_INVALID_MEDIA_POOL');
      await api.MoveToNtmsMediaPool(session, medium, to);
      t.same(await api.WaitForNtmsNotification(channel, 0), {
        dwOperation: NtmsNotificationOperations.NTMS_EVENT_COMPLETE,
        ObjectId: to,
      });
      t.equal((await refusal(api.WaitForNtmsNotification(channel, 0))).symbol, 'ERROR_TIMEOUT', 'once');
      await api.CloseNtmsNotification(channel);
    },
  },
  {
    change: 'physical-media-media-pool',
    title: 'books the cartridge under the pool, once, and moves nothing in the library',
    async run(t) {
      const library = await open(t);
      const { medium } = await inApplicationPool(library, 'ORS001L8');
      const to = await archive(library);
      const { store, api, session } = library;
      const pools = watch(library, () => store.table('physicalMedia').require(medium), 'mediaPool');
      await api.MoveToNtmsMediaPool(session, medium, to);
      await api.MoveToNtmsMediaPool(session, medium, to);
      t.equal(pools.values.length, 2);
      t.equal(pools.values.at(-1), to);
      t.equal(library.side('ORS001L8').state, STATE.AVAILABLE);
      t.equal(library.motions(), 0);
      t.same(library.disagreements(), []);
    },
  },
  {
    change: 'side-state-unprepared-available',
    title: 'makes a side that was foreign, imported or never read AVAILABLE, and forgets its label',
    async run(t) {
      const library = await open(t);
      const { store } = library;
      const type = typeOf(library, 'ORS001L8').id;
      for (const [kind, state] of [
        ['FOREIGN', STATE.FOREIGN],
        ['IMPORT', STATE.IMPORT],
        ['FOREIGN', STATE.UNKNOWN],
      ] as const) {
        const medium = inPool(library, 'ORS001L8', systemPool(library, kind, type).id, state);
        const { id } = library.side('ORS001L8');
        store.table('sides').update(id, { omidLabelId: 'aa', omidLabelType: 'MTF', omidLabelInfo: 'old' });
        t.equal(await moved(library, medium, free(library)), 'moved');
        t.match(library.side('ORS001L8'), { state: STATE.AVAILABLE, omidLabelId: '', omidLabelType: '' });
      }
    },
  },
  {
    change: 'lib-request-new-writescratch',
    title: 'queues a WRITESCRATCH request for a cartridge whose label is to be written at once',
    async run(t) {
      const library = await open(t);
      const { manager, store, api, session } = library;
      manager.freeLabels.atOnce = true;
      const { id: medium } = library.medium('ORS001L8');
      const requests = () => store.table('libRequests').list({ operationCode: NtmsLmOperation.NTMS_LM_WRITESCRATCH });
      const before = requests().length;
      const seen: number[] = [];
      store.onChange(({ table, id, operation }) => {
        if (table === 'libRequests' && operation === 'insert') seen.push(store.table('libRequests').require(id).state);
      });
      await api.MoveToNtmsMediaPool(session, medium, free(library));
      t.equal(requests().length, before + 1);
      t.same(seen, [NtmsLmState.NTMS_LM_QUEUED]);
      await manager.drain();
      t.match(requests().at(-1), { physMediaId: medium, state: NtmsLmState.NTMS_LM_PASSED });
    },
  },
  {
    title: 'takes a free cartridge into an application pool without touching its side',
    async run(t) {
      const library = await open(t);
      const medium = inFreePool(library, 'ORS001L8');
      const before = library.side('ORS001L8');
      t.equal(await moved(library, medium, await archive(library)), 'moved');
      t.same(library.side('ORS001L8'), before);
    },
  },
  {
    title: 'undoes everything when the database refuses a part of it',
    async run(t) {
      const library = await open(t);
      const { api, session, store } = library;
      const { medium, pool } = await inApplicationPool(library, 'ORS001L8', STATE.IMPORT);
      store.connection.exec(
        `CREATE TEMP TRIGGER refuse BEFORE UPDATE ON main.physical_media BEGIN SELECT RAISE(ABORT, 'no'); END`,
      );
      t.equal(
        (await refusal(api.MoveToNtmsMediaPool(session, medium, free(library)))).symbol,
        'ERROR_DATABASE_FAILURE',
      );
      t.equal(library.side('ORS001L8').state, STATE.IMPORT);
      t.equal(library.medium('ORS001L8').mediaPool, pool);
    },
  },
]);
