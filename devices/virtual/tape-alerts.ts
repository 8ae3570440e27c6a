import { OperationCode } from '../scsi/opcodes.js';
import { encodeSupportedLogPages, LogPage, parseLogSenseCdb } from '../scsi/spc/log-sense.js';
import { encodeTapeAlert } from '../scsi/spc/tape-alert.js';
import { invalidFieldInCdb } from './check-condition.js';
import type { Command, CommandTable } from './device-server.js';
import type { NexusState, NexusTable } from './nexus-table.js';
import { cutTo } from './primary-commands.js';

/** TapeAlert flags of drives (SSC-3) that the virtual drives raise. */
export const DriveAlert = {
  READ_FAILURE: 5,
  WRITE_PROTECT: 9,
  CLEANING_MEDIA: 11,
  UNSUPPORTED_FORMAT: 12,
  EXPIRED_CLEANING_MEDIA: 22,
} as const;
export type DriveAlert = (typeof DriveAlert)[keyof typeof DriveAlert];

/** TapeAlert flags of changers (SMC-3) that the virtual changer raises. */
export const ChangerAlert = {
  LIBRARY_DOOR: 16,
  LIBRARY_MAGAZINE: 18,
} as const;
export type ChangerAlert = (typeof ChangerAlert)[keyof typeof ChangerAlert];

const PAGE_HEADER_BYTES = 4;
/** A parameter of the page: its header of four bytes, and one byte with the flag. Flags are numbered from 1. */
const FLAG_BYTES = 5;

/** The TapeAlert flags of one logical unit. A flag once read by a nexus is off for it until it is raised again. */
export class TapeAlerts {
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

  /**
   * The page for this nexus, with the flags that it has not read yet. Those that are sent are cleared for it: programs
   * ask for the first four bytes alone to learn the size, and then for the whole.
   */
  read(nexus: NexusState, allocationLength: number): Uint8Array {
    const flags = [...this.#active].filter((flag) => !nexus.seenAlerts.has(flag));
    const page = cutTo(allocationLength, encodeTapeAlert(new Set(flags)));
    for (const flag of flags) if (PAGE_HEADER_BYTES + flag * FLAG_BYTES <= page.length) nexus.seenAlerts.add(flag);
    return page;
  }
}

/** LOG SENSE: the supported pages, and TapeAlert (SPC-4). */
export function logCommands(alerts: TapeAlerts): CommandTable {
  const logSense: Command = {
    ignoresReservation: true,
    run({ cdb }, nexus) {
      const { savePages, pageCode, subpageCode, allocationLength } = parseLogSenseCdb(cdb);
      if (savePages) throw invalidFieldInCdb(1, 0);
      if (subpageCode !== 0) throw invalidFieldInCdb(3);
      switch (pageCode) {
        case LogPage.SUPPORTED_PAGES:
          return cutTo(allocationLength, encodeSupportedLogPages(Object.values(LogPage)));
        case LogPage.TAPE_ALERT:
          return alerts.read(nexus, allocationLength);
        default:
          throw invalidFieldInCdb(2, 5);
      }
    },
  };
  return new Map([[OperationCode.LOG_SENSE, logSense]]);
}
