import {
  INFINITE,
  NtmsAllocateOptions,
  NtmsDeallocationPolicy,
  NtmsMountOptions,
  NtmsPartitionState,
} from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { refusal } from '../../library/virtual-library.js';
import { addPool, AllocationHouse } from '../allocation-house.js';
import { behaviourOf } from '../coverage-case.js';
import { denyGuest, guestOf, mountBy } from '../house.js';

const { NTMS_ALLOCATE_NEW: NEW } = NtmsAllocateOptions;
const { NTMS_DEALLOCATE_TOSCRATCH: deallocationPolicy } = NtmsDeallocationPolicy;
const S = NtmsPartitionState;

function deallocate({ library: { api, session } }: AllocationHouse, id: Guid): Promise<void> {
  return api.DeallocateNtmsMedia(session, id, 0);
}

export const deallocateNtmsMediaBehaviour = behaviourOf('DeallocateNtmsMedia', [
  {
    rule: 'logical-media-object-deleted',
    title: 'deletes the logical medium; whoever comes next may have the side',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const id = await house.allocated();
      await deallocate(house, id);
      t.equal((await refusal(deallocate(house, id))).symbol, 'ERROR_INVALID_MEDIA');
      t.equal((await refusal(mountBy(house.library, [id]))).symbol, 'ERROR_INVALID_MEDIA');
      t.not(await house.allocated(), id);
    },
  },
  {
    rule: 'logical-media-object-deleted',
    title: 'lets the side go that was kept for the owner, when no side of the cartridge is owned any more',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      house.addSide('ORS001L8');
      const first = await house.allocated(NEW);
      const { lpMediaId: second } = await house.next(first);
      await deallocate(house, first);
      t.same([house.side('ORS001L8').state, house.side('ORS001L8', 1).state], [4, S.NTMS_PARTSTATE_ALLOCATED]);
      await deallocate(house, second);
      const third = await house.allocated(NEW);
      t.equal(house.side('ORS001L8', 1).state, S.NTMS_PARTSTATE_RESERVED);
      await deallocate(house, third);
      t.equal(house.side('ORS001L8', 1).state, S.NTMS_PARTSTATE_AVAILABLE);
    },
  },
  {
    parameter: 'lpMediaId',
    title: 'refuses a medium in use, mounted or with a mount that waits, with ERROR_BUSY; its other side may go',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8']);
      house.addSide('ORS001L8');
      const [first, second, third] = [await house.allocated(), await house.allocated(), await house.allocated()];
      t.equal(house.barCodeOf(third), 'ORS002L8');
      const drives = [house.library.drive(0).id];
      const { NTMS_MOUNT_SPECIFIC_DRIVE: specific, NTMS_MOUNT_NOWAIT: noWait } = NtmsMountOptions;
      await mountBy(house.library, [first], { drives, flags: specific });
      await mountBy(house.library, [third], { drives, flags: specific | noWait });
      for (const id of [first, third]) t.equal((await refusal(deallocate(house, id))).symbol, 'ERROR_BUSY');
      await deallocate(house, second);
      t.equal(house.side('ORS001L8').state, S.NTMS_PARTSTATE_ALLOCATED);
    },
  },
  {
    rule: 'side-turns-decommissioned-rather',
    title: 'decommissions a side that was allocated as often as its pool allows; 0 sets no limit',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8'], { pool: { maxAllocates: 2 } });
      await deallocate(house, await house.allocated());
      t.equal(house.side('ORS001L8').state, S.NTMS_PARTSTATE_AVAILABLE);
      house.library.store.table('mediaPools').update(house.pool, { maxAllocates: 0 });
      await deallocate(house, await house.allocated());
      t.equal(house.side('ORS001L8').state, S.NTMS_PARTSTATE_AVAILABLE);
      house.library.store.table('mediaPools').update(house.pool, { maxAllocates: 3 });
      await deallocate(house, await house.allocated());
      t.equal(house.side('ORS001L8').state, S.NTMS_PARTSTATE_DECOMMISSIONED);
    },
  },
  {
    rule: 'decommissioned-sides-can-never',
    title: 'gives a worn-out side to nobody, named or not',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8'], { pool: { maxAllocates: 1 } });
      await deallocate(house, await house.allocated());
      t.equal((await refusal(house.allocate())).symbol, 'ERROR_MEDIA_UNAVAILABLE');
      const named = house.allocate({ side: house.side('ORS001L8').id });
      t.equal((await refusal(named)).symbol, 'ERROR_MEDIA_UNAVAILABLE');
    },
  },
  {
    rule: 'policy-bit-toscratch-cartridge',
    title:
      'returns the cartridge to the free pool if the policy says so, but not while a side is owned or to be imported',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      house.addSide('ORS001L8');
      const { store } = house.library;
      await deallocate(house, await house.allocated());
      t.equal(house.library.medium('ORS001L8').mediaPool, house.pool, 'not without the policy');
      store.table('mediaPools').update(house.pool, { deallocationPolicy });
      const { lpMediaId: second } = await house.allocate({ side: house.side('ORS001L8', 1).id });
      const first = await house.allocated();
      await deallocate(house, first);
      t.equal(house.library.medium('ORS001L8').mediaPool, house.pool, 'the other side is owned');
      store.table('sides').update(house.side('ORS001L8').id, { state: S.NTMS_PARTSTATE_IMPORT });
      await deallocate(house, second);
      t.equal(house.library.medium('ORS001L8').mediaPool, house.pool, 'the first holds what somebody may import');
      store.table('sides').update(house.side('ORS001L8').id, { state: S.NTMS_PARTSTATE_DECOMMISSIONED });
      await deallocate(house, await house.allocated());
      t.equal(house.library.medium('ORS001L8').mediaPool, house.free);
      t.equal(house.side('ORS001L8').state, S.NTMS_PARTSTATE_DECOMMISSIONED, 'which does not mend a side');
    },
  },
  {
    rule: 'policy-bit-toscratch-cartridge',
    title: 'keeps a worn-out cartridge where it is, and one for whose type there is no free pool',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8'], { pool: { deallocationPolicy, maxAllocates: 1 } });
      await deallocate(house, await house.allocated());
      t.equal(house.library.medium('ORS001L8').mediaPool, house.pool);
      house.put('ORS002L8', house.pool);
      house.library.store.table('mediaPools').update(house.pool, { maxAllocates: 0 });
      house.library.store.table('mediaPools').remove(house.free);
      await deallocate(house, await house.allocated());
      t.equal(house.library.medium('ORS002L8').mediaPool, house.pool);
      t.match(house.library.manager.notices.at(-1), 'there is no free pool');
    },
  },
  {
    rule: 'server-2003-returning-free',
    title: 'use is enough on the free pool, and does not matter when the cartridge stays',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8'], { pool: { deallocationPolicy } });
      const guest = await guestOf(house.library);
      denyGuest(house.library, house.pool, 0);
      const [first, second] = [await house.allocated(), await house.allocated()];
      await guest.api.DeallocateNtmsMedia(guest.session, first, 0);
      t.equal(house.library.medium('ORS001L8').mediaPool, house.free);
      denyGuest(house.library, house.free);
      t.equal((await refusal(guest.api.DeallocateNtmsMedia(guest.session, second, 0))).symbol, 'ERROR_ACCESS_DENIED');
      house.library.store.table('mediaPools').update(house.pool, { deallocationPolicy: 0 });
      await guest.api.DeallocateNtmsMedia(guest.session, second, 0);
    },
  },
  ...([false, true] as const).map((complete) => ({
    change: 'side-state-available-count' as const,
    title: `a side that was ${complete ? 'complete' : 'allocated'} is available again`,
    async run(t: Parameters<typeof AllocationHouse.open>[0]) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const id = await house.allocated();
      if (complete) await house.library.api.SetNtmsMediaComplete(house.library.session, id);
      await deallocate(house, id);
      t.equal(house.side('ORS001L8').state, S.NTMS_PARTSTATE_AVAILABLE);
    },
  })),
  {
    change: 'side-state-decommissioned-count',
    title: 'a complete side that has reached the limit is decommissioned',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8'], { pool: { maxAllocates: 1 } });
      const id = await house.allocated();
      await house.library.api.SetNtmsMediaComplete(house.library.session, id);
      await deallocate(house, id);
      t.equal(house.side('ORS001L8').state, S.NTMS_PARTSTATE_DECOMMISSIONED);
    },
  },
  {
    change: 'side-logical-media-null',
    title: 'the side stands for no logical medium any more',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      await deallocate(house, await house.allocated());
      t.equal(house.side('ORS001L8').logicalMedia, null);
    },
  },
  {
    change: 'logical-media-exists-deleted',
    title: 'no logical medium is left, and no link to it',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      await deallocate(house, await house.allocated());
      t.equal(house.library.store.table('logicalMedia').count(), 0);
    },
  },
  {
    change: 'physical-media-media-pool',
    title: 'the cartridge is in the free pool, where others find it',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8'], { pool: { deallocationPolicy } });
      await deallocate(house, await house.allocated());
      t.equal(house.library.medium('ORS001L8').mediaPool, house.free);
      const pool = addPool(house.library, { name: 'Drawing', allocationPolicy: 1 });
      t.equal(house.barCodeOf((await house.allocate({ pool })).lpMediaId), 'ORS001L8');
    },
  },
]);

