import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { SenseKey } from '../../scsi/sense.js';
import { CheckCondition } from '../check-condition.js';
import type { Cartridge } from '../cartridge.js';
import { formatOf, isWorm, type MediumFormat } from '../media/medium-format.js';
import { TapeImage } from '../media/tape-image.js';
import { TapeImageError } from '../media/tape-image-error.js';
import { DriveAlert } from '../tape-alerts.js';
import { CartridgeMemory } from './cartridge-memory.js';
import type { DriveBay } from './drive-bay.js';
import { mediumFormatCorrupted, type Met } from './tape-conditions.js';
import { TapeModeState } from './tape-mode-state.js';
import { TapeStatistics } from './tape-statistics.js';

/** Early warning comes when less than this, and less than a tenth of the tape, is left. */
const EARLY_WARNING_BYTES = 16 * 1024 * 1024;

interface Mounted {
  readonly image: TapeImage;
  readonly memory: CartridgeMemory;
  readonly cartridge: Cartridge;
}

/** The tape in a drive, and the drive's mode parameters. The position is lost when the tape is unloaded. */
export class LoadedTape {
  readonly bay: DriveBay;
  readonly mode = new TapeModeState();
  readonly statistics = new TapeStatistics();
  #mounted: Mounted | undefined;

  constructor(bay: DriveBay) {
    this.bay = bay;
    bay.blockLength = () => this.mode.blockLength;
    bay.whenLoaded((medium, cartridge) => {
      const image = new TapeImage(medium.bytes, { capacityBytes: cartridge.capacityBytes });
      const memory = new CartridgeMemory({
        store: medium.attributes,
        cartridge,
        image,
        statistics: this.statistics,
        hardwareSerialNumber: bay.hardwareSerialNumber,
      });
      this.#mounted = { image, memory, cartridge };
      this.statistics.mediumLoaded();
      memory.loadedIn(bay.identity);
    });
    bay.whenUnloading(() => {
      const mounted = this.#mounted;
      this.#mounted = undefined;
      mounted?.memory.keepTotals();
    });
    // Apart from the totals: neither failure keeps the other from being done. An eject at the panel comes here only.
    bay.whenUnloading(() => bay.medium?.bytes.synchronize());
  }

  get writeProtected(): boolean {
    return this.mode.softwareWriteProtect || this.cartridge?.writeProtected === true;
  }

  /** The cartridge, when its tape is loaded. */
  get cartridge(): Cartridge | undefined {
    return this.#mounted?.cartridge;
  }

  /** What is recorded on the loaded tape; `undefined` without one, or when its type is not known. */
  get format(): MediumFormat | undefined {
    return this.cartridge === undefined ? undefined : formatOf(this.cartridge.mediaType);
  }

  get worm(): boolean {
    return this.cartridge !== undefined && isWorm(this.cartridge.mediaType);
  }

  /** The image at its position. Refuses, as the drive does, while there is none. */
  ready(): TapeImage {
    return this.#ready().image;
  }

  /** The chip in the cartridge. */
  memory(): CartridgeMemory {
    return this.#ready().memory;
  }

  /** The tape if one is loaded; for what is told without it as well. */
  peek(): Mounted | undefined {
    return this.bay.notReadySense() === undefined ? this.#mounted : undefined;
  }

  /** The image, for a command that changes it from this position on. */
  writable(): TapeImage {
    const image = this.ready();
    if (this.cartridge?.writeProtected === true) {
      this.bay.alerts.raise(DriveAlert.WRITE_PROTECT);
      throw new CheckCondition({ key: SenseKey.DATA_PROTECT, ...AdditionalSense.WRITE_PROTECTED });
    }
    if (this.mode.softwareWriteProtect) {
      const sense = { key: SenseKey.DATA_PROTECT, ...AdditionalSense.LOGICAL_UNIT_SOFTWARE_WRITE_PROTECTED };
      throw new CheckCondition(sense);
    }
    if (this.worm && !this.reading(() => atAppendPoint(image))) {
      this.bay.alerts.raise(DriveAlert.WORM_OVERWRITE_ATTEMPTED);
      throw new CheckCondition({ key: SenseKey.DATA_PROTECT, ...AdditionalSense.WORM_MEDIUM_OVERWRITE_ATTEMPTED });
    }
    return image;
  }

  /** Bytes from early warning to the end of the tape. */
  earlyWarningBytes(image: TapeImage): number {
    return Math.min(EARLY_WARNING_BYTES, image.capacityBytes / 10);
  }

  isPastEarlyWarning(image: TapeImage): boolean {
    return image.remainingBytes < this.earlyWarningBytes(image);
  }

  isPastProgrammableEarlyWarning(image: TapeImage): boolean {
    const megabytes = this.mode.programmableEarlyWarningMegabytes;
    return megabytes > 0 && image.remainingBytes < this.earlyWarningBytes(image) + megabytes * 1_000_000;
  }

  /**
   * Changes the medium, or puts what was written on the disk below. What fails there (a full disk) is counted, and told as
   * every failure of the hardware below is.
   */
  changing(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.statistics.count('uncorrectedWriteErrors');
      throw error;
    }
  }

  /** Does for the loaded tape what a drive does with its buffer before it moves or lets go of the tape (SSC-3). */
  synchronize(): void {
    const image = this.ready();
    this.changing(() => image.synchronize());
  }

  /**
   * Runs what may meet a damaged image: that is a medium error, not a failure of ours. `met` is what a read had done before.
   */
  reading<T>(work: () => T, met?: () => Met): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof TapeImageError)) throw error;
      this.statistics.count('uncorrectedReadErrors');
      this.bay.alerts.raise(DriveAlert.READ_FAILURE);
      throw mediumFormatCorrupted(met?.());
    }
  }

  #ready(): Mounted {
    const sense = this.bay.notReadySense();
    if (sense !== undefined || this.#mounted === undefined) {
      throw new CheckCondition(sense ?? { key: SenseKey.NOT_READY, ...AdditionalSense.MEDIUM_NOT_PRESENT });
    }
    return this.#mounted;
  }
}

/** Write-once media are written at the end of data only; filemarks right before it may be replaced, so that a file can go on. */
function atAppendPoint(image: TapeImage): boolean {
  let passed = 0;
  try {
    for (; image.peekNext().kind === 'filemark'; passed++) image.skipNext();
    return image.peekNext().kind === 'end-of-data';
  } finally {
    // Also when what comes next is damaged: nobody asked the tape to move.
    for (; passed > 0; passed--) image.skipPrevious();
  }
}
