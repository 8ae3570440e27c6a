import { ScsiFormatError } from '../../scsi/format-error.js';
import { isMassStorage } from './protocol-choice.js';
import { kernelDriverOf, listSysfsUsb, type SysfsUsbDevice } from './sysfs-usb.js';
import {
  configurationHeader,
  deviceDescriptor,
  MassStorage,
  parseConfiguration,
  type UsbAlternateSetting,
} from './usb-descriptors.js';
import { usbIds } from './usb-selection.js';

/** One way to drive a mass-storage interface. */
export interface MassStorageSetting {
  readonly alternateSetting: number;
  readonly protocol: 'bulk-only' | 'uas';
  /** How many bulk streams its pipes demand; 0 for none. */
  readonly maxStreams: number;
}

/** A mass-storage interface (class 08h, subclass 06h, protocol 50h or 62h) that is plugged in. */
export interface UsbMassStorageListing extends Omit<SysfsUsbDevice, 'descriptors'> {
  readonly interfaceNumber: number;
  readonly settings: readonly MassStorageSetting[];
  /** What holds the interface now: `usb-storage`, `uas`; `usbfs` is a program. Absent: nothing. */
  readonly kernelDriver?: string;
}

export interface UsbDiscovery {
  readonly devices: readonly UsbMassStorageListing[];
  /** What could not be read, and why; one sentence each. */
  readonly problems: readonly string[];
}

export interface DiscoverUsbOptions {
  /** Root of sysfs; default `/sys`. */
  readonly sysfs?: string;
}

/** Lists what is plugged in, without opening anything: it needs no rights. Never rejects. Linux only; elsewhere it says so. */
export async function discoverUsb({ sysfs = '/sys' }: DiscoverUsbOptions = {}): Promise<UsbDiscovery> {
  let found: SysfsUsbDevice[];
  try {
    found = await listSysfsUsb(sysfs);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const problem =
      `USB devices cannot be listed: ${sysfs}/bus/usb/devices is not there or cannot be read (${why}). ` +
      'This needs Linux with USB support; a container needs the host’s /sys and /dev/bus/usb';
    return { devices: [], problems: [problem] };
  }
  const devices: UsbMassStorageListing[] = [];
  const problems: string[] = [];
  for (const device of found) {
    try {
      devices.push(...(await listingsOf(device, sysfs)));
    } catch (cause) {
      if (!(cause instanceof ScsiFormatError)) throw cause;
      const { port, vendorId, productId } = device;
      problems.push(`The descriptors of ${usbIds(vendorId, productId)} at ${port} cannot be read: ${cause.message}`);
    }
  }
  return { devices, problems };
}

async function listingsOf(device: SysfsUsbDevice, sysfs: string): Promise<UsbMassStorageListing[]> {
  const { descriptors: _, ...rest } = device;
  const settings = activeSettings(device).filter(isMassStorage);
  const listings: UsbMassStorageListing[] = [];
  for (const interfaceNumber of new Set(settings.map((setting) => setting.interfaceNumber))) {
    const kernelDriver = await kernelDriverOf(sysfs, device.port, device.configurationValue, interfaceNumber);
    listings.push({
      ...rest,
      interfaceNumber,
      settings: settings.filter((setting) => setting.interfaceNumber === interfaceNumber).map(settingOf),
      ...(kernelDriver !== undefined && { kernelDriver }),
    });
  }
  return listings;
}

/** Of the active configuration; of the first one when none is active. Throws `ScsiFormatError`. */
function activeSettings({ descriptors, configurationValue }: SysfsUsbDevice): readonly UsbAlternateSetting[] {
  let first: readonly UsbAlternateSetting[] | undefined;
  for (let offset = deviceDescriptor.length; offset < descriptors.length;) {
    const { totalLength } = configurationHeader.decode(descriptors, offset);
    const configuration = parseConfiguration(descriptors.subarray(offset));
    if (configuration.configurationValue === configurationValue) return configuration.alternateSettings;
    first ??= configuration.alternateSettings;
    // A length of less than its own header would never come to an end.
    offset += Math.max(totalLength, configurationHeader.length);
  }
  return first ?? [];
}

function settingOf({ alternateSetting, interfaceProtocol, endpoints }: UsbAlternateSetting): MassStorageSetting {
  return {
    alternateSetting,
    protocol: interfaceProtocol === MassStorage.UAS ? 'uas' : 'bulk-only',
    maxStreams: Math.max(0, ...endpoints.map(({ maxStreams }) => maxStreams ?? 0)),
  };
}
