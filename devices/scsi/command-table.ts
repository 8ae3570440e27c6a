import { OperationCode, PeripheralDeviceType, type CommandDescription, type TimeoutClass } from './opcodes.js';

const op = OperationCode;
const changer = [PeripheralDeviceType.MEDIUM_CHANGER];
const tape = [PeripheralDeviceType.SEQUENTIAL_ACCESS];
const blocks = [
  PeripheralDeviceType.DIRECT_ACCESS,
  PeripheralDeviceType.WRITE_ONCE,
  PeripheralDeviceType.CD_DVD,
  PeripheralDeviceType.OPTICAL_MEMORY,
];
const optical = [PeripheralDeviceType.CD_DVD];

function every(opcode: number, name: string, timeoutClass: TimeoutClass, serviceAction?: number): CommandDescription {
  return { opcode, name, timeoutClass, ...(serviceAction === undefined ? {} : { serviceAction }) };
}

function only(
  peripheralDeviceTypes: readonly number[],
  opcode: number,
  name: string,
  timeoutClass: TimeoutClass,
): CommandDescription {
  return { opcode, name, peripheralDeviceTypes, timeoutClass };
}

/**
 * Commands by operation code, ascending; where one code means different things, one entry for each group of device types,
 * and where it has service actions, one for each after the entry without.
 */
