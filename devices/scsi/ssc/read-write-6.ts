import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag, uint24 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** READ(6) of tape drives (SSC-3). */
const read6 = cdbLayout('READ(6)', OperationCode.READ_6, 6, {
  /** SILI: a block of another length is no error. */
  sili: flag(1, 1),
  /** `transferLength` counts blocks of the block descriptor's length; otherwise bytes of one block. */
  fixed: flag(1, 0),
  transferLength: uint24(2),
});

export type Read6Params = CdbParams<typeof read6>;
export const read6Cdb = (params: Read6Params): Uint8Array => read6.build(params);
export const parseRead6Cdb = (cdb: Uint8Array): CdbValue<typeof read6> => read6.parse(cdb);

/** WRITE(6) of tape drives (SSC-3). */
const write6 = cdbLayout('WRITE(6)', OperationCode.WRITE_6, 6, {
  fixed: flag(1, 0),
  transferLength: uint24(2),
});

export type Write6Params = CdbParams<typeof write6>;
export const write6Cdb = (params: Write6Params): Uint8Array => write6.build(params);
export const parseWrite6Cdb = (cdb: Uint8Array): CdbValue<typeof write6> => write6.parse(cdb);
