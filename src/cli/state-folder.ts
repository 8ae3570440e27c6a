import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where this machine's RSM keeps its database and the virtual hardware: `--state`, else RSM_STATE, else `openrsm` in the
 * user's XDG state folder. An empty variable counts as none; the XDG rules ignore a relative XDG_STATE_HOME.
 */
export function stateFolder(from: { option?: string | undefined; env: NodeJS.ProcessEnv; home?: string }): string {
  const named = from.option ?? from.env['RSM_STATE'];
  if (named !== undefined && named !== '') return resolve(named);
  const xdg = from.env['XDG_STATE_HOME'];
  const base = xdg?.startsWith('/') === true ? xdg : join(from.home ?? homedir(), '.local', 'state');
  return join(base, 'openrsm');
}
