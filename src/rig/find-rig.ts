import { existsSync } from 'node:fs';

/** Where the rig comes from, in words for messages, and the file if there is one. */
export interface RigChoice {
  readonly file?: string;
  readonly origin: '--rig' | 'RSM_RIG' | './rig.yaml' | 'embedded';
}

/**
 * The first of: `--rig`, the variable RSM_RIG, `./rig.yaml` when there is such a file, the embedded virtual rig. An empty
 * variable counts as none. Whether a named file exists shows when it is read.
 */
export function findRigFile(from: { option?: string | undefined; env: NodeJS.ProcessEnv }): RigChoice {
  if (from.option !== undefined) return { file: from.option, origin: '--rig' };
  const variable = from.env['RSM_RIG'];
  if (variable !== undefined && variable !== '') return { file: variable, origin: 'RSM_RIG' };
  if (existsSync('rig.yaml')) return { file: 'rig.yaml', origin: './rig.yaml' };
  return { origin: 'embedded' };
}
