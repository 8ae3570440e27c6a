import { NtmsSlotState } from '../objects/ntmsapi/index.js';
import type { PhysicalMediumRow } from '../objects/rows.js';
import { CleanerSlot } from './cleaner-slot.js';
import type { LibraryContext } from './library-context.js';

/** A cleaner that can be fetched now, or why there is none: `busy` ends by itself, the others need a person. */
export type FoundCleaner =
  | { readonly kind: 'free'; readonly cleaner: PhysicalMediumRow; readonly slot: string }
  | { readonly kind: 'busy' | 'none' | 'spent' };

/**
 * The cleaner for the next cleaning: that of the reserved slot; when there is none, any other that the library holds and
 * that its label tells to be one. `holder` may have claimed them itself.
 */
export function findCleaner({ store, claims, id }: LibraryContext, holder: string): FoundCleaner {
  const slot = new CleanerSlot(store, id);
  const reserved = slot.cleaner;
  const state = slot.cleaning();
  const cleaners = store.table('physicalMedia').list({ currentLibrary: id, cleaner: true, cleanerSpent: false });
  const usable = cleaners
    .filter(
      (cleaner) => cleaner.enabled && cleaner.location !== null && (cleaner.id !== reserved?.id || state === 'usable'),
    )
    .sort((a, b) => rank(a, reserved) - rank(b, reserved) || a.name.localeCompare(b.name, 'en'));
  for (const cleaner of usable) {
    const place = store.table('slots').get(cleaner.location ?? '');
    if (place === undefined || !place.enabled || place.state === NtmsSlotState.NTMS_SLOTSTATE_NOTPRESENT) continue;
    const taken = cleaner.claimedBy !== null || [cleaner.id, place.id].some((one) => claims.hasOther(holder, one));
    if (!taken) return { kind: 'free', cleaner, slot: place.id };
  }
  const underWay = usable.some(({ id: one, claimedBy }) => claimedBy !== null || claims.hasOther(holder, one));
  if (underWay) return { kind: 'busy' };
  const spent = state === 'spent' || store.table('physicalMedia').count({ currentLibrary: id, cleanerSpent: true }) > 0;
  return { kind: spent ? 'spent' : 'none' };
}

function rank(cleaner: PhysicalMediumRow, reserved: PhysicalMediumRow | undefined): number {
  return cleaner.id === reserved?.id ? 0 : 1;
}
