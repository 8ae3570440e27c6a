import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag, layout, optional, uint8, uint16, uint24, uint32, type Input, type Value } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** READ POSITION, service action 00h, short form (SSC-3). */
const readPosition = cdbLayout(
  'READ POSITION',
  OperationCode.READ_POSITION,
  10,
  {
    /** Zero for the short form, whose length is always {@link readPositionShortLength}. */
    allocationLength: optional(uint16(7), 0),
  },
  0x00,
);

export type ReadPositionParams = CdbParams<typeof readPosition>;
export const readPositionCdb = (params: ReadPositionParams = {}): Uint8Array => readPosition.build(params);
export const parseReadPositionCdb = (cdb: Uint8Array): CdbValue<typeof readPosition> => readPosition.parse(cdb);

const shortForm = layout('READ POSITION data, short form', 20, {
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
  /** PERR: a location does not fit 32 bits. */
  positionError: flag(0, 1),
  /** BPEW: beyond the programmable early warning. */
  beyondProgrammableEarlyWarning: flag(0, 0),
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
