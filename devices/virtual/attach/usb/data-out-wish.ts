import { dataOutLength } from '../../../scsi/data-out-length.js';

/**
 * How much data-out a command wants from the host: bytes; `as sent` when only the host can know (write data in blocks of
 * a length that is not known here); `unknown` for a command that is the vendor's own.
 */
export type DataOutWish = number | 'as sent' | 'unknown';

/** More is never collected for one command. */
export const MAX_DATA_OUT_BYTES = 16 * 1024 * 1024;

/** `blockLength`: the unit's present one in bytes, where it is known. */
export function dataOutWish(
  peripheralDeviceType: number,
  cdb: Uint8Array,
  blockLength: number | undefined,
): DataOutWish {
  const length = dataOutLength(peripheralDeviceType, cdb, blockLength ?? 1);
  if (length === undefined) return 'unknown';
  if (blockLength !== undefined || length === 0) return length;
  return dataOutLength(peripheralDeviceType, cdb, 2) === length ? length : 'as sent';
}

/** A CDB comes padded to 16 bytes; its operation code says where it ends (SPC-4: group codes). */
export function unpaddedCdb(cdb: Uint8Array): Uint8Array {
  const length = LENGTH_OF_GROUP[(cdb[0] ?? 0) >> 5];
  return length === undefined ? cdb : cdb.subarray(0, length);
}

/** By group code. Group 3 has its length within, 6 and 7 are the vendor's. */
const LENGTH_OF_GROUP: readonly (number | undefined)[] = [6, 10, 10, undefined, 16, 12];
