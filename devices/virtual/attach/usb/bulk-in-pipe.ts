import type { UsbFunctionTransfer } from './usb-function.js';
import { WaitingLine } from './waiting-line.js';

/**
 * A bulk endpoint to the host. The device sends messages, the host offers room; either may come first. The end of a message
 * ends the host's transfer, as a short or zero-length packet does on the bus; a message larger than the room goes on in the next
 * transfer. While the endpoint is halted every transfer ends as a stall, and messages wait.
 */
export class BulkInPipe {
  /** Bytes of room. */
  readonly #offers = new WaitingLine<number, UsbFunctionTransfer>();
  readonly #messages = new WaitingLine<{ readonly bytes: Uint8Array; sent: number }, boolean>();
  #halted = false;
  #closed = false;

  get halted(): boolean {
    return this.#halted;
  }

  /** How many messages the host has not taken to their end. */
  get waiting(): number {
    return this.#messages.length;
  }

  /** The host's side. */
  take(length: number, signal: AbortSignal): Promise<UsbFunctionTransfer> {
    const ended = this.#offers.wait(length, signal, { kind: 'cancelled' });
    this.#pump();
    return ended;
  }

  /** The device's side: resolves with true when the host has all of it, with false when `signal` or the pipe's end was first. */
  send(bytes: Uint8Array, signal?: AbortSignal): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    const taken = this.#messages.wait({ bytes, sent: 0 }, signal, false);
    this.#pump();
    return taken;
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
    this.#messages.endAll(false);
    this.halt();
  }

  #pump(): void {
    if (this.#halted) {
      this.#offers.endAll({ kind: 'stall' });
      return;
    }
    for (;;) {
      const room = this.#offers.first;
      const message = this.#messages.first;
      if (room === undefined || message === undefined) return;
      const data = message.bytes.subarray(message.sent, message.sent + room);
      message.sent += data.length;
      // The device hears first: a halt that follows its last byte is there before the host's next transfer.
      if (message.sent === message.bytes.length) this.#messages.endFirst(true);
      this.#offers.endFirst({ kind: 'done', data, length: data.length });
    }
  }
}
