import { createHash } from 'node:crypto';
import { ascii, layout, uint8, uintLe } from '../../../devices/scsi/layout.js';
import { badFormat } from './bad-format.js';
import { MediaLabelLength } from './media-label-library.js';
import type { MediaLabelLibrary } from './media-label-library.js';

const HEADER_LENGTH = 52;
const CHECKSUM_AT = 50;
const TAPE_LENGTH = 94;
/** Where the block ends is told by 16 bits, so no more can matter. */
const LONGEST = 0x1_0000;

/** Tape attribute: the description field holds a media label (MTF 1.00a, MTF_TAPE). */
const TAPE_MEDIA_LABEL_BIT = 0x2;
const STRING_TYPE_ANSI = 1;
const STRING_TYPE_UNICODE = 2;

/** The TAPE descriptor block (MTF 1.00a: MTF_DB_HDR and MTF_TAPE), as far as an identity needs it. Little-endian. */
const tapeBlock = layout('MTF TAPE descriptor block', TAPE_LENGTH, {
  blockType: ascii(0, 4),
  offsetToFirstEvent: uintLe(8, 2),
  stringType: uint8(48),
  headerChecksum: uintLe(CHECKSUM_AT, 2),
  tapeAttributes: uintLe(56, 4),
  tapeNameSize: uintLe(68, 2),
  tapeNameOffset: uintLe(70, 2),
  descriptionSize: uintLe(72, 2),
  descriptionOffset: uintLe(74, 2),
  softwareNameSize: uintLe(80, 2),
  softwareNameOffset: uintLe(82, 2),
});

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/**
 * Microsoft Tape Format, by the documented rules (using-mtf-media-labels): a TAPE descriptor block whose header checksum is
 * right. The software's name is the label type, the tape's name the description; the id is the GUID in the media label,
 * or MD5 of the descriptor block.
 */
export const mtfLabel: MediaLabelLibrary = {
  name: 'Microsoft Tape Format',

  ClaimMediaLabel(pBuffer, nBufferSize) {
    const bytes = pBuffer.subarray(0, nBufferSize);
    if (bytes.length < TAPE_LENGTH) throw badFormat('shorter than an MTF tape header');
    const tape = tapeBlock.decode(bytes);
    if (tape.blockType !== 'TAPE') throw badFormat('it does not begin with an MTF TAPE block');
    if (tape.headerChecksum !== headerChecksum(bytes)) throw badFormat('the checksum of the MTF header is wrong');
    // What follows is the first stream. It is padding, and not always given with the label; the id must not depend on it.
    const end = tape.offsetToFirstEvent;
    if (end < TAPE_LENGTH || end > bytes.length) throw badFormat('the MTF TAPE block ends outside of what was read');
    const block = bytes.subarray(0, end);
    const text = (size: number, offset: number): string => textAt(block, { size, offset }, tape.stringType);

    const LabelType = shortened(
      text(tape.softwareNameSize, tape.softwareNameOffset),
      MediaLabelLength.NTMSMLI_MAXTYPE - 1,
    );
    const LabelAppDescr = shortened(
      text(tape.tapeNameSize, tape.tapeNameOffset),
      MediaLabelLength.NTMSMLI_MAXAPPDESCR - 1,
    );
    const hasMediaLabel = (tape.tapeAttributes & TAPE_MEDIA_LABEL_BIT) !== 0;
    const mediaLabel = hasMediaLabel ? text(tape.descriptionSize, tape.descriptionOffset) : '';
    const found = guid.exec(mediaLabel)?.[0];
    const LabelID =
      found === undefined
        ? createHash('md5').update(block).digest()
        : Buffer.from(found.toLowerCase().replaceAll('-', ''), 'hex');
    return { LabelType: LabelType || 'MTF', LabelIDSize: LabelID.length, LabelID, LabelAppDescr };
  },

  MaxMediaLabel: () => LONGEST,
};

/** XOR of the 16-bit words before the checksum. */
function headerChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < CHECKSUM_AT; at += 2) sum ^= (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  return sum;
}

/** A text that the block points to. Throws ERROR_BAD_FORMAT when it does not lie within it. */
function textAt(block: Uint8Array, { size, offset }: { size: number; offset: number }, stringType: number): string {
  if (size === 0) return '';
  if (offset < HEADER_LENGTH || offset + size > block.length) throw badFormat('an MTF text lies outside of its block');
  const bytes = Buffer.from(block.subarray(offset, offset + size));
  if (stringType === STRING_TYPE_UNICODE) return bytes.toString('utf16le');
  if (stringType === STRING_TYPE_ANSI) return bytes.toString('latin1');
  throw badFormat(`the MTF block has texts of unknown type ${stringType}`);
}

/** Without control characters and what a C text would not show. */
function shortened(text: string, length: number): string {
  const [shown = ''] = text.split('\0');
  return shown
    .replaceAll(/\p{Cc}|\p{Cs}/gu, ' ')
    .trim()
    .slice(0, length)
    .trimEnd();
}
