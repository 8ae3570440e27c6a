import type { Clock } from '../../clock.js';
import { ScsiStatus } from '../../scsi/status.js';
import type { ScsiCommand, TransportResult } from '../scsi-transport.js';
import { uasFailed } from './uas-failure.js';
import { wordsOf } from './usb-failure.js';
import type { UsbTransfer } from './usb-interface.js';

/** `queued`: its turn on the data pipe has not come yet. */
export type TransferState = 'none' | 'queued' | 'underWay' | 'ended';

const EMPTY = new Uint8Array(0);

/** One command: what was sent, what came back on three pipes in any order, and its one result. */
export class UasTask {
  readonly command: ScsiCommand;
  readonly logicalUnitNumber: Uint8Array;
  readonly dataInLength: number;
  readonly dataOut: Uint8Array;
  /** Whether the COMMAND IU may have reached the device. */
  sent = false;
  /** Whether the caller has its result; the device may still be busy with it. */
  settled = false;
  /** The device sent the unit that ends a task. */
  answered = false;
  transferState: TransferState = 'none';
  #transfer: UsbTransfer | undefined;
  #status: { readonly status: number; readonly sense: Uint8Array } | undefined;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #resolve: (result: TransportResult) => void;
  #unwatch: () => void = () => undefined;

  constructor(
    command: ScsiCommand,
    logicalUnitNumber: Uint8Array,
    clock: Clock,
    resolve: (result: TransportResult) => void,
  ) {
    this.command = command;
    this.logicalUnitNumber = logicalUnitNumber;
    this.dataInLength = command.dataInLength ?? 0;
    this.dataOut = command.dataOut ?? EMPTY;
    this.#clock = clock;
    this.#deadlineMs = clock.now() + command.timeoutMs;
    this.#resolve = resolve;
  }

  /** Calls one of the two, until the task is settled. */
  watch(onDeadline: () => void, onAbort: () => void): void {
    const { signal, timeoutMs } = this.command;
    const cancel = this.#clock.after(timeoutMs, onDeadline);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#unwatch = () => {
      cancel();
      signal?.removeEventListener('abort', onAbort);
    };
  }

  /** For transfers of this task; at least 1 ms. */
  get remainingMs(): number {
    return Math.max(1, this.#deadlineMs - this.#clock.now());
  }

  /** Gives the caller the result; only the first counts. */
  settle(result: TransportResult): void {
    if (this.settled) return;
    this.settled = true;
    this.#unwatch();
    this.#resolve(result);
  }

  get hasStatus(): boolean {
    return this.#status !== undefined;
  }

  takeStatus(status: number, sense: Uint8Array): void {
    this.#status = { status, sense };
  }

  /** Calls `onOver` unless the task is settled within `graceMs`. */
  waitForData(graceMs: number, onOver: () => void): void {
    const unwatch = this.#unwatch;
    const cancel = this.#clock.after(graceMs, onOver);
    this.#unwatch = () => {
      unwatch();
      cancel();
    };
  }

  get isMovingData(): boolean {
    return this.transferState === 'queued' || this.transferState === 'underWay';
  }

  /** Undefined: the transfer was not begun. */
  takeTransfer(transfer: UsbTransfer | undefined): void {
    this.transferState = 'ended';
    this.#transfer = transfer;
  }

  /** The result by status and data. A status other than GOOD needs no data; GOOD with lost data is a lie. */
  outcome(): TransportResult {
    if (this.#status === undefined) return uasFailed('protocol', 'unknown', 'the device gave no status');
    const { status, sense } = this.#status;
    const lost = status === ScsiStatus.GOOD ? this.#lostData() : undefined;
    if (lost !== undefined) return uasFailed('protocol', 'unknown', `the device says GOOD, but the data ${lost}`);
    return { kind: 'completed', status, dataIn: this.#dataIn(), sense };
  }

  /** What became of data that was announced and did not get through. */
  #lostData(): string | undefined {
    if (this.transferState === 'none') return undefined;
    const transfer = this.#transfer;
    if (transfer === undefined) return this.dataInLength > 0 ? 'never came' : 'was never taken';
    if (transfer.kind === 'done') return undefined;
    // A stall ends the data where the device wants no more, or has no more.
    if (transfer.kind === 'stall' && (transfer.data !== undefined || this.dataInLength === 0)) return undefined;
    return wordsOf(transfer);
  }

  #dataIn(): Uint8Array {
    const transfer = this.#transfer;
    const data = transfer?.kind === 'done' || transfer?.kind === 'stall' ? transfer.data : undefined;
    if (data === undefined || this.dataInLength === 0) return EMPTY;
    // Reads are made in whole packets, so up to one packet too much can come.
    return data.length > this.dataInLength ? data.slice(0, this.dataInLength) : data;
  }
}
