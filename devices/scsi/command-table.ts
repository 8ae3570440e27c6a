import {
  MaintenanceInServiceAction,
  OperationCode,
  PeripheralDeviceType,
  REPORT_ELEMENT_INFORMATION_SERVICE_ACTION,
  type CommandDescription,
  type TimeoutClass,
} from './opcodes.js';
import { parseExchangeMediumCdb } from './smc/exchange-medium.js';
import {
  parseInitializeElementStatusCdb,
  parseInitializeElementStatusWithRangeCdb,
} from './smc/initialize-element-status.js';
import { parseMoveMediumCdb } from './smc/move-medium.js';
import { parseOpenCloseImportExportElementCdb } from './smc/open-close-import-export-element.js';
import { parsePositionToElementCdb } from './smc/position-to-element.js';
import { parseReadElementStatusCdb } from './smc/read-element-status.js';
import { parseReportElementInformationCdb } from './smc/report-element-information.js';
import { parseRequestVolumeElementAddressCdb } from './smc/request-volume-element-address.js';
import { parseSendVolumeTagCdb } from './smc/send-volume-tag.js';
import { parseInquiryCdb } from './spc/inquiry.js';
import { parseLogSelectCdb } from './spc/log-select.js';
import { parseLogSenseCdb } from './spc/log-sense.js';
import { parseModeSelect10Cdb, parseModeSelect6Cdb } from './spc/mode-select.js';
import { parseModeSense10Cdb, parseModeSense6Cdb } from './spc/mode-sense.js';
import { PersistentReserveInAction, PersistentReserveOutAction } from './spc/persistent-reservation.js';
import { parsePersistentReserveInCdb } from './spc/persistent-reserve-in.js';
import { parsePersistentReserveOutCdb } from './spc/persistent-reserve-out.js';
import { parsePreventAllowMediumRemovalCdb } from './spc/prevent-allow-medium-removal.js';
import { parseReadAttributeCdb, parseWriteAttributeCdb } from './spc/read-attribute.js';
import { parseReadBufferCdb, parseWriteBufferCdb } from './spc/read-write-buffer.js';
import { parseReceiveDiagnosticResultsCdb } from './spc/receive-diagnostic-results.js';
import { parseReportLunsCdb } from './spc/report-luns.js';
import { parseReportSupportedOperationCodesCdb } from './spc/report-supported-operation-codes.js';
import { parseReportSupportedTaskManagementFunctionsCdb } from './spc/report-supported-task-management.js';
import { parseRequestSenseCdb } from './spc/request-sense.js';
import { parseRelease10Cdb, parseRelease6Cdb, parseReserve10Cdb, parseReserve6Cdb } from './spc/reserve-release.js';
import { parseSendDiagnosticCdb } from './spc/send-diagnostic.js';
import { parseTestUnitReadyCdb } from './spc/test-unit-ready.js';
import { parseErase6Cdb } from './ssc/erase.js';
import { parseLoadUnloadCdb } from './ssc/load-unload.js';
import { parseLocate10Cdb, parseLocate16Cdb } from './ssc/locate.js';
import { parseReadBlockLimitsCdb } from './ssc/read-block-limits.js';
import { parseReadPositionCdb } from './ssc/read-position.js';
import { parseRead6Cdb, parseWrite6Cdb } from './ssc/read-write-6.js';
import { parseReportDensitySupportCdb } from './ssc/report-density-support.js';
import { parseRewindCdb } from './ssc/rewind.js';
import { parseSpace16Cdb, parseSpace6Cdb } from './ssc/space.js';
import { parseWriteFilemarks6Cdb } from './ssc/write-filemarks.js';

const op = OperationCode;
const maintenanceIn = MaintenanceInServiceAction;
const changer = [PeripheralDeviceType.MEDIUM_CHANGER];
const tape = [PeripheralDeviceType.SEQUENTIAL_ACCESS];
const blocks = [
  PeripheralDeviceType.DIRECT_ACCESS,
  PeripheralDeviceType.WRITE_ONCE,
  PeripheralDeviceType.CD_DVD,
  PeripheralDeviceType.OPTICAL_MEMORY,
];
const optical = [PeripheralDeviceType.CD_DVD];

type Parse = (cdb: Uint8Array) => unknown;

