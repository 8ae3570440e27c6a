import {
  bits,
  flag,
  layout,
  octets,
  optional,
  uint16,
  uint24,
  uint32,
  uint8,
  type DefaultedField,
} from '../../scsi/layout.js';
import { IscsiOpcode, RESERVED_TAG } from './protocol-values.js';

/**
 * The basic header segments of RFC 7143 clause 11, one layout a PDU, for both directions: the initiator encodes requests
 * and decodes responses, a peer does the reverse. DataSegmentLength and TotalAHSLength are left zero when encoding;
 * whoever puts the PDU together writes them with {@link setSegmentLengths}.
 */
export const BHS_BYTES = 48;

/** Data segments and additional header segments fill up to a multiple of this. */
export const PAD_BYTES = 4;

const opcode = (value: number): DefaultedField<number> => optional(bits(0, 5, 0), value);
const final = optional(flag(1, 7), true);
const immediate = flag(0, 6);
const zero8 = new Uint8Array(8);
const lun = optional(octets(8, 8), zero8);
const initiatorTaskTag = uint32(16);
const targetTransferTag = optional(uint32(20), RESERVED_TAG);
/** CmdSN and ExpStatSN of a request. */
const requestSerials = { cmdSn: uint32(24), expStatSn: uint32(28) };
/** StatSN, ExpCmdSN and MaxCmdSN of a response. */
const responseSerials = { statSn: uint32(24), expCmdSn: uint32(28), maxCmdSn: uint32(32) };
const loginStages = {
  transit: flag(1, 7),
  continues: flag(1, 6),
  currentStage: bits(1, 3, 2),
  nextStage: optional(bits(1, 1, 0), 0),
};

/** What every PDU has (11.2.1). */
export const basicHeader = layout('iSCSI basic header', BHS_BYTES, {
  opcode: bits(0, 5, 0),
  immediate,
  totalAhsLength: optional(uint8(4), 0),
  dataSegmentLength: optional(uint24(5), 0),
  initiatorTaskTag,
});

/** 11.3; a CDB longer than 16 bytes goes on in an additional header segment. */
export const scsiCommand = layout('iSCSI SCSI Command', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.scsiCommand),
  immediate,
  final,
  read: flag(1, 6),
  write: flag(1, 5),
  attribute: bits(1, 2, 0),
  lun,
  initiatorTaskTag,
  expectedDataTransferLength: uint32(20),
  ...requestSerials,
  cdb: octets(32, 16),
});

/** 11.4 */
export const scsiResponse = layout('iSCSI SCSI Response', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.scsiResponse),
  final,
  overflow: flag(1, 2),
  underflow: flag(1, 1),
  response: optional(uint8(2), 0),
  status: uint8(3),
  initiatorTaskTag,
  ...responseSerials,
  expDataSn: optional(uint32(36), 0),
  residualCount: optional(uint32(44), 0),
});

/** 11.5 */
export const taskManagementRequest = layout('iSCSI Task Management Function Request', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.taskManagementRequest),
  immediate,
  final,
  function: bits(1, 6, 0),
  lun,
  initiatorTaskTag,
  referencedTaskTag: optional(uint32(20), RESERVED_TAG),
  ...requestSerials,
  refCmdSn: optional(uint32(32), 0),
});

/** 11.6 */
export const taskManagementResponse = layout('iSCSI Task Management Function Response', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.taskManagementResponse),
  final,
  response: uint8(2),
  initiatorTaskTag,
  ...responseSerials,
});

/** 11.7; the target transfer tag is the R2T's, or reserved for unsolicited data. */
export const dataOut = layout('iSCSI SCSI Data-Out', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.dataOut),
  final: flag(1, 7),
  lun,
  initiatorTaskTag,
  targetTransferTag,
  expStatSn: uint32(28),
  dataSn: uint32(36),
  bufferOffset: uint32(40),
});

/** 11.7; status, residual and StatSN count only with `hasStatus`. */
export const dataIn = layout('iSCSI SCSI Data-In', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.dataIn),
  final: flag(1, 7),
  acknowledge: flag(1, 6),
  overflow: flag(1, 2),
  underflow: flag(1, 1),
  hasStatus: flag(1, 0),
  status: optional(uint8(3), 0),
  initiatorTaskTag,
  targetTransferTag,
  ...responseSerials,
  dataSn: uint32(36),
  bufferOffset: uint32(40),
  residualCount: optional(uint32(44), 0),
});

/** 11.8 */
export const readyToTransfer = layout('iSCSI Ready To Transfer', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.readyToTransfer),
  final,
  lun,
  initiatorTaskTag,
  targetTransferTag: uint32(20),
  ...responseSerials,
  r2tSn: uint32(36),
  bufferOffset: uint32(40),
  desiredDataTransferLength: uint32(44),
});

/** 11.9; the parameters' meaning depends on the event. */
export const asyncMessage = layout('iSCSI Asynchronous Message', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.asyncMessage),
  final,
  lun,
  initiatorTaskTag: optional(initiatorTaskTag, RESERVED_TAG),
  ...responseSerials,
  event: uint8(36),
  vendorCode: optional(uint8(37), 0),
  parameter1: optional(uint16(38), 0),
  parameter2: optional(uint16(40), 0),
  parameter3: optional(uint16(42), 0),
});

