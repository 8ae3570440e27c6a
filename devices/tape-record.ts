import { AdditionalSense } from './scsi/asc-ascq.js';
import { ScsiFormatError } from './scsi/format-error.js';
import { hasAdditionalSense, SenseKey, signedInformation, type SenseData } from './scsi/sense.js';

/** What a READ of one block finds on the tape. */
export type TapeRecord =
  | {
      readonly kind: 'block';
      /** As many bytes of the block as were asked for at most. */
      readonly data: Uint8Array;
      /** The block's whole length in bytes; larger than `data` when it did not fit. Absent when the drive does not tell. */
      readonly blockLength?: number;
    }
  /** The tape stands behind the filemark. */
  | { readonly kind: 'filemark' }
  /** Nothing is written here: a blank tape, or the end of the data. */
  | { readonly kind: 'end-of-data' };

const what = 'READ(6) data';

/** A READ that ended with GOOD: SSC-3 gives it only when the block is exactly as long as was asked. */
export function wholeBlock(data: Uint8Array, asked: number): TapeRecord {
  if (data.length !== asked) {
    const message = `${data.length} bytes came of a block said to have ${asked}`;
    throw new ScsiFormatError('CONTRADICTION', what, data.length, message);
  }
  return { kind: 'block', data, blockLength: asked };
}

/**
 * What sense data of a variable-length READ mean (SSC-3); undefined when they are an error. With ILI, INFORMATION is the
 * length asked for less the block's. Throws `CONTRADICTION` when fewer bytes came than the block has.
 */
export function recordFromSense(sense: SenseData, data: Uint8Array, asked: number): TapeRecord | undefined {
  const { key } = sense;
  if (key === SenseKey.BLANK_CHECK) return { kind: 'end-of-data' };
  if (key !== SenseKey.NO_SENSE && key !== SenseKey.RECOVERED_ERROR) return undefined;
  if (sense.filemark || hasAdditionalSense(sense, AdditionalSense.FILEMARK_DETECTED)) return { kind: 'filemark' };
  if (!sense.incorrectLengthIndicator) return undefined;
  const residue = signedInformation(sense);
  // Without INFORMATION a full buffer may be all of the block or its beginning.
  if (residue === undefined) {
    return data.length < asked ? { kind: 'block', data, blockLength: data.length } : { kind: 'block', data };
  }
  const blockLength = asked - residue;
  const expected = Math.min(blockLength, asked);
  if (blockLength < 0 || data.length < expected) {
    const message = `${data.length} bytes came of a block of ${blockLength}; ${asked} were asked for`;
    throw new ScsiFormatError('CONTRADICTION', what, data.length, message);
  }
  return { kind: 'block', data: data.subarray(0, expected), blockLength };
}
