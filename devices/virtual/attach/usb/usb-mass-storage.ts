import type { ScsiTarget } from '../../../transport/scsi-target.js';
import { BulkInPipe } from './bulk-in-pipe.js';
import { BulkOutPipe } from './bulk-out-pipe.js';
import { BulkOnlyFunction } from './bulk-only-function.js';
import { answerControl, type ControlledDevice } from './endpoint-zero.js';
import {
  BULK_ONLY_ADDRESSES,
  CONFIGURATION_VALUE,
  massStorageDescriptors,
  MAX_PACKET_BYTES,
  UAS_ADDRESSES,
  type MassStorageDescriptors,
  type ServedProtocol,
  type UsbDeviceSpeed,
} from './mass-storage-descriptors.js';
import type { MassStorageProtocol } from './mass-storage-protocol.js';
import { TargetPort } from './target-port.js';
import { UasFunction } from './uas-function.js';
import type { UsbFunction, UsbFunctionTransfer } from './usb-function.js';

export interface UsbMassStorageOptions {
  readonly target: ScsiTarget;
  /** The target's logical units; GET MAX LUN tells the highest. */
  readonly luns: readonly number[];
  /** Peripheral device type, where a command's data-out depends on it. Default: asked by INQUIRY. */
  readonly typeOfLun?: (lun: number) => number | undefined;
  /** The present block length in bytes of a unit that has one, for writes that count blocks. */
  readonly blockLengthOf?: (lun: number) => number | undefined;
  /** Default `high`. */
  readonly speed?: UsbDeviceSpeed;
  /** `both`: Bulk-Only is alternate setting 0, UAS is 1. Default `both`. */
  readonly protocol?: ServedProtocol | 'both';
  /** Whether the UAS pipes demand streams at super speed, as the standard has it. Nothing here offers them. Default `required`. */
  readonly streams?: 'required' | 'none';
  readonly vendorId?: number;
  readonly productId?: number;
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serialNumber?: string;
  /** The one I_T nexus that a USB device has; two attachments to one target need two names. Default `usb`. */
  readonly nexus?: string;
  /** Hears of a target that broke its contract. */
  readonly onError?: (cause: Error) => void;
}

/** An id from the range that is free for testing. */
export const DEFAULT_VENDOR_ID = 0x1209;
export const DEFAULT_PRODUCT_ID = 0xb070;
/** A CBW has four bits for it. */
const HIGHEST_LUN = 15;

/** The options of a virtual USB device contradict each other or the standard. */
export class UsbDeviceOptionError extends Error {
  override readonly name = 'UsbDeviceOptionError';
  readonly code = 'USB_DEVICE_OPTION';
}

/** A target with its logical units as a USB mass storage device: Bulk-Only Transport, USB Attached SCSI, or both. */
export class UsbMassStorage implements UsbFunction {
  readonly speed: UsbDeviceSpeed;
  readonly #demandsStreams: boolean;
  readonly #protocols: readonly ServedProtocol[];
  readonly #descriptors: MassStorageDescriptors;
  readonly #port: TargetPort;
  #attached = true;
  #active: { readonly alternateSetting: number; readonly protocol: MassStorageProtocol } | undefined;

