import { AttributeFormat } from '../../scsi/spc/medium-attribute.js';

/** The form of an attribute that hosts write (SPC-4). */
export interface HostAttribute {
  readonly format: AttributeFormat;
  /** Bytes; with `variable` the most there may be. */
  readonly length: number;
  readonly variable?: boolean;
}

const ascii = (length: number): HostAttribute => ({ format: AttributeFormat.ASCII, length });
const text = (length: number): HostAttribute => ({ format: AttributeFormat.TEXT, length });
const binary = (length: number): HostAttribute => ({ format: AttributeFormat.BINARY, length });

const STANDARD: ReadonlyMap<number, HostAttribute> = new Map([
  [0x0800, ascii(8)], // APPLICATION VENDOR
  [0x0801, ascii(32)], // APPLICATION NAME
  [0x0802, ascii(8)], // APPLICATION VERSION
  [0x0803, text(160)], // USER MEDIUM TEXT LABEL
  [0x0804, ascii(12)], // DATE AND TIME LAST WRITTEN
  [0x0805, binary(1)], // TEXT LOCALIZATION IDENTIFIER
  [0x0806, ascii(32)], // BARCODE
  [0x0807, text(80)], // OWNING HOST TEXTUAL NAME
  [0x0808, text(160)], // MEDIA POOL
  [0x0809, ascii(16)], // PARTITION USER TEXT LABEL
  [0x080a, binary(1)], // LOAD/UNLOAD AT PARTITION
  [0x080b, ascii(16)], // APPLICATION FORMAT VERSION
  [0x080c, { ...binary(1023), variable: true }], // VOLUME COHERENCY INFORMATION
  [0x0820, binary(36)], // MEDIUM GLOBALLY UNIQUE IDENTIFIER
  [0x0821, binary(36)], // MEDIA POOL GLOBALLY UNIQUE IDENTIFIER
]);

/** Host attributes: those that SPC-4 names, and the vendor's own range, of which any form is taken. */
const STANDARD_RANGE = { first: 0x0800, last: 0x0bff } as const;
const VENDOR_RANGE = { first: 0x1400, last: 0x17ff } as const;

export function hostAttribute(identifier: number): HostAttribute | undefined {
  return STANDARD.get(identifier);
}

export function hostAttributeIdentifiers(): readonly number[] {
  return [...STANDARD.keys()];
}

/** Whether a host may write it. An identifier of the standard's range that has no meaning is refused. */
export function isHostAttribute(identifier: number): boolean {
  if (identifier >= STANDARD_RANGE.first && identifier <= STANDARD_RANGE.last) return STANDARD.has(identifier);
  return identifier >= VENDOR_RANGE.first && identifier <= VENDOR_RANGE.last;
}
