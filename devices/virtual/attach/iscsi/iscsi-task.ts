import type { ScsiTask, ScsiTaskResult } from '../../../transport/scsi-target.js';
import type { DataOutCollector } from './data-out-collector.js';
import type { SessionConnection } from './session-connection.js';

export interface IscsiTaskParts {
  readonly connection: SessionConnection;
  readonly nexus: string;
  readonly initiatorTaskTag: number;
  readonly cmdSn: number;
  readonly immediate: boolean;
  readonly lunAddress: Uint8Array;
  readonly lun: number;
  readonly cdb: Uint8Array;
  /** Bytes that the initiator takes as data-in; 0 for a command that reads nothing. */
  readonly dataInLength: number;
  /** Bytes that it sends. */
  readonly dataOutLength: number;
}

/** One SCSI command between its PDU and its response; the device sees it as a {@link ScsiTask}. */
export class IscsiTask implements ScsiTask {
  readonly connection: SessionConnection;
  readonly nexus: string;
  readonly initiatorTaskTag: number;
  readonly cmdSn: number;
  readonly immediate: boolean;
  readonly lunAddress: Uint8Array;
  readonly lun: number;
  readonly cdb: Uint8Array;
  readonly dataInLength: number;
  readonly dataOutLength: number;
  collector: DataOutCollector | undefined;
  /** The answer of a command that the device never sees. */
  refusal: ScsiTaskResult | undefined;
  /** How much of the shared room for data-out this task holds, in bytes. */
  reservedBytes = 0;
  /** Its CmdSN was due: it counts as under way. */
  isDue = false;
  isRunning = false;
  isAborted = false;
  #cancelled = false;
  #controller: AbortController | undefined;

  constructor(parts: IscsiTaskParts) {
    this.connection = parts.connection;
    this.nexus = parts.nexus;
    this.initiatorTaskTag = parts.initiatorTaskTag;
    this.cmdSn = parts.cmdSn;
    this.immediate = parts.immediate;
    this.lunAddress = parts.lunAddress;
    this.lun = parts.lun;
    this.cdb = parts.cdb;
    this.dataInLength = parts.dataInLength;
    this.dataOutLength = parts.dataOutLength;
  }

  get dataOut(): Uint8Array {
    return this.collector?.data ?? EMPTY;
  }

  /** Made when somebody looks at it: most commands end without. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#cancelled) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** All its data is here. */
  get isReady(): boolean {
    return this.refusal !== undefined || this.collector === undefined || this.collector.complete;
  }

  /** Ends without a response. */
  abort(): void {
    this.isAborted = true;
    this.cancel();
  }

  /** Tells the device that nobody wants this any more. */
  cancel(): void {
    this.#cancelled = true;
    this.#controller?.abort();
  }
}

const EMPTY = new Uint8Array(0);
