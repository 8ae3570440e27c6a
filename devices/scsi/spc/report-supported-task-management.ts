import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag, layout, optional, uint8, uint32, type Input, type Value } from '../layout.js';
import { MaintenanceInServiceAction, OperationCode } from '../opcodes.js';

/** REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-4). */
const reportSupportedTaskManagementFunctions = cdbLayout(
  'REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS',
  OperationCode.MAINTENANCE_IN,
  12,
  {
    /** REPD: the extended parameter data, with times, are wanted. */
    returnExtended: flag(2, 7),
    allocationLength: uint32(6),
  },
  MaintenanceInServiceAction.REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS,
);

export type ReportSupportedTaskManagementFunctionsParams = CdbParams<typeof reportSupportedTaskManagementFunctions>;
export const reportSupportedTaskManagementFunctionsCdb = (
  params: ReportSupportedTaskManagementFunctionsParams,
): Uint8Array => reportSupportedTaskManagementFunctions.build(params);
export const parseReportSupportedTaskManagementFunctionsCdb = (
  cdb: Uint8Array,
): CdbValue<typeof reportSupportedTaskManagementFunctions> => reportSupportedTaskManagementFunctions.parse(cdb);

const functions = {
  abortTask: flag(0, 7),
  abortTaskSet: flag(0, 6),
  clearAca: flag(0, 5),
  clearTaskSet: flag(0, 4),
  logicalUnitReset: flag(0, 3),
  queryTask: flag(0, 2),
  targetReset: flag(0, 1),
  queryAsynchronousEvent: flag(1, 2),
  queryTaskSet: flag(1, 1),
  itNexusReset: flag(1, 0),
} as const;

const basic = layout('supported task management functions', 4, functions);
const extended = layout('supported task management functions, extended', 16, {
  ...functions,
  additionalLength: optional(uint8(3), 12),
  /** TMFTMOV: the two times say something. */
  timeoutsValid: flag(4, 0),
  /** In units of 100 ms. */
  longTimeout: optional(uint32(8), 0),
  shortTimeout: optional(uint32(12), 0),
});

export type TaskManagementFunctions = Value<typeof basic>;
export type TaskManagementFunctionsInput = Input<typeof basic>;

export const encodeTaskManagementFunctions = (value: TaskManagementFunctionsInput, withTimes: boolean): Uint8Array =>
  withTimes ? extended.encode(value) : basic.encode(value);
/** Both lengths begin with the same bytes. Throws `SHORT_DATA`. */
export const decodeTaskManagementFunctions = (bytes: Uint8Array): TaskManagementFunctions => basic.decode(bytes);
