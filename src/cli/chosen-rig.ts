import { findRigFile } from '../rig/find-rig.js';
import { EMBEDDED_RIG, type Rig } from '../rig/rig.js';
import type { CommandContext } from './command-context.js';
import { CommandError } from './command-error.js';
import { stateFolder } from './state-folder.js';

/** The rig that the options, the environment and the working folder name. */
export async function chosenRig(context: CommandContext): Promise<Rig> {
  refuseEmpty('--rig', context.options.rig);
  const { file } = findRigFile({ option: context.options.rig, env: context.env });
  if (file === undefined) return EMBEDDED_RIG;
  // The YAML reader and the schema are not loaded for the embedded rig.
  const { readRig } = await import('../rig/read-rig.js');
  return readRig({ file });
}

export function chosenStateFolder(context: CommandContext): string {
  refuseEmpty('--state', context.options.state);
  return stateFolder({ option: context.options.state, env: context.env });
}

/** Most often a variable of a script that was not set: nobody shall work on another rig than he thinks. */
function refuseEmpty(option: string, value: string | undefined): void {
  if (value === '')
    throw new CommandError('USAGE', `${option} was given an empty name. Name one, or leave the option out.`);
}
