import type { Profile } from '../../profiles/profile.js';
import type { CommandTable } from '../device-server.js';
import type { Mechanics } from '../mechanics.js';
import type { LoadedTape } from './loaded-tape.js';
import { tapeAttributeCommands } from './tape-attribute-commands.js';
import { tapeDataCommands } from './tape-data-commands.js';
import { tapeDensityCommands } from './tape-density-commands.js';
import { tapeModeCommands } from './tape-mode-commands.js';
import { tapePositionCommands } from './tape-position-commands.js';

/** What makes a logical unit a tape drive (SSC-3), beside the commands that every unit has. */
export function tapeCommands(
  tape: LoadedTape,
  mechanics: Mechanics,
  profile: Pick<Profile, 'mediaTypes'>,
): readonly CommandTable[] {
  return [
    tapeDataCommands(tape, mechanics),
    tapePositionCommands(tape, mechanics),
    tapeModeCommands(tape, profile),
    tapeDensityCommands(tape, profile),
    tapeAttributeCommands(tape),
  ];
}
