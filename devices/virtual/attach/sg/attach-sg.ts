import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import { SystemClock, type Clock } from '../../../clock.js';
import { lockFolder } from '../../../folder-lock.js';
import type { ScsiTarget } from '../../../transport/scsi-target.js';
import type { Attachment } from '../attachment.js';
import { watchForBypass } from './bypass-watch.js';
import { deviceNodes, type DeviceNode, type ShownUnit } from './device-nodes.js';
import { DeviceSocket } from './device-socket.js';
import { deviceTree, type TreeEntry } from './device-tree.js';
import {
  emptyFolder,
  prepareFolder,
  requireUmockdev,
  socketPath,
  wrapper,
  writeDeviceFile,
  writeTree,
} from './sg-folder.js';
import { SgHost } from './sg-host.js';
import { readUnitPages, takeUnitAttentions } from './unit-pages.js';

/** A drive that does not end what it does is switched off with the host. */
const closingMs = 10_000;

export interface AttachSgOptions {
  readonly target: ScsiTarget;
  /** What programs shall see, in this order: `/dev/sg0`, `/dev/sg1` ... */
  readonly units: readonly ShownUnit[];
  /** Where the devices lie for umockdev: a folder of its own, made when it is not there. */
  readonly folder: string;
  readonly clock?: Clock;
  /** A socket broke, the target threw, or a program wrote beside a device (`bypassed`); everything else goes on. */
  readonly onError?: (cause: Error) => void;
}

export interface SgDevice {
  /** `/dev/sg0`. */
  readonly path: string;
  readonly lun: number;
  readonly peripheralDeviceType: number;
}

export interface SgAttachment extends Attachment {
  readonly kind: 'sg';
  readonly folder: string;
  /** Every device file; several lead to one unit. */
  readonly devices: readonly SgDevice[];
  /** How to run a program so that it sees the devices: what to start, and variables to add to its environment. */
  wrap(command: readonly string[]): { readonly command: readonly string[]; readonly env: Record<string, string> };
}

/**
 * Shows a target's units as Linux device files to unmodified programs, without any help of the kernel: umockdev's preloaded
 * library sends their ioctls here. Nobody needs to be root. Rejects with `SgAttachError`, `FolderLockedError`,
 * `FolderUnusableError` and `NoSuchUnitError`.
 */
export async function attachSg(options: AttachSgOptions): Promise<SgAttachment> {
  const { target, clock = new SystemClock(), onError = warn } = options;
  await requireUmockdev(process.env['PATH']);
  const folder = await prepareFolder(options.folder);
  const nodes = deviceNodes(options.units);
  for (const { name } of nodes) socketPath(folder, `/dev/${name}`);
  const lock = lockFolder(folder, { purpose: 'sg' });
  const sockets: DeviceSocket[] = [];
  const host = new SgHost({ target, units: options.units, clock, onError });
  let stopWatching = (): void => undefined;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      stopWatching();
      // Programs that have ended leave their files in order: a tape that was written gets its filemark.
      const inOrder = Promise.all(sockets.map((socket) => socket.closeIdle()));
      const patience = new AbortController();
      await Promise.race([inOrder, clock.sleep(closingMs, patience.signal).catch(() => undefined)]);
      patience.abort();
      host.power.off();
      await Promise.all(sockets.map((socket) => socket.close()));
      target.nexusLost(host.address.nexus);
      await emptyFolder(folder).catch(() => undefined);
      lock.release();
    })();
    return closing;
  };
  try {
    await emptyFolder(folder);
    const tree = await describe(options, nodes, host);
    await writeTree(folder, tree);
    for (const node of nodes) {
      await writeDeviceFile(folder, node.name, node.major, node.minor);
      const path = socketPath(folder, `/dev/${node.name}`);
      await mkdir(dirname(path), { recursive: true });
      sockets.push(await DeviceSocket.listen({ path, open: () => host.open(node), onError }));
    }
    await linkSockets(folder, tree);
    const names = nodes.map(({ name }) => name);
    stopWatching = watchForBypass(folder, names, onError);
  } catch (cause) {
    await close();
    throw cause;
  }
  const devices = nodes.map(({ name, lun, peripheralDeviceType }) => ({
    path: `/dev/${name}`,
    lun,
    peripheralDeviceType,
  }));
  return {
    kind: 'sg',
    folder,
    devices,
    howToConnect: howToConnect(folder, devices),
    wrap: (command) => ({ command: [wrapper, ...command], env: { UMOCKDEV_DIR: folder } }),
    close,
  };
}

/** Does what a kernel does at the start: asks each unit who it is, and hears what has happened to it. */
async function describe(
  { target, units }: AttachSgOptions,
  nodes: readonly DeviceNode[],
  { address }: SgHost,
): Promise<TreeEntry[]> {
  const described = [];
  for (const unit of units) {
    const asked = { target, nexus: address.nexus, lun: unit.lun };
    described.push({ ...unit, pages: await readUnitPages(asked) });
    await takeUnitAttentions(asked);
  }
  return deviceTree(described, nodes, address);
}

/** The library looks for a socket under the name that the program opened: by-id links need theirs. */
async function linkSockets(folder: string, tree: readonly TreeEntry[]): Promise<void> {
  for (const entry of tree) {
    if (!('linkTo' in entry) || !entry.path.startsWith('/dev/')) continue;
    const path = join(folder, 'ioctl', entry.path);
    const leadsTo = join(folder, 'ioctl', dirname(entry.path), entry.linkTo);
    await mkdir(dirname(path), { recursive: true });
    await symlink(relative(dirname(path), leadsTo), path);
  }
}

function howToConnect(folder: string, devices: readonly SgDevice[]): string[] {
  const [first] = devices;
  const tape = devices.find(({ path }) => path.startsWith('/dev/nst'));
  return [
    ...devices.map(({ path, lun }) => `${path} is LUN ${lun}`),
    `UMOCKDEV_DIR=${folder} ${wrapper} mtx -f ${first?.path ?? '/dev/sg0'} status`,
    ...(tape === undefined ? [] : tapeHints(tape.path)),
  ];
}

/** umockdev's library sees neither creat(2), with which tar begins an archive, nor descriptors that were duplicated. */
function tapeHints(path: string): string[] {
  return [
    `to write an archive: tar -cf - FILES | dd of=${path} bs=64k iflag=fullblock >&-`,
    `to read it: tar -xf ${path}, or dd if=${path} bs=64k <&-`,
  ];
}

function warn(cause: Error): void {
  process.emitWarning(cause);
}
