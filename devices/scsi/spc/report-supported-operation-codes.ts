import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { requireBytes, ScsiFormatError } from '../format-error.js';
import { bits, flag, layout, optional, uint8, uint16, uint32, type Value } from '../layout.js';
import { MaintenanceInServiceAction, OperationCode } from '../opcodes.js';

/** REPORTING OPTIONS (SPC-4): which commands, and how a single one is named. */
export const ReportingOptions = {
  ALL: 0,
  /** One command that has no service actions. */
  OPERATION_CODE: 1,
  /** One service action. */
  SERVICE_ACTION: 2,
  /** Either; the service action must be 0 when the command has none. */
  EITHER: 3,
} as const;
export type ReportingOptions = (typeof ReportingOptions)[keyof typeof ReportingOptions];

/** SUPPORT (SPC-4). */
export const Support = { NOT_KNOWN: 0, NOT_SUPPORTED: 1, STANDARD: 3, VENDOR_SPECIFIC: 5 } as const;
export type Support = (typeof Support)[keyof typeof Support];

/** REPORT SUPPORTED OPERATION CODES (SPC-4). */
const reportSupportedOperationCodes = cdbLayout(
  'REPORT SUPPORTED OPERATION CODES',
  OperationCode.MAINTENANCE_IN,
  12,
  {
    /** RCTD: command timeouts descriptors are wanted. */
    returnTimeouts: flag(2, 7),
    reportingOptions: optional(bits(2, 2, 0), ReportingOptions.ALL),
    requestedOperationCode: optional(uint8(3), 0),
    requestedServiceAction: optional(uint16(4), 0),
    allocationLength: uint32(6),
  },
  MaintenanceInServiceAction.REPORT_SUPPORTED_OPERATION_CODES,
);

export type ReportSupportedOperationCodesParams = CdbParams<typeof reportSupportedOperationCodes>;
export const reportSupportedOperationCodesCdb = (params: ReportSupportedOperationCodesParams): Uint8Array =>
  reportSupportedOperationCodes.build(params);
export const parseReportSupportedOperationCodesCdb = (
  cdb: Uint8Array,
): CdbValue<typeof reportSupportedOperationCodes> => reportSupportedOperationCodes.parse(cdb);

const timeoutsDescriptor = layout('command timeouts descriptor', 12, {
  descriptorLength: optional(uint16(0), 10),
  commandSpecific: optional(uint8(3), 0),
  /** Seconds that the command usually takes; 0 says nothing. */
  nominalSeconds: uint32(4),
  /** Seconds to wait before taking the command for lost; 0 says nothing. */
  recommendedSeconds: uint32(8),
});

export type CommandTimeouts = Pick<Value<typeof timeoutsDescriptor>, 'nominalSeconds' | 'recommendedSeconds'>;

const commandDescriptor = layout('command descriptor', 8, {
  operationCode: uint8(0),
  serviceAction: optional(uint16(2), 0),
  /** CTDP: a command timeouts descriptor follows. */
  timeoutsPresent: flag(5, 1),
  serviceActionValid: flag(5, 0),
  cdbLength: uint16(6),
});

/** One line of the all_commands format. */
export interface SupportedCommand {
  readonly operationCode: number;
  readonly serviceAction?: number;
  readonly cdbLength: number;
  readonly timeouts?: CommandTimeouts;
}

export interface SupportedCommands {
  readonly commands: readonly SupportedCommand[];
  /** More commands exist than the allocation length had room for. */
  readonly truncated: boolean;
}