function every(opcode: number, name: string, timeoutClass: TimeoutClass, parse?: Parse): CommandDescription {
  return { opcode, name, timeoutClass, ...(parse === undefined ? {} : { parse }) };
}

function only(
  peripheralDeviceTypes: readonly number[],
  opcode: number,
  name: string,
  timeoutClass: TimeoutClass,
  parse?: Parse,
): CommandDescription {
  return { ...every(opcode, name, timeoutClass, parse), peripheralDeviceTypes };
}

function action(serviceAction: number, command: CommandDescription): CommandDescription {
  return { ...command, serviceAction };
}

/** The command without service action, and each service action after it. */
function persistentReserve(
  opcode: number,
  direction: 'IN' | 'OUT',
  actions: Readonly<Record<string, number>>,
  parse: Parse,
): readonly CommandDescription[] {
  const name = `PERSISTENT RESERVE ${direction}`;
  return [
    every(opcode, name, 'quick', parse),
    ...Object.entries(actions).map(([actionName, serviceAction]) =>
      action(serviceAction, every(opcode, `${name}, ${actionName.replaceAll('_', ' ')}`, 'quick', parse)),
    ),
  ];
}

/**
 * Commands by operation code, ascending; where one code means different things, one entry for each group of device types,
 * and where it has service actions, one for each after the entry without.
 */
