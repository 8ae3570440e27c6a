import type { Profile } from '../../profiles/profile.js';
import type { DriveBay } from '../drive/drive-bay.js';
import type { ElementStore } from '../element-store.js';
import type { Mechanics } from '../mechanics.js';
import type { TapeAlerts } from '../tape-alerts.js';
import type { ChangerState } from './changer-state.js';
import type { ChangerStatistics } from './changer-statistics.js';

/** The parts that the changer's commands work on. */
export interface Changer {
  readonly profile: Profile;
  readonly state: ChangerState;
  readonly elements: ElementStore;
  readonly mechanics: Mechanics;
  /** By the address of the data transfer element. */
  readonly drives: ReadonlyMap<number, DriveBay>;
  readonly alerts: TapeAlerts;
  readonly statistics: ChangerStatistics;
  /**
   * Answer only when a drive has taken its cartridge in: with no time to pass there is nothing to wait for. With real
   * times the changer is free as soon as the drive has the cartridge in its mouth.
   */
  readonly waitForDrives: boolean;
}
