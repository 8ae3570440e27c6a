import type { CommandFailure, CommandOutcome } from './command-outcome.js';
import { commandOptions, type CommandOptions } from './command-request.js';
import type { LogicalUnit } from './logical-unit.js';
import { AdditionalSense } from './scsi/asc-ascq.js';
import { ScsiFormatError } from './scsi/format-error.js';
import { hasAdditionalSense, SenseKey } from './scsi/sense.js';
import { findModePage } from './scsi/smc/mode-pages.js';
import { decodeModeParameters, type ModePage, type ModeParameters } from './scsi/spc/mode-parameters.js';
import { modeSense10Cdb, modeSense6Cdb } from './scsi/spc/mode-sense.js';

const length6 = 252;
const length10 = 1024;

/**
 * Reads one mode page's current values, without block descriptors. MODE SENSE(6) first, which the oldest changers have;
 * (10) when that is not there. An answer without the page, and what `decode` throws, is a failure of layer `data`.
 */
export async function readModePage<T>(
  unit: LogicalUnit,
  pageCode: number,
  decode: (page: ModePage) => T,
  options: CommandOptions,
): Promise<CommandOutcome<T>> {
  const read = (parameters: ModeParameters): T => decode(requirePage(parameters, pageCode));
  const six = await unit.execute(
    {
      name: `MODE SENSE(6) (page ${hexByte(pageCode)})`,
      cdb: modeSense6Cdb({ dbd: true, pageCode, allocationLength: length6 }),
      dataInLength: length6,
      timeoutClass: 'quick',
      decode: (bytes) => read(decodeModeParameters(bytes, 6)),
    },
    commandOptions(options),
  );
  if (six.ok || !isUnknownCommand(six.failure)) return six;
  return unit.execute(
    {
      name: `MODE SENSE(10) (page ${hexByte(pageCode)})`,
      cdb: modeSense10Cdb({ dbd: true, pageCode, allocationLength: length10 }),
      dataInLength: length10,
      timeoutClass: 'quick',
      decode: (bytes) => read(decodeModeParameters(bytes, 10)),
    },
    commandOptions(options),
  );
}

/** The device has no such command at all. */
export function isUnknownCommand({ sense }: CommandFailure): boolean {
  return (
    sense?.key === SenseKey.ILLEGAL_REQUEST && hasAdditionalSense(sense, AdditionalSense.INVALID_COMMAND_OPERATION_CODE)
  );
}

function requirePage(parameters: ModeParameters, pageCode: number): ModePage {
  const page = findModePage(parameters, pageCode);
  if (page !== undefined) return page;
  const found = parameters.pages.map((other) => hexByte(other.pageCode)).join(', ') || 'none';
  const message = `page ${hexByte(pageCode)} was asked for; the pages that came: ${found}`;
  throw new ScsiFormatError('CONTRADICTION', 'mode parameters', 0, message);
}

function hexByte(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, '0')}h`;
}
