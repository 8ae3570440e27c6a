export type ScsiFormatErrorCode = 'SHORT_DATA' | 'CONTRADICTION' | 'OUT_OF_RANGE';

/**
 * Bytes or values that do not fit the structure they claim to be.
 * - `SHORT_DATA`: the bytes end before a field that must be there.
 * - `CONTRADICTION`: two fields, or a field and the structure, cannot both be right.
 * - `OUT_OF_RANGE`: a value does not fit the field it is to be written into, or is not allowed there.
 */
export class ScsiFormatError extends Error {
  override readonly name = 'ScsiFormatError';
  readonly code: ScsiFormatErrorCode;
  /** The structure, as the standard calls it. */
  readonly what: string;
  /** The byte in question, counted from the start of the bytes that were given. */
  readonly offset: number;

  constructor(code: ScsiFormatErrorCode, what: string, offset: number, message: string) {
    super(`${what}, byte ${offset}: ${message}`);
    this.code = code;
    this.what = what;
    this.offset = offset;
  }
}

/** Throws `SHORT_DATA` unless `bytes` reaches to `end` (exclusive). */
export function requireBytes(what: string, bytes: Uint8Array, offset: number, end: number): void {
  if (bytes.length < end) {
    throw new ScsiFormatError(
      'SHORT_DATA',
      what,
      offset,
      `needs ${end} bytes but only ${bytes.length} are here; ask again with a larger allocation length`,
    );
  }
}
