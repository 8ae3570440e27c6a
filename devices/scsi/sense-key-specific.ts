import { ScsiFormatError } from './format-error.js';

/** The three SENSE KEY SPECIFIC bytes, read by the sense key (SPC-4). */
export type SenseKeySpecific =
  /** ILLEGAL REQUEST: which byte (and bit, 7 is the most significant) of the CDB or the parameter list is wrong. */
  | {
      readonly kind: 'field-pointer';
      readonly inCdb: boolean;
      readonly fieldPointer: number;
      readonly bitPointer?: number;
    }
  /** NOT READY, NO SENSE: how far the operation is, in 65,536ths. */
  | { readonly kind: 'progress'; readonly progressIndication: number }
  /** HARDWARE, MEDIUM or RECOVERED ERROR: how often the device tried. */
  | { readonly kind: 'retry-count'; readonly actualRetryCount: number }
  /** Any other key: the bits and bytes as sent, without SKSV. */
  | { readonly kind: 'other'; readonly value: number };

const sksv = 0x80;

/** Reads three bytes at `at`; undefined when SKSV says that they mean nothing. */
export function decodeSenseKeySpecific(key: number, bytes: Uint8Array, at: number): SenseKeySpecific | undefined {
  const first = bytes[at] ?? 0;
  if ((first & sksv) === 0) return undefined;
  const number = ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  switch (kindFor(key)) {
    case 'field-pointer': {
      const pointer = { kind: 'field-pointer', inCdb: (first & 0x40) !== 0, fieldPointer: number } as const;
      return (first & 0x08) === 0 ? pointer : { ...pointer, bitPointer: first & 0x07 };
    }
    case 'progress':
      return { kind: 'progress', progressIndication: number };
    case 'retry-count':
      return { kind: 'retry-count', actualRetryCount: number };
    default:
      return { kind: 'other', value: ((first & 0x7f) << 16) | number };
  }
}

/** Writes three bytes at `at`. Throws `CONTRADICTION` when the key does not go with such bytes. */
export function encodeSenseKeySpecific(key: number, value: SenseKeySpecific, bytes: Uint8Array, at: number): void {
  if (kindFor(key) !== value.kind) {
    const message = `sense key ${key} carries ${kindFor(key)}, not ${value.kind}`;
    throw new ScsiFormatError('CONTRADICTION', 'sense key specific', at, message);
  }
  let flags = 0;
  let number: number;
  switch (value.kind) {
    case 'field-pointer':
      flags = value.inCdb ? 0x40 : 0;
      if (value.bitPointer !== undefined) flags |= 0x08 | within(value.bitPointer, 7, at);
      number = within(value.fieldPointer, 0xffff, at);
      break;
    case 'progress':
      number = within(value.progressIndication, 0xffff, at);
      break;
    case 'retry-count':
      number = within(value.actualRetryCount, 0xffff, at);
      break;
    case 'other':
      flags = within(value.value, 0x7f_ffff, at) >> 16;
      number = value.value & 0xffff;
      break;
  }
  bytes[at] = sksv | flags;
  bytes[at + 1] = number >> 8;
  bytes[at + 2] = number & 0xff;
}

/** Keys 0h and 2h carry progress, 5h a field pointer, 1h 3h 4h a retry count. */
function kindFor(key: number): SenseKeySpecific['kind'] {
  if (key === 0x5) return 'field-pointer';
  if (key === 0x0 || key === 0x2) return 'progress';
  if (key === 0x1 || key === 0x3 || key === 0x4) return 'retry-count';
  return 'other';
}

function within(value: number, max: number, at: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new ScsiFormatError('OUT_OF_RANGE', 'sense key specific', at, `is ${value}, allowed is 0 to ${max}`);
}
