/**
 * The virtual autoloader as a USB device, seen from the bus: what a USB/IP server, or a test in memory, does to it. A device
 * NAKs by not answering: a promise that stays pending until the device has data or room. Nothing rejects.
 */
export interface UsbFunction {
  readonly speed: 'full' | 'high' | 'super';
  /** USB 2.0 9.6.1; 18 bytes. */
  readonly deviceDescriptor: Uint8Array;
  /** The configuration with everything below it (9.6.3). */
  readonly configurationDescriptor: Uint8Array;
  /** A control transfer with its eight setup bytes; `dataOut` is empty for requests to the host. Endpoint 0 answers by itself. */
  control(setup: Uint8Array, dataOut: Uint8Array): Promise<UsbFunctionTransfer>;
  /** The host offers room for `length` bytes at an IN endpoint (its address without the direction bit). */
  bulkIn(endpoint: number, length: number, signal: AbortSignal): Promise<UsbFunctionTransfer>;
  /** The host sends a transfer to an OUT endpoint. */
  bulkOut(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<UsbFunctionTransfer>;
  /** The bus was reset: configuration, halts, commands under way and the nexus with its unit attentions are gone. */
  busReset(): void;
  /** The cable was pulled. Pending transfers end as stalls; commands that the mechanics carry out go on. */
  detached(): void;
}

export type UsbFunctionTransfer =
  | { readonly kind: 'done'; readonly data: Uint8Array; readonly length: number }
  | { readonly kind: 'stall' }
  /** The signal ended it; nothing went over the wire. */
  | { readonly kind: 'cancelled' };
