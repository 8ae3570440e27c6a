import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { bits, flag, layout, octets, optional, uint32 } from '../layout.js';
import { OperationCode } from '../opcodes.js';
import { readReservationKey, ReservationScope, reservationKeyBytes } from './persistent-reservation.js';

/** PERSISTENT RESERVE OUT (SPC-4). */
const persistentReserveOut = cdbLayout('PERSISTENT RESERVE OUT', OperationCode.PERSISTENT_RESERVE_OUT, 10, {
  serviceAction: bits(1, 4, 0),
  scope: optional(bits(2, 7, 4), ReservationScope.LOGICAL_UNIT),
  type: optional(bits(2, 3, 0), 0),
  parameterListLength: optional(uint32(5), 24),
});

export type PersistentReserveOutParams = CdbParams<typeof persistentReserveOut>;
export const persistentReserveOutCdb = (params: PersistentReserveOutParams): Uint8Array =>
  persistentReserveOut.build(params);
export const parsePersistentReserveOutCdb = (cdb: Uint8Array): CdbValue<typeof persistentReserveOut> =>
  persistentReserveOut.parse(cdb);

const parameterList = layout('PERSISTENT RESERVE OUT parameter list', 24, {
  reservationKey: octets(0, 8),
  serviceActionReservationKey: octets(8, 8),
  specifyInitiatorPorts: flag(20, 3),
  allTargetPorts: flag(20, 2),
  activatePersistThroughPowerLoss: flag(20, 0),
});

/** How long the list is for every service action but REGISTER AND MOVE, and REGISTER for other initiator ports. */
export const persistentReserveOutListLength = parameterList.length;

/** The basic parameter list. Keys are 64 bits; 0 is no key. */
export interface PersistentReserveOutList {
  readonly reservationKey: bigint;
  readonly serviceActionReservationKey: bigint;
  /** SPEC_I_PT: TransportIDs of other initiator ports follow. */
  readonly specifyInitiatorPorts: boolean;
  /** ALL_TG_PT */
  readonly allTargetPorts: boolean;
  /** APTPL */
  readonly activatePersistThroughPowerLoss: boolean;
}

/** Throws `SHORT_DATA`. */
export function decodePersistentReserveOutList(bytes: Uint8Array): PersistentReserveOutList {
  const { reservationKey, serviceActionReservationKey, ...flags } = parameterList.decode(bytes);
  return {
    reservationKey: readReservationKey(reservationKey),
    serviceActionReservationKey: readReservationKey(serviceActionReservationKey),
    ...flags,
  };
}

/** Throws `OUT_OF_RANGE` for a key that does not fit. */
export function encodePersistentReserveOutList(value: Partial<PersistentReserveOutList>): Uint8Array {
  const { reservationKey = 0n, serviceActionReservationKey = 0n, ...flags } = value;
  return parameterList.encode({
    reservationKey: reservationKeyBytes(reservationKey),
    serviceActionReservationKey: reservationKeyBytes(serviceActionReservationKey),
    ...flags,
  });
}
