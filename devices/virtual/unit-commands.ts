import type { Profile } from '../profiles/profile.js';
import type { SenseInput } from '../scsi/sense.js';
import { bufferCommands } from './buffer-commands.js';
import { commandDurations } from './command-durations.js';
import type { DeviceIdentity } from './device-identity.js';
import type { CommandTable, DeviceServer } from './device-server.js';
import { persistentReserveCommands } from './persistent-reserve-commands.js';
import { preventAllowCommand, primaryCommands } from './primary-commands.js';
import { reservationCommands } from './reservation-commands.js';
import { supportedCommands } from './supported-commands.js';

/** What makes something a logical unit (SPC-4), whatever else it is. */
export interface UnitParts {
  readonly identity: DeviceIdentity;
  /** Every LUN of the target. */
  readonly luns: readonly number[];
  readonly profile: Profile;
  /** What TEST UNIT READY answers; `undefined` is GOOD. */
  readonly testUnitReadySense: () => SenseInput | undefined;
  /** Nexuses that have sent PREVENT MEDIUM REMOVAL. */
  readonly removalPreventedBy: Set<string>;
}

/** The commands that every unit answers alike. */
export function unitCommands(server: DeviceServer, unit: UnitParts): readonly CommandTable[] {
  const { removalPreventedBy } = unit;
  server.whenReset(() => removalPreventedBy.clear());
  // Who is preempted no longer prevents the removal of media (SPC-4, PREVENT ALLOW MEDIUM REMOVAL).
  server.whenPreempted((nexus) => removalPreventedBy.delete(nexus));
  return [
    primaryCommands(unit),
    reservationCommands(server),
    persistentReserveCommands(server),
    preventAllowCommand(removalPreventedBy),
    bufferCommands(),
    supportedCommands(server, commandDurations(unit.profile)),
  ];
}
