import { bits, flag, layout, octets, uint8 } from '../../scsi/layout.js';
import { littleEndian32 } from './little-endian.js';

/** USB Mass Storage Class Bulk-Only Transport 1.0, 5.1: "USBC". */
export const CBW_SIGNATURE = 0x4342_5355;
/** 5.2: "USBS". */
export const CSW_SIGNATURE = 0x5342_5355;
export const CBW_BYTES = 31;
export const CSW_BYTES = 13;
/** bCBWLUN has four bits. */
export const MAX_CBW_LUN = 15;
export const MAX_COMMAND_BLOCK_BYTES = 16;
/** dCBWDataTransferLength. */
export const MAX_DATA_TRANSFER_BYTES = 0xffff_ffff;

/** Class requests of the interface (3.1, 3.2). */
export const BulkOnlyRequest = { RESET: 0xff, GET_MAX_LUN: 0xfe } as const;
export type BulkOnlyRequest = (typeof BulkOnlyRequest)[keyof typeof BulkOnlyRequest];

/** bCSWStatus (5.2, table 5.3). */
export const CswStatus = { PASSED: 0x00, FAILED: 0x01, PHASE_ERROR: 0x02 } as const;
export type CswStatus = (typeof CswStatus)[keyof typeof CswStatus];

/** dCBWSignature, dCSWSignature. */
const signatureField = littleEndian32(0);

/** Command Block Wrapper (5.1), byte for byte. */
export const cbwLayout = layout('Command Block Wrapper', CBW_BYTES, {
  signature: signatureField,
  tag: littleEndian32(4),
  dataTransferLength: littleEndian32(8),
  /** bmCBWFlags bit 7: data to the host. Bit 6 is obsolete, 5 to 0 are reserved; all zero. */
  dataIn: flag(12, 7),
  flagsReserved: bits(12, 6, 0),
  lunReserved: bits(13, 7, 4),
  lun: bits(13, 3, 0),
  lengthReserved: bits(14, 7, 5),
  commandBlockLength: bits(14, 4, 0),
  commandBlock: octets(15, MAX_COMMAND_BLOCK_BYTES),
});

/** Command Status Wrapper (5.2), byte for byte. */
export const cswLayout = layout('Command Status Wrapper', CSW_BYTES, {
  signature: signatureField,
  tag: littleEndian32(4),
  dataResidue: littleEndian32(8),
  status: uint8(12),
});

/** What a CBW says. */
export interface CommandBlockWrapper {
  readonly tag: number;
  /** How many bytes the host will take or send. */
  readonly dataTransferLength: number;
  /** Data to the host; meaningless when the length is 0. */
  readonly dataIn: boolean;
  /** 0 to 15. */
  readonly lun: number;
  /** 1 to 16 bytes. */
  readonly commandBlock: Uint8Array;
}

/** What a CSW says. */
export interface CommandStatusWrapper {
  readonly tag: number;
  /** The part of dCBWDataTransferLength that the device did not process, bytes. */
  readonly dataResidue: number;
  readonly status: CswStatus;
}

/**
 * - `NOT_VALID`: it is no wrapper, or not the one that was due (6.2.1, 6.3.1). The two sides are out of step.
 * - `NOT_MEANINGFUL`: a wrapper whose content cannot be (6.2.2, 6.3.2).
 */
export type WrapperErrorCode = 'NOT_VALID' | 'NOT_MEANINGFUL';

export class WrapperError extends Error {
  override readonly name = 'WrapperError';
  readonly code: WrapperErrorCode;

