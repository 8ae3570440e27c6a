import { randomUUID } from 'node:crypto';
import { createNtmsApi, INFINITE, NtmsAccessMask, NtmsInventoryMethod, NtmsLibraryType } from '../../src/ntms/index.js';
import type { Guid, NtmsApi, NtmsSession, OpenedMedium } from '../../src/ntms/index.js';
import type { LibraryRow } from '../../src/objects/rows.js';
import type { VirtualLibrary } from '../library/virtual-library.js';

/** A GUID that no object has. */
export const NOBODY: Guid = '00000000-0000-4000-8000-000000000000';

/** Who calls, and through which session. */
export interface ApiCaller {
  readonly api: NtmsApi;
  readonly session: NtmsSession;
}

/** A second user on the same manager: no administrator, and not the one who made the database. */
export async function guestOf({ manager }: VirtualLibrary): Promise<ApiCaller> {
  const api = createNtmsApi(manager, {
    computerName: 'testhost',
    caller: { user: 'guest', groups: ['visitors'], administrator: false },
  });
  return { api, session: await api.OpenNtmsSession(null, 'visit', 0) };
}

/** Writes a denial for the guest into the object's own access list; its owner keeps everything. */
export function denyGuest(
  { store }: VirtualLibrary,
  object: Guid,
  mask: number = NtmsAccessMask.NTMS_USE_ACCESS,
): void {
  store.table('accessEntries').insert({ object, trustee: 'user:tester', mask: 0x7 });
  store.table('accessEntries').insert({ object, trustee: 'everyone', mask: 0x7 });
  store.table('accessEntries').insert({ object, trustee: 'user:guest', mask, deny: true });
}

/** MountNtmsMedia with the arguments that a test does not care about filled in. */
export function mountBy(
  { api, session }: ApiCaller,
  media: readonly Guid[],
  options: {
    readonly drives?: readonly (Guid | null)[];
    readonly flags?: number;
    readonly priority?: number;
    readonly timeoutMs?: number;
  } = {},
): Promise<Guid[]> {
  const drives = options.drives ?? media.map(() => null);
  const { flags = 0, priority = 0, timeoutMs = INFINITE } = options;
  return api.MountNtmsMedia(session, media, drives, media.length, flags, priority, timeoutMs, null);
}

/** A person takes a cartridge away, and an inventory notices: it is on the shelf, which is the offline library. */
export async function takeToShelf(library: VirtualLibrary, barCode: string): Promise<number> {
  const { operator } = library.autoloader;
  const slot = library.store.table('slots').require(library.medium(barCode).location ?? '');
  operator.openDoor();
  await operator.removeCartridge(slot.elementAddress);
  await operator.closeDoor();
  await takeInventory(library);
  return slot.elementAddress;
}

/** The other way round. */
export async function bringBack(library: VirtualLibrary, barCode: string, elementAddress: number): Promise<void> {
  const { operator } = library.autoloader;
  operator.openDoor();
  await operator.insertCartridge(elementAddress, { barcode: barCode });
  await operator.closeDoor();
  await takeInventory(library);
}

async function takeInventory({ api, session, library, manager }: VirtualLibrary): Promise<void> {
  await api.InventoryNtmsLibrary(session, library.id, NtmsInventoryMethod.NTMS_INVENTORY_FAST);
  await manager.drain();
}

/** The records of a second library, of which this rig has no hardware; with one drive and one cartridge in a slot. */
export function addOtherLibrary(
  house: VirtualLibrary,
  operationalState = 0,
): { library: LibraryRow; drive: Guid; side: Guid; medium: Guid } {
  const { store } = house;
  const library = store.table('libraries').insert({
    name: 'other',
    libraryType: NtmsLibraryType.NTMS_LIBRARYTYPE_ONLINE,
    operationalState,
  });
  const here = { library: library.id, number: 0 };
  const drive = store.table('drives').insert({ ...here, elementAddress: 9000 });
  const slot = store.table('slots').insert({ ...here, elementAddress: 9001, state: 1 });
  const { mediaPool, mediaType, locationType } = house.medium('ORS001L8');
  const medium = store.table('physicalMedia').insert({
    ...{ name: 'OTHER1', barCode: 'OTHER1', mediaPool, mediaType, locationType },
    ...{ currentLibrary: library.id, location: slot.id, homeSlot: slot.id },
  });
  const side = store.table('sides').insert({ physicalMedia: medium.id });
  return { library, drive: drive.id, side: side.id, medium: medium.id };
}

/** An application opens the medium that it has mounted in a drive, and leaves it open. */
export function openMedium({ api, session }: ApiCaller, driveId: Guid): Promise<OpenedMedium> {
  return api.openDrive(session, driveId);
}

/** The values that a column of one object takes from now on, each once in a row. */
export function watch<Row extends object>(
  { store }: VirtualLibrary,
  read: () => Row,
  column: keyof Row,
): { readonly values: unknown[] } {
  const values: unknown[] = [read()[column]];
  store.onChange(() => {
    const value = read()[column];
    if (values.at(-1) !== value) values.push(value);
  });
  return { values };
}

/** A LMID over a side, as an allocation would make it. */
export function addLogicalMedium({ store }: VirtualLibrary, sideId: Guid): Guid {
  const side = store.table('sides').require(sideId);
  const { mediaPool } = store.table('physicalMedia').require(side.physicalMedia);
  const { id } = store.table('logicalMedia').insert({ mediaPool });
  store.table('sides').update(sideId, { logicalMedia: id });
  return id;
}

export function newGuid(): Guid {
  return randomUUID();
}
