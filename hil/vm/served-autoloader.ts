import { SystemClock, type Clock } from '../../devices/clock.js';
import { findProfile } from '../../devices/profiles/index.js';
import type { Profile } from '../../devices/profiles/profile.js';
import type { PlacedCartridge, VirtualAutoloader } from '../../devices/virtual/index.js';
import { attachUsbip, type UsbipAttachment } from '../../devices/virtual/attach/usbip/index.js';
import type { UsbMassStorageOptions } from '../../devices/virtual/attach/usb/index.js';
import type { GuestMachine } from './guest-machine.js';
import type { Bench } from './part.js';

/** Two tape drives (LUN 0 and 2), changer (LUN 1), 23 slots, one port; unloads a drive by itself, as mtx expects it. */
export const MSL = findProfile('hp-msl2024');

/** The same model with so many slots. */
export function withSlots(count: number): Profile {
  return { ...MSL, elements: { ...MSL.elements, storage: { first: 1_000, count } }, magazines: [] };
}

/** Labelled cartridges in the first four slots and in the last one: what `mtx first`, `next` and `last` need. */
export function fiveCartridges(profile: Profile): PlacedCartridge[] {
  const { first, count } = profile.elements.storage;
  return [first, first + 1, first + 2, first + 3, first + count - 1].map((elementAddress, index) => {
    return { elementAddress, barcode: `VM${String(index + 1).padStart(4, '0')}L8`, mediaType: 'L8' };
  });
}

export interface ServedUsbDevice {
  readonly autoloader: VirtualAutoloader;
  readonly attachment: UsbipAttachment;
  readonly serialNumber: string;
  /** The guest plugs the device in; its port's row in the guest's vhci controller frees itself when the device goes. */
  plugInto(guest: GuestMachine): Promise<void>;
}

/** A virtual autoloader as a USB device that the guest can plug in. */
export async function serveUsb(
  bench: Bench,
  device: Pick<UsbMassStorageOptions, 'protocol' | 'speed'>,
  options: { profile?: Profile; clock?: Clock; timing?: 'zero' | 'real'; serialNumber?: string } = {},
): Promise<ServedUsbDevice> {
  const { profile = MSL, serialNumber = 'ORSVM00001', timing = 'zero', clock = new SystemClock() } = options;
  const autoloader = await bench.autoloader(profile, {
    cartridges: fiveCartridges(profile),
    serialNumber,
    timing,
    clock,
  });
  const attachment = await attachUsbip({
    target: autoloader,
    luns: [autoloader.lunOfChanger, ...autoloader.lunsOfDrives],
    clock: new SystemClock(),
    port: 0,
    device: { ...device, serialNumber },
  });
  bench.atEnd(() => attachment.close());
  return {
    autoloader,
    attachment,
    serialNumber,
    plugInto: async (guest) => {
      await guest.must(`usbip --tcp-port ${attachment.port} attach -r 10.0.2.2 -b ${attachment.busId}`);
    },
  };
}
