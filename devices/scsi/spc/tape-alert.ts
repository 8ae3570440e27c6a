import { ScsiFormatError } from '../format-error.js';
import { decodeLogParameters, encodeLogPage, encodeLogParameters, LogPage, wholePage } from './log-sense.js';

/** TapeAlert log page, 2Eh (SSC-3): 64 flags, numbered from 1, as the set of those that are on. */
export type TapeAlertFlags = ReadonlySet<number>;

/** What the flags of tape drives mean. Media changers number their own flags (SMC-3): do not read those here. */
export const tapeAlertNames: ReadonlyMap<number, string> = new Map([
  [1, 'Read warning'],
  [2, 'Write warning'],
  [3, 'Hard error'],
  [4, 'Media'],
  [5, 'Read failure'],
  [6, 'Write failure'],
  [7, 'Media life'],
  [8, 'Not data grade'],
  [9, 'Write protect'],
  [10, 'No removal'],
  [11, 'Cleaning media'],
  [12, 'Unsupported format'],
  [13, 'Recoverable mechanical cartridge failure'],
  [14, 'Unrecoverable mechanical cartridge failure'],
  [15, 'Memory chip in cartridge failure'],
  [16, 'Forced eject'],
  [17, 'Read only format'],
  [18, 'Tape directory corrupted on load'],
  [19, 'Nearing media life'],
  [20, 'Cleaning required'],
  [21, 'Cleaning requested'],
  [22, 'Expired cleaning media'],
  [23, 'Invalid cleaning tape'],
  [24, 'Retension requested'],
  [25, 'Dual port interface error'],
  [26, 'Cooling fan failing'],
  [27, 'Power supply failure'],
  [28, 'Power consumption'],
  [29, 'Drive maintenance'],
  [30, 'Hardware A'],
  [31, 'Hardware B'],
  [32, 'Interface'],
  [33, 'Eject media'],
  [34, 'Microcode update fail'],
  [35, 'Drive humidity'],
  [36, 'Drive temperature'],
  [37, 'Drive voltage'],
  [38, 'Predictive failure'],
  [39, 'Diagnostics required'],
  [47, 'External data encryption control - communications failure'],
  [48, 'External data encryption control - key manager returned error'],
  [49, 'Diminished native capacity'],
  [50, 'Lost statistics'],
  [51, 'Tape directory invalid at unload'],
  [52, 'Tape system area write failure'],
  [53, 'Tape system area read failure'],
  [54, 'No start of data'],
  [55, 'Loading failure'],
  [56, 'Unrecoverable unload failure'],
  [57, 'Automation interface failure'],
  [58, 'Firmware failure'],
  [59, 'WORM medium - integrity check failed'],
  [60, 'WORM medium - overwrite attempted'],
  [61, 'Encryption policy violation'],
]);

const flagCount = 64;
const what = 'TapeAlert log page';

/** Throws `SHORT_DATA` when the page was cut off, `CONTRADICTION` for another page or a flag without a byte. */
export function decodeTapeAlert(bytes: Uint8Array): TapeAlertFlags {
  const active = new Set<number>();
  for (const { parameterCode, value } of decodeLogParameters(wholePage(bytes, LogPage.TAPE_ALERT))) {
    if (value.length === 0) throw new ScsiFormatError('CONTRADICTION', what, 4, `flag ${parameterCode} has no value`);
    if (((value[0] ?? 0) & 0x01) !== 0) active.add(parameterCode);
  }
  return active;
}

/** The page with all 64 flags. Throws `OUT_OF_RANGE` for a flag that there is not. */
export function encodeTapeAlert(active: TapeAlertFlags): Uint8Array {
  for (const flag of active) {
    if (!Number.isInteger(flag) || flag < 1 || flag > flagCount) {
      throw new ScsiFormatError('OUT_OF_RANGE', what, 4, `flag is ${flag}, allowed is 1 to ${flagCount}`);
    }
  }
  const content = encodeLogParameters(
    Array.from({ length: flagCount }, (_, i) => ({
      parameterCode: i + 1,
      controlByte: 0,
      value: Uint8Array.of(active.has(i + 1) ? 1 : 0),
    })),
  );
  return encodeLogPage({ pageCode: LogPage.TAPE_ALERT, content });
}
