import type { UsbFunctionTransfer } from './usb-function.js';
import { WaitingLine } from './waiting-line.js';

const NOTHING = new Uint8Array(0);

/**
 * A bulk endpoint from the host. A transfer waits, as NAKs make it wait on the bus, until the device wants data; while the
 * endpoint is halted every transfer ends as a stall.
 */
export class BulkOutPipe {
  readonly #offers = new WaitingLine<Uint8Array, UsbFunctionTransfer>();
  readonly #receivers = new WaitingLine<true, Uint8Array | undefined>();
  #halted = false;
  #closed = false;

  get halted(): boolean {
    return this.#halted;
  }

  /** The host's side. */
  give(data: Uint8Array, signal: AbortSignal): Promise<UsbFunctionTransfer> {
    const ended = this.#offers.wait(data, signal, { kind: 'cancelled' });
    this.#pump();
    return ended;
  }

  /** The device's side: the next transfer whole; undefined when `signal` or the pipe's end was first. */
  receive(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const received = this.#receivers.wait(true, signal, undefined);
    this.#pump();
    return received;
  }

  halt(): void {
    this.#halted = true;
    this.#pump();
  }

  clearHalt(): void {
    if (this.#closed) return;
    this.#halted = false;
    this.#pump();
  }

  /** The endpoint is no more: everything that waits ends, at the host's side as a stall. */
  close(): void {
    this.#closed = true;
    this.#receivers.endAll(undefined);
    this.halt();
  }

  #pump(): void {
    if (this.#halted) {
      this.#offers.endAll({ kind: 'stall' });
      return;
    }
    for (;;) {
      const data = this.#offers.first;
      if (data === undefined || this.#receivers.first === undefined) return;
      this.#receivers.endFirst(data);
      this.#offers.endFirst({ kind: 'done', data: NOTHING, length: data.length });
    }
  }
}
