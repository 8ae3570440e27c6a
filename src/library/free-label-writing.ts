import { SenseKey } from '../../devices/scsi/sense.js';
import { NtmsPartitionState } from '../objects/ntmsapi/index.js';
import type { SideRow } from '../objects/rows.js';
import { encodeFreeLabel } from './labels/free-label.js';
import type { LibraryContext } from './library-context.js';
import type { PlannedMount } from './mount-plan.js';
import { ANY_FORMER_LABEL, isWriteOnce } from './on-media-label.js';
import type { OnMediaLabel } from './on-media-label.js';
import { readOnMediaLabel } from './read-on-media-label.js';

/** What a free label is written on: what nobody uses yet, and what has just been allocated. */
const writable: readonly number[] = [
  NtmsPartitionState.NTMS_PARTSTATE_UNPREPARED,
  NtmsPartitionState.NTMS_PARTSTATE_AVAILABLE,
  NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED,
];

export interface FreeLabelOutcome {
  /** What the medium carries now. */
  readonly label: OnMediaLabel;
  /** Why the free label is not on it; absent when it is, or when none is owed. */
  readonly trouble?: FreeLabelTrouble;
}

export interface FreeLabelTrouble {
  /** For people. */
  readonly message: string;
  readonly writeProtected: boolean;
}

/**
 * Writes the free label that is owed to a side which has just been mounted, before anybody else gets at it, and reads it
 * back. `found` is what the medium carries now. Does nothing where none is owed. Its id is in the record before it is on
 * the medium, so a crash in between leaves nothing that the next mount would not know. Never rejects.
 */
export async function writeOwedFreeLabel(
  context: LibraryContext,
  { side: sideId, into, requestId }: PlannedMount,
  found: OnMediaLabel,
): Promise<FreeLabelOutcome> {
  const side = context.store.table('sides').require(sideId);
  if (side.owedFreeLabel === '' || !writable.includes(side.state) || isOn(side, found)) return { label: found };
  if (found.kind === 'unread') return { label: found, trouble: troubled(`${into.name} takes no blocks`) };
  if (isWriteOnce(context.store, side)) {
    // A free label would stand at its beginning for ever, and nobody could put one of their own there: it stays blank.
    if (found.kind === 'blank') return { label: found };
    return {
      label: found,
      trouble: { message: 'it can be written only once, and is not blank', writeProtected: true },
    };
  }
  if (!isProven(context, side, found)) {
    const message = 'it has no bar code, and its label does not prove that it is the right cartridge';
    return { label: found, trouble: troubled(message) };
  }
  const trouble = await write(context, side, { address: into.address, requestId });
  const label = await readOnMediaLabel(context, into.address, requestId);
  if (trouble !== undefined) return { label, trouble };
  if (isOn(side, label)) return { label };
  const readBack = label.kind === 'known' ? 'another label' : label.kind;
  return { label, trouble: troubled(`what was read back is ${readBack}`) };
}

function troubled(message: string): FreeLabelTrouble {
  return { message, writeProtected: false };
}

async function write(
  { hardware, clock }: LibraryContext,
  side: SideRow,
  { address, requestId }: { readonly address: number; readonly requestId: string },
): Promise<FreeLabelTrouble | undefined> {
  const drive = hardware.tapeDrive(address);
  if (drive === undefined) return troubled('the drive takes no blocks');
  const block = encodeFreeLabel({ labelId: side.owedFreeLabel, writtenMs: clock.now() });
  const command = { correlationId: requestId };
  // The filemark ends what stood there before; rewound, the next reader finds the label.
  for (const step of [
    () => drive.rewind(command),
    () => drive.writeBlock(block, command),
    () => drive.writeFilemarks(1, command),
    () => drive.rewind(command),
  ]) {
    const done = await step();
    if (done.ok) continue;
    const { sense, message } = done.failure;
    const writeProtected = sense?.key === SenseKey.DATA_PROTECT;
    return { message: writeProtected ? `it is write-protected (${message})` : message, writeProtected };
  }
  return undefined;
}

function isOn(side: SideRow, label: OnMediaLabel): boolean {
  return label.kind === 'known' && label.labelId === side.owedFreeLabel;
}

/** Nothing is overwritten that may be another cartridge's: its bar code, its label, or its being empty must speak for it. */
function isProven({ store }: LibraryContext, side: SideRow, label: OnMediaLabel): boolean {
  if (store.table('physicalMedia').require(side.physicalMedia).barCode !== '') return true;
  switch (label.kind) {
    case 'blank':
      return true;
    case 'known':
      return label.labelId === side.formerLabelId;
    case 'unknown':
      return side.formerLabelId === '' || side.formerLabelId === ANY_FORMER_LABEL;
    default:
      return false;
  }
}
