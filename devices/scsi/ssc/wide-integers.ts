import { uint, type Field } from '../layout.js';

/**
 * Unsigned big-endian integer of 8 bytes as a number. What is above 2^53 - 1 is read as the nearest number there is, which is
 * good enough to be compared with a tape's length; only safe integers are written.
 */
export function uint64(byte: number): Field<number> {
  const field = uint(byte, 8);
  return {
    ...field,
    write(bytes, at, value) {
      requireSafe(value, 0);
      field.write(bytes, at, value);
    },
  };
}

/** Two's complement of `size` bytes, up to 8. */
export function int(byte: number, size: number): Field<number> {
  const limit = 2 ** (8 * size - 1);
  return {
    byte,
    read(bytes, at) {
      let value = 0n;
      for (let i = 0; i < size; i++) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
      return Number(BigInt.asIntN(8 * size, value));
    },
    write(bytes, at, value) {
      requireSafe(value, Math.max(-limit, Number.MIN_SAFE_INTEGER), Math.min(limit - 1, Number.MAX_SAFE_INTEGER));
      const wrapped = BigInt.asUintN(8 * size, BigInt(value));
      for (let i = 0; i < size; i++) bytes[at + i] = Number((wrapped >> BigInt(8 * (size - 1 - i))) & 0xffn);
    },
  };
}

function requireSafe(value: number, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`is ${value}, allowed is ${min} to ${max}`);
  }
}
