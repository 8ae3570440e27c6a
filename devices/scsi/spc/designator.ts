import { requireBytes, ScsiFormatError } from '../format-error.js';
import { readText } from '../layout.js';

/** CODE SET of a designator (SPC-4). */
export const CodeSet = { BINARY: 1, ASCII: 2, UTF_8: 3 } as const;
export type CodeSet = (typeof CodeSet)[keyof typeof CodeSet];

/** DESIGNATOR TYPE (SPC-4). */
export const DesignatorType = {
  VENDOR_SPECIFIC: 0,
  T10_VENDOR_ID: 1,
  EUI_64: 2,
  NAA: 3,
  RELATIVE_TARGET_PORT: 4,
  TARGET_PORT_GROUP: 5,
  LOGICAL_UNIT_GROUP: 6,
  MD5_LOGICAL_UNIT: 7,
  SCSI_NAME_STRING: 8,
  PROTOCOL_SPECIFIC_PORT: 9,
} as const;
export type DesignatorType = (typeof DesignatorType)[keyof typeof DesignatorType];

/** What a designator names. */
export const DesignatorAssociation = { LOGICAL_UNIT: 0, TARGET_PORT: 1, TARGET_DEVICE: 2 } as const;
export type DesignatorAssociation = (typeof DesignatorAssociation)[keyof typeof DesignatorAssociation];

/** A designation descriptor of VPD page 83h. */
export interface Designator {
  readonly codeSet: number;
  readonly designatorType: number;
  readonly association: number;
  /** Present exactly when PIV is set. */
  readonly protocolIdentifier?: number;
  readonly designator: Uint8Array;
}

const what = 'designation descriptor';

/** Decodes one descriptor after another until `end`. Throws `SHORT_DATA` when the last one is cut off. */
export function decodeDesignators(bytes: Uint8Array, start: number, end: number): readonly Designator[] {
  const designators: Designator[] = [];
  for (let at = start; at < end;) {
    requireBytes(what, bytes, at, at + 4);
    const length = bytes[at + 3] ?? 0;
    if (at + 4 + length > end) {
      throw new ScsiFormatError(
        'CONTRADICTION',
        what,
        at + 3,
        `is ${length} bytes long, but the page ends before that`,
      );
    }
    requireBytes(what, bytes, at, at + 4 + length);
    const first = bytes[at] ?? 0;
    const second = bytes[at + 1] ?? 0;
    designators.push({
      codeSet: first & 0x0f,
      designatorType: second & 0x0f,
      association: (second >> 4) & 0x03,
      ...((second & 0x80) === 0 ? {} : { protocolIdentifier: first >> 4 }),
      designator: bytes.slice(at + 4, at + 4 + length),
    });
    at += 4 + length;
  }
  return designators;
}

/** Encodes one descriptor. Throws `OUT_OF_RANGE`. */
export function encodeDesignator(value: Designator): Uint8Array {
  const { codeSet, designatorType, association, protocolIdentifier, designator } = value;
  const fits =
    [codeSet, designatorType, protocolIdentifier ?? 0].every((n) => Number.isInteger(n) && n >= 0 && n <= 15) &&
    [0, 1, 2, 3].includes(association) &&
    designator.length <= 255;
  if (!fits)
    throw new ScsiFormatError(
      'OUT_OF_RANGE',
      what,
      0,
      'a field does not fit its bits or the designator is over 255 bytes',
    );
  const bytes = new Uint8Array(4 + designator.length);
  bytes[0] = ((protocolIdentifier ?? 0) << 4) | codeSet;
  bytes[1] = (protocolIdentifier === undefined ? 0 : 0x80) | (association << 4) | designatorType;
  bytes[3] = designator.length;
  bytes.set(designator, 4);
  return bytes;
}

/** A designator for people: text as text, binary as lower-case hex. */
export function designatorText(value: Pick<Designator, 'codeSet' | 'designator'>): string {
  const { codeSet, designator } = value;
  if (codeSet === CodeSet.ASCII) return readText(designator, 0, designator.length).trim();
  if (codeSet === CodeSet.UTF_8) return new TextDecoder().decode(designator).replace(/\0+$/, '');
  return Array.from(designator, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
