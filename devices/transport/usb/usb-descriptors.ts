import { ScsiFormatError } from '../../scsi/format-error.js';
import { bits, flag, layout, optional, uint8, type DefaultedField, type Input, type Value } from '../../scsi/layout.js';
import { littleEndian16, littleEndian32 } from './little-endian.js';

/** bDescriptorType (USB 2.0 table 9-5, USB 3.2 table 9-6; the pipe usage is UAS's own). */
export const DescriptorType = {
  DEVICE: 0x01,
  CONFIGURATION: 0x02,
  STRING: 0x03,
  INTERFACE: 0x04,
  ENDPOINT: 0x05,
  DEVICE_QUALIFIER: 0x06,
  OTHER_SPEED_CONFIGURATION: 0x07,
  BOS: 0x0f,
  DEVICE_CAPABILITY: 0x10,
  PIPE_USAGE: 0x24,
  SUPERSPEED_ENDPOINT_COMPANION: 0x30,
} as const;
export type DescriptorType = (typeof DescriptorType)[keyof typeof DescriptorType];

/** Mass storage, SCSI transparent command set, and its two protocols. */
export const MassStorage = { CLASS: 0x08, SUBCLASS_SCSI: 0x06, BULK_ONLY: 0x50, UAS: 0x62 } as const;

/** bPipeID of a pipe usage descriptor (UAS). */
export const PipeUsage = { COMMAND: 1, STATUS: 2, DATA_IN: 3, DATA_OUT: 4 } as const;
export type PipeUsage = (typeof PipeUsage)[keyof typeof PipeUsage];

const fixed = (byte: number, value: number): DefaultedField<number> => optional(uint8(byte), value);

/** USB 2.0 9.6.1; bcdUSB and bcdDevice as 0210h for 2.10. At super speed bMaxPacketSize0 is the exponent 9. */
export const deviceDescriptor = layout('USB device descriptor', 18, {
  length: fixed(0, 18),
  descriptorType: fixed(1, DescriptorType.DEVICE),
  usbVersion: littleEndian16(2),
  deviceClass: fixed(4, 0),
  deviceSubClass: fixed(5, 0),
  deviceProtocol: fixed(6, 0),
  maxPacketSize0: uint8(7),
  vendorId: littleEndian16(8),
  productId: littleEndian16(10),
  deviceVersion: littleEndian16(12),
  manufacturerString: fixed(14, 0),
  productString: fixed(15, 0),
  serialNumberString: fixed(16, 0),
  configurationCount: fixed(17, 1),
});

/** USB 2.0 9.6.2: what a high-speed capable device would be at the other speed. */
export const deviceQualifier = layout('USB device qualifier', 10, {
  length: fixed(0, 10),
  descriptorType: fixed(1, DescriptorType.DEVICE_QUALIFIER),
  usbVersion: littleEndian16(2),
  deviceClass: fixed(4, 0),
  deviceSubClass: fixed(5, 0),
  deviceProtocol: fixed(6, 0),
  maxPacketSize0: uint8(7),
  configurationCount: fixed(8, 1),
});

/** USB 2.0 9.6.3; maxPower counts 2 mA, at super speed 8 mA. */
export const configurationHeader = layout('USB configuration descriptor', 9, {
  length: fixed(0, 9),
  descriptorType: fixed(1, DescriptorType.CONFIGURATION),
  totalLength: littleEndian16(2),
  interfaceCount: uint8(4),
  configurationValue: uint8(5),
  configurationString: fixed(6, 0),
  /** Must be one since USB 1.1. */
  reservedOne: optional(flag(7, 7), true),
  selfPowered: flag(7, 6),
  remoteWakeup: flag(7, 5),
  maxPower: fixed(8, 0),
});

/** USB 2.0 9.6.5 */
export const interfaceDescriptor = layout('USB interface descriptor', 9, {
  length: fixed(0, 9),
  descriptorType: fixed(1, DescriptorType.INTERFACE),
  interfaceNumber: uint8(2),
  alternateSetting: uint8(3),
  endpointCount: uint8(4),
  interfaceClass: uint8(5),
  interfaceSubClass: uint8(6),
  interfaceProtocol: uint8(7),
  interfaceString: fixed(8, 0),
});

