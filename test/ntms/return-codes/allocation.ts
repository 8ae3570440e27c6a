import { NtmsAccessMask, NtmsDeallocationPolicy, NtmsPartitionState } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import type { Test } from 'tap';
import { addPool, AllocationHouse, noRoomFor } from '../allocation-house.js';
import { breakReference, damageTable, runOutOfMemory } from '../broken-database.js';
import { returnCodesOf } from '../coverage-case.js';
import { denyGuest, guestOf, NOBODY } from '../house.js';
import type { ApiCaller } from '../house.js';

const { NTMS_USE_ACCESS, NTMS_MODIFY_ACCESS, NTMS_CONTROL_ACCESS } = NtmsAccessMask;
const { NTMS_DEALLOCATE_TOSCRATCH } = NtmsDeallocationPolicy;

/** What the call is about: a logical medium, a side, or a pair. */
type Call<Subject> = (by: ApiCaller, subject: Subject) => Promise<unknown>;
type Spoil<Subject> = (house: AllocationHouse, subject: Subject, t: Test) => unknown;

/** The codes that each function of one subject gives in the same way. */
function casesFor<Subject>(prepare: (house: AllocationHouse) => Promise<Subject>, call: Call<Subject>) {
  const open = async (t: Test, spoil: Spoil<Subject> = () => undefined) => {
    const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8']);
    const subject = await prepare(house);
    await spoil(house, subject, t);
    return { house, subject };
  };
  const after = (spoil?: Spoil<Subject>) => async (t: Test) => {
    const { house, subject } = await open(t, spoil);
    return () => call(house.library, subject);
  };
  const byGuest = (spoil?: Spoil<Subject>) => async (t: Test) => {
    const { house, subject } = await open(t, spoil);
    const guest = await guestOf(house.library);
    return () => call(guest, subject);
  };
  const common = [
    { symbol: 'ERROR_SUCCESS' as const, title: 'does what was asked', run: after() },
    {
      symbol: 'ERROR_ACCESS_DENIED' as const,
      title: 'refuses a user who may use the pool and no more',
      right: 'media pool' as const,
      run: byGuest(),
    },
    {
      symbol: 'ERROR_DATABASE_FAILURE' as const,
      title: 'meets a damaged page of the database',
      run: after(({ library }) => damageTable(library, 'sides')),
    },
    {
      symbol: 'ERROR_DATABASE_FULL' as const,
      title: 'finds no room for the change',
      run: after(({ library }) => noRoomFor(library, 'UPDATE', 'sides')),
    },
    {
      symbol: 'ERROR_INVALID_HANDLE' as const,
      title: 'refuses a closed session',
      parameter: 'hSession' as const,
      run: after(({ library }) => library.api.CloseNtmsSession(library.session)),
    },
    {
      symbol: 'ERROR_NOT_ENOUGH_MEMORY' as const,
      title: 'cannot get the memory to look at the side',
      run: after(({ library }) => runOutOfMemory(library, 'sides')),
    },
  ];
  return { after, byGuest, common };
}

/** One call after nothing but opening the house. */
const plain = (call: (house: AllocationHouse) => Promise<unknown>) => async (t: Test) => {
  const house = await AllocationHouse.open(t, ['ORS001L8', 'ORS002L8']);
  return () => call(house);
};

const setState = (side: (house: AllocationHouse) => Guid, state: number) => (house: AllocationHouse) =>
  house.library.store.table('sides').update(side(house), { state });
const ofFirst = (house: AllocationHouse): Guid => house.side('ORS001L8').id;
const losePool = ({ library }: AllocationHouse): void =>
  breakReference(library, 'physical_media', 'media_pool', library.medium('ORS001L8').id);

const deallocate: Call<Guid> = ({ api, session }, id) => api.DeallocateNtmsMedia(session, id, 0);
const forDeallocate = casesFor((house) => house.allocated(), deallocate);

export const deallocateNtmsMediaCodes = returnCodesOf('DeallocateNtmsMedia', [
  ...forDeallocate.common,
  {
    symbol: 'ERROR_SUCCESS',
    title: 'ignores the options, which are reserved',
    parameter: 'dwOptions',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const id = await house.allocated();
      return () => house.library.api.DeallocateNtmsMedia(house.library.session, id, 99);
    },
  },
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may not use the free pool that the cartridge goes to',
    right: 'media pool',
    run: forDeallocate.byGuest((house) => {
      const { store } = house.library;
      store.table('mediaPools').update(house.pool, { deallocationPolicy: NTMS_DEALLOCATE_TOSCRATCH });
      denyGuest(house.library, house.pool, 0);
      denyGuest(house.library, house.free, NTMS_USE_ACCESS);
    }),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses an id that no logical medium has',
    parameter: 'lpMediaId',
    run: plain(({ library }) => deallocate(library, NOBODY)),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses the id of a side',
    parameter: 'lpMediaId',
    run: plain((house) => deallocate(house.library, ofFirst(house))),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a logical medium whose side the records do not call allocated',
    run: forDeallocate.after(setState(ofFirst, NtmsPartitionState.NTMS_PARTSTATE_DECOMMISSIONED)),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a logical medium whose pool is lost',
    run: forDeallocate.after(losePool),
  },
  ...[null, ''].map((id) => ({
    symbol: 'ERROR_INVALID_PARAMETER' as const,
    title: `refuses ${JSON.stringify(id)} for a medium`,
    parameter: 'lpMediaId' as const,
    run: plain(({ library }) => deallocate(library, id as never)),
  })),
]);

