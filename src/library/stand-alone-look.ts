import { NtmsPortPosition } from '../objects/ntmsapi/index.js';
import type { PhysicalMediumRow } from '../objects/rows.js';
import { placeCartridge, shelveCartridge } from './cartridge-records.js';
import type { Attachment } from './attachment.js';
import { identifyAnew } from './identify-by-label.js';
import type { LibraryContext } from './library-context.js';
import type { LibraryElement } from './library-elements.js';
import { labelMismatch, ownersOf } from './on-media-label.js';
import type { OnMediaLabel } from './on-media-label.js';
import type { ReadElement } from './read-element.js';
import { readOnMediaLabel } from './read-on-media-label.js';
import { STAND_ALONE_DRIVE_ADDRESS, STAND_ALONE_PORT_ADDRESS } from './stand-alone-drive.js';
import type { StandAloneDrive } from './stand-alone-drive.js';
import { updateChanged } from './update-changed.js';

/** What a look at a drive on its own found inside, before and after the records are brought in line with the reading. */
export interface InsideLook {
  /** Which record the medium inside has; before stock is taken. */
  readonly assign: () => void;
  /** What its label says of it, for a medium that nothing is known of; afterwards. */
  readonly file: () => void;
}

/**
 * A drive on its own tells that a medium is inside, never which one. When it may have been exchanged its label is read, and
 * the medium gets the record that has this label; without such a record it is new. A medium that is mounted or open is not
 * touched by this: it could not be exchanged unnoticed.
 */
export async function lookInside(
  context: LibraryContext,
  attachment: Attachment,
  seen: readonly ReadElement[],
  requestId: string,
): Promise<InsideLook | undefined> {
  const { standAlone } = attachment.hardware;
  const drive = attachment.elements.at(STAND_ALONE_DRIVE_ADDRESS);
  if (standAlone === undefined || drive === undefined) return undefined;
  const inside = seen.find(({ address }) => address === drive.address);
  const label =
    inside?.full === true && inside.ready === true
      ? await readLabel(context, attachment, drive, standAlone, requestId)
      : undefined;
  const found: { certain: boolean } = { certain: true };
  return {
    assign() {
      if (label !== undefined) found.certain = attachment.elements.commit(() => assign(context, drive, label));
    },
    file() {
      attachment.elements.commit(() => {
        writeTray(context, attachment, inside?.full === true);
        if (inside?.full === false) context.requests.reclaimDrive(drive.objectId);
        if (label !== undefined && found.certain) file(context, drive, label);
      });
      if (label !== undefined && label.kind !== 'failed' && found.certain) standAlone.known();
      standAlone.lookedAt();
    },
  };
}

/** Undefined when nobody need ask, or may: somebody works with the drive. */
async function readLabel(
  context: LibraryContext,
  { hardware }: Attachment,
  drive: LibraryElement,
  standAlone: StandAloneDrive,
  requestId: string,
): Promise<OnMediaLabel | undefined> {
  const { claims } = context;
  if (!standAlone.mayBeAnother || hardware.openedElements.has(drive.address)) return undefined;
  const holder = `look inside ${drive.objectId}`;
  if (claims.has(drive.objectId) || !claims.take(holder, [drive.objectId])) return undefined;
  try {
    return await readOnMediaLabel(context, drive.address, requestId);
  } finally {
    claims.releaseAll(holder);
  }
}

/** Tells whether the record is now certain to be the medium's own. Inside the caller's transaction. */
function assign(context: LibraryContext, drive: LibraryElement, label: OnMediaLabel): boolean {
  const { store, elements, id: library, name, notice } = context;
  const recorded = elements.mediumIn(drive);
  const mismatch = recorded === undefined ? undefined : mismatchOf(context, recorded, label);
  if (recorded !== undefined && mismatch === undefined) return true;
  // A label that cannot be read does not prove that it is another medium.
  if (label.kind === 'failed') {
    notice(`${name}: the label of the medium in ${drive.name} cannot be read: ${label.message}`);
    return false;
  }
  if (recorded !== undefined) {
    notice(`${name}: ${recorded.name} is no longer in ${drive.name} (${mismatch})`);
    shelveCartridge(store, recorded.id);
    elements.forgetMedium(recorded.id);
  }
  const owners = label.kind === 'known' ? ownersHere(context, recorded, label) : [];
  const [only] = owners;
  if (only === undefined) return true;
  if (owners.length > 1 || only.location !== null || only.claimedBy !== null) {
    const where = only.location === null ? '' : ', which is recorded elsewhere; run an inventory there';
    notice(`${name}: the medium in ${drive.name} carries the label of ${only.name}${where}`);
    return false;
  }
  placeCartridge(store, only.id, { library, element: drive });
  elements.forgetMedium(only.id);
  notice(`${name}: ${only.name} was found in ${drive.name} by its label`);
  return true;
}

function mismatchOf({ store }: LibraryContext, medium: PhysicalMediumRow, label: OnMediaLabel): string | undefined {
  const sides = store.table('sides').list({ physicalMedia: medium.id });
  const reasons = sides.map((side) => labelMismatch(store, side, label));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

/** Cartridges whose records have this label. */
function ownersHere(
  { store }: LibraryContext,
  recorded: PhysicalMediumRow | undefined,
  label: Extract<OnMediaLabel, { kind: 'known' }>,
): PhysicalMediumRow[] {
  const owners = ownersOf(store, { physicalMedia: recorded?.id ?? '' }, label);
  const ids = [...new Set(owners.map(({ physicalMedia }) => physicalMedia))];
  return ids.map((id) => store.table('physicalMedia').require(id));
}

/** Inside the caller's transaction. */
function file(context: LibraryContext, drive: LibraryElement, label: OnMediaLabel): void {
  const { store, elements } = context;
  const medium = elements.mediumIn(drive);
  const [side] = medium === undefined ? [] : store.table('sides').list({ physicalMedia: medium.id });
  if (side !== undefined) identifyAnew(context, side.id, label);
}

/** Nobody sees the tray itself: with a medium inside it is in, without one it stands open (state machine of the port). */
function writeTray({ store }: LibraryContext, { elements }: Attachment, full: boolean): void {
  const tray = elements.at(STAND_ALONE_PORT_ADDRESS);
  const row = tray === undefined ? undefined : store.table('ports').get(tray.objectId);
  if (tray === undefined || row === undefined || elements.isRunning(tray)) return;
  const position = full ? NtmsPortPosition.NTMS_PORTPOSITION_RETRACTED : NtmsPortPosition.NTMS_PORTPOSITION_EXTENDED;
  updateChanged(store, 'ports', row, { position });
}
