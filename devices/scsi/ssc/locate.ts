import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag, optional, uint8, uint32 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** LOCATE(10) (SSC-3). */
const locate = cdbLayout('LOCATE(10)', OperationCode.LOCATE_10, 10, {
  /** BT: the address is the device's own, not a logical object number (obsolete). */
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
