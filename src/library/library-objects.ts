import { PeripheralDeviceType } from '../../devices/scsi/opcodes.js';
import { ElementType } from '../../devices/scsi/smc/element-type.js';
import type { UnitIdentity } from '../../devices/unit-identity.js';
import {
  NtmsInventoryMethod,
  NtmsLibraryType,
  NtmsObjectsTypes,
  NtmsOperationalState,
  NtmsPortPosition,
  NtmsSlotState,
} from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { LibraryRow } from '../objects/rows.js';
import { isStandAlone } from './library-definition.js';
import type { AnyLibraryDefinition } from './library-definition.js';
import type { LibraryHardware } from './library-hardware.js';
import { supportDrive, supportMediaInside } from './supported-media-types.js';
import { updateChanged } from './update-changed.js';

/** The library's record; made when the rig names it for the first time. */
export function ensureLibrary(store: ObjectStore, definition: AnyLibraryDefinition): LibraryRow {
  const libraryType = isStandAlone(definition)
    ? NtmsLibraryType.NTMS_LIBRARYTYPE_STANDALONE
    : NtmsLibraryType.NTMS_LIBRARYTYPE_ONLINE;
  const libraries = store.table('libraries');
  const { name: rigName } = definition;
  const known = libraries.find({ rigName }) ?? libraries.find({ rigName: '', name: rigName });
  if (known !== undefined) {
    return known.libraryType === libraryType ? known : store.table('libraries').update(known.id, { libraryType });
  }
  return libraries.insert({
    // Another library may have been given this name meanwhile.
    ...(libraries.find({ name: rigName }) === undefined
      ? { name: rigName }
      : { name: freeName(store, rigName), rigName }),
    libraryType,
    inventoryMethod: NtmsInventoryMethod.NTMS_INVENTORY_FAST,
    operationalState: NtmsOperationalState.NTMS_NOT_PRESENT,
  });
}

function freeName(store: ObjectStore, wanted: string): string {
  for (let number = 2; ; number += 1) {
    const name = `${wanted} (${number})`;
    if (store.table('libraries').find({ name }) === undefined) return name;
  }
}

/**
 * Brings the objects of a library's elements in line with the changer's element map: new elements get an object, known
 * ones keep theirs with what was said about them, and those that the map has no more are removed.
 */
export function syncElements(store: ObjectStore, library: LibraryRow, hardware: LibraryHardware): void {
  store.transaction(() => {
    const { map } = hardware;
    const here = { library: library.id };
    // First, since an address may stand for another kind of element now.
    for (const [table, type] of elementTables) {
      removeStrangers(store, table, library, new Set(map.addresses(type)));
    }
    syncChangers(store, library, hardware);
    syncDrives(store, library, hardware);
    const slots = byAddress(store.table('slots').list(here));
    map.addresses(ElementType.STORAGE).forEach((elementAddress, index) => {
      const number = index + 1;
      const known = slots.get(elementAddress);
      const state = NtmsSlotState.NTMS_SLOTSTATE_UNKNOWN;
      if (known !== undefined) updateChanged(store, 'slots', known, { number });
      else store.table('slots').insert({ ...here, elementAddress, number, name: `slot ${number}`, state });
    });
    const ports = byAddress(store.table('ports').list(here));
    map.addresses(ElementType.IMPORT_EXPORT).forEach((elementAddress, index) => {
      const number = index + 1;
      const known = ports.get(elementAddress);
      // An SMC changer does not report where the tray is; it locks what it does not hold out.
      const position = NtmsPortPosition.NTMS_PORTPOSITION_UNKNOWN;
      if (known !== undefined) updateChanged(store, 'ports', known, { number });
      else store.table('ports').insert({ ...here, elementAddress, number, name: `port ${number}`, position });
    });
    if (hardware.standAlone === undefined && store.table('doors').count(here) === 0) {
      store.table('doors').insert({ ...here, number: 1, name: 'door 1' });
    }
    supportMediaInside(store, library.id);
    const { SEQUENTIAL_ACCESS } = PeripheralDeviceType;
    const drives = map.addresses(ElementType.DATA_TRANSFER).map((address) => hardware.driveIdentity(address)?.identity);
    updateChanged(store, 'libraries', library, {
      barCodeReaderInstalled: hardware.readsBarCodes,
      // Drives for tapes tell when they are dirty; those that cannot be asked, or read discs, do not.
      librarySupportsDriveCleaning: drives.some((drive) => drive?.peripheralDeviceType === SEQUENTIAL_ACCESS),
    });
  });
}

