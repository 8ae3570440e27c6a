import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.js';
import { requestSenseCdb } from '../../scsi/spc/request-sense.js';
import { ScsiStatus } from '../../scsi/status.js';
import type { ScsiCommand, TransportFailure, TransportResult } from '../scsi-transport.js';
import { exchange, type BulkOnlyPipes, type ExchangeEnd, type ExchangeRequest } from './bulk-only-exchange.js';
import { BulkOnlyLane } from './bulk-only-lane.js';
import { CONTROL_TIMEOUT_MS, resetRecovery } from './bulk-only-recovery.js';
import { judgeDataIn } from './bulk-only-residue.js';
import { outlivedReset, SENSE_LENGTHS } from './bulk-only-sense.js';
import { MAX_CBW_LUN, MAX_COMMAND_BLOCK_BYTES, MAX_DATA_TRANSFER_BYTES } from './bulk-only-wrappers.js';
import { PendingCommands, type PendingCommand } from './pending-commands.js';
import { settledWithin } from './settled-within.js';
import { failedCommand, usbFailure, wordsOf } from './usb-failure.js';
import type { UsbInterface } from './usb-interface.js';
import type { UsbProtocol } from './usb-protocol.js';

export interface BulkOnlyOptions {
  readonly usb: UsbInterface;
  readonly pipes: BulkOnlyPipes;
  readonly clock: Clock;
  /** Told, in words, where the device strays from its standard and what is done about it. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

type Send = (cdb: Uint8Array, dataInLength: number, dataOut: Uint8Array) => Promise<ExchangeEnd>;

/** Reset recovery with its three requests, twice: after the command under way, and of a reset that was asked for. */
const CLOSE_TIMEOUT_MS = 6 * CONTROL_TIMEOUT_MS;
const nothing = new Uint8Array(0);
const resetDone: TransportResult = { kind: 'completed', status: ScsiStatus.GOOD, dataIn: nothing, sense: nothing };

/**
 * USB Mass Storage Class Bulk-Only Transport 1.0, the host's side: one command at a time. The protocol has no autosense:
 * REQUEST SENSE follows CHECK CONDITION before any other command. It has no abort either: a command that is given up ends
 * at once for its caller, and the next one waits until reset recovery has brought both sides back in step.
 */
export class BulkOnlyProtocol implements UsbProtocol {
  readonly maxInFlight = 1;
  readonly #usb: UsbInterface;
  readonly #pipes: BulkOnlyPipes;
  readonly #clock: Clock;
  readonly #notice: (notice: string) => void;
  readonly #lane = new BulkOnlyLane();
  readonly #commands: PendingCommands;
  #running: PendingCommand | undefined;
  #tag = randomBytes(4).readUInt32LE();
  #senseLengths = SENSE_LENGTHS;
  #believesResidue = true;
  #usable = true;
  #closed = false;

  constructor(options: BulkOnlyOptions) {
    this.#usb = options.usb;
    this.#pipes = options.pipes;
    this.#clock = options.clock;
    this.#commands = new PendingCommands(options.clock);
    this.#notice = options.onNotice ?? ((): void => undefined);
  }

  get usable(): boolean {
    return this.#usable && !this.#closed;
  }

  execute(command: ScsiCommand): Promise<TransportResult> {
    const refused = refuse(command);
    if (refused !== undefined) return Promise.resolve(failedCommand(usbFailure('unsupported', 'no', refused)));
    if (this.#closed) return Promise.resolve(failedCommand(this.#tooLate()));
    return this.#commands.begin(command, (pending) => this.#whenAlone(command, pending));
  }

  /**
   * Bulk-Only Transport has no LOGICAL UNIT RESET; its own reset ends the command under way, on whatever unit, and leaves
   * the others where they wait.
   */
  async resetLogicalUnit(lun: number, timeoutMs: number): Promise<TransportFailure | undefined> {
    if (this.#closed) return this.#tooLate();
    const refused = refuseLun(lun);
    if (refused !== undefined) return usbFailure('unsupported', 'no', refused);
    this.#running?.end('aborted', `a reset of logical unit ${lun} ended it`);
    const result = await this.#commands.begin({ timeoutMs }, async (pending) => {
      await this.#lane.enter(true);
      try {
        pending.hasBegun = true;
        const failure = pending.isGivenUp ? this.#tooLate() : await this.#recover();
        return failure === undefined ? resetDone : failedCommand(failure);
      } finally {
        this.#lane.leave();
      }
    });
    return result.kind === 'failed' ? result.failure : undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#commands.endAll('closed', 'the transport was closed');
    // What was under way is brought to its end on the wire, so that the next one to open the device finds it in step.
    const free = this.#lane.enter(true).then(() => this.#lane.leave());
    await settledWithin(this.#clock, CLOSE_TIMEOUT_MS, free);
  }

  #tooLate(): TransportFailure {
    return usbFailure('closed', 'no', `${this.#usb.name} is closed; open it first`);
  }