export const commandTable: readonly CommandDescription[] = [
  every(op.TEST_UNIT_READY, 'TEST UNIT READY', 'quick', parseTestUnitReadyCdb),
  only(tape, op.REWIND, 'REWIND', 'tape-motion', parseRewindCdb),
  only([...changer, ...blocks], op.REWIND, 'REZERO UNIT', 'motion'),
  every(op.REQUEST_SENSE, 'REQUEST SENSE', 'inquiry', parseRequestSenseCdb),
  only(tape, op.READ_BLOCK_LIMITS, 'READ BLOCK LIMITS', 'quick', parseReadBlockLimitsCdb),
  only(
    changer,
    op.INITIALIZE_ELEMENT_STATUS,
    'INITIALIZE ELEMENT STATUS',
    'inventory',
    parseInitializeElementStatusCdb,
  ),
  only(blocks, op.INITIALIZE_ELEMENT_STATUS, 'REASSIGN BLOCKS', 'data'),
  only(tape, op.READ_6, 'READ(6)', 'data', parseRead6Cdb),
  only(blocks, op.READ_6, 'READ(6)', 'data'),
  only(tape, op.WRITE_6, 'WRITE(6)', 'data', parseWrite6Cdb),
  only(blocks, op.WRITE_6, 'WRITE(6)', 'data'),
  only(tape, op.WRITE_FILEMARKS_6, 'WRITE FILEMARKS(6)', 'tape-motion', parseWriteFilemarks6Cdb),
  only(tape, op.SPACE_6, 'SPACE(6)', 'tape-motion', parseSpace6Cdb),
  every(op.INQUIRY, 'INQUIRY', 'inquiry', parseInquiryCdb),
  every(op.MODE_SELECT_6, 'MODE SELECT(6)', 'quick', parseModeSelect6Cdb),
  every(op.RESERVE_6, 'RESERVE(6)', 'quick', parseReserve6Cdb),
  every(op.RELEASE_6, 'RELEASE(6)', 'quick', parseRelease6Cdb),
  only(tape, op.ERASE_6, 'ERASE(6)', 'tape-motion', parseErase6Cdb),
  every(op.MODE_SENSE_6, 'MODE SENSE(6)', 'quick', parseModeSense6Cdb),
  only(tape, op.LOAD_UNLOAD, 'LOAD UNLOAD', 'tape-motion', parseLoadUnloadCdb),
  only(
    changer,
    op.OPEN_CLOSE_IMPORT_EXPORT_ELEMENT,
    'OPEN/CLOSE IMPORT/EXPORT ELEMENT',
    'motion',
    parseOpenCloseImportExportElementCdb,
  ),
  only(blocks, op.START_STOP_UNIT, 'START STOP UNIT', 'motion'),
  every(op.RECEIVE_DIAGNOSTIC_RESULTS, 'RECEIVE DIAGNOSTIC RESULTS', 'quick', parseReceiveDiagnosticResultsCdb),
  every(op.SEND_DIAGNOSTIC, 'SEND DIAGNOSTIC', 'inventory', parseSendDiagnosticCdb),
  every(op.PREVENT_ALLOW_MEDIUM_REMOVAL, 'PREVENT ALLOW MEDIUM REMOVAL', 'quick', parsePreventAllowMediumRemovalCdb),
  every(op.READ_CAPACITY_10, 'READ CAPACITY(10)', 'quick'),
  every(op.READ_10, 'READ(10)', 'data'),
  only(tape, op.LOCATE_10, 'LOCATE(10)', 'tape-motion', parseLocate10Cdb),
  only(changer, op.POSITION_TO_ELEMENT, 'POSITION TO ELEMENT', 'motion', parsePositionToElementCdb),
  only(blocks, op.POSITION_TO_ELEMENT, 'SEEK(10)', 'data'),
  only(tape, op.READ_POSITION, 'READ POSITION', 'quick', parseReadPositionCdb),
  only(
    changer,
    op.INITIALIZE_ELEMENT_STATUS_WITH_RANGE,
    'INITIALIZE ELEMENT STATUS WITH RANGE',
    'inventory',
    parseInitializeElementStatusWithRangeCdb,
  ),
  every(op.WRITE_BUFFER, 'WRITE BUFFER', 'data', parseWriteBufferCdb),
  every(op.READ_BUFFER, 'READ BUFFER', 'data', parseReadBufferCdb),
  only(tape, op.REPORT_DENSITY_SUPPORT, 'REPORT DENSITY SUPPORT', 'quick', parseReportDensitySupportCdb),
  every(op.LOG_SELECT, 'LOG SELECT', 'quick', parseLogSelectCdb),
  every(op.LOG_SENSE, 'LOG SENSE', 'quick', parseLogSenseCdb),
  every(op.MODE_SELECT_10, 'MODE SELECT(10)', 'quick', parseModeSelect10Cdb),
  every(op.RESERVE_10, 'RESERVE(10)', 'quick', parseReserve10Cdb),
  every(op.RELEASE_10, 'RELEASE(10)', 'quick', parseRelease10Cdb),
  every(op.MODE_SENSE_10, 'MODE SENSE(10)', 'quick', parseModeSense10Cdb),
  ...persistentReserve(op.PERSISTENT_RESERVE_IN, 'IN', PersistentReserveInAction, parsePersistentReserveInCdb),
  ...persistentReserve(op.PERSISTENT_RESERVE_OUT, 'OUT', PersistentReserveOutAction, parsePersistentReserveOutCdb),
  every(op.READ_ATTRIBUTE, 'READ ATTRIBUTE', 'quick', parseReadAttributeCdb),
  every(op.WRITE_ATTRIBUTE, 'WRITE ATTRIBUTE', 'quick', parseWriteAttributeCdb),
  only(tape, op.SPACE_16, 'SPACE(16)', 'tape-motion', parseSpace16Cdb),
  only(tape, op.LOCATE_16, 'LOCATE(16)', 'tape-motion', parseLocate16Cdb),
  every(op.SERVICE_ACTION_IN_16, 'SERVICE ACTION IN(16)', 'quick'),
  action(
    REPORT_ELEMENT_INFORMATION_SERVICE_ACTION,
    only(changer, op.SERVICE_ACTION_IN_16, 'REPORT ELEMENT INFORMATION', 'quick', parseReportElementInformationCdb),
  ),
  every(op.REPORT_LUNS, 'REPORT LUNS', 'inquiry', parseReportLunsCdb),
  every(op.MAINTENANCE_IN, 'MAINTENANCE IN', 'quick'),
  action(0x0a, every(op.MAINTENANCE_IN, 'REPORT TARGET PORT GROUPS', 'quick')),
  action(
    maintenanceIn.REPORT_SUPPORTED_OPERATION_CODES,
    every(op.MAINTENANCE_IN, 'REPORT SUPPORTED OPERATION CODES', 'quick', parseReportSupportedOperationCodesCdb),
  ),
  action(
    maintenanceIn.REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS,
    every(
      op.MAINTENANCE_IN,
      'REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS',
      'quick',
      parseReportSupportedTaskManagementFunctionsCdb,
    ),
  ),
  action(0x0f, every(op.MAINTENANCE_IN, 'REPORT TIMESTAMP', 'quick')),
  every(op.MAINTENANCE_OUT, 'MAINTENANCE OUT', 'quick'),
  action(0x0f, every(op.MAINTENANCE_OUT, 'SET TIMESTAMP', 'quick')),
  only(changer, op.MOVE_MEDIUM, 'MOVE MEDIUM', 'motion', parseMoveMediumCdb),
  only(optical, op.MOVE_MEDIUM, 'PLAY AUDIO(12)', 'quick'),
  only(changer, op.EXCHANGE_MEDIUM, 'EXCHANGE MEDIUM', 'motion', parseExchangeMediumCdb),
  only(optical, op.EXCHANGE_MEDIUM, 'LOAD/UNLOAD MEDIUM', 'motion'),
  only(
    changer,
    op.REQUEST_VOLUME_ELEMENT_ADDRESS,
    'REQUEST VOLUME ELEMENT ADDRESS',
    'inventory',
    parseRequestVolumeElementAddressCdb,
  ),
  every(op.REQUEST_VOLUME_ELEMENT_ADDRESS, 'SECURITY PROTOCOL OUT', 'quick'),
  only(changer, op.SEND_VOLUME_TAG, 'SEND VOLUME TAG', 'inventory', parseSendVolumeTagCdb),
  only(optical, op.SEND_VOLUME_TAG, 'SET STREAMING', 'quick'),
  only(changer, op.READ_ELEMENT_STATUS, 'READ ELEMENT STATUS', 'inventory', parseReadElementStatusCdb),
  only(
    changer,
    op.INITIALIZE_ELEMENT_STATUS_WITH_RANGE_VENDOR,
    'INITIALIZE ELEMENT STATUS WITH RANGE (E7h)',
    'inventory',
  ),
];

