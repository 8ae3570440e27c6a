import { ScsiFormatError } from '../format-error.js';
import { flag, layout, uint16, type Input, type Layout, type Value } from '../layout.js';
import { pageParameters, type ModePage, type ModeParameters } from '../spc/mode-parameters.js';
import { ElementType } from './element-type.js';

/** Mode page codes of medium changers (SMC-3). */
export const ChangerModePage = {
  ELEMENT_ADDRESS_ASSIGNMENT: 0x1d,
  TRANSPORT_GEOMETRY_PARAMETERS: 0x1e,
  DEVICE_CAPABILITIES: 0x1f,
} as const;
export type ChangerModePage = (typeof ChangerModePage)[keyof typeof ChangerModePage];

/** Element Address Assignment, 1Dh (SMC-3): where the elements of each type begin, and how many there are. */
const elementAddressAssignment = layout('Element Address Assignment mode page', 18, {
  firstMediumTransportElementAddress: uint16(0),
  numberOfMediumTransportElements: uint16(2),
  firstStorageElementAddress: uint16(4),
  numberOfStorageElements: uint16(6),
  firstImportExportElementAddress: uint16(8),
  numberOfImportExportElements: uint16(10),
  firstDataTransferElementAddress: uint16(12),
  numberOfDataTransferElements: uint16(14),
});
export type ElementAddressAssignment = Value<typeof elementAddressAssignment>;

/** The page's four ranges by element type. */
export function elementRanges(
  value: ElementAddressAssignment,
): Readonly<Record<ElementType, { readonly first: number; readonly count: number }>> {
  return {
    [ElementType.MEDIUM_TRANSPORT]: {
      first: value.firstMediumTransportElementAddress,
      count: value.numberOfMediumTransportElements,
    },
    [ElementType.STORAGE]: { first: value.firstStorageElementAddress, count: value.numberOfStorageElements },
    [ElementType.IMPORT_EXPORT]: {
      first: value.firstImportExportElementAddress,
      count: value.numberOfImportExportElements,
    },
    [ElementType.DATA_TRANSFER]: {
      first: value.firstDataTransferElementAddress,
      count: value.numberOfDataTransferElements,
    },
  };
}

/** One transport element of the Transport Geometry Parameters page, 1Eh (SMC-3). */
export interface TransportGeometry {
  /** ROTATE: it can turn media over. */
  readonly rotate: boolean;
  readonly memberNumberInTransportElementSet: number;
}

/** Who can hold a medium, or be moved from or to; by element type. */
export interface ElementTypeSet {
  readonly mediumTransport: boolean;
  readonly storage: boolean;
  readonly importExport: boolean;
  readonly dataTransfer: boolean;
}

/** Device Capabilities, 1Fh (SMC-3). `moves.storage.dataTransfer`: MOVE MEDIUM from storage to a drive is there. */
export interface DeviceCapabilities {
  readonly stores: ElementTypeSet;
  readonly moves: Readonly<Record<keyof ElementTypeSet, ElementTypeSet>>;
  readonly exchanges: Readonly<Record<keyof ElementTypeSet, ElementTypeSet>>;
}

const typeBits = (byte: number) => ({
  mediumTransport: flag(byte, 0),
  storage: flag(byte, 1),
  importExport: flag(byte, 2),
  dataTransfer: flag(byte, 3),
});

const typeSet: Layout<ReturnType<typeof typeBits>> = layout('Device Capabilities mode page', 1, typeBits(0));
/** Bytes 4 to 7 of the page for moves, 12 to 15 for exchanges; here counted behind the page header. */
const sources = ['mediumTransport', 'storage', 'importExport', 'dataTransfer'] as const;
const storesAt = 0;
const movesAt = 2;
const exchangesAt = 10;
const capabilitiesLength = 18;

export const decodeElementAddressAssignment = (page: ModePage): ElementAddressAssignment =>
  elementAddressAssignment.decode(pageParameters(page, ChangerModePage.ELEMENT_ADDRESS_ASSIGNMENT));

export const encodeElementAddressAssignment = (value: Input<typeof elementAddressAssignment>): ModePage =>
  asPage(ChangerModePage.ELEMENT_ADDRESS_ASSIGNMENT, elementAddressAssignment.encode(value));

export function decodeTransportGeometry(page: ModePage): readonly TransportGeometry[] {
  const bytes = pageParameters(page, ChangerModePage.TRANSPORT_GEOMETRY_PARAMETERS);
  if (bytes.length % 2 !== 0) {
    const message = `page length ${bytes.length} is odd, descriptors have two bytes`;
    throw new ScsiFormatError('CONTRADICTION', 'Transport Geometry Parameters mode page', 1, message);
  }
  return Array.from({ length: bytes.length / 2 }, (_, i) => ({
    rotate: ((bytes[2 * i] ?? 0) & 0x01) !== 0,
    memberNumberInTransportElementSet: bytes[2 * i + 1] ?? 0,
  }));
}

export function encodeTransportGeometry(transports: readonly TransportGeometry[]): ModePage {
  const bytes = transports.flatMap((one) => [one.rotate ? 1 : 0, one.memberNumberInTransportElementSet]);
  return asPage(ChangerModePage.TRANSPORT_GEOMETRY_PARAMETERS, Uint8Array.from(bytes));
}

/** Throws `SHORT_DATA` when the page ends before the exchange table. */
export function decodeDeviceCapabilities(page: ModePage): DeviceCapabilities {
  const bytes = pageParameters(page, ChangerModePage.DEVICE_CAPABILITIES);
  const matrix = (start: number): DeviceCapabilities['moves'] => ({
    mediumTransport: typeSet.decode(bytes, start),
    storage: typeSet.decode(bytes, start + 1),
    importExport: typeSet.decode(bytes, start + 2),
    dataTransfer: typeSet.decode(bytes, start + 3),
  });
  return { stores: typeSet.decode(bytes, storesAt), moves: matrix(movesAt), exchanges: matrix(exchangesAt) };
}

export function encodeDeviceCapabilities(value: DeviceCapabilities): ModePage {
  const bytes = new Uint8Array(capabilitiesLength);
  typeSet.encodeInto(bytes, storesAt, value.stores);
  sources.forEach((source, i) => {
    typeSet.encodeInto(bytes, movesAt + i, value.moves[source]);
    typeSet.encodeInto(bytes, exchangesAt + i, value.exchanges[source]);
  });
  return asPage(ChangerModePage.DEVICE_CAPABILITIES, bytes);
}

/** The page with this code among those a device sent, subpages aside. */
export function findModePage(parameters: ModeParameters, pageCode: number): ModePage | undefined {
  return parameters.pages.find((page) => page.pageCode === pageCode && page.subpageCode === undefined);
}

function asPage(pageCode: number, parameters: Uint8Array): ModePage {
  return { pageCode, parametersSaveable: false, parameters };
}
