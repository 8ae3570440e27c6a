import type { UsbFunction } from '../../../../../devices/virtual/attach/usb/index.js';

export type HostTransfer =
  | { readonly kind: 'done'; readonly data: Uint8Array; readonly length: number }
  | { readonly kind: 'stall' | 'cancelled' | 'gone' };

/** What a test needs of a host controller. */
export interface BulkHost {
  control(setup: Uint8Array, data?: Uint8Array): Promise<HostTransfer>;
  bulkIn(endpoint: number, length: number): Promise<HostTransfer>;
  bulkOut(endpoint: number, data: Uint8Array): Promise<HostTransfer>;
}

/** A host controller that calls the device directly. */
export function directHost(device: UsbFunction): BulkHost {
  const never = (): AbortSignal => new AbortController().signal;
  return {
    control: (setup, data = new Uint8Array(0)) => device.control(setup, data),
    bulkIn: (endpoint, length) => device.bulkIn(endpoint & 0x0f, length, never()),
    bulkOut: (endpoint, data) => device.bulkOut(endpoint, data, never()),
  };
}

export const SET_CONFIGURATION = Uint8Array.of(0x00, 9, 1, 0, 0, 0, 0, 0);
export const setInterface = (setting: number): Uint8Array => Uint8Array.of(0x01, 11, setting, 0, 0, 0, 0, 0);
export const clearHalt = (address: number): Uint8Array => Uint8Array.of(0x02, 1, 0, 0, address, 0, 0, 0);
export const getDescriptor = (type: number, index: number, length: number): Uint8Array =>
  Uint8Array.of(0x80, 6, index, type, 0, 0, length & 0xff, length >> 8);
