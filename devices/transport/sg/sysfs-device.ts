import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { ScsiFormatError } from '../../scsi/format-error.js';
import type { Designator } from '../../scsi/spc/designator.js';
import { decodeDeviceIdentification, decodeUnitSerialNumber } from '../../scsi/spc/vital-product-data.js';

/** How the kernel reaches a device, as far as its place in sysfs tells. */
export type TransportKind = 'usb' | 'sas' | 'fc' | 'iscsi' | 'spi' | 'virtio' | 'ata' | 'unknown';

/** A logical unit as the kernel describes it in `/sys/bus/scsi/devices`. */
export interface SysfsDevice {
  /** Its folder, without the root: `/sys/devices/.../0:0:0:1`. */
  readonly folder: string;
  readonly host: number;
  readonly channel: number;
  readonly target: number;
  readonly lun: number;
  readonly peripheralDeviceType: number;
  readonly vendor: string;
  readonly model: string;
  readonly revision: string;
  /** VPD page 80h; absent when the kernel has none. */
  readonly serialNumber?: string;
  /** VPD page 83h. */
  readonly designators: readonly Designator[];
  readonly transportKind: TransportKind;
  /** Names of its device files by class: `sg3`; `sch0`; `nst0`, `st0`; `sr0`. */
  readonly nodes: {
    readonly generic: readonly string[];
    readonly changer: readonly string[];
    readonly tape: readonly string[];
    readonly block: readonly string[];
  };
}

const addressPattern = /^(\d+):(\d+):(\d+):(\d+)$/;

/** Every logical unit that the kernel has found, in the order of their addresses. Empty where there is no sysfs. */
export async function readSysfsDevices(root = ''): Promise<readonly SysfsDevice[]> {
  const names = await namesIn(join(root, '/sys/bus/scsi/devices'));
  const found = await Promise.all(names.map((name) => readSysfsDevice(name, root)));
  return found.filter((device) => device !== undefined).toSorted(byAddress);
}

async function readSysfsDevice(name: string, root: string): Promise<SysfsDevice | undefined> {
  const match = addressPattern.exec(name);
  if (match === null) return undefined;
  const [host = 0, channel = 0, target = 0, lun = 0] = match.slice(1).map(Number);
  const real = await realpath(join(root, '/sys/bus/scsi/devices', name)).catch(() => undefined);
  // It may be unplugged while it is looked at.
  if (real === undefined) return undefined;
  const text = async (file: string): Promise<string> =>
    (await readFile(join(real, file), 'latin1').catch(() => '')).trim();
  const page = (file: string): Promise<Buffer | undefined> => readFile(join(real, file)).catch(() => undefined);
  const list = (folder: string): Promise<readonly string[]> => namesIn(join(real, folder));
  const type = await text('type');
  if (!/^\d+$/.test(type)) return undefined;
  const serialNumber = decoded(await page('vpd_pg80'), decodeUnitSerialNumber);
  const folder = real.slice(root.length);
  return {
    folder,
    host,
    channel,
    target,
    lun,
    peripheralDeviceType: Number(type),
    vendor: await text('vendor'),
    model: await text('model'),
    revision: await text('rev'),
    ...(serialNumber === undefined || serialNumber === '' ? {} : { serialNumber }),
    designators: decoded(await page('vpd_pg83'), decodeDeviceIdentification) ?? [],
    transportKind: await transportKindOf(folder, host, root),
    nodes: {
      generic: await list('scsi_generic'),
      changer: await list('scsi_changer'),
      tape: await list('scsi_tape'),
      block: await list('block'),
    },
  };
}

/** A page that a device fills wrongly is as good as none: what it is for may still be reached. */
function decoded<T>(page: Uint8Array | undefined, decode: (bytes: Uint8Array) => T): T | undefined {
  if (page === undefined) return undefined;
  try {
    return decode(page);
  } catch (error) {
    if (error instanceof ScsiFormatError) return undefined;
    throw error;
  }
}

/** What stands between the host adapter and the unit in the path is the transport class's own. */
const pathMarks: readonly (readonly [RegExp, TransportKind])[] = [
  [/\/usb\d+\//, 'usb'],
  [/\/end_device-/, 'sas'],
  [/\/rport-/, 'fc'],
  [/\/session\d+\//, 'iscsi'],
  [/\/virtio\d+\//, 'virtio'],
  [/\/ata\d+\//, 'ata'],
];
/** Host adapters that show no such thing have at least joined a class. */
const hostClasses: readonly (readonly [string, TransportKind])[] = [
  ['sas_host', 'sas'],
  ['fc_host', 'fc'],
  ['iscsi_host', 'iscsi'],
  ['spi_host', 'spi'],
];

async function transportKindOf(folder: string, host: number, root: string): Promise<TransportKind> {
  const marked = pathMarks.find(([mark]) => mark.test(folder));
  if (marked !== undefined) return marked[1];
  for (const [className, kind] of hostClasses) {
    const hosts = await namesIn(join(root, '/sys/class', className));
    if (hosts.includes(`host${host}`)) return kind;
  }
  return 'unknown';
}

/** In the order of their names; none for a folder that is not there. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const names: string[] = await readdir(folder).catch(() => []);
  return names.toSorted((one, other) => (one < other ? -1 : 1));
}

/** Where udev keeps lasting names. */
const byIdFolders = ['/dev/tape/by-id', '/dev/disk/by-id'] as const;

/** Lasting names by the device file that they lead to: `nst0` has `/dev/tape/by-id/scsi-3500...-nst`. */
export async function readByIdLinks(root = ''): Promise<ReadonlyMap<string, readonly string[]>> {
  const links = new Map<string, string[]>();
  for (const folder of byIdFolders) {
    for (const name of await namesIn(join(root, folder))) {
      const leadsTo = await readlink(join(root, folder, name)).catch(() => undefined);
      if (leadsTo === undefined) continue;
      const node = basename(leadsTo);
      links.set(node, [...(links.get(node) ?? []), `${folder}/${name}`]);
    }
  }
  return links;
}

function byAddress(one: SysfsDevice, other: SysfsDevice): number {
  return one.host - other.host || one.channel - other.channel || one.target - other.target || one.lun - other.lun;
}
