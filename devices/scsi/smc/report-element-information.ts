import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { requireBytes, ScsiFormatError } from '../format-error.js';
import { bits, flag, layout, optional, uint8, uint16, uint32, type Input, type Value } from '../layout.js';
import { OperationCode, REPORT_ELEMENT_INFORMATION_SERVICE_ACTION } from '../opcodes.js';

/** PAGE CODE of REPORT ELEMENT INFORMATION (SMC-3). */
export const ElementInformationPage = {
  SUPPORTED_PAGES: 0x00,
  STATIC: 0x02,
  STATE: 0x03,
  LOCATION: 0x04,
  /** Asks for all of them, ascending. */
  ALL: 0x7f,
} as const;
export type ElementInformationPage = (typeof ElementInformationPage)[keyof typeof ElementInformationPage];

/** REPORT ELEMENT INFORMATION (SMC-3), a service action of SERVICE ACTION IN(16). */
const reportElementInformation = cdbLayout(
  'REPORT ELEMENT INFORMATION',
  OperationCode.SERVICE_ACTION_IN_16,
  16,
  {
    pageCode: optional(uint8(2), ElementInformationPage.SUPPORTED_PAGES),
    /** NEV: the number of elements counts; without it all are reported. */
    numberOfElementsValid: flag(3, 5),
    /** CDATA: nothing moves for this. */
    cachedData: flag(3, 4),
    elementTypeCode: optional(bits(3, 3, 0), 0),
    startingElementAddress: optional(uint32(6), 0),
    allocationLength: uint32(10),
    numberOfElements: optional(uint8(14), 0),
  },
  REPORT_ELEMENT_INFORMATION_SERVICE_ACTION,
);

export type ReportElementInformationParams = CdbParams<typeof reportElementInformation>;
export const reportElementInformationCdb = (params: ReportElementInformationParams): Uint8Array =>
  reportElementInformation.build(params);
export const parseReportElementInformationCdb = (cdb: Uint8Array): CdbValue<typeof reportElementInformation> =>
  reportElementInformation.parse(cdb);

const what = 'element information page';
const header = layout(what, 8, {
  pageCode: uint8(0),
  /** Pages of equal descriptors say how long each is. */
  descriptorLength: optional(uint16(2), 0),
  pageLength: uint32(4),
});

const supportedPagesHeader = layout('supported element information pages descriptor', 4, {
  elementTypeCode: bits(0, 3, 0),
  listLength: uint16(2),
});

/** Elements of one type that follow each other and are alike for good. */
const staticDescriptor = layout('element static information descriptor', 12, {
  firstElementAddress: uint32(0),
  numberOfElements: uint32(4),
  elementTypeCode: bits(8, 3, 0),
  /** SO, DO: media only leave it, or only come to it. */
  sourceOnly: flag(9, 5),
  destinationOnly: flag(9, 4),
  /** NXP: what is in it cannot be moved to an import/export element. */
  noExport: flag(9, 3),
  /** MDO */
  movesDuringOperation: flag(9, 2),
  /** IESTOR: it can be configured as import/export or storage element. */
  importExportOrStorage: flag(9, 1),
  /** EDC */
  disableCapable: flag(9, 0),
});
export type ElementStaticInformation = Value<typeof staticDescriptor>;

/** VOLUME PRESENT and IMPORT have the same three answers. */
export const Known = { UNKNOWN: 0, YES: 1, NO: 2 } as const;
export type Known = (typeof Known)[keyof typeof Known];

const stateDescriptor = layout('element state information descriptor', 12, {
  elementAddress: uint32(0),
  elementTypeCode: bits(4, 3, 0),
  volumePresent: optional(bits(5, 7, 6), Known.UNKNOWN),
  /** YES: a picker put it there; NO: somebody else. Only with a volume. */
  placedByTransport: optional(bits(5, 5, 4), Known.UNKNOWN),
  /** OIR */
  operatorInterventionRequired: flag(5, 3),
  /** ED */
  disabled: flag(5, 2),
  /** MTAP */
  transportAccessProhibited: flag(5, 1),
  /** SDV: the two bytes behind say something. */
  senseDataValid: flag(5, 0),
  asc: optional(uint8(6), 0),
  ascq: optional(uint8(7), 0),
});
export type ElementState = Value<typeof stateDescriptor>;

