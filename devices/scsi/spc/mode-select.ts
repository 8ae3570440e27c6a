import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { flag, uint8, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** MODE SELECT(6) and (10) (SPC-4). The parameter list: `decodeModeParameterList`. */
const modeSelect6 = cdbLayout('MODE SELECT(6)', OperationCode.MODE_SELECT_6, 6, {
  /** PF: the pages have the standard's format. */
  pageFormat: flag(1, 4),
  /** SP: the device is to keep them over power off. */
  savePages: flag(1, 0),
  parameterListLength: uint8(4),
});

const modeSelect10 = cdbLayout('MODE SELECT(10)', OperationCode.MODE_SELECT_10, 10, {
  pageFormat: flag(1, 4),
  savePages: flag(1, 0),
  parameterListLength: uint16(7),
});

export type ModeSelect6Params = CdbParams<typeof modeSelect6>;
export type ModeSelect10Params = CdbParams<typeof modeSelect10>;
export const modeSelect6Cdb = (params: ModeSelect6Params): Uint8Array => modeSelect6.build(params);
export const parseModeSelect6Cdb = (cdb: Uint8Array): CdbValue<typeof modeSelect6> => modeSelect6.parse(cdb);
export const modeSelect10Cdb = (params: ModeSelect10Params): Uint8Array => modeSelect10.build(params);
export const parseModeSelect10Cdb = (cdb: Uint8Array): CdbValue<typeof modeSelect10> => modeSelect10.parse(cdb);
