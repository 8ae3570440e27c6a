import type { Field } from '../../scsi/layout.js';

/** Unsigned little-endian integers, as USB has them (USB 2.0 8.1), for layouts. */
export const littleEndian16 = (byte: number): Field<number> => littleEndian(byte, 2);
export const littleEndian32 = (byte: number): Field<number> => littleEndian(byte, 4);

function littleEndian(byte: number, size: number): Field<number> {
  const max = 2 ** (8 * size) - 1;
  return {
    byte,
    read(bytes, at) {
      let value = 0;
      for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
      return value;
    },
    write(bytes, at, value) {
      if (!Number.isInteger(value) || value < 0 || value > max) {
        throw new RangeError(`is ${String(value)}, allowed is 0 to ${max}`);
      }
      for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256)) bytes[at + i] = rest % 256;
    },
  };
}