export interface SupportedElementInformationPages {
  readonly elementTypeCode: number;
  readonly pageCodes: readonly number[];
}

/** A page, decoded as far as its code is known. */
export type ElementInformation =
  | { readonly kind: 'supported'; readonly supported: readonly SupportedElementInformationPages[] }
  | { readonly kind: 'static'; readonly elements: readonly ElementStaticInformation[] }
  | { readonly kind: 'state'; readonly elements: readonly ElementState[] }
  | { readonly kind: 'other'; readonly pageCode: number; readonly content: Uint8Array };

export function encodeSupportedElementInformationPages(types: readonly SupportedElementInformationPages[]): Uint8Array {
  const descriptors = types.map(({ elementTypeCode, pageCodes }) => [
    ...supportedPagesHeader.encode({ elementTypeCode, listLength: pageCodes.length }),
    ...pageCodes,
  ]);
  return page(ElementInformationPage.SUPPORTED_PAGES, 0, Uint8Array.from(descriptors.flat()));
}

export const encodeElementStaticInformation = (elements: readonly Input<typeof staticDescriptor>[]): Uint8Array =>
  page(
    ElementInformationPage.STATIC,
    staticDescriptor.length,
    join(elements.map((element) => staticDescriptor.encode(element))),
  );

export const encodeElementState = (elements: readonly Input<typeof stateDescriptor>[]): Uint8Array =>
  page(
    ElementInformationPage.STATE,
    stateDescriptor.length,
    join(elements.map((element) => stateDescriptor.encode(element))),
  );

/**
 * Decodes one page after another. Throws `SHORT_DATA` when the last one was cut off, and `CONTRADICTION` for descriptors
 * shorter than the standard's; longer ones are read as far as they are known.
 */
export function decodeElementInformation(bytes: Uint8Array): readonly ElementInformation[] {
  const pages: ElementInformation[] = [];
  for (let at = 0; at < bytes.length;) {
    const { pageCode, descriptorLength, pageLength } = header.decode(bytes, at);
    const start = at + header.length;
    requireBytes(what, bytes, at, start + pageLength);
    const content = bytes.slice(start, start + pageLength);
    pages.push(decodePage(pageCode, descriptorLength, content));
    at = start + pageLength;
  }
  return pages;
}

function decodePage(pageCode: number, descriptorLength: number, content: Uint8Array): ElementInformation {
  switch (pageCode) {
    case ElementInformationPage.SUPPORTED_PAGES:
      return { kind: 'supported', supported: decodeSupported(content) };
    case ElementInformationPage.STATIC:
      return {
        kind: 'static',
        elements: each(content, descriptorLength, staticDescriptor.length).map((at) =>
          staticDescriptor.decode(content, at),
        ),
      };
    case ElementInformationPage.STATE:
      return {
        kind: 'state',
        elements: each(content, descriptorLength, stateDescriptor.length).map((at) =>
          stateDescriptor.decode(content, at),
        ),
      };
    default:
      return { kind: 'other', pageCode, content };
  }
}

function decodeSupported(content: Uint8Array): readonly SupportedElementInformationPages[] {
  const supported: SupportedElementInformationPages[] = [];
  for (let at = 0; at < content.length;) {
    const { elementTypeCode, listLength } = supportedPagesHeader.decode(content, at);
    const start = at + supportedPagesHeader.length;
    requireBytes(supportedPagesHeader.what, content, at, start + listLength);
    supported.push({ elementTypeCode, pageCodes: Array.from(content.subarray(start, start + listLength)) });
    at = start + listLength;
  }
  return supported;
}

/** Where each descriptor begins. */
function each(content: Uint8Array, descriptorLength: number, least: number): readonly number[] {
  if (content.length === 0) return [];
  if (descriptorLength < least || content.length % descriptorLength !== 0) {
    const message = `descriptor length ${descriptorLength} does not suit ${content.length} bytes of descriptors of ${least} or more`;
    throw new ScsiFormatError('CONTRADICTION', what, 2, message);
  }
  return Array.from({ length: content.length / descriptorLength }, (_, i) => i * descriptorLength);
}

function page(pageCode: number, descriptorLength: number, content: Uint8Array): Uint8Array {
  return join([header.encode({ pageCode, descriptorLength, pageLength: content.length }), content]);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