const elementTables = [
  ['changers', ElementType.MEDIUM_TRANSPORT],
  ['drives', ElementType.DATA_TRANSFER],
  ['slots', ElementType.STORAGE],
  ['ports', ElementType.IMPORT_EXPORT],
] as const;

function syncChangers(store: ObjectStore, { id: library }: LibraryRow, hardware: LibraryHardware): void {
  const { map, changerIdentity: identity, deviceName } = hardware;
  const fields = { ...identityFields(identity, deviceName), changerType: typeOf(store, 'changerTypes', identity) };
  const known = byAddress(store.table('changers').list({ library }));
  map.addresses(ElementType.MEDIUM_TRANSPORT).forEach((elementAddress, number) => {
    const row = known.get(elementAddress);
    if (row !== undefined) updateChanged(store, 'changers', row, { ...fields, number });
    else store.table('changers').insert({ library, ...fields, elementAddress, number, name: `picker ${number}` });
  });
}

function syncDrives(store: ObjectStore, { id: library }: LibraryRow, hardware: LibraryHardware): void {
  const known = byAddress(store.table('drives').list({ library }));
  hardware.map.addresses(ElementType.DATA_TRANSFER).forEach((elementAddress, number) => {
    const unit = hardware.driveIdentity(elementAddress);
    // A drive that does not answer, or could not be told apart, keeps what was known of it.
    const driveType = unit === undefined ? undefined : typeOf(store, 'driveTypes', unit.identity);
    const fields = {
      ...(unit === undefined ? {} : identityFields(unit.identity, unit.deviceName)),
      ...(driveType === undefined ? {} : { driveType }),
    };
    const row = known.get(elementAddress);
    // Only what is new: a type that somebody took away from the library does not come back with each start.
    if (driveType !== undefined && driveType !== row?.driveType) supportDrive(store, library, driveType);
    if (row !== undefined) updateChanged(store, 'drives', row, { ...fields, number });
    else store.table('drives').insert({ library, ...fields, elementAddress, number, name: `drive ${number}` });
  });
}

/** Elements that the map has no more. What the records say was in them is found again, or missed, by the next look. */
function removeStrangers(
  store: ObjectStore,
  table: (typeof elementTables)[number][0],
  library: LibraryRow,
  addresses: ReadonlySet<number>,
): void {
  for (const row of store.table(table).list({ library: library.id })) {
    if (addresses.has(row.elementAddress)) continue;
    for (const medium of store.table('physicalMedia').list({ location: row.id })) {
      store.table('physicalMedia').update(medium.id, { location: null, locationType: NtmsObjectsTypes.NTMS_UNKNOWN });
    }
    for (const medium of store.table('physicalMedia').list({ homeSlot: row.id })) {
      store.table('physicalMedia').update(medium.id, { homeSlot: null });
    }
    if (library.cleanerSlot === row.id) store.table('libraries').update(library.id, { cleanerSlot: null });
    store.table(table).remove(row.id);
  }
}

function byAddress<Row extends { readonly elementAddress: number }>(rows: readonly Row[]): ReadonlyMap<number, Row> {
  return new Map(rows.map((row) => [row.elementAddress, row]));
}

function identityFields(identity: UnitIdentity, deviceName: string) {
  return {
    deviceName,
    serialNumber: identity.serialNumber ?? '',
    revision: identity.productRevisionLevel,
    scsiLun: identity.lun,
  };
}

function typeOf(store: ObjectStore, table: 'changerTypes' | 'driveTypes', identity: UnitIdentity): string {
  const { vendorIdentification: vendor, productIdentification: product, peripheralDeviceType: deviceType } = identity;
  const known = store.table(table).find({ vendor, product });
  return (known ?? store.table(table).insert({ name: `${vendor} ${product}`.trim(), vendor, product, deviceType })).id;
}
