import type { CommandOutcome } from './command-outcome.js';
import { commandOptions, type CommandOptions } from './command-request.js';
import type { LogicalUnit } from './logical-unit.js';
import { LogPage, logSenseCdb } from './scsi/spc/log-sense.js';
import { decodeTapeAlert, type TapeAlertFlags } from './scsi/spc/tape-alert.js';

/** 64 parameters of 5 bytes behind a header of 4, and some more for what a vendor adds. */
const length = 1024;

/** LOG SENSE of the TapeAlert page, 2Eh. Most devices clear the flags when they have been read. */
export function readTapeAlerts(unit: LogicalUnit, options: CommandOptions): Promise<CommandOutcome<TapeAlertFlags>> {
  return unit.execute(
    {
      name: 'LOG SENSE (TapeAlert)',
      cdb: logSenseCdb({ pageCode: LogPage.TAPE_ALERT, allocationLength: length }),
      dataInLength: length,
      timeoutClass: 'quick',
      decode: decodeTapeAlert,
    },
    commandOptions(options),
  );
}
