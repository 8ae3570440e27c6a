import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag, optional, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** POSITION TO ELEMENT (SMC-3): the picker goes in front of an element and moves nothing. */
const positionToElement = cdbLayout('POSITION TO ELEMENT', OperationCode.POSITION_TO_ELEMENT, 10, {
  mediumTransportAddress: optional(uint16(2), 0),
  destinationAddress: uint16(4),
  invert: flag(8, 0),
});

export type PositionToElementParams = CdbParams<typeof positionToElement>;
export const positionToElementCdb = (params: PositionToElementParams): Uint8Array => positionToElement.build(params);
export const parsePositionToElementCdb = (cdb: Uint8Array): CdbValue<typeof positionToElement> =>
  positionToElement.parse(cdb);
