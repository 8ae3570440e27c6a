import type { LibraryContext } from './library-context.js';
import { locationTypeOf } from './library-elements.js';
import { placeCartridge, shelveCartridge } from './cartridge-records.js';
import type { OnMediaLabel } from './on-media-label.js';

/**
 * A cartridge without bar code turned out to carry the label of another one's record: a person changed their places. The
 * two records change places, too; so every cartridge keeps exactly one, and the inventory, which reads on, sorts them all
 * in the end. Tells whether it could be decided. Inside the caller's transaction.
 */
export function identifyByLabel(context: LibraryContext, mediumId: string, label: OnMediaLabel): boolean {
  const { store, elements, id: library, claims } = context;
  const media = store.table('physicalMedia');
  const here = media.require(mediumId);
  // A bar code says who it is; that its label differs is for a person to look at.
  if (label.kind !== 'known' || here.barCode !== '' || here.location === null) return false;
  const owner = store.table('sides').find({ omidLabelId: label.labelId });
  const other = owner === undefined ? undefined : media.get(owner.physicalMedia);
  if (other === undefined || other.id === mediumId || other.barCode !== '') return false;
  if (other.claimedBy !== null || claims.has(other.id)) return false;
  const place = elements.elementOf(here);
  const otherPlace = other.currentLibrary === library ? elements.elementOf(other) : undefined;
  if (place?.kind !== 'slot' || (other.location !== null && otherPlace?.kind !== 'slot')) return false;

  for (const medium of [here, other]) {
    media.update(medium.id, { location: null, locationType: locationTypeOf.slot });
    elements.forgetMedium(medium.id);
  }
  placeCartridge(store, other.id, { library, element: place });
  if (otherPlace === undefined) shelveCartridge(store, here.id);
  else placeCartridge(store, here.id, { library, element: otherPlace });
  for (const element of [place, otherPlace]) {
    if (element === undefined) continue;
    const inside = elements.mediumIn(element);
    elements.statusRead(element, { full: true, present: true, mediumId: inside?.id ?? null });
  }
  context.notice(`${context.name}: ${other.name} was found in ${place.name} by its label`);
  return true;
}