/** Two logical media of the pool. */
async function pairIn(house: AllocationHouse): Promise<{ first: Guid; second: Guid; swap: () => Promise<void> }> {
  const [first, second] = [await house.allocated(), await house.allocated()];
  const { api, session } = house.library;
  return { first, second, swap: () => api.SwapNtmsMedia(session, first, second) };
}

export const swapNtmsMediaBehaviour = behaviourOf('SwapNtmsMedia', [
  {
    rule: 'two-logical-media-exchange',
    title: 'a mount by the same logical medium brings the other cartridge; nothing moved by the swap itself',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8']);
      const { first, swap } = await pairIn(house);
      const before = house.library.autoloader.inspect();
      await swap();
      t.same(house.library.autoloader.inspect(), before);
      await mountBy(house.library, [first]);
      t.same(house.library.inDrives(), ['ORS002L8', null]);
    },
  },
  {
    rule: 'both-lmids-belong-pool',
    title: 'refuses media of two pools and changes neither',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const pool = addPool(house.library, { name: 'Other' });
      house.put('ORS002L8', pool);
      const first = await house.allocated();
      const { lpMediaId: second } = await house.allocate({ pool });
      const { api, session } = house.library;
      t.equal((await refusal(api.SwapNtmsMedia(session, first, second))).symbol, 'ERROR_INVALID_MEDIA_POOL');
      t.same([house.barCodeOf(first), house.barCodeOf(second)], ['ORS001L8', 'ORS002L8']);
    },
  },
  {
    rule: 'both-sides-allocated',
    title: 'refuses when either side is complete and changes neither',
    async run(t) {
      for (const which of ['first', 'second'] as const) {
        const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8']);
        const pair = await pairIn(house);
        await house.library.api.SetNtmsMediaComplete(house.library.session, pair[which]);
        t.equal((await refusal(pair.swap())).symbol, 'ERROR_INVALID_STATE');
        t.same([house.barCodeOf(pair.first), house.barCodeOf(pair.second)], ['ORS001L8', 'ORS002L8']);
      }
    },
  },
  {
    rule: 'mounted-otherwise-used-medium',
    title: 'refuses while either medium is mounted, and takes them when they are back',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8']);
      const { swap } = await pairIn(house);
      for (const barCode of ['ORS001L8', 'ORS002L8']) {
        await house.library.mount(barCode);
        t.equal((await refusal(swap())).symbol, 'ERROR_INVALID_MEDIA');
        await house.library.dismount(barCode);
      }
      await swap();
    },
  },
  {
    change: 'side-logical-media-b',
    title: 'the links change places, the states stay',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8']);
      const { first, second, swap } = await pairIn(house);
      await swap();
      t.same([house.side('ORS001L8').logicalMedia, house.side('ORS002L8').logicalMedia], [second, first]);
      t.same([house.side('ORS001L8').state, house.side('ORS002L8').state], [5, 5]);
    },
  },
]);

