import { NtmsMediaPoolPolicy, NtmsPartitionState, NtmsPoolType } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import { shelveCartridge } from './cartridge-records.js';

/**
 * A cartridge has left its library through a port, or out of a stand-alone drive: its records go to the offline library,
 * or are deleted where nothing would be lost with them (MS-RSMP 3.2.5.2.1.1, policy bits 2.2.4.26). A cartridge with an
 * allocated side is never deleted. Inside the caller's transaction.
 */
export function cartridgeLeft(store: ObjectStore, mediumId: string): 'shelved' | 'deleted' {
  if (isForgotten(store, mediumId)) {
    store.table('physicalMedia').remove(mediumId);
    return 'deleted';
  }
  shelveCartridge(store, mediumId);
  return 'shelved';
}

function isForgotten(store: ObjectStore, mediumId: string): boolean {
  const medium = store.table('physicalMedia').require(mediumId);
  const sides = store.table('sides').list({ physicalMedia: mediumId });
  if (sides.some(({ logicalMedia }) => logicalMedia !== null)) return false;
  if (medium.cleaner || sides.some(({ state }) => state === NtmsPartitionState.NTMS_PARTSTATE_INCOMPATIBLE))
    return true;
  const policy = store.table('computers').list()[0]?.mediaPoolPolicy ?? 0;
  switch (poolTypeOf(store, medium.mediaPool)) {
    case NtmsPoolType.NTMS_POOLTYPE_IMPORT:
      return (policy & NtmsMediaPoolPolicy.NTMS_POOLPOLICY_KEEPOFFLINEIMPORT) === 0;
    case NtmsPoolType.NTMS_POOLTYPE_FOREIGN:
      return true;
    case NtmsPoolType.NTMS_POOLTYPE_SCRATCH:
      return (policy & NtmsMediaPoolPolicy.NTMS_POOLPOLICY_PURGEOFFLINESCRATCH) !== 0;
    default:
      return false;
  }
}

function poolTypeOf(store: ObjectStore, pool: string): number | undefined {
  return store.table('mediaPools').get(pool)?.poolType;
}
