import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag, optional, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** MOVE MEDIUM (SMC-3). Medium transport address 0 leaves the choice to the device. */
const moveMedium = cdbLayout('MOVE MEDIUM', OperationCode.MOVE_MEDIUM, 12, {
  mediumTransportAddress: optional(uint16(2), 0),
  sourceAddress: uint16(4),
  destinationAddress: uint16(6),
  /** Turn the medium over on the way. */
  invert: flag(10, 0),
});

export type MoveMediumParams = CdbParams<typeof moveMedium>;
export const moveMediumCdb = (params: MoveMediumParams): Uint8Array => moveMedium.build(params);
export const parseMoveMediumCdb = (cdb: Uint8Array): CdbValue<typeof moveMedium> => moveMedium.parse(cdb);
