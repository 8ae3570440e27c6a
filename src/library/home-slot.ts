import { NtmsSlotState } from '../objects/ntmsapi/index.js';
import type { PhysicalMediumRow, SlotRow } from '../objects/rows.js';
import type { LibraryContext } from './library-context.js';

/**
 * Where a cartridge goes when it leaves its drive: its home slot; when that is taken, an empty slot that is nobody's
 * home; when there is none, any empty slot. Undefined when the library has no room. Slots in `taken` are spoken for.
 */
export function findHomeSlot(
  context: Pick<LibraryContext, 'store' | 'claims' | 'id'>,
  medium: PhysicalMediumRow,
  taken: ReadonlySet<string> = new Set(),
): string | undefined {
  const { store, claims, id } = context;
  const cleanerSlot = store.table('libraries').require(id).cleanerSlot;
  const isFree = (slot: SlotRow): boolean =>
    // The slot that is kept for the cleaner takes nothing else.
    (medium.cleaner || slot.id !== cleanerSlot) &&
    slot.enabled &&
    slot.state === NtmsSlotState.NTMS_SLOTSTATE_EMPTY &&
    slot.library === id &&
    !claims.has(slot.id) &&
    !taken.has(slot.id);
  // Nearly always the home slot is free; only otherwise are all slots gone through.
  const home = medium.homeSlot === null ? undefined : store.table('slots').get(medium.homeSlot);
  if (home !== undefined && isFree(home)) return home.id;
  const empty = store
    .table('slots')
    .list({ library: id, state: NtmsSlotState.NTMS_SLOTSTATE_EMPTY })
    .filter(isFree)
    .sort((a, b) => a.number - b.number);
  const homes = new Set(
    store
      .table('physicalMedia')
      .list({ currentLibrary: id })
      .map((other) => other.homeSlot),
  );
  return (empty.find((slot) => !homes.has(slot.id)) ?? empty[0])?.id;
}
