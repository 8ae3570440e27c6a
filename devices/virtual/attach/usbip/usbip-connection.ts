import type { Socket } from 'node:net';

import type { Clock } from '../../../clock.js';
import { UsbipError } from '../../../transport/usbip/usbip-error.js';
import { encodeDeviceList, encodeImportReply } from '../../../transport/usbip/usbip-pdu.js';
import { UsbipRequestReader } from '../../../transport/usbip/usbip-requests.js';
import type { ExportedUsbDevice } from './exported-usb-device.js';
import { UsbTransfers } from './usb-transfers.js';

/** How long a client may take over its first request, and over the rest of any message that it began. */
export const SILENCE_MS = 30_000;
/** Replies that the client has not taken. Beyond it nothing more is read from it. */
const UNREAD_BYTES = 4 * 1024 * 1024;
const KEEP_ALIVE_MS = 30_000;

export interface UsbipConnectionOptions {
  readonly socket: Socket;
  readonly clock: Clock;
  readonly devices: readonly ExportedUsbDevice[];
  /** Why the connection was ended, when the client was at fault or the network failed. */
  readonly onError: (cause: Error) => void;
}

/** One client: it lists the devices and is done, or imports one and has it until the connection ends. */
export class UsbipConnection {
  readonly #socket: Socket;
  readonly #options: UsbipConnectionOptions;
  readonly #reader = new UsbipRequestReader();
  #imported: { readonly device: ExportedUsbDevice; readonly transfers: UsbTransfers } | undefined;
  #listed = false;
  #ended = false;
  #stopWatch: () => void;

  constructor(options: UsbipConnectionOptions) {
    const { socket } = options;
    this.#options = options;
    this.#socket = socket;
    this.#stopWatch = this.#watch();
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('drain', () => socket.resume());
    // A client that says no more has pulled the cable: there is no half of a USB connection.
    socket.on('end', () => this.end());
    socket.on('error', (cause) => this.end(cause));
    socket.on('close', () => this.end());
  }

  /** The device that this client has imported. */
  get device(): ExportedUsbDevice | undefined {
    return this.#imported?.device;
  }

  /** Drops the client; its device is free at once. Harmless when repeated. */
  end(cause?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopWatch();
    this.#socket.destroy();
    if (this.#imported !== undefined) {
      const { device, transfers } = this.#imported;
      transfers.end();
      device.function.detached();
      device.imported = false;
    }
    if (cause !== undefined) this.#options.onError(cause);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#ended || this.#listed) return;
    this.#reader.push(chunk);
    try {
      if (this.#imported === undefined) this.#operate();
      if (this.#imported !== undefined) this.#serve(this.#imported.transfers);
    } catch (cause) {
      if (!(cause instanceof UsbipError)) throw cause;
      this.end(cause);
      return;
    }
    this.#stopWatch();
    if (this.#imported === undefined || this.#reader.isWithinMessage) this.#stopWatch = this.#watch();
  }

  #operate(): void {
    const operation = this.#reader.nextOperation();
    if (operation === undefined) return;
    const { devices } = this.#options;
    if (operation.kind === 'device list') {
      const listed = devices.filter(({ plugged }) => plugged);
      const list = encodeDeviceList(listed.map(({ description: device, interfaces }) => ({ device, interfaces })));
      this.#listed = true;
      this.#socket.end(list);
      return;
    }
    const device = devices.find(({ busId }) => busId === operation.busId);
    if (device?.isFree !== true) {
      this.#listed = true;
      this.#socket.end(encodeImportReply(undefined));
      return;
    }
    device.imported = true;
    device.function.busReset();
    const send = (...parts: readonly Uint8Array[]): void => this.#send(parts);
    const transfers = new UsbTransfers({ device: device.function, deviceId: device.deviceId, send });
    this.#imported = { device, transfers };
    this.#send([encodeImportReply(device.description)]);
  }

  #serve(transfers: UsbTransfers): void {
    for (;;) {
      const request = this.#reader.nextRequest();
      if (request === undefined) return;
      if (request.kind === 'unlink') transfers.unlink(request.command);
      else transfers.submit(request.command, request.data);
    }
  }

  #send(parts: readonly Uint8Array[]): void {
    if (this.#ended) return;
    this.#socket.cork();
    for (const part of parts) if (part.length > 0) this.#socket.write(part);
    this.#socket.uncork();
    if (this.#socket.writableLength > UNREAD_BYTES) this.#socket.pause();
  }

  #watch(): () => void {
    return this.#options.clock.after(SILENCE_MS, () => {
      const message = `The USB/IP client began a message and sent nothing more for ${SILENCE_MS / 1000} s`;
      this.end(new UsbipError('USBIP_SILENCE', message));
    });
  }
}
