/**
 * A logical unit number as the eight bytes of a SAM-5 LUN structure: peripheral device addressing up to 255,
 * flat space addressing up to 16383. Gives undefined for what neither can say.
 */
export function encodeLun(lun: number): Uint8Array | undefined {
  if (!Number.isInteger(lun) || lun < 0 || lun > MAX_FLAT_LUN) return undefined;
  const bytes = new Uint8Array(8);
  bytes[0] = lun > 0xff ? FLAT_SPACE | (lun >> 8) : 0;
  bytes[1] = lun & 0xff;
  return bytes;
}

/** The other way; undefined for another addressing method, a bus other than 0, or a second level. */
export function decodeLun(bytes: Uint8Array): number | undefined {
  const [first = 0, second = 0, ...deeper] = bytes;
  if (bytes.length !== 8 || deeper.some((byte) => byte !== 0)) return undefined;
  if (first === 0) return second;
  return (first & 0xc0) === FLAT_SPACE ? ((first & 0x3f) << 8) | second : undefined;
}

export const MAX_FLAT_LUN = 0x3fff;
const FLAT_SPACE = 0x40;
