import { AdditionalSense } from '../scsi/asc-ascq.js';
import type { ModePage } from '../scsi/spc/mode-parameters.js';
import { allModePages, PageControl } from '../scsi/spc/mode-sense.js';
import { illegalRequest, invalidFieldInCdb } from './check-condition.js';

/** What MODE SENSE(6) and (10) have in common. */
export interface ModeSenseParams {
  readonly pageControl: number;
  readonly pageCode: number;
  readonly subpageCode: number;
  readonly allocationLength: number;
}

/** The pages that were asked for, as changeable masks if so. Refuses saved values and pages that are not there. */
export function choosePages(pages: readonly ModePage[], params: ModeSenseParams): ModePage[] {
  if (params.pageControl === PageControl.SAVED) throw illegalRequest(AdditionalSense.SAVING_PARAMETERS_NOT_SUPPORTED);
  // Subpage FFh asks for all subpages, of which there are none.
  if (params.subpageCode !== 0 && params.subpageCode !== 0xff) throw invalidFieldInCdb(3);
  const chosen =
    params.pageCode === allModePages ? pages : pages.filter(({ pageCode }) => pageCode === params.pageCode);
  // Page 0 is how programs ask for header and block descriptor alone.
  const none = chosen.length === 0 && params.pageCode !== 0 && params.pageCode !== allModePages;
  if (none) throw invalidFieldInCdb(2, 5);
  if (params.pageControl !== PageControl.CHANGEABLE) return [...chosen];
  return chosen.map((page) => ({ ...page, parameters: new Uint8Array(page.parameters.length) }));
}