interface Pair {
  readonly first: Guid;
  readonly second: Guid;
}
const swap: Call<Pair> = ({ api, session }, { first, second }) => api.SwapNtmsMedia(session, first, second);
const pair = async (house: AllocationHouse): Promise<Pair> => ({
  first: await house.allocated(),
  second: await house.allocated(),
});
const forSwap = casesFor(pair, swap);

export const swapNtmsMediaCodes = returnCodesOf('SwapNtmsMedia', [
  ...forSwap.common,
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user who may not modify the second pool',
    right: 'media pool',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const pool = addPool(house.library, { name: 'Other' });
      house.put('ORS002L8', pool);
      const first = await house.allocated();
      const { lpMediaId: second } = await house.allocate({ pool });
      const guest = await guestOf(house.library);
      denyGuest(house.library, house.pool, 0);
      denyGuest(house.library, pool, NTMS_MODIFY_ACCESS);
      return () => swap(guest, { first, second });
    },
  },
  ...(['lpMediaId1', 'lpMediaId2'] as const).flatMap((parameter) => [
    {
      symbol: 'ERROR_INVALID_MEDIA' as const,
      title: `refuses an id that no logical medium has for ${parameter}`,
      parameter,
      run: plain(async (house) => {
        const known = await house.allocated();
        const [first, second] = parameter === 'lpMediaId1' ? [NOBODY, known] : [known, NOBODY];
        return swap(house.library, { first, second });
      }),
    },
    {
      symbol: 'ERROR_INVALID_PARAMETER' as const,
      title: `refuses null for ${parameter}`,
      parameter,
      run: plain(async (house) => {
        const known = await house.allocated();
        const [first, second] = parameter === 'lpMediaId1' ? [null, known] : [known, null];
        return swap(house.library, { first: first as never, second: second as never });
      }),
    },
  ]),
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses one medium twice',
    run: plain(async (house) => {
      const first = await house.allocated();
      return swap(house.library, { first, second: first });
    }),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a medium that is mounted',
    run: forSwap.after(({ library }) => library.mount('ORS002L8')),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses media of two pools',
    async run(t) {
      const house = await AllocationHouse.open(t, ['ORS001L8']);
      const pool = addPool(house.library, { name: 'Other' });
      house.put('ORS002L8', pool);
      const first = await house.allocated();
      const { lpMediaId: second } = await house.allocate({ pool });
      return () => swap(house.library, { first, second });
    },
  },
  { symbol: 'ERROR_INVALID_MEDIA_POOL', title: 'refuses a medium whose pool is lost', run: forSwap.after(losePool) },
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a side that is complete',
    run: forSwap.after(({ library }, { second }) => library.api.SetNtmsMediaComplete(library.session, second)),
  },
]);

const decommission: Call<Guid> = ({ api, session }, id) => api.DecommissionNtmsMedia(session, id);
const forDecommission = casesFor((house) => Promise.resolve(ofFirst(house)), decommission);

export const decommissionNtmsMediaCodes = returnCodesOf('DecommissionNtmsMedia', [
  ...forDecommission.common,
  {
    symbol: 'ERROR_ACCESS_DENIED',
    title: 'refuses a user whom the pool denies control',
    right: 'media pool',
    run: forDecommission.byGuest(({ library, pool }) => denyGuest(library, pool, NTMS_CONTROL_ACCESS)),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses an id that no side has',
    parameter: 'lpMediaId',
    run: plain(({ library }) => decommission(library, NOBODY)),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses a side whose cartridge is lost',
    run: forDecommission.after((house, id) => breakReference(house.library, 'sides', 'physical_media', id)),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses a side whose pool is lost',
    run: forDecommission.after(losePool),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null side',
    parameter: 'lpMediaId',
    run: plain(({ library }) => decommission(library, null as never)),
  },
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a side that is allocated',
    run: forDecommission.after((house) => house.allocated()),
  },
]);

const complete: Call<Guid> = ({ api, session }, id) => api.SetNtmsMediaComplete(session, id);
const forComplete = casesFor((house) => house.allocated(), complete);

export const setNtmsMediaCompleteCodes = returnCodesOf('SetNtmsMediaComplete', [
  ...forComplete.common,
  {
    symbol: 'ERROR_INVALID_MEDIA',
    title: 'refuses an id that no logical medium has',
    parameter: 'lpMediaId',
    run: plain(({ library }) => complete(library, NOBODY)),
  },
  {
    symbol: 'ERROR_INVALID_MEDIA_POOL',
    title: 'refuses a medium whose pool is lost',
    run: forComplete.after(losePool),
  },
  {
    symbol: 'ERROR_INVALID_PARAMETER',
    title: 'refuses a null medium',
    parameter: 'lpMediaId',
    run: plain(({ library }) => complete(library, null as never)),
  },
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a medium that is complete already',
    run: forComplete.after(({ library }, id) => complete(library, id)),
  },
  {
    symbol: 'ERROR_INVALID_STATE',
    title: 'refuses a medium that is mounted',
    run: forComplete.after(({ library }) => library.mount('ORS001L8')),
  },
]);
