import type { Guid } from './structures.js';

/** Where an allocated medium came from. MS-RSMP 2.2.3.6. */
export interface NTMS_ALLOCATION_INFORMATION {
  /** Pool that supplied the medium. */
  readonly AllocatedFrom: Guid;
}