  async #whenAlone(command: ScsiCommand, pending: PendingCommand): Promise<TransportResult> {
    await this.#lane.enter();
    this.#running = pending;
    try {
      // Nobody hears this any more; what counts is that nothing is sent.
      if (pending.isGivenUp) return failedCommand(this.#tooLate());
      if (!this.#usable) return failedCommand(usbFailure('disconnected', 'no', `${this.#usb.name} cannot be used on`));
      pending.hasBegun = true;
      return await this.#perform(command, pending);
    } finally {
      this.#running = undefined;
      this.#lane.leave();
    }
  }

  async #perform(command: ScsiCommand, pending: PendingCommand): Promise<TransportResult> {
    const { lun } = command;
    const send: Send = (cdb, dataInLength, dataOut) => {
      this.#tag = (this.#tag + 1) >>> 0;
      return this.#exchange({ tag: this.#tag, lun, cdb, dataInLength, dataOut, pending });
    };
    const asked = command.dataInLength ?? 0;
    const end = await send(command.cdb, asked, command.dataOut ?? nothing);
    if (end.kind === 'broken') return failedCommand(end.failure);
    const dataIn = this.#believe(command.cdb, asked, end);
    if (!end.isPassed) {
      const sense = await this.#requestSense(send, pending);
      if (!(sense instanceof Uint8Array)) return failedCommand(sense);
      return { kind: 'completed', status: ScsiStatus.CHECK_CONDITION, dataIn: dataIn.slice(), sense };
    }
    const told = asked - end.residue;
    if (end.mayHaveLostData && this.#believesResidue && told > dataIn.length) {
      return failedCommand(usbFailure('protocol', 'unknown', lostData(told)));
    }
    return { kind: 'completed', status: ScsiStatus.GOOD, dataIn: dataIn.slice(), sense: nothing };
  }

  /** One exchange, cut short when the command is given up; whatever broke it is mended before this ends. */
  async #exchange(request: ExchangeRequest): Promise<ExchangeEnd> {
    const { pending } = request;
    let cancelling: Promise<void> | undefined;
    pending.onGivenUp = () => void (cancelling = this.#usb.cancelAll());
    const end = await exchange(this.#usb, this.#pipes, request);
    pending.onGivenUp = undefined;
    await cancelling;
    if (end.kind === 'status') return end;
    const unrecovered = await this.#recover();
    // A device that is pulled out may show as a bus error first.
    if (unrecovered?.code !== 'disconnected') return end;
    return { kind: 'broken', failure: { ...end.failure, code: 'disconnected' } };
  }

  #believe(cdb: Uint8Array, asked: number, { dataIn, residue }: ExchangeEnd & { kind: 'status' }): Uint8Array {
    if (asked === 0 || !this.#believesResidue) return dataIn;
    const { data, lie } = judgeDataIn({ cdb, asked, received: dataIn, residue });
    if (lie !== undefined) {
      this.#believesResidue = false;
      this.#notice(`${this.#usb.name}: the device's residues are not believed any more, since ${lie}`);
    }
    return data;
  }

  /** The sense data as they came; empty, with a notice, when the device has none; a failure when they got lost. */
  async #requestSense(send: Send, pending: PendingCommand): Promise<Uint8Array | TransportFailure> {
    let why = '';
    let broken: TransportFailure | undefined;
    for (const length of this.#senseLengths) {
      const end = await send(requestSenseCdb({ allocationLength: length }), length, nothing);
      if (end.kind === 'broken') {
        broken = end.failure;
        this.#askForLessSenseThan(length);
        if (pending.isGivenUp || !this.#usable) break;
        continue;
      }
      const sense = end.isPassed ? this.#believe(nothing, length, end) : nothing;
      if (sense.length > 0 && (broken === undefined || outlivedReset(sense))) {
        this.#senseLengths = [length];
        return sense.slice();
      }
      why = end.isPassed ? 'it brought no bytes' : 'it failed itself';
    }
    if (broken !== undefined) {
      const message = `the command ended with CHECK CONDITION, but its sense data got lost: ${broken.message}`;
      return { ...broken, executed: 'unknown', message };
    }
    this.#notice(`${this.#usb.name}: a command ended with CHECK CONDITION, but REQUEST SENSE did not help: ${why}`);
    return nothing;
  }

  #askForLessSenseThan(length: number): void {
    const shorter = this.#senseLengths.filter((other) => other < length);
    if (shorter.length > 0) this.#senseLengths = shorter;
  }

  async #recover(): Promise<TransportFailure | undefined> {
    const failed = await resetRecovery(this.#usb, this.#pipes);
    if (failed === undefined) return undefined;
    this.#usable = false;
    const code = failed.kind === 'disconnected' ? 'disconnected' : 'protocol';
    return usbFailure(code, 'unknown', `reset recovery ${wordsOf(failed)}`);
  }
}

function lostData(told: number): string {
  return (
    `the device sent up to ${told} bytes and then stalled its pipe; the system's USB layer gave none of them. ` +
    'Ask for as many bytes as the device has'
  );
}

function refuseLun(lun: number): string | undefined {
  if (Number.isInteger(lun) && lun >= 0 && lun <= MAX_CBW_LUN) return undefined;
  return `LUN ${lun} does not fit a CBW, allowed is 0 to ${MAX_CBW_LUN}`;
}

function refuse({ cdb, lun, dataOut, dataInLength = 0 }: ScsiCommand): string | undefined {
  if (cdb.length === 0 || cdb.length > MAX_COMMAND_BLOCK_BYTES) {
    return `a CDB of ${cdb.length} bytes does not fit a CBW; it has 1 to ${MAX_COMMAND_BLOCK_BYTES}`;
  }
  const refusedLun = refuseLun(lun);
  if (refusedLun !== undefined) return refusedLun;
  const longest = Math.max(dataInLength, dataOut?.length ?? 0);
  if (!Number.isInteger(dataInLength) || dataInLength < 0 || longest > MAX_DATA_TRANSFER_BYTES) {
    return `a transfer of ${longest} bytes does not fit a CBW; it has 0 to FFFFFFFFh`;
  }
  if (dataInLength > 0 && (dataOut?.length ?? 0) > 0) {
    return 'a command with both data-in and data-out can not be carried; split it';
  }
  return undefined;
}
