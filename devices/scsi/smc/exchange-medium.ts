import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag, optional, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/**
 * EXCHANGE MEDIUM (SMC-3; the bits as in SCSI-2 table 328): the medium at the source goes to the first destination, the one that was there to the second
 * (which may be the source: a swap).
 */
const exchangeMedium = cdbLayout('EXCHANGE MEDIUM', OperationCode.EXCHANGE_MEDIUM, 12, {
  mediumTransportAddress: optional(uint16(2), 0),
  sourceAddress: uint16(4),
  firstDestinationAddress: uint16(6),
  secondDestinationAddress: uint16(8),
  /** INV2: turn the medium over that goes to the second destination. */
  invert2: flag(10, 1),
  /** INV1: turn the medium over that goes to the first destination. */
  invert1: flag(10, 0),
});

export type ExchangeMediumParams = CdbParams<typeof exchangeMedium>;
export const exchangeMediumCdb = (params: ExchangeMediumParams): Uint8Array => exchangeMedium.build(params);
export const parseExchangeMediumCdb = (cdb: Uint8Array): CdbValue<typeof exchangeMedium> => exchangeMedium.parse(cdb);
