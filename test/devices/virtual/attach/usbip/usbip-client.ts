import { connect, type Socket } from 'node:net';
import { ByteQueue } from '../../../../../devices/transport/usbip/byte-queue.js';
import {
  exportedDevice,
  HEADER_BYTES,
  importRequest,
  operationHeader,
  submitCommand,
  submitReply,
  unlinkCommand,
  unlinkReply,
  UsbipCommand,
  type ExportedDevice,
} from '../../../../../devices/transport/usbip/usbip-pdu.js';
import type { BulkHost, HostTransfer } from '../usb/bulk-host.js';

export interface Reply {
  readonly status: number;
  readonly actualLength: number;
  readonly data: Uint8Array;
}

/** A USB/IP client as far as the tests need one: imports the device and submits transfers. */
export class UsbipClient implements BulkHost {
  readonly socket: Socket;
  readonly #bytes = new ByteQueue();
  readonly #waiting: { length: number; resolve: (bytes: Uint8Array | undefined) => void }[] = [];
  readonly #submitted = new Map<number, { isIn: boolean; resolve: (reply: Reply | undefined) => void }>();
  readonly #unlinked = new Map<number, (status: number | undefined) => void>();
  /** Everything that came, in the order of coming: `submit 3`, `unlink 4`. */
  readonly heard: string[] = [];
  #closed = false;
  #sequenceNumber = 0;
  deviceId = 0x0001_0002;
  readonly whenClosed: Promise<void>;

  constructor(port: number, host = '127.0.0.1') {
    this.socket = connect({ port, host, noDelay: true });
    this.socket.on('data', (chunk: Buffer) => {
      this.#bytes.push(chunk);
      this.#wake();
    });
    this.socket.on('error', () => undefined);
    this.whenClosed = new Promise((resolve) => {
      this.socket.once('close', () => {
        this.#closed = true;
        this.#wake();
        for (const { resolve: end } of this.#submitted.values()) end(undefined);
        for (const end of this.#unlinked.values()) end(undefined);
        resolve();
      });
    });
  }

  write(...parts: readonly Uint8Array[]): void {
    for (const part of parts) this.socket.write(part);
  }

  /** Undefined when the connection ends before. */
  read(length: number): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push({ length, resolve });
      this.#wake();
    });
  }

  /** The device, or the status with which the import was refused. */
  async import(busId = '1-1'): Promise<ExportedDevice | number> {
    this.write(importRequest.encode({ busId }));
    const head = await this.read(8);
    if (head === undefined) throw new Error('the server ended the connection');
    const { status } = operationHeader.decode(head);
    if (status !== 0) return status;
    const body = await this.read(exportedDevice.length);
    if (body === undefined) throw new Error('the server ended the connection');
    void this.#listen();
    return exportedDevice.decode(body);
  }

  /** Sends one transfer; undefined when the connection ends before its reply. */
  submit(transfer: {
    endpoint: number;
    direction: 'in' | 'out';
    length?: number;
    data?: Uint8Array;
    setup?: Uint8Array;
    flags?: number;
  }): { sequenceNumber: number; reply: Promise<Reply | undefined> } {
    const sequenceNumber = ++this.#sequenceNumber;
    const { endpoint, direction, data = new Uint8Array(0), length = data.length, setup, flags = 0 } = transfer;
    const isIn = direction === 'in';
    const reply = new Promise<Reply | undefined>((resolve) => this.#submitted.set(sequenceNumber, { isIn, resolve }));
    this.write(
      submitCommand.encode({
        sequenceNumber,
        deviceId: this.deviceId,
        direction: isIn ? 1 : 0,
        endpoint,
        transferFlags: flags,
        transferLength: length,
        setup,
      }),
      data,
    );
    return { sequenceNumber, reply };
  }

  /** Sends a transfer request as somebody else's capture has it. */
  replay(request: Uint8Array): Promise<Reply | undefined> {
    const { sequenceNumber, direction } = submitCommand.decode(request);
    const reply = new Promise<Reply | undefined>((resolve) => {
      this.#submitted.set(sequenceNumber, { isIn: direction === 1, resolve });
    });
    this.write(request);
    return reply;
  }

  unlink(unlinkSequenceNumber: number): Promise<number | undefined> {
    const sequenceNumber = ++this.#sequenceNumber;
    const status = new Promise<number | undefined>((resolve) => this.#unlinked.set(sequenceNumber, resolve));
    this.write(unlinkCommand.encode({ sequenceNumber, deviceId: this.deviceId, unlinkSequenceNumber }));
    return status;
  }

  async control(setup: Uint8Array, data: Uint8Array = new Uint8Array(0)): Promise<HostTransfer> {
    const isIn = ((setup[0] ?? 0) & 0x80) !== 0;
    const length = isIn ? (setup[6] ?? 0) + 256 * (setup[7] ?? 0) : data.length;
    return transferOf(await this.submit({ endpoint: 0, direction: isIn ? 'in' : 'out', length, data, setup }).reply);
  }

  async bulkIn(endpoint: number, length: number): Promise<HostTransfer> {
    return transferOf(await this.submit({ endpoint: endpoint & 0x0f, direction: 'in', length }).reply);
  }

  async bulkOut(endpoint: number, data: Uint8Array): Promise<HostTransfer> {
    return transferOf(await this.submit({ endpoint, direction: 'out', data }).reply);
  }

  async close(): Promise<void> {
    this.socket.destroy();
    await this.whenClosed;
  }

  async #listen(): Promise<void> {
    for (;;) {
      const header = await this.read(HEADER_BYTES);
      if (header === undefined) return;
      const { command, sequenceNumber, status, actualLength } = submitReply.decode(header);
      if (command === UsbipCommand.UNLINK_REPLY) {
        this.heard.push(`unlink ${sequenceNumber}`);
        this.#unlinked.get(sequenceNumber)?.(unlinkReply.decode(header).status);
        continue;
      }
      this.heard.push(`submit ${sequenceNumber}`);
      const waiting = this.#submitted.get(sequenceNumber);
      this.#submitted.delete(sequenceNumber);
      const data = await this.read(waiting?.isIn === true ? actualLength : 0);
      if (data === undefined) return;
      waiting?.resolve({ status, actualLength, data });
    }
  }

  #wake(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const bytes = this.#bytes.take(first.length);
      if (bytes === undefined && !this.#closed) return;
      this.#waiting.shift();
      first.resolve(bytes);
    }
  }
}

function transferOf(reply: Reply | undefined): HostTransfer {
  if (reply === undefined) return { kind: 'gone' };
  if (reply.status === -32) return { kind: 'stall' };
  if (reply.status !== 0) throw new Error(`status ${reply.status}`);
  return { kind: 'done', data: reply.data, length: reply.actualLength };
}
