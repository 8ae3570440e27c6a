import { closeSync, openSync } from 'node:fs';

/** A device of usbfs: its node is /dev/bus/usb/<bus>/<address>. */
export interface UsbFileSystemDevice {
  readonly bus: number;
  readonly address: number;
  readonly interfaceNumber: number;
}

/** linux/usbdevice_fs.h: an ioctl for one interface's driver, wrapped in an ioctl of the device. */
const USBDEVFS_IOCTL = 0xc010_5512;
const USBDEVFS_DISCONNECT = 0x5516;
const USBDEVFS_CONNECT = 0x5517;

/**
 * Gives an interface back to the kernel's driver without waiting for anything, for use while the process ends: then no
 * promise is settled any more, so the `usb` package cannot do it. Takes the interface from this very process first.
 */
export type GiveBack = (device: UsbFileSystemDevice) => void;

/** Undefined where it cannot be done: not Linux, or no way to call ioctl. The native code is loaded now, not at the end. */
export async function prepareGiveBack(): Promise<GiveBack | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const { default: koffi } = await import('koffi');
    const ioctl = koffi.load(null).func('int ioctl(int fd, unsigned long request, void *argument)') as (
      fd: number,
      request: number,
      argument: Uint8Array,
    ) => number;
    return ({ bus, address, interfaceNumber }) => {
      const node = `/dev/bus/usb/${String(bus).padStart(3, '0')}/${String(address).padStart(3, '0')}`;
      let fd: number;
      try {
        fd = openSync(node, 'r+');
      } catch {
        return; // The device is gone: nothing is left to give back.
      }
      ioctl(fd, USBDEVFS_IOCTL, driverRequest(interfaceNumber, USBDEVFS_DISCONNECT));
      ioctl(fd, USBDEVFS_IOCTL, driverRequest(interfaceNumber, USBDEVFS_CONNECT));
      closeSync(fd);
    };
  } catch {
    return undefined;
  }
}

/** struct usbdevfs_ioctl on 64-bit machines: interface, request, pointer to data (none). */
function driverRequest(interfaceNumber: number, request: number): Uint8Array {
  const block = new DataView(new ArrayBuffer(16));
  const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  block.setInt32(0, interfaceNumber, isLittleEndian);
  block.setInt32(4, request, isLittleEndian);
  return new Uint8Array(block.buffer);
}
