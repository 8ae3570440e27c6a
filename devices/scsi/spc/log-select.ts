import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { bits, flag, optional, uint8, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** PC of LOG SENSE and LOG SELECT (SPC-4): which values of a log parameter. */
export const LogPageControl = {
  CURRENT_THRESHOLD: 0,
  CURRENT_CUMULATIVE: 1,
  DEFAULT_THRESHOLD: 2,
  DEFAULT_CUMULATIVE: 3,
} as const;
export type LogPageControl = (typeof LogPageControl)[keyof typeof LogPageControl];

/** LOG SELECT (SPC-4). The parameter list are log pages: `decodeLogPage`. */
const logSelect = cdbLayout('LOG SELECT', OperationCode.LOG_SELECT, 10, {
  /** PCR: all parameters of the page, or of every page, go back to their defaults. */
  parameterCodeReset: flag(1, 1),
  /** SP: save the parameters. */
  saveParameters: flag(1, 0),
  pageControl: optional(bits(2, 7, 6), LogPageControl.CURRENT_CUMULATIVE),
  /** 0 with subpage 0: every page. */
  pageCode: optional(bits(2, 5, 0), 0),
  subpageCode: optional(uint8(3), 0),
  parameterListLength: optional(uint16(7), 0),
});

export type LogSelectParams = CdbParams<typeof logSelect>;
export const logSelectCdb = (params: LogSelectParams): Uint8Array => logSelect.build(params);
export const parseLogSelectCdb = (cdb: Uint8Array): CdbValue<typeof logSelect> => logSelect.parse(cdb);
