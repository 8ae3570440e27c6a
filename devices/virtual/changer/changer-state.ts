import type { Quirks } from '../../profiles/profile.js';
import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { SenseKey, type SenseInput } from '../../scsi/sense.js';
import { ChangerStatistic } from '../../scsi/smc/media-changer-statistics.js';
import type { ChangerStatistics } from './changer-statistics.js';

/** What the changer as a whole is doing, beside where the cartridges are. */
export class ChangerState {
  #doorOpen = false;
  /** Somebody works at the operator panel, or took the device off line. */
  operatorPanelInUse = false;
  /** How many inventories are being taken: after power on, or when the door was shut. Two may overlap. */
  inventories = 0;
  /** A motion is under way. */
  moving = false;
  /** Import/export elements which OPEN IMPORT/EXPORT ELEMENT has opened for the operator. */
  readonly openPorts = new Set<number>();
  /** Nexuses that have sent PREVENT MEDIUM REMOVAL: the door and the import/export elements are locked. */
  readonly removalPreventedBy = new Set<string>();
  readonly #quirks: Pick<Quirks, 'doorOpen' | 'operatorPanelInUse'>;
  readonly #statistics: ChangerStatistics;

  constructor(quirks: Pick<Quirks, 'doorOpen' | 'operatorPanelInUse'>, statistics: ChangerStatistics) {
    this.#quirks = quirks;
    this.#statistics = statistics;
  }

  get doorOpen(): boolean {
    return this.#doorOpen;
  }

  set doorOpen(open: boolean) {
    if (open && !this.#doorOpen) this.#statistics.count(ChangerStatistic.LIBRARY_DOOR_OPENS);
    this.#doorOpen = open;
  }

  openPort(elementAddress: number): void {
    if (!this.openPorts.has(elementAddress)) this.#statistics.count(ChangerStatistic.IMPORT_EXPORT_DOOR_OPENS);
    this.openPorts.add(elementAddress);
  }

  get becomingReady(): boolean {
    return this.inventories > 0;
  }

  /** Why the picker cannot move; `undefined` when it can (or already does). */
  notReadySense(): SenseInput | undefined {
    if (this.doorOpen) return this.#quirks.doorOpen;
    if (this.operatorPanelInUse) return this.#quirks.operatorPanelInUse;
    if (this.becomingReady) {
      return { key: SenseKey.NOT_READY, ...AdditionalSense.LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY };
    }
    return undefined;
  }

  /** What TEST UNIT READY answers: a motion makes the changer busy for it. */
  testUnitReadySense(): SenseInput | undefined {
    const sense = this.notReadySense();
    if (sense !== undefined || !this.moving) return sense;
    return { key: SenseKey.NOT_READY, ...AdditionalSense.LOGICAL_UNIT_NOT_READY_OPERATION_IN_PROGRESS };
  }
}
