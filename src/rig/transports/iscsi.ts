import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { UnitAddress } from '../../library/library-definition.js';
import { type PlugBoard, unitAddress } from '../plug-board.js';
import type { ChapUnit, IscsiUnit, SecretSource } from '../rig.js';
import { RigError } from '../rig-error.js';

/** A unit behind an iSCSI target. `rigFile` is where relative names of secret files start. */
export async function connectIscsi(
  unit: IscsiUnit,
  board: PlugBoard,
  rigFile: string | undefined,
): Promise<UnitAddress> {
  const { transport: _, lun, chap, ...path } = unit;
  const transport = await board.path(`iscsi ${JSON.stringify({ ...path, chap }, withoutPosition)}`, async () => {
    const { IscsiTransport } = await import('../../../devices/transport/iscsi/index.js');
    const secrets = chap === undefined ? {} : { chap: credentials(chap, board, rigFile) };
    return new IscsiTransport({ ...path, ...secrets, clock: board.options.clock });
  });
  return unitAddress(transport, lun);
}

/** Where a login stands in the file does not make it another one. */
function withoutPosition(key: string, value: unknown): unknown {
  return key === 'position' ? undefined : value;
}

function credentials(chap: ChapUnit, board: PlugBoard, rigFile: string | undefined) {
  const env = board.options.env ?? process.env;
  const one = (source: SecretSource) => ({ user: source.user, secret: readSecret(source, env, rigFile) });
  return chap.mutual === undefined ? one(chap) : { ...one(chap), mutual: one(chap.mutual) };
}

export function readSecret(source: SecretSource, env: NodeJS.ProcessEnv, rigFile: string | undefined): string {
  let secret: string | undefined;
  let where: string;
  let cause: unknown;
  if (source.secretFile !== undefined) {
    const file = resolve(dirname(rigFile ?? '.'), source.secretFile);
    where = `the file ${file}`;
    try {
      secret = readFileSync(file, 'utf8').split(/\r?\n/)[0];
    } catch (error) {
      cause = error;
    }
  } else {
    where = `the environment variable ${source.secretEnv}`;
    secret = env[source.secretEnv ?? ''];
  }
  if (secret !== undefined && secret !== '') return secret;
  const what = `the CHAP secret of "${source.user}" is not in ${where}`;
  throw new RigError(
    'RIG_INVALID',
    rigFile ?? 'rig',
    [{ ...(source.position ?? { line: 1, column: 1 }), what, allowed: 'a secret on its first line' }],
    cause,
  );
}
