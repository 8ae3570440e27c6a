export { UsbTransport, type UsbTransportOptions } from './usb-transport.js';
export type { UsbProtocolChoice } from './protocol-choice.js';
export {
  discoverUsb,
  type DiscoverUsbOptions,
  type MassStorageSetting,
  type UsbDiscovery,
  type UsbMassStorageListing,
} from './discover-usb.js';
export { udevRule, usbIds, usbName, type UsbSelection } from './usb-selection.js';
