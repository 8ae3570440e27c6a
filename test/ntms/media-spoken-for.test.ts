import t from 'tap';
import type { Test } from 'tap';
import { INFINITE, NtmsMediaState } from '../../src/ntms/index.js';
import type { Guid } from '../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../library/virtual-library.js';
import { AllocationHouse } from './allocation-house.js';
import { guestOf, mountBy } from './house.js';
import { inApplicationPool, newMedium, newPool, newSide, onTheShelf, systemPool, typeOf } from './media-house.js';
import { withWaitingMount } from './waiting-mount.js';

/* Records that a request waits with: nobody pulls them away from under it. */

async function mountWaits(t: Test): Promise<{ library: VirtualLibrary; medium: Guid; from: Guid; to: Guid }> {
  const library = await VirtualLibrary.open(t);
  const { pool, medium } = await inApplicationPool(library, 'ORS003L8');
  const to = await newPool(library, 'Archive', typeOf(library, 'ORS003L8').id);
  await withWaitingMount(library, 'ORS003L8');
  return { library, medium, from: pool, to };
}

t.test('a cartridge that a mount waits for does not go into another pool', async (t) => {
  const { library, medium, from, to } = await mountWaits(t);
  const { api, session, store } = library;
  t.equal((await refusal(api.MoveToNtmsMediaPool(session, medium, to))).symbol, 'ERROR_BUSY');
  t.equal((await refusal(api.ChangeNtmsMediaType(session, medium, to))).symbol, 'ERROR_INVALID_MEDIA_POOL');
  t.equal(store.table('physicalMedia').require(medium).mediaPool, from);
});

t.test('the records of a cartridge stay as long as one of two mounts waits for it', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { api, session, store } = library;
  const { medium } = await onTheShelf(library);
  const side = store.table('sides').find({ physicalMedia: medium })?.id ?? '';
  const other = { api, session: await api.OpenNtmsSession(null, 'other', 0) };
  const mounts = [mountBy(library, [side]), mountBy(other, [side])];
  for (const mount of mounts) mount.catch(() => undefined);
  await api.CloseNtmsSession(other.session);
  t.equal((await refusal(mounts[1] as Promise<unknown>)).symbol, 'ERROR_CANCELLED');
  const { NTMS_MEDIASTATE_OPREQ } = NtmsMediaState;
  t.equal(store.table('physicalMedia').require(medium).mediaState, NTMS_MEDIASTATE_OPREQ, 'the other one waits');
  t.equal((await refusal(api.DeleteNtmsMedia(session, medium))).symbol, 'ERROR_INVALID_STATE');
  t.not(store.table('physicalMedia').get(medium), undefined);
});

t.test('who may not change a pool does not learn what may be put into it', async (t) => {
  const library = await VirtualLibrary.open(t);
  const guest = await guestOf(library);
  const { mediaType } = library.medium('ORS001L8');
  for (const kind of ['SCRATCH', 'FOREIGN', 'IMPORT'] as const) {
    const { id } = systemPool(library, kind, mediaType ?? '');
    const call = guest.api.CreateNtmsMedia(guest.session, newMedium(id, 2), [newSide(), newSide()], 0);
    t.equal((await refusal(call)).symbol, 'ERROR_ACCESS_DENIED', kind);
  }
});

t.test('an allocation ends when the pool that it waits for is deleted', async (t) => {
  const house = await AllocationHouse.open(t);
  const { api, session } = house.library;
  const call = house.allocate({ timeoutMs: INFINITE });
  await api.DeleteNtmsMediaPool(session, house.pool);
  t.equal((await refusal(call)).symbol, 'ERROR_INVALID_MEDIA_POOL');
  t.same(house.asked(), [], 'and nobody is asked for media any more');
});

t.test('what a record of a free side called itself goes when the side is allocated', async (t) => {
  const house = await AllocationHouse.open(t, ['ORS001L8']);
  const { store } = house.library;
  const { id: former } = store.table('logicalMedia').insert({ mediaPool: house.pool });
  store.table('sides').update(house.side('ORS001L8').id, { logicalMedia: former });
  const { lpMediaId } = await house.allocate();
  t.equal(house.side('ORS001L8').logicalMedia, lpMediaId);
  t.equal(store.table('logicalMedia').get(former), undefined, 'it would keep its pool from being deleted for ever');
});

t.test('a cartridge does not go back to the free pool while its other side is mounted', async (t) => {
  const house = await AllocationHouse.open(t, ['ORS001L8'], { pool: { deallocationPolicy: 1 } });
  const { api, session, store } = house.library;
  const logical = await house.allocated();
  const other = house.addSide('ORS001L8', 4);
  const { physicalMedia } = other;
  store.table('physicalMedia').update(physicalMedia, { mountedPartition: other.id, mediaState: 2 });
  t.equal((await refusal(api.DeallocateNtmsMedia(session, logical, 0))).symbol, 'ERROR_BUSY');
  t.equal(house.barCodeOf(logical), 'ORS001L8', 'and nothing has changed');
  store.table('physicalMedia').update(physicalMedia, { mountedPartition: null, mediaState: 0 });
  await api.DeallocateNtmsMedia(session, logical, 0);
  t.equal(store.table('physicalMedia').require(physicalMedia).mediaPool, house.free);
});

t.test('many calls wait on one session without a warning, and each ends with it', async (t) => {
  const warnings: string[] = [];
  const hear = ({ name }: Error): number => warnings.push(name);
  process.on('warning', hear);
  t.teardown(() => process.off('warning', hear));
  const house = await AllocationHouse.open(t);
  const calls = Array.from({ length: 12 }, () => refusal(house.allocate({ timeoutMs: INFINITE })));
  await new Promise((resolve) => setImmediate(resolve));
  await house.library.api.CloseNtmsSession(house.library.session);
  const ends = await Promise.all(calls);
  t.same(new Set(ends.map(({ symbol }) => symbol)), new Set(['ERROR_CANCELLED']));
  t.same(warnings, []);
  t.same(house.asked(), []);
});
