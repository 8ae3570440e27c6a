import { ChangerLogPage, ChangerStatistic, encodeChangerStatistics } from '../../scsi/smc/media-changer-statistics.js';
import { LogPageControl } from '../../scsi/spc/log-select.js';
import { invalidFieldInCdb } from '../check-condition.js';
import type { LogPageSource } from '../log-commands.js';
import type { NexusState } from '../nexus-table.js';

/** What a changer has done since power on, or since LOG SELECT set it back: the Media Changer Statistics log page. */
export class ChangerStatistics implements LogPageSource {
  readonly pageCode = ChangerLogPage.MEDIA_CHANGER_STATISTICS;
  readonly #counts = new Map<number, number>(Object.values(ChangerStatistic).map((statistic) => [statistic, 0]));

  count(statistic: ChangerStatistic, by = 1): void {
    this.#counts.set(statistic, (this.#counts.get(statistic) ?? 0) + by);
  }

  read(_nexus: NexusState, pageControl: number): Uint8Array {
    switch (pageControl) {
      case LogPageControl.CURRENT_CUMULATIVE:
        return encodeChangerStatistics(this.#counts);
      case LogPageControl.DEFAULT_CUMULATIVE:
        return encodeChangerStatistics(new Map([...this.#counts.keys()].map((statistic) => [statistic, 0])));
      default:
        // There are no thresholds.
        throw invalidFieldInCdb(2, 7);
    }
  }

  reset(): boolean {
    const counted = [...this.#counts].filter(([, count]) => count !== 0);
    for (const [statistic] of counted) this.#counts.set(statistic, 0);
    return counted.length > 0;
  }
}
