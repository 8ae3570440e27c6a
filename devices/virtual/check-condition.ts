import { AdditionalSense, type AdditionalSenseCode } from '../scsi/asc-ascq.js';
import type { ScsiFormatError } from '../scsi/format-error.js';
import { SenseKey, type SenseInput } from '../scsi/sense.js';

/**
 * Ends a command with CHECK CONDITION. Device servers throw it; {@link DeviceServer} turns it into status, sense and, for
 * reads that went part of the way, data.
 */
export class CheckCondition extends Error {
  override readonly name = 'CheckCondition';
  readonly sense: SenseInput;
  readonly dataIn: Uint8Array;

  constructor(sense: SenseInput, dataIn: Uint8Array = new Uint8Array(0)) {
    super(`CHECK CONDITION ${sense.key}/${sense.asc}/${sense.ascq}`);
    this.sense = sense;
    this.dataIn = dataIn;
  }
}

/** Ends a command with status RESERVATION CONFLICT, where the command itself finds it out. */
export class ReservationConflict extends Error {
  override readonly name = 'ReservationConflict';
}

export function illegalRequest(code: AdditionalSenseCode): CheckCondition {
  return new CheckCondition({ key: SenseKey.ILLEGAL_REQUEST, ...code });
}

export function notReady(code: AdditionalSenseCode): CheckCondition {
  return new CheckCondition({ key: SenseKey.NOT_READY, ...code });
}

/** INVALID FIELD IN CDB, pointing to the byte and, if given, the highest bit of the field. */
export function invalidFieldInCdb(fieldPointer: number, bitPointer?: number): CheckCondition {
  return inCdb(AdditionalSense.INVALID_FIELD_IN_CDB, fieldPointer, bitPointer);
}

/** INVALID ELEMENT ADDRESS, pointing to the address in the CDB. */
export function invalidElementAddress(fieldPointer: number): CheckCondition {
  return inCdb(AdditionalSense.INVALID_ELEMENT_ADDRESS, fieldPointer);
}

/** INVALID FIELD IN PARAMETER LIST, pointing to the byte and, if given, the highest bit of the field. */
export function invalidFieldInParameterList(fieldPointer: number, bitPointer?: number): CheckCondition {
  return new CheckCondition({
    key: SenseKey.ILLEGAL_REQUEST,
    ...AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST,
    senseKeySpecific: {
      kind: 'field-pointer',
      inCdb: false,
      fieldPointer,
      ...(bitPointer === undefined ? {} : { bitPointer }),
    },
  });
}

/** What a device answers to a CDB that the codec cannot read. */
export function malformedCdb(error: ScsiFormatError): CheckCondition {
  return invalidFieldInCdb(Math.min(error.offset, 0xffff));
}

function inCdb(code: AdditionalSenseCode, fieldPointer: number, bitPointer?: number): CheckCondition {
  return new CheckCondition({
    key: SenseKey.ILLEGAL_REQUEST,
    ...code,
    senseKeySpecific: {
      kind: 'field-pointer',
      inCdb: true,
      fieldPointer,
      ...(bitPointer === undefined ? {} : { bitPointer }),
    },
  });
}
