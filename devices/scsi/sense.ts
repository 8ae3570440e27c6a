import { additionalSenseText, type AdditionalSenseCode } from './asc-ascq.js';
import { requireBytes, ScsiFormatError } from './format-error.js';
import { decodeSenseKeySpecific, encodeSenseKeySpecific, type SenseKeySpecific } from './sense-key-specific.js';

/** Sense keys (SPC-4). */
export const SenseKey = {
  NO_SENSE: 0x0,
  RECOVERED_ERROR: 0x1,
  NOT_READY: 0x2,
  MEDIUM_ERROR: 0x3,
  HARDWARE_ERROR: 0x4,
  ILLEGAL_REQUEST: 0x5,
  UNIT_ATTENTION: 0x6,
  DATA_PROTECT: 0x7,
  BLANK_CHECK: 0x8,
  VENDOR_SPECIFIC: 0x9,
  COPY_ABORTED: 0xa,
  ABORTED_COMMAND: 0xb,
  VOLUME_OVERFLOW: 0xd,
  MISCOMPARE: 0xe,
  COMPLETED: 0xf,
} as const;
export type SenseKey = (typeof SenseKey)[keyof typeof SenseKey];

/** Sense data in one shape for both formats (SPC-4). */
export interface SenseData {
  readonly format: 'fixed' | 'descriptor';
  /** The error belongs to an earlier command that had already been answered. */
  readonly deferred: boolean;
  readonly key: number;
  readonly asc: number;
  readonly ascq: number;
  /**
   * INFORMATION, absent when VALID is zero. As sent, unsigned; {@link signedInformation} reads a residue. A 64-bit value
   * is given as a negative number when only that is exact, and left out when neither is.
   */
  readonly information?: number;
  /** COMMAND-SPECIFIC INFORMATION, absent when zero. */
  readonly commandSpecificInformation?: number;
  /** FIELD REPLACEABLE UNIT CODE, absent when zero. */
  readonly fieldReplaceableUnitCode?: number;
  readonly filemark: boolean;
  readonly endOfMedium: boolean;
  readonly incorrectLengthIndicator: boolean;
  readonly senseKeySpecific?: SenseKeySpecific;
}

/** What {@link encodeSense} takes: only the key and the additional sense are always needed. */
export type SenseInput = Partial<Omit<SenseData, 'key' | 'asc' | 'ascq'>> & Pick<SenseData, 'key' | 'asc' | 'ascq'>;

const what = 'sense data';
const fixedLength = 18;

/** Decodes response codes 70h to 73h. Throws `SHORT_DATA` or, for another response code, `CONTRADICTION`. */
export function decodeSense(bytes: Uint8Array): SenseData {
  requireBytes(what, bytes, 0, 1);
  const responseCode = byteAt(bytes, 0) & 0x7f;
  if (responseCode === 0x70 || responseCode === 0x71) return decodeFixed(bytes, responseCode === 0x71);
  if (responseCode === 0x72 || responseCode === 0x73) return decodeDescriptors(bytes, responseCode === 0x73);
  throw new ScsiFormatError('CONTRADICTION', what, 0, `response code ${hexByte(responseCode)} is not sense data`);
}

/** Encodes sense data; fixed format (18 bytes) unless asked otherwise. Throws `OUT_OF_RANGE`. */
export function encodeSense(sense: SenseInput): Uint8Array {
  return sense.format === 'descriptor' ? encodeDescriptors(sense) : encodeFixed(sense);
}

/** The key's name as SPC writes it: `NOT READY`. */
export function senseKeyName(key: number): string {
  const found = Object.entries(SenseKey).find(([, code]) => code === key);
  return found === undefined ? `SENSE KEY ${key.toString(16).toUpperCase()}h` : found[0].replaceAll('_', ' ');
}

/** One line for people: `NOT READY 04h/01h: LOGICAL UNIT IS IN PROCESS OF BECOMING READY`. */
export function describeSense(sense: SenseInput): string {
  const code = `${hexByte(sense.asc)}/${hexByte(sense.ascq)}`;
  const flags = [
    sense.deferred === true ? 'deferred' : '',
    sense.filemark === true ? 'FILEMARK' : '',
    sense.endOfMedium === true ? 'EOM' : '',
    sense.incorrectLengthIndicator === true ? 'ILI' : '',
  ].filter((text) => text !== '');
  const suffix = flags.length === 0 ? '' : ` (${flags.join(', ')})`;
  return `${senseKeyName(sense.key)} ${code}: ${additionalSenseText(sense.asc, sense.ascq)}${suffix}`;
}

