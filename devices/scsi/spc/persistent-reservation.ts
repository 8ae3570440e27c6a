import { ScsiFormatError } from '../format-error.js';

/** Service actions of PERSISTENT RESERVE IN (SPC-4). */
export const PersistentReserveInAction = {
  READ_KEYS: 0x00,
  READ_RESERVATION: 0x01,
  REPORT_CAPABILITIES: 0x02,
  READ_FULL_STATUS: 0x03,
} as const;
export type PersistentReserveInAction = (typeof PersistentReserveInAction)[keyof typeof PersistentReserveInAction];

/** Service actions of PERSISTENT RESERVE OUT (SPC-4), without REGISTER AND MOVE, whose parameter list is another one. */
export const PersistentReserveOutAction = {
  REGISTER: 0x00,
  RESERVE: 0x01,
  RELEASE: 0x02,
  CLEAR: 0x03,
  PREEMPT: 0x04,
  PREEMPT_AND_ABORT: 0x05,
  REGISTER_AND_IGNORE_EXISTING_KEY: 0x06,
} as const;
export type PersistentReserveOutAction = (typeof PersistentReserveOutAction)[keyof typeof PersistentReserveOutAction];

/** SCOPE (SPC-4). Elements (2h) are obsolete. */
export const ReservationScope = { LOGICAL_UNIT: 0 } as const;

/** TYPE (SPC-4). */
export const ReservationType = {
  WRITE_EXCLUSIVE: 0x1,
  EXCLUSIVE_ACCESS: 0x3,
  WRITE_EXCLUSIVE_REGISTRANTS_ONLY: 0x5,
  EXCLUSIVE_ACCESS_REGISTRANTS_ONLY: 0x6,
  WRITE_EXCLUSIVE_ALL_REGISTRANTS: 0x7,
  EXCLUSIVE_ACCESS_ALL_REGISTRANTS: 0x8,
} as const;
export type ReservationType = (typeof ReservationType)[keyof typeof ReservationType];

/** Whether a number is one of the {@link ReservationType}s. */
export function isReservationType(type: number): type is ReservationType {
  return Object.values<number>(ReservationType).includes(type);
}

/** The eight bytes of a reservation key as a number. */
export function readReservationKey(bytes: Uint8Array): bigint {
  return bytes.reduce((key, byte) => (key << 8n) | BigInt(byte), 0n);
}

/** Throws `OUT_OF_RANGE`. */
export function reservationKeyBytes(key: bigint): Uint8Array {
  if (key < 0n || key >= 1n << 64n) {
    throw new ScsiFormatError('OUT_OF_RANGE', 'reservation key', 0, `${key} does not fit eight bytes`);
  }
  return Uint8Array.from({ length: 8 }, (_, i) => Number((key >> BigInt(8 * (7 - i))) & 0xffn));
}
