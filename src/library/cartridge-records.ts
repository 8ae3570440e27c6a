import { NtmsBarCodeState, NtmsMediaState, NtmsObjectsTypes, NtmsPartitionState } from '../objects/ntmsapi/index.js';
import type { ObjectStore } from '../objects/object-store.js';
import type { PhysicalMediumRow } from '../objects/rows.js';
import { readCartridgeLabel } from './cartridge-label.js';
import { knownMediaType, unknownMediaType } from './known-media-types.js';
import { locationTypeOf } from './library-elements.js';
import type { LibraryElement } from './library-elements.js';
import { supportMediaType } from './supported-media-types.js';

/**
 * Makes the records of a cartridge that no record describes: the cartridge and its sides, not identified yet, in the
 * unrecognized pool of its type. Its label is read when it is first mounted, or by an inventory by on-media label.
 */
export function discoverCartridge(
  store: ObjectStore,
  found: {
    readonly library: string;
    readonly element: LibraryElement;
    readonly barCode?: string;
    readonly sequenceNumber: string;
  },
): PhysicalMediumRow {
  const { library, element, barCode, sequenceNumber } = found;
  const label = readCartridgeLabel(barCode ?? '');
  const { mediaType, pools } = store.ensureMediaType(knownMediaType(label.mediaType ?? unknownMediaType));
  supportMediaType(store, library, mediaType.id);
  const medium = store.table('physicalMedia').insert({
    name: barCode ?? sequenceNumber,
    currentLibrary: library,
    mediaPool: pools.unrecognized.id,
    mediaType: mediaType.id,
    locationType: locationTypeOf[element.kind],
    location: element.objectId,
    homeSlot: element.kind === 'slot' ? element.objectId : null,
    barCode: barCode ?? '',
    barCodeState: barCodeState(barCode),
    sequenceNumber,
    mediaState: NtmsMediaState.NTMS_MEDIASTATE_IDLE,
    numberOfPartitions: mediaType.numberOfSides,
    cleaner: label.cleaner,
  });
  for (let side = 0; side < mediaType.numberOfSides; side++) {
    store.table('sides').insert({
      name: mediaType.numberOfSides === 1 ? medium.name : `${medium.name} side ${side + 1}`,
      physicalMedia: medium.id,
      side,
      state: NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN,
    });
  }
  return medium;
}

/** Writes where a cartridge is. A slot becomes its home; a drive, a port and the picker leave the home as it is. */
export function placeCartridge(
  store: ObjectStore,
  mediumId: string,
  place: { readonly library: string; readonly element: LibraryElement; readonly barCode?: string },
): void {
  const { library, element, barCode } = place;
  const medium = store.table('physicalMedia').require(mediumId);
  const renamed = barCode !== undefined && medium.barCode === '' && medium.name === medium.sequenceNumber;
  if (medium.mediaType !== null) supportMediaType(store, library, medium.mediaType);
  store.table('physicalMedia').update(mediumId, {
    currentLibrary: library,
    location: element.objectId,
    locationType: locationTypeOf[element.kind],
    ...(element.kind === 'slot' ? { homeSlot: element.objectId } : {}),
    ...(barCode === undefined ? {} : { barCode, barCodeState: NtmsBarCodeState.NTMS_BARCODESTATE_OK }),
    ...(renamed ? { name: barCode } : {}),
  });
}

/** A cartridge is in no library any more: it goes to the shelf, its records stay. */
export function shelveCartridge(store: ObjectStore, mediumId: string): void {
  store.table('physicalMedia').update(mediumId, {
    currentLibrary: store.wellKnown.offlineLibrary,
    location: null,
    locationType: NtmsObjectsTypes.NTMS_STORAGESLOT,
    homeSlot: null,
    mediaState: NtmsMediaState.NTMS_MEDIASTATE_IDLE,
    mountedPartition: null,
    claimedBy: null,
  });
}

function barCodeState(barCode: string | undefined): NtmsBarCodeState {
  return barCode === undefined ? NtmsBarCodeState.NTMS_BARCODESTATE_UNREADABLE : NtmsBarCodeState.NTMS_BARCODESTATE_OK;
}

/** Sequence numbers are given once: `00000001`, one more than the highest so far. */
export function* sequenceNumbers(store: ObjectStore): Generator<string, never> {
  const [last] = store.table('physicalMedia').list({}, { orderBy: 'sequenceNumber', descending: true, limit: 1 });
  for (let next = Number(last?.sequenceNumber ?? 0) + 1; ; next++) yield String(next).padStart(8, '0');
}
