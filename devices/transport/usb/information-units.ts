import { ScsiFormatError } from '../../scsi/format-error.js';
import { bits, layout, octets, optional, uint16, uint24, uint8, type DefaultedField } from '../../scsi/layout.js';

/**
 * The information units of USB Attached SCSI (UAS-3 6.2), one layout each, for both directions: the host encodes what goes to
 * the command pipe and parses what comes from the status pipe, the device the reverse. One unit is one bulk transfer, and
 * all numbers are big-endian.
 */
export const InformationUnitId = {
  COMMAND: 0x01,
  SENSE: 0x03,
  RESPONSE: 0x04,
  TASK_MANAGEMENT: 0x05,
  READ_READY: 0x06,
  WRITE_READY: 0x07,
} as const;
export type InformationUnitId = (typeof InformationUnitId)[keyof typeof InformationUnitId];

/** TASK ATTRIBUTE of a COMMAND IU (6.2.2). */
export const UasTaskAttribute = { SIMPLE: 0, HEAD_OF_QUEUE: 1, ORDERED: 2, ACA: 4 } as const;
export type UasTaskAttribute = (typeof UasTaskAttribute)[keyof typeof UasTaskAttribute];

/** TASK MANAGEMENT FUNCTION (6.2.7). */
export const UasTaskManagementFunction = {
  ABORT_TASK: 0x01,
  ABORT_TASK_SET: 0x02,
  CLEAR_TASK_SET: 0x04,
  LOGICAL_UNIT_RESET: 0x08,
  I_T_NEXUS_RESET: 0x10,
  CLEAR_ACA: 0x40,
  QUERY_TASK: 0x80,
  QUERY_TASK_SET: 0x81,
  QUERY_ASYNCHRONOUS_EVENT: 0x82,
} as const;
export type UasTaskManagementFunction = (typeof UasTaskManagementFunction)[keyof typeof UasTaskManagementFunction];

/** RESPONSE CODE of a RESPONSE IU (6.2.6). */
export const UasResponseCode = {
  TASK_MANAGEMENT_FUNCTION_COMPLETE: 0x00,
  INVALID_INFORMATION_UNIT: 0x02,
  TASK_MANAGEMENT_FUNCTION_NOT_SUPPORTED: 0x04,
  TASK_MANAGEMENT_FUNCTION_FAILED: 0x05,
  TASK_MANAGEMENT_FUNCTION_SUCCEEDED: 0x08,
  INCORRECT_LOGICAL_UNIT_NUMBER: 0x09,
  OVERLAPPED_TAG_ATTEMPTED: 0x0a,
} as const;
export type UasResponseCode = (typeof UasResponseCode)[keyof typeof UasResponseCode];

/** Bytes of the CDB field; a longer CDB goes on in the additional CDB bytes. */
export const IU_CDB_BYTES = 16;
/** ADDITIONAL CDB LENGTH counts up to 63 groups of four bytes. */
export const MAX_IU_CDB_BYTES = IU_CDB_BYTES + 63 * 4;

const id = (value: number): DefaultedField<number> => optional(uint8(0), value);
const tagField = uint16(2);
const lunField = octets(8, 8);

/** What all units begin with. */
export const unitHeader = layout('UAS information unit', 4, { id: uint8(0), tag: tagField });

/** 6.2.2, without the additional CDB bytes. */
export const commandUnit = layout('UAS COMMAND IU', 32, {
  id: id(InformationUnitId.COMMAND),
  tag: tagField,
  priority: optional(bits(4, 6, 3), 0),
  taskAttribute: optional(bits(4, 2, 0), UasTaskAttribute.SIMPLE),
  /** In groups of four bytes. */
  additionalCdbLength: optional(bits(6, 7, 2), 0),
  logicalUnitNumber: lunField,
  cdb: octets(16, IU_CDB_BYTES),
});

/** 6.2.3 */
export const readReadyUnit = layout('UAS READ READY IU', 4, { id: id(InformationUnitId.READ_READY), tag: tagField });

/** 6.2.4 */
export const writeReadyUnit = layout('UAS WRITE READY IU', 4, { id: id(InformationUnitId.WRITE_READY), tag: tagField });

