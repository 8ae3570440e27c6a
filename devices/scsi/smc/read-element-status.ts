import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { requireBytes, ScsiFormatError } from '../format-error.js';
import { bits, flag, layout, optional, uint16, uint24, type Value } from '../layout.js';
import { OperationCode } from '../opcodes.js';
import {
  decodeElementDescriptor,
  decodePartialDescriptor,
  encodeElementDescriptor,
  neededDescriptorLength,
} from './element-descriptor.js';
import type { ElementStatus } from './element-status.js';
import { allElementTypes, isElementType, type ElementType } from './element-type.js';

/** READ ELEMENT STATUS (SMC-3). */
const readElementStatus = cdbLayout('READ ELEMENT STATUS', OperationCode.READ_ELEMENT_STATUS, 12, {
  /** VOLTAG: report volume tags. */
  volTag: flag(1, 4),
  /** 0: elements of all types. */
  elementTypeCode: optional(bits(1, 3, 0), allElementTypes),
  startingElementAddress: optional(uint16(2), 0),
  /** How many elements at most, from the starting address upwards. */
  numberOfElements: optional(uint16(4), 0xffff),
  /** CURDATA: answer from what is known, without moving anything. */
  curData: flag(6, 1),
  /** DVCID: report device identifiers. */
  dvcid: flag(6, 0),
  allocationLength: uint24(7),
});

export type ReadElementStatusParams = CdbParams<typeof readElementStatus>;
export const readElementStatusCdb = (params: ReadElementStatusParams): Uint8Array => readElementStatus.build(params);
export const parseReadElementStatusCdb = (cdb: Uint8Array): CdbValue<typeof readElementStatus> =>
  readElementStatus.parse(cdb);

const header = layout('element status data header', 8, {
  firstElementAddressReported: uint16(0),
  /** NUMBER OF ELEMENTS AVAILABLE: all that match, even if they did not fit. */
  numberOfElementsAvailable: uint16(2),
  /** BYTE COUNT OF REPORT AVAILABLE: bytes after this header, not adjusted to the allocation length. */
  byteCountOfReportAvailable: uint24(5),
});

const pageHeader = layout('element status page header', 8, {
  elementTypeCode: bits(0, 7, 0),
  /** PVOLTAG: descriptors have a primary volume tag. */
  pVolTag: flag(1, 7),
  /** AVOLTAG: descriptors have an alternate volume tag. */
  aVolTag: flag(1, 6),
  elementDescriptorLength: uint16(2),
  byteCountOfDescriptorDataAvailable: uint24(5),
});

export type ElementStatusHeader = Value<typeof header>;

/** Bytes of the header, and the allocation length that asks only for the size of the report. */
export const elementStatusHeaderLength = header.length;

export interface ElementStatusPage {
  readonly elementType: ElementType;
  readonly pVolTag: boolean;
  readonly aVolTag: boolean;
  /** The device's own; what lies in it beyond the fields known here is vendor specific. */
  readonly elementDescriptorLength: number;
  readonly elements: readonly ElementStatus[];
}

export interface ElementStatusData extends ElementStatusHeader {
  readonly pages: readonly ElementStatusPage[];
  /** The elements of all pages, in the order in which they came. */
  readonly elements: readonly ElementStatus[];
  /** The report is not all here: the allocation length was too small for it, or the device broke off by itself. */
  readonly truncated: boolean;
  /**
   * With `truncated`, the descriptor in which the bytes end, as far as it goes, and only if its twelve fixed bytes are
   * there. Fields that were cut off are absent; a volume tag cut off behind its identifier has sequence number 0 (none).
   * Linux tgtd 1.0.85 sends every report eight bytes short, so that its last element of a type is only found here.
   */
  readonly partialElement?: ElementStatus;
}

/**
 * Decodes only the header, for sizing: ask with allocation length 8, then again with
 * {@link allocationLengthFor} the answer. Throws `SHORT_DATA`.
 */
export function decodeElementStatusHeader(bytes: Uint8Array): ElementStatusHeader {
  return header.decode(bytes);
}

/** The allocation length that takes the whole report. */
export function allocationLengthFor(value: ElementStatusHeader): number {
  return Math.min(header.length + value.byteCountOfReportAvailable, 0xff_ffff);
}

/**
 * Decodes element status data. Pages and descriptors are walked by the lengths in them. A report that ends early gives
 * the descriptors that are whole and `truncated`; nothing is filled in. With `dvcid` (set it as in the CDB) the bytes
 * behind the volume tags are read as a device identifier; otherwise they are vendor specific, as in SCSI-2.
 * Throws `SHORT_DATA` (not even a header) or `CONTRADICTION`.
 */
export function decodeElementStatusData(bytes: Uint8Array, options: { dvcid?: boolean } = {}): ElementStatusData {
  const head = header.decode(bytes);
  const reportEnd = header.length + head.byteCountOfReportAvailable;
  const truncated = bytes.length < reportEnd;
  const end = Math.min(bytes.length, reportEnd);
  const pages: ElementStatusPage[] = [];
  let partialElement: ElementStatus | undefined;
  let at = header.length;
  while (at + pageHeader.length <= end) {
    const page = decodePage(bytes, at, end, reportEnd, options.dvcid === true);
    pages.push(page.page);
    partialElement = page.partialElement;
    at = page.next;
  }
  if (!truncated && at !== end) {
    const message = `${end - at} bytes are left over, too few for a page header`;
    throw new ScsiFormatError('CONTRADICTION', pageHeader.what, at, message);
  }
  const elements = pages.flatMap((page) => page.elements);
  if (!truncated && elements.length !== head.numberOfElementsAvailable) {
    const message = `announces ${head.numberOfElementsAvailable} elements, the report has ${elements.length}`;
    throw new ScsiFormatError('CONTRADICTION', header.what, 2, message);
  }
  return { ...head, pages, elements, truncated, ...(partialElement === undefined ? {} : { partialElement }) };
}

