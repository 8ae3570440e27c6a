import type { UsbInterface } from './usb-interface.js';

/** Which device is meant. */
export interface UsbSelection {
  /** idVendor and idProduct of the device descriptor. */
  readonly vendorId: number;
  readonly productId: number;
  /** iSerialNumber; tells apart devices of one model. */
  readonly serialNumber?: string | undefined;
  /** Bus and ports as the kernel writes them: `1-1.4`. For devices without serial number. */
  readonly port?: string | undefined;
  /** Resets the device's port before its interface is claimed: what is left for a device that is out of step. */
  readonly reset?: boolean | undefined;
}

/** What tells this device from others of its model; absent where it has no such thing. */
export interface UsbIdentity {
  readonly serialNumber?: string | undefined;
  readonly port?: string | undefined;
}

/** Opens the selected device's mass-storage interface. Rejects with `TransportError`. */
export type OpenUsbInterface = (selection: UsbSelection) => Promise<UsbInterface & UsbIdentity>;

/** `usb://1209:b070/SERIAL`, or with the port, as far as the selection says. */
export function usbName({ vendorId, productId, serialNumber, port }: UsbSelection): string {
  const which = serialNumber ?? port;
  return `usb://${usbIds(vendorId, productId)}${which === undefined ? '' : `/${which}`}`;
}

/** `1209:b070`, as lsusb writes it. */
export function usbIds(vendorId: number, productId: number): string {
  return `${hex4(vendorId)}:${hex4(productId)}`;
}

/** The udev rule that lets users of group `plugdev` open the device without being root. */
export function udevRule(vendorId: number, productId: number): string {
  return (
    `SUBSYSTEM=="usb", ATTR{idVendor}=="${hex4(vendorId)}", ATTR{idProduct}=="${hex4(productId)}", ` +
    'MODE="0660", GROUP="plugdev", TAG+="uaccess"'
  );
}

/** Bus number and port chain in the kernel's way of writing: `1-1.4`; a root hub is `usb1`. */
export function portName(bus: number, ports: readonly number[]): string {
  return ports.length === 0 ? `usb${bus}` : `${bus}-${ports.join('.')}`;
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}