/** INFORMATION as a two's complement residue, as SSC-3 counts what was left unread or overrun. */
export function signedInformation(sense: SenseData): number | undefined {
  const value = sense.information;
  return value !== undefined && sense.format === 'fixed' && value > 0x7fff_ffff ? value - 0x1_0000_0000 : value;
}

/** Whether the sense data carry this additional sense code and qualifier. */
export function hasAdditionalSense(sense: Pick<SenseData, 'asc' | 'ascq'>, code: AdditionalSenseCode): boolean {
  return sense.asc === code.asc && sense.ascq === code.ascq;
}

function decodeFixed(bytes: Uint8Array, deferred: boolean): SenseData {
  requireBytes(what, bytes, 0, 8);
  const own = 8 + byteAt(bytes, 7);
  // A device whose own length ends before byte 12 reports no additional sense; cut-off bytes are another matter.
  const hasCode = own >= 14;
  if (hasCode) requireBytes(what, bytes, 12, 14);
  const end = Math.min(own, bytes.length);
  const key = byteAt(bytes, 2) & 0x0f;
  const commandSpecificInformation = end >= 12 ? readUnsigned(bytes, 8, 4) : 0;
  const fieldReplaceableUnitCode = end >= 15 ? byteAt(bytes, 14) : 0;
  const senseKeySpecific = end >= 18 ? decodeSenseKeySpecific(key, bytes, 15) : undefined;
  return {
    format: 'fixed',
    deferred,
    key,
    asc: hasCode ? byteAt(bytes, 12) : 0,
    ascq: hasCode ? byteAt(bytes, 13) : 0,
    filemark: (byteAt(bytes, 2) & 0x80) !== 0,
    endOfMedium: (byteAt(bytes, 2) & 0x40) !== 0,
    incorrectLengthIndicator: (byteAt(bytes, 2) & 0x20) !== 0,
    ...((byteAt(bytes, 0) & 0x80) === 0 ? {} : { information: readUnsigned(bytes, 3, 4) }),
    ...(commandSpecificInformation === 0 ? {} : { commandSpecificInformation }),
    ...(fieldReplaceableUnitCode === 0 ? {} : { fieldReplaceableUnitCode }),
    ...(senseKeySpecific === undefined ? {} : { senseKeySpecific }),
  };
}

function encodeFixed(sense: SenseInput): Uint8Array {
  const bytes = new Uint8Array(fixedLength);
  const valid = sense.information !== undefined;
  bytes[0] = (valid ? 0x80 : 0) | (sense.deferred === true ? 0x71 : 0x70);
  bytes[2] = checked('key', sense.key, 0, 0xf) | marks(sense);
  if (sense.information !== undefined) {
    writeInteger(bytes, 3, 4, checked('information', sense.information, -0x8000_0000, 0xffff_ffff));
  }
  bytes[7] = fixedLength - 8;
  const specific = checked('commandSpecificInformation', sense.commandSpecificInformation ?? 0, 0, 0xffff_ffff);
  writeInteger(bytes, 8, 4, specific);
  bytes[12] = checked('asc', sense.asc, 0, 0xff);
  bytes[13] = checked('ascq', sense.ascq, 0, 0xff);
  bytes[14] = checked('fieldReplaceableUnitCode', sense.fieldReplaceableUnitCode ?? 0, 0, 0xff);
  if (sense.senseKeySpecific !== undefined) encodeSenseKeySpecific(sense.key, sense.senseKeySpecific, bytes, 15);
  return bytes;
}

