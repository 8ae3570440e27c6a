import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { CheckCondition, notReady } from '../check-condition.js';
import type { DriveBay } from './drive-bay.js';

/** Refuses to load or eject while nothing is in the drive, and while what is in it is on its way. */
export function checkLoadable(bay: DriveBay): void {
  switch (bay.condition) {
    case 'empty':
      throw notReady(AdditionalSense.MEDIUM_NOT_PRESENT);
    case 'loading':
    case 'unloading':
    case 'cleaning': {
      const sense = bay.notReadySense();
      throw sense === undefined
        ? notReady(AdditionalSense.LOGICAL_UNIT_NOT_READY_OPERATION_IN_PROGRESS)
        : new CheckCondition(sense);
    }
    default:
  }
}

/** Loads what is in the drive; with `immed` the answer does not wait for that. */
export async function loadMedium(bay: DriveBay, immed: boolean): Promise<undefined> {
  const loading = bay.arrived();
  if (immed) return undefined;
  await loading;
  // A medium that the drive threw out again was not loaded.
  const sense = bay.notReadySense();
  if (sense !== undefined) throw new CheckCondition(sense);
  return undefined;
}
