import { NtmsPartitionState, NtmsReadWriteCharacteristics } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { PhysicalMediumRow, SideRow } from '../objects/rows.js';
import { FREE_LABEL_TYPE } from './labels/free-label.js';
import type { ClaimedLabel } from './labels/label-libraries.js';

/** What the first block of a medium says. */
export type OnMediaLabel =
  | ({ readonly kind: 'known' } & ClaimedLabel)
  | { readonly kind: 'blank' }
  | { readonly kind: 'unknown' }
  /** The drive cannot be asked for blocks (a disc drive, a drive that only the changer knows). */
  | { readonly kind: 'unread' }
  | { readonly kind: 'failed'; readonly message: string };

/** What `formerLabelId` holds when the last owner may have written anything. */
export const ANY_FORMER_LABEL = '*';

/**
 * Why a medium is not the one that the records describe; undefined when nothing speaks against it. A medium that is blank,
 * or whose label no record has, is taken to be the one that was asked for unless a label is stored for it.
 */
export function labelMismatch(store: ObjectStore, side: SideRow, label: OnMediaLabel): string | undefined {
  if (label.kind === 'unread') return undefined;
  if (label.kind === 'known' && !carries(side, label)) {
    const [owner] = ownersOf(store, side, label).filter((other) => !areTwoCartridges(store, side, other));
    if (owner !== undefined && !isReadOnly(store, side)) {
      return `it carries ${nameOf(label)}, which is that of ${owner.name || owner.id}`;
    }
  }
  if (side.owedFreeLabel !== '') return owedMismatch(side, label);
  if (side.omidLabelId === '') return undefined;
  const expected = `it should carry ${nameOf({ labelType: side.omidLabelType, labelInfo: side.omidLabelInfo })}`;
  if (label.kind === 'failed') return `${expected}, but its label cannot be read (${label.message})`;
  if (label.kind === 'known' && carries(side, label)) return undefined;
  if (mayHaveBeenWritten(side)) return undefined;
  return label.kind === 'known'
    ? `${expected}, but carries ${nameOf(label)}`
    : `${expected}, but its label is ${label.kind}`;
}

/** Other cartridges' sides whose records have this label, as theirs or as the one that is still on them. */
export function ownersOf(store: ObjectStore, side: Pick<SideRow, 'physicalMedia'>, label: ClaimedLabel): SideRow[] {
  const sides = store.table('sides');
  return [
    ...sides.list({ omidLabelId: label.labelId, omidLabelType: label.labelType }),
    ...sides.list({ omidLabelId: '', formerLabelId: label.labelId }),
    ...sides.list({ omidLabelId: '', owedFreeLabel: label.labelId }),
  ].filter((other, index, all) => {
    const first = all.findIndex(({ id }) => id === other.id) === index;
    return first && other.physicalMedia !== side.physicalMedia;
  });
}

/** Two bar codes that differ are on two cartridges, whatever their labels say. */
export function areTwoCartridges(store: ObjectStore, one: SideRow, other: SideRow): boolean {
  const [here, there] = [one, other].map(({ physicalMedia }) => store.table('physicalMedia').require(physicalMedia));
  return differ(here, there);
}

function differ(here: PhysicalMediumRow | undefined, there: PhysicalMediumRow | undefined): boolean {
  const codes = [here?.barCode ?? '', there?.barCode ?? ''];
  return !codes.includes('') && codes[0] !== codes[1];
}

/** Copies of a read-only medium carry the same label and can be used for each other (duplicate-copies-of-media). */
export function isReadOnly(store: ObjectStore, side: SideRow): boolean {
  return characteristicsOf(store, side) === NtmsReadWriteCharacteristics.NTMS_MEDIARW_READONLY;
}

/** What is once written on such a medium is never written over. */
export function isWriteOnce(store: ObjectStore, side: SideRow): boolean {
  return characteristicsOf(store, side) === NtmsReadWriteCharacteristics.NTMS_MEDIARW_WRITEONCE;
}

function characteristicsOf(store: ObjectStore, side: SideRow): number | undefined {
  const { mediaType } = store.table('physicalMedia').require(side.physicalMedia);
  const type = mediaType === null ? undefined : store.table('mediaTypes').get(mediaType);
  return type?.readWriteCharacteristics;
}

/** For people: `the MTF label Weekly 7`. */
export function nameOf({ labelType, labelInfo }: Pick<ClaimedLabel, 'labelType' | 'labelInfo'>): string {
  return `the ${labelType} label ${labelInfo}`.trimEnd();
}

/** The label is one that the side's record accounts for. */
function carries(side: SideRow, { labelId, labelType }: ClaimedLabel): boolean {
  if (side.omidLabelId === labelId && side.omidLabelType === labelType) return true;
  return side.owedFreeLabel !== '' && [side.owedFreeLabel, side.formerLabelId].includes(labelId);
}

/**
 * While a free label is owed, the medium carries what it carried before, the free label already (a crash came between the
 * writing and its record), or nothing.
 */
function owedMismatch(side: SideRow, label: OnMediaLabel): string | undefined {
  if (label.kind === 'blank' || side.formerLabelId === ANY_FORMER_LABEL) return undefined;
  if (label.kind === 'known') {
    return carries(side, label) ? undefined : `it carries ${nameOf(label)}, which was not on it when it became free`;
  }
  if (side.formerLabelId === '') return undefined;
  const why = label.kind === 'failed' ? `cannot be read (${label.message})` : `is ${label.kind}`;
  return `it should carry the label that it had when it became free, but its label ${why}`;
}

/** The free label is there to be written over by whoever the side is allocated to. */
function mayHaveBeenWritten(side: SideRow): boolean {
  return side.state === NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED && side.omidLabelType === FREE_LABEL_TYPE;
}