/** 6.2.5, without the sense data. */
export const senseUnit = layout('UAS SENSE IU', 16, {
  id: id(InformationUnitId.SENSE),
  tag: tagField,
  statusQualifier: optional(uint16(4), 0),
  status: uint8(6),
  senseLength: optional(uint16(14), 0),
});

/** 6.2.6 */
export const responseUnit = layout('UAS RESPONSE IU', 8, {
  id: id(InformationUnitId.RESPONSE),
  tag: tagField,
  additionalResponseInformation: optional(uint24(4), 0),
  responseCode: uint8(7),
});

/** 6.2.7 */
export const taskManagementUnit = layout('UAS TASK MANAGEMENT IU', 16, {
  id: id(InformationUnitId.TASK_MANAGEMENT),
  tag: tagField,
  function: uint8(4),
  /** Tag of the task to be managed, for ABORT TASK and QUERY TASK. */
  managedTag: optional(uint16(6), 0),
  logicalUnitNumber: lunField,
});

/** What a host sends to the command pipe. */
export type CommandPipeUnit =
  | {
      readonly kind: 'command';
      readonly tag: number;
      readonly taskAttribute: number;
      /** Eight bytes, a SAM LUN structure. */
      readonly logicalUnitNumber: Uint8Array;
      /** 16 bytes or more: the unit does not say where a CDB ends, its operation code does. */
      readonly cdb: Uint8Array;
    }
  | {
      readonly kind: 'taskManagement';
      readonly tag: number;
      readonly function: number;
      readonly managedTag: number;
      readonly logicalUnitNumber: Uint8Array;
    };

/** What a device sends to the status pipe. */
export type StatusPipeUnit =
  | { readonly kind: 'readReady'; readonly tag: number }
  | { readonly kind: 'writeReady'; readonly tag: number }
  | {
      readonly kind: 'sense';
      readonly tag: number;
      readonly statusQualifier: number;
      /** SAM status code. */
      readonly status: number;
      /** Empty when there is none. */
      readonly sense: Uint8Array;
    }
  | {
      readonly kind: 'response';
      readonly tag: number;
      readonly additionalResponseInformation: number;
      /** One of {@link UasResponseCode}, or what the device made up. */
      readonly responseCode: number;
    };

/**
 * A COMMAND IU with its additional CDB bytes, padded with zeros to groups of four. Throws `OUT_OF_RANGE` for a CDB of more than
 * 268 bytes or none, and for a tag of more than 16 bits.
 */
export function encodeCommandUnit(command: {
  readonly tag: number;
  readonly taskAttribute?: UasTaskAttribute;
  readonly logicalUnitNumber: Uint8Array;
  readonly cdb: Uint8Array;
}): Uint8Array {
  const { tag, taskAttribute, logicalUnitNumber, cdb } = command;
  if (cdb.length === 0 || cdb.length > MAX_IU_CDB_BYTES) {
    const message = `the CDB has ${cdb.length} bytes, a unit carries 1 to ${MAX_IU_CDB_BYTES}`;
    throw new ScsiFormatError('OUT_OF_RANGE', commandUnit.what, IU_CDB_BYTES, message);
  }
  const groups = Math.ceil(Math.max(0, cdb.length - IU_CDB_BYTES) / 4);
  const bytes = new Uint8Array(commandUnit.length + groups * 4);
  const first = cdb.subarray(0, IU_CDB_BYTES);
  commandUnit.encodeInto(bytes, 0, { tag, taskAttribute, additionalCdbLength: groups, logicalUnitNumber, cdb: first });
  bytes.set(cdb.subarray(IU_CDB_BYTES), commandUnit.length);
  return bytes;
}

/** Throws `OUT_OF_RANGE`. */
export function encodeSenseUnit(answer: {
  readonly tag: number;
  readonly status: number;
  readonly statusQualifier?: number;
  readonly sense: Uint8Array;
}): Uint8Array {
  const { tag, status, statusQualifier, sense } = answer;
  const bytes = new Uint8Array(senseUnit.length + sense.length);
  senseUnit.encodeInto(bytes, 0, { tag, statusQualifier, status, senseLength: sense.length });
  bytes.set(sense, senseUnit.length);
  return bytes;
}

