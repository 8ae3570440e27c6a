import { RecoveryAction } from '../../devices/scsi/recovery.js';
import type { CommandFailure } from '../../devices/command-outcome.js';
import { NtmsError } from '../objects/ntms-error.js';
import { HardwareError } from './hardware-error.js';

/** What work threw, as the API tells it; an error of no known kind is a fault of the library itself. */
export function asNtmsError(error: unknown): NtmsError {
  if (error instanceof NtmsError) return error;
  if (error instanceof HardwareError) {
    return new NtmsError('ERROR_DEVICE_NOT_AVAILABLE', error.message, { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new NtmsError('ERROR_INVALID_STATE', message, { cause: error });
}

/** What made a library unusable, as the reason that its operational state shows. */
export function asHardwareError(library: string, error: unknown): HardwareError {
  if (error instanceof HardwareError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new HardwareError('NEEDS_SERVICE', library, message, { cause: error });
}

/** An open door, a missing magazine: a person at the device ends it, and the device is not broken. */
export function endsByOperator({ cause }: HardwareError): boolean {
  const recovery = (cause as Partial<CommandFailure> | undefined)?.recovery;
  return recovery === RecoveryAction.ASK_OPERATOR || recovery === RecoveryAction.WAIT_UNTIL_READY;
}
