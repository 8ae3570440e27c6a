export type { ServedProtocol, UsbDeviceSpeed } from './mass-storage-descriptors.js';
export * from './usb-function.js';
export * from './usb-mass-storage.js';
