import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { bits, flag, optional, uint8, uint32 } from '../layout.js';
import { OperationCode } from '../opcodes.js';
import { uint64 } from './wide-integers.js';

/** LOCATE(10) (SSC-3). */
const locate = cdbLayout('LOCATE(10)', OperationCode.LOCATE_10, 10, {
  /** BT: the address is the device's own, not a logical object number (obsolete; `mt seek` of Linux uses it). */
  blockAddressType: flag(1, 2),
  /** CP: go to `partition` first. */
  changePartition: flag(1, 1),
  immed: flag(1, 0),
  logicalObjectIdentifier: uint32(3),
  partition: optional(uint8(8), 0),
});

export type Locate10Params = CdbParams<typeof locate>;
export const locate10Cdb = (params: Locate10Params): Uint8Array => locate.build(params);
export const parseLocate10Cdb = (cdb: Uint8Array): CdbValue<typeof locate> => locate.parse(cdb);

/** DEST_TYPE of LOCATE(16) (SSC-3): what the identifier numbers. */
export const LocateDestination = { LOGICAL_OBJECT: 0, LOGICAL_FILE: 1, END_OF_DATA: 3 } as const;
export type LocateDestination = (typeof LocateDestination)[keyof typeof LocateDestination];

/** LOCATE(16) (SSC-3). */
const locate16 = cdbLayout('LOCATE(16)', OperationCode.LOCATE_16, 16, {
  /** A {@link LocateDestination}; others are reserved or obsolete. */
  destinationType: bits(1, 5, 3),
  changePartition: flag(1, 1),
  immed: flag(1, 0),
  /** BAM: explicit block addressing. */
  blockAddressMode: flag(2, 0),
  partition: optional(uint8(3), 0),
  /** Of an object, or of a file: the number of filemarks before it. */
  logicalIdentifier: optional(uint64(4), 0),
});

export type Locate16Params = CdbParams<typeof locate16>;
export const locate16Cdb = (params: Locate16Params): Uint8Array => locate16.build(params);
export const parseLocate16Cdb = (cdb: Uint8Array): CdbValue<typeof locate16> => locate16.parse(cdb);
