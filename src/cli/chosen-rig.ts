import { findRigFile } from '../rig/find-rig.js';
import { EMBEDDED_RIG, type Rig } from '../rig/rig.js';
import type { CommandContext } from './command-context.js';
import { stateFolder } from './state-folder.js';

/** The rig that the options, the environment and the working folder name. */
export async function chosenRig(context: CommandContext): Promise<Rig> {
  const { file } = findRigFile({ option: context.options.rig, env: context.env });
  if (file === undefined) return EMBEDDED_RIG;
  // The YAML reader and the schema are not loaded for the embedded rig.
  const { readRig } = await import('../rig/read-rig.js');
  return readRig({ file });
}

export function chosenStateFolder(context: CommandContext): string {
  return stateFolder({ option: context.options.state, env: context.env });
}
