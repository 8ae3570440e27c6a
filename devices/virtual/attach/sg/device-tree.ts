import { posix } from 'node:path';

import { readText } from '../../../scsi/layout.js';
import { DesignatorAssociation, DesignatorType } from '../../../scsi/spc/designator.js';
import { decodeDeviceIdentification, decodeUnitSerialNumber } from '../../../scsi/spc/vital-product-data.js';
import type { DeviceNode } from './device-nodes.js';
import type { UnitPages } from './unit-pages.js';

/** A file or symbolic link of the tree that programs see in place of `/dev` and `/sys`. */
export type TreeEntry =
  { readonly path: string; readonly content: Uint8Array | string } | { readonly path: string; readonly linkTo: string };

export interface TreeUnit {
  readonly lun: number;
  readonly peripheralDeviceType: number;
  readonly pages: UnitPages;
}

export interface TreeHost {
  readonly host: number;
  readonly channel: number;
  readonly id: number;
}

/**
 * `/sys` with one SCSI host and its units, as Linux 6.1 shows them, as far as lsscsi, sg_map, sg_scan and this project's own
 * discovery look; and the links that udev would make below `/dev/tape/by-id`. Paths are absolute.
 */
export function deviceTree(
  units: readonly TreeUnit[],
  nodes: readonly DeviceNode[],
  { host, channel, id }: TreeHost,
): TreeEntry[] {
  const hostFolder = `/sys/devices/platform/openrsm/host${host}`;
  const entries: TreeEntry[] = [
    text(`${hostFolder}/scsi_host/host${host}/proc_name`, 'openrsm'),
    link(`/sys/class/scsi_host/host${host}`, `${hostFolder}/scsi_host/host${host}`),
    link(`/sys/bus/scsi/devices/host${host}`, hostFolder),
    text('/sys/module/sg/version', '3.5.36'),
  ];
  for (const unit of units) {
    const address = `${host}:${channel}:${id}:${unit.lun}`;
    const folder = `${hostFolder}/target${host}:${channel}:${id}/${address}`;
    const own = nodes.filter(({ lun }) => lun === unit.lun);
    entries.push(
      ...unitFiles(folder, unit),
      link(`${folder}/subsystem`, '/sys/bus/scsi'),
      link(`/sys/bus/scsi/devices/${address}`, folder),
      link(`${folder}/scsi_device/${address}/device`, folder),
      link(`/sys/class/scsi_device/${address}`, `${folder}/scsi_device/${address}`),
      ...own.flatMap((node) => nodeFiles(folder, node)),
      ...byIdLinks(unit, own),
    );
  }
  return entries;
}

function unitFiles(folder: string, { peripheralDeviceType, pages }: TreeUnit): TreeEntry[] {
  const { standardInquiry, unitSerialNumber, deviceIdentification } = pages;
  const version = standardInquiry[2] ?? 0;
  // sysfs keeps the blanks that pad these.
  const field = (at: number, size: number): string => readText(standardInquiry, at, size).padEnd(size);
  return [
    text(`${folder}/type`, `${peripheralDeviceType}`),
    text(`${folder}/vendor`, field(8, 8)),
    text(`${folder}/model`, field(16, 16)),
    text(`${folder}/rev`, field(32, 4)),
    // SCSI_2 and above are counted one higher than in the INQUIRY data.
    text(`${folder}/scsi_level`, `${version >= 2 ? version + 1 : version}`),
    text(`${folder}/state`, 'running'),
    text(`${folder}/device_blocked`, '0'),
    text(`${folder}/queue_depth`, '1'),
    text(`${folder}/timeout`, '30'),
    { path: `${folder}/inquiry`, content: standardInquiry },
    ...(unitSerialNumber === undefined ? [] : [{ path: `${folder}/vpd_pg80`, content: unitSerialNumber }]),
    ...(deviceIdentification === undefined ? [] : [{ path: `${folder}/vpd_pg83`, content: deviceIdentification }]),
  ];
}

function nodeFiles(folder: string, { name, sysfsClass, major, minor }: DeviceNode): TreeEntry[] {
  const own = `${folder}/${sysfsClass}/${name}`;
  const shortcut = { scsi_generic: 'generic', scsi_tape: 'tape', scsi_changer: undefined }[sysfsClass];
  const isFirst = !name.startsWith('nst');
  return [
    text(`${own}/dev`, `${major}:${minor}`),
    text(`${own}/uevent`, `MAJOR=${major}\nMINOR=${minor}\nDEVNAME=${name}`),
    link(`${own}/device`, folder),
    link(`${own}/subsystem`, `/sys/class/${sysfsClass}`),
    link(`/sys/class/${sysfsClass}/${name}`, own),
    link(`/sys/dev/char/${major}:${minor}`, own),
    ...(shortcut === undefined || !isFirst ? [] : [link(`${folder}/${shortcut}`, own)]),
  ];
}

/** udev names tape drives and changers by what page 83h or the serial number says of them. */
function byIdLinks(unit: TreeUnit, nodes: readonly DeviceNode[]): TreeEntry[] {
  const id = persistentId(unit.pages);
  if (id === undefined) return [];
  const isTape = nodes.some(({ driver }) => driver === 'st');
  return nodes.flatMap(({ name, driver }) => {
    if (driver === 'ch' || (driver === 'sg' && isTape)) return [];
    const suffix = name.startsWith('nst') ? '-nst' : '';
    return [link(`/dev/tape/by-id/scsi-${id}${suffix}`, `/dev/${name}`)];
  });
}

/** As udev's scsi_id makes them: `3` and a world wide name, else `S`, vendor, model and serial number. */
export function persistentId({
  standardInquiry,
  unitSerialNumber,
  deviceIdentification,
}: UnitPages): string | undefined {
  const designators = deviceIdentification === undefined ? [] : decodeDeviceIdentification(deviceIdentification);
  const name = designators.find(
    ({ association, designatorType }) =>
      association === DesignatorAssociation.LOGICAL_UNIT && designatorType === DesignatorType.NAA,
  );
  if (name !== undefined) return `3${Buffer.from(name.designator).toString('hex')}`;
  if (unitSerialNumber === undefined) return undefined;
  const serial = decodeUnitSerialNumber(unitSerialNumber);
  const model = `${readText(standardInquiry, 8, 8)}_${readText(standardInquiry, 16, 16)}`;
  return `S${model}_${serial}`.replaceAll(/[^A-Za-z0-9_.#:=@-]/g, '_');
}

function text(path: string, content: string): TreeEntry {
  return { path, content: `${content}\n` };
}

/** Relative, so that the tree may lie anywhere. */
function link(path: string, target: string): TreeEntry {
  return { path, linkTo: posix.relative(posix.dirname(path), target) };
}
