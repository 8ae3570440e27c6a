import { discoverUsb, type UsbMassStorageListing } from '../../../devices/transport/usb/discover-usb.js';
import { usbIds } from '../../../devices/transport/usb/usb-selection.js';
import { connectUsb } from '../transports/usb.js';
import type { PlugBoard } from '../plug-board.js';
import type { UsbUnit } from '../rig.js';
import { askTarget } from './ask-units.js';
import type { Look } from './found-unit.js';
import { joined } from './look-iscsi.js';
import { patienceOf } from './patience.js';

/**
 * The changers and drives of the mass-storage devices on USB. Who asks a device takes it from the kernel's driver for that time:
 * with `leaveToKernel` those that have one are left to it, since it shows them as device files.
 */
export async function lookUsb({ leaveToKernel }: { readonly leaveToKernel: boolean }, board: PlugBoard): Promise<Look> {
  const { devices, problems } = await discoverUsb();
  const looks: Look[] = [{ units: [], notices: problems }];
  for (const device of devices) {
    const { kernelDriver } = device;
    const what = `USB device ${usbIds(device.vendorId, device.productId)} at ${device.port}`;
    if (kernelDriver === 'usbfs') {
      looks.push({ units: [], notices: [`${what} is in use by another program: not asked`] });
    } else if (kernelDriver !== undefined && leaveToKernel) {
      const notice =
        `${what} is driven by the kernel (${kernelDriver}); if it is an autoloader, its units are the sg ones here. ` +
        'To drive it without the kernel, look with "--transport usb".';
      looks.push({ units: [], notices: [notice] });
    } else {
      const unit = (lun: number): UsbUnit => unitOf(device, devices, lun);
      looks.push(await askTarget(await connectUsb(unit(0), board), unit, patienceOf(board)));
    }
  }
  return joined(looks);
}

/** The serial number names a device wherever it is plugged in; the port does so for those that have none of their own. */
function unitOf(device: UsbMassStorageListing, all: readonly UsbMassStorageListing[], lun: number): UsbUnit {
  const { vendorId, productId, serialNumber, port } = device;
  const same = all.filter(
    (other) =>
      other.port !== port &&
      other.vendorId === vendorId &&
      other.productId === productId &&
      other.serialNumber === serialNumber,
  );
  const ambiguous = serialNumber === undefined || same.length > 0;
  return {
    transport: 'usb',
    vendorId,
    productId,
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(ambiguous ? { port } : {}),
    protocol: 'auto',
    lun,
  };
}
