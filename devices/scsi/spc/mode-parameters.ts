import { requireBytes, ScsiFormatError } from '../format-error.js';
import { bits, flag, layout, optional, uint8, uint16, uint24, type Input, type Value } from '../layout.js';

/** Which header the mode parameters have: that of MODE SENSE/SELECT(6) or of (10). */
export type ModeHeaderFormat = 6 | 10;

/** A mode page as bytes; whoever knows the page code reads `parameters`. */
export interface ModePage {
  readonly pageCode: number;
  /** Absent in page_0 format. */
  readonly subpageCode?: number;
  /** PS: the device can save the page. */
  readonly parametersSaveable: boolean;
  /** The bytes behind the page length field. */
  readonly parameters: Uint8Array;
}

/** MODE SENSE parameter data without its lengths (SPC-4). */
export interface ModeParameters {
  readonly mediumType: number;
  /** Bit 7 is WP (write protected) on tape drives. */
  readonly deviceSpecificParameter: number;
  readonly longLba: boolean;
  /** The block descriptors as they are; eight bytes each on tapes: {@link decodeBlockDescriptor}. */
  readonly blockDescriptors: Uint8Array;
  readonly pages: readonly ModePage[];
  /** The allocation length was too small; whole pages before the cut are there. */
  readonly truncated: boolean;
}

export type ModeParametersInput = Pick<ModeParameters, 'pages'> & Partial<Omit<ModeParameters, 'pages' | 'truncated'>>;

const header6 = layout('mode parameter header(6)', 4, {
  modeDataLength: uint8(0),
  mediumType: uint8(1),
  deviceSpecificParameter: uint8(2),
  blockDescriptorLength: uint8(3),
});

const header10 = layout('mode parameter header(10)', 8, {
  modeDataLength: uint16(0),
  mediumType: uint8(2),
  deviceSpecificParameter: uint8(3),
  longLba: flag(4, 0),
  blockDescriptorLength: uint16(6),
});

const page0 = layout('mode page header', 2, {
  parametersSaveable: flag(0, 7),
  subpageFormat: flag(0, 6),
  pageCode: bits(0, 5, 0),
  pageLength: uint8(1),
});

const subPage = layout('mode subpage header', 4, {
  parametersSaveable: flag(0, 7),
  subpageFormat: flag(0, 6),
  pageCode: bits(0, 5, 0),
  subpageCode: uint8(1),
  pageLength: uint16(2),
});

/**
 * Decodes MODE SENSE parameter data, walking pages by their own lengths whether they are known or not.
 * Throws `SHORT_DATA` (not even a header) or `CONTRADICTION` (a page sticks out of the data length).
 */
export function decodeModeParameters(bytes: Uint8Array, format: ModeHeaderFormat): ModeParameters {
  const header = format === 6 ? header6 : header10;
  const head = { longLba: false, ...header.decode(bytes) };
  const dataEnd = head.modeDataLength + (format === 6 ? 1 : 2);
  const pagesStart = header.length + head.blockDescriptorLength;
  if (pagesStart > dataEnd) {
    const message = `block descriptors end at byte ${pagesStart}, the mode data at ${dataEnd}`;
    throw new ScsiFormatError('CONTRADICTION', header.what, header.length - 1, message);
  }
  const truncated = bytes.length < dataEnd;
  const end = Math.min(bytes.length, dataEnd);
  if (!truncated) requireBytes('block descriptors', bytes, header.length, pagesStart);
  const pages = walkPages(bytes, pagesStart, { end, dataEnd }).map(withoutOffset);
  const { mediumType, deviceSpecificParameter, longLba } = head;
  const blockDescriptors = bytes.slice(header.length, Math.min(pagesStart, end));
  return { mediumType, deviceSpecificParameter, longLba, blockDescriptors, pages, truncated };
}

function withoutOffset(page: SelectedModePage): ModePage {
  const { offset: _offset, ...rest } = page;
  return rest;
}

/** A page of a MODE SELECT parameter list, and where in the list it begins. */
export interface SelectedModePage extends ModePage {
  readonly offset: number;
}

/** MODE SELECT parameter list (SPC-4). The device says of its own whether block descriptors and pages suit it. */
export interface ModeParameterList extends Omit<ModeParameters, 'pages' | 'truncated'> {
  readonly pages: readonly SelectedModePage[];
  /** Where the block descriptors begin: the length of the header. */
  readonly blockDescriptorsOffset: number;
}

/**
 * Decodes a MODE SELECT parameter list. MODE DATA LENGTH is reserved there and not looked at: the list ends where the bytes
 * end. Throws `SHORT_DATA` when header, block descriptors or the last page are cut off.
 */
export function decodeModeParameterList(bytes: Uint8Array, format: ModeHeaderFormat): ModeParameterList {
  const header = format === 6 ? header6 : header10;
  const { mediumType, deviceSpecificParameter, longLba, blockDescriptorLength } = {
    longLba: false,
    ...header.decode(bytes),
  };
  const pagesStart = header.length + blockDescriptorLength;
  requireBytes('block descriptors', bytes, header.length - 1, pagesStart);
  if (bytes.length > pagesStart) requireBytes(page0.what, bytes, pagesStart, pagesStart + page0.length);
  const pages = walkPages(bytes, pagesStart, { end: bytes.length, dataEnd: undefined });
  return {
    mediumType,
    deviceSpecificParameter,
    longLba,
    blockDescriptors: bytes.slice(header.length, pagesStart),
    blockDescriptorsOffset: header.length,
    pages,
  };
}