  constructor(code: WrapperErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Throws `ScsiFormatError` `OUT_OF_RANGE` for a field that is too large, `WrapperError` for a command block of 0 bytes. */
export function encodeCommandBlockWrapper(wrapper: CommandBlockWrapper): Uint8Array {
  const { commandBlock } = wrapper;
  if (commandBlock.length === 0)
    throw new WrapperError('NOT_MEANINGFUL', 'A CBW needs a command block of 1 to 16 bytes');
  return cbwLayout.encode({
    signature: CBW_SIGNATURE,
    tag: wrapper.tag,
    dataTransferLength: wrapper.dataTransferLength,
    dataIn: wrapper.dataIn,
    flagsReserved: 0,
    lunReserved: 0,
    lun: wrapper.lun,
    lengthReserved: 0,
    commandBlockLength: commandBlock.length,
    commandBlock,
  });
}

/**
 * The device's side: one whole bulk-out transfer as a CBW. Throws `NOT_VALID` by length and signature, `NOT_MEANINGFUL` for
 * reserved bits that are set and for a command block of 0 or more than 16 bytes; whether the LUN exists is the device's to know.
 */
export function parseCommandBlockWrapper(bytes: Uint8Array): CommandBlockWrapper {
  requireWrapper('CBW', bytes, CBW_BYTES, CBW_SIGNATURE);
  const { tag, dataTransferLength, dataIn, lun, ...rest } = cbwLayout.decode(bytes);
  if (rest.flagsReserved !== 0 || rest.lunReserved !== 0 || rest.lengthReserved !== 0) {
    throw new WrapperError('NOT_MEANINGFUL', 'The CBW has reserved bits set in bmCBWFlags, bCBWLUN or bCBWCBLength');
  }
  const { commandBlockLength } = rest;
  if (commandBlockLength === 0 || commandBlockLength > MAX_COMMAND_BLOCK_BYTES) {
    throw new WrapperError('NOT_MEANINGFUL', `bCBWCBLength is ${commandBlockLength}, allowed is 1 to 16`);
  }
  return { tag, dataTransferLength, dataIn, lun, commandBlock: rest.commandBlock.slice(0, commandBlockLength) };
}

/** The device's side. Throws `ScsiFormatError` `OUT_OF_RANGE`. */
export function encodeCommandStatusWrapper({ tag, dataResidue, status }: CommandStatusWrapper): Uint8Array {
  return cswLayout.encode({ signature: CSW_SIGNATURE, tag, dataResidue, status });
}

/**
 * The host's side: one whole bulk-in transfer as the CSW that answers the command with `tag`. Throws `NOT_VALID` by length,
 * signature and tag (6.3.1), `NOT_MEANINGFUL` for a status that does not exist (6.3.2). The other half of 6.3.2, a residue of
 * at most the command's length, is not asked for: a status with a wrong residue is a status all the same.
 */
export function parseCommandStatusWrapper(bytes: Uint8Array, tag: number): CommandStatusWrapper {
  requireWrapper('CSW', bytes, CSW_BYTES, CSW_SIGNATURE);
  const found = cswLayout.decode(bytes);
  if (found.tag !== tag) {
    throw new WrapperError('NOT_VALID', `The CSW has tag ${hex(found.tag)}, the command has ${hex(tag)}`);
  }
  const { status, dataResidue } = found;
  if (status !== CswStatus.PASSED && status !== CswStatus.FAILED && status !== CswStatus.PHASE_ERROR) {
    throw new WrapperError('NOT_MEANINGFUL', `The CSW has status ${hex(status)}, allowed is 0h to 2h`);
  }
  return { tag, dataResidue, status };
}

function requireWrapper(what: 'CBW' | 'CSW', bytes: Uint8Array, length: number, signature: number): void {
  if (bytes.length !== length) {
    throw new WrapperError('NOT_VALID', `A ${what} has ${length} bytes, but ${bytes.length} came`);
  }
  const found = signatureField.read(bytes, 0);
  if (found !== signature) {
    throw new WrapperError('NOT_VALID', `The ${what} has signature ${hex(found)}, not ${hex(signature)}`);
  }
}

function hex(value: number): string {
  return `${value.toString(16).toUpperCase()}h`;
}
