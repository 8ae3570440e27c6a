import { LogPage } from '../scsi/spc/log-sense.js';
import { encodeTapeAlert } from '../scsi/spc/tape-alert.js';
import type { LogPageSource } from './log-commands.js';
import type { NexusState, NexusTable } from './nexus-table.js';

/** TapeAlert flags of drives (SSC-3) that the virtual drives raise. */
export const DriveAlert = {
  READ_FAILURE: 5,
  WRITE_PROTECT: 9,
  CLEANING_MEDIA: 11,
  UNSUPPORTED_FORMAT: 12,
  CLEANING_REQUIRED: 20,
  CLEANING_REQUESTED: 21,
  EXPIRED_CLEANING_MEDIA: 22,
  WORM_OVERWRITE_ATTEMPTED: 60,
} as const;
export type DriveAlert = (typeof DriveAlert)[keyof typeof DriveAlert];

/** TapeAlert flags of changers (SMC-3) that the virtual changer raises. */
export const ChangerAlert = {
  LIBRARY_DOOR: 16,
  LIBRARY_MAGAZINE: 18,
} as const;
export type ChangerAlert = (typeof ChangerAlert)[keyof typeof ChangerAlert];

/** The TapeAlert flags of one logical unit. A flag once read by a nexus is off for it until it is raised again. */
export class TapeAlerts implements LogPageSource {
  readonly pageCode = LogPage.TAPE_ALERT;
  readonly #active = new Set<number>();
  readonly #nexuses: NexusTable;

  constructor(nexuses: NexusTable) {
    this.#nexuses = nexuses;
  }

  raise(flag: number): void {
    this.#active.add(flag);
    this.#nexuses.alertRaised(flag);
  }

  clear(...flags: readonly number[]): void {
    for (const flag of flags) this.#active.delete(flag);
  }

  /** The page for this nexus, with the flags that it has not read yet. */
  read(nexus: NexusState): Uint8Array {
    return encodeTapeAlert(new Set([...this.#active].filter((flag) => !nexus.seenAlerts.has(flag))));
  }

  /**
   * What went out is read, and off for this nexus: programs ask for the first four bytes alone to learn the size, and then
   * for the whole.
   */
  sent(nexus: NexusState, flags: readonly number[]): void {
    for (const flag of flags) if (this.#active.has(flag)) nexus.seenAlerts.add(flag);
  }
}
