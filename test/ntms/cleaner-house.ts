import {
  NtmsDoorState,
  NtmsEjectOperation,
  NtmsInjectOperation,
  NtmsLibraryFlags,
  NtmsPortPosition,
  NtmsSlotState,
} from '../../src/ntms/index.js';
import type { Guid } from '../../src/ntms/index.js';
import { onePort, until } from '../library/person-at-port.js';
import { VirtualLibrary } from '../library/virtual-library.js';
import type { Teardown, VirtualLibraryOptions } from '../library/virtual-library.js';

/** The first slot that is empty and that no cartridge will come back to. */
export function emptySlot({ store, library }: VirtualLibrary): Guid {
  const state = NtmsSlotState.NTMS_SLOTSTATE_EMPTY;
  const slot = store
    .table('slots')
    .list({ library: library.id, state })
    .filter(({ id }) => store.table('physicalMedia').find({ homeSlot: id }) === undefined)
    .sort((a, b) => a.number - b.number)[0];
  if (slot === undefined) throw new Error('no slot is empty');
  return slot.id;
}

/** Keeps the first empty slot for a cleaner. */
export async function reserveSlot(house: VirtualLibrary): Promise<Guid> {
  const slot = emptySlot(house);
  await house.api.ReserveNtmsCleanerSlot(house.session, house.library.id, slot);
  await house.manager.drain();
  return slot;
}

/** A library with one port and a few cartridges, none of them a cleaner. */
export const withPort = { ...onePort, cartridges: [{ elementAddress: 0x20, barcode: 'ORS001L8' }] } as const;

/** One that has a door only. */
export const withoutPort: VirtualLibraryOptions = {
  profile: 'quantum-superloader3',
  cartridges: [{ elementAddress: 1, barcode: 'ORS001L8' }],
};

/** A house whose first empty slot is kept for a cleaner. */
export async function withReservedSlot(
  t: Teardown,
  options: VirtualLibraryOptions = withPort,
): Promise<{ library: VirtualLibrary; slot: Guid }> {
  const library = await VirtualLibrary.open(t, options);
  return { library, slot: await reserveSlot(library) };
}

export function injectCleaner({ api, session, library }: VirtualLibrary, uses = 20): Promise<Guid> {
  return api.InjectNtmsCleaner(session, library.id, null, uses, NtmsInjectOperation.NTMS_INJECT_START);
}

export function ejectCleaner({ api, session, library }: VirtualLibrary): Promise<Guid> {
  return api.EjectNtmsCleaner(session, library.id, null, NtmsEjectOperation.NTMS_EJECT_START);
}

/** The slot's address in the device. */
export function addressOf({ store }: VirtualLibrary, slot: Guid): number {
  return store.table('slots').require(slot).elementAddress;
}

/** A person brings a cleaner to the open port, and it is put into the slot. */
export async function bringCleaner(library: VirtualLibrary, uses = 20, barcode: string | null = 'CLNU05L1') {
  const operation = await injectCleaner(library, uses);
  await putCleanerIn(library, barcode);
  return library.manager.whenFinished(operation);
}

/** A person waits for the port to open, and puts a cleaner into it. */
export async function putCleanerIn(library: VirtualLibrary, barcode: string | null = 'CLNU05L1'): Promise<void> {
  const port = () => library.store.table('ports').list({ library: library.library.id })[0];
  await until(library, () => port()?.position === NtmsPortPosition.NTMS_PORTPOSITION_EXTENDED);
  const cartridge = { barcode, mediaType: 'L1', cleaningUsesRemaining: 50 };
  await library.autoloader.operator.insertCartridge(port()?.elementAddress ?? 0, cartridge);
}

/** A person is let in, opens the door, and does something behind it. */
export async function behindTheDoor(library: VirtualLibrary, act: () => unknown): Promise<void> {
  const { operator } = library.autoloader;
  const { NTMS_DOORSTATE_OPEN } = NtmsDoorState;
  await library.clock.sleep(10);
  operator.openDoor();
  await until(library, () => library.store.table('doors').list()[0]?.state === NTMS_DOORSTATE_OPEN);
  await act();
  await operator.closeDoor();
}

export function hasCleaner({ library }: VirtualLibrary): boolean {
  return (library.flags & NtmsLibraryFlags.NTMS_LIBRARYFLAG_CLEANERPRESENT) !== 0;
}
