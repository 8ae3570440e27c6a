import type { TimeoutClass } from './scsi/opcodes.js';

/** Milliseconds that a command of each class may take from sending to status. */
export type CommandTimeouts = Readonly<Record<TimeoutClass, number>>;

const secondMs = 1000;
const minuteMs = 60 * secondMs;

/**
 * Long enough for slow devices: giving up on a motion leaves its outcome unknown, which costs far more than waiting.
 * A profile or a rig shortens them where the device is known.
 */
export const defaultCommandTimeouts: CommandTimeouts = {
  inquiry: 30 * secondMs,
  quick: 2 * minuteMs,
  // A large library crosses its aisle, opens a drive, and tries again by itself before it reports an error.
  motion: 15 * minuteMs,
  // An inventory with a barcode reader passes every cartridge.
  inventory: 60 * minuteMs,
  // A rewind of a full tape and a load that calibrates take many minutes.
  'tape-motion': 20 * minuteMs,
  data: 20 * minuteMs,
};

/** The defaults with what a profile or a rig says otherwise. Throws {@link CommandTimeoutError}. */
export function commandTimeouts(overrides: Partial<CommandTimeouts> = {}): CommandTimeouts {
  const timeouts: Record<TimeoutClass, number> = { ...defaultCommandTimeouts };
  for (const [name, value] of Object.entries(overrides)) {
    if (!isTimeoutClass(name)) {
      throw new CommandTimeoutError(
        `There is no timeout class "${name}"; the classes are ${Object.keys(defaultCommandTimeouts).join(', ')}.`,
      );
    }
    if (!Number.isFinite(value) || value <= 0) {
      throw new CommandTimeoutError(
        `The timeout of class "${name}" is ${value}; give a positive number of milliseconds.`,
      );
    }
    timeouts[name] = value;
  }
  return timeouts;
}

/** A timeout that a profile or rig gives is not usable. */
export class CommandTimeoutError extends Error {
  override readonly name = 'CommandTimeoutError';
  readonly code = 'bad-command-timeout';
}

function isTimeoutClass(name: string): name is TimeoutClass {
  return Object.hasOwn(defaultCommandTimeouts, name);
}