/**
 * The device's side: one whole transfer from the command pipe. Throws `SHORT_DATA`, or `CONTRADICTION` for a unit that does
 * not belong on this pipe; {@link unitTag} still tells whom to answer.
 */
export function parseCommandPipeUnit(bytes: Uint8Array): CommandPipeUnit {
  const header = headerOf(bytes);
  switch (header.id) {
    case InformationUnitId.COMMAND: {
      requireWhole(commandUnit.what, bytes, 0, commandUnit.length);
      const { additionalCdbLength, taskAttribute, logicalUnitNumber: lun } = commandUnit.decode(bytes);
      const end = commandUnit.length + additionalCdbLength * 4;
      requireWhole(commandUnit.what, bytes, 6, end);
      const cdb = bytes.slice(commandUnit.length - IU_CDB_BYTES, end);
      return { kind: 'command', tag: header.tag, taskAttribute, logicalUnitNumber: lun, cdb };
    }
    case InformationUnitId.TASK_MANAGEMENT: {
      requireWhole(taskManagementUnit.what, bytes, 0, taskManagementUnit.length);
      const { function: taskFunction, managedTag, logicalUnitNumber: lun } = taskManagementUnit.decode(bytes);
      return { kind: 'taskManagement', tag: header.tag, function: taskFunction, managedTag, logicalUnitNumber: lun };
    }
    default:
      throw wrongPipe('command', header.id);
  }
}

/**
 * The host's side: one whole transfer from the status pipe. Throws `SHORT_DATA`, also for sense data that ends before its
 * length says, or `CONTRADICTION` for a unit that does not belong on this pipe. Bytes after a unit's own length are padding.
 */
export function parseStatusPipeUnit(bytes: Uint8Array): StatusPipeUnit {
  const header = headerOf(bytes);
  switch (header.id) {
    case InformationUnitId.READ_READY:
      return { kind: 'readReady', tag: header.tag };
    case InformationUnitId.WRITE_READY:
      return { kind: 'writeReady', tag: header.tag };
    case InformationUnitId.SENSE: {
      requireWhole(senseUnit.what, bytes, 0, senseUnit.length);
      const { statusQualifier, status, senseLength } = senseUnit.decode(bytes);
      requireWhole(senseUnit.what, bytes, 14, senseUnit.length + senseLength);
      const sense = bytes.slice(senseUnit.length, senseUnit.length + senseLength);
      return { kind: 'sense', tag: header.tag, statusQualifier, status, sense };
    }
    case InformationUnitId.RESPONSE: {
      requireWhole(responseUnit.what, bytes, 0, responseUnit.length);
      const { additionalResponseInformation, responseCode } = responseUnit.decode(bytes);
      return { kind: 'response', tag: header.tag, additionalResponseInformation, responseCode };
    }
    default:
      throw wrongPipe('status', header.id);
  }
}

/** The tag of a unit, whatever else is wrong with it; undefined when it is too short to have one. */
export function unitTag(bytes: Uint8Array): number | undefined {
  return bytes.length < unitHeader.length ? undefined : unitHeader.decode(bytes).tag;
}

const responseNames = new Map<number, string>(
  Object.entries(UasResponseCode).map(([name, code]) => [code, name.replaceAll('_', ' ')]),
);

/** `OVERLAPPED TAG ATTEMPTED` for 0Ah; `response code 7Fh` for one that does not exist. */
export function responseName(code: number): string {
  return responseNames.get(code) ?? `response code ${hex(code)}`;
}

function headerOf(bytes: Uint8Array): { readonly id: number; readonly tag: number } {
  requireWhole(unitHeader.what, bytes, 0, unitHeader.length);
  return unitHeader.decode(bytes);
}

/** `offset`: the byte that says how long the unit is. */
function requireWhole(what: string, bytes: Uint8Array, offset: number, end: number): void {
  if (bytes.length >= end) return;
  const message = `the unit has ${end} bytes, but the transfer had only ${bytes.length}`;
  throw new ScsiFormatError('SHORT_DATA', what, offset, message);
}

function wrongPipe(pipe: string, unitId: number): ScsiFormatError {
  const message = `${hex(unitId)} is no information unit of the ${pipe} pipe`;
  return new ScsiFormatError('CONTRADICTION', unitHeader.what, 0, message);
}

function hex(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, '0')}h`;
}