function decodePage(
  bytes: Uint8Array,
  start: number,
  end: number,
  reportEnd: number,
  dvcid: boolean,
): { page: ElementStatusPage; partialElement: ElementStatus | undefined; next: number } {
  const head = pageHeader.decode(bytes, start);
  const contradiction = (offset: number, message: string): ScsiFormatError =>
    new ScsiFormatError('CONTRADICTION', pageHeader.what, start + offset, message);
  if (!isElementType(head.elementTypeCode)) {
    throw contradiction(0, `${head.elementTypeCode} is not an element type code`);
  }
  const length = head.elementDescriptorLength;
  const byteCount = head.byteCountOfDescriptorDataAvailable;
  const needed = neededDescriptorLength(head);
  if (byteCount > 0 && length < needed) {
    throw contradiction(2, `descriptors of ${length} bytes cannot hold what the page announces (${needed} bytes)`);
  }
  if (byteCount > 0 && byteCount % length !== 0) {
    throw contradiction(5, `${byteCount} bytes are not a whole number of ${length}-byte descriptors`);
  }
  const next = start + pageHeader.length + byteCount;
  if (next > reportEnd) throw contradiction(5, `page ends at byte ${next}, the report at ${reportEnd}`);
  const elements: ElementStatus[] = [];
  const stop = Math.min(next, end);
  let at = start + pageHeader.length;
  for (; at + needed <= stop && at + length <= stop; at += length) {
    elements.push(decodeElementDescriptor(bytes, at, length, head.elementTypeCode, head, dvcid));
  }
  const partialElement =
    at < stop ? decodePartialDescriptor(bytes, at, stop - at, head.elementTypeCode, head) : undefined;
  const { pVolTag, aVolTag } = head;
  const page = { elementType: head.elementTypeCode, pVolTag, aVolTag, elementDescriptorLength: length, elements };
  return { page, partialElement, next };
}

/** A page to encode. Without a length of its own a page's descriptors are as long as its longest element needs. */
export type ElementStatusPageInput = Omit<ElementStatusPage, 'elementDescriptorLength'> &
  Partial<Pick<ElementStatusPage, 'elementDescriptorLength'>>;

/**
 * Encodes the whole report; a device server sends as much of it as the allocation length allows
 * ({@link cutElementStatusData}). Throws `OUT_OF_RANGE`, or `CONTRADICTION` when an element is on another type's page.
 */
export function encodeElementStatusData(pages: readonly ElementStatusPageInput[]): Uint8Array {
  const sized = pages.map((page) => ({ page, length: page.elementDescriptorLength ?? longestDescriptor(page) }));
  const total = sized.reduce((sum, { page, length }) => sum + pageHeader.length + length * page.elements.length, 0);
  const bytes = new Uint8Array(header.length + total);
  const elements = pages.flatMap((page) => page.elements);
  header.encodeInto(bytes, 0, {
    firstElementAddressReported: elements.reduce(
      (least, { address }) => Math.min(least, address),
      elements[0]?.address ?? 0,
    ),
    numberOfElementsAvailable: elements.length,
    byteCountOfReportAvailable: total,
  });
  let at = header.length;
  for (const { page, length } of sized) {
    pageHeader.encodeInto(bytes, at, {
      elementTypeCode: page.elementType,
      pVolTag: page.pVolTag,
      aVolTag: page.aVolTag,
      elementDescriptorLength: length,
      byteCountOfDescriptorDataAvailable: length * page.elements.length,
    });
    at += pageHeader.length;
    for (const element of page.elements) {
      encodeElementDescriptor(bytes, at, length, page, element);
      at += length;
    }
  }
  return bytes;
}

/** Four bytes stand behind the tags even where nothing is identified. */
function longestDescriptor(page: ElementStatusPageInput): number {
  let longest = neededDescriptorLength(page) + 4;
  for (const element of page.elements) longest = Math.max(longest, neededDescriptorLength(page, element));
  return longest;
}

/**
 * Cuts a report to an allocation length as SMC-3 wants it: only whole element descriptors are sent, the counts in the
 * headers stay those of the whole report.
 */
export function cutElementStatusData(report: Uint8Array, allocationLength: number): Uint8Array {
  if (report.length <= allocationLength) return report;
  requireBytes(header.what, report, 0, header.length);
  if (allocationLength < header.length) return report.subarray(0, allocationLength);
  let cut = header.length;
  while (cut + pageHeader.length <= allocationLength) {
    const page = pageHeader.decode(report, cut);
    const room = allocationLength - cut - pageHeader.length;
    if (page.byteCountOfDescriptorDataAvailable > room) {
      const whole = Math.floor(room / page.elementDescriptorLength);
      return report.subarray(0, cut + pageHeader.length + whole * page.elementDescriptorLength);
    }
    cut += pageHeader.length + page.byteCountOfDescriptorDataAvailable;
  }
  return report.subarray(0, cut);
}
