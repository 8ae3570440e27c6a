import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { requireBytes, ScsiFormatError } from '../format-error.js';
import { optional, uint8, uint32 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** SELECT REPORT (SPC-4): ordinary logical units, well known ones, or both. */
export const SelectReport = { ADDRESSABLE: 0x00, WELL_KNOWN: 0x01, ALL: 0x02 } as const;
export type SelectReport = (typeof SelectReport)[keyof typeof SelectReport];

const reportLuns = cdbLayout('REPORT LUNS', OperationCode.REPORT_LUNS, 12, {
  selectReport: optional(uint8(2), SelectReport.ADDRESSABLE),
  allocationLength: uint32(6),
});

export type ReportLunsParams = CdbParams<typeof reportLuns>;
export const reportLunsCdb = (params: ReportLunsParams): Uint8Array => reportLuns.build(params);
export const parseReportLunsCdb = (cdb: Uint8Array): CdbValue<typeof reportLuns> => reportLuns.parse(cdb);

/** One eight-byte LUN, read by its first level's address method (SAM-5). */
export type LogicalUnitNumber =
  | { readonly method: 'peripheral'; readonly bus: number; readonly lun: number }
  | { readonly method: 'flat'; readonly lun: number }
  | { readonly method: 'logical-unit'; readonly target: number; readonly bus: number; readonly lun: number }
  /** Extended flat addressing, three-byte form (D2h). */
  | { readonly method: 'extended-flat'; readonly lun: number }
  | { readonly method: 'well-known'; readonly wellKnownLun: number }
  /** Anything else: the eight bytes in hex. */
  | { readonly method: 'other'; readonly hex: string };

export interface ReportLunsData {
  readonly luns: readonly LogicalUnitNumber[];
  /** More logical units exist than the allocation length had room for. */
  readonly truncated: boolean;
}

const what = 'REPORT LUNS parameter data';
const wellKnownFirstByte = 0xc1;
const extendedFlatFirstByte = 0xd2;

/** The number a transport is given for this logical unit; undefined when it is not a plain one. */
export function plainLun(value: LogicalUnitNumber): number | undefined {
  switch (value.method) {
    case 'peripheral':
      return value.bus === 0 ? value.lun : undefined;
    case 'flat':
    case 'extended-flat':
      return value.lun;
    default:
      return undefined;
  }
}

/** The usual eight bytes for a plain LUN: peripheral addressing up to 255, flat up to 16,383, extended flat above. */
export function lunFor(lun: number): LogicalUnitNumber {
  if (lun <= 0xff) return { method: 'peripheral', bus: 0, lun };
  return lun <= 0x3fff ? { method: 'flat', lun } : { method: 'extended-flat', lun };
}

/** Reads eight bytes at `at`. Throws `SHORT_DATA`. */
export function decodeLun(bytes: Uint8Array, at = 0): LogicalUnitNumber {
  requireBytes('LUN', bytes, at, at + 8);
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes.subarray(at, at + 4);
  const restIsZero = (from: number): boolean => bytes.subarray(at + from, at + 8).every((byte) => byte === 0);
  const method = first >> 6;
  if (method === 0 && restIsZero(2)) return { method: 'peripheral', bus: first & 0x3f, lun: second };
  if (method === 1 && restIsZero(2)) return { method: 'flat', lun: ((first & 0x3f) << 8) | second };
  if (method === 2 && restIsZero(2)) {
    return { method: 'logical-unit', target: first & 0x3f, bus: second >> 5, lun: second & 0x1f };
  }
  if (first === wellKnownFirstByte && restIsZero(2)) return { method: 'well-known', wellKnownLun: second };
  if (first === extendedFlatFirstByte && restIsZero(4)) {
    return { method: 'extended-flat', lun: (second << 16) | (third << 8) | fourth };
  }
  return { method: 'other', hex: Array.from(bytes.subarray(at, at + 8), (byte) => hex(byte)).join('') };
}

/** The eight bytes. Throws `OUT_OF_RANGE`. */
export function encodeLun(value: LogicalUnitNumber): Uint8Array {
  switch (value.method) {
    case 'peripheral':
      return head(fit(value.bus, 0x3f), fit(value.lun, 0xff));
    case 'flat':
      return head(0x40 | (fit(value.lun, 0x3fff) >> 8), value.lun & 0xff);
    case 'logical-unit':
      return head(0x80 | fit(value.target, 0x3f), (fit(value.bus, 0x07) << 5) | fit(value.lun, 0x1f));
    case 'well-known':
      return head(wellKnownFirstByte, fit(value.wellKnownLun, 0xff));
    case 'extended-flat': {
      const lun = fit(value.lun, 0xff_ffff);
      return head(extendedFlatFirstByte, lun >> 16, (lun >> 8) & 0xff, lun & 0xff);
    }
    default:
      if (!/^[0-9a-f]{16}$/i.test(value.hex)) {
        throw new ScsiFormatError('OUT_OF_RANGE', 'LUN', 0, `"${value.hex}" is not 16 hex digits`);
      }
      return Uint8Array.from({ length: 8 }, (_, i) => Number.parseInt(value.hex.slice(2 * i, 2 * i + 2), 16));
  }
}

/** Decodes the list. Throws `SHORT_DATA` without a header, `CONTRADICTION` for a length that is no multiple of 8. */
export function decodeReportLuns(bytes: Uint8Array): ReportLunsData {
  requireBytes(what, bytes, 0, 8);
  const length = uint32(0).read(bytes, 0);
  if (length % 8 !== 0)
    throw new ScsiFormatError('CONTRADICTION', what, 0, `LUN list length ${length} is no multiple of 8`);
  const luns: LogicalUnitNumber[] = [];
  const end = Math.min(8 + length, bytes.length);
  for (let at = 8; at + 8 <= end; at += 8) luns.push(decodeLun(bytes, at));
  return { luns, truncated: 8 + length > bytes.length };
}

/** Encodes the whole list; the device server cuts it to the allocation length. */
export function encodeReportLuns(luns: readonly LogicalUnitNumber[]): Uint8Array {
  const bytes = new Uint8Array(8 + 8 * luns.length);
  uint32(0).write(bytes, 0, 8 * luns.length);
  luns.forEach((lun, i) => bytes.set(encodeLun(lun), 8 + 8 * i));
  return bytes;
}

function head(...first: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8);
  bytes.set(first);
  return bytes;
}

function fit(value: number, max: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new ScsiFormatError('OUT_OF_RANGE', 'LUN', 0, `${value} does not fit, allowed is 0 to ${max}`);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