  /** Throws {@link UsbDeviceOptionError}, and `ScsiFormatError` for an id or text that fits no descriptor. */
  constructor(options: UsbMassStorageOptions) {
    const { speed = 'high', protocol = 'both', luns } = options;
    const sorted = [...luns].sort((a, b) => a - b);
    const highest = sorted.at(-1);
    if (highest === undefined)
      throw new UsbDeviceOptionError('A USB device needs at least one logical unit: give luns');
    if (protocol !== 'uas' && highest > HIGHEST_LUN) {
      throw new UsbDeviceOptionError(
        `LUN ${highest} does not fit Bulk-Only Transport, which has LUNs 0 to ${HIGHEST_LUN}; use the protocol 'uas'`,
      );
    }
    this.speed = speed;
    this.#demandsStreams = speed === 'super' && options.streams !== 'none';
    this.#protocols = protocol === 'both' ? ['bulk-only', 'uas'] : [protocol];
    this.#descriptors = massStorageDescriptors({
      speed,
      protocols: this.#protocols,
      streams: options.streams ?? 'required',
      vendorId: options.vendorId ?? DEFAULT_VENDOR_ID,
      productId: options.productId ?? DEFAULT_PRODUCT_ID,
      manufacturer: options.manufacturer ?? 'OpenRSM',
      product: options.product ?? 'Virtual autoloader',
      serialNumber: options.serialNumber ?? 'ORS0000001',
    });
    const { target, nexus = 'usb', typeOfLun, blockLengthOf, onError } = options;
    this.#port = new TargetPort({ target, luns: sorted, nexus, typeOfLun, blockLengthOf, onError });
  }

  get deviceDescriptor(): Uint8Array {
    return this.#descriptors.device;
  }

  get configurationDescriptor(): Uint8Array {
    return this.#descriptors.configuration;
  }

  /** 0 while the host has not chosen the configuration. */
  get configurationValue(): number {
    return this.#active === undefined ? 0 : CONFIGURATION_VALUE;
  }

  control(setup: Uint8Array, _dataOut: Uint8Array): Promise<UsbFunctionTransfer> {
    const data = this.#attached ? answerControl(this.#controlled(), setup) : undefined;
    return Promise.resolve(data === undefined ? { kind: 'stall' } : { kind: 'done', data, length: data.length });
  }

  bulkIn(endpoint: number, length: number, signal: AbortSignal): Promise<UsbFunctionTransfer> {
    const pipe = this.#pipe(endpoint | 0x80);
    return pipe instanceof BulkInPipe ? pipe.take(length, signal) : Promise.resolve({ kind: 'stall' });
  }

  bulkOut(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<UsbFunctionTransfer> {
    const pipe = this.#pipe(endpoint);
    return pipe instanceof BulkOutPipe ? pipe.give(data, signal) : Promise.resolve({ kind: 'stall' });
  }

  busReset(): void {
    this.#attached = true;
    this.#activate(undefined);
  }

  detached(): void {
    this.#attached = false;
    this.#activate(undefined);
  }

  #pipe(address: number): BulkInPipe | BulkOutPipe | undefined {
    return this.#active?.protocol.pipes.get(address);
  }

  /** Leaves the setting there was, with its nexus, and begins another. */
  #activate(alternateSetting: number | undefined): void {
    if (this.#active !== undefined) {
      this.#active.protocol.stop();
      this.#active = undefined;
      this.#port.nexusLost();
    }
    if (alternateSetting === undefined) return;
    const maxPacketBytes = MAX_PACKET_BYTES[this.speed];
    const port = this.#port;
    const protocol =
      this.#protocols[alternateSetting] === 'uas'
        ? new UasFunction({ port, addresses: UAS_ADDRESSES, maxPacketBytes, demandsStreams: this.#demandsStreams })
        : new BulkOnlyFunction({
            port,
            inAddress: BULK_ONLY_ADDRESSES.in,
            outAddress: BULK_ONLY_ADDRESSES.out,
            maxPacketBytes,
          });
    this.#active = { alternateSetting, protocol };
  }

  #controlled(): ControlledDevice {
    return {
      descriptors: this.#descriptors,
      speed: this.speed,
      configurationValue: this.configurationValue,
      alternateSetting: this.#active?.alternateSetting,
      configure: (value) => {
        if (value !== 0 && value !== CONFIGURATION_VALUE) return false;
        this.#activate(value === 0 ? undefined : 0);
        return true;
      },
      selectAlternate: (setting) => {
        if (this.#active === undefined || this.#protocols[setting] === undefined) return false;
        this.#activate(setting);
        return true;
      },
      isHalted: (address) => this.#pipe(address)?.halted,
      setHalt: (address, halted) => {
        const pipe = this.#pipe(address);
        if (pipe === undefined) return false;
        if (halted) pipe.halt();
        else this.#active?.protocol.clearHalt(pipe);
        return true;
      },
      classRequest: (request, toHost) => this.#active?.protocol.classRequest({ request, toHost }),
    };
  }
}
