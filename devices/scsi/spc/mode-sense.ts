import { cdbLayout, type CdbParams, type CdbValue } from '../cdb-layout.js';
import { bits, flag, optional, uint8, uint16 } from '../layout.js';
import { OperationCode } from '../opcodes.js';

/** PC field: which values of a mode page are wanted (SPC-4). */
export const PageControl = { CURRENT: 0, CHANGEABLE: 1, DEFAULT: 2, SAVED: 3 } as const;
export type PageControl = (typeof PageControl)[keyof typeof PageControl];

/** Asks for all mode pages. */
export const allModePages = 0x3f;

/** MODE SENSE(6) and (10) (SPC-4). The parameter data: `decodeModeParameters`. */
const modeSense6 = cdbLayout('MODE SENSE(6)', OperationCode.MODE_SENSE_6, 6, {
  /** DBD: leave block descriptors out. */
  dbd: flag(1, 3),
  pageControl: optional(bits(2, 7, 6), PageControl.CURRENT),
  pageCode: bits(2, 5, 0),
  subpageCode: optional(uint8(3), 0),
  allocationLength: uint8(4),
});

const modeSense10 = cdbLayout('MODE SENSE(10)', OperationCode.MODE_SENSE_10, 10, {
  /** LLBAA: long block descriptors are accepted. */
  llbaa: flag(1, 4),
  dbd: flag(1, 3),
  pageControl: optional(bits(2, 7, 6), PageControl.CURRENT),
  pageCode: bits(2, 5, 0),
  subpageCode: optional(uint8(3), 0),
  allocationLength: uint16(7),
});

export type ModeSense6Params = CdbParams<typeof modeSense6>;
export type ModeSense10Params = CdbParams<typeof modeSense10>;
export const modeSense6Cdb = (params: ModeSense6Params): Uint8Array => modeSense6.build(params);
export const parseModeSense6Cdb = (cdb: Uint8Array): CdbValue<typeof modeSense6> => modeSense6.parse(cdb);
export const modeSense10Cdb = (params: ModeSense10Params): Uint8Array => modeSense10.build(params);
export const parseModeSense10Cdb = (cdb: Uint8Array): CdbValue<typeof modeSense10> => modeSense10.parse(cdb);
