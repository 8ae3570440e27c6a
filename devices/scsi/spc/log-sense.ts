import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { requireBytes, ScsiFormatError } from '../format-error.js';
import { bits, flag, layout, optional, uint8, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** Log page codes used here (SPC-4). */
export const LogPage = {
  SUPPORTED_PAGES: 0x00,
  SELF_TEST_RESULTS: 0x10,
  TAPE_ALERT: 0x2e,
} as const;
export type LogPage = (typeof LogPage)[keyof typeof LogPage];

/** LOG SENSE (SPC-4). */
const logSense = cdbLayout('LOG SENSE', OperationCode.LOG_SENSE, 10, {
  /** SP: save the parameters. */
  savePages: flag(1, 0),
  /** 1: cumulative values. */
  pageControl: optional(bits(2, 7, 6), 1),
  pageCode: bits(2, 5, 0),
  subpageCode: optional(uint8(3), 0),
  parameterPointer: optional(uint16(5), 0),
  allocationLength: uint16(7),
});

export type LogSenseParams = CdbParams<typeof logSense>;
export const logSenseCdb = (params: LogSenseParams): Uint8Array => logSense.build(params);
export const parseLogSenseCdb = (cdb: Uint8Array): CdbValue<typeof logSense> => logSense.parse(cdb);

/** A log page as bytes; `content` is what lies behind the four header bytes. */
export interface LogPageData {
  readonly pageCode: number;
  /** Absent in page_0 format. */
  readonly subpageCode?: number;
  readonly content: Uint8Array;
  /** The allocation length was too small for the page. */
  readonly truncated: boolean;
}

/** One log parameter (SPC-4). */
export interface LogParameter {
  readonly parameterCode: number;
  /** DU, TSD, ETC, TMC, FORMAT AND LINKING as sent. */
  readonly controlByte: number;
  readonly value: Uint8Array;
}

/** SUBPAGE CODE of a list of subpages. */
const allLogSubpages = 0xff;

const header = layout('log page header', 4, {
  subpageFormat: flag(0, 6),
  pageCode: bits(0, 5, 0),
  subpageCode: optional(uint8(1), 0),
  pageLength: uint16(2),
});

const parameterHeader = layout('log parameter', 4, {
  parameterCode: uint16(0),
  controlByte: uint8(2),
  parameterLength: uint8(3),
});

/** Throws `SHORT_DATA`. */
export function decodeLogPage(bytes: Uint8Array): LogPageData {
  const { pageCode, subpageFormat, subpageCode, pageLength } = header.decode(bytes);
  const end = header.length + pageLength;
  const content = bytes.slice(header.length, Math.min(end, bytes.length));
  return { pageCode, ...(subpageFormat ? { subpageCode } : {}), content, truncated: bytes.length < end };
}

export function encodeLogPage(page: Pick<LogPageData, 'pageCode' | 'content'> & { subpageCode?: number }): Uint8Array {
  const { pageCode, subpageCode, content } = page;
  const bytes = new Uint8Array(header.length + content.length);
  header.encodeInto(bytes, 0, {
    pageCode,
    subpageCode: subpageCode ?? 0,
    subpageFormat: subpageCode !== undefined,
    pageLength: content.length,
  });
  bytes.set(content, header.length);
  return bytes;
}

/** Page 00h: the codes of the log pages there are. Throws `SHORT_DATA` when it was cut off, `CONTRADICTION` for another page. */
export function decodeSupportedLogPages(bytes: Uint8Array): readonly number[] {
  return Array.from(wholePage(bytes, LogPage.SUPPORTED_PAGES));
}

export function encodeSupportedLogPages(pageCodes: readonly number[]): Uint8Array {
  return encodeLogPage({ pageCode: LogPage.SUPPORTED_PAGES, content: Uint8Array.from(pageCodes) });
}

/** A page and one of its subpages; 0 is the page itself. */
export interface LogSubpage {
  readonly pageCode: number;
  readonly subpageCode: number;
}

/** Subpage FFh: the subpages of a page, or with page 00h of all pages. Throws `SHORT_DATA`, `CONTRADICTION`. */
export function decodeSupportedLogSubpages(bytes: Uint8Array): readonly LogSubpage[] {
  const { subpageCode, content, truncated, pageCode } = decodeLogPage(bytes);
  if (subpageCode !== allLogSubpages || content.length % 2 !== 0) {
    const message = `page ${pageCode.toString(16)}h is no list of subpages`;
    throw new ScsiFormatError('CONTRADICTION', header.what, 1, message);
  }
  if (truncated) requireBytes(header.what, bytes, 2, header.length + uint16(2).read(bytes, 2));
  return Array.from({ length: content.length / 2 }, (_, i) => ({
    pageCode: (content[2 * i] ?? 0) & 0x3f,
    subpageCode: content[2 * i + 1] ?? 0,
  }));
}

export function encodeSupportedLogSubpages(pageCode: number, subpages: readonly LogSubpage[]): Uint8Array {
  const content = Uint8Array.from(subpages.flatMap((one) => [one.pageCode, one.subpageCode]));
  return encodeLogPage({ pageCode, subpageCode: allLogSubpages, content });
}

/** Walks log parameters by their own lengths. Throws `SHORT_DATA` when the last one is cut off. */
export function decodeLogParameters(content: Uint8Array): readonly LogParameter[] {
  const parameters: LogParameter[] = [];
  for (let at = 0; at < content.length;) {
    const { parameterCode, controlByte, parameterLength } = parameterHeader.decode(content, at);
    const start = at + parameterHeader.length;
    requireBytes(parameterHeader.what, content, start, start + parameterLength);
    parameters.push({ parameterCode, controlByte, value: content.slice(start, start + parameterLength) });
    at = start + parameterLength;
  }
  return parameters;
}

export function encodeLogParameters(parameters: readonly LogParameter[]): Uint8Array {
  const length = parameters.reduce((sum, { value }) => sum + parameterHeader.length + value.length, 0);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const { parameterCode, controlByte, value } of parameters) {
    parameterHeader.encodeInto(bytes, at, { parameterCode, controlByte, parameterLength: value.length });
    bytes.set(value, at + parameterHeader.length);
    at += parameterHeader.length + value.length;
  }
  return bytes;
}

/** The content of a page that must be whole and the one asked for. */
export function wholePage(bytes: Uint8Array, pageCode: number): Uint8Array {
  const page = decodeLogPage(bytes);
  if (page.pageCode !== pageCode || page.subpageCode !== undefined) {
    const message = `is page ${page.pageCode.toString(16)}h, asked for was ${pageCode.toString(16)}h`;
    throw new ScsiFormatError('CONTRADICTION', header.what, 0, message);
  }
  if (page.truncated) requireBytes(header.what, bytes, 2, header.length + uint16(2).read(bytes, 2));
  return page.content;
}
