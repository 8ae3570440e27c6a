import { randomBytes } from 'node:crypto';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsPartitionState, NtmsPoolType } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { MediaPoolRow, SideRow } from '../objects/rows.js';
import { FREE_LABEL_TYPE } from './labels/free-label.js';
import { ANY_FORMER_LABEL } from './on-media-label.js';
import { askSide } from './side-transitions.js';

/** Sides that no pool can make usable again; they go with their cartridge as they are. */
const unusable: readonly number[] = [
  NtmsPartitionState.NTMS_PARTSTATE_DECOMMISSIONED,
  NtmsPartitionState.NTMS_PARTSTATE_INCOMPATIBLE,
];

/** The free pool of a media type; undefined when there is none. */
export function freePoolOf(store: ObjectStore, mediaType: string | null): MediaPoolRow | undefined {
  if (mediaType === null) return undefined;
  return store.table('mediaPools').find({ poolType: NtmsPoolType.NTMS_POOLTYPE_SCRATCH, mediaType });
}

/**
 * Puts a cartridge into the free pool of its media type and prepares all its sides for it. Inside the caller's transaction.
 * Throws ERROR_DEVICE_NOT_AVAILABLE when there is no such pool, ERROR_INVALID_STATE when a side belongs to somebody.
 */
export function moveToFreePool(store: ObjectStore, mediumId: string): MediaPoolRow {
  const medium = store.table('physicalMedia').require(mediumId);
  const pool = freePoolOf(store, medium.mediaType);
  if (pool === undefined) {
    throw new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', `there is no free pool for the media type of ${medium.name}`);
  }
  store.transaction(() => {
    for (const { id } of store.table('sides').list({ physicalMedia: mediumId })) prepareForFreePool(store, id);
    store.table('physicalMedia').update(mediumId, { mediaPool: pool.id });
  });
  return pool;
}

/**
 * Makes a side usable for anybody: what its label said is forgotten, and so is a name that came from the label. The free
 * label is owed to it from now on: the next mount writes it, and the side is AVAILABLE meanwhile; or, when free labels are to
 * be written at once, the side is UNPREPARED until the manager has mounted it for that. A side that is decommissioned or
 * incompatible stays so. Inside the caller's transaction, which also changes the cartridge's pool. Throws
 * ERROR_INVALID_STATE for a side that is allocated, complete, reserved or not identified.
 */
export function prepareForFreePool(store: ObjectStore, sideId: string): void {
  const side = store.table('sides').require(sideId);
  if (unusable.includes(side.state)) return;
  const moved = askSide(side, { type: 'MOVED_TO_FREE_POOL' });
  const { freeLabelsAtOnce } = store.table('computers').require(store.wellKnown.computer);
  const patch = freeLabelsAtOnce ? moved : moved && askSide({ ...side, ...moved }, { type: 'FREE_LABEL_WRITTEN' });
  if (patch === undefined) {
    throw new NtmsError('ERROR_INVALID_STATE', `side ${side.name || sideId} is in state ${side.state} and not free`);
  }
  store.transaction(() => {
    const medium = store.table('physicalMedia').require(side.physicalMedia);
    // The default name is the bar code, else the label's text, else the sequence number; the second is gone now.
    if (medium.barCode === '' && side.omidLabelInfo !== '' && medium.name === side.omidLabelInfo) {
      store.table('physicalMedia').update(medium.id, { name: medium.sequenceNumber });
      store.table('sides').update(sideId, { name: medium.sequenceNumber });
    }
    store.table('sides').update(sideId, {
      ...patch,
      omidLabelId: '',
      omidLabelType: '',
      omidLabelInfo: '',
      // One that was owed before and never written stays owed: the medium still carries what it carried then.
      ...(side.owedFreeLabel === '' ? oweFreeLabel(side) : {}),
    });
  });
}

/** The columns that say that a side is to get a free label, and which. */
function oweFreeLabel(side: SideRow): Pick<SideRow, 'owedFreeLabel' | 'formerLabelId'> {
  return { owedFreeLabel: randomBytes(16).toString('hex'), formerLabelId: formerLabelOf(side) };
}

/** What the medium carries until its free label is on it, as far as that is known. */
function formerLabelOf({ omidLabelId, omidLabelType, allocateCount }: SideRow): string {
  // Who had it may have written over the free label, or over a medium without any, and not have said so.
  const untold = omidLabelType === FREE_LABEL_TYPE || (omidLabelId === '' && allocateCount > 0);
  return untold ? ANY_FORMER_LABEL : omidLabelId;
}