export const decommissionNtmsMediaBehaviour = behaviourOf('DecommissionNtmsMedia', [
  {
    rule: 'only-available-sides-qualify',
    title: 'refuses every other state; an allocated side can be decommissioned once it is deallocated',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const { api, session, store } = house.library;
      const { id } = house.side('ORS001L8');
      const logical = await house.allocated();
      t.equal((await refusal(api.DecommissionNtmsMedia(session, id))).symbol, 'ERROR_INVALID_STATE');
      await deallocate(house, logical);
      house.unprepared('ORS001L8');
      for (const state of Object.values(S).filter((one) => one !== S.NTMS_PARTSTATE_AVAILABLE)) {
        store.table('sides').update(id, { state });
        t.equal((await refusal(api.DecommissionNtmsMedia(session, id))).symbol, 'ERROR_INVALID_STATE', `${state}`);
        t.equal(house.side('ORS001L8').state, state);
      }
      store.table('sides').update(id, { state: S.NTMS_PARTSTATE_AVAILABLE });
      await api.DecommissionNtmsMedia(session, id);
    },
  },
  {
    rule: 'rsm-still-recognises-cartridge',
    title: 'the cartridge keeps its record through an inventory and can be mounted, but nobody gets it',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const { id, physicalMedia } = house.side('ORS001L8');
      await house.library.api.DecommissionNtmsMedia(house.library.session, id);
      await house.library.inventory();
      t.equal(house.library.medium('ORS001L8').id, physicalMedia);
      t.equal(house.side('ORS001L8').state, S.NTMS_PARTSTATE_DECOMMISSIONED);
      t.same(await house.library.mount('ORS001L8'), [0]);
      t.equal((await refusal(house.allocate({ timeoutMs: 1000 }))).symbol, 'ERROR_TIMEOUT');
    },
  },
  {
    change: 'side-state-decommissioned-success',
    title: 'the side is decommissioned, its sibling is not',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      house.addSide('ORS001L8');
      await house.library.api.DecommissionNtmsMedia(house.library.session, house.side('ORS001L8').id);
      t.same([house.side('ORS001L8').state, house.side('ORS001L8', 1).state], [S.NTMS_PARTSTATE_DECOMMISSIONED, 4]);
    },
  },
]);

