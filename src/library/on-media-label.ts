import { createHash } from 'node:crypto';
import { NtmsPartitionState, NtmsPoolType } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { SideRow } from '../objects/rows.js';

/** What the first blocks of a medium say. */
export type OnMediaLabel =
  | { readonly kind: 'known'; readonly labelType: string; readonly labelId: string; readonly labelInfo: string }
  | { readonly kind: 'blank' }
  | { readonly kind: 'unknown' }
  /** The drive cannot be asked for blocks (a disc drive, a drive that only the changer knows). */
  | { readonly kind: 'unread' }
  | { readonly kind: 'failed'; readonly message: string };

const VOL1_LENGTH = 80;

/**
 * Recognizes an ANSI X3.27 (ISO 1001) volume label: a first block of 80 characters that begins with VOL1. Its label id
 * is the digest of the whole block, since the six characters of the volume identifier alone are not unique.
 */
export function recognizeLabel(firstBlock: Uint8Array | undefined): OnMediaLabel {
  if (firstBlock === undefined) return { kind: 'blank' };
  const text = Buffer.from(firstBlock).toString('latin1');
  if (firstBlock.length !== VOL1_LENGTH || !text.startsWith('VOL1')) return { kind: 'unknown' };
  return {
    kind: 'known',
    labelType: 'ANSI VOL1',
    labelId: createHash('sha256').update(firstBlock).digest('hex'),
    labelInfo: text.slice(4, 10).trim(),
  };
}

/** Why a medium is not the one that the records describe; undefined when nothing speaks against it. */
export function labelMismatch(side: SideRow, label: OnMediaLabel): string | undefined {
  if (side.omidLabelId === '' || label.kind === 'unread') return undefined;
  const expected = `${side.omidLabelType} label ${side.omidLabelInfo}`;
  if (label.kind === 'failed')
    return `it should carry the ${expected}, but its label cannot be read (${label.message})`;
  if (label.kind !== 'known') return `it should carry the ${expected}, but its label is ${label.kind}`;
  if (label.labelId === side.omidLabelId) return undefined;
  return `it should carry the ${expected}, but carries the ${label.labelType} label ${label.labelInfo}`;
}

/**
 * Writes a label that was read for the first time into the side's record and puts the cartridge into the pool where such
 * media belong: known labels into the import pool, blank and unknown ones into the unrecognized pool (media-pools). A
 * side that is identified already keeps its state and pool.
 */
export function noteLabel(store: ObjectStore, side: SideRow, label: OnMediaLabel): void {
  if (label.kind === 'unread' || label.kind === 'failed') return;
  if (side.state !== NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN) return;
  store.transaction(() => {
    const known = label.kind === 'known';
    store.table('sides').update(side.id, {
      state: known ? NtmsPartitionState.NTMS_PARTSTATE_IMPORT : NtmsPartitionState.NTMS_PARTSTATE_FOREIGN,
      ...(known ? { omidLabelId: label.labelId, omidLabelType: label.labelType, omidLabelInfo: label.labelInfo } : {}),
    });
    const medium = store.table('physicalMedia').require(side.physicalMedia);
    const poolType = known ? NtmsPoolType.NTMS_POOLTYPE_IMPORT : NtmsPoolType.NTMS_POOLTYPE_FOREIGN;
    const pool = store.table('mediaPools').find({ poolType, mediaType: medium.mediaType });
    if (pool !== undefined && pool.id !== medium.mediaPool) {
      store.table('physicalMedia').update(medium.id, { mediaPool: pool.id });
    }
  });
}
