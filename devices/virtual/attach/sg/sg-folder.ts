import { access, chmod, constants, mkdir, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

import type { TreeEntry } from './device-tree.js';
import { isOwnFolder, ownFiles } from './own-files.js';

/** Room in `struct sockaddr_un`, without the closing NUL. */
const longestSocketPath = 107;
/** What the library puts between folder and device name; it doubles one slash. */
const socketMiddle = '/ioctl/';

/**
 * - `umockdev-missing`: the package is not installed;
 * - `unsupported`: not Linux on a 64-bit little-endian processor;
 * - `folder-taken`: something else is in the folder;
 * - `folder-name`: the path is too long for a socket.
 */
export type SgAttachErrorCode = 'umockdev-missing' | 'unsupported' | 'folder-taken' | 'folder-name';

/** The devices cannot be shown; the message says what to do. */
export class SgAttachError extends Error {
  override readonly name = 'SgAttachError';
  readonly code: SgAttachErrorCode;

  constructor(code: SgAttachErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Throws {@link SgAttachError} when programs cannot be run on the folder afterwards. */
export async function requireUmockdev(path: string | undefined): Promise<void> {
  if (process.platform !== 'linux') {
    throw new SgAttachError('unsupported', 'SG_IO is a call of Linux; use another way to attach on this system');
  }
  for (const folder of (path ?? '').split(delimiter)) {
    if (folder === '') continue;
    const found = await access(join(folder, wrapper), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return;
  }
  throw new SgAttachError(
    'umockdev-missing',
    `${wrapper} was not found; it makes programs see the devices. Install it: apt-get install umockdev`,
  );
}

export const wrapper = 'umockdev-wrapper';

/** Makes the folder; its real path, since the library compares paths as text. Throws {@link SgAttachError}. */
export async function prepareFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const real = await realpath(folder);
  const names = await readdir(real);
  if (!isOwnFolder(names)) {
    throw new SgAttachError('folder-taken', `${real} holds other files; name a folder that is empty or does not exist`);
  }
  return real;
}

/** Where the library looks for a device's socket. Throws {@link SgAttachError}. */
export function socketPath(folder: string, devicePath: string): string {
  const path = join(folder, 'ioctl', devicePath);
  if (folder.length + socketMiddle.length + devicePath.length > longestSocketPath) {
    throw new SgAttachError(
      'folder-name',
      `${folder} is too long a path for the sockets of ${devicePath}; choose a folder with a shorter one`,
    );
  }
  return path;
}

/** Writes the tree below the folder in place of what an earlier run left there. */
export async function writeTree(folder: string, entries: readonly TreeEntry[]): Promise<void> {
  for (const entry of entries) {
    const path = join(folder, entry.path);
    await mkdir(dirname(path), { recursive: true });
    if ('linkTo' in entry) await symlink(entry.linkTo, path);
    else await writeFile(path, entry.content);
  }
}

/** An empty file stands for the device: the library opens it and shows it as a character device of this number. */
export async function writeDeviceFile(folder: string, name: string, major: number, minor: number): Promise<void> {
  const path = join(folder, 'dev', name);
  await mkdir(join(folder, 'dev', '.node'), { recursive: true });
  await writeFile(path, '');
  await chmod(path, 0o660);
  await symlink(`${major}:${minor}`, join(folder, 'dev', '.node', name));
}

export async function emptyFolder(folder: string): Promise<void> {
  for (const name of ownFiles.trees) await rm(join(folder, name), { recursive: true, force: true });
}
