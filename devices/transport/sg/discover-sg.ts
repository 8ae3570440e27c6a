import { basename } from 'node:path';

import { PeripheralDeviceType } from '../../scsi/opcodes.js';
import type { Designator } from '../../scsi/spc/designator.js';
import { resolveNode } from './device-node.js';
import { readByIdLinks, readSysfsDevices, type SysfsDevice, type TransportKind } from './sysfs-device.js';

/** A changer, or a drive that may be in one. */
export interface DiscoveredSgDevice {
  /** What takes its commands: `/dev/sg3`; without the module sg, the file of the driver that it has. */
  readonly path: string;
  /** A name that stays the same after a restart; absent where udev has made none. */
  readonly byId?: string;
  readonly peripheralDeviceType: number;
  readonly vendor: string;
  readonly model: string;
  readonly revision: string;
  readonly serialNumber?: string;
  readonly designators: readonly Designator[];
  readonly host: number;
  readonly channel: number;
  readonly target: number;
  readonly lun: number;
  readonly transportKind: TransportKind;
}

/** Changers, and what a changer may have for a drive. Disks, enclosures and the rest are left alone. */
const wanted: readonly number[] = [
  PeripheralDeviceType.MEDIUM_CHANGER,
  PeripheralDeviceType.SEQUENTIAL_ACCESS,
  PeripheralDeviceType.WRITE_ONCE,
  PeripheralDeviceType.CD_DVD,
  PeripheralDeviceType.OPTICAL_MEMORY,
];

/**
 * The changers and drives that the kernel has found, read from sysfs: no device is asked or opened, and no right is needed.
 * `root` stands before `/sys` and `/dev`, for tests; a real path. Empty on other systems than Linux.
 */
export async function discoverSg(options: { readonly root?: string } = {}): Promise<readonly DiscoveredSgDevice[]> {
  const { root = '' } = options;
  const links = await readByIdLinks(root);
  return (await readSysfsDevices(root)).flatMap((device) => {
    if (!wanted.includes(device.peripheralDeviceType)) return [];
    const found = described(device, links);
    return found === undefined ? [] : [found];
  });
}

/** Other units of the target that `path` is a unit of, as files to open: the drives beside a changer, mostly. */
export async function siblingPaths(path: string, options: { readonly root?: string } = {}): Promise<string[]> {
  const { root = '' } = options;
  const devices = await readSysfsDevices(root);
  const name = basename((await resolveNode(path, root)).path);
  const own = devices.find((device) => fileNames(device).includes(name));
  if (own === undefined) return [];
  return devices.flatMap((device) => {
    const isSibling =
      isSameTarget(device, own) && device.lun !== own.lun && wanted.includes(device.peripheralDeviceType);
    const [file] = isSibling ? fileNames(device) : [];
    return file === undefined ? [] : [`/dev/${file}`];
  });
}

export function isSameTarget(
  one: Pick<DiscoveredSgDevice, 'host' | 'channel' | 'target'>,
  other: Pick<DiscoveredSgDevice, 'host' | 'channel' | 'target'>,
): boolean {
  return one.host === other.host && one.channel === other.channel && one.target === other.target;
}

/** The best to send commands to first: sg takes all of them from whoever may write to it, and opening it moves nothing. */
function fileNames({ nodes }: SysfsDevice): readonly string[] {
  const noRewind = nodes.tape.filter((name) => /^nst\d+$/.test(name));
  return [...nodes.generic, ...nodes.changer, ...noRewind, ...nodes.block, ...nodes.tape];
}

function described(device: SysfsDevice, links: ReadonlyMap<string, readonly string[]>): DiscoveredSgDevice | undefined {
  const names = fileNames(device);
  const [first] = names;
  // No driver has made a file for it: neither sg is loaded nor the driver of its type.
  if (first === undefined) return undefined;
  const byId = names.flatMap((name) => links.get(name) ?? [])[0];
  const { folder: _folder, nodes: _nodes, ...rest } = device;
  return { path: `/dev/${first}`, ...(byId === undefined ? {} : { byId }), ...rest };
}
