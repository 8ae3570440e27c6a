import { protocolError } from './iscsi-error.js';

/** One `key=value` of login and text PDUs (RFC 7143 6). */
export type TextKey = readonly [key: string, value: string];

/** The keys as a data segment: UTF-8, each ended by a NUL. */
export function encodeTextKeys(keys: readonly TextKey[]): Uint8Array {
  return Buffer.from(keys.map(([key, value]) => `${key}=${value}\0`).join(''), 'utf8');
}

/**
 * Reads a whole data segment, in its order, repeated keys included. Throws `ISCSI_PROTOCOL` for text without `=`, a key
 * that is none, or a last value without its NUL.
 */
export function decodeTextKeys(data: Uint8Array): TextKey[] {
  if (data.length === 0) return [];
  if (data.at(-1) !== 0) throw protocolError('key=value text does not end with a NUL');
  return Buffer.from(data.buffer, data.byteOffset, data.length)
    .toString('utf8')
    .split('\0')
    .filter((text) => text !== '')
    .map((text) => {
      // RFC 7143 wants a capital letter first; RFC 7144's iSCSIProtocolLevel has none.
      const match = /^([A-Za-z][A-Za-z0-9.\-+@_#]{0,62})=(.*)$/s.exec(text);
      if (match === null) throw protocolError(`"${text.slice(0, 80)}" is not key=value text`);
      return [match[1] ?? '', match[2] ?? ''];
    });
}

/** Binary values are written in hexadecimal here; targets may send base64 too. */
export function encodeBinaryValue(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

/** Reads `0x...` or `0b...`. Throws `ISCSI_PROTOCOL`. */
export function decodeBinaryValue(key: string, value: string): Uint8Array {
  const digits = value.slice(2);
  if (/^0[xX]([0-9A-Fa-f]+)$/.test(value)) {
    return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  }
  if (/^0[bB]([A-Za-z0-9+/]+={0,2})$/.test(value)) return Buffer.from(digits, 'base64');
  throw protocolError(`${key} is neither a hexadecimal nor a base64 value`);
}

/** A number of a text key: decimal or hexadecimal. Throws `ISCSI_PROTOCOL` outside `min` to `max`. */
export function decodeNumber(key: string, value: string, min: number, max: number): number {
  const number = /^(?:\d+|0[xX][0-9A-Fa-f]+)$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw protocolError(`${key}=${value.slice(0, 40)}, allowed is ${min} to ${max}`);
}
