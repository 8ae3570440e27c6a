/**
 * The part of a device of the `usb` package (3.1.0) that is used here. The package's own types leave out the timeouts, which
 * are 1,000 ms unless given: MOVE MEDIUM takes minutes.
 */
export interface NodeUsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  /** On Linux the bus number, with leading zeros. */
  readonly bus: string;
  readonly address: number;
  readonly ports: readonly number[];
  readonly speed?: 'low' | 'full' | 'high' | 'super' | 'superPlus';
  /** Asks the device when the system does not know it, and may throw. */
  readonly serialNumber?: string | null | undefined;
  open(): Promise<void>;
  close(): Promise<void>;
  reset(): Promise<void>;
  selectConfiguration(configurationValue: number): Promise<void>;
  claimInterface(interfaceNumber: number): Promise<void>;
  releaseInterface(interfaceNumber: number): Promise<void>;
  selectAlternateInterface(interfaceNumber: number, alternateSetting: number): Promise<void>;
  controlTransferIn(setup: NodeUsbSetup, length: number, timeoutMs: number): Promise<{ readonly data?: DataView }>;
  /** Without data it throws: no data is an empty array. */
  controlTransferOut(
    setup: NodeUsbSetup,
    data: Uint8Array,
    timeoutMs: number,
  ): Promise<{ readonly bytesWritten: number }>;
  transferIn(endpointNumber: number, length: number, timeoutMs: number): Promise<{ readonly data?: DataView }>;
  transferOut(endpointNumber: number, data: Uint8Array, timeoutMs: number): Promise<{ readonly bytesWritten: number }>;
  clearHalt(direction: 'in' | 'out', endpointNumber: number): Promise<void>;
  detachKernelDriver(interfaceNumber: number): Promise<void>;
  attachKernelDriver(interfaceNumber: number): Promise<void>;
}

export interface NodeUsbSetup {
  readonly requestType: 'standard' | 'class' | 'vendor';
  readonly recipient: 'device' | 'interface' | 'endpoint' | 'other';
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

/** What the package's `usb` object is used for. */
export interface NodeUsbBus {
  getDevices(): Promise<readonly NodeUsbDevice[]>;
}
