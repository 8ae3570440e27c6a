import type { TransportFailure } from '../scsi-transport.js';
import {
  CSW_BYTES,
  CswStatus,
  encodeCommandBlockWrapper,
  parseCommandStatusWrapper,
  WrapperError,
  type CommandStatusWrapper,
} from './bulk-only-wrappers.js';
import type { PendingCommand } from './pending-commands.js';
import { failureCodeOf, usbFailure, wordsOf, type FailedTransfer } from './usb-failure.js';
import type { UsbInterface, UsbTransfer } from './usb-interface.js';

/** The two bulk endpoints of a Bulk-Only interface, with the direction in bit 7. */
export interface BulkOnlyPipes {
  readonly bulkIn: number;
  readonly bulkOut: number;
}

export interface ExchangeRequest {
  readonly tag: number;
  /** 0 to 15. */
  readonly lun: number;
  readonly cdb: Uint8Array;
  readonly dataInLength: number;
  readonly dataOut: Uint8Array;
  /** Whose exchange it is: it has the time that is left, and goes no further when the command is given up. */
  readonly pending: PendingCommand;
}

export type ExchangeEnd =
  | {
      readonly kind: 'status';
      readonly isPassed: boolean;
      readonly residue: number;
      readonly dataIn: Uint8Array;
      /** The data stage was stalled, and the system did not tell what had come before. */
      readonly mayHaveLostData: boolean;
    }
  /** The two sides are out of step, or the device is gone: before the next command comes reset recovery (5.3.4). */
  | { readonly kind: 'broken'; readonly failure: TransportFailure };

/** Ends an exchange from within; never leaves this file. */
class Broken extends Error {
  override readonly name = 'Broken';
  readonly failure: TransportFailure;

  constructor(failure: TransportFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/**
 * One command over the two pipes: command transport, data stage, status transport (Bulk-Only Transport 1.0, 5.3). It copes
 * with what the device may do within the protocol (stalls, short data) and with what many do beside it: a zero-length
 * packet before the CSW, and a CSW in place of the data stage. Never rejects.
 */
export async function exchange(
  usb: UsbInterface,
  pipes: BulkOnlyPipes,
  request: ExchangeRequest,
): Promise<ExchangeEnd> {
  try {
    return await new Exchange(usb, pipes, request).run();
  } catch (error) {
    if (error instanceof Broken) return { kind: 'broken', failure: error.failure };
    return { kind: 'broken', failure: usbFailure('protocol', 'unknown', 'the exchange failed', error) };
  }
}

const nothing = new Uint8Array(0);
/** Who gives a command up between two transfers finds nothing to cancel, so none must begin after it. */
const cancelled: UsbTransfer = { kind: 'cancelled' };

class Exchange {
  readonly #usb: UsbInterface;
  readonly #pipes: BulkOnlyPipes;
  readonly #request: ExchangeRequest;
  #mayHaveLostData = false;

  constructor(usb: UsbInterface, pipes: BulkOnlyPipes, request: ExchangeRequest) {
    this.#usb = usb;
    this.#pipes = pipes;
    this.#request = request;
  }

  async run(): Promise<ExchangeEnd> {
    await this.#sendCommand();
    const { dataInLength, dataOut } = this.#request;
    if (dataOut.length > 0) await this.#sendData();
    const dataIn = dataInLength > 0 ? await this.#takeData() : nothing;
    // Some devices that have no data leave the data stage out: what came in its place is the CSW.
    const early = dataIn.length === CSW_BYTES ? this.#asStatus(dataIn) : undefined;
    if (early !== undefined) return this.#judge(early, nothing);
    return this.#judge(await this.#takeStatus(), dataIn);
  }

  /** 5.3.1 */
  async #sendCommand(): Promise<void> {
    const { tag, lun, cdb, dataInLength, dataOut } = this.#request;
    const dataTransferLength = Math.max(dataInLength, dataOut.length);
    const cbw = encodeCommandBlockWrapper({
      tag,
      lun,
      commandBlock: cdb,
      dataTransferLength,
      dataIn: dataInLength > 0,
    });
    const sent = await this.#bulkOut(cbw);
    if (sent.kind !== 'done') {
      // A stall is the device's refusal of the packet. Anything else leaves open whether the packet arrived.
      const executed = sent.kind === 'stall' ? 'no' : 'unknown';
      throw new Broken(usbFailure(failureCodeOf(sent), executed, `the command block ${wordsOf(sent)}`));
    }
  }

  /** 5.3.2: after a stall the device has taken what it wanted. */
  async #sendData(): Promise<void> {
    const sent = await this.#bulkOut(this.#request.dataOut);
    if (sent.kind === 'stall') await this.#clearHalt(this.#pipes.bulkOut);
    else if (sent.kind !== 'done') throw broken('the data stage', sent);
  }