export const commandTable: readonly CommandDescription[] = [
  every(op.TEST_UNIT_READY, 'TEST UNIT READY', 'quick'),
  only(tape, op.REWIND, 'REWIND', 'tape-motion'),
  only([...changer, ...blocks], op.REWIND, 'REZERO UNIT', 'motion'),
  every(op.REQUEST_SENSE, 'REQUEST SENSE', 'inquiry'),
  only(tape, op.READ_BLOCK_LIMITS, 'READ BLOCK LIMITS', 'quick'),
  only(changer, op.INITIALIZE_ELEMENT_STATUS, 'INITIALIZE ELEMENT STATUS', 'inventory'),
  only(blocks, op.INITIALIZE_ELEMENT_STATUS, 'REASSIGN BLOCKS', 'data'),
  every(op.READ_6, 'READ(6)', 'data'),
  every(op.WRITE_6, 'WRITE(6)', 'data'),
  only(tape, op.WRITE_FILEMARKS_6, 'WRITE FILEMARKS(6)', 'tape-motion'),
  only(tape, op.SPACE_6, 'SPACE(6)', 'tape-motion'),
  every(op.INQUIRY, 'INQUIRY', 'inquiry'),
  every(op.MODE_SELECT_6, 'MODE SELECT(6)', 'quick'),
  every(op.RESERVE_6, 'RESERVE(6)', 'quick'),
  every(op.RELEASE_6, 'RELEASE(6)', 'quick'),
  only(tape, op.ERASE_6, 'ERASE(6)', 'tape-motion'),
  every(op.MODE_SENSE_6, 'MODE SENSE(6)', 'quick'),
  only(tape, op.LOAD_UNLOAD, 'LOAD UNLOAD', 'tape-motion'),
  only(changer, op.OPEN_CLOSE_IMPORT_EXPORT_ELEMENT, 'OPEN/CLOSE IMPORT/EXPORT ELEMENT', 'motion'),
  only(blocks, op.START_STOP_UNIT, 'START STOP UNIT', 'motion'),
  every(op.RECEIVE_DIAGNOSTIC_RESULTS, 'RECEIVE DIAGNOSTIC RESULTS', 'quick'),
  every(op.SEND_DIAGNOSTIC, 'SEND DIAGNOSTIC', 'inventory'),
  every(op.PREVENT_ALLOW_MEDIUM_REMOVAL, 'PREVENT ALLOW MEDIUM REMOVAL', 'quick'),
  every(op.READ_CAPACITY_10, 'READ CAPACITY(10)', 'quick'),
  every(op.READ_10, 'READ(10)', 'data'),
  only(tape, op.LOCATE_10, 'LOCATE(10)', 'tape-motion'),
  only(changer, op.POSITION_TO_ELEMENT, 'POSITION TO ELEMENT', 'motion'),
  only(blocks, op.POSITION_TO_ELEMENT, 'SEEK(10)', 'data'),
  only(tape, op.READ_POSITION, 'READ POSITION', 'quick'),
  only(changer, op.INITIALIZE_ELEMENT_STATUS_WITH_RANGE, 'INITIALIZE ELEMENT STATUS WITH RANGE', 'inventory'),
  every(op.WRITE_BUFFER, 'WRITE BUFFER', 'data'),
  every(op.READ_BUFFER, 'READ BUFFER', 'data'),
  only(tape, op.REPORT_DENSITY_SUPPORT, 'REPORT DENSITY SUPPORT', 'quick'),
  every(op.LOG_SELECT, 'LOG SELECT', 'quick'),
  every(op.LOG_SENSE, 'LOG SENSE', 'quick'),
  every(op.MODE_SELECT_10, 'MODE SELECT(10)', 'quick'),
  every(op.RESERVE_10, 'RESERVE(10)', 'quick'),
  every(op.RELEASE_10, 'RELEASE(10)', 'quick'),
  every(op.MODE_SENSE_10, 'MODE SENSE(10)', 'quick'),
  every(op.PERSISTENT_RESERVE_IN, 'PERSISTENT RESERVE IN', 'quick'),
  every(op.PERSISTENT_RESERVE_OUT, 'PERSISTENT RESERVE OUT', 'quick'),
  every(op.READ_ATTRIBUTE, 'READ ATTRIBUTE', 'quick'),
  every(op.WRITE_ATTRIBUTE, 'WRITE ATTRIBUTE', 'quick'),
  only(tape, op.LOCATE_16, 'LOCATE(16)', 'tape-motion'),
  every(op.REPORT_LUNS, 'REPORT LUNS', 'inquiry'),
  every(op.MAINTENANCE_IN, 'MAINTENANCE IN', 'quick'),
  every(op.MAINTENANCE_IN, 'REPORT TARGET PORT GROUPS', 'quick', 0x0a),
  every(op.MAINTENANCE_IN, 'REPORT SUPPORTED OPERATION CODES', 'quick', 0x0c),
  every(op.MAINTENANCE_IN, 'REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS', 'quick', 0x0d),
  every(op.MAINTENANCE_IN, 'REPORT TIMESTAMP', 'quick', 0x0f),
  every(op.MAINTENANCE_OUT, 'MAINTENANCE OUT', 'quick'),
  every(op.MAINTENANCE_OUT, 'SET TIMESTAMP', 'quick', 0x0f),
  only(changer, op.MOVE_MEDIUM, 'MOVE MEDIUM', 'motion'),
  only(optical, op.MOVE_MEDIUM, 'PLAY AUDIO(12)', 'quick'),
  only(changer, op.EXCHANGE_MEDIUM, 'EXCHANGE MEDIUM', 'motion'),
  only(optical, op.EXCHANGE_MEDIUM, 'LOAD/UNLOAD MEDIUM', 'motion'),
  only(changer, op.REQUEST_VOLUME_ELEMENT_ADDRESS, 'REQUEST VOLUME ELEMENT ADDRESS', 'inventory'),
  every(op.REQUEST_VOLUME_ELEMENT_ADDRESS, 'SECURITY PROTOCOL OUT', 'quick'),
  only(changer, op.SEND_VOLUME_TAG, 'SEND VOLUME TAG', 'inventory'),
  only(optical, op.SEND_VOLUME_TAG, 'SET STREAMING', 'quick'),
  only(changer, op.READ_ELEMENT_STATUS, 'READ ELEMENT STATUS', 'inventory'),
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
  const candidates = own.length > 0 ? own : entries.filter((entry) => entry.peripheralDeviceTypes === undefined);
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
