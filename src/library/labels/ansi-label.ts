import { createHash } from 'node:crypto';
import { badFormat } from './bad-format.js';
import type { MediaLabelInfo, MediaLabelLibrary } from './media-label-library.js';

const LENGTH = 80;
const volumeIdentifier = { from: 4, to: 10 } as const;
const ownerIdentifier = {
  /** ANSI X3.27: 14 characters. */
  ascii: { from: 37, to: 51 },
  /** IBM standard labels: 10 characters. */
  ebcdic: { from: 41, to: 51 },
} as const;

/**
 * ANSI X3.27 (ISO 1001) and IBM standard volume labels: a first block of 80 characters that begins with VOL1, in ASCII or
 * in EBCDIC. The label id is the digest of the whole block, since the six characters of the volume identifier alone are
 * not unique.
 */
export const ansiLabel: MediaLabelLibrary = {
  name: 'ANSI and IBM volume labels',

  ClaimMediaLabel(pBuffer, nBufferSize) {
    if (nBufferSize !== LENGTH || pBuffer.length < LENGTH) throw badFormat('a VOL1 label has 80 characters');
    const block = pBuffer.subarray(0, LENGTH);
    const inAscii = Buffer.from(block).toString('latin1');
    if (inAscii.startsWith('VOL1')) return describe('ANSI VOL1', block, inAscii, ownerIdentifier.ascii);
    const inEbcdic = Array.from(block, (byte) => ebcdicCharacters[byte] ?? ' ').join('');
    if (inEbcdic.startsWith('VOL1')) return describe('IBM VOL1', block, inEbcdic, ownerIdentifier.ebcdic);
    throw badFormat('it does not begin with VOL1');
  },

  MaxMediaLabel: () => LENGTH,
};

function describe(
  LabelType: string,
  block: Uint8Array,
  text: string,
  owner: { readonly from: number; readonly to: number },
): MediaLabelInfo {
  const LabelID = createHash('sha256').update(block).digest();
  const volume = printable(text.slice(volumeIdentifier.from, volumeIdentifier.to));
  // A label without volume identifier is still told from others in lists by its owner.
  const LabelAppDescr = volume === '' ? printable(text.slice(owner.from, owner.to)) : volume;
  return { LabelType, LabelIDSize: LabelID.length, LabelID, LabelAppDescr };
}

function printable(text: string): string {
  return text.replaceAll(/[^ -~]/g, ' ').trim();
}

/** EBCDIC code page 37, as far as a label needs it: capitals, digits and the signs of the label set. */
const ebcdicCharacters: Readonly<Record<number, string>> = {
  ...row(0x40, ' '),
  ...row(0x4b, '.<(+|'),
  ...row(0x50, '&'),
  ...row(0x5a, '!$*);'),
  ...row(0x60, '-/'),
  ...row(0x6b, ',%_>?'),
  ...row(0x7a, ':#@\'="'),
  ...row(0x81, 'abcdefghi'),
  ...row(0x91, 'jklmnopqr'),
  ...row(0xa2, 'stuvwxyz'),
  ...row(0xc1, 'ABCDEFGHI'),
  ...row(0xd1, 'JKLMNOPQR'),
  ...row(0xe2, 'STUVWXYZ'),
  ...row(0xf0, '0123456789'),
};

function row(first: number, characters: string): Record<number, string> {
  return Object.fromEntries(Array.from(characters, (character, index) => [first + index, character]));
}
