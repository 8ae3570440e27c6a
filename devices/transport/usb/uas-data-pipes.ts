import type { Clock } from '../../clock.js';
import { settledWithin } from './settled-within.js';
import { UasLane } from './uas-lane.js';
import type { UasPipe, UasPipes } from './uas-pipes.js';
import type { UasTask } from './uas-task.js';
import type { UsbInterface, UsbTransfer } from './usb-interface.js';

/** A multiple of every packet size; for data that nobody wants. */
const DRAIN_BYTES = 65_536;
const DRAIN_MS = 100;

/**
 * The two data pipes. Without streams the device says whose turn it is (READ READY, WRITE READY), one task at a time on each
 * pipe, so transfers are made in the order of those units.
 */
export class UasDataPipes {
  readonly #usb: UsbInterface;
  readonly #in: UasPipe;
  readonly #out: UasPipe;
  readonly #clock: Clock;
  readonly #commandLane: UasLane;
  readonly #graceMs: number;
  readonly #inLane = new UasLane();
  readonly #outLane = new UasLane();

  constructor(usb: UsbInterface, pipes: UasPipes, commandLane: UasLane, clock: Clock, graceMs: number) {
    this.#usb = usb;
    this.#in = pipes.dataIn;
    this.#out = pipes.dataOut;
    this.#commandLane = commandLane;
    this.#clock = clock;
    this.#graceMs = graceMs;
  }

  /** Moves a task's data when the pipe is free; undefined when the task was settled before its turn. */
  async move(task: UasTask): Promise<UsbTransfer | undefined> {
    const inward = task.dataInLength > 0;
    task.transferState = 'queued';
    const transfer = await (inward ? this.#inLane : this.#outLane).run(async () => {
      if (task.settled) return undefined;
      task.transferState = 'underWay';
      return inward ? this.#read(task) : this.#write(task);
    });
    task.takeTransfer(transfer);
    return transfer;
  }

  /**
   * Ends a transfer that the device leaves hanging. All endpoints can only be cancelled together, so the other pipes are first
   * given time to end what they do, and are kept from beginning anything new.
   */
  async cancel(task: UasTask): Promise<void> {
    if (task.transferState !== 'underWay') return;
    const other = task.dataInLength > 0 ? this.#outLane : this.#inLane;
    const holds = [this.#commandLane.hold(), other.hold()];
    await settledWithin(this.#clock, this.#graceMs, Promise.all(holds.map(({ held }) => held)));
    // The awaits leave time for the transfer to end by itself.
    if ((task.transferState as string) === 'underWay') await this.#usb.cancelAll();
    for (const hold of holds) hold.release();
  }

  /**
   * Takes in and throws away what the device offers for a task that does not exist, then runs `clear`, with the pipe kept from
   * everybody else: the data would be taken for theirs.
   */
  async drain(clear: () => Promise<void>): Promise<void> {
    await this.#inLane.run(async () => {
      const transfer = await this.#usb.bulkIn(this.#in.endpoint, DRAIN_BYTES, DRAIN_MS);
      await this.#clear(this.#in, transfer);
      await clear();
    });
  }

  /** Begins nothing from now on. */
  end(): void {
    this.#inLane.end();
    this.#outLane.end();
  }

  async #read(task: UasTask): Promise<UsbTransfer> {
    const { endpoint, maxPacketSize } = this.#in;
    // In whole packets: a device that sends a little more than was asked for would make an overflow of it otherwise.
    const room = Math.ceil(task.dataInLength / maxPacketSize) * maxPacketSize;
    const transfer = await this.#clear(this.#in, await this.#usb.bulkIn(endpoint, room, task.remainingMs));
    if (transfer.kind === 'done' && transfer.length === room && room > task.dataInLength) {
      task.takeTransfer(transfer);
      task.transferState = 'underWay';
      await this.#discardSurplus(task);
    }
    return transfer;
  }

  /** The device sends more than it was asked for, and gives no status before somebody takes it: up to its last, short packet. */
  async #discardSurplus(task: UasTask): Promise<void> {
    for (let isMore = true; isMore && !task.settled;) {
      const surplus = await this.#usb.bulkIn(this.#in.endpoint, DRAIN_BYTES, task.remainingMs);
      await this.#clear(this.#in, surplus);
      isMore = surplus.kind === 'done' && surplus.length === DRAIN_BYTES;
    }
  }

  async #write(task: UasTask): Promise<UsbTransfer> {
    return this.#clear(this.#out, await this.#usb.bulkOut(this.#out.endpoint, task.dataOut, task.remainingMs));
  }

  /** A halted pipe is of no use to the next task. */
  async #clear(pipe: UasPipe, transfer: UsbTransfer): Promise<UsbTransfer> {
    if (transfer.kind === 'stall' || transfer.kind === 'overflow') await this.#usb.clearHalt(pipe.endpoint);
    return transfer;
  }
}
