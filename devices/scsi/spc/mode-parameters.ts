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
  const pages: ModePage[] = [];
  for (let at = pagesStart; at + page0.length <= end;) {
    const long = page0.decode(bytes, at).subpageFormat;
    if (long && at + subPage.length > end) {
      if (truncated) break;
      throw new ScsiFormatError('CONTRADICTION', subPage.what, at, 'the mode data end inside the page header');
    }
    const page = long ? subPage.decode(bytes, at) : page0.decode(bytes, at);
    const start = at + (long ? subPage.length : page0.length);
    const next = start + page.pageLength;
    if (next > dataEnd) {
      throw new ScsiFormatError(
        'CONTRADICTION',
        page0.what,
        at,
        `page ends at byte ${next}, the mode data at ${dataEnd}`,
      );
    }
    if (next > end) break;
    pages.push({
      pageCode: page.pageCode,
      ...(long ? { subpageCode: subPage.decode(bytes, at).subpageCode } : {}),
      parametersSaveable: page.parametersSaveable,
      parameters: bytes.slice(start, next),
    });
    at = next;
  }
  const { mediumType, deviceSpecificParameter, longLba } = head;
  const blockDescriptors = bytes.slice(header.length, Math.min(pagesStart, end));
  return { mediumType, deviceSpecificParameter, longLba, blockDescriptors, pages, truncated };
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
