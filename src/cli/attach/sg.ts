import { join, resolve } from 'node:path';
import { PeripheralDeviceType } from '../../../devices/scsi/opcodes.js';
import { attachSg } from '../../../devices/virtual/attach/sg/index.js';
import type { OpenWay, WayContext } from './way.js';

/** Device files for unmodified Linux programs, without the kernel's help. */
export async function openSg(context: WayContext): Promise<OpenWay> {
  const { autoloader, stateFolder, options, onNotice } = context;
  const { profile, lunOfChanger, lunsOfDrives } = autoloader;
  const { peripheralDeviceType } = profile.drives;
  const attachment = await attachSg({
    target: autoloader,
    units: [
      { lun: lunOfChanger, peripheralDeviceType: PeripheralDeviceType.MEDIUM_CHANGER },
      ...lunsOfDrives.map((lun) => ({ lun, peripheralDeviceType })),
    ],
    folder: options.folder === undefined ? join(stateFolder, 'sg') : resolve(options.folder),
    onError: (cause) => onNotice(cause.message),
  });
  const { folder, devices } = attachment;
  return { attachment, details: { folder, devices }, wrap: (command) => attachment.wrap([...command]) };
}
