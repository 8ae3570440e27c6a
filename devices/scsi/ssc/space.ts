import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { bits, type Field } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** CODE of SPACE(6) (SSC-3): what is counted. */
export const SpaceCode = { LOGICAL_BLOCKS: 0, FILEMARKS: 1, SEQUENTIAL_FILEMARKS: 2, END_OF_DATA: 3 } as const;
export type SpaceCode = (typeof SpaceCode)[keyof typeof SpaceCode];

/** Two's complement of three bytes: negative is towards the beginning of the tape. */
const count: Field<number> = {
  byte: 2,
  read: (bytes, at) => (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8)) >> 8,
  write(bytes, at, value) {
    if (!Number.isInteger(value) || value < -0x80_0000 || value > 0x7f_ffff) {
      throw new RangeError(`is ${value}, allowed is -8388608 to 8388607`);
    }
    bytes[at] = (value >> 16) & 0xff;
    bytes[at + 1] = (value >> 8) & 0xff;
    bytes[at + 2] = value & 0xff;
  },
};

/** SPACE(6) (SSC-3). */
const space = cdbLayout('SPACE(6)', OperationCode.SPACE_6, 6, { code: bits(1, 3, 0), count });

export type Space6Params = CdbParams<typeof space>;
export const space6Cdb = (params: Space6Params): Uint8Array => space.build(params);
export const parseSpace6Cdb = (cdb: Uint8Array): CdbValue<typeof space> => space.parse(cdb);
