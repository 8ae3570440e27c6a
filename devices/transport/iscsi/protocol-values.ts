/** Operation codes of iSCSI PDUs (RFC 7143 11.2.1). */
export const IscsiOpcode = {
  nopOut: 0x00,
  scsiCommand: 0x01,
  taskManagementRequest: 0x02,
  loginRequest: 0x03,
  textRequest: 0x04,
  dataOut: 0x05,
  logoutRequest: 0x06,
  nopIn: 0x20,
  scsiResponse: 0x21,
  taskManagementResponse: 0x22,
  loginResponse: 0x23,
  textResponse: 0x24,
  dataIn: 0x25,
  logoutResponse: 0x26,
  readyToTransfer: 0x31,
  asyncMessage: 0x32,
  reject: 0x3f,
} as const;
export type IscsiOpcode = (typeof IscsiOpcode)[keyof typeof IscsiOpcode];

/** "No tag": neither an initiator nor a target task tag. */
export const RESERVED_TAG = 0xffff_ffff;

/** Stages of the login phase, in the CSG and NSG fields (RFC 7143 11.12). */
export const LoginStage = { securityNegotiation: 0, operationalNegotiation: 1, fullFeature: 3 } as const;
export type LoginStage = (typeof LoginStage)[keyof typeof LoginStage];

/** Task attribute of a SCSI command (RFC 7143 11.3). */
export const TaskAttribute = { untagged: 0, simple: 1, ordered: 2, headOfQueue: 3, aca: 4 } as const;

/** Task management functions (RFC 7143 11.5). */
export const TaskManagementFunction = { abortTask: 1, abortTaskSet: 2, logicalUnitReset: 5 } as const;
export type TaskManagementFunction = (typeof TaskManagementFunction)[keyof typeof TaskManagementFunction];

/** What a task management response says (RFC 7143 11.6.1). */
export const TaskManagementResponse = {
  functionComplete: 0,
  taskDoesNotExist: 1,
  lunDoesNotExist: 2,
  taskStillAllegiant: 3,
  reassignmentNotSupported: 4,
  notSupported: 5,
  authorizationFailed: 6,
  rejected: 255,
} as const;

/** Reasons of an asynchronous message (RFC 7143 11.9.1). */
export const AsyncEvent = {
  scsiEvent: 0,
  logoutRequested: 1,
  connectionWillDrop: 2,
  allConnectionsWillDrop: 3,
  renegotiationRequested: 4,
  tasksTerminated: 5,
} as const;

/** Reason of a logout (RFC 7143 11.14). */
export const LogoutReason = { closeSession: 0 } as const;

/** Why a PDU was rejected (RFC 7143 11.17). */
const rejectReasons: Readonly<Record<number, string>> = {
  0x02: 'data digest error',
  0x03: 'SNACK reject',
  0x04: 'protocol error',
  0x05: 'command not supported',
  0x06: 'immediate command reject, too many immediate commands',
  0x07: 'task in progress',
  0x08: 'invalid data acknowledgement',
  0x09: 'invalid PDU field',
  0x0a: 'out of resources',
  0x0b: 'negotiation reset',
  0x0c: 'waiting for logout',
};

/** A reject reason for people: `invalid PDU field (09h)`. */
export function rejectReasonText(reason: number): string {
  return `${rejectReasons[reason] ?? 'unknown reason'} (${reason.toString(16).padStart(2, '0')}h)`;
}