const byOpcode = new Map<number, CommandDescription[]>();
for (const entry of commandTable) {
  const entries = byOpcode.get(entry.opcode);
  if (entries === undefined) byOpcode.set(entry.opcode, [entry]);
  else entries.push(entry);
}

/** The table's entry for a CDB sent to a device of that type; undefined for a command that the table does not know. */
export function describeCommand(peripheralDeviceType: number, cdb: Uint8Array): CommandDescription | undefined {
  const entries = byOpcode.get(cdb[0] ?? -1) ?? [];
  const own = entries.filter((entry) => entry.peripheralDeviceTypes?.includes(peripheralDeviceType) === true);
  const general = entries.filter((entry) => entry.peripheralDeviceTypes === undefined);
  // A type may have service actions of its own beside those that every type has.
  const candidates = own.some((entry) => entry.serviceAction === undefined) ? own : [...own, ...general];
  const serviceAction = (cdb[1] ?? 0) & 0x1f;
  return (
    candidates.find((entry) => entry.serviceAction === serviceAction) ??
    candidates.find((entry) => entry.serviceAction === undefined)
  );
}

/** The standard's name, such as `MOVE MEDIUM`; `operation code C7h` when the table has none. */
export function commandName(peripheralDeviceType: number, cdb: Uint8Array): string {
  const known = describeCommand(peripheralDeviceType, cdb);
  if (known !== undefined) return known.name;
  return cdb[0] === undefined
    ? 'empty command descriptor block'
    : `operation code ${cdb[0].toString(16).toUpperCase().padStart(2, '0')}h`;
}

/** How long the command may take. An unknown command is taken for one that moves data. */
export function timeoutClassOf(peripheralDeviceType: number, cdb: Uint8Array): TimeoutClass {
  return describeCommand(peripheralDeviceType, cdb)?.timeoutClass ?? 'data';
}

/**
 * CDB length in bytes by the operation code's group (SPC-4); undefined for variable length (7Eh, 7Fh), reserved and
 * vendor specific groups, where only the command itself knows.
 */
export function cdbLength(opcode: number): number | undefined {
  switch (opcode >> 5) {
    case 0:
      return 6;
    case 1:
    case 2:
      return 10;
    case 4:
      return 16;
    case 5:
      return 12;
    default:
      return undefined;
  }
}
