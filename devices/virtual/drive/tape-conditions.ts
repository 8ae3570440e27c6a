import { AdditionalSense, type AdditionalSenseCode } from '../../scsi/asc-ascq.js';
import { SenseKey } from '../../scsi/sense.js';
import { CheckCondition } from '../check-condition.js';

/**
 * What a tape command meets on the tape (SSC-3). `residue` is what was asked for and not done: bytes or blocks
 * of a read or write, objects of a space. `dataIn` is what was read before.
 */
export interface Met {
  readonly residue: number;
  readonly dataIn?: Uint8Array;
}

export function filemarkDetected(met: Met): CheckCondition {
  return condition(SenseKey.NO_SENSE, AdditionalSense.FILEMARK_DETECTED, met, { filemark: true });
}

/** `torn`: the data end, but not with an end of data that the drive has written. */
export function endOfDataDetected(met: Met, torn = false): CheckCondition {
  const code = torn ? AdditionalSense.END_OF_DATA_NOT_FOUND : AdditionalSense.END_OF_DATA_DETECTED;
  return condition(SenseKey.BLANK_CHECK, code, met, {});
}

export function beginningOfPartitionDetected(met: Met): CheckCondition {
  return condition(SenseKey.NO_SENSE, AdditionalSense.BEGINNING_OF_PARTITION_MEDIUM_DETECTED, met, {
    endOfMedium: true,
  });
}

/** Written, but the end of the tape is near. */
export function earlyWarning(met: Met): CheckCondition {
  return condition(SenseKey.NO_SENSE, AdditionalSense.END_OF_PARTITION_MEDIUM_DETECTED, met, { endOfMedium: true });
}

/** Written, but the place that the host asked to be warned of is passed. */
export function programmableEarlyWarning(met: Met): CheckCondition {
  return condition(SenseKey.NO_SENSE, AdditionalSense.PROGRAMMABLE_EARLY_WARNING_DETECTED, met, { endOfMedium: true });
}

/** Not written: the tape is full. */
export function volumeOverflow(met: Met): CheckCondition {
  return condition(SenseKey.VOLUME_OVERFLOW, AdditionalSense.END_OF_PARTITION_MEDIUM_DETECTED, met, {
    endOfMedium: true,
  });
}

/** A block of another length; a negative residue says by how much it was longer. */
export function incorrectLength(met: Met): CheckCondition {
  return condition(SenseKey.NO_SENSE, AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION, met, {
    incorrectLengthIndicator: true,
  });
}

export function unrecoveredReadError(met: Met): CheckCondition {
  return condition(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR, met, {});
}

/** The image is damaged: what lies ahead cannot be told. */
export function mediumFormatCorrupted(met?: Met): CheckCondition {
  if (met !== undefined) return condition(SenseKey.MEDIUM_ERROR, AdditionalSense.MEDIUM_FORMAT_CORRUPTED, met, {});
  return new CheckCondition({ key: SenseKey.MEDIUM_ERROR, ...AdditionalSense.MEDIUM_FORMAT_CORRUPTED });
}

function condition(
  key: SenseKey,
  code: AdditionalSenseCode,
  met: Met,
  marks: { filemark?: boolean; endOfMedium?: boolean; incorrectLengthIndicator?: boolean },
): CheckCondition {
  return new CheckCondition({ key, ...code, ...marks, information: met.residue }, met.dataIn);
}
