import { requireBytes, ScsiFormatError } from '../format-error.js';
import { bits, flag, layout, uint16, uint32 } from '../layout.js';

/** FORMAT of an attribute (SPC-4). */
export const AttributeFormat = { BINARY: 0, ASCII: 1, TEXT: 2 } as const;
export type AttributeFormat = (typeof AttributeFormat)[keyof typeof AttributeFormat];

/** One attribute of a medium auxiliary memory (SPC-4). */
export interface MediumAttribute {
  readonly identifier: number;
  /** An {@link AttributeFormat}. */
  readonly format: number;
  /** READ ONLY: no host can change it. */
  readonly readOnly: boolean;
  readonly value: Uint8Array;
}

const attributeHeader = layout('medium auxiliary memory attribute', 5, {
  identifier: uint16(0),
  readOnly: flag(2, 7),
  format: bits(2, 1, 0),
  attributeLength: uint16(3),
});
const lengthField = layout('attribute list header', 4, { length: uint32(0) });

/** READ ATTRIBUTE and WRITE ATTRIBUTE parameter data: a length, then the attributes in ascending order. */
export function encodeAttributes(attributes: readonly MediumAttribute[]): Uint8Array {
  const length = attributes.reduce((sum, { value }) => sum + attributeHeader.length + value.length, 0);
  const bytes = new Uint8Array(lengthField.length + length);
  lengthField.encodeInto(bytes, 0, { length });
  let at = lengthField.length;
  for (const { value, ...attribute } of attributes) {
    attributeHeader.encodeInto(bytes, at, { ...attribute, attributeLength: value.length });
    bytes.set(value, at + attributeHeader.length);
    at += attributeHeader.length + value.length;
  }
  return bytes;
}

/** Attributes that came whole, and whether more of them were announced than came. */
export interface AttributeList {
  readonly attributes: readonly MediumAttribute[];
  readonly truncated: boolean;
}

/** What READ ATTRIBUTE gave, perhaps cut to its allocation length. Throws `SHORT_DATA` when not even the length is there. */
export function decodeAttributes(bytes: Uint8Array): AttributeList {
  const end = lengthField.length + lengthField.decode(bytes).length;
  const here = Math.min(end, bytes.length);
  const attributes: MediumAttribute[] = [];
  for (let at = lengthField.length; at + attributeHeader.length <= here;) {
    const { attributeLength, ...attribute } = attributeHeader.decode(bytes, at);
    const start = at + attributeHeader.length;
    if (start + attributeLength > here) break;
    attributes.push({ ...attribute, value: bytes.slice(start, start + attributeLength) });
    at = start + attributeLength;
  }
  return { attributes, truncated: bytes.length < end };
}

/** An attribute of a parameter list, and where in the list it begins. */
export interface ListedAttribute extends MediumAttribute {
  readonly offset: number;
}

/**
 * The parameter list of WRITE ATTRIBUTE, which must be whole. Throws `SHORT_DATA` when an attribute is cut off and
 * `CONTRADICTION` when the list has another length than it says.
 */
export function decodeAttributeParameterList(bytes: Uint8Array): readonly ListedAttribute[] {
  const end = lengthField.length + lengthField.decode(bytes).length;
  if (end !== bytes.length) {
    const message = `says that it ends at byte ${end}, it ends at ${bytes.length}`;
    throw new ScsiFormatError('CONTRADICTION', lengthField.what, 0, message);
  }
  const attributes: ListedAttribute[] = [];
  for (let at = lengthField.length; at < end;) {
    const { attributeLength, ...attribute } = attributeHeader.decode(bytes, at);
    const start = at + attributeHeader.length;
    requireBytes(attributeHeader.what, bytes, at, start + attributeLength);
    attributes.push({ ...attribute, value: bytes.slice(start, start + attributeLength), offset: at });
    at = start + attributeLength;
  }
  return attributes;
}

/** ATTRIBUTE LIST: the identifiers alone. */
export function encodeAttributeIdentifiers(identifiers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(lengthField.length + 2 * identifiers.length);
  lengthField.encodeInto(bytes, 0, { length: 2 * identifiers.length });
  identifiers.forEach((identifier, index) => uint16(0).write(bytes, lengthField.length + 2 * index, identifier));
  return bytes;
}

/** The identifiers that came. Throws `SHORT_DATA`, or `CONTRADICTION` for half an identifier. */
export function decodeAttributeIdentifiers(bytes: Uint8Array): readonly number[] {
  const { length } = lengthField.decode(bytes);
  if (length % 2 !== 0) {
    throw new ScsiFormatError('CONTRADICTION', lengthField.what, 0, `${length} bytes are no whole identifiers`);
  }
  const count = Math.min(length, bytes.length - lengthField.length) >> 1;
  return Array.from({ length: count }, (_, index) => uint16(0).read(bytes, lengthField.length + 2 * index));
}

const numberRange = layout('logical volume or partition list', 4, { availableLength: uint16(0) });

/** LOGICAL VOLUME LIST and PARTITION LIST: the first number and how many there are. */
export function encodeNumberRange(first: number, count: number): Uint8Array {
  const bytes = new Uint8Array(numberRange.length);
  numberRange.encodeInto(bytes, 0, { availableLength: 2 });
  bytes[2] = first;
  bytes[3] = count;
  return bytes;
}

/** Throws `SHORT_DATA`. */
export function decodeNumberRange(bytes: Uint8Array): { readonly first: number; readonly count: number } {
  requireBytes(numberRange.what, bytes, 0, numberRange.length);
  return { first: bytes[2] ?? 0, count: bytes[3] ?? 0 };
}
