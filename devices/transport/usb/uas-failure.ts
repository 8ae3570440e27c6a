import type { FailedCommand, TransportFailure, TransportFailureCode } from '../scsi-transport.js';
import { IU_CDB_BYTES, responseName, UasResponseCode } from './information-units.js';
import { failedCommand, usbFailure } from './usb-failure.js';

/** A command without a status, as a result. */
export function uasFailed(
  code: TransportFailureCode,
  executed: TransportFailure['executed'],
  message: string,
): FailedCommand {
  return failedCommand(usbFailure(code, executed, `USB Attached SCSI: ${message}`));
}

/**
 * What a RESPONSE IU means when it comes in place of a status (UAS-3 6.3.3): the device did not take the COMMAND IU. Codes
 * that only answer task management make no sense there, and leave open what became of the command.
 */
export function refusedCommand(responseCode: number, cdbLength: number, lun: number): FailedCommand {
  const name = responseName(responseCode);
  switch (responseCode) {
    case UasResponseCode.INVALID_INFORMATION_UNIT:
      if (cdbLength > IU_CDB_BYTES) {
        const message = `the device refuses a CDB of ${cdbLength} bytes (${name}); use a command of at most 16`;
        return uasFailed('unsupported', 'no', message);
      }
      return uasFailed('protocol', 'no', `the device refuses the command's information unit (${name})`);
    case UasResponseCode.INCORRECT_LOGICAL_UNIT_NUMBER: {
      const message = `the device has no logical unit ${lun} (${name}); REPORT LUNS tells which there are`;
      return uasFailed('unsupported', 'no', message);
    }
    case UasResponseCode.OVERLAPPED_TAG_ATTEMPTED: {
      const message = `the device still has a task with this tag (${name}), which is being ended; send the command again`;
      return uasFailed('protocol', 'no', message);
    }
    default:
      return uasFailed(
        'protocol',
        'unknown',
        `the device answers a command with ${name}, which is for task management`,
      );
  }
}

/** Whether a device that refused a command like this has no task of it. */
export function forgetsTask(responseCode: number): boolean {
  return (
    responseCode === UasResponseCode.INVALID_INFORMATION_UNIT ||
    responseCode === UasResponseCode.INCORRECT_LOGICAL_UNIT_NUMBER
  );
}
