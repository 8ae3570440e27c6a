import {
  NtmsLibraryType,
  NtmsLmOperation,
  NtmsLmState,
  NtmsMediaState,
  NtmsOperationalState,
} from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { PhysicalMediumRow } from '../objects/rows.js';

const statesInUse: readonly number[] = [
  NtmsMediaState.NTMS_MEDIASTATE_INUSE,
  NtmsMediaState.NTMS_MEDIASTATE_MOUNTED,
  NtmsMediaState.NTMS_MEDIASTATE_LOADED,
  NtmsMediaState.NTMS_MEDIASTATE_UNLOADED,
  NtmsMediaState.NTMS_MEDIASTATE_OPREQ,
];

const unfinished = [NtmsLmState.NTMS_LM_QUEUED, NtmsLmState.NTMS_LM_INPROCESS, NtmsLmState.NTMS_LM_WAITING];

/**
 * Why a cartridge is in use, in words; undefined when it is not. A mount that still waits counts: it would bring in, for
 * whoever asked for it, a medium that belongs to somebody else by then.
 * @param sideId ask for this side only: the other side of a cartridge may be mounted
 */
export function whyInUse(store: ObjectStore, medium: PhysicalMediumRow, sideId?: string): string | undefined {
  const { mountedPartition } = medium;
  const otherSide = sideId !== undefined && mountedPartition !== null && mountedPartition !== sideId;
  if (!otherSide && (medium.claimedBy !== null || statesInUse.includes(medium.mediaState))) {
    return `${medium.name} is mounted or about to be`;
  }
  const waiting = store.table('libRequests').find({
    operationCode: NtmsLmOperation.NTMS_LM_MOUNT,
    physMediaId: medium.id,
    state: unfinished,
    ...(sideId === undefined ? {} : { partitionId: sideId }),
  });
  return waiting === undefined ? undefined : `a mount of ${medium.name} waits`;
}

/** Whether any request that has not ended is about a cartridge: a mount, an eject, the writing of its free label. */
export function isSpokenFor(store: ObjectStore, medium: PhysicalMediumRow): boolean {
  return store.table('libRequests').find({ physMediaId: medium.id, state: unfinished }) !== undefined;
}

/** Why a cartridge cannot be reached by any changer, in words; undefined when it is online. */
export function whyOffline(store: ObjectStore, medium: PhysicalMediumRow): string | undefined {
  const library = store.table('libraries').get(medium.currentLibrary);
  if (library === undefined || library.libraryType === NtmsLibraryType.NTMS_LIBRARYTYPE_OFFLINE) {
    return `${medium.name} is in no library`;
  }
  if (library.operationalState === NtmsOperationalState.NTMS_NOT_PRESENT) {
    return `${medium.name} is in library ${library.name}, which is not attached`;
  }
  return undefined;
}