/** Pages by their own lengths until `end`; with `dataEnd` beyond it, the data were cut and the last page may be. */
function walkPages(
  bytes: Uint8Array,
  start: number,
  { end, dataEnd }: { readonly end: number; readonly dataEnd: number | undefined },
): SelectedModePage[] {
  const truncated = dataEnd !== undefined && end < dataEnd;
  const pages: SelectedModePage[] = [];
  for (let at = start; at + page0.length <= end;) {
    const long = page0.decode(bytes, at).subpageFormat;
    if (long && at + subPage.length > end) {
      if (truncated) break;
      throw new ScsiFormatError('CONTRADICTION', subPage.what, at, 'the mode data end inside the page header');
    }
    const page = long ? subPage.decode(bytes, at) : page0.decode(bytes, at);
    const behind = at + (long ? subPage.length : page0.length);
    const next = behind + page.pageLength;
    if (dataEnd !== undefined && next > dataEnd) {
      const message = `page ends at byte ${next}, the mode data at ${dataEnd}`;
      throw new ScsiFormatError('CONTRADICTION', page0.what, at, message);
    }
    if (dataEnd === undefined) requireBytes(page0.what, bytes, at, next);
    if (next > end) break;
    pages.push({
      pageCode: page.pageCode,
      ...(long ? { subpageCode: subPage.decode(bytes, at).subpageCode } : {}),
      parametersSaveable: page.parametersSaveable,
      parameters: bytes.slice(behind, next),
      offset: at,
    });
    at = next;
    if (dataEnd === undefined && at < end) requireBytes(page0.what, bytes, at, at + page0.length);
  }
  return pages;
}

/** Encodes header, block descriptors and pages; the device server cuts them to the allocation length. */
export function encodeModeParameters(value: ModeParametersInput, format: ModeHeaderFormat): Uint8Array {
  const { mediumType = 0, deviceSpecificParameter = 0, longLba = false } = value;
  const blockDescriptors = value.blockDescriptors ?? new Uint8Array();
  const pages = value.pages.map(encodeModePage);
  const headerLength = format === 6 ? header6.length : header10.length;
  const length = pages.reduce((sum, page) => sum + page.length, headerLength + blockDescriptors.length);
  const bytes = new Uint8Array(length);
  const common = { mediumType, deviceSpecificParameter, blockDescriptorLength: blockDescriptors.length };
  if (format === 6) header6.encodeInto(bytes, 0, { ...common, modeDataLength: length - 1 });
  else header10.encodeInto(bytes, 0, { ...common, longLba, modeDataLength: length - 2 });
  bytes.set(blockDescriptors, headerLength);
  let at = headerLength + blockDescriptors.length;
  for (const page of pages) {
    bytes.set(page, at);
    at += page.length;
  }
  return bytes;
}

/** Encodes a MODE SELECT parameter list: as {@link encodeModeParameters}, but MODE DATA LENGTH is reserved. */
export function encodeModeParameterList(value: ModeParametersInput, format: ModeHeaderFormat): Uint8Array {
  const bytes = encodeModeParameters(value, format);
  bytes.fill(0, 0, format === 6 ? 1 : 2);
  return bytes;
}

function encodeModePage(page: ModePage): Uint8Array {
  const { pageCode, subpageCode, parametersSaveable, parameters } = page;
  const pageLength = parameters.length;
  const head =
    subpageCode === undefined
      ? page0.encode({ parametersSaveable, pageCode, pageLength })
      : subPage.encode({ parametersSaveable, subpageFormat: true, pageCode, subpageCode, pageLength });
  const bytes = new Uint8Array(head.length + pageLength);
  bytes.set(head);
  bytes.set(parameters, head.length);
  return bytes;
}

/** Short block descriptor of tape drives (SPC-4, SSC-3): block length 0 means variable. */
const blockDescriptor = layout('block descriptor', 8, {
  densityCode: uint8(0),
  numberOfBlocks: optional(uint24(1), 0),
  blockLength: uint24(5),
});

export type BlockDescriptor = Value<typeof blockDescriptor>;
export const decodeBlockDescriptor = (bytes: Uint8Array, offset = 0): BlockDescriptor =>
  blockDescriptor.decode(bytes, offset);
export const encodeBlockDescriptor = (value: Input<typeof blockDescriptor>): Uint8Array =>
  blockDescriptor.encode(value);

/** The parameters of a page that must be the one with this code. Throws `CONTRADICTION` for another one. */
export function pageParameters(page: ModePage, pageCode: number): Uint8Array {
  if (page.pageCode === pageCode && page.subpageCode === undefined) return page.parameters;
  const message = `is page ${page.pageCode.toString(16)}h, not ${pageCode.toString(16)}h`;
  throw new ScsiFormatError('CONTRADICTION', 'mode page', 0, message);
}
