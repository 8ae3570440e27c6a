import { cdbLength, describeCommand } from '../scsi/command-table.js';
import { MaintenanceInServiceAction, OperationCode, type TimeoutClass } from '../scsi/opcodes.js';
import { cdbUsage, unknownCdbUsage } from '../scsi/spc/cdb-usage.js';
import {
  encodeCommandSupport,
  encodeSupportedCommands,
  parseReportSupportedOperationCodesCdb,
  ReportingOptions,
  Support,
  type CommandTimeouts,
} from '../scsi/spc/report-supported-operation-codes.js';
import {
  encodeTaskManagementFunctions,
  parseReportSupportedTaskManagementFunctionsCdb,
} from '../scsi/spc/report-supported-task-management.js';
import { invalidFieldInCdb } from './check-condition.js';
import {
  serviceAction,
  type AnsweredCommand,
  type Command,
  type CommandTable,
  type DeviceServer,
} from './device-server.js';
import { cutTo } from './primary-commands.js';

/** Longest CDB of the vendor's groups, where the operation code does not tell. */
const VENDOR_CDB_LENGTH = 12;
const VENDOR_SPECIFIC_FROM = 0xc0;

/**
 * REPORT SUPPORTED OPERATION CODES and REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-4). What is reported is the server's own
 * table, so that it cannot differ from what is answered; the CDBs' codecs say which bits are looked at.
 */
export function supportedCommands(
  server: DeviceServer,
  timeoutsOf: (timeoutClass: TimeoutClass) => CommandTimeouts,
): CommandTable {
  const type = server.peripheralDeviceType;
  const describe = (command: AnsweredCommand) =>
    describeCommand(type, Uint8Array.of(command.opcode, command.serviceAction ?? 0));
  const lengthOf = ({ opcode }: AnsweredCommand): number => cdbLength(opcode) ?? VENDOR_CDB_LENGTH;
  const timeouts = (command: AnsweredCommand, wanted: boolean): { timeouts?: CommandTimeouts } =>
    wanted ? { timeouts: timeoutsOf(describe(command)?.timeoutClass ?? 'data') } : {};

  const all = (withTimeouts: boolean): Uint8Array =>
    encodeSupportedCommands(
      server.answered.map((command) => ({
        operationCode: command.opcode,
        ...(command.serviceAction === undefined ? {} : { serviceAction: command.serviceAction }),
        cdbLength: lengthOf(command),
        ...timeouts(command, withTimeouts),
      })),
    );

  const one = (command: AnsweredCommand | undefined, withTimeouts: boolean): Uint8Array => {
    if (command === undefined)
      return encodeCommandSupport({ support: Support.NOT_SUPPORTED, cdbUsage: new Uint8Array(0) });
    const parse = describe(command)?.parse;
    const length = lengthOf(command);
    return encodeCommandSupport({
      support: command.opcode < VENDOR_SPECIFIC_FROM ? Support.STANDARD : Support.VENDOR_SPECIFIC,
      cdbUsage: parse === undefined ? unknownCdbUsage(command.opcode, length) : cdbUsage(parse, { ...command, length }),
      ...timeouts(command, withTimeouts),
    });
  };

  const reportOperationCodes: Command = {
    immediate: true,
    run({ cdb }) {
      const params = parseReportSupportedOperationCodesCdb(cdb);
      const { returnTimeouts, reportingOptions, requestedOperationCode: opcode } = params;
      const same = server.answered.filter((command) => command.opcode === opcode);
      const plain = same.find((command) => command.serviceAction === undefined);
      const exact = same.find((command) => command.serviceAction === params.requestedServiceAction);
      const hasServiceActions = same.some((command) => command.serviceAction !== undefined);
      const answer = (): Uint8Array => {
        switch (reportingOptions) {
          case ReportingOptions.ALL:
            return all(returnTimeouts);
          case ReportingOptions.OPERATION_CODE:
            if (hasServiceActions) throw invalidFieldInCdb(2, 2);
            return one(plain, returnTimeouts);
          case ReportingOptions.SERVICE_ACTION:
            if (plain !== undefined && !hasServiceActions) throw invalidFieldInCdb(2, 2);
            return one(exact, returnTimeouts);
          case ReportingOptions.EITHER:
            if (hasServiceActions) return one(exact, returnTimeouts);
            return one(params.requestedServiceAction === 0 ? plain : undefined, returnTimeouts);
          default:
            throw invalidFieldInCdb(2, 2);
        }
      };
      return cutTo(params.allocationLength, answer());
    },
  };

  const reportTaskManagement: Command = {
    immediate: true,
    run({ cdb }) {
      const { returnExtended, allocationLength } = parseReportSupportedTaskManagementFunctionsCdb(cdb);
      // At least four bytes must be asked for (SPC-4).
      if (allocationLength < 4) throw invalidFieldInCdb(6);
      // A transport aborts tasks one by one, so it can abort all of its own; the rest is the unit's reset.
      const functions = { abortTask: true, abortTaskSet: true, logicalUnitReset: true };
      return cutTo(allocationLength, encodeTaskManagementFunctions(functions, returnExtended));
    },
  };

  const { REPORT_SUPPORTED_OPERATION_CODES, REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS } = MaintenanceInServiceAction;
  return new Map([
    [serviceAction(OperationCode.MAINTENANCE_IN, REPORT_SUPPORTED_OPERATION_CODES), reportOperationCodes],
    [serviceAction(OperationCode.MAINTENANCE_IN, REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS), reportTaskManagement],
  ]);
}
