import {
  NtmsAllocateOptions,
  NtmsAllocationPolicy,
  NtmsCreateOptions,
  NtmsDeallocationPolicy,
  NtmsObjectsTypes,
  NtmsPoolType,
} from '../../src/ntms/index.js';
import type { Guid } from '../../src/ntms/index.js';
import { anyLogicalMedium, anySide, SHORT_MS, type Deed, type Hands } from './hands.js';

const { NTMS_ALLOCATE_NEW, NTMS_ALLOCATE_NEXT, NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE } = NtmsAllocateOptions;

/** Work with pools and with what is in them: nothing moves. */
export const poolDeeds: readonly (readonly [string, Deed])[] = [
  ['open or make a pool', makePool],
  ['open or make a pool', makePool],
  ['delete a pool', deletePool],
  ['set the policy of a pool', setPolicy],
  ['move a medium into a pool', moveToPool],
  ['move a medium into a pool', moveToPool],
  ['move a medium into a pool', moveToPool],
  ['allocate', allocate],
  ['allocate', allocate],
  ['allocate', allocate],
  ['allocate the next side', allocateNext],
  ['deallocate', deallocate],
  ['deallocate', deallocate],
  ['mark a medium complete', complete],
  ['swap two media', swap],
];

/** Few names, so that they meet again. */
async function makePool(hands: Hands): Promise<unknown> {
  const { house, session, random } = hands;
  const { api } = house;
  const top = `Work${random.below(3)}`;
  const path = random.chance(0.3) ? `${top}\\Part${random.below(2)}` : top;
  const type = random.chance(0.8) ? typeOfData(hands) : null;
  const action = random.chance(0.8) ? NtmsCreateOptions.NTMS_OPEN_ALWAYS : NtmsCreateOptions.NTMS_CREATE_NEW;
  return api.CreateNtmsMediaPool(session, path, type, action, null);
}

async function deletePool(hands: Hands): Promise<unknown> {
  const pool = anyPool(hands, NtmsPoolType.NTMS_POOLTYPE_APPLICATION);
  return pool === undefined ? undefined : hands.house.api.DeleteNtmsMediaPool(hands.session, pool);
}

async function setPolicy(hands: Hands): Promise<unknown> {
  const { house, session, random } = hands;
  const pool = anyPool(hands, NtmsPoolType.NTMS_POOLTYPE_APPLICATION);
  if (pool === undefined) return undefined;
  const dwType = NtmsObjectsTypes.NTMS_MEDIA_POOL;
  const record = await house.api.GetNtmsObjectInformation(session, pool, { dwType });
  if (!('MediaPool' in record.Info)) return undefined;
  const MediaPool = {
    ...record.Info.MediaPool,
    AllocationPolicy: random.chance(0.6) ? NtmsAllocationPolicy.NTMS_ALLOCATE_FROMSCRATCH : 0,
    DeallocationPolicy: random.chance(0.6) ? NtmsDeallocationPolicy.NTMS_DEALLOCATE_TOSCRATCH : 0,
  };
  return house.api.SetNtmsObjectInformation(session, pool, { ...record, Info: { MediaPool } });
}

async function moveToPool(hands: Hands): Promise<unknown> {
  const { house, session, random } = hands;
  const medium = random.pick(house.store.table('physicalMedia').list());
  const pool = anyPool(hands);
  if (medium === undefined || pool === undefined) return undefined;
  return house.api.MoveToNtmsMediaPool(session, medium.id, pool);
}

async function allocate(hands: Hands): Promise<unknown> {
  const { house, session, random } = hands;
  const pool = anyPool(hands, NtmsPoolType.NTMS_POOLTYPE_APPLICATION);
  if (pool === undefined) return undefined;
  const side = random.chance(0.3) ? (anySide(hands) ?? null) : null;
  const options =
    (random.chance(0.3) ? NTMS_ALLOCATE_NEW : 0) | (random.chance(0.8) ? NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE : 0);
  return house.api.AllocateNtmsMedia(session, pool, side, null, options, SHORT_MS);
}

async function allocateNext(hands: Hands): Promise<unknown> {
  const { house, session } = hands;
  const own = anyLogicalMedium(hands);
  const pool = own && house.store.table('logicalMedia').get(own)?.mediaPool;
  if (own === undefined || pool === undefined) return undefined;
  const options = NTMS_ALLOCATE_NEXT | NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE;
  return house.api.AllocateNtmsMedia(session, pool, null, own, options, 0);
}

async function deallocate(hands: Hands): Promise<unknown> {
  const own = anyLogicalMedium(hands);
  return own === undefined ? undefined : hands.house.api.DeallocateNtmsMedia(hands.session, own, 0);
}

async function complete(hands: Hands): Promise<unknown> {
  const own = anyLogicalMedium(hands);
  return own === undefined ? undefined : hands.house.api.SetNtmsMediaComplete(hands.session, own);
}

async function swap(hands: Hands): Promise<unknown> {
  const [one, other] = [anyLogicalMedium(hands), anyLogicalMedium(hands)];
  if (one === undefined || other === undefined) return undefined;
  return hands.house.api.SwapNtmsMedia(hands.session, one, other);
}

function anyPool({ house, random }: Hands, poolType?: NtmsPoolType): Guid | undefined {
  const pools = house.store.table('mediaPools').list(poolType === undefined ? {} : { poolType });
  return random.pick(pools)?.id;
}

/** The type of the library's tapes. */
function typeOfData({ house: { store } }: Hands): Guid | null {
  const tape = store.table('physicalMedia').list({ cleaner: false })[0];
  return tape?.mediaType ?? null;
}