function decodeDescriptors(bytes: Uint8Array, deferred: boolean): SenseData {
  requireBytes(what, bytes, 0, 8);
  const key = byteAt(bytes, 1) & 0x0f;
  const found: { -readonly [K in keyof SenseData]?: SenseData[K] } = {};
  // Autosense buffers cut long sense data off; whole descriptors before the cut are still good.
  const end = Math.min(bytes.length, 8 + byteAt(bytes, 7));
  for (let at = 8; at + 2 <= end; at += 2 + byteAt(bytes, at + 1)) {
    const length = 2 + byteAt(bytes, at + 1);
    if (at + length > end) break;
    const type = byteAt(bytes, at);
    if (type === 0x00 && length >= 12 && (byteAt(bytes, at + 2) & 0x80) !== 0) {
      const information = readExact64(bytes, at + 4);
      if (information !== undefined) found.information = information;
    } else if (type === 0x01 && length >= 12) {
      const specific = readExact64(bytes, at + 4);
      if (specific !== undefined && specific !== 0) found.commandSpecificInformation = specific;
    } else if (type === 0x02 && length >= 7) {
      const specific = decodeSenseKeySpecific(key, bytes, at + 4);
      if (specific !== undefined) found.senseKeySpecific = specific;
    } else if (type === 0x03 && length >= 4) {
      if (byteAt(bytes, at + 3) !== 0) found.fieldReplaceableUnitCode = byteAt(bytes, at + 3);
    } else if (type === 0x04 && length >= 4) {
      found.filemark = (byteAt(bytes, at + 3) & 0x80) !== 0;
      found.endOfMedium = (byteAt(bytes, at + 3) & 0x40) !== 0;
      found.incorrectLengthIndicator = (byteAt(bytes, at + 3) & 0x20) !== 0;
    } else if (type === 0x05 && length >= 4) {
      found.incorrectLengthIndicator = (byteAt(bytes, at + 3) & 0x20) !== 0;
    }
  }
  return {
    format: 'descriptor',
    deferred,
    key,
    asc: byteAt(bytes, 2),
    ascq: byteAt(bytes, 3),
    filemark: false,
    endOfMedium: false,
    incorrectLengthIndicator: false,
    ...found,
  };
}

function encodeDescriptors(sense: SenseInput): Uint8Array {
  const descriptors: Uint8Array[] = [];
  const add = (type: number, length: number): Uint8Array => {
    const descriptor = new Uint8Array(length);
    descriptor[0] = type;
    descriptor[1] = length - 2;
    descriptors.push(descriptor);
    return descriptor;
  };
  const exact = Number.MAX_SAFE_INTEGER;
  if (sense.information !== undefined) {
    const descriptor = add(0x00, 12);
    descriptor[2] = 0x80;
    writeInteger(descriptor, 4, 8, checked('information', sense.information, -exact, exact));
  }
  if (sense.commandSpecificInformation !== undefined) {
    const value = checked('commandSpecificInformation', sense.commandSpecificInformation, -exact, exact);
    writeInteger(add(0x01, 12), 4, 8, value);
  }
  if (sense.senseKeySpecific !== undefined) {
    encodeSenseKeySpecific(sense.key, sense.senseKeySpecific, add(0x02, 8), 4);
  }
  if (sense.fieldReplaceableUnitCode !== undefined) {
    add(0x03, 4)[3] = checked('fieldReplaceableUnitCode', sense.fieldReplaceableUnitCode, 0, 0xff);
  }
  if (marks(sense) !== 0) add(0x04, 4)[3] = marks(sense);
  const length = descriptors.reduce((sum, descriptor) => sum + descriptor.length, 0);
  const bytes = new Uint8Array(8 + length);
  bytes[0] = sense.deferred === true ? 0x73 : 0x72;
  bytes[1] = checked('key', sense.key, 0, 0xf);
  bytes[2] = checked('asc', sense.asc, 0, 0xff);
  bytes[3] = checked('ascq', sense.ascq, 0, 0xff);
  bytes[7] = length;
  let at = 8;
  for (const descriptor of descriptors) {
    bytes.set(descriptor, at);
    at += descriptor.length;
  }
  return bytes;
}

function marks(sense: SenseInput): number {
  return (
    (sense.filemark === true ? 0x80 : 0) |
    (sense.endOfMedium === true ? 0x40 : 0) |
    (sense.incorrectLengthIndicator === true ? 0x20 : 0)
  );
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function readUnsigned(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + byteAt(bytes, at + i);
  return value;
}

function readExact64(bytes: Uint8Array, at: number): number | undefined {
  const value = new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0);
  const exact = [value, BigInt.asIntN(64, value)].map(Number).find((candidate) => Number.isSafeInteger(candidate));
  return exact;
}

function writeInteger(bytes: Uint8Array, at: number, size: number, value: number): void {
  const wrapped = BigInt.asUintN(8 * size, BigInt(value));
  for (let i = 0; i < size; i++) bytes[at + i] = Number((wrapped >> BigInt(8 * (size - 1 - i))) & 0xffn);
}

function checked(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new ScsiFormatError('OUT_OF_RANGE', what, 0, `${name} is ${value}, allowed is ${min} to ${max}`);
}

function hexByte(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, '0')}h`;
}
