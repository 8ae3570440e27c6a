import { AdditionalSense } from '../scsi/asc-ascq.js';
import { ScsiFormatError } from '../scsi/format-error.js';
import { OperationCode, PeripheralDeviceType } from '../scsi/opcodes.js';
import { encodeSense, SenseKey, type SenseInput } from '../scsi/sense.js';
import { encodeStandardInquiry, parseInquiryCdb, PeripheralQualifier } from '../scsi/spc/inquiry.js';
import { parseRequestSenseCdb } from '../scsi/spc/request-sense.js';
import { ScsiStatus } from '../scsi/status.js';
import type { ScsiTask, ScsiTaskResult } from '../transport/scsi-target.js';
import { CheckCondition, illegalRequest, malformedCdb } from './check-condition.js';
import { cutTo, runReportLuns } from './primary-commands.js';

const NOT_SUPPORTED: SenseInput = { key: SenseKey.ILLEGAL_REQUEST, ...AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED };

/**
 * What a target answers on a LUN behind which there is nothing (SPC-4, SAM-5): INQUIRY says so in its first
 * byte, REPORT LUNS tells which LUNs there are, REQUEST SENSE and all others say LOGICAL UNIT NOT SUPPORTED.
 */
export function noSuchLogicalUnit(task: ScsiTask, luns: readonly number[]): ScsiTaskResult {
  try {
    return { status: ScsiStatus.GOOD, dataIn: answer(task.cdb, luns), sense: new Uint8Array(0) };
  } catch (error) {
    const check = error instanceof ScsiFormatError ? malformedCdb(error) : error;
    if (!(check instanceof CheckCondition)) throw error;
    return { status: ScsiStatus.CHECK_CONDITION, dataIn: new Uint8Array(0), sense: encodeSense(check.sense) };
  }
}

function requestedSense(cdb: Uint8Array): Uint8Array {
  const { desc, allocationLength } = parseRequestSenseCdb(cdb);
  return cutTo(allocationLength, encodeSense({ ...NOT_SUPPORTED, format: desc ? 'descriptor' : 'fixed' }));
}

function answer(cdb: Uint8Array, luns: readonly number[]): Uint8Array {
  switch (cdb[0]) {
    case OperationCode.INQUIRY: {
      const { evpd, allocationLength } = parseInquiryCdb(cdb);
      if (evpd) throw new CheckCondition(NOT_SUPPORTED);
      const data = encodeStandardInquiry({
        peripheralQualifier: PeripheralQualifier.NOT_SUPPORTED,
        peripheralDeviceType: PeripheralDeviceType.UNKNOWN,
        vendorIdentification: '',
        productIdentification: '',
        productRevisionLevel: '',
      });
      return cutTo(allocationLength, data);
    }
    case OperationCode.REPORT_LUNS:
      return runReportLuns(cdb, luns);
    case OperationCode.REQUEST_SENSE:
      return requestedSense(cdb);
    default:
      throw illegalRequest(AdditionalSense.LOGICAL_UNIT_NOT_SUPPORTED);
  }
}
