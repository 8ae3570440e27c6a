import { requireBytes, ScsiFormatError } from '../format-error.js';
import { bits, layout, optional, readText, uint8, uint16, writeText } from '../layout.js';
import { decodeDesignators, encodeDesignator, type Designator } from './designator.js';

/** Vital product data page codes (SPC-4). */
export const VpdPage = {
  SUPPORTED_PAGES: 0x00,
  UNIT_SERIAL_NUMBER: 0x80,
  DEVICE_IDENTIFICATION: 0x83,
  EXTENDED_INQUIRY_DATA: 0x86,
  MODE_PAGE_POLICY: 0x87,
} as const;
export type VpdPage = (typeof VpdPage)[keyof typeof VpdPage];

const header = layout('VPD page header', 4, {
  peripheralQualifier: optional(bits(0, 7, 5), 0),
  peripheralDeviceType: bits(0, 4, 0),
  pageCode: uint8(1),
  pageLength: uint16(2),
});

/** What every page begins with besides its own code and length. */
export interface VpdPageOwner {
  readonly peripheralQualifier?: number;
  readonly peripheralDeviceType: number;
}

/** The page's content behind its four header bytes. Throws `SHORT_DATA`, or `CONTRADICTION` for another page. */
export function vpdPageContent(bytes: Uint8Array, pageCode: number): Uint8Array {
  const value = header.decode(bytes);
  if (value.pageCode !== pageCode) {
    const message = `page code is ${value.pageCode.toString(16)}h, asked for was ${pageCode.toString(16)}h`;
    throw new ScsiFormatError('CONTRADICTION', header.what, 1, message);
  }
  requireBytes(`VPD page ${pageCode.toString(16)}h`, bytes, header.length, header.length + value.pageLength);
  return bytes.subarray(header.length, header.length + value.pageLength);
}

/** Any page from its content. */
export function encodeVpdPage(owner: VpdPageOwner, pageCode: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(header.length + content.length);
  header.encodeInto(bytes, 0, { ...owner, pageCode, pageLength: content.length });
  bytes.set(content, header.length);
  return bytes;
}

/** Page 00h: the codes of the pages there are. */
export function decodeSupportedVpdPages(bytes: Uint8Array): readonly number[] {
  return Array.from(vpdPageContent(bytes, VpdPage.SUPPORTED_PAGES));
}

export function encodeSupportedVpdPages(owner: VpdPageOwner, pageCodes: readonly number[]): Uint8Array {
  return encodeVpdPage(owner, VpdPage.SUPPORTED_PAGES, Uint8Array.from(pageCodes));
}

/** Page 80h: the serial number without the spaces that vendors pad it with on either side. */
export function decodeUnitSerialNumber(bytes: Uint8Array): string {
  const content = vpdPageContent(bytes, VpdPage.UNIT_SERIAL_NUMBER);
  return readText(content, 0, content.length).trimStart();
}

/** Throws `OUT_OF_RANGE` when a character does not fit one byte. */
export function encodeUnitSerialNumber(owner: VpdPageOwner, productSerialNumber: string): Uint8Array {
  const content = new Uint8Array(productSerialNumber.length);
  try {
    writeText(content, 0, content.length, productSerialNumber);
  } catch (cause) {
    throw new ScsiFormatError('OUT_OF_RANGE', 'VPD page 80h', header.length, (cause as Error).message);
  }
  return encodeVpdPage(owner, VpdPage.UNIT_SERIAL_NUMBER, content);
}

/** Page 83h: designators of the logical unit, its target port and target device, in the device's order. */
export function decodeDeviceIdentification(bytes: Uint8Array): readonly Designator[] {
  const content = vpdPageContent(bytes, VpdPage.DEVICE_IDENTIFICATION);
  return decodeDesignators(content, 0, content.length);
}

export function encodeDeviceIdentification(owner: VpdPageOwner, designators: readonly Designator[]): Uint8Array {
  const content = designators.flatMap((designator) => Array.from(encodeDesignator(designator)));
  return encodeVpdPage(owner, VpdPage.DEVICE_IDENTIFICATION, Uint8Array.from(content));
}
