import { transferOfError } from './node-usb-errors.js';
import type { NodeUsbDevice, NodeUsbSetup } from './node-usb-device.js';
import { parseConfiguration, type UsbAlternateSetting } from './usb-descriptors.js';
import type { UsbInterface, UsbSetup, UsbSpeed, UsbTransfer } from './usb-interface.js';
import type { UsbIdentity } from './usb-selection.js';

export interface NodeUsbInterfaceOptions {
  readonly name: string;
  /** Opened, with the interface claimed. */
  readonly device: NodeUsbDevice;
  readonly interfaceNumber: number;
  readonly configurationDescriptor: Uint8Array;
  readonly speed: UsbSpeed;
  readonly identity: UsbIdentity;
  /** Called once when the interface is given back, after everything under way has ended. */
  readonly onClose: () => Promise<void>;
}

/** One URB of the kernel; it wants so much memory in one piece. */
const CHUNK_BYTES = 0x1_0000;
/** Reads of up to so many packets are made packet by packet. */
const SINGLE_PACKETS = 8;
const nothing = new Uint8Array(0);

/**
 * A claimed interface by the `usb` package. Its transfers know no cancelling but their timeouts, and a transfer that times
 * out loses what it had received. So transfers get the whole time that they may take, and {@link cancelAll} takes the
 * interface out of this process's own hands (the ioctl that detaches a kernel driver detaches a program, too): the kernel
 * then ends all transfers of the interface at once, and it is claimed anew.
 */
