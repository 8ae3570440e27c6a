/**
 * One line of the serial protocol, `:body*CRC` (docs/serial-protocol.md, "A line"). Both sides of the line share this file
 * and nothing else: what the fields of a body mean is written once for the host and once for the device.
 */

const polynomial = 0xedb88320;
const crcDigits = 8;

/** The only version of the protocol there is. */
export const PROTOCOL_VERSION = 1;

/**
 * The largest number of characters beside the CDB and the data chunk that a line has, its newline included.
 * 64 leaves a few to spare beyond the longest line, an `X`.
 */
export const LINE_OVERHEAD = 64;

/** The longest line, newline included, that two sides may send each other, in characters. */
export function longestLine(limits: { cdbBytes: number; chunkBytes: number }): number {
  return LINE_OVERHEAD + 2 * limits.cdbBytes + 2 * limits.chunkBytes;
}

/** CRC-32/ISO-HDLC of the ASCII characters of `text`; `123456789` gives CBF43926h. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) {
    crc = crcTable[(crc ^ text.charCodeAt(at)) & 0xff]! ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  return crc >>> 0;
});

/** Frames `body`; the newline is the sender's to add. */
export function encodeLine(body: string): string {
  return `:${body}*${crc32(body).toString(16).toUpperCase().padStart(crcDigits, '0')}`;
}

/**
 * The body of a line that arrived whole, `undefined` for anything else. What stands before the last `:` is the rest of a
 * line that lost its newline, and is dropped.
 */
export function decodeLine(line: string): string | undefined {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const start = text.lastIndexOf(':');
  const end = text.length - crcDigits - 1;
  if (start < 0 || end <= start || text[end] !== '*') return undefined;
  const body = text.slice(start + 1, end);
  const digits = text.slice(end + 1);
  if (!/^[0-9A-F]{8}$/.test(digits) || Number.parseInt(digits, 16) !== crc32(body)) return undefined;
  return body;
}

/** A number field: upper case hex without leading zeros. */
export function hexNumber(value: number): string {
  return value.toString(16).toUpperCase();
}

/** Reads a number field of at most 32 bits; `undefined` when it is not one. */
export function parseHexNumber(field: string | undefined): number | undefined {
  return field !== undefined && /^[0-9A-F]{1,8}$/.test(field) ? Number.parseInt(field, 16) : undefined;
}

/** A data field: two upper case hex digits a byte, `-` for no byte at all. */
export function hexData(bytes: Uint8Array): string {
  if (bytes.length === 0) return '-';
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase();
}

/** Reads a data field; `undefined` when it is not one. */
export function parseHexData(field: string | undefined): Uint8Array | undefined {
  if (field === '-') return new Uint8Array(0);
  if (field === undefined || field.length === 0 || field.length % 2 !== 0 || !/^[0-9A-F]+$/.test(field))
    return undefined;
  return Uint8Array.from(Buffer.from(field, 'hex'));
}
