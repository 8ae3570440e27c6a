import {
  BulkOnlyRequest,
  CswStatus,
  encodeCommandStatusWrapper,
  parseCommandBlockWrapper,
  type CommandBlockWrapper,
} from '../../../transport/usb/bulk-only-wrappers.js';
import { ScsiStatus } from '../../../scsi/status.js';
import { BulkInPipe } from './bulk-in-pipe.js';
import { BulkOutPipe } from './bulk-out-pipe.js';
import { collectDataOut } from './collect-data-out.js';
import { MAX_DATA_OUT_BYTES } from './data-out-wish.js';
import type { MassStorageProtocol } from './mass-storage-protocol.js';
import type { TargetPort } from './target-port.js';

const NOTHING = new Uint8Array(0);

/** How a command ended for the host: the two fields of the CSW that say so. */
interface Outcome {
  readonly status: CswStatus;
  readonly residue: number;
}

/**
 * The device's side of USB Mass Storage Class Bulk-Only Transport 1.0: one command at a time, CBW, data, CSW. The thirteen cases
 * of clause 6.7 are told apart by what the host announced in the CBW and what the command really needs or gives.
 */
export class BulkOnlyFunction implements MassStorageProtocol {
  readonly pipes: ReadonlyMap<number, BulkInPipe | BulkOutPipe>;
  readonly #in = new BulkInPipe();
  readonly #out = new BulkOutPipe();
  readonly #port: TargetPort;
  readonly #maxPacketBytes: number;
  #stop = new AbortController();
  /** An invalid CBW came: both endpoints stay halted until reset recovery (6.6.1), whatever is cleared. */
  #wedged = false;

  constructor(options: { port: TargetPort; inAddress: number; outAddress: number; maxPacketBytes: number }) {
    this.#port = options.port;
    this.#maxPacketBytes = options.maxPacketBytes;
    this.pipes = new Map<number, BulkInPipe | BulkOutPipe>([
      [options.inAddress, this.#in],
      [options.outAddress, this.#out],
    ]);
    void this.#serve(this.#stop.signal);
  }

  clearHalt(pipe: BulkInPipe | BulkOutPipe): void {
    if (!this.#wedged) pipe.clearHalt();
  }

  classRequest({ request, toHost }: { readonly request: number; readonly toHost: boolean }): Uint8Array | undefined {
    if (request === BulkOnlyRequest.GET_MAX_LUN && toHost) return Uint8Array.of(this.#port.luns.at(-1) ?? 0);
    if (request !== BulkOnlyRequest.RESET || toHost) return undefined;
    // 3.1: ready for the next CBW, but the endpoints' halts stay.
    this.#stop.abort();
    this.#wedged = false;
    this.#stop = new AbortController();
    void this.#serve(this.#stop.signal);
    return NOTHING;
  }

  stop(): void {
    this.#stop.abort();
    this.#in.close();
    this.#out.close();
  }

  async #serve(signal: AbortSignal): Promise<void> {
    for (;;) {
      const packet = await this.#out.receive(signal);
      if (packet === undefined) return;
      const cbw = validCommand(packet);
      const outcome = cbw && (await this.#perform(cbw, signal));
      if (signal.aborted) return;
      if (cbw === undefined || outcome === undefined) {
        this.#wedged = true;
        this.#in.halt();
        this.#out.halt();
        return;
      }
      const { status, residue: dataResidue } = outcome;
      if (!(await this.#in.send(encodeCommandStatusWrapper({ tag: cbw.tag, status, dataResidue }), signal))) return;
    }
  }

  /** Undefined: there is no CSW for this, the host must reset. */
  async #perform(cbw: CommandBlockWrapper, signal: AbortSignal): Promise<Outcome | undefined> {
    const { lun, commandBlock, dataTransferLength: announced } = cbw;
    const wish = await this.#port.dataOutWish(lun, commandBlock);
    // A reset that came meanwhile: the pipes are the next command's, and this one must not begin.
    if (signal.aborted) return undefined;
    const sends = announced > 0 && !cbw.dataIn;
    // What nobody here knows the length of is taken to be as long as the host says.
    const wanted = typeof wish === 'number' ? wish : sends ? announced : 0;
    const phaseError: Outcome = { status: CswStatus.PHASE_ERROR, residue: announced };

    // Cases 3, 8 and 13: the command needs more than the host sends. It does not begin.
    if (wanted > (sends ? announced : 0) || wanted > MAX_DATA_OUT_BYTES) {
      if (announced > 0) (sends ? this.#out : this.#in).halt();
      return phaseError;
    }
    let dataOut: Uint8Array = NOTHING;
    if (sends && wanted === 0) this.#out.halt();
    if (wanted > 0) {
      const collected = await collectDataOut(this.#out, {
        announced,
        wanted,
        maxPacketBytes: this.#maxPacketBytes,
        signal,
      });
      if (collected.kind === 'excess' || collected.kind === 'aborted') return undefined;
      // Half of the data is no data: the host broke its own word, the command does not begin.
      if (collected.kind === 'short') return { ...phaseError, residue: announced - collected.length };
      dataOut = collected.data;
      if (signal.aborted) return undefined;
    }
    const result = await this.#port.execute(lun, commandBlock, dataOut, signal);
    if (signal.aborted) return undefined;
    const room = cbw.dataIn ? announced : 0;
    const data = result.dataIn.subarray(0, room);
    if (room > 0) await this.#sendData(data, room, signal);
    // Cases 2, 7 and 10: there is data for which the host has no room.
    if (result.dataIn.length > room) return { ...phaseError, residue: announced - data.length };
    const status = result.status === ScsiStatus.GOOD ? CswStatus.PASSED : CswStatus.FAILED;
    return { status, residue: announced - (sends ? dataOut.length : data.length) };
  }

  /** Cases 4 to 7. Less than announced ends with a stall (6.7.2), which the host clears before it takes the CSW. */
  async #sendData(data: Uint8Array, announced: number, signal: AbortSignal): Promise<void> {
    if (data.length > 0 && !(await this.#in.send(data, signal))) return;
    if (data.length < announced) this.#in.halt();
  }
}

function validCommand(packet: Uint8Array): CommandBlockWrapper | undefined {
  try {
    return parseCommandBlockWrapper(packet);
  } catch {
    return undefined;
  }
}
