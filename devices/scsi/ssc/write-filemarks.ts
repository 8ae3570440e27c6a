import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag, uint24 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** WRITE FILEMARKS(6) (SSC-3). A count of zero only writes the buffer out. */
const writeFilemarks = cdbLayout('WRITE FILEMARKS(6)', OperationCode.WRITE_FILEMARKS_6, 6, {
  immed: flag(1, 0),
  filemarkCount: uint24(2),
});

export type WriteFilemarks6Params = CdbParams<typeof writeFilemarks>;
export const writeFilemarks6Cdb = (params: WriteFilemarks6Params): Uint8Array => writeFilemarks.build(params);
export const parseWriteFilemarks6Cdb = (cdb: Uint8Array): CdbValue<typeof writeFilemarks> => writeFilemarks.parse(cdb);
