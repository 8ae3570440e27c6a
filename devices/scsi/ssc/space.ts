import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { bits, optional, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';
import { int } from './wide-integers.js';

/** CODE of SPACE(6) (SSC-3): what is counted. */
export const SpaceCode = { LOGICAL_BLOCKS: 0, FILEMARKS: 1, SEQUENTIAL_FILEMARKS: 2, END_OF_DATA: 3 } as const;
export type SpaceCode = (typeof SpaceCode)[keyof typeof SpaceCode];

/** SPACE(6) (SSC-3). A negative count is towards the beginning of the tape. */
const space = cdbLayout('SPACE(6)', OperationCode.SPACE_6, 6, { code: bits(1, 3, 0), count: int(2, 3) });

export type Space6Params = CdbParams<typeof space>;
export const space6Cdb = (params: Space6Params): Uint8Array => space.build(params);
export const parseSpace6Cdb = (cdb: Uint8Array): CdbValue<typeof space> => space.parse(cdb);

/** SPACE(16) (SSC-3): the same with a count of eight bytes. */
const space16 = cdbLayout('SPACE(16)', OperationCode.SPACE_16, 16, {
  code: bits(1, 3, 0),
  count: int(4, 8),
  /** Zero: parameters are for explicit addresses only. */
  parameterListLength: optional(uint16(12), 0),
});

export type Space16Params = CdbParams<typeof space16>;
export const space16Cdb = (params: Space16Params): Uint8Array => space16.build(params);
export const parseSpace16Cdb = (cdb: Uint8Array): CdbValue<typeof space16> => space16.parse(cdb);