/** USB 2.0 9.6.6; the address has its direction in bit 7 (1 is to the host). */
export const endpointDescriptor = layout('USB endpoint descriptor', 7, {
  length: fixed(0, 7),
  descriptorType: fixed(1, DescriptorType.ENDPOINT),
  address: uint8(2),
  transferType: bits(3, 1, 0),
  maxPacketSize: littleEndian16(4),
  interval: fixed(6, 0),
});

/** USB 3.2 9.6.7, for a bulk endpoint: up to 2^streamsExponent streams, none when it is 0. */
export const superSpeedCompanion = layout('USB SuperSpeed endpoint companion', 6, {
  length: fixed(0, 6),
  descriptorType: fixed(1, DescriptorType.SUPERSPEED_ENDPOINT_COMPANION),
  maxBurst: fixed(2, 0),
  streamsExponent: bits(3, 4, 0),
  bytesPerInterval: optional(littleEndian16(4), 0),
});

/** UAS pipe usage descriptor. */
export const pipeUsageDescriptor = layout('UAS pipe usage descriptor', 4, {
  length: fixed(0, 4),
  descriptorType: fixed(1, DescriptorType.PIPE_USAGE),
  pipeId: uint8(2),
});

/** USB 3.2 9.6.2: the binary device object store, followed by its device capabilities. */
export const bosHeader = layout('USB BOS descriptor', 5, {
  length: fixed(0, 5),
  descriptorType: fixed(1, DescriptorType.BOS),
  totalLength: littleEndian16(2),
  capabilityCount: uint8(4),
});

/** USB 3.2 9.6.2.1 */
export const usb2Extension = layout('USB 2.0 extension capability', 7, {
  length: fixed(0, 7),
  descriptorType: fixed(1, DescriptorType.DEVICE_CAPABILITY),
  capabilityType: fixed(2, 0x02),
  attributes: littleEndian32(3),
});

/** USB 3.2 9.6.2.2; speeds: bit 0 low, 1 full, 2 high, 3 super. Exit latencies in microseconds. */
export const superSpeedCapability = layout('USB SuperSpeed device capability', 10, {
  length: fixed(0, 10),
  descriptorType: fixed(1, DescriptorType.DEVICE_CAPABILITY),
  capabilityType: fixed(2, 0x03),
  attributes: fixed(3, 0),
  speedsSupported: littleEndian16(4),
  functionalitySupport: uint8(6),
  u1ExitLatency: fixed(7, 0),
  u2ExitLatency: optional(littleEndian16(8), 0),
});

export type DeviceDescriptor = Value<typeof deviceDescriptor>;

export type UsbTransferType = 'control' | 'isochronous' | 'bulk' | 'interrupt';
const TRANSFER_TYPES: readonly UsbTransferType[] = ['control', 'isochronous', 'bulk', 'interrupt'];

/** One endpoint with what stands behind its descriptor. */
export interface UsbEndpoint {
  /** With the direction in bit 7. */
  readonly address: number;
  readonly transferType: UsbTransferType;
  /** Bytes. */
  readonly maxPacketSize: number;
  /** How many streams it has, 0 for none; absent below super speed. */
  readonly maxStreams?: number;
  /** UAS: which pipe it is; as it came, so not always a {@link PipeUsage}. */
  readonly pipeId?: number;
}

export interface UsbAlternateSetting {
  readonly interfaceNumber: number;
  readonly alternateSetting: number;
  readonly interfaceClass: number;
  readonly interfaceSubClass: number;
  readonly interfaceProtocol: number;
  readonly endpoints: readonly UsbEndpoint[];
}

export interface UsbConfiguration {
  readonly configurationValue: number;
  readonly selfPowered: boolean;
  /** As in the descriptor: units of 2 mA, at super speed of 8 mA. */
  readonly maxPower: number;
  /** Every alternate setting of every interface, in the device's order. */
  readonly alternateSettings: readonly UsbAlternateSetting[];
}

