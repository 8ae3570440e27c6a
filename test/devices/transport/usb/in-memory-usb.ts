import type { Clock } from '../../../../devices/clock.js';
import { TransportError } from '../../../../devices/transport/scsi-transport.js';
import { encodeSetup, StandardRequest } from '../../../../devices/transport/usb/setup-packet.js';
import { parseConfiguration } from '../../../../devices/transport/usb/usb-descriptors.js';
import type { UsbInterface, UsbSetup, UsbTransfer } from '../../../../devices/transport/usb/usb-interface.js';
import type { UsbSelection } from '../../../../devices/transport/usb/usb-selection.js';
import type { UsbFunction, UsbFunctionTransfer } from '../../../../devices/virtual/attach/usb/usb-function.js';

/** A bus with one port: a device model is plugged in and out, and opened as the `usb` package would open a real one. */
export class InMemoryBus {
  readonly #clock: Clock;
  #plugged: UsbFunction | undefined;
  #open: InMemoryInterface | undefined;
  /** Every selection with which somebody opened, or tried to. */
  readonly selections: UsbSelection[] = [];
  /** Everything that went over the wire since the last opening, newest last. */
  readonly log: string[] = [];

  constructor(clock: Clock, device?: UsbFunction) {
    this.#clock = clock;
    this.#plugged = device;
  }

  plug(device: UsbFunction): void {
    this.unplug();
    this.#plugged = device;
  }

  unplug(): void {
    this.#open?.vanish('the device was unplugged');
    this.#open = undefined;
    this.#plugged?.detached();
    this.#plugged = undefined;
  }

  /** To be given to transports as `openInterface`. */
  readonly openInterface = async (selection: UsbSelection): Promise<UsbInterface> => {
    this.selections.push(selection);
    const device = this.#plugged;
    if (device === undefined) {
      throw new TransportError({ code: 'unreachable', executed: 'no', message: 'nothing is plugged in' });
    }
    this.#open?.vanish('somebody else opened the device');
    if (selection.reset === true) device.busReset();
    this.#open = new InMemoryInterface(device, this.#clock, this.log);
    await this.#open.configure();
    return this.#open;
  };
}

type Ending = Extract<UsbTransfer, { kind: 'cancelled' | 'disconnected' | 'timeout' }>;

/** The host's end of the wire to a {@link UsbFunction}; every transfer is copied, as a wire does. */
export class InMemoryInterface implements UsbInterface {
  readonly name = 'usb in memory';
  readonly configurationDescriptor: Uint8Array;
  readonly interfaceNumber = 0;
  readonly speed: UsbFunction['speed'];
  readonly #device: UsbFunction;
  readonly #clock: Clock;
  readonly #log: string[];
  readonly #pending = new Set<(ending: Ending) => void>();
  readonly #busy = new Set<number>();
  #gone: string | undefined;

  constructor(device: UsbFunction, clock: Clock, log: string[] = []) {
    this.#device = device;
    this.#clock = clock;
    this.#log = log;
    this.speed = device.speed;
    this.configurationDescriptor = device.configurationDescriptor.slice();
  }

  /** SET CONFIGURATION, as the kernel does before anybody opens a device. */
  async configure(): Promise<void> {
    const { configurationValue } = parseConfiguration(this.configurationDescriptor);
    await this.controlOut(
      {
        type: 'standard',
        recipient: 'device',
        request: StandardRequest.SET_CONFIGURATION,
        value: configurationValue,
        index: 0,
      },
      new Uint8Array(0),
      1_000,
    );
  }

  controlIn(setup: UsbSetup, length: number, timeoutMs: number): Promise<UsbTransfer> {
    this.#log.push(`control in ${setup.type} ${setup.request.toString(16)}h`);
    const packet = encodeSetup(setup, 'in', length);
    return this.#run(timeoutMs, () => this.#device.control(packet, new Uint8Array(0)), length);
  }

