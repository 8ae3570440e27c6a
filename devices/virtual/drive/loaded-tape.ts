import { AdditionalSense } from '../../scsi/asc-ascq.js';
import { SenseKey } from '../../scsi/sense.js';
import { CheckCondition } from '../check-condition.js';
import { TapeImage, TapeImageError } from '../media/tape-image.js';
import { DriveAlert } from '../tape-alerts.js';
import type { DriveBay } from './drive-bay.js';

/** The tape in a drive, and the drive's mode parameters. The position is lost when the tape is unloaded. */
export class LoadedTape {
  readonly bay: DriveBay;
  /** Block length of the block descriptor; 0: variable (SSC-3). */
  blockLength = 0;
  #load = 0;
  #image: TapeImage | undefined;

  constructor(bay: DriveBay) {
    this.bay = bay;
  }

  get writeProtected(): boolean {
    return this.bay.element.content?.cartridge.writeProtected ?? false;
  }

  /** The image at its position. Refuses, as the drive does, while there is none. */
  ready(): TapeImage {
    const sense = this.bay.notReadySense();
    const { medium } = this.bay;
    if (sense !== undefined || medium === undefined) {
      throw new CheckCondition(sense ?? { key: SenseKey.NOT_READY, ...AdditionalSense.MEDIUM_NOT_PRESENT });
    }
    if (this.#image === undefined || this.#load !== this.bay.loads) {
      this.#load = this.bay.loads;
      const capacityBytes = this.bay.element.content?.cartridge.capacityBytes ?? 0;
      this.#image = new TapeImage(medium, { capacityBytes });
    }
    return this.#image;
  }

  /** The image, for a command that changes it. */
  writable(): TapeImage {
    const image = this.ready();
    if (this.writeProtected) {
      this.bay.alerts.raise(DriveAlert.WRITE_PROTECT);
      throw new CheckCondition({ key: SenseKey.DATA_PROTECT, ...AdditionalSense.WRITE_PROTECTED });
    }
    return image;
  }

  /** Runs what may meet a damaged image: that is a medium error, not a failure of ours. */
  reading<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof TapeImageError)) throw error;
      this.bay.alerts.raise(DriveAlert.READ_FAILURE);
      throw new CheckCondition({ key: SenseKey.MEDIUM_ERROR, ...AdditionalSense.MEDIUM_FORMAT_CORRUPTED });
    }
  }
}