/** 11.10 */
export const textRequest = layout('iSCSI Text Request', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.textRequest),
  immediate,
  final,
  continues: flag(1, 6),
  lun,
  initiatorTaskTag,
  targetTransferTag,
  ...requestSerials,
});

/** 11.11 */
export const textResponse = layout('iSCSI Text Response', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.textResponse),
  final: flag(1, 7),
  continues: flag(1, 6),
  lun,
  initiatorTaskTag,
  targetTransferTag,
  ...responseSerials,
});

/** 11.12; login requests are always immediate. */
export const loginRequest = layout('iSCSI Login Request', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.loginRequest),
  immediate: optional(immediate, true),
  ...loginStages,
  versionMax: optional(uint8(2), 0),
  versionMin: optional(uint8(3), 0),
  isid: octets(8, 6),
  tsih: optional(uint16(14), 0),
  initiatorTaskTag,
  connectionId: optional(uint16(20), 0),
  ...requestSerials,
});

/** 11.13 */
export const loginResponse = layout('iSCSI Login Response', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.loginResponse),
  ...loginStages,
  versionMax: optional(uint8(2), 0),
  versionActive: optional(uint8(3), 0),
  isid: octets(8, 6),
  tsih: uint16(14),
  initiatorTaskTag,
  ...responseSerials,
  statusClass: optional(uint8(36), 0),
  statusDetail: optional(uint8(37), 0),
});

/** 11.14 */
export const logoutRequest = layout('iSCSI Logout Request', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.logoutRequest),
  immediate,
  final,
  reason: bits(1, 6, 0),
  initiatorTaskTag,
  connectionId: optional(uint16(20), 0),
  ...requestSerials,
});

/** 11.15; times in seconds. */
export const logoutResponse = layout('iSCSI Logout Response', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.logoutResponse),
  final,
  response: optional(uint8(2), 0),
  initiatorTaskTag,
  ...responseSerials,
  time2Wait: optional(uint16(40), 0),
  time2Retain: optional(uint16(42), 0),
});

/** 11.17; the data segment holds the header of the rejected PDU. */
export const reject = layout('iSCSI Reject', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.reject),
  final,
  reason: uint8(2),
  initiatorTaskTag: optional(initiatorTaskTag, RESERVED_TAG),
  ...responseSerials,
});

/** 11.18 */
export const nopOut = layout('iSCSI NOP-Out', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.nopOut),
  immediate,
  final,
  lun,
  initiatorTaskTag,
  targetTransferTag,
  ...requestSerials,
});

/** 11.19 */
export const nopIn = layout('iSCSI NOP-In', BHS_BYTES, {
  opcode: opcode(IscsiOpcode.nopIn),
  final,
  lun,
  initiatorTaskTag: optional(initiatorTaskTag, RESERVED_TAG),
  targetTransferTag,
  ...responseSerials,
});

const totalAhsLength = uint8(4);
const dataSegmentLength = uint24(5);
const opcodeField = bits(0, 5, 0);

/** Operation code without the immediate bit. */
export const opcodeOf = (bhs: Uint8Array): number => opcodeField.read(bhs, opcodeField.byte);
export const initiatorTaskTagOf = (bhs: Uint8Array): number => initiatorTaskTag.read(bhs, initiatorTaskTag.byte);
/** Length of the additional header segments in bytes. */
export const ahsLengthOf = (bhs: Uint8Array): number => totalAhsLength.read(bhs, totalAhsLength.byte) * 4;
/** Length of the data segment in bytes, without padding. */
export const dataSegmentLengthOf = (bhs: Uint8Array): number => dataSegmentLength.read(bhs, dataSegmentLength.byte);
/** How many padding bytes follow a segment of `length` bytes. */
export const paddingOf = (length: number): number => -length & (PAD_BYTES - 1);

/** Writes both segment lengths, in bytes, into a header. Throws RangeError when one does not fit. */
export function setSegmentLengths(bhs: Uint8Array, ahsBytes: number, dataBytes: number): void {
  totalAhsLength.write(bhs, totalAhsLength.byte, ahsBytes / 4);
  dataSegmentLength.write(bhs, dataSegmentLength.byte, dataBytes);
}

/**
 * The additional header segment with the rest of a CDB longer than 16 bytes, padded; empty for a short one.
 * Its length field counts the reserved byte and the CDB bytes that follow.
 */
export function extendedCdbSegment(cdb: Uint8Array): Uint8Array {
  const rest = cdb.subarray(16);
  if (rest.length === 0) return rest;
  const segment = new Uint8Array(4 + rest.length + paddingOf(rest.length));
  extendedCdbHeader.encodeInto(segment, 0, { length: rest.length + 1, type: 1 });
  segment.set(rest, 4);
  return segment;
}

const extendedCdbHeader = layout('iSCSI extended CDB segment', 4, { length: uint16(0), type: uint8(2) });
