import { SimulatedClock } from '../../devices/clock.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import type { ObjectStoreOptions } from '../../src/objects/object-store.js';
import { NtmsError } from '../../src/objects/ntms-error.js';
import type { RowOf } from '../../src/objects/object-kinds.js';

export interface Teardown {
  testdir(): string;
  teardown(action: () => void): void;
}

/** A store in a folder of the test's own, closed when the test ends. */
export function openStore(t: Teardown, options: Partial<ObjectStoreOptions> = {}): ObjectStore {
  const store = ObjectStore.open({ folder: t.testdir(), clock: new SimulatedClock(), ...options });
  t.teardown(() => store.close());
  return store;
}

/** One online library with `slotCount` slots, numbered from 1 at element address 1001. */
export function addLibrary(store: ObjectStore, name: string, slotCount: number): RowOf<'libraries'> {
  const library = store.table('libraries').insert({ name, libraryType: 2 });
  for (let number = 1; number <= slotCount; number++) {
    store.table('slots').insert({ library: library.id, number, elementAddress: 1000 + number });
  }
  return library;
}

/** A cartridge in a slot, in the free pool. */
export function addCartridge(store: ObjectStore, slot: RowOf<'slots'>, barCode = ''): RowOf<'physicalMedia'> {
  return store.table('physicalMedia').insert({
    currentLibrary: slot.library,
    mediaPool: store.wellKnown.free,
    locationType: 16,
    location: slot.id,
    homeSlot: slot.id,
    barCode,
  });
}

/** What `work` throws, which must be an NtmsError. */
export function ntmsErrorOf(work: () => unknown): NtmsError {
  try {
    work();
  } catch (error) {
    if (error instanceof NtmsError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
