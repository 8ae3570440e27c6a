import { bits, flag, layout, optional, uint16, type Input, type Value } from '../layout.js';
import { pageParameters, type ModePage } from './mode-parameters.js';

/** Mode page codes of every device type (SPC-4). */
export const PrimaryModePage = { CONTROL: 0x0a, INFORMATIONAL_EXCEPTIONS_CONTROL: 0x1c } as const;
export type PrimaryModePage = (typeof PrimaryModePage)[keyof typeof PrimaryModePage];

/** Control mode page, 0Ah (SPC-4); bytes are counted behind the page header. */
const control = layout('Control mode page', 10, {
  /** TST: 0, one task set for all nexuses; 1, one for each. */
  taskSetType: optional(bits(0, 7, 5), 0),
  /** D_SENSE: sense data come in descriptor format. */
  descriptorFormatSense: flag(0, 2),
  /** GLTSD: log parameters are not saved by themselves. */
  globalLoggingTargetSaveDisable: flag(0, 1),
  /** RLEC: an exception is reported with the next command. */
  reportLogExceptionCondition: flag(0, 0),
  queueAlgorithmModifier: optional(bits(1, 7, 4), 0),
  /** SWP: software write protect. */
  softwareWriteProtect: flag(2, 3),
  /** TAS: a command that another nexus aborts ends with status TASK ABORTED. */
  taskAbortedStatus: flag(3, 6),
  busyTimeoutPeriod: optional(uint16(6), 0),
  /** Seconds that an extended self-test takes; FFFFh for more. */
  extendedSelfTestSeconds: optional(uint16(8), 0),
});

export type ControlModePage = Value<typeof control>;
export const encodeControlModePage = (value: Input<typeof control>): ModePage => ({
  pageCode: PrimaryModePage.CONTROL,
  parametersSaveable: false,
  parameters: control.encode(value),
});
/** Throws `SHORT_DATA`, or `CONTRADICTION` for another page. */
export const decodeControlModePage = (page: ModePage): ControlModePage =>
  control.decode(pageParameters(page, PrimaryModePage.CONTROL));
