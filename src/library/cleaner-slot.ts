import { createActor } from 'xstate';
import { cleanerSlotMachine, USES_NOT_COUNTED } from '../../machines/cleaner-slot.js';
import type {
  CleanerSlotEffect,
  CleanerSlotEvent,
  CleanerSlotRefusal,
  SlotContent,
} from '../../machines/cleaner-slot.js';
import { NtmsError } from '../objects/ntms-error.js';
import { NtmsLibraryFlags, NtmsSlotState } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { LibraryRow, PhysicalMediumRow } from '../objects/rows.js';
import type { Win32Symbol } from '../objects/win32.js';
import { updateChanged } from './update-changed.js';

const { NTMS_LIBRARYFLAG_CLEANERPRESENT: PRESENT, NTMS_LIBRARYFLAG_IGNORECLEANERUSESREMAINING: NOT_COUNTED } =
  NtmsLibraryFlags;

/** What can be asked of the slot; it depends on what the slot is found to hold. */
export type CleanerSlotRequest = Extract<CleanerSlotEvent, { readonly content: SlotContent }>;

/**
 * The slot that a library keeps for its cleaner. Its machine decides; its state is in the library's record (CleanerSlot,
 * dwCleanerUsesRemaining and two flags), from which the machine starts each time.
 */
export class CleanerSlot {
  readonly #store: ObjectStore;
  readonly #library: string;

  constructor(store: ObjectStore, library: string) {
    this.#store = store;
    this.#library = library;
  }

  /** Tells the machine and writes what comes of it, in one transaction or in the caller's. */
  tell(event: CleanerSlotEvent): CleanerSlotEffect | undefined {
    return this.#store.transaction(() => {
      const { effect, slotId, full, usesRemaining } = this.#ask(event);
      const kept = this.#row.flags & ~(PRESENT | NOT_COUNTED);
      updateChanged(this.#store, 'libraries', this.#row, {
        cleanerSlot: slotId,
        cleanerUsesRemaining: usesRemaining,
        flags: kept | (full ? PRESENT : 0) | (usesRemaining === USES_NOT_COUNTED ? NOT_COUNTED : 0),
      });
      return effect;
    });
  }

  /** A cleaner has come into the slot, with so many uses; a look may have seen it before. Inside the caller's transaction. */
  insert(uses: number): void {
    if ((this.#row.flags & PRESENT) !== 0) this.tell({ type: 'CLEANER_REMOVED' });
    this.tell({ type: 'CLEANER_INSERTED', uses });
  }

  /** What is asked is granted, and written. Throws the documented error where it is not; then nothing changes. */
  grant(request: CleanerSlotRequest): void {
    const effect = this.tell(request);
    if (effect?.type === 'cleanerSlot.refused') throw refusalError(request.type, effect.reason, this.#row.name);
  }

  /** Throws what {@link grant} would throw; changes nothing. */
  check(request: CleanerSlotRequest): void {
    const { effect } = this.#ask(request);
    if (effect?.type === 'cleanerSlot.refused') throw refusalError(request.type, effect.reason, this.#row.name);
  }

  /** Whether the cleaner of the slot can clean; otherwise why not. */
  cleaning(): 'usable' | 'none' | 'spent' {
    const { effect } = this.#ask({ type: 'CLEANING_REQUESTED' });
    return effect?.type === 'cleaner.needed' ? effect.reason : 'usable';
  }

  /** The slot's cleaner, in it or on its way to a drive and back. */
  get cleaner(): PhysicalMediumRow | undefined {
    const { cleanerSlot } = this.#row;
    if (cleanerSlot === null) return undefined;
    const cleaners = this.#store.table('physicalMedia').list({ currentLibrary: this.#library, cleaner: true });
    return (
      cleaners.find(({ location }) => location === cleanerSlot) ??
      cleaners.find(({ homeSlot, location }) => homeSlot === cleanerSlot && location !== null)
    );
  }

  /** What the slot holds; one that a cartridge will come back to counts as full. */
  contentOf(slotId: string): SlotContent {
    const { state } = this.#store.table('slots').require(slotId);
    if (state === NtmsSlotState.NTMS_SLOTSTATE_NOTPRESENT) return 'notPresent';
    if (state !== NtmsSlotState.NTMS_SLOTSTATE_EMPTY) return 'full';
    const owner = this.#store.table('physicalMedia').find({ homeSlot: slotId, currentLibrary: this.#library });
    return owner === undefined ? 'empty' : 'full';
  }

  /** What the reserved slot holds; `empty` when none is reserved. */
  get content(): SlotContent {
    const { cleanerSlot } = this.#row;
    return cleanerSlot === null ? 'empty' : this.contentOf(cleanerSlot);
  }

  /** A person may have put a cleaner into the slot, or have taken it away: the library's record follows. */
  follow(): void {
    const there = this.cleaner !== undefined;
    const known = (this.#row.flags & PRESENT) !== 0;
    if (there && !known) this.tell({ type: 'CLEANER_INSERTED', uses: USES_NOT_COUNTED });
    if (!there && known) this.tell({ type: 'CLEANER_REMOVED' });
  }

  #ask(event: CleanerSlotEvent) {
    const row = this.#row;
    const effects: CleanerSlotEffect[] = [];
    const actor = createActor(cleanerSlotMachine, {
      input: {
        libraryId: row.id,
        slotId: row.cleanerSlot,
        full: (row.flags & PRESENT) !== 0,
        usesRemaining: row.cleanerUsesRemaining,
      },
    });
    actor.on('*', (effect) => void effects.push(effect));
    actor.start();
    actor.send(event);
    const snapshot = actor.getSnapshot();
    actor.stop();
    const { slotId, usesRemaining } = snapshot.context;
    const full = snapshot.matches({ reserved: 'usable' }) || snapshot.matches({ reserved: 'spent' });
    return { effect: effects[0], slotId, full, usesRemaining };
  }

  get #row(): LibraryRow {
    return this.#store.table('libraries').require(this.#library);
  }
}

const symbols: Readonly<Record<CleanerSlotRefusal, Win32Symbol>> = {
  set: 'ERROR_CLEANER_SLOT_SET',
  'not-set': 'ERROR_CLEANER_SLOT_NOT_SET',
  full: 'ERROR_RESOURCE_NOT_AVAILABLE',
  empty: 'ERROR_EMPTY',
  'not-present': 'ERROR_RESOURCE_NOT_PRESENT',
};

const words: Readonly<Record<CleanerSlotRefusal, string>> = {
  set: 'has its cleaner slot already',
  'not-set': 'has no cleaner slot',
  full: 'needs that slot empty, and it holds a cartridge or is kept for one',
  empty: 'has no cleaner in its slot',
  'not-present': 'needs that slot, and its magazine is out',
};

function refusalError(request: CleanerSlotEvent['type'], reason: CleanerSlotRefusal, library: string): NtmsError {
  // ReserveNtmsCleanerSlot has one code for a slot that is full and for one that is not there.
  const gone = reason === 'not-present' && request === 'CLEANER_SLOT_REQUESTED';
  return new NtmsError(gone ? 'ERROR_RESOURCE_NOT_AVAILABLE' : symbols[reason], `library ${library} ${words[reason]}`);
}
