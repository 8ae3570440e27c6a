import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { bits, flag, layout, optional, uint8, uint16, uint24, uint32, type Input, type Value } from '../layout.js';
import { OperationCode } from '../opcodes.js';
import { uint64 } from './wide-integers.js';

/** SERVICE ACTION of READ POSITION (SSC-3): the form of the answer. Others are reserved or the vendor's. */
export const ReadPositionForm = {
  SHORT_BLOCK_ID: 0x00,
  /** The same form with addresses of the vendor's own; `mt tell` of Linux asks for it. */
  SHORT_VENDOR_SPECIFIC: 0x01,
  LONG: 0x06,
  EXTENDED: 0x08,
} as const;
export type ReadPositionForm = (typeof ReadPositionForm)[keyof typeof ReadPositionForm];

/** READ POSITION (SSC-3). */
const readPosition = cdbLayout('READ POSITION', OperationCode.READ_POSITION, 10, {
  /** A {@link ReadPositionForm}. */
  serviceAction: optional(bits(1, 4, 0), ReadPositionForm.SHORT_BLOCK_ID),
  /** Zero for the short and the long form, whose lengths are fixed. */
  allocationLength: optional(uint16(7), 0),
});

export type ReadPositionParams = CdbParams<typeof readPosition>;
export const readPositionCdb = (params: ReadPositionParams = {}): Uint8Array => readPosition.build(params);
export const parseReadPositionCdb = (cdb: Uint8Array): CdbValue<typeof readPosition> => readPosition.parse(cdb);

/** Byte 0 of the short and the extended form. */
const positionFlags = {
  /** BOP: at the beginning of the partition. */
  beginningOfPartition: flag(0, 7),
  /** EOP: between early warning and the end of the partition. */
  endOfPartition: flag(0, 6),
  /** LOCU: the number of objects in the buffer is not known. */
  logicalObjectCountUnknown: flag(0, 5),
  /** BYCU: the number of bytes in the buffer is not known. */
  byteCountUnknown: flag(0, 4),
  /** LOLU: the two locations are not known. */
  logicalObjectLocationUnknown: flag(0, 2),
  /** PERR: a location does not fit its field. */
  positionError: flag(0, 1),
  /** BPEW: beyond the programmable early warning. */
  beyondProgrammableEarlyWarning: flag(0, 0),
};

const shortForm = layout('READ POSITION data, short form', 20, {
  ...positionFlags,
  partitionNumber: optional(uint8(1), 0),
  /** The next object that a READ or WRITE would touch. */
  firstLogicalObjectLocation: uint32(4),
  /** The next object that would go from the buffer to the medium. */
  lastLogicalObjectLocation: uint32(8),
  numberOfLogicalObjectsInBuffer: optional(uint24(13), 0),
  numberOfBytesInBuffer: optional(uint32(16), 0),
});

export const readPositionShortLength = shortForm.length;
export type ReadPositionShort = Value<typeof shortForm>;
export const encodeReadPositionShort = (value: Input<typeof shortForm>): Uint8Array => shortForm.encode(value);
/** Throws `SHORT_DATA`. */
export const decodeReadPositionShort = (bytes: Uint8Array): ReadPositionShort => shortForm.decode(bytes);

const longForm = layout('READ POSITION data, long form', 32, {
  beginningOfPartition: flag(0, 7),
  endOfPartition: flag(0, 6),
  /** MPU: the file identifier is not known. */
  markPositionUnknown: flag(0, 3),
  /** LONU: partition and object number are not known. */
  logicalObjectNumberUnknown: flag(0, 2),
  beyondProgrammableEarlyWarning: flag(0, 0),
  partitionNumber: optional(uint32(4), 0),
  /** Objects between the beginning of the partition and here. */
  logicalObjectNumber: uint64(8),
  /** Filemarks between the beginning of the partition and here. */
  logicalFileIdentifier: uint64(16),
});

export const readPositionLongLength = longForm.length;
export type ReadPositionLong = Value<typeof longForm>;
export const encodeReadPositionLong = (value: Input<typeof longForm>): Uint8Array => longForm.encode(value);
/** Throws `SHORT_DATA`. */
export const decodeReadPositionLong = (bytes: Uint8Array): ReadPositionLong => longForm.decode(bytes);

const EXTENDED_HEADER_BYTES = 4;
const extendedForm = layout('READ POSITION data, extended form', 32, {
  ...positionFlags,
  partitionNumber: optional(uint8(1), 0),
  additionalLength: optional(uint16(2), 32 - EXTENDED_HEADER_BYTES),
  numberOfLogicalObjectsInBuffer: optional(uint24(5), 0),
  firstLogicalObjectLocation: uint64(8),
  lastLogicalObjectLocation: uint64(16),
  numberOfBytesInBuffer: optional(uint64(24), 0),
});

export const readPositionExtendedLength = extendedForm.length;
export type ReadPositionExtended = Value<typeof extendedForm>;
export const encodeReadPositionExtended = (value: Input<typeof extendedForm>): Uint8Array => extendedForm.encode(value);
/** Throws `SHORT_DATA`. */
export const decodeReadPositionExtended = (bytes: Uint8Array): ReadPositionExtended => extendedForm.decode(bytes);
