/** Peripheral device types (SPC-4). */
export const PeripheralDeviceType = {
  DIRECT_ACCESS: 0x00,
  SEQUENTIAL_ACCESS: 0x01,
  WRITE_ONCE: 0x04,
  CD_DVD: 0x05,
  OPTICAL_MEMORY: 0x07,
  MEDIUM_CHANGER: 0x08,
  STORAGE_ARRAY_CONTROLLER: 0x0c,
  ENCLOSURE_SERVICES: 0x0d,
  AUTOMATION_DRIVE_INTERFACE: 0x12,
  WELL_KNOWN_LOGICAL_UNIT: 0x1e,
  UNKNOWN: 0x1f,
} as const;
export type PeripheralDeviceType = (typeof PeripheralDeviceType)[keyof typeof PeripheralDeviceType];

/** Operation codes that changers, tape drives and optical drives use. One number may have two names: which of them it is, the command table says by device type. */
export const OperationCode = {
  TEST_UNIT_READY: 0x00,
  REWIND: 0x01,
  REQUEST_SENSE: 0x03,
  READ_BLOCK_LIMITS: 0x05,
  INITIALIZE_ELEMENT_STATUS: 0x07,
  READ_6: 0x08,
  WRITE_6: 0x0a,
  WRITE_FILEMARKS_6: 0x10,
  SPACE_6: 0x11,
  INQUIRY: 0x12,
  MODE_SELECT_6: 0x15,
  RESERVE_6: 0x16,
  RELEASE_6: 0x17,
  ERASE_6: 0x19,
  MODE_SENSE_6: 0x1a,
  LOAD_UNLOAD: 0x1b,
  OPEN_CLOSE_IMPORT_EXPORT_ELEMENT: 0x1b,
  START_STOP_UNIT: 0x1b,
  RECEIVE_DIAGNOSTIC_RESULTS: 0x1c,
  SEND_DIAGNOSTIC: 0x1d,
  PREVENT_ALLOW_MEDIUM_REMOVAL: 0x1e,
  READ_CAPACITY_10: 0x25,
  READ_10: 0x28,
  LOCATE_10: 0x2b,
  POSITION_TO_ELEMENT: 0x2b,
  READ_POSITION: 0x34,
  INITIALIZE_ELEMENT_STATUS_WITH_RANGE: 0x37,
  WRITE_BUFFER: 0x3b,
  READ_BUFFER: 0x3c,
  REPORT_DENSITY_SUPPORT: 0x44,
  LOG_SELECT: 0x4c,
  LOG_SENSE: 0x4d,
  MODE_SELECT_10: 0x55,
  RESERVE_10: 0x56,
  RELEASE_10: 0x57,
  MODE_SENSE_10: 0x5a,
  PERSISTENT_RESERVE_IN: 0x5e,
  PERSISTENT_RESERVE_OUT: 0x5f,
  READ_ATTRIBUTE: 0x8c,
  WRITE_ATTRIBUTE: 0x8d,
  SPACE_16: 0x91,
  LOCATE_16: 0x92,
  SERVICE_ACTION_IN_16: 0x9e,
  REPORT_LUNS: 0xa0,
  MAINTENANCE_IN: 0xa3,
  MAINTENANCE_OUT: 0xa4,
  MOVE_MEDIUM: 0xa5,
  EXCHANGE_MEDIUM: 0xa6,
  REQUEST_VOLUME_ELEMENT_ADDRESS: 0xb5,
  SEND_VOLUME_TAG: 0xb6,
  READ_ELEMENT_STATUS: 0xb8,
  /** What 37h was before SMC-2; some libraries know only this one. Parameters are the vendor's. */
  INITIALIZE_ELEMENT_STATUS_WITH_RANGE_VENDOR: 0xe7,
} as const;
export type OperationCode = (typeof OperationCode)[keyof typeof OperationCode];

/** Service actions of MAINTENANCE IN that changers and drives answer (SPC-4). */
export const MaintenanceInServiceAction = {
  REPORT_SUPPORTED_OPERATION_CODES: 0x0c,
  REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS: 0x0d,
} as const;
export type MaintenanceInServiceAction = (typeof MaintenanceInServiceAction)[keyof typeof MaintenanceInServiceAction];

/** The service action of SERVICE ACTION IN(16) that changers answer (SMC-3). */
export const REPORT_ELEMENT_INFORMATION_SERVICE_ACTION = 0x10;

/**
 * How long a command may take, as a class; a profile gives each class its milliseconds.
 * `quick`: answered from memory; `inquiry`: answered even while busy; `motion`: the picker moves; `inventory`: may scan
 * every element; `tape-motion`: load, rewind, locate; `data`: reading and writing the medium.
 */
export type TimeoutClass = 'quick' | 'inquiry' | 'motion' | 'inventory' | 'tape-motion' | 'data';

export interface CommandDescription {
  readonly opcode: number;
  readonly serviceAction?: number;
  readonly name: string;
  /** Absent: any type that has no entry of its own for this operation code. */
  readonly peripheralDeviceTypes?: readonly number[];
  readonly timeoutClass: TimeoutClass;
  /** The codec of the CDB, where there is one: which bits a device looks at is learned from it. */
  readonly parse?: (cdb: Uint8Array) => unknown;
}
