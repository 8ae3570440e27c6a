import { parseStatusPipeUnit, unitTag, type StatusPipeUnit } from './information-units.js';
import { wordsOf } from './usb-failure.js';
import type { UsbInterface } from './usb-interface.js';

/**
 * How long one read of the status pipe stays outstanding: as long as timers go (24 days). A read that is cancelled can swallow
 * a unit: the kernel reports a transfer that it was asked to unlink as cancelled even when the packet arrived in between, and
 * the `usb` package drops the bytes of a transfer that did not end well. So nothing is polled here with short timeouts; a
 * read is only ever cancelled to give the path up, or to free a data pipe that a device has wedged.
 */
export const STATUS_READ_MS = 0x7fff_ffff;

/** A multiple of every bulk packet size, and more than any unit, so that no unit can fill it or overflow it. */
const READ_BYTES = 1024;

/** So many reads in a row without a unit that means something, and the two sides are given up as out of step. */
export const MAX_STATUS_FAULTS = 8;

export interface StatusReaderEvents {
  /** Whether the device owes an answer. Nothing is read otherwise, so an idle path keeps no transfer outstanding. */
  readonly wanted: () => boolean;
  /** Gives back what is wrong with the unit, if it moves no task on. */
  readonly onUnit: (unit: StatusPipeUnit) => string | undefined;
  /** A unit that cannot be; `tag` when it got as far as having one. */
  readonly onMalformed: (tag: number | undefined, message: string) => void;
  readonly onDisconnected: (message: string) => void;
  /** The pipe gives nothing of use any more. */
  readonly onBroken: (message: string) => void;
}

/** The one reader of the status pipe. */
export class UasStatusReader {
  readonly #usb: UsbInterface;
  readonly #endpoint: number;
  readonly #events: StatusReaderEvents;
  #running = false;
  #stopped = false;

  constructor(usb: UsbInterface, endpoint: number, events: StatusReaderEvents) {
    this.#usb = usb;
    this.#endpoint = endpoint;
    this.#events = events;
  }

  /** Reads from now on until nothing is wanted any more. */
  wake(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    for (let faults = 0; !this.#stopped && this.#events.wanted();) {
      const fault = await this.#readOne();
      faults = fault === undefined ? 0 : faults + 1;
      if (fault !== undefined && faults >= MAX_STATUS_FAULTS && !this.#stopped) {
        this.#stopped = true;
        this.#events.onBroken(`the status pipe failed ${faults} times in a row, the last time: ${fault}`);
      }
    }
    this.#running = false;
  }

  /** Undefined when a unit came; else what was wrong. */
  async #readOne(): Promise<string | undefined> {
    const transfer = await this.#usb.bulkIn(this.#endpoint, READ_BYTES, STATUS_READ_MS);
    if (this.#stopped) return undefined;
    switch (transfer.kind) {
      case 'done':
        return this.#dispatch(transfer.data);
      case 'disconnected':
        this.#stopped = true;
        this.#events.onDisconnected(transfer.message);
        return undefined;
      case 'stall':
      case 'overflow': {
        await this.#usb.clearHalt(this.#endpoint);
        return `a read ${wordsOf(transfer)}`;
      }
      default:
        return `a read ${wordsOf(transfer)}`;
    }
  }

  #dispatch(bytes: Uint8Array): string | undefined {
    let unit: StatusPipeUnit;
    try {
      unit = parseStatusPipeUnit(bytes);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#events.onMalformed(unitTag(bytes), message);
      return message;
    }
    return this.#events.onUnit(unit);
  }
}
