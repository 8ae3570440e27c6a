import { NtmsPartitionState, NtmsPoolType } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { PhysicalMediumRow, SideRow } from '../objects/rows.js';
import { FREE_LABEL_TYPE } from './labels/free-label.js';
import { isWriteOnce } from './on-media-label.js';
import type { OnMediaLabel } from './on-media-label.js';
import { askSide } from './side-transitions.js';

/** Media of nobody's: what their labels say decides what they are. */
const ownerless: readonly number[] = [
  NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN,
  NtmsPartitionState.NTMS_PARTSTATE_FOREIGN,
];

/**
 * Writes a label that was read at a mount into the side's record. A side that was not identified goes where such media
 * belong: known labels into the import pool, blank and unknown ones into the unrecognized pool (media-pools). A side in use
 * keeps its state; only what the medium is known to carry now is noted. Inside the caller's transaction.
 */
export function noteLabel(store: ObjectStore, side: SideRow, label: OnMediaLabel): void {
  if (side.owedFreeLabel !== '') return noteFree(store, side, label);
  if (label.kind === 'unread' || label.kind === 'failed') return;
  if (ownerless.includes(side.state)) {
    if (side.state !== NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN && label.kind !== 'known') return;
    return fileByLabel(store, side, label);
  }
  const overwritten = side.omidLabelType === FREE_LABEL_TYPE && !isSame(side, label);
  if (overwritten && side.state === NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED)
    store.table('sides').update(side.id, labelColumns(label));
}

/**
 * What a side that belongs to nobody is by its label: its state, the pool of its cartridge, and its name, which comes from
 * the label when there is no bar code (media-names). Inside the caller's transaction.
 */
export function fileByLabel(store: ObjectStore, side: SideRow, label: OnMediaLabel): void {
  const known = label.kind === 'known';
  // It is looked at anew, whatever was found on it before.
  const unidentified = { ...side, state: NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN };
  const patch = askSide(unidentified, { type: 'IDENTIFIED', as: known ? 'import' : 'foreign' });
  if (patch === undefined) return;
  store.table('sides').update(side.id, { ...patch, ...labelColumns(label) });
  const medium = store.table('physicalMedia').require(side.physicalMedia);
  nameByLabel(store, medium, side, known ? label.labelInfo : '');
  const poolType = known ? NtmsPoolType.NTMS_POOLTYPE_IMPORT : NtmsPoolType.NTMS_POOLTYPE_FOREIGN;
  const pool = store.table('mediaPools').find({ poolType, mediaType: medium.mediaType });
  if (pool !== undefined && pool.id !== medium.mediaPool) {
    store.table('physicalMedia').update(medium.id, { mediaPool: pool.id });
  }
}

/** The columns that hold a label; empty for what is none. */
export function labelColumns(label: OnMediaLabel): Pick<SideRow, 'omidLabelId' | 'omidLabelType' | 'omidLabelInfo'> {
  if (label.kind !== 'known') return { omidLabelId: '', omidLabelType: '', omidLabelInfo: '' };
  return { omidLabelId: label.labelId, omidLabelType: label.labelType, omidLabelInfo: label.labelInfo };
}

/**
 * The side is in use from now on: it carries what was read last, and no free label is owed any more. A side that waits for
 * its free label goes on waiting when it was not written; one in a drive that takes no blocks has to do without, and a blank
 * write-once medium stays blank.
 */
function noteFree(store: ObjectStore, side: SideRow, label: OnMediaLabel): void {
  const written = label.kind === 'known' && label.labelId === side.owedFreeLabel;
  const waits = side.state === NtmsPartitionState.NTMS_PARTSTATE_UNPREPARED;
  const freeAsItIs = label.kind === 'unread' || (label.kind === 'blank' && isWriteOnce(store, side));
  if (waits && !written && !freeAsItIs) return;
  const prepared = waits ? askSide(side, { type: 'FREE_LABEL_WRITTEN' }) : undefined;
  store.table('sides').update(side.id, { ...prepared, ...labelColumns(label), owedFreeLabel: '', formerLabelId: '' });
}

/** Only a name that nobody chose is replaced: the sequence number, or the text of the label that was there before. */
function nameByLabel(store: ObjectStore, medium: PhysicalMediumRow, side: SideRow, labelInfo: string): void {
  if (medium.barCode !== '' || medium.numberOfPartitions !== 1) return;
  const given =
    medium.name === medium.sequenceNumber || (side.omidLabelInfo !== '' && medium.name === side.omidLabelInfo);
  const name = (labelInfo === '' ? medium.sequenceNumber : labelInfo).slice(0, 63);
  if (!given || name === medium.name) return;
  store.table('physicalMedia').update(medium.id, { name });
  if (side.name === medium.name) store.table('sides').update(side.id, { name });
}

function isSame(side: SideRow, label: OnMediaLabel): boolean {
  return label.kind === 'known' && label.labelId === side.omidLabelId && label.labelType === side.omidLabelType;
}
