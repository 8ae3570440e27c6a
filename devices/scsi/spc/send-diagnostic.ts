import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { bits, flag, optional, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** SELF-TEST CODE (SPC-4). */
export const SelfTestCode = {
  /** None: the SELFTEST bit decides. */
  NONE: 0,
  BACKGROUND_SHORT: 1,
  BACKGROUND_EXTENDED: 2,
  ABORT_BACKGROUND: 4,
  FOREGROUND_SHORT: 5,
  FOREGROUND_EXTENDED: 6,
} as const;
export type SelfTestCode = (typeof SelfTestCode)[keyof typeof SelfTestCode];

/** SEND DIAGNOSTIC (SPC-4). The parameter list is a diagnostic page. */
const sendDiagnostic = cdbLayout('SEND DIAGNOSTIC', OperationCode.SEND_DIAGNOSTIC, 6, {
  selfTestCode: optional(bits(1, 7, 5), SelfTestCode.NONE),
  /** PF: the parameter list has the standard's format. */
  pageFormat: flag(1, 4),
  /** SELFTEST: the default self-test. */
  selfTest: flag(1, 2),
  /** The test may change what other logical units do, or this one. */
  deviceOffline: flag(1, 1),
  unitOffline: flag(1, 0),
  parameterListLength: optional(uint16(3), 0),
});

export type SendDiagnosticParams = CdbParams<typeof sendDiagnostic>;
export const sendDiagnosticCdb = (params: SendDiagnosticParams): Uint8Array => sendDiagnostic.build(params);
export const parseSendDiagnosticCdb = (cdb: Uint8Array): CdbValue<typeof sendDiagnostic> => sendDiagnostic.parse(cdb);
