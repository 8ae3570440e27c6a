import { AdditionalSense, type AdditionalSenseCode } from './scsi/asc-ascq.js';
import { recoveryFor, RecoveryAction } from './scsi/recovery.js';
import { hasAdditionalSense, SenseKey, type SenseData } from './scsi/sense.js';

/**
 * What a drive answers to TEST UNIT READY:
 * - `ready`: a medium is loaded;
 * - `becoming-ready`: it is loading, rewinding or starting, and ends that by itself;
 * - `no-medium`: nothing is in it, as far as it can see;
 * - `not-loaded`: a medium is in it, but not threaded: LOAD UNLOAD would;
 * - `cleaning`: a cleaning cartridge is at work;
 * - `incompatible-medium`: it cannot use what is in it;
 * - `not-ready`: anything else. Waiting is not known to help.
 */
export type DriveReadiness =
  'ready' | 'becoming-ready' | 'no-medium' | 'not-loaded' | 'cleaning' | 'incompatible-medium' | 'not-ready';

const table: readonly (readonly [AdditionalSenseCode, DriveReadiness])[] = [
  [AdditionalSense.MEDIUM_NOT_PRESENT, 'no-medium'],
  [AdditionalSense.MEDIUM_NOT_PRESENT_TRAY_CLOSED, 'no-medium'],
  [AdditionalSense.MEDIUM_NOT_PRESENT_TRAY_OPEN, 'no-medium'],
  [AdditionalSense.MEDIUM_NOT_PRESENT_LOADABLE, 'not-loaded'],
  [AdditionalSense.MEDIUM_NOT_PRESENT_MEDIUM_AUXILIARY_MEMORY_ACCESSIBLE, 'not-loaded'],
  [AdditionalSense.LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED, 'not-loaded'],
  [AdditionalSense.CLEANING_CARTRIDGE_INSTALLED, 'cleaning'],
  [AdditionalSense.INCOMPATIBLE_MEDIUM_INSTALLED, 'incompatible-medium'],
  [AdditionalSense.CANNOT_READ_MEDIUM_UNKNOWN_FORMAT, 'incompatible-medium'],
  [AdditionalSense.CANNOT_READ_MEDIUM_INCOMPATIBLE_FORMAT, 'incompatible-medium'],
];

/** The readiness that sense data of TEST UNIT READY mean; undefined when they are an error and no state. */
export function driveReadiness(sense: SenseData): DriveReadiness | undefined {
  // NO SENSE 30/03 is seen while a cleaning cartridge works.
  if (sense.key !== SenseKey.NOT_READY && sense.key !== SenseKey.NO_SENSE) return undefined;
  const found = table.find(([code]) => hasAdditionalSense(sense, code));
  if (found !== undefined) return found[1];
  if (sense.key !== SenseKey.NOT_READY) return undefined;
  return recoveryFor(sense) === RecoveryAction.WAIT_UNTIL_READY ? 'becoming-ready' : 'not-ready';
}
