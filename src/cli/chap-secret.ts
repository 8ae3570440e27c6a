import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandError } from './command-error.js';

/** `--chap-user` and `--chap-secret-file`. */
export interface ChapOptions {
  readonly chapUser?: string;
  readonly chapSecretFile?: string;
}

export interface ChapSecret {
  readonly user: string;
  readonly secret: string;
  /** Absolute: in a rig file relative names start at that file's folder, wherever it will be. */
  readonly secretFile: string;
}

const READ_BY_OTHERS = 0o044;

/** Undefined when neither option is given. Throws CommandError USAGE, and the system's error for a file that cannot be read. */
export function readChapSecret(
  { chapUser: user, chapSecretFile }: ChapOptions,
  onNotice: (text: string) => void,
): ChapSecret | undefined {
  if (user === undefined && chapSecretFile === undefined) return undefined;
  if (user === undefined || chapSecretFile === undefined || user === '') {
    throw new CommandError('USAGE', 'Name both --chap-user and --chap-secret-file, or none of them.');
  }
  const secretFile = resolve(chapSecretFile);
  const secret = readFileSync(secretFile, 'utf8').split(/\r?\n/)[0] ?? '';
  if (secret === '') {
    throw new CommandError('USAGE', `The first line of ${chapSecretFile} is empty. Write the CHAP secret there.`);
  }
  if (process.platform !== 'win32' && (statSync(secretFile).mode & READ_BY_OTHERS) !== 0) {
    onNotice(`other users of this machine can read the secret in ${chapSecretFile}; chmod 600 ${chapSecretFile}`);
  }
  return { user, secret, secretFile };
}
