import { OperationCode, PeripheralDeviceType } from '../scsi/opcodes.js';
import { MaintenanceInServiceAction } from '../scsi/opcodes.js';

/**
 * What a persistent reservation says of a command from somebody whom it shuts out (SPC-4 5.13, SMC-3, SSC-3):
 * `always` goes through; `reads` goes through where only writing is exclusive; `changes` is a RESERVATION CONFLICT.
 */
export type ReservationRule = 'always' | 'reads' | 'changes';

const op = OperationCode;
const { MEDIUM_CHANGER: changer, SEQUENTIAL_ACCESS: tape, CD_DVD: disc } = PeripheralDeviceType;

interface Line {
  readonly rule: ReservationRule;
  readonly opcode: number;
  /** Absent: any type that has no line of its own for this operation code. */
  readonly type?: number;
  readonly serviceAction?: number;
  /** The line holds only for such a CDB; tried in the order of the table. */
  readonly when?: (cdb: Uint8Array) => boolean;
}

/** Whatever has no line changes something. */
const rules: readonly Line[] = [
  { rule: 'always', opcode: op.TEST_UNIT_READY },
  { rule: 'reads', opcode: op.REWIND, type: tape },
  { rule: 'always', opcode: op.REQUEST_SENSE },
  { rule: 'always', opcode: op.READ_BLOCK_LIMITS, type: tape },
  { rule: 'reads', opcode: op.READ_6, type: tape },
  { rule: 'reads', opcode: op.SPACE_6, type: tape },
  { rule: 'always', opcode: op.INQUIRY },
  // Who reserves or releases in the old way is judged by the commands themselves.
  { rule: 'always', opcode: op.RESERVE_6 },
  { rule: 'always', opcode: op.RELEASE_6 },
  { rule: 'reads', opcode: op.MODE_SENSE_6 },
  { rule: 'reads', opcode: op.RECEIVE_DIAGNOSTIC_RESULTS },
  // Only PREVENT would change something.
  { rule: 'always', opcode: op.PREVENT_ALLOW_MEDIUM_REMOVAL, when: (cdb) => ((cdb[4] ?? 0) & 0x03) === 0 },
  { rule: 'always', opcode: op.READ_CAPACITY_10, type: disc },
  { rule: 'reads', opcode: op.READ_10, type: disc },
  { rule: 'reads', opcode: op.LOCATE_10, type: tape },
  { rule: 'reads', opcode: op.READ_POSITION, type: tape },
  { rule: 'reads', opcode: op.READ_BUFFER },
  { rule: 'always', opcode: op.REPORT_DENSITY_SUPPORT, type: tape },
  { rule: 'always', opcode: op.LOG_SENSE },
  { rule: 'always', opcode: op.RESERVE_10 },
  { rule: 'always', opcode: op.RELEASE_10 },
  { rule: 'reads', opcode: op.MODE_SENSE_10 },
  { rule: 'always', opcode: op.PERSISTENT_RESERVE_IN },
  // It has rules of its own: the registration and the key decide.
  { rule: 'always', opcode: op.PERSISTENT_RESERVE_OUT },
  { rule: 'reads', opcode: op.READ_ATTRIBUTE },
  { rule: 'reads', opcode: op.SPACE_16, type: tape },
  { rule: 'reads', opcode: op.LOCATE_16, type: tape },
  { rule: 'always', opcode: op.SERVICE_ACTION_IN_16, type: changer },
  { rule: 'always', opcode: op.REPORT_LUNS },
  {
    rule: 'reads',
    opcode: op.MAINTENANCE_IN,
    serviceAction: MaintenanceInServiceAction.REPORT_SUPPORTED_OPERATION_CODES,
  },
  {
    rule: 'reads',
    opcode: op.MAINTENANCE_IN,
    serviceAction: MaintenanceInServiceAction.REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS,
  },
  // Identifying information, priority, target port groups, timestamp.
  { rule: 'always', opcode: op.MAINTENANCE_IN },
  { rule: 'reads', opcode: op.REQUEST_VOLUME_ELEMENT_ADDRESS, type: changer },
  // CURDATA: nothing moves for it.
  { rule: 'always', opcode: op.READ_ELEMENT_STATUS, type: changer, when: (cdb) => ((cdb[6] ?? 0) & 0x02) !== 0 },
];

/** The rule for a command to a unit of that type. */
export function reservationRule(peripheralDeviceType: number, cdb: Uint8Array): ReservationRule {
  const serviceAction = (cdb[1] ?? 0) & 0x1f;
  const line = rules.find(
    (one) =>
      one.opcode === cdb[0] &&
      (one.type ?? peripheralDeviceType) === peripheralDeviceType &&
      (one.serviceAction ?? serviceAction) === serviceAction &&
      one.when?.(cdb) !== false,
  );
  return line?.rule ?? 'changes';
}