export const setNtmsMediaCompleteBehaviour = behaviourOf('SetNtmsMediaComplete', [
  {
    rule: 'side-allocated-neither-mounted',
    title: 'refuses while the side is mounted or a mount of it waits; afterwards it is taken',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const { api, session } = house.library;
      const id = await house.allocated();
      await mountBy(house.library, [id]);
      t.equal((await refusal(api.SetNtmsMediaComplete(session, id))).symbol, 'ERROR_INVALID_STATE');
      await house.library.dismount('ORS001L8');
      await api.SetNtmsMediaComplete(session, id);
    },
  },
  {
    rule: 'complete-media-refuse-write',
    title: 'a complete medium can be mounted for reading, not for writing',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const id = await house.allocated();
      await house.library.api.SetNtmsMediaComplete(house.library.session, id);
      const { NTMS_MOUNT_WRITE, NTMS_MOUNT_READ } = NtmsMountOptions;
      const write = mountBy(house.library, [id], { flags: NTMS_MOUNT_WRITE, timeoutMs: INFINITE });
      t.equal((await refusal(write)).symbol, 'ERROR_WRITE_PROTECT');
      await mountBy(house.library, [id], { flags: NTMS_MOUNT_READ });
      t.same(house.library.inDrives(), ['ORS001L8', null]);
    },
  },
  {
    change: 'side-state-complete-success',
    title: 'the side is complete and keeps its logical medium',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const id = await house.allocated();
      await house.library.api.SetNtmsMediaComplete(house.library.session, id);
      t.equal(house.side('ORS001L8').state, S.NTMS_PARTSTATE_COMPLETE);
      t.equal(house.side('ORS001L8').logicalMedia, id);
    },
  },
]);
