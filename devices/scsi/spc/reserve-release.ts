import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag, layout, optional, uint8, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/**
 * RESERVE and RELEASE, 6 and 10 (SPC-2). Obsolete since SPC-3; changers still take them, and SMC adds
 * the reservation of single elements: `element` set, a reservation identification and an element list.
 */
const fields6 = {
  /** 3RDPTY: for another initiator. */
  thirdParty: flag(1, 4),
  element: flag(1, 0),
  reservationIdentification: optional(uint8(2), 0),
  parameterListLength: optional(uint16(3), 0),
} as const;

const fields10 = {
  /** 3RDPTY: for another initiator. */
  thirdParty: flag(1, 4),
  element: flag(1, 0),
  reservationIdentification: optional(uint8(2), 0),
  parameterListLength: optional(uint16(7), 0),
} as const;

const reserve6 = cdbLayout('RESERVE(6)', OperationCode.RESERVE_6, 6, fields6);
const release6 = cdbLayout('RELEASE(6)', OperationCode.RELEASE_6, 6, fields6);
const reserve10 = cdbLayout('RESERVE(10)', OperationCode.RESERVE_10, 10, fields10);
const release10 = cdbLayout('RELEASE(10)', OperationCode.RELEASE_10, 10, fields10);

export type ReservationParams = CdbParams<typeof reserve6>;
export type Reservation = CdbValue<typeof reserve6>;

export const reserve6Cdb = (params: ReservationParams = {}): Uint8Array => reserve6.build(params);
export const parseReserve6Cdb = (cdb: Uint8Array): Reservation => reserve6.parse(cdb);
export const release6Cdb = (params: ReservationParams = {}): Uint8Array => release6.build(params);
export const parseRelease6Cdb = (cdb: Uint8Array): Reservation => release6.parse(cdb);
export const reserve10Cdb = (params: ReservationParams = {}): Uint8Array => reserve10.build(params);
export const parseReserve10Cdb = (cdb: Uint8Array): Reservation => reserve10.parse(cdb);
export const release10Cdb = (params: ReservationParams = {}): Uint8Array => release10.build(params);
export const parseRelease10Cdb = (cdb: Uint8Array): Reservation => release10.parse(cdb);

/** One entry of an element list: `numberOfElements` from `elementAddress` upwards; 0 means to the last one. */
export interface ElementListEntry {
  readonly numberOfElements: number;
  readonly elementAddress: number;
}

const elementListEntry = layout('element list descriptor', 6, {
  numberOfElements: uint16(2),
  elementAddress: uint16(4),
});

/** The parameter list of an element reservation. Throws `OUT_OF_RANGE`. */
export function encodeElementList(entries: readonly ElementListEntry[]): Uint8Array {
  const bytes = new Uint8Array(entries.length * elementListEntry.length);
  entries.forEach((entry, i) => elementListEntry.encodeInto(bytes, i * elementListEntry.length, entry));
  return bytes;
}

/** Throws `SHORT_DATA` unless the list is a whole number of entries. */
export function decodeElementList(bytes: Uint8Array): readonly ElementListEntry[] {
  const entries: ElementListEntry[] = [];
  for (let at = 0; at < bytes.length; at += elementListEntry.length) entries.push(elementListEntry.decode(bytes, at));
  return entries;
}
