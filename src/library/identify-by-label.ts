import { NtmsPartitionState } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { PhysicalMediumRow, SideRow } from '../objects/rows.js';
import { placeCartridge, shelveCartridge } from './cartridge-records.js';
import type { LibraryContext } from './library-context.js';
import { locationTypeOf } from './library-elements.js';
import type { LibraryElement } from './library-elements.js';
import { fileByLabel } from './note-label.js';
import { areTwoCartridges, isReadOnly, ownersOf } from './on-media-label.js';
import type { OnMediaLabel } from './on-media-label.js';

/** Media that no application owns and that are not free: what an inventory finds on them is what they are. */
const ownerless: readonly number[] = [
  NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN,
  NtmsPartitionState.NTMS_PARTSTATE_FOREIGN,
  NtmsPartitionState.NTMS_PARTSTATE_IMPORT,
];

/**
 * A cartridge turned out to carry the label of another one's record: that record is its own, wherever it was said to be. When
 * the other one was in this library, a person changed their places, and the two records change places, too; so every
 * cartridge keeps exactly one, and an inventory, which reads on, sorts them all in the end. A record that was only made when
 * the cartridge was seen, and says nothing of it, is deleted. Tells whether it could be decided. Inside the caller's
 * transaction.
 */
export function identifyByLabel(context: LibraryContext, mediumId: string, label: OnMediaLabel): boolean {
  const { store, elements, id: library, claims } = context;
  const media = store.table('physicalMedia');
  const here = media.require(mediumId);
  if (label.kind !== 'known' || here.location === null) return false;
  const other = ownerOf(store, here, label);
  if (other === undefined || other.claimedBy !== null || claims.has(other.id)) return false;
  const place = elements.elementOf(here);
  const otherPlace = other.currentLibrary === library ? elements.elementOf(other) : undefined;
  if (place?.kind !== 'slot' || (other.location !== null && otherPlace?.kind !== 'slot')) return false;
  // A bar code belongs to what is in the slot; with two of them in view the records cannot simply be exchanged.
  if (otherPlace !== undefined && [here, other].some(({ barCode }) => barCode !== '')) return false;

  for (const medium of [here, other]) {
    media.update(medium.id, { location: null, locationType: locationTypeOf.slot });
    elements.forgetMedium(medium.id);
  }
  const barCode = here.barCode === '' ? {} : { barCode: here.barCode };
  placeCartridge(store, other.id, { library, element: place, ...barCode });
  if (otherPlace === undefined && saysNothing(store, here)) media.remove(here.id);
  else leave(context, here, otherPlace);
  for (const element of [place, otherPlace]) {
    if (element === undefined) continue;
    const inside = elements.mediumIn(element);
    elements.statusRead(element, { full: true, present: true, mediumId: inside?.id ?? null });
  }
  context.notice(`${context.name}: ${other.name} was found in ${place.name} by its label`);
  return true;
}

/**
 * A label that is no record's was read on a cartridge that belongs to nobody: its side is what the label says now. Tells
 * whether it is so. Inside the caller's transaction.
 */
export function identifyAnew(context: LibraryContext, sideId: string, label: OnMediaLabel): boolean {
  const { store } = context;
  const side = store.table('sides').require(sideId);
  if (label.kind === 'failed' || label.kind === 'unread' || !ownerless.includes(side.state)) return false;
  if (label.kind === 'known') {
    const owners = isReadOnly(store, side) ? [] : ownersOf(store, side, label);
    if (owners.some((owner) => !areTwoCartridges(store, side, owner))) return false;
  }
  fileByLabel(store, side, label);
  return true;
}

/** The one cartridge whose record has this label and may be the one that is here; undefined when none or several may. */
function ownerOf(
  store: ObjectStore,
  here: PhysicalMediumRow,
  label: Extract<OnMediaLabel, { kind: 'known' }>,
): PhysicalMediumRow | undefined {
  const [side] = store.table('sides').list({ physicalMedia: here.id });
  if (side === undefined) return undefined;
  const owners = ownersOf(store, side, label).filter((owner) => !areTwoCartridges(store, side, owner));
  const ids = [...new Set(owners.map(({ physicalMedia }) => physicalMedia))];
  const [only] = ids;
  // That a cartridge with a bar code carries another label than it did is for a person to look at.
  const isNew = saysNothing(store, here);
  if (ids.length !== 1 || only === undefined || (here.barCode !== '' && !isNew)) return undefined;
  return store.table('physicalMedia').get(only);
}

/** Made when the cartridge was first seen, and nothing was learned of it since. */
function saysNothing(store: ObjectStore, { id }: PhysicalMediumRow): boolean {
  const isBlank = ({ state, omidLabelId, logicalMedia, owedFreeLabel }: SideRow): boolean =>
    state === NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN &&
    [omidLabelId, owedFreeLabel].every((text) => text === '') &&
    logicalMedia === null;
  return store.table('sides').list({ physicalMedia: id }).every(isBlank);
}

function leave(
  { store, id: library }: LibraryContext,
  medium: PhysicalMediumRow,
  to: LibraryElement | undefined,
): void {
  if (to === undefined) shelveCartridge(store, medium.id);
  else placeCartridge(store, medium.id, { library, element: to });
}
