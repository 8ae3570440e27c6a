import type { CommandFailure } from '../../devices/command-outcome.js';
import { driveReadiness } from '../../devices/drive-readiness.js';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { hasAdditionalSense, SenseKey } from '../../devices/scsi/sense.js';
import type { SenseData } from '../../devices/scsi/sense.js';
import { ScsiStatus } from '../../devices/scsi/status.js';
import { unitAttentionKind, UnitAttentionKind } from '../../devices/unit-attention.js';
import { NtmsError } from '../objects/ntms-error.js';
import type { Win32Symbol } from '../objects/win32.js';

/**
 * A failed command on an opened medium as the API tells it: the nearest code, the layer and its figures in `data`, and the
 * failure itself as the cause.
 */
export function tapeError(failure: CommandFailure): NtmsError {
  const { layer, command, status, sense, executed, message } = failure;
  return new NtmsError(symbolFor(failure), message, {
    cause: failure,
    data: {
      layer,
      command,
      executed,
      ...(status === undefined ? {} : { status }),
      ...(sense === undefined ? {} : { senseKey: sense.key, asc: sense.asc, ascq: sense.ascq }),
    },
  });
}

function symbolFor({ layer, status, sense }: CommandFailure): Win32Symbol {
  if (layer === 'transport' || layer === 'data') return 'ERROR_DEVICE_NOT_AVAILABLE';
  if (sense === undefined) {
    return status === ScsiStatus.RESERVATION_CONFLICT ? 'ERROR_BUSY' : 'ERROR_DEVICE_NOT_AVAILABLE';
  }
  return symbolOfKey[sense.key] ?? 'ERROR_INVALID_STATE';
}

const symbolOfKey: Readonly<Record<number, Win32Symbol>> = {
  [SenseKey.NOT_READY]: 'ERROR_MEDIA_NOT_AVAILABLE',
  [SenseKey.HARDWARE_ERROR]: 'ERROR_DEVICE_NOT_AVAILABLE',
  [SenseKey.ILLEGAL_REQUEST]: 'ERROR_INVALID_PARAMETER',
  [SenseKey.DATA_PROTECT]: 'ERROR_WRITE_PROTECT',
};

/** Whether a failure proves that the medium is not in the drive any more, or is perhaps another one. */
export function provesMediumGone({ sense }: CommandFailure): boolean {
  if (sense === undefined) return false;
  if (sense.key === SenseKey.UNIT_ATTENTION) {
    return mayHaveBeenExchanged({ attention: unitAttentionKind(sense), sense });
  }
  const readiness = driveReadiness(sense);
  return readiness === 'no-medium' || readiness === 'not-loaded';
}

/**
 * Whether a unit attention leaves open which medium is inside. A drive that was switched off keeps nothing from being taken
 * out; 29h/00h may stand for that as well.
 */
export function mayHaveBeenExchanged(told: {
  readonly attention: UnitAttentionKind;
  readonly sense: Pick<SenseData, 'asc' | 'ascq'>;
}): boolean {
  if (told.attention === UnitAttentionKind.MEDIUM_MAY_HAVE_CHANGED) return true;
  return powerOn.some((code) => hasAdditionalSense(told.sense, code));
}

const powerOn = [AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED, AdditionalSense.POWER_ON_OCCURRED];
