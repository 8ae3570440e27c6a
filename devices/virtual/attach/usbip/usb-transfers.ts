import {
  submitReply,
  unlinkReply,
  UsbipDirection,
  UsbipStatus,
  URB_SHORT_NOT_OK,
  type SubmitCommand,
  type UnlinkCommand,
} from '../../../transport/usbip/usbip-pdu.js';
import { UsbipError } from '../../../transport/usbip/usbip-error.js';
import type { UsbFunction, UsbFunctionTransfer } from '../usb/usb-function.js';

/** Transfers that wait at most; a host keeps a few dozen under way. */
const PENDING_LIMIT = 1024;
/** Their data and room for data at most, in bytes: what is kept for a client that asks and takes nothing. */
const PENDING_BYTES_LIMIT = 64 * 1024 * 1024;
const NOTHING = new Uint8Array(0);

interface Pending {
  readonly abort: AbortController;
  readonly bytes: number;
  /** Sequence numbers of the requests to unlink it. */
  readonly unlinks: number[];
}

/** The transfers that one client has under way on the device that it imported. */
export class UsbTransfers {
  readonly #device: UsbFunction;
  readonly #deviceId: number;
  readonly #send: (...parts: readonly Uint8Array[]) => void;
  readonly #pending = new Map<number, Pending>();
  #pendingBytes = 0;
  #ended = false;

  constructor(options: { device: UsbFunction; deviceId: number; send: (...parts: readonly Uint8Array[]) => void }) {
    this.#device = options.device;
    this.#deviceId = options.deviceId;
    this.#send = options.send;
  }

  /** Throws {@link UsbipError}. */
  submit(command: SubmitCommand, data: Uint8Array): void {
    const { sequenceNumber } = command;
    this.#requireOurs(command.deviceId);
    if (this.#pending.has(sequenceNumber)) {
      throw new UsbipError('USBIP_PROTOCOL', `The USB/IP client used sequence number ${sequenceNumber} twice at once`);
    }
    if (this.#pending.size >= PENDING_LIMIT || this.#pendingBytes + command.transferLength > PENDING_BYTES_LIMIT) {
      const message = `The USB/IP client has ${this.#pending.size} transfers with ${this.#pendingBytes} bytes under way and sent one more`;
      throw new UsbipError('USBIP_PROTOCOL', message);
    }
    const pending: Pending = { abort: new AbortController(), bytes: command.transferLength, unlinks: [] };
    this.#pending.set(sequenceNumber, pending);
    this.#pendingBytes += pending.bytes;
    void this.#transfer(command, data, pending.abort.signal).then((transfer) => this.#end(command, pending, transfer));
  }

  /** Throws {@link UsbipError}. */
  unlink(command: UnlinkCommand): void {
    this.#requireOurs(command.deviceId);
    const pending = this.#pending.get(command.unlinkSequenceNumber);
    if (pending === undefined) {
      this.#send(unlinkReply.encode({ sequenceNumber: command.sequenceNumber, status: UsbipStatus.DONE }));
      return;
    }
    pending.unlinks.push(command.sequenceNumber);
    pending.abort.abort();
  }

  /** The client is gone: nothing is sent any more. */
  end(): void {
    this.#ended = true;
    for (const { abort } of this.#pending.values()) abort.abort();
  }

  #transfer(command: SubmitCommand, data: Uint8Array, signal: AbortSignal): Promise<UsbFunctionTransfer> {
    const { endpoint, direction, transferLength, setup } = command;
    if (endpoint === 0) return this.#device.control(setup, data);
    if (direction === UsbipDirection.OUT) return this.#device.bulkOut(endpoint, data, signal);
    return this.#device.bulkIn(endpoint, transferLength, signal);
  }

  #end(command: SubmitCommand, pending: Pending, transfer: UsbFunctionTransfer): void {
    this.#pending.delete(command.sequenceNumber);
    this.#pendingBytes -= pending.bytes;
    if (this.#ended) return;
    // An unlinked transfer has no reply of its own; one that had ended by then has both.
    if (transfer.kind !== 'cancelled') this.#reply(command, transfer);
    const status = transfer.kind === 'cancelled' ? UsbipStatus.ECONNRESET : UsbipStatus.DONE;
    for (const sequenceNumber of pending.unlinks) this.#send(unlinkReply.encode({ sequenceNumber, status }));
  }

  #reply(command: SubmitCommand, transfer: Exclude<UsbFunctionTransfer, { kind: 'cancelled' }>): void {
    const { sequenceNumber, direction, transferLength, transferFlags, packetCount } = command;
    const echoed = { sequenceNumber, packetCount };
    if (transfer.kind === 'stall') {
      this.#send(submitReply.encode({ ...echoed, status: UsbipStatus.EPIPE, actualLength: 0 }));
      return;
    }
    if (direction === UsbipDirection.OUT) {
      // A control transfer without data answers with none; what the host sent went over the bus.
      const actualLength = command.endpoint === 0 ? transferLength : transfer.length;
      this.#send(submitReply.encode({ ...echoed, status: UsbipStatus.DONE, actualLength }));
      return;
    }
    const data = transfer.data.length > transferLength ? transfer.data.subarray(0, transferLength) : transfer.data;
    const isTooShort = data.length < transferLength && (transferFlags & URB_SHORT_NOT_OK) !== 0;
    const status = isTooShort ? UsbipStatus.EREMOTEIO : UsbipStatus.DONE;
    this.#send(submitReply.encode({ ...echoed, status, actualLength: data.length }), data.length > 0 ? data : NOTHING);
  }

  #requireOurs(deviceId: number): void {
    if (deviceId === this.#deviceId) return;
    const message = `The USB/IP client asked for device ${deviceId.toString(16)}h; it has imported ${this.#deviceId.toString(16)}h`;
    throw new UsbipError('USBIP_PROTOCOL', message);
  }
}
