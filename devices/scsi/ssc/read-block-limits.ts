import { cdbLayout } from '../cdb-layout.js';
import { bits, layout, optional, uint16, uint24, type Input, type Value } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** READ BLOCK LIMITS (SSC-3). No fields. */
const readBlockLimits = cdbLayout('READ BLOCK LIMITS', OperationCode.READ_BLOCK_LIMITS, 6, {});

export const readBlockLimitsCdb = (): Uint8Array => readBlockLimits.build({});
export const parseReadBlockLimitsCdb = (cdb: Uint8Array): void => void readBlockLimits.parse(cdb);

const blockLimits = layout('READ BLOCK LIMITS data', 6, {
  /** Block lengths are multiples of two to this power. */
  granularity: optional(bits(0, 4, 0), 0),
  /** Bytes; 0 means no upper limit. */
  maximumBlockLength: uint24(1),
  minimumBlockLength: uint16(4),
});

export const readBlockLimitsLength = blockLimits.length;
export type BlockLimits = Value<typeof blockLimits>;
export const encodeBlockLimits = (value: Input<typeof blockLimits>): Uint8Array => blockLimits.encode(value);
/** Throws `SHORT_DATA`. */
export const decodeBlockLimits = (bytes: Uint8Array): BlockLimits => blockLimits.decode(bytes);
