import { UsbipSpeed, type ExportedDevice, type ExportedInterface } from '../../../transport/usbip/usbip-pdu.js';
import { parseConfiguration, parseDeviceDescriptor } from '../../../transport/usb/usb-descriptors.js';
import type { UsbFunction } from '../usb/usb-function.js';

/** A USB device as a server offers it: where it stands on the server's bus, and whether somebody has it. */
export class ExportedUsbDevice {
  readonly busId: string;
  /** Bus number in the upper half, device number in the lower, as requests name the device. */
  readonly deviceId: number;
  readonly function: UsbFunction;
  readonly description: ExportedDevice;
  readonly interfaces: readonly ExportedInterface[];
  /** False while its cable is out. */
  plugged = true;
  /** Whether a client has imported it. */
  imported = false;

  constructor(device: UsbFunction, place: { busNumber: number; port: number; deviceNumber: number }) {
    const { busNumber, port, deviceNumber } = place;
    const { alternateSettings, configurationValue } = parseConfiguration(device.configurationDescriptor);
    this.function = device;
    this.busId = `${busNumber}-${port}`;
    this.deviceId = busNumber * 0x1_0000 + deviceNumber;
    this.interfaces = alternateSettings.filter(({ alternateSetting }) => alternateSetting === 0);
    this.description = {
      ...parseDeviceDescriptor(device.deviceDescriptor),
      path: `/sys/devices/openrsm/usb${busNumber}/${this.busId}`,
      busId: this.busId,
      busNumber,
      deviceNumber,
      speed: UsbipSpeed[device.speed],
      configurationValue,
      interfaceCount: this.interfaces.length,
    };
  }

  /** Whether a client may import it now. */
  get isFree(): boolean {
    return this.plugged && !this.imported;
  }
}
