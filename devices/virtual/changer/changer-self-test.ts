import { ElementType } from '../../scsi/smc/element-type.js';
import type { SelfTestPlan } from '../self-tests.js';
import type { Changer } from './changer.js';
import { checkReady } from './motion-checks.js';
import { goTo } from './motions.js';

/**
 * A changer tries its picker: from where it is to the far end and home again; in the extended test it stops before every
 * element. No cartridge is touched.
 */
export function changerSelfTest(changer: Changer): SelfTestPlan {
  return {
    segments(extended) {
      const elements = changer.elements.all();
      const farthest = elements.at(-1);
      const home = elements.find(({ elementType }) => elementType === ElementType.STORAGE);
      const stops = extended ? elements : farthest === undefined ? [] : [farthest];
      return [
        () => checkReady(changer),
        ...[...stops, ...(home === undefined ? [] : [home])].map((element) => async () => {
          checkReady(changer);
          await goTo(changer, element);
        }),
      ];
    },
  };
}
