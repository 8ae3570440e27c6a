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

/** SUBPAGE CODE that asks for every subpage of a page, or of all pages. */
const ALL_SUBPAGES = 0xff;

/**
 * The pages that were asked for (SPC-4, MODE SENSE). Refuses saved values, and pages and subpages that are not there. Whether
 * current, changeable or default values are reported is for the caller: {@link ModePages} does it.
 */
export function choosePages<Page extends Pick<ModePage, 'pageCode' | 'subpageCode'>>(
  pages: readonly Page[],
  params: ModeSenseParams,
): Page[] {
  if (params.pageControl === PageControl.SAVED) throw illegalRequest(AdditionalSense.SAVING_PARAMETERS_NOT_SUPPORTED);
  const { pageCode, subpageCode } = params;
  const ofPage = pages.filter((page) => pageCode === allModePages || page.pageCode === pageCode);
  // Page 0 is how programs ask for header and block descriptor alone.
  if (ofPage.length === 0 && pageCode !== 0 && pageCode !== allModePages) throw invalidFieldInCdb(2, 5);
  if (subpageCode === ALL_SUBPAGES) return ofPage;
  const chosen = ofPage.filter((page) => (page.subpageCode ?? 0) === subpageCode);
  if (chosen.length === 0 && subpageCode !== 0) throw invalidFieldInCdb(3);
  if (chosen.length === 0 && pageCode !== 0 && pageCode !== allModePages) throw invalidFieldInCdb(3);
  return chosen;
}
