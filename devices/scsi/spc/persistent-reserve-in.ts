import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { ScsiFormatError } from '../format-error.js';
import { bits, flag, layout, octets, optional, uint16, uint32, type Input, type Value } from '../layout.js';
import { OperationCode } from '../opcodes.js';
import { readReservationKey, ReservationScope, reservationKeyBytes } from './persistent-reservation.js';

/** PERSISTENT RESERVE IN (SPC-4). */
const persistentReserveIn = cdbLayout('PERSISTENT RESERVE IN', OperationCode.PERSISTENT_RESERVE_IN, 10, {
  serviceAction: bits(1, 4, 0),
  allocationLength: uint16(7),
});

export type PersistentReserveInParams = CdbParams<typeof persistentReserveIn>;
export const persistentReserveInCdb = (params: PersistentReserveInParams): Uint8Array =>
  persistentReserveIn.build(params);
export const parsePersistentReserveInCdb = (cdb: Uint8Array): CdbValue<typeof persistentReserveIn> =>
  persistentReserveIn.parse(cdb);

const header = layout('PERSISTENT RESERVE IN parameter data', 8, {
  generation: uint32(0),
  additionalLength: uint32(4),
});
const keyLength = 8;

/** READ KEYS: the keys of all registrations; a key that several nexuses share is there several times. */
export interface ReservationKeys {
  /** PRGENERATION: changes with every change of registrations. */
  readonly generation: number;
  readonly keys: readonly bigint[];
  /** The allocation length was too small. */
  readonly truncated: boolean;
}

export function encodeReservationKeys(generation: number, keys: readonly bigint[]): Uint8Array {
  return withHeader(generation, keys.map(reservationKeyBytes));
}

/** Throws `SHORT_DATA`; `CONTRADICTION` for a length that is no multiple of 8. */
export function decodeReservationKeys(bytes: Uint8Array): ReservationKeys {
  const { generation, additionalLength } = header.decode(bytes);
  requireMultiple(additionalLength, keyLength);
  const end = Math.min(bytes.length, header.length + additionalLength);
  const keys: bigint[] = [];
  for (let at = header.length; at + keyLength <= end; at += keyLength) {
    keys.push(readReservationKey(bytes.subarray(at, at + keyLength)));
  }
  return { generation, keys, truncated: bytes.length < header.length + additionalLength };
}

const reservationDescriptor = layout('persistent reservation descriptor', 16, {
  reservationKey: octets(0, 8),
  scope: optional(bits(13, 7, 4), ReservationScope.LOGICAL_UNIT),
  type: bits(13, 3, 0),
});

/** READ RESERVATION. For the all registrants types the key is 0. */
export interface HeldReservation {
  readonly reservationKey: bigint;
  readonly scope: number;
  readonly type: number;
}

export function encodeReservation(generation: number, held: HeldReservation | undefined): Uint8Array {
  if (held === undefined) return withHeader(generation, []);
  return withHeader(generation, [
    reservationDescriptor.encode({ ...held, reservationKey: reservationKeyBytes(held.reservationKey) }),
  ]);
}

/** Throws `SHORT_DATA`, `CONTRADICTION`. */
export function decodeReservation(bytes: Uint8Array): {
  readonly generation: number;
  readonly reservation?: HeldReservation;
} {
  const { generation, additionalLength } = header.decode(bytes);
  if (additionalLength === 0) return { generation };
  requireMultiple(additionalLength, reservationDescriptor.length);
  const { reservationKey, scope, type } = reservationDescriptor.decode(bytes, header.length);
  return { generation, reservation: { reservationKey: readReservationKey(reservationKey), scope, type } };
}

