import { requireBytes, ScsiFormatError } from './format-error.js';

/**
 * Fixed byte blocks, declared once and used in both directions. A layout is a name, a length in bytes and a record of
 * fields; the value's type follows from the fields. What a table says badly (pages, descriptors by their own lengths) is
 * walked by plain code around layouts.
 */
export interface Field<T> {
  /** First byte of the field within its block. */
  readonly byte: number;
  read(bytes: Uint8Array, at: number): T;
  /** Writes into zeroed bytes; throws a plain RangeError when the value does not fit. */
  write(bytes: Uint8Array, at: number, value: T): void;
}

/** A field that may be left out when encoding. */
export interface DefaultedField<T> extends Field<T> {
  readonly defaultValue: T;
}

// `never` as the write type would lose inference; fields are only ever used through their own layout.
type Fields = Readonly<
  Record<string, Field<number> | Field<bigint> | Field<boolean> | Field<string> | Field<Uint8Array>>
>;
type ValueOf<F> = F extends Field<infer T> ? T : never;
type DefaultedKeys<F extends Fields> = { [K in keyof F]: F[K] extends { defaultValue: unknown } ? K : never }[keyof F];

/** What decoding gives: every field. */
export type LayoutValue<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> };
/** What encoding takes: fields with a default may be left out. */
export type LayoutInput<F extends Fields> = {
  readonly [K in Exclude<keyof F, DefaultedKeys<F>>]: ValueOf<F[K]>;
} & { readonly [K in DefaultedKeys<F>]?: ValueOf<F[K]> | undefined };

export interface Layout<F extends Fields> {
  readonly what: string;
  readonly length: number;
  /** Throws `SHORT_DATA`. */
  decode(bytes: Uint8Array, offset?: number): LayoutValue<F>;
  /** Throws `OUT_OF_RANGE`. */
  encode(value: LayoutInput<F>): Uint8Array;
  /** Writes the block at `offset` of zeroed bytes. */
  encodeInto(bytes: Uint8Array, offset: number, value: LayoutInput<F>): void;
}

/** The decoded type of a layout: `Value<typeof standardInquiry>`. */
export type Value<L> = L extends Layout<infer F> ? LayoutValue<F> : never;
/** What a layout's `encode` takes. */
export type Input<L> = L extends Layout<infer F> ? LayoutInput<F> : never;

/** Declares a block of `length` bytes. */
export function layout<const F extends Fields>(what: string, length: number, fields: F): Layout<F> {
  const entries = Object.entries(fields) as [string, Field<unknown> & { defaultValue?: unknown }][];
  const encodeInto = (bytes: Uint8Array, offset: number, value: LayoutInput<F>): void => {
    for (const [name, field] of entries) {
      const given = (value as Readonly<Record<string, unknown>>)[name] ?? field.defaultValue;
      try {
        field.write(bytes, offset + field.byte, given);
      } catch (cause) {
        if (!(cause instanceof RangeError)) throw cause;
        throw new ScsiFormatError('OUT_OF_RANGE', what, field.byte, `${name} ${cause.message}`);
      }
    }
  };
  return {
    what,
    length,
    decode(bytes, offset = 0) {
      requireBytes(what, bytes, offset, offset + length);
      const value: Record<string, unknown> = {};
      for (const [name, field] of entries) value[name] = field.read(bytes, offset + field.byte);
      return value as LayoutValue<F>;
    },
    encode(value) {
      const bytes = new Uint8Array(length);
      encodeInto(bytes, 0, value);
      return bytes;
    },
    encodeInto,
  };
}

/** Gives a field a value for when the caller leaves it out. */
export function optional<T>(field: Field<T>, defaultValue: T): DefaultedField<T> {
  return { ...field, defaultValue };
}

