import { bits, flag, layout, optional, uint32, type Input, type Value } from '../layout.js';
import { PrimaryModePage } from './control-mode-page.js';
import { pageParameters, type ModePage } from './mode-parameters.js';

/** MRIE (SPC-4): how a device tells of an informational exception, as far as it is used here. */
export const ReportingMethod = { NONE: 0, UNIT_ATTENTION: 2, NO_SENSE: 5, ONLY_ON_REQUEST: 6 } as const;
export type ReportingMethod = (typeof ReportingMethod)[keyof typeof ReportingMethod];

/** Informational Exceptions Control mode page, 1Ch (SPC-4; SMC-3 for TapeAlert); counted behind the page header. */
const informationalExceptions = layout('Informational Exceptions Control mode page', 10, {
  performance: flag(0, 7),
  enableWarning: flag(0, 4),
  /** DEXCPT: exceptions are not reported; TapeAlert flags can still be read from the log page. */
  disableExceptions: flag(0, 3),
  test: flag(0, 2),
  logErrors: flag(0, 0),
  reportingMethod: optional(bits(1, 3, 0), ReportingMethod.NONE),
  /** In units of 100 ms. */
  intervalTimer: optional(uint32(2), 0),
  /** Report count, or with TEST the TapeAlert flag to raise. */
  reportCount: optional(uint32(6), 0),
});

export type InformationalExceptionsControl = Value<typeof informationalExceptions>;
export const encodeInformationalExceptionsControl = (value: Input<typeof informationalExceptions>): ModePage => ({
  pageCode: PrimaryModePage.INFORMATIONAL_EXCEPTIONS_CONTROL,
  parametersSaveable: false,
  parameters: informationalExceptions.encode(value),
});
/** Throws `SHORT_DATA`, or `CONTRADICTION` for another page. */
export const decodeInformationalExceptionsControl = (page: ModePage): InformationalExceptionsControl =>
  informationalExceptions.decode(pageParameters(page, PrimaryModePage.INFORMATIONAL_EXCEPTIONS_CONTROL));
