import type { Clock } from '../../devices/clock.js';
import { encodeSetup, StandardRequest } from '../../devices/transport/usb/setup-packet.js';
import type { UsbInterface, UsbSetup, UsbTransfer } from '../../devices/transport/usb/usb-interface.js';
import type { UsbFunction, UsbFunctionTransfer } from '../../devices/virtual/attach/usb/usb-function.js';

/** Makes something else of a transfer that went well. `room` is what the host had asked for; `otherwise` replaces it. */
export type ChangeTransfer = (
  transfer: UsbTransfer,
  where: { readonly room: number; readonly toHost: boolean },
) => UsbTransfer | 'never';

const NOTHING = new Uint8Array(0);
const CONTROL_MS = 1_000;

/** The host's end of the wire to a device model, on which every transfer may be changed. */
export class UsbInMemory implements UsbInterface {
  readonly name = 'usb in memory';
  readonly interfaceNumber = 0;
  readonly speed: UsbFunction['speed'];
  readonly configurationDescriptor: Uint8Array;
  readonly #device: UsbFunction;
  readonly #clock: Clock;
  readonly #change: ChangeTransfer;
  readonly #pending = new Set<(ending: UsbTransfer) => void>();
  #isGone = false;

  constructor(device: UsbFunction, clock: Clock, change: ChangeTransfer) {
    this.#device = device;
    this.#clock = clock;
    this.#change = change;
    this.speed = device.speed;
    this.configurationDescriptor = device.configurationDescriptor.slice();
  }

  controlIn(setup: UsbSetup, length: number, timeoutMs: number): Promise<UsbTransfer> {
    const packet = encodeSetup(setup, 'in', length);
    return this.#run(timeoutMs, length, true, () => this.#device.control(packet, NOTHING));
  }

  controlOut(setup: UsbSetup, data: Uint8Array, timeoutMs: number): Promise<UsbTransfer> {
    const packet = encodeSetup(setup, 'out', data.length);
    return this.#run(timeoutMs, 0, false, () => this.#device.control(packet, data.slice()));
  }

  bulkIn(endpoint: number, length: number, timeoutMs: number): Promise<UsbTransfer> {
    return this.#run(timeoutMs, length, true, (signal) => this.#device.bulkIn(endpoint & 0x0f, length, signal));
  }

  bulkOut(endpoint: number, data: Uint8Array, timeoutMs: number): Promise<UsbTransfer> {
    return this.#run(timeoutMs, 0, false, (signal) => this.#device.bulkOut(endpoint & 0x0f, data.slice(), signal));
  }

  clearHalt(endpoint: number): Promise<UsbTransfer> {
    return this.#standard('endpoint', StandardRequest.CLEAR_FEATURE, 0, endpoint);
  }

  selectAlternate(alternateSetting: number): Promise<UsbTransfer> {
    return this.#standard('interface', StandardRequest.SET_INTERFACE, alternateSetting, this.interfaceNumber);
  }

  /** SET CONFIGURATION, as a kernel does before anybody opens a device. */
  configure(): Promise<UsbTransfer> {
    return this.#standard('device', StandardRequest.SET_CONFIGURATION, 1, 0);
  }

  cancelAll(): Promise<void> {
    for (const end of this.#pending) end({ kind: 'cancelled' });
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.vanish();
    return Promise.resolve();
  }

  vanish(): void {
    this.#isGone = true;
    for (const end of this.#pending) end({ kind: 'disconnected', message: 'the device is gone' });
  }

  #standard(
    recipient: UsbSetup['recipient'],
    request: StandardRequest,
    value: number,
    index: number,
  ): Promise<UsbTransfer> {
    return this.controlOut({ type: 'standard', recipient, request, value, index }, NOTHING, CONTROL_MS);
  }

  #run(
    timeoutMs: number,
    room: number,
    toHost: boolean,
    start: (signal: AbortSignal) => Promise<UsbFunctionTransfer>,
  ): Promise<UsbTransfer> {
    if (this.#isGone) return Promise.resolve({ kind: 'disconnected', message: 'the device is gone' });
    const stop = new AbortController();
    return new Promise((resolve) => {
      const end = (transfer: UsbTransfer): void => {
        this.#pending.delete(end);
        cancelTimer();
        resolve(transfer);
        stop.abort();
      };
      const cancelTimer = this.#clock.after(timeoutMs, () => end({ kind: 'timeout' }));
      this.#pending.add(end);
      void start(stop.signal).then((transfer) => {
        const changed = this.#change(asSeen(transfer), { room, toHost });
        if (changed === 'never') return;
        if (changed.kind === 'disconnected') this.vanish();
        end(changed);
      });
    });
  }
}

function asSeen(transfer: UsbFunctionTransfer): UsbTransfer {
  return transfer.kind === 'stall' ? { kind: 'stall', data: NOTHING } : transfer;
}
