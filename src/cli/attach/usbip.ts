import { attachUsbip } from '../../../devices/virtual/attach/usbip/index.js';
import { describeHosts, reachableHosts } from './reachable-hosts.js';
import type { OpenWay, WayContext } from './way.js';

/** A USB mass-storage device that hosts plug in over the network (USB/IP). */
export async function openUsbip(context: WayContext): Promise<OpenWay> {
  const { autoloader, clock, options } = context;
  const { lunOfChanger, lunsOfDrives, serialNumber } = autoloader;
  const attachment = await attachUsbip({
    target: autoloader,
    luns: [lunOfChanger, ...lunsOfDrives],
    clock,
    host: options.host,
    port: options.usbipPort,
    device: {
      protocol: options.usbProtocol,
      speed: options.usbSpeed,
      serialNumber,
      blockLengthOf: (lun) => autoloader.blockLengthOf(lun),
    },
    onError: (cause) => context.onNotice(cause.message),
  });
  const { port, busId, vendorId, productId } = attachment;
  const [host] = reachableHosts(options.host);
  return {
    attachment,
    remarks: describeHosts(options.host),
    changer: { transport: 'usb', vendorId, productId, serialNumber, protocol: 'auto', lun: lunOfChanger },
    details: { host, port, busId, vendorId, productId, serialNumber },
  };
}
