import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag, optional, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** INITIALIZE ELEMENT STATUS (SMC-3): look at every element. No fields; takes minutes on a large library. */
const initializeElementStatus = cdbLayout('INITIALIZE ELEMENT STATUS', OperationCode.INITIALIZE_ELEMENT_STATUS, 6, {});

export const initializeElementStatusCdb = (): Uint8Array => initializeElementStatus.build({});
export const parseInitializeElementStatusCdb = (cdb: Uint8Array): void => void initializeElementStatus.parse(cdb);

/** INITIALIZE ELEMENT STATUS WITH RANGE (SMC-3). */
const withRange = cdbLayout(
  'INITIALIZE ELEMENT STATUS WITH RANGE',
  OperationCode.INITIALIZE_ELEMENT_STATUS_WITH_RANGE,
  10,
  {
    /** Look for media only, do not read labels. */
    fast: flag(1, 1),
    /** Only `numberOfElements` from `startingElementAddress` upwards; otherwise all. */
    range: flag(1, 0),
    startingElementAddress: optional(uint16(2), 0),
    numberOfElements: optional(uint16(6), 0),
  },
);

export type InitializeElementStatusWithRangeParams = CdbParams<typeof withRange>;
export const initializeElementStatusWithRangeCdb = (params: InitializeElementStatusWithRangeParams): Uint8Array =>
  withRange.build(params);
export const parseInitializeElementStatusWithRangeCdb = (cdb: Uint8Array): CdbValue<typeof withRange> =>
  withRange.parse(cdb);
