/**
 * One opened and claimed interface of a USB device, whatever opens it: the `usb` package, or a device model in memory.
 * Everything that goes wrong on the wire is a value here; nothing rejects and nothing throws.
 */
export interface UsbInterface {
  /** What a person would call it: `usb://1209:b070/SERIAL`. */
  readonly name: string;
  readonly speed: UsbSpeed;
  /** The whole configuration descriptor as the device sent it, class-specific descriptors included. */
  readonly configurationDescriptor: Uint8Array;
  readonly interfaceNumber: number;
  /** Data stage to the host: at most `length` bytes, exactly those that came. */
  controlIn(setup: UsbSetup, length: number, timeoutMs: number): Promise<UsbTransfer>;
  controlOut(setup: UsbSetup, data: Uint8Array, timeoutMs: number): Promise<UsbTransfer>;
  /**
   * One bulk transfer to the host: ends with `length` bytes, with a packet that is shorter than the endpoint's, or with what
   * went wrong. One read an endpoint may be under way at a time.
   */
  bulkIn(endpoint: number, length: number, timeoutMs: number): Promise<UsbTransfer>;
  bulkOut(endpoint: number, data: Uint8Array, timeoutMs: number): Promise<UsbTransfer>;
  /** CLEAR FEATURE(ENDPOINT_HALT), and the host's data toggle with it. `endpoint` has its direction in bit 7. */
  clearHalt(endpoint: number): Promise<UsbTransfer>;
  /** SET INTERFACE to the alternate setting. */
  selectAlternate(alternateSetting: number): Promise<UsbTransfer>;
  /** Ends what is under way on all endpoints (as `cancelled`), without a word to the device; it can be used on. */
  cancelAll(): Promise<void>;
  /** Gives the interface, and a kernel driver's hold on it, back. Never rejects; what is under way ends as `disconnected`. */
  close(): Promise<void>;
}

export type UsbSpeed = 'low' | 'full' | 'high' | 'super' | 'superPlus';

/** A control request (USB 2.0 9.3). */
export interface UsbSetup {
  readonly type: 'standard' | 'class' | 'vendor';
  readonly recipient: 'device' | 'interface' | 'endpoint' | 'other';
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

/** How one transfer ended. */
export type UsbTransfer =
  | {
      readonly kind: 'done';
      /** Data to the host; empty for data to the device. */
      readonly data: Uint8Array;
      /** Bytes that went over the wire. */
      readonly length: number;
    }
  | {
      readonly kind: 'stall';
      /** What came before the stall. Absent where the system does not tell: something may have come and be lost. */
      readonly data?: Uint8Array;
    }
  /** `timeoutMs` passed. The endpoint is free again. */
  | { readonly kind: 'timeout' }
  /** {@link UsbInterface.cancelAll} */
  | { readonly kind: 'cancelled' }
  | {
      /** The device sent more than was asked for (babble, overflow). */
      readonly kind: 'overflow';
      /** As much as was asked for, where the system gives it; then the pipe can be read on. */
      readonly data?: Uint8Array;
    }
  /** The device is gone, or the interface was closed. */
  | { readonly kind: 'disconnected'; readonly message: string }
  /** Anything else: what the system said. */
  | { readonly kind: 'failed'; readonly message: string; readonly cause?: unknown };