  /** 5.3.2: after a stall the device has sent what it has. */
  async #takeData(): Promise<Uint8Array> {
    const taken = await this.#bulkIn(this.#request.dataInLength);
    if (taken.kind === 'done') return taken.data;
    // QEMU's usb-bot pads to the end of the host's packet. Whether more is an error the status tells (case 7).
    if (taken.kind === 'overflow' && taken.data !== undefined) return taken.data;
    if (taken.kind !== 'stall') throw broken('the data stage', taken);
    this.#mayHaveLostData = taken.data === undefined;
    await this.#clearHalt(this.#pipes.bulkIn);
    return taken.data ?? nothing;
  }

  /** 5.3.3, figure 2: after a stall the CSW is read once more. So it is after a packet without a byte. */
  async #takeStatus(): Promise<CommandStatusWrapper> {
    let taken = await this.#bulkIn(CSW_BYTES);
    if (taken.kind === 'done' && taken.length === 0) taken = await this.#bulkIn(CSW_BYTES);
    if (taken.kind === 'stall') {
      await this.#clearHalt(this.#pipes.bulkIn);
      taken = await this.#bulkIn(CSW_BYTES);
    }
    if (taken.kind !== 'done') throw broken('the status', taken);
    try {
      return parseCommandStatusWrapper(taken.data, this.#request.tag);
    } catch (error) {
      if (!(error instanceof WrapperError)) throw error;
      throw new Broken(usbFailure('protocol', 'unknown', error.message, error));
    }
  }

  #judge({ status, dataResidue }: CommandStatusWrapper, dataIn: Uint8Array): ExchangeEnd {
    if (status === CswStatus.PHASE_ERROR) {
      const message = 'the device tells of a phase error: it wanted to move other data than the host';
      throw new Broken(usbFailure('protocol', 'unknown', message));
    }
    const isPassed = status === CswStatus.PASSED;
    return { kind: 'status', isPassed, residue: dataResidue, dataIn, mayHaveLostData: this.#mayHaveLostData };
  }

  #asStatus(bytes: Uint8Array): CommandStatusWrapper | undefined {
    try {
      return parseCommandStatusWrapper(bytes, this.#request.tag);
    } catch {
      return undefined;
    }
  }

  async #clearHalt(endpoint: number): Promise<void> {
    const cleared = this.#request.pending.isGivenUp ? cancelled : await this.#usb.clearHalt(endpoint);
    if (cleared.kind !== 'done') throw broken('clearing a halt', cleared);
  }

  #bulkIn(length: number): Promise<UsbTransfer> {
    const { pending } = this.#request;
    if (pending.isGivenUp) return Promise.resolve(cancelled);
    return this.#usb.bulkIn(this.#pipes.bulkIn, length, pending.remainingMs());
  }

  #bulkOut(data: Uint8Array): Promise<UsbTransfer> {
    const { pending } = this.#request;
    if (pending.isGivenUp) return Promise.resolve(cancelled);
    return this.#usb.bulkOut(this.#pipes.bulkOut, data, pending.remainingMs());
  }
}

function broken(what: string, transfer: FailedTransfer): Broken {
  return new Broken(usbFailure(failureCodeOf(transfer), 'unknown', `${what} ${wordsOf(transfer)}`));
}