const capabilities = layout('REPORT CAPABILITIES parameter data', 8, {
  length: optional(uint16(0), 8),
  /** CRH: RESERVE and RELEASE of the holder are taken and change nothing. */
  compatibleReservationHandling: flag(2, 4),
  specifyInitiatorPortsCapable: flag(2, 3),
  allTargetPortsCapable: flag(2, 2),
  persistThroughPowerLossCapable: flag(2, 0),
  /** TMV: the type mask says something. */
  typeMaskValid: flag(3, 7),
  allowCommands: optional(bits(3, 6, 4), 0),
  persistThroughPowerLossActivated: flag(3, 0),
  writeExclusiveAllRegistrants: flag(4, 7),
  exclusiveAccessRegistrantsOnly: flag(4, 6),
  writeExclusiveRegistrantsOnly: flag(4, 5),
  exclusiveAccess: flag(4, 3),
  writeExclusive: flag(4, 1),
  exclusiveAccessAllRegistrants: flag(5, 0),
});

export type ReservationCapabilities = Value<typeof capabilities>;
export const encodeReservationCapabilities = (value: Input<typeof capabilities>): Uint8Array =>
  capabilities.encode(value);
/** Throws `SHORT_DATA`. */
export const decodeReservationCapabilities = (bytes: Uint8Array): ReservationCapabilities => capabilities.decode(bytes);

const fullStatusDescriptor = layout('full status descriptor', 24, {
  reservationKey: octets(0, 8),
  allTargetPorts: flag(12, 1),
  reservationHolder: flag(12, 0),
  scope: optional(bits(13, 7, 4), 0),
  type: optional(bits(13, 3, 0), 0),
  relativeTargetPortIdentifier: optional(uint16(18), 0),
  additionalLength: uint32(20),
});

/** One registration of READ FULL STATUS. Scope and type mean something for the holder only. */
export interface FullStatus {
  readonly reservationKey: bigint;
  readonly allTargetPorts: boolean;
  readonly reservationHolder: boolean;
  readonly scope: number;
  readonly type: number;
  readonly relativeTargetPortIdentifier: number;
  /** The initiator port: {@link decodeTransportId}. */
  readonly transportId: Uint8Array;
}

export function encodeFullStatus(generation: number, registrations: readonly FullStatus[]): Uint8Array {
  return withHeader(
    generation,
    registrations.map((registration) => {
      const bytes = new Uint8Array(fullStatusDescriptor.length + registration.transportId.length);
      fullStatusDescriptor.encodeInto(bytes, 0, {
        ...registration,
        reservationKey: reservationKeyBytes(registration.reservationKey),
        additionalLength: registration.transportId.length,
      });
      bytes.set(registration.transportId, fullStatusDescriptor.length);
      return bytes;
    }),
  );
}

/** Whole descriptors before a cut are there. Throws `SHORT_DATA` without a header, `CONTRADICTION`. */
export function decodeFullStatus(bytes: Uint8Array): {
  readonly generation: number;
  readonly registrations: readonly FullStatus[];
  readonly truncated: boolean;
} {
  const { generation, additionalLength } = header.decode(bytes);
  const whole = header.length + additionalLength;
  const end = Math.min(bytes.length, whole);
  const registrations: FullStatus[] = [];
  let at = header.length;
  while (at + fullStatusDescriptor.length <= end) {
    const { reservationKey, additionalLength: length, ...rest } = fullStatusDescriptor.decode(bytes, at);
    const start = at + fullStatusDescriptor.length;
    if (start + length > whole) {
      const message = `the TransportID ends at byte ${start + length}, the parameter data at ${whole}`;
      throw new ScsiFormatError('CONTRADICTION', fullStatusDescriptor.what, at + 20, message);
    }
    if (start + length > end) break;
    registrations.push({
      ...rest,
      reservationKey: readReservationKey(reservationKey),
      transportId: bytes.slice(start, start + length),
    });
    at = start + length;
  }
  return { generation, registrations, truncated: bytes.length < whole };
}

function withHeader(generation: number, parts: readonly Uint8Array[]): Uint8Array {
  const additionalLength = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(header.length + additionalLength);
  header.encodeInto(bytes, 0, { generation, additionalLength });
  let at = header.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function requireMultiple(additionalLength: number, size: number): void {
  if (additionalLength % size === 0) return;
  const message = `additional length ${additionalLength} is no multiple of ${size}`;
  throw new ScsiFormatError('CONTRADICTION', header.what, 4, message);
}
