import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { UsbSpeed } from './usb-interface.js';

/** Where the kernel tells of USB devices, below the root of sysfs. */
const DEVICES = 'bus/usb/devices';

/** One device as Linux tells of it; what a device does not have is absent. */
export interface SysfsUsbDevice {
  /** Bus and ports: `1-1.4`; also the name of its folder. */
  readonly port: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber?: string;
  readonly manufacturer?: string;
  readonly product?: string;
  readonly bus: number;
  readonly address: number;
  readonly ports: readonly number[];
  readonly speed?: UsbSpeed;
  /** 0 for a device without an active configuration. */
  readonly configurationValue: number;
  /** Device descriptor and all configurations, one behind the other, as the device sent them. */
  readonly descriptors: Uint8Array;
}

/** Throws the file system's error when sysfs has no USB devices at all; a device that vanishes meanwhile is left out. */
export async function listSysfsUsb(sysfs: string): Promise<SysfsUsbDevice[]> {
  const names = await readdir(join(sysfs, DEVICES));
  // `1-1:1.0` are interfaces, `usb1` are root hubs.
  const ports = names.filter((name) => /^\d+-\d+(\.\d+)*$/.test(name)).sort();
  const found = await Promise.all(ports.map((port) => readSysfsUsb(sysfs, port)));
  return found.filter((device) => device !== undefined);
}

/** The kernel driver that holds an interface: `usb-storage`, `uas`, or `usbfs` for a program. */
export async function kernelDriverOf(
  sysfs: string,
  port: string,
  configurationValue: number,
  interfaceNumber: number,
): Promise<string | undefined> {
  const link = join(sysfs, DEVICES, `${port}:${configurationValue}.${interfaceNumber}`, 'driver');
  try {
    return basename(await readlink(link));
  } catch {
    return undefined;
  }
}

async function readSysfsUsb(sysfs: string, port: string): Promise<SysfsUsbDevice | undefined> {
  const folder = join(sysfs, DEVICES, port);
  const text = async (name: string): Promise<string | undefined> => {
    try {
      return (await readFile(join(folder, name), 'utf8')).trim();
    } catch {
      return undefined;
    }
  };
  const [vendor, product, bus, address, configuration, speed] = await Promise.all(
    ['idVendor', 'idProduct', 'busnum', 'devnum', 'bConfigurationValue', 'speed'].map(text),
  );
  const vendorId = Number.parseInt(vendor ?? '', 16);
  const productId = Number.parseInt(product ?? '', 16);
  const descriptors = await readFile(join(folder, 'descriptors')).catch(() => undefined);
  if (Number.isNaN(vendorId) || Number.isNaN(productId) || descriptors === undefined) return undefined;
  const [busOfName = '', chain = ''] = port.split('-');
  const names = await Promise.all(['serial', 'manufacturer', 'product'].map(text));
  const [serialNumber, manufacturer, productName] = names.map((name) => (name === '' ? undefined : name));
  const speedName = SPEEDS[speed ?? ''];
  return {
    port,
    vendorId,
    productId,
    bus: Number.parseInt(bus ?? busOfName, 10),
    address: Number.parseInt(address ?? '0', 10),
    ports: chain.split('.').map(Number),
    // An unconfigured device has an empty line.
    configurationValue: Number.parseInt(configuration ?? '', 10) || 0,
    descriptors: Uint8Array.from(descriptors),
    ...(speedName !== undefined && { speed: speedName }),
    ...(serialNumber !== undefined && { serialNumber }),
    ...(manufacturer !== undefined && { manufacturer }),
    ...(productName !== undefined && { product: productName }),
  };
}

/** In Mbit/s, as the kernel writes them. */
const SPEEDS: Readonly<Record<string, UsbSpeed>> = {
  '1.5': 'low',
  '12': 'full',
  '480': 'high',
  '5000': 'super',
  '10000': 'superPlus',
  '20000': 'superPlus',
};