export function encodeSupportedCommands(commands: readonly SupportedCommand[]): Uint8Array {
  const size = (command: SupportedCommand): number =>
    commandDescriptor.length + (command.timeouts === undefined ? 0 : timeoutsDescriptor.length);
  const length = commands.reduce((sum, command) => sum + size(command), 0);
  const bytes = new Uint8Array(4 + length);
  uint32(0).write(bytes, 0, length);
  let at = 4;
  for (const command of commands) {
    const { operationCode, serviceAction, cdbLength, timeouts } = command;
    commandDescriptor.encodeInto(bytes, at, {
      operationCode,
      serviceAction: serviceAction ?? 0,
      serviceActionValid: serviceAction !== undefined,
      timeoutsPresent: timeouts !== undefined,
      cdbLength,
    });
    if (timeouts !== undefined) timeoutsDescriptor.encodeInto(bytes, at + commandDescriptor.length, timeouts);
    at += size(command);
  }
  return bytes;
}

/** Throws `SHORT_DATA` without a length; whole descriptors before a cut are there. */
export function decodeSupportedCommands(bytes: Uint8Array): SupportedCommands {
  requireBytes('supported operation codes', bytes, 0, 4);
  const whole = 4 + uint32(0).read(bytes, 0);
  const end = Math.min(bytes.length, whole);
  const commands: SupportedCommand[] = [];
  let at = 4;
  while (at + commandDescriptor.length <= end) {
    const { operationCode, serviceAction, serviceActionValid, timeoutsPresent, cdbLength } = commandDescriptor.decode(
      bytes,
      at,
    );
    const behind = at + commandDescriptor.length;
    if (timeoutsPresent && behind + timeoutsDescriptor.length > end) break;
    commands.push({
      operationCode,
      ...(serviceActionValid ? { serviceAction } : {}),
      cdbLength,
      ...(timeoutsPresent ? { timeouts: decodeTimeouts(bytes, behind) } : {}),
    });
    at = behind + (timeoutsPresent ? timeoutsDescriptor.length : 0);
  }
  return { commands, truncated: at < whole };
}

const oneCommandHeader = layout('one_command parameter data', 4, {
  timeoutsPresent: flag(1, 7),
  support: bits(1, 2, 0),
  cdbSize: uint16(2),
});

/** The one_command format. `cdbUsage` is there only when the command is supported: a one for every bit that is looked at. */
export interface CommandSupport {
  readonly support: number;
  readonly cdbUsage: Uint8Array;
  readonly timeouts?: CommandTimeouts;
}

export function encodeCommandSupport(value: CommandSupport): Uint8Array {
  const { support, cdbUsage, timeouts } = value;
  const behind = oneCommandHeader.length + cdbUsage.length;
  const bytes = new Uint8Array(behind + (timeouts === undefined ? 0 : timeoutsDescriptor.length));
  const timeoutsPresent = timeouts !== undefined;
  oneCommandHeader.encodeInto(bytes, 0, { timeoutsPresent, support, cdbSize: cdbUsage.length });
  bytes.set(cdbUsage, oneCommandHeader.length);
  if (timeouts !== undefined) timeoutsDescriptor.encodeInto(bytes, behind, timeouts);
  return bytes;
}

/** Throws `SHORT_DATA` when anything was cut off. */
export function decodeCommandSupport(bytes: Uint8Array): CommandSupport {
  const { support, cdbSize, timeoutsPresent } = oneCommandHeader.decode(bytes);
  const behind = oneCommandHeader.length + cdbSize;
  requireBytes(oneCommandHeader.what, bytes, oneCommandHeader.length, behind);
  return {
    support,
    cdbUsage: bytes.slice(oneCommandHeader.length, behind),
    ...(timeoutsPresent ? { timeouts: decodeTimeouts(bytes, behind) } : {}),
  };
}

function decodeTimeouts(bytes: Uint8Array, at: number): CommandTimeouts {
  const { descriptorLength, nominalSeconds, recommendedSeconds } = timeoutsDescriptor.decode(bytes, at);
  if (descriptorLength !== 10) {
    const message = `descriptor length is ${descriptorLength}, not 10`;
    throw new ScsiFormatError('CONTRADICTION', timeoutsDescriptor.what, at, message);
  }
  return { nominalSeconds, recommendedSeconds };
}
