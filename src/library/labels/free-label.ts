import { createHash, timingSafeEqual } from 'node:crypto';
import { ascii, layout, octets, uint16, uint32 } from '../../../devices/scsi/layout.js';
import { badFormat } from './bad-format.js';
import type { MediaLabelLibrary } from './media-label-library.js';

/** The label type of media that carry our own free label. */
export const FREE_LABEL_TYPE = 'OpenRSM free medium';

const SIGNATURE = 'OpenRSM free medium\r\n';
const VERSION = 1;
const LENGTH = 512;
const DIGEST_AT = LENGTH - 32;

/**
 * Our free label: the one block, with a filemark behind it, that a medium in the free pool begins with. It is text at its
 * beginning, so that who looks at the tape with other programs sees what it is.
 */
const freeLabelBlock = layout('free label', LENGTH, {
  signature: ascii(0, 32),
  version: uint16(32),
  length: uint16(34),
  /** Unique for every label that is written. */
  labelId: octets(36, 16),
  /** Seconds since 1970-01-01 UTC. */
  written: uint32(52),
  /** SHA-256 of all that stands before it. */
  digest: octets(DIGEST_AT, 32),
});

/** The block to write. `labelId` has 32 hexadecimal digits. */
export function encodeFreeLabel({ labelId, writtenMs }: { labelId: string; writtenMs: number }): Uint8Array {
  const id = Buffer.from(labelId, 'hex');
  if (id.length !== 16) throw new RangeError(`a free label's id has 16 bytes, not ${id.length}`);
  const bytes = freeLabelBlock.encode({
    signature: SIGNATURE,
    version: VERSION,
    length: LENGTH,
    labelId: id,
    written: Math.floor(writtenMs / 1000) >>> 0,
    digest: new Uint8Array(32),
  });
  bytes.set(digestOf(bytes), DIGEST_AT);
  return bytes;
}

/** Our own free label. */
export const freeLabel: MediaLabelLibrary = {
  name: 'OpenRSM free label',

  ClaimMediaLabel(pBuffer, nBufferSize) {
    if (nBufferSize < LENGTH || pBuffer.length < LENGTH) throw badFormat('shorter than a free label');
    const { signature, version, length, labelId, digest } = freeLabelBlock.decode(pBuffer);
    // Trailing blanks are not part of a decoded text, the line's end is.
    if (signature !== SIGNATURE) throw badFormat('does not begin as a free label does');
    if (version !== VERSION || length !== LENGTH) throw badFormat(`free label of unknown version ${version}`);
    if (!timingSafeEqual(digest, digestOf(pBuffer))) throw badFormat('the digest of the free label is wrong');
    // It has no name of its own: a free medium without bar code is called by its sequence number.
    return { LabelType: FREE_LABEL_TYPE, LabelIDSize: labelId.length, LabelID: labelId, LabelAppDescr: '' };
  },

  MaxMediaLabel: () => LENGTH,
};

function digestOf(block: Uint8Array): Uint8Array {
  return createHash('sha256').update(block.subarray(0, DIGEST_AT)).digest();
}
