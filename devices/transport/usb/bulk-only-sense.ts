import { ScsiFormatError } from '../../scsi/format-error.js';
import { decodeSense, SenseKey } from '../../scsi/sense.js';

/** All that fixed format sense data can have; and all that some devices can give without going out of step. */
export const SENSE_LENGTHS: readonly number[] = [252, 18];

/**
 * Whether sense data that came after a reset can still be those of the command before it. The reset itself makes a UNIT
 * ATTENTION, which would be read as "not executed, send it again", and a device that cleared its sense data says NO SENSE.
 */
export function outlivedReset(sense: Uint8Array): boolean {
  try {
    const { key } = decodeSense(sense);
    return key !== SenseKey.UNIT_ATTENTION && key !== SenseKey.NO_SENSE;
  } catch (error) {
    if (!(error instanceof ScsiFormatError)) throw error;
    return false;
  }
}
