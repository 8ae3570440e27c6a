import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** REWIND (SSC-3). */
const rewind = cdbLayout('REWIND', OperationCode.REWIND, 6, {
  /** IMMED: status comes when the motion begins. */
  immed: flag(1, 0),
});

export type RewindParams = CdbParams<typeof rewind>;
export const rewindCdb = (params: RewindParams = {}): Uint8Array => rewind.build(params);
export const parseRewindCdb = (cdb: Uint8Array): CdbValue<typeof rewind> => rewind.parse(cdb);