  controlOut(setup: UsbSetup, data: Uint8Array, timeoutMs: number): Promise<UsbTransfer> {
    this.#log.push(`control out ${setup.type} ${setup.request.toString(16)}h`);
    const packet = encodeSetup(setup, 'out', data.length);
    return this.#run(timeoutMs, () => this.#device.control(packet, data.slice()), 0);
  }

  bulkIn(endpoint: number, length: number, timeoutMs: number): Promise<UsbTransfer> {
    const number = endpoint & 0x0f;
    this.#log.push(`bulk in ${length}`);
    return this.#alone(0x80 | number, () =>
      this.#run(timeoutMs, (signal) => this.#device.bulkIn(number, length, signal), length),
    );
  }

  bulkOut(endpoint: number, data: Uint8Array, timeoutMs: number): Promise<UsbTransfer> {
    this.#log.push(`bulk out ${data.length}`);
    return this.#alone(endpoint & 0x0f, () =>
      this.#run(timeoutMs, (signal) => this.#device.bulkOut(endpoint & 0x0f, data.slice(), signal), 0),
    );
  }

  clearHalt(endpoint: number): Promise<UsbTransfer> {
    const setup = {
      type: 'standard',
      recipient: 'endpoint',
      request: StandardRequest.CLEAR_FEATURE,
      value: 0,
      index: endpoint,
    } as const;
    return this.controlOut(setup, new Uint8Array(0), 1_000);
  }

  selectAlternate(alternateSetting: number): Promise<UsbTransfer> {
    return this.controlOut(
      {
        type: 'standard',
        recipient: 'interface',
        request: StandardRequest.SET_INTERFACE,
        value: alternateSetting,
        index: this.interfaceNumber,
      },
      new Uint8Array(0),
      1_000,
    );
  }

  async cancelAll(): Promise<void> {
    this.#log.push('cancel all');
    for (const end of this.#pending) end({ kind: 'cancelled' });
    await Promise.resolve();
  }

  close(): Promise<void> {
    this.vanish('the interface was closed');
    return Promise.resolve();
  }

  /** The device is gone for this interface from now on. */
  vanish(message: string): void {
    this.#gone ??= message;
    for (const end of this.#pending) end({ kind: 'disconnected', message });
  }

  async #alone(address: number, run: () => Promise<UsbTransfer>): Promise<UsbTransfer> {
    if (this.#busy.has(address)) {
      return { kind: 'failed', message: `endpoint ${address.toString(16)}h already has a transfer under way` };
    }
    this.#busy.add(address);
    try {
      return await run();
    } finally {
      this.#busy.delete(address);
    }
  }

  #run(
    timeoutMs: number,
    start: (signal: AbortSignal) => Promise<UsbFunctionTransfer>,
    room: number,
  ): Promise<UsbTransfer> {
    if (this.#gone !== undefined) return Promise.resolve({ kind: 'disconnected', message: this.#gone });
    const stop = new AbortController();
    return new Promise((resolve) => {
      const settle = (transfer: UsbTransfer): void => {
        this.#pending.delete(end);
        cancelTimeout();
        resolve(transfer);
      };
      const end = (ending: Ending): void => {
        settle(ending);
        stop.abort();
      };
      const cancelTimeout = this.#clock.after(timeoutMs, () => end({ kind: 'timeout' }));
      this.#pending.add(end);
      start(stop.signal).then(
        (transfer) => settle(hostView(transfer, room)),
        (cause: unknown) => settle({ kind: 'failed', message: `the device model rejected: ${String(cause)}`, cause }),
      );
    });
  }
}

function hostView(transfer: UsbFunctionTransfer, room: number): UsbTransfer {
  switch (transfer.kind) {
    case 'done':
      if (transfer.data.length > room) return { kind: 'overflow' };
      return { kind: 'done', data: transfer.data.slice(), length: transfer.length };
    case 'stall':
      return { kind: 'stall', data: new Uint8Array(0) };
    case 'cancelled':
      return { kind: 'cancelled' };
  }
}
