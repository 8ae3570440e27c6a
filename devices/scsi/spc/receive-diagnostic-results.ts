import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { requireBytes, ScsiFormatError } from '../format-error.js';
import { flag, layout, optional, uint8, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** Diagnostic page codes (SPC-4). */
export const DiagnosticPage = { SUPPORTED_PAGES: 0x00 } as const;
export type DiagnosticPage = (typeof DiagnosticPage)[keyof typeof DiagnosticPage];

/** RECEIVE DIAGNOSTIC RESULTS (SPC-4). */
const receiveDiagnosticResults = cdbLayout('RECEIVE DIAGNOSTIC RESULTS', OperationCode.RECEIVE_DIAGNOSTIC_RESULTS, 6, {
  /** PCV: the page is the one that is named here, not that of the last SEND DIAGNOSTIC. */
  pageCodeValid: flag(1, 0),
  pageCode: optional(uint8(2), 0),
  allocationLength: uint16(3),
});

export type ReceiveDiagnosticResultsParams = CdbParams<typeof receiveDiagnosticResults>;
export const receiveDiagnosticResultsCdb = (params: ReceiveDiagnosticResultsParams): Uint8Array =>
  receiveDiagnosticResults.build(params);
export const parseReceiveDiagnosticResultsCdb = (cdb: Uint8Array): CdbValue<typeof receiveDiagnosticResults> =>
  receiveDiagnosticResults.parse(cdb);

const header = layout('diagnostic page', 4, {
  pageCode: uint8(0),
  pageSpecific: optional(uint8(1), 0),
  pageLength: uint16(2),
});

/** A diagnostic page as bytes: what SEND DIAGNOSTIC takes and RECEIVE DIAGNOSTIC RESULTS gives. */
export interface DiagnosticPageData {
  readonly pageCode: number;
  readonly content: Uint8Array;
}

/** Throws `SHORT_DATA` when the page is cut off. */
export function decodeDiagnosticPage(bytes: Uint8Array): DiagnosticPageData {
  const { pageCode, pageLength } = header.decode(bytes);
  requireBytes(header.what, bytes, header.length, header.length + pageLength);
  return { pageCode, content: bytes.slice(header.length, header.length + pageLength) };
}

export function encodeDiagnosticPage(page: DiagnosticPageData): Uint8Array {
  const bytes = new Uint8Array(header.length + page.content.length);
  header.encodeInto(bytes, 0, { pageCode: page.pageCode, pageLength: page.content.length });
  bytes.set(page.content, header.length);
  return bytes;
}

/** Page 00h: the codes of the pages there are. Throws `CONTRADICTION` for another page. */
export function decodeSupportedDiagnosticPages(bytes: Uint8Array): readonly number[] {
  const { pageCode, content } = decodeDiagnosticPage(bytes);
  if (pageCode !== DiagnosticPage.SUPPORTED_PAGES) {
    const message = `is page ${pageCode.toString(16)}h, asked for was 0h`;
    throw new ScsiFormatError('CONTRADICTION', header.what, 0, message);
  }
  return Array.from(content);
}

export const encodeSupportedDiagnosticPages = (pageCodes: readonly number[]): Uint8Array =>
  encodeDiagnosticPage({ pageCode: DiagnosticPage.SUPPORTED_PAGES, content: Uint8Array.from(pageCodes) });
