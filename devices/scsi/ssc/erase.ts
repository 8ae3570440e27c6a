import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** ERASE(6) (SSC-3). Without `long` the device only makes an end of data here, or a gap. */
const erase = cdbLayout('ERASE(6)', OperationCode.ERASE_6, 6, {
  /** IMMED: status comes when the erasing begins. */
  immed: flag(1, 1),
  /** LONG: everything from here to the end of the partition. */
  long: flag(1, 0),
});

export type Erase6Params = CdbParams<typeof erase>;
export const erase6Cdb = (params: Erase6Params = {}): Uint8Array => erase.build(params);
export const parseErase6Cdb = (cdb: Uint8Array): CdbValue<typeof erase> => erase.parse(cdb);
