import { access } from 'node:fs/promises';
import { TransportError } from '../scsi-transport.js';
import { prepareGiveBack } from './kernel-driver.js';
import type { NodeUsbBus, NodeUsbDevice } from './node-usb-device.js';
import { openFailure } from './node-usb-errors.js';
import { NodeUsbInterface } from './node-usb-interface.js';
import { isMassStorage } from './protocol-choice.js';
import { StandardRequest } from './setup-packet.js';
import { kernelDriverOf } from './sysfs-usb.js';
import {
  configurationHeader,
  DescriptorType,
  deviceDescriptor,
  parseConfiguration,
  parseDeviceDescriptor,
} from './usb-descriptors.js';
import { portName, usbIds, usbName, type UsbSelection } from './usb-selection.js';

export interface NodeUsbSystem {
  /** The `usb` package unless given. */
  readonly bus?: NodeUsbBus;
  /** Root of sysfs; default `/sys`. Undefined: not Linux, nothing is looked up. */
  readonly sysfs?: string | undefined;
}

const CONTROL_TIMEOUT_MS = 5_000;

/**
 * Opens the mass-storage interface of the selected device by the `usb` package: takes it from the kernel's driver, which
 * gets it back at `close`, and when the process exits without. Rejects with `TransportError` `unreachable`.
 *
 * A process that is killed by a signal runs no exit handlers: whoever composes the program handles SIGINT and SIGTERM and
 * closes, or calls `process.exit`. After SIGKILL the interface has no driver until the device is plugged in again; it can
 * be opened here all the same.
 */
export async function openNodeUsbInterface(
  selection: UsbSelection,
  system: NodeUsbSystem = process.platform === 'linux' ? { sysfs: '/sys' } : {},
): Promise<NodeUsbInterface> {
  const { sysfs } = system;
  const device = choose(await plugged(selection, system), selection);
  const bus = Number.parseInt(device.bus, 10);
  const port = portName(bus, device.ports);
  const step = async <T>(name: string, run: () => Promise<T> | T): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (error instanceof TransportError) throw error;
      throw new TransportError(openFailure({ ...selection, port }, name, error));
    }
  };

  await step('open', () => device.open());
  try {
    if (selection.reset === true) await step('reset', () => device.reset());
    const configurationDescriptor = await step('read descriptors', () => activeConfiguration(device));
    const { configurationValue, interfaceNumber } = await step('read descriptors', () =>
      massStorageInterface(configurationDescriptor, selection),
    );
    const driver = sysfs && (await kernelDriverOf(sysfs, port, configurationValue, interfaceNumber));
    if (driver === 'usbfs') {
      // Detaching would take it out of the other program's hands, in the middle of whatever it does.
      throw new TransportError(openFailure({ ...selection, port }, 'claim', new Error('the interface is busy')));
    }
    const hadDriver = await detach(device, interfaceNumber);
    const giveBack = hadDriver ? await prepareGiveBack() : undefined;
    const onExit = (): void => giveBack?.({ bus, address: device.address, interfaceNumber });
    try {
      await step('claim', () => device.claimInterface(interfaceNumber));
    } catch (error) {
      if (hadDriver) await device.attachKernelDriver(interfaceNumber).catch(() => undefined);
      throw error;
    }
    process.once('exit', onExit);
    const serialNumber = serialNumberOf(device);
    return new NodeUsbInterface({
      name: usbName({ ...selection, serialNumber: serialNumber ?? selection.serialNumber, port }),
      device,
      interfaceNumber,
      configurationDescriptor,
      speed: device.speed ?? 'high',
      identity: { serialNumber, port },
      onClose: async () => {
        process.removeListener('exit', onExit);
        await device.releaseInterface(interfaceNumber).catch(() => undefined);
        if (hadDriver) await device.attachKernelDriver(interfaceNumber).catch(() => undefined);
        await device.close().catch(() => undefined);
      },
    });
  } catch (error) {
    await device.close().catch(() => undefined);
    throw error;
  }
}

/** Every device with the vendor and product. */
async function plugged({ vendorId, productId }: UsbSelection, system: NodeUsbSystem): Promise<NodeUsbDevice[]> {
  const { sysfs } = system;
  if (sysfs !== undefined) {
    // Without this folder the package rejects whatever it is asked, and some of that can not be caught.
    await access(`${sysfs}/bus/usb/devices`).catch((cause: unknown) => {
      const message =
        `this machine shows no USB: ${sysfs}/bus/usb/devices is not there. ` +
        'A container needs the host’s /sys and /dev/bus/usb';
      throw unreachable(message, cause);
    });
  }
  try {
    const bus = system.bus ?? ((await import('usb')).usb as unknown as NodeUsbBus);
    const devices = await bus.getDevices();
    return devices.filter((device) => device.vendorId === vendorId && device.productId === productId);
  } catch (cause) {
    throw unreachable(`the USB devices of this machine cannot be listed (${String(cause)})`, cause);
  }
}

