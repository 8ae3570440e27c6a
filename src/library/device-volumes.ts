import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Where the kernel tells of devices and of mounted file systems. */
export interface KernelFiles {
  /** `/sys` */
  readonly sysfs: string;
  /** `/dev` */
  readonly devices: string;
  /** `/proc/self/mounts` */
  readonly mounts: string;
}

export const kernelFiles: KernelFiles = { sysfs: '/sys', devices: '/dev', mounts: '/proc/self/mounts' };

export interface DeviceVolume {
  /** The device file that programs open for the medium. */
  readonly deviceFile: string;
  /** Where its file system is mounted. */
  readonly mountedAt?: string;
}

/** The classes of sysfs in which a SCSI device is looked up by the name of its device file. */
const classes = ['scsi_generic', 'scsi_tape', 'block'] as const;

/**
 * The volume of a SCSI device that the kernel serves: for a tape its device file that does not rewind, for a disc its block
 * device. `deviceName` is any of its device files. Undefined for what is no device file of the kernel.
 */
export async function deviceVolumes(deviceName: string, files: KernelFiles): Promise<DeviceVolume | undefined> {
  if (!deviceName.startsWith('/')) return undefined;
  // Udev's links (/dev/tape/by-id/...) lead to the device file.
  const name = basename(await realpath(deviceName).catch(() => deviceName));
  for (const one of classes) {
    const device = join(files.sysfs, 'class', one, name, 'device');
    const tape = (await names(join(device, 'scsi_tape'))).find((entry) => /^nst\d+$/.test(entry));
    if (tape !== undefined) return volumeOf(join(files.devices, tape), files);
    const [block] = await names(join(device, 'block'));
    if (block !== undefined) return volumeOf(join(files.devices, block), files);
  }
  return undefined;
}

async function volumeOf(deviceFile: string, { mounts }: KernelFiles): Promise<DeviceVolume> {
  const lines = (await readFile(mounts, 'utf8').catch(() => '')).split('\n');
  // At most one partition: the device itself, or the first of it.
  const mounted = lines.map((line) => line.split(' ')).find(([source]) => isOn(source ?? '', deviceFile));
  const [, folder] = mounted ?? [];
  return folder === undefined ? { deviceFile } : { deviceFile, mountedAt: unescaped(folder) };
}

function isOn(source: string, deviceFile: string): boolean {
  return source === deviceFile || (source.startsWith(deviceFile) && /^p?\d+$/.test(source.slice(deviceFile.length)));
}

/** The kernel writes blanks in folder names as octal numbers: `\040`. */
function unescaped(folder: string): string {
  return folder.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

async function names(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).toSorted((a, b) => (a < b ? -1 : 1));
}