export class NodeUsbInterface implements UsbInterface, UsbIdentity {
  readonly name: string;
  readonly speed: UsbSpeed;
  readonly configurationDescriptor: Uint8Array;
  readonly interfaceNumber: number;
  readonly serialNumber: string | undefined;
  readonly port: string | undefined;
  readonly #device: NodeUsbDevice;
  readonly #onClose: () => Promise<void>;
  readonly #settings: readonly UsbAlternateSetting[];
  readonly #pending = new Map<number, Promise<UsbTransfer>>();
  /** Ends what waits for the package, one function a call. */
  readonly #attempts = new Set<() => void>();
  #alternateSetting = 0;
  #selected = false;
  #cancelling: Promise<void> | undefined;
  #gone: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: NodeUsbInterfaceOptions) {
    this.name = options.name;
    this.speed = options.speed;
    this.configurationDescriptor = options.configurationDescriptor;
    this.interfaceNumber = options.interfaceNumber;
    this.serialNumber = options.identity.serialNumber;
    this.port = options.identity.port;
    this.#device = options.device;
    this.#onClose = options.onClose;
    this.#settings = parseConfiguration(options.configurationDescriptor).alternateSettings;
  }

  controlIn(setup: UsbSetup, length: number, timeoutMs: number): Promise<UsbTransfer> {
    return this.#whileHere(async () => {
      const { data } = await this.#device.controlTransferIn(nodeSetup(setup), length, whole(timeoutMs));
      return received(data);
    });
  }

  controlOut(setup: UsbSetup, data: Uint8Array, timeoutMs: number): Promise<UsbTransfer> {
    return this.#whileHere(async () => {
      await this.#device.controlTransferOut(nodeSetup(setup), data, whole(timeoutMs));
      return { kind: 'done', data: nothing, length: data.length };
    });
  }

  bulkIn(endpoint: number, length: number, timeoutMs: number): Promise<UsbTransfer> {
    return this.#alone(endpoint | 0x80, () => this.#read(endpoint & 0x0f, length, timeoutMs));
  }

  bulkOut(endpoint: number, data: Uint8Array, timeoutMs: number): Promise<UsbTransfer> {
    return this.#alone(endpoint & 0x0f, () => this.#write(endpoint & 0x0f, data, timeoutMs));
  }

  clearHalt(endpoint: number): Promise<UsbTransfer> {
    return this.#whileHere(async () => {
      await this.#device.clearHalt((endpoint & 0x80) === 0 ? 'out' : 'in', endpoint & 0x0f);
      return { kind: 'done', data: nothing, length: 0 };
    });
  }

  selectAlternate(alternateSetting: number): Promise<UsbTransfer> {
    return this.#whileHere(async () => {
      await this.#device.selectAlternateInterface(this.interfaceNumber, alternateSetting);
      this.#alternateSetting = alternateSetting;
      this.#selected = true;
      return { kind: 'done', data: nothing, length: 0 };
    });
  }

  cancelAll(): Promise<void> {
    this.#cancelling ??= this.#cancel(true).finally(() => {
      this.#cancelling = undefined;
    });
    return this.#cancelling;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#gone ??= 'the interface was closed';
    await this.#cancelling;
    await this.#cancel(false);
    await this.#onClose();
  }

  async #cancel(claimsAnew: boolean): Promise<void> {
    const pending = [...this.#pending.values()];
    if (pending.length === 0) return;
    const device = this.#device;
    try {
      await device.detachKernelDriver(this.interfaceNumber);
      await Promise.all(pending);
      // The package's hold on the interface must go before the new one comes: when it goes, it gives up the claim.
      await device.releaseInterface(this.interfaceNumber);
      if (!claimsAnew || this.#gone !== undefined) return;
      await device.claimInterface(this.interfaceNumber);
      // The kernel goes back to setting 0 when an interface is taken from somebody.
      if (this.#selected) await device.selectAlternateInterface(this.interfaceNumber, this.#alternateSetting);
    } catch (error) {
      this.#gone ??= `the interface was lost when its transfers were cancelled (${String(error)})`;
      // Not every system can do this. What is under way runs into its timeout in the end, but nobody has to wait for it.
      for (const abandon of this.#attempts) abandon();
    }
  }

  /**
   * What arrived before a stall is thrown away by the package, unless it came by a transfer of its own. So short reads are
   * made packet by packet; in long ones (a tape block) the last chunk can be lost, which the result then says by silence.
   */
  async #read(endpointNumber: number, length: number, timeoutMs: number): Promise<UsbTransfer> {
    const packetBytes = this.#packetBytes(0x80 | endpointNumber);
    const deadlineMs = performance.now() + timeoutMs;
    const limit = length <= SINGLE_PACKETS * packetBytes ? packetBytes : CHUNK_BYTES;
    const parts: Uint8Array[] = [];
    let got = 0;
    while (got < length || parts.length === 0) {
      // Whole packets: of a rounded length the package would cut off a surplus silently.
      const room = Math.min(Math.ceil((length - got) / packetBytes) * packetBytes, limit);
      if (this.#cancelling !== undefined) return { kind: 'cancelled' };
      const part = await this.#attempt(async () => {
        const { data } = await this.#device.transferIn(endpointNumber, room, whole(deadlineMs - performance.now()));
        return received(data);
      });
      if (part.kind === 'stall' && room === packetBytes) return { kind: 'stall', data: Buffer.concat(parts) };
      if (part.kind !== 'done') return part;
      parts.push(part.data);
      got += part.data.length;
      if (part.data.length < room) break;
    }
    const data = Uint8Array.from(Buffer.concat(parts));
    if (got > length) return { kind: 'overflow', data: data.slice(0, length) };
    return { kind: 'done', data, length: got };
  }

  async #write(endpointNumber: number, data: Uint8Array, timeoutMs: number): Promise<UsbTransfer> {
    const deadlineMs = performance.now() + timeoutMs;
    let sent = 0;
    do {
      const chunk = data.subarray(sent, sent + CHUNK_BYTES);
      if (this.#cancelling !== undefined) return { kind: 'cancelled' };
      const end = await this.#attempt(async () => {
        const timeLeftMs = whole(deadlineMs - performance.now());
        const { bytesWritten } = await this.#device.transferOut(endpointNumber, chunk, timeLeftMs);
        return { kind: 'done', data: nothing, length: bytesWritten };
      });
      if (end.kind !== 'done') return end;
      sent += end.length;
      if (end.length < chunk.length) break;
    } while (sent < data.length);
    return { kind: 'done', data: nothing, length: sent };
  }

  /** Two transfers at once on one endpoint the package refuses, with words that mislead ("endpoint not found"). */
  async #alone(address: number, run: () => Promise<UsbTransfer>): Promise<UsbTransfer> {
    // No await unless there is something to wait for: a cancelAll right after the call must find the transfer under way.
    while (this.#cancelling !== undefined) await this.#cancelling;
    if (this.#pending.has(address)) {
      return { kind: 'failed', message: `endpoint ${address.toString(16)}h has a transfer under way already` };
    }
    const transfer = this.#whileHere(run);
    this.#pending.set(address, transfer);
    const end = await transfer;
    this.#pending.delete(address);
    return end;
  }

  async #whileHere(run: () => Promise<UsbTransfer>): Promise<UsbTransfer> {
    if (this.#gone !== undefined) return { kind: 'disconnected', message: this.#gone };
    const end = await this.#attempt(run);
    if (end.kind === 'disconnected') this.#gone ??= end.message;
    return end;
  }

  #attempt(run: () => Promise<UsbTransfer>): Promise<UsbTransfer> {
    return new Promise((resolve) => {
      const settle = (end: UsbTransfer): void => {
        this.#attempts.delete(abandon);
        resolve(end);
      };
      const abandon = (): void => settle({ kind: 'disconnected', message: this.#gone ?? 'the interface was lost' });
      this.#attempts.add(abandon);
      run().then(settle, (error: unknown) => settle(this.#judge(error)));
    });
  }

  #judge(error: unknown): UsbTransfer {
    if (this.#gone !== undefined) return { kind: 'disconnected', message: this.#gone };
    const end = transferOfError(error);
    // The kernel ends the transfers of a lost interface as it does those of a lost device.
    const isOfCancelling = end.kind === 'timeout' || end.kind === 'disconnected';
    return this.#cancelling !== undefined && isOfCancelling ? { kind: 'cancelled' } : end;
  }

  #packetBytes(address: number): number {
    const endpoints = this.#settings
      .filter(({ interfaceNumber }) => interfaceNumber === this.interfaceNumber)
      .filter(({ alternateSetting }) => alternateSetting === this.#alternateSetting)
      .flatMap(({ endpoints: ofSetting }) => ofSetting);
    return endpoints.find((endpoint) => endpoint.address === address)?.maxPacketSize || 512;
  }
}

function nodeSetup({ type, ...setup }: UsbSetup): NodeUsbSetup {
  return { requestType: type, ...setup };
}

function received(view: DataView | undefined): UsbTransfer {
  const data = view === undefined ? nothing : new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
  return { kind: 'done', data, length: data.length };
}

/** The package takes whole milliseconds in 32 bits. */
function whole(timeoutMs: number): number {
  return Math.min(Math.max(1, Math.ceil(timeoutMs)), 0xffff_ffff);
}