function choose(devices: readonly NodeUsbDevice[], selection: UsbSelection): NodeUsbDevice {
  const { vendorId, productId, serialNumber, port } = selection;
  const matching = devices.filter(
    (device) =>
      (serialNumber === undefined || serialNumberOf(device) === serialNumber) &&
      (port === undefined || portOf(device) === port),
  );
  const [device, ...others] = matching;
  const ids = usbIds(vendorId, productId);
  if (device === undefined) {
    const wanted = [
      ...(serialNumber === undefined ? [] : [`serial number ${serialNumber}`]),
      ...(port === undefined ? [] : [`at port ${port}`]),
    ].join(' ');
    const seen = devices.length === 0 ? '' : `; there are ${devices.map(describe).join(', ')}`;
    throw unreachable(`no USB device ${[ids, wanted].join(' ').trim()} is plugged in${seen}`);
  }
  if (others.length > 0) {
    const message =
      `${matching.length} USB devices ${ids} are plugged in: ${matching.map(describe).join(', ')}. ` +
      'Say which one by serialNumber, or by port when they have none';
    throw unreachable(message);
  }
  return device;
}

function describe(device: NodeUsbDevice): string {
  const serialNumber = serialNumberOf(device);
  const which = serialNumber === undefined ? 'without serial number' : `with serial number ${serialNumber}`;
  return `one ${which} at port ${portOf(device)}`;
}

function portOf(device: NodeUsbDevice): string {
  return portName(Number.parseInt(device.bus, 10), device.ports);
}

function serialNumberOf(device: NodeUsbDevice): string | undefined {
  try {
    return device.serialNumber ?? undefined;
  } catch {
    return undefined; // It was asked of the device, which this user may not open.
  }
}

/** The active configuration's whole descriptor, asked of the device: the package hides class-specific descriptors. */
async function activeConfiguration(device: NodeUsbDevice): Promise<Uint8Array> {
  const active = (await standardIn(device, StandardRequest.GET_CONFIGURATION, 0, 1))[0] ?? 0;
  const read = (type: DescriptorType, index: number, length: number): Promise<Uint8Array> =>
    standardIn(device, StandardRequest.GET_DESCRIPTOR, (type << 8) | index, length);
  const { configurationCount } = parseDeviceDescriptor(await read(DescriptorType.DEVICE, 0, deviceDescriptor.length));
  for (let index = 0; index < configurationCount; index++) {
    const header = configurationHeader.decode(
      await read(DescriptorType.CONFIGURATION, index, configurationHeader.length),
    );
    if (active !== 0 && header.configurationValue !== active) continue;
    // Must come before claiming: afterwards the kernel refuses it.
    if (active === 0) await device.selectConfiguration(header.configurationValue);
    return read(DescriptorType.CONFIGURATION, index, header.totalLength);
  }
  throw new Error(`the device has no configuration ${active}`);
}

async function standardIn(device: NodeUsbDevice, request: number, value: number, length: number): Promise<Uint8Array> {
  const setup = { requestType: 'standard', recipient: 'device', request, value, index: 0 } as const;
  const { data } = await device.controlTransferIn(setup, length, CONTROL_TIMEOUT_MS);
  if (data === undefined) throw new Error(`the device did not answer standard request ${request}`);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}

function massStorageInterface(
  configurationDescriptor: Uint8Array,
  { vendorId, productId }: UsbSelection,
): { configurationValue: number; interfaceNumber: number } {
  const { configurationValue, alternateSettings } = parseConfiguration(configurationDescriptor);
  const interfaceNumber = alternateSettings.find(isMassStorage)?.interfaceNumber;
  if (interfaceNumber !== undefined) return { configurationValue, interfaceNumber };
  throw unreachable(
    `the USB device ${usbIds(vendorId, productId)} has no mass-storage interface (class 08h, subclass 06h, protocol 50h or 62h)`,
  );
}

/** Whether there was a kernel driver to be detached. */
async function detach(device: NodeUsbDevice, interfaceNumber: number): Promise<boolean> {
  try {
    await device.detachKernelDriver(interfaceNumber);
    return true;
  } catch {
    return false; // None was bound, or this system has no such thing; claiming tells the rest.
  }
}

function unreachable(message: string, cause?: unknown): TransportError {
  return new TransportError({ code: 'unreachable', executed: 'no', message, ...(cause !== undefined && { cause }) });
}
