import {
  deviceDescriptor,
  deviceQualifier,
  DescriptorType,
  encodeBos,
  encodeConfiguration,
  encodeLanguages,
  encodeString,
  MassStorage,
  PipeUsage,
  superSpeedCapability,
  usb2Extension,
  type UsbAlternateSetting,
  type UsbConfiguration,
  type UsbEndpoint,
} from '../../../transport/usb/usb-descriptors.js';
import type { UasPipeAddresses } from './uas-function.js';

export type UsbDeviceSpeed = 'full' | 'high' | 'super';
export type ServedProtocol = 'bulk-only' | 'uas';

export const CONFIGURATION_VALUE = 1;
export const BULK_ONLY_ADDRESSES = { in: 0x81, out: 0x02 } as const;
export const UAS_ADDRESSES: UasPipeAddresses = { command: 0x04, status: 0x83, dataIn: 0x81, dataOut: 0x02 };
/** USB 2.0 5.8.3, USB 3.2 8.12.1: what a bulk endpoint has at each speed. */
export const MAX_PACKET_BYTES: Readonly<Record<UsbDeviceSpeed, number>> = { full: 64, high: 512, super: 1024 };

/** How many streams each UAS pipe offers at super speed, a power of two. */
const STREAMS = 16;
const LANGUAGE_ENGLISH_US = 0x0409;
const USB_VERSION: Readonly<Record<UsbDeviceSpeed, number>> = { full: 0x0200, high: 0x0200, super: 0x0300 };

export interface DescribedDevice {
  readonly speed: UsbDeviceSpeed;
  /** In the order of alternate settings. */
  readonly protocols: readonly ServedProtocol[];
  /** Whether the UAS pipes demand streams; only at super speed. */
  readonly streams: 'required' | 'none';
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serialNumber: string;
}

export interface MassStorageDescriptors {
  readonly device: Uint8Array;
  readonly configuration: Uint8Array;
  /** What GET DESCRIPTOR answers; undefined for what this device does not have. */
  find(type: number, index: number): Uint8Array | undefined;
}

/** Throws `ScsiFormatError` `OUT_OF_RANGE` for an id or a text that fits no descriptor. */
export function massStorageDescriptors(device: DescribedDevice): MassStorageDescriptors {
  const { speed } = device;
  const version = { usbVersion: USB_VERSION[speed], maxPacketSize0: speed === 'super' ? 9 : 64 };
  const bytes = deviceDescriptor.encode({
    ...version,
    vendorId: device.vendorId,
    productId: device.productId,
    deviceVersion: 0x0100,
    manufacturerString: 1,
    productString: 2,
    serialNumberString: 3,
  });
  const configuration = encodeConfiguration(configurationAt(speed, device));
  const strings = [
    encodeLanguages([LANGUAGE_ENGLISH_US]),
    encodeString(device.manufacturer),
    encodeString(device.product),
    encodeString(device.serialNumber),
  ];
  const others = new Map<number, Uint8Array>([
    [DescriptorType.DEVICE, bytes],
    [DescriptorType.CONFIGURATION, configuration],
  ]);
  if (speed === 'high') {
    // What it would be on a full-speed bus (9.2.6.6). A full-speed only device has neither of the two.
    others.set(DescriptorType.DEVICE_QUALIFIER, deviceQualifier.encode(version));
    const atFullSpeed = encodeConfiguration(configurationAt('full', device), DescriptorType.OTHER_SPEED_CONFIGURATION);
    others.set(DescriptorType.OTHER_SPEED_CONFIGURATION, atFullSpeed);
  }
  if (speed === 'super') {
    // Full, high and super speed; everything works from full speed on.
    const superSpeed = superSpeedCapability.encode({ speedsSupported: 0x000e, functionalitySupport: 1 });
    others.set(DescriptorType.BOS, encodeBos(usb2Extension.encode({ attributes: 0 }), superSpeed));
  }
  return {
    device: bytes,
    configuration,
    find(type, index) {
      if (type === DescriptorType.STRING) return strings[index];
      return index === 0 ? others.get(type) : undefined;
    },
  };
}

function configurationAt(speed: UsbDeviceSpeed, { protocols, streams }: DescribedDevice): UsbConfiguration {
  const maxPacketSize = MAX_PACKET_BYTES[speed];
  const bulk = (address: number, withStreams: boolean): UsbEndpoint => ({
    address,
    transferType: 'bulk',
    maxPacketSize,
    ...(speed === 'super' && { maxStreams: withStreams ? STREAMS : 0 }),
  });
  const endpoints: Readonly<Record<ServedProtocol, () => UsbEndpoint[]>> = {
    'bulk-only': () => [bulk(BULK_ONLY_ADDRESSES.in, false), bulk(BULK_ONLY_ADDRESSES.out, false)],
    uas: () => {
      const { command, status, dataIn, dataOut } = UAS_ADDRESSES;
      const demanded = streams === 'required';
      return [
        { ...bulk(command, false), pipeId: PipeUsage.COMMAND },
        { ...bulk(status, demanded), pipeId: PipeUsage.STATUS },
        { ...bulk(dataIn, demanded), pipeId: PipeUsage.DATA_IN },
        { ...bulk(dataOut, demanded), pipeId: PipeUsage.DATA_OUT },
      ];
    },
  };
  const alternateSettings = protocols.map((protocol, alternateSetting): UsbAlternateSetting => ({
    interfaceNumber: 0,
    alternateSetting,
    interfaceClass: MassStorage.CLASS,
    interfaceSubClass: MassStorage.SUBCLASS_SCSI,
    interfaceProtocol: protocol === 'uas' ? MassStorage.UAS : MassStorage.BULK_ONLY,
    endpoints: endpoints[protocol](),
  }));
  return { configurationValue: CONFIGURATION_VALUE, selfPowered: true, maxPower: 0, alternateSettings };
}
