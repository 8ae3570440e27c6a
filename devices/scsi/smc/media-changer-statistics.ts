import { uint32 } from '../layout.js';
import { decodeLogParameters, encodeLogPage, encodeLogParameters, wholePage } from '../spc/log-sense.js';

/** Log page codes of medium changers (SMC-3). */
export const ChangerLogPage = { MEDIA_CHANGER_STATISTICS: 0x14 } as const;
export type ChangerLogPage = (typeof ChangerLogPage)[keyof typeof ChangerLogPage];

/** Parameter codes of the Media Changer Statistics log page, 14h (SMC-3), as far as a device here can count them. */
export const ChangerStatistic = {
  MOVES: 0x0000,
  PICKS: 0x0001,
  PICK_RETRIES: 0x0002,
  PLACES: 0x0003,
  PLACE_RETRIES: 0x0004,
  VOLUME_TAGS_READ: 0x0005,
  INVALID_VOLUME_TAGS: 0x0006,
  LIBRARY_DOOR_OPENS: 0x0007,
  IMPORT_EXPORT_DOOR_OPENS: 0x0008,
  PHYSICAL_INVENTORY_SCANS: 0x0009,
} as const;
export type ChangerStatistic = (typeof ChangerStatistic)[keyof typeof ChangerStatistic];

/** FORMAT AND LINKING 10b: a bounded counter; TSD: it is not kept over power off. */
const counterControlByte = 0x22;
const highestCount = 0xffff_ffff;

/** Counters by parameter code; a count that does not fit stays at the highest. */
export function encodeChangerStatistics(counters: ReadonlyMap<number, number>): Uint8Array {
  const content = encodeLogParameters(
    [...counters]
      .toSorted(([one], [other]) => one - other)
      .map(([parameterCode, count]) => {
        const value = new Uint8Array(4);
        uint32(0).write(value, 0, Math.min(count, highestCount));
        return { parameterCode, controlByte: counterControlByte, value };
      }),
  );
  return encodeLogPage({ pageCode: ChangerLogPage.MEDIA_CHANGER_STATISTICS, content });
}

/** Counters by parameter code; of those longer than six bytes the lower ones. Throws `SHORT_DATA`, `CONTRADICTION`. */
export function decodeChangerStatistics(bytes: Uint8Array): ReadonlyMap<number, number> {
  const content = wholePage(bytes, ChangerLogPage.MEDIA_CHANGER_STATISTICS);
  return new Map(
    decodeLogParameters(content).map(({ parameterCode, value }) => [
      parameterCode,
      value.slice(-6).reduce((count, byte) => count * 256 + byte, 0),
    ]),
  );
}
