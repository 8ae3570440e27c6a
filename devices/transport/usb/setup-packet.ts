import { bits, flag, layout, uint8 } from '../../scsi/layout.js';
import { littleEndian16 } from './little-endian.js';
import type { UsbSetup } from './usb-interface.js';

/** bRequest of standard requests (USB 2.0 table 9-4, USB 3.2 table 9-5). */
export const StandardRequest = {
  GET_STATUS: 0,
  CLEAR_FEATURE: 1,
  SET_FEATURE: 3,
  SET_ADDRESS: 5,
  GET_DESCRIPTOR: 6,
  SET_DESCRIPTOR: 7,
  GET_CONFIGURATION: 8,
  SET_CONFIGURATION: 9,
  GET_INTERFACE: 10,
  SET_INTERFACE: 11,
  SET_SEL: 48,
  SET_ISOCH_DELAY: 49,
} as const;
export type StandardRequest = (typeof StandardRequest)[keyof typeof StandardRequest];

/** wValue of SET FEATURE and CLEAR FEATURE (USB 2.0 table 9-6, USB 3.2 table 9-7). */
export const Feature = {
  ENDPOINT_HALT: 0,
  FUNCTION_SUSPEND: 0,
  DEVICE_REMOTE_WAKEUP: 1,
  U1_ENABLE: 48,
  U2_ENABLE: 49,
} as const;
export type Feature = (typeof Feature)[keyof typeof Feature];

/** The eight bytes that begin a control transfer (USB 2.0 9.3). */
export const setupPacket = layout('USB setup packet', 8, {
  toHost: flag(0, 7),
  type: bits(0, 6, 5),
  recipient: bits(0, 4, 0),
  request: uint8(1),
  value: littleEndian16(2),
  index: littleEndian16(4),
  length: littleEndian16(6),
});

const TYPES: readonly UsbSetup['type'][] = ['standard', 'class', 'vendor'];
const RECIPIENTS: readonly UsbSetup['recipient'][] = ['device', 'interface', 'endpoint', 'other'];

/** `length` is that of the data stage. Throws `ScsiFormatError` `OUT_OF_RANGE`. */
export function encodeSetup(setup: UsbSetup, direction: 'in' | 'out', length: number): Uint8Array {
  return setupPacket.encode({
    ...setup,
    toHost: direction === 'in',
    type: TYPES.indexOf(setup.type),
    recipient: RECIPIENTS.indexOf(setup.recipient),
    length,
  });
}

/** Undefined for a reserved type or recipient, and for other than eight bytes: no device knows such a request. */
export function parseSetup(bytes: Uint8Array): (UsbSetup & { toHost: boolean; length: number }) | undefined {
  if (bytes.length !== setupPacket.length) return undefined;
  const { type: typeNumber, recipient: recipientNumber, ...rest } = setupPacket.decode(bytes);
  const type = TYPES[typeNumber];
  const recipient = RECIPIENTS[recipientNumber];
  return type === undefined || recipient === undefined ? undefined : { ...rest, type, recipient };
}
