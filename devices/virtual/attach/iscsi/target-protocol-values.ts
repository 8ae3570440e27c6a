/** SNACK Request (RFC 7143 11.16); only asked for above error recovery level 0. */
export const SNACK_OPCODE = 0x10;

/** Task management functions that only a target has to know (RFC 7143 11.5.1). */
export const TargetTaskManagement = {
  abortTask: 1,
  abortTaskSet: 2,
  clearAca: 3,
  clearTaskSet: 4,
  logicalUnitReset: 5,
  targetWarmReset: 6,
  targetColdReset: 7,
  taskReassign: 8,
} as const;

/** Why an initiator logs out (RFC 7143 11.14.1). */
export const TargetLogoutReason = { closeSession: 0, closeConnection: 1, removeForRecovery: 2 } as const;

/** What a logout response says (RFC 7143 11.15.1). */
export const LogoutResponse = { closed: 0, connectionNotFound: 1, recoveryNotSupported: 2, cleanupFailed: 3 } as const;

/** Why a PDU is rejected (RFC 7143 11.17.1). */
export const RejectReason = {
  dataDigestError: 0x02,
  snackReject: 0x03,
  protocolError: 0x04,
  commandNotSupported: 0x05,
  tooManyImmediate: 0x06,
  taskInProgress: 0x07,
  invalidPduField: 0x09,
  outOfResources: 0x0a,
} as const;

/** Status class and detail of a login response (RFC 7143 11.13.5) in one number. */
export const LoginStatus = {
  initiatorError: 0x0200,
  authenticationFailed: 0x0201,
  targetNotFound: 0x0203,
  unsupportedVersion: 0x0205,
  tooManyConnections: 0x0206,
  missingParameter: 0x0207,
  cannotInclude: 0x0208,
  sessionTypeNotSupported: 0x0209,
  sessionDoesNotExist: 0x020a,
  invalidDuringLogin: 0x020b,
  targetError: 0x0300,
  outOfResources: 0x0302,
} as const;
export type LoginStatus = (typeof LoginStatus)[keyof typeof LoginStatus];

/** SCSI Response codes (RFC 7143 11.4.3). */
export const ScsiResponseCode = { completed: 0, targetFailure: 1 } as const;
