import {
  INFINITE,
  NtmsAllocateOptions,
  NtmsAllocationPolicy,
  NtmsObjectsTypes,
  NtmsOperationalState,
  NtmsPartitionState,
} from '../../../src/ntms/index.js';
import { refusal } from '../../library/virtual-library.js';
import { addPool, AllocationHouse } from '../allocation-house.js';
import { behaviourOf } from '../coverage-case.js';
import { denyGuest, guestOf, takeToShelf } from '../house.js';

const { NTMS_ALLOCATE_NEW: NEW, NTMS_ALLOCATE_NEXT: NEXT } = NtmsAllocateOptions;
const { NTMS_ALLOCATE_FROMSCRATCH: allocationPolicy } = NtmsAllocationPolicy;
const S = NtmsPartitionState;
const drawing = { pool: { allocationPolicy } };

/** What one call finds, in which order, and what it changes. */
export const allocateNtmsMediaBehaviour = behaviourOf('AllocateNtmsMedia', [
  {
    rule: 'search-order-available-online',
    title: 'empties the pool before it looks into the free pool, and looks there only if the policy says so',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS002L8'], drawing);
      house.put('ORS001L8', house.free);
      t.equal(house.barCodeOf(await house.allocated()), 'ORS002L8');
      house.library.store.table('mediaPools').update(house.pool, { allocationPolicy: 0 });
      t.equal((await refusal(house.allocate())).symbol, 'ERROR_MEDIA_UNAVAILABLE');
      house.library.store.table('mediaPools').update(house.pool, { allocationPolicy });
      t.equal(house.barCodeOf(await house.allocated()), 'ORS001L8');
    },
  },
  {
    rule: 'search-order-available-online',
    title: 'leaves out what is offline, disabled, a cleaner, or not available',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8', 'ORS003L8', 'ORS004L8', 'ORS005L8']);
      const { store } = house.library;
      await takeToShelf(house.library, 'ORS001L8');
      store.table('physicalMedia').update(house.library.medium('ORS002L8').id, { enabled: false });
      store.table('physicalMedia').update(house.library.medium('ORS003L8').id, { cleaner: true });
      house.unprepared('ORS004L8');
      t.equal(house.barCodeOf(await house.allocated()), 'ORS005L8');
      t.equal((await refusal(house.allocate())).symbol, 'ERROR_MEDIA_UNAVAILABLE');
    },
  },
  {
    rule: 'search-order-available-online',
    title: 'takes the side that was used least, and a cartridge that nobody uses before one that is mounted',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8', 'ORS003L8', 'ORS004L8']);
      const { store } = house.library;
      store.table('sides').update(house.side('ORS001L8').id, { allocateCount: 2 });
      store.table('sides').update(house.side('ORS002L8').id, { allocateCount: 1, mountCount: 9 });
      store.table('sides').update(house.side('ORS003L8').id, { allocateCount: 1, mountCount: 8 });
      await house.library.mount('ORS004L8');
      const order = [];
      for (let count = 0; count < 4; count++) order.push(house.barCodeOf(await house.allocated()));
      t.same(order, ['ORS003L8', 'ORS002L8', 'ORS001L8', 'ORS004L8']);
    },
  },
  {
    rule: 'search-order-available-online',
    title: 'fills up shared cartridges, so that whole ones are left for NTMS_ALLOCATE_NEW',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8', 'ORS003L8']);
      for (const barCode of ['ORS001L8', 'ORS002L8']) house.addSide(barCode);
      const order = [];
      for (const flags of [0, NEW, 0, 0]) order.push(house.barCodeOf(await house.allocated(flags)));
      t.same(order, ['ORS001L8', 'ORS002L8', 'ORS001L8', 'ORS003L8']);
    },
  },
  {
    rule: 'free-pool-medium-moved',
    title: 'moves the cartridge from the free pool, with both its sides, before one of them is allocated',
    async run(t) {
      const house = await AllocationHouse.open(t, [], drawing);
      house.put('ORS001L8', house.free);
      house.addSide('ORS001L8');
      const { free } = house;
      const { lpAllocateInformation } = await house.allocate();
      t.equal(lpAllocateInformation.AllocatedFrom, free);
      t.equal(house.library.medium('ORS001L8').mediaPool, house.pool);
      t.same([house.side('ORS001L8').state, house.side('ORS001L8', 1).state], [S.NTMS_PARTSTATE_ALLOCATED, 4]);
      t.equal((await house.allocate()).lpAllocateInformation.AllocatedFrom, house.pool, 'the other side is here now');
    },
  },
  {
    change: 'physical-media-media-pool',
    title: 'puts a free cartridge into the pool that it is allocated in',
    async run(t) {
      const house = await AllocationHouse.open(t, [], drawing);
      const { id: side } = house.put('ORS002L8', house.free);
      house.put('ORS001L8', house.free);
      t.equal(house.barCodeOf((await house.allocate({ side })).lpMediaId), 'ORS002L8', 'also a named one');
      t.equal(house.library.medium('ORS002L8').mediaPool, house.pool);
      t.equal(house.library.medium('ORS001L8').mediaPool, house.free);
    },
  },
  {
    parameter: 'lpAllocateInformation',
    title: 'tells the pool that the medium came from, which may be the pool itself',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      t.same((await house.allocate()).lpAllocateInformation, { AllocatedFrom: house.pool });
    },
  },
  {
    change: 'side-state-allocated-success',
    title: 'an available side is allocated, and no other one',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8']);
      await house.allocate();
      t.equal(house.side('ORS001L8').state, S.NTMS_PARTSTATE_ALLOCATED);
      t.equal(house.side('ORS002L8').state, S.NTMS_PARTSTATE_AVAILABLE);
    },
  },
  {
    change: 'side-dw-allocate-count',
    title: 'counts each allocation of a side',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      for (const count of [1, 2]) {
        const id = await house.allocated();
        t.equal(house.side('ORS001L8').allocateCount, count);
        await house.library.api.DeallocateNtmsMedia(house.library.session, id, 0);
      }
    },
  },
  {
    change: 'side-logical-media-new',
    title: 'links the side to the logical medium',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      t.equal(house.side('ORS001L8').logicalMedia, null);
      t.equal(await house.allocated(), house.side('ORS001L8').logicalMedia);
    },
  },
  {
    change: 'logical-media-exists-present',
    title: 'makes a logical medium, which can be asked for and mounted by its id',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const id = await house.allocated();
      const { api, session } = house.library;
      const dwType = NtmsObjectsTypes.NTMS_LOGICAL_MEDIA;
      const { Info } = await api.GetNtmsObjectInformation(session, id, { dwType });
      t.same(Info, { LogicalMedia: { MediaPool: house.pool, dwNumberOfPartitions: 1 } });
      await api.MountNtmsMedia(session, [id], [null], 1, 0, 0, INFINITE, null);
      t.same(house.library.inDrives(), ['ORS001L8', null]);
    },
  },
  {
    rule: 'new-reserves-remaining-sides',
    title: 'keeps the second side for the owner of the first, who gets it by NTMS_ALLOCATE_NEXT',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      house.addSide('ORS001L8');
      const first = await house.allocated(NEW);
      t.equal((await refusal(house.allocate())).symbol, 'ERROR_MEDIA_UNAVAILABLE', 'nobody else can have it');
      const reserved = house.side('ORS001L8', 1).id;
      t.equal((await refusal(house.allocate({ side: reserved }))).symbol, 'ERROR_MEDIA_UNAVAILABLE');
      const { lpMediaId: second } = await house.next(first, { side: reserved });
      t.equal(house.side('ORS001L8', 1).logicalMedia, second);
      t.equal(house.side('ORS001L8', 1).state, S.NTMS_PARTSTATE_ALLOCATED);
      t.not(first, second);
    },
  },
  {
    rule: 'new-reserves-remaining-sides',
    title: 'does not take a cartridge of which somebody has a side; a tape has no other side to keep',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      house.addSide('ORS001L8');
      await house.allocate();
      t.equal((await refusal(house.allocate({ flags: NEW }))).symbol, 'ERROR_MEDIA_UNAVAILABLE');
      const side = house.side('ORS001L8', 1).id;
      t.equal((await refusal(house.allocate({ flags: NEW, side }))).symbol, 'ERROR_MEDIA_UNAVAILABLE');
      house.put('ORS002L8', house.pool);
      t.equal(house.barCodeOf(await house.allocated(NEW)), 'ORS002L8');
    },
  },
  {
    change: 'side-state-reserved-sibling',
    title: 'reserves the other side',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      house.addSide('ORS001L8');
      await house.allocate({ flags: NEW });
      t.equal(house.side('ORS001L8', 1).state, S.NTMS_PARTSTATE_RESERVED);
      t.equal(house.side('ORS001L8', 1).allocateCount, 0, 'which is no allocation');
    },
  },
  {
    rule: 'new-next-together-caller',
    title: 'takes either option and refuses both at once',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      house.addSide('ORS001L8');
      const call = house.allocate({ flags: NEW | NEXT, mediaId: await house.allocated(NEW) });
      t.equal((await refusal(call)).symbol, 'ERROR_INVALID_PARAMETER');
    },
  },
  {
    rule: 'next-no-side-left',
    title: 'fails at once, for new media would not help, however long the caller would wait',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8']);
      const mediaId = await house.allocated(NEW);
      const call = house.allocate({ mediaId, flags: NEXT, timeoutMs: INFINITE });
      t.equal((await refusal(call)).symbol, 'ERROR_MEDIA_UNAVAILABLE');
      t.same(house.asked(), []);
    },
  },
  {
    rule: 'naming-import-state-side',
    title: 'imports the cartridge and allocates the side in one step; a side that is not named is never imported',
    async run(t) {
      const house = await AllocationHouse.open(t);
      const { id: side } = house.put('ORS001L8', house.import);
      t.equal((await refusal(house.allocate())).symbol, 'ERROR_MEDIA_UNAVAILABLE');
      const source = house.import;
      const { lpMediaId, lpAllocateInformation } = await house.allocate({ side });
      t.equal(lpAllocateInformation.AllocatedFrom, source);
      t.equal(house.barCodeOf(lpMediaId), 'ORS001L8');
      t.equal(house.library.medium('ORS001L8').mediaPool, house.pool);
    },
  },
  {
    rule: 'other-side-such-imported',
    title: 'leaves the other side in import state, in the same pool, until it is named itself',
    async run(t) {
      const house = await AllocationHouse.open(t);
      const { id: side } = house.put('ORS001L8', house.import);
      house.addSide('ORS001L8');
      await house.allocate({ side, flags: NEW });
      t.equal(house.side('ORS001L8', 1).state, S.NTMS_PARTSTATE_IMPORT);
      t.equal((await refusal(house.allocate())).symbol, 'ERROR_MEDIA_UNAVAILABLE');
      const { lpMediaId } = await house.allocate({ side: house.side('ORS001L8', 1).id });
      t.equal(house.side('ORS001L8', 1).logicalMedia, lpMediaId);
    },
  },
  {
    rule: 'unsuitable-named-side-returns',
    title: 'says why a named side cannot be had, and does not take another one',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8']);
      const { store } = house.library;
      const reasons: string[] = [];
      const tell = async (side: string): Promise<void> => {
        const { symbol, detail } = await refusal(house.allocate({ side, timeoutMs: INFINITE }));
        reasons.push(`${symbol}: ${detail}`);
      };
      await tell(house.put('ORS001L8', house.free).id);
      await tell(house.put('ORS001L8', addPool(house.library, { name: 'Other' })).id);
      await tell(house.put('ORS001L8', house.pool, S.NTMS_PARTSTATE_DECOMMISSIONED).id);
      const { id } = house.put('ORS001L8', house.pool);
      const { mediaType } = house.library.medium('ORS001L8');
      const other = store.ensureMediaType({ name: 'Another type' }).mediaType.id;
      house.put('ORS001L8', house.import);
      store.table('physicalMedia').update(house.library.medium('ORS001L8').id, { mediaType: other });
      await tell(id);
      store.table('physicalMedia').update(house.library.medium('ORS001L8').id, { mediaType });
      house.put('ORS001L8', house.pool);
      store.table('libraries').update(house.library.library.id, { enabled: false });
      await tell(id);
      const { NTMS_NOT_PRESENT: operationalState } = NtmsOperationalState;
      store.table('libraries').update(house.library.library.id, { enabled: true, operationalState });
      await tell(id);
      store.table('libraries').update(house.library.library.id, { operationalState: 0 });
      store.table('sides').update(id, { enabled: false });
      await tell(id);
      await takeToShelf(house.library, 'ORS001L8');
      await tell(id);
      const expected = [
        ...[
          'does not draw',
          'belongs to pool Other',
          'state 3',
          'another media type',
          'library test, which is disabled',
        ],
        ...['ERROR_MEDIA_OFFLINE', 'is disabled', 'ERROR_MEDIA_OFFLINE'],
      ];
      t.equal(reasons.length, expected.length);
      for (const [index, part] of expected.entries()) t.match(reasons[index], part);
      t.equal(store.table('logicalMedia').count(), 0);
    },
  },
  {
    rule: 'server-2003-use-right',
    title: 'use is enough on the free pool; control on the import pool is not enough without it on the target',
    async run(t) {
      const house = await AllocationHouse.open(t, [], drawing);
      house.put('ORS001L8', house.free);
      const { id: side } = house.put('ORS002L8', house.import);
      const by = await guestOf(house.library);
      denyGuest(house.library, house.import, 0);
      t.equal((await refusal(house.allocate({ by, side }))).symbol, 'ERROR_ACCESS_DENIED');
      denyGuest(house.library, house.pool, 0);
      t.equal(house.barCodeOf((await house.allocate({ by })).lpMediaId), 'ORS001L8');
      t.equal(house.barCodeOf((await house.allocate({ by, side })).lpMediaId), 'ORS002L8');
    },
  },
]);
