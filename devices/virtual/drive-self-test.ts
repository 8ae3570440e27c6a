import { CheckCondition } from './check-condition.js';
import type { DriveBay } from './drive/drive-bay.js';
import type { SelfTestPlan } from './self-tests.js';

/** Refuses while a cartridge is on its way in or out, or cleans. */
export function checkDriveAtRest(bay: DriveBay): void {
  const sense = bay.notReadySense();
  const busy = bay.condition === 'loading' || bay.condition === 'unloading' || bay.condition === 'cleaning';
  if (busy && sense !== undefined) throw new CheckCondition(sense);
}

/** A drive finds whether its mechanism has come to rest; a loaded medium stays where it is and is not read. */
export function driveSelfTest(bay: DriveBay): SelfTestPlan {
  return { segments: () => [() => checkDriveAtRest(bay)] };
}