/** Unsigned big-endian integer of 1 to 6 bytes. */
export function uint(byte: number, size: number): Field<number> {
  const limit = 2 ** (8 * size);
  return {
    byte,
    read(bytes, at) {
      let value = 0;
      for (let i = 0; i < size; i++) value = value * 256 + (bytes[at + i] ?? 0);
      return value;
    },
    write(bytes, at, value) {
      requireInteger(value, limit - 1);
      for (let i = size - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[at + i] = rest % 256;
    },
  };
}

export const uint8 = (byte: number): Field<number> => uint(byte, 1);
export const uint16 = (byte: number): Field<number> => uint(byte, 2);
export const uint24 = (byte: number): Field<number> => uint(byte, 3);
export const uint32 = (byte: number): Field<number> => uint(byte, 4);

/** Unsigned little-endian integer of 1 to 6 bytes: structures of the host's kernel, never SCSI itself. */
export function uintLe(byte: number, size: number): Field<number> {
  const limit = 2 ** (8 * size);
  return {
    byte,
    read(bytes, at) {
      let value = 0;
      for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
      return value;
    },
    write(bytes, at, value) {
      requireInteger(value, limit - 1);
      for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256)) bytes[at + i] = rest % 256;
    },
  };
}

/** A C `int`: 32 bits, little-endian, two's complement. */
export function int32Le(byte: number): Field<number> {
  const unsigned = uintLe(byte, 4);
  return {
    byte,
    read: (bytes, at) => unsigned.read(bytes, at) | 0,
    write(bytes, at, value) {
      if (value !== (value | 0)) throw new RangeError(`is ${String(value)}, allowed are 32 bits with a sign`);
      unsigned.write(bytes, at, value >>> 0);
    },
  };
}

/** 64 bits, little-endian: addresses need all of them. */
export function uint64Le(byte: number): Field<bigint> {
  const half = uintLe(byte, 4);
  return {
    byte,
    read: (bytes, at) => BigInt(half.read(bytes, at)) | (BigInt(half.read(bytes, at + 4)) << 32n),
    write(bytes, at, value) {
      if (value < 0n || value >= 1n << 64n) throw new RangeError(`is ${value}, allowed are 64 bits without a sign`);
      half.write(bytes, at, Number(value & 0xffff_ffffn));
      half.write(bytes, at + 4, Number(value >> 32n));
    },
  };
}

/** Bits `high` to `low` (7 is the most significant) of one byte. */
export function bits(byte: number, high: number, low: number): Field<number> {
  const mask = 2 ** (high - low + 1) - 1;
  return {
    byte,
    read: (bytes, at) => ((bytes[at] ?? 0) >> low) & mask,
    write(bytes, at, value) {
      requireInteger(value, mask);
      bytes[at] = (bytes[at] ?? 0) | (value << low);
    },
  };
}

/** One bit; false when left out. */
export function flag(byte: number, bit: number): DefaultedField<boolean> {
  return {
    byte,
    defaultValue: false,
    read: (bytes, at) => ((bytes[at] ?? 0) & (1 << bit)) !== 0,
    write(bytes, at, value) {
      if (value) bytes[at] = (bytes[at] ?? 0) | (1 << bit);
    },
  };
}

/** Text, left-aligned, padded with spaces (SPC-4); trailing spaces and NULs are not part of the value. */
export function ascii(byte: number, size: number): Field<string> {
  return {
    byte,
    read: (bytes, at) => readText(bytes, at, size),
    write(bytes, at, value) {
      writeText(bytes, at, size, value);
    },
  };
}

/** Bytes as they are; copied when read. */
export function octets(byte: number, size: number): Field<Uint8Array> {
  return {
    byte,
    read: (bytes, at) => bytes.slice(at, at + size),
    write(bytes, at, value) {
      if (value.length > size) throw new RangeError(`has ${value.length} bytes, room is for ${size}`);
      bytes.set(value, at);
    },
  };
}

/** `size` bytes of text without trailing spaces and NULs. One character a byte, so that odd bytes survive. */
export function readText(bytes: Uint8Array, at: number, size: number): string {
  let end = Math.min(at + size, bytes.length);
  while (end > at && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end--;
  let text = '';
  for (let i = at; i < end; i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

/** Writes text padded with spaces; throws RangeError when it is too long or has a character above FFh. */
export function writeText(bytes: Uint8Array, at: number, size: number, text: string): void {
  if (text.length > size) throw new RangeError(`"${text}" has ${text.length} characters, room is for ${size}`);
  for (let i = 0; i < size; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 0x20;
    if (code > 0xff) throw new RangeError(`"${text}" has a character that does not fit one byte`);
    bytes[at + i] = code;
  }
}

function requireInteger(value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new RangeError(`is ${String(value)}, allowed is 0 to ${max}`);
  }
}
