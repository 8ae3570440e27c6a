import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag, optional, uint8 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** REQUEST SENSE (SPC-4). The parameter data are sense data: `decodeSense`. */
const requestSense = cdbLayout('REQUEST SENSE', OperationCode.REQUEST_SENSE, 6, {
  /** Descriptor format is wanted. */
  desc: flag(1, 0),
  allocationLength: optional(uint8(4), 252),
});

export type RequestSenseParams = CdbParams<typeof requestSense>;
export const requestSenseCdb = (params: RequestSenseParams = {}): Uint8Array => requestSense.build(params);
export const parseRequestSenseCdb = (cdb: Uint8Array): CdbValue<typeof requestSense> => requestSense.parse(cdb);