/** One descriptor as it lies in a chain. */
export interface RawDescriptor {
  readonly type: number;
  /** From the start of the chain. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Cuts a chain of descriptors at their own lengths. Throws `ScsiFormatError`: `SHORT_DATA` for one that ends beyond the bytes,
 * `CONTRADICTION` for one shorter than its own header.
 */
export function walkDescriptors(bytes: Uint8Array, what = 'USB descriptors'): RawDescriptor[] {
  const found: RawDescriptor[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const length = bytes[offset] ?? 0;
    const left = bytes.length - offset;
    if (length < 2) {
      throw new ScsiFormatError('CONTRADICTION', what, offset, `a descriptor says that it has ${length} bytes`);
    }
    if (length > left) {
      throw new ScsiFormatError('SHORT_DATA', what, offset, `a descriptor of ${length} bytes, only ${left} are left`);
    }
    found.push({ type: bytes[offset + 1] ?? 0, offset, bytes: bytes.subarray(offset, offset + length) });
    offset += length;
  }
  return found;
}

/** Throws `SHORT_DATA`, and `CONTRADICTION` for another descriptor's type. Longer ones are read as far as they are known. */
export function parseDeviceDescriptor(bytes: Uint8Array): DeviceDescriptor {
  const device = deviceDescriptor.decode(bytes);
  requireType(deviceDescriptor.what, device.descriptorType, DescriptorType.DEVICE);
  return device;
}

/**
 * A whole configuration (USB 2.0 9.6.3). Descriptors of unknown types are passed over by their lengths; the counts of
 * interfaces and endpoints are not held against what is there. Throws `ScsiFormatError`.
 */
export function parseConfiguration(bytes: Uint8Array): UsbConfiguration {
  const what = configurationHeader.what;
  const header = configurationHeader.decode(bytes);
  requireType(what, header.descriptorType, DescriptorType.CONFIGURATION);
  const { length, totalLength, configurationValue, selfPowered, maxPower } = header;
  if (length < configurationHeader.length || totalLength < length) {
    const message = `bLength is ${length}, which is less than its 9 bytes or more than wTotalLength, ${totalLength}`;
    throw new ScsiFormatError('CONTRADICTION', what, 0, message);
  }
  if (totalLength > bytes.length) {
    const message = `wTotalLength is ${totalLength}, only ${bytes.length} bytes are here; ask for all of it`;
    throw new ScsiFormatError('SHORT_DATA', what, 2, message);
  }
  const alternateSettings: (UsbAlternateSetting & { endpoints: UsbEndpoint[] })[] = [];
  for (const descriptor of walkDescriptors(bytes.subarray(0, totalLength), what).slice(1)) {
    const setting = alternateSettings.at(-1);
    if (descriptor.type === DescriptorType.INTERFACE) {
      alternateSettings.push({ ...alternateOf(descriptor), endpoints: [] });
    } else if (descriptor.type === DescriptorType.ENDPOINT) {
      if (setting === undefined) {
        throw new ScsiFormatError('CONTRADICTION', what, descriptor.offset, 'an endpoint stands before any interface');
      }
      setting.endpoints.push(endpointOf(descriptor));
    } else {
      const last = setting?.endpoints.pop();
      if (setting === undefined || last === undefined) continue;
      setting.endpoints.push(completed(last, protocolOf(setting), descriptor));
    }
  }
  return { configurationValue, selfPowered, maxPower, alternateSettings };
}

/** The reverse of {@link parseConfiguration}; `type` for the other speed's. */
export function encodeConfiguration(
  configuration: UsbConfiguration,
  type: number = DescriptorType.CONFIGURATION,
): Uint8Array {
  const { alternateSettings, ...rest } = configuration;
  const body = alternateSettings.flatMap(({ endpoints, ...setting }) => [
    interfaceDescriptor.encode({ ...setting, endpointCount: endpoints.length }),
    ...endpoints.flatMap(endpointParts),
  ]);
  const totalLength = configurationHeader.length + body.reduce((sum, part) => sum + part.length, 0);
  const interfaceCount = new Set(alternateSettings.map(({ interfaceNumber }) => interfaceNumber)).size;
  const header = configurationHeader.encode({ ...rest, descriptorType: type, totalLength, interfaceCount });
  return Uint8Array.from(Buffer.concat([header, ...body]));
}

/** A string descriptor (USB 2.0 9.6.7). Throws `OUT_OF_RANGE` for more than 126 UTF-16 units. */
export function encodeString(text: string): Uint8Array {
  if (text.length > 126) {
    throw new ScsiFormatError('OUT_OF_RANGE', 'USB string descriptor', 0, `"${text}" is longer than 126 characters`);
  }
  return stringOf(Buffer.from(text, 'utf16le'));
}

/** String descriptor 0: the languages there are; 0409h is English (United States). */
export function encodeLanguages(languages: readonly number[]): Uint8Array {
  return stringOf(Uint8Array.from(languages.flatMap((id) => [id & 0xff, id >> 8])));
}

/** The text of a string descriptor. Throws `ScsiFormatError`. */
export function parseString(bytes: Uint8Array): string {
  const what = 'USB string descriptor';
  const first = walkDescriptors(bytes, what)[0];
  if (first === undefined) throw new ScsiFormatError('SHORT_DATA', what, 0, 'there are no bytes');
  requireType(what, first.type, DescriptorType.STRING);
  return Buffer.from(first.bytes.subarray(2)).toString('utf16le');
}

export function encodeBos(...capabilities: readonly Uint8Array[]): Uint8Array {
  const totalLength = bosHeader.length + capabilities.reduce((sum, one) => sum + one.length, 0);
  const header = bosHeader.encode({ totalLength, capabilityCount: capabilities.length });
  return Uint8Array.from(Buffer.concat([header, ...capabilities]));
}

function alternateOf({ bytes, offset }: RawDescriptor): Omit<UsbAlternateSetting, 'endpoints'> {
  const { interfaceNumber, alternateSetting, interfaceClass, interfaceSubClass, interfaceProtocol } = within(
    interfaceDescriptor.what,
    offset,
    () => interfaceDescriptor.decode(bytes),
  );
  return { interfaceNumber, alternateSetting, interfaceClass, interfaceSubClass, interfaceProtocol };
}

function protocolOf({ interfaceClass, interfaceProtocol }: UsbAlternateSetting): number {
  return interfaceClass === MassStorage.CLASS ? interfaceProtocol : 0;
}

function endpointOf({ bytes, offset }: RawDescriptor): UsbEndpoint {
  const { address, transferType, maxPacketSize } = within(endpointDescriptor.what, offset, () =>
    endpointDescriptor.decode(bytes),
  );
  // Bits 12 and 11 are for periodic endpoints.
  return { address, transferType: TRANSFER_TYPES[transferType] ?? 'control', maxPacketSize: maxPacketSize & 0x7ff };
}

/** The endpoint with what a descriptor behind it adds. */
function completed(
  endpoint: UsbEndpoint,
  interfaceProtocol: number,
  { type, bytes, offset }: RawDescriptor,
): UsbEndpoint {
  // Other classes have descriptors of this type, too, with a meaning of their own.
  if (type === DescriptorType.PIPE_USAGE && interfaceProtocol === MassStorage.UAS) {
    const { pipeId } = within(pipeUsageDescriptor.what, offset, () => pipeUsageDescriptor.decode(bytes));
    return { ...endpoint, pipeId };
  }
  if (type !== DescriptorType.SUPERSPEED_ENDPOINT_COMPANION) return endpoint;
  const { streamsExponent } = within(superSpeedCompanion.what, offset, () => superSpeedCompanion.decode(bytes));
  const streams = endpoint.transferType === 'bulk' && streamsExponent > 0 ? 2 ** streamsExponent : 0;
  return { ...endpoint, maxStreams: streams };
}

function endpointParts({ address, transferType, maxPacketSize, maxStreams, pipeId }: UsbEndpoint): Uint8Array[] {
  const endpoint: Input<typeof endpointDescriptor> = {
    address,
    transferType: TRANSFER_TYPES.indexOf(transferType),
    maxPacketSize,
  };
  const parts = [endpointDescriptor.encode(endpoint)];
  if (maxStreams !== undefined) {
    parts.push(superSpeedCompanion.encode({ streamsExponent: maxStreams === 0 ? 0 : Math.log2(maxStreams) }));
  }
  if (pipeId !== undefined) parts.push(pipeUsageDescriptor.encode({ pipeId }));
  return parts;
}

function stringOf(body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + body.length);
  bytes.set([bytes.length, DescriptorType.STRING]);
  bytes.set(body, 2);
  return bytes;
}

function requireType(what: string, found: number, expected: number): void {
  if (found === expected) return;
  const message = `bDescriptorType is ${found.toString(16)}h, not ${expected.toString(16)}h`;
  throw new ScsiFormatError('CONTRADICTION', what, 1, message);
}

/** A descriptor that is too short for what it claims to be, with its place in the chain. */
function within<T>(what: string, offset: number, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ScsiFormatError)) throw error;
    throw new ScsiFormatError(error.code, what, offset, 'the descriptor is shorter than its type demands');
  }
}
