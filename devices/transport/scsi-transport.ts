/**
 * The one interface between a logical unit and whatever carries its commands (SAM-5 calls this the SCSI transport
 * protocol service: Send SCSI Command / Command Complete Received). A transport reaches one target device and all its
 * logical units. It never retries a command that the device may have begun, and it never interprets sense data.
 */
export interface ScsiTransport {
  /** What a person would call this path, for traces and errors: `iscsi://127.0.0.1:13261/iqn.2026-11.test:vtl`. */
  readonly name: string;
  /** How many commands may be in flight at once; 1 for a serial line. */
  readonly maxInFlight: number;
  /** Makes the path usable. Rejects with {@link TransportError}. Calling it again on an open transport is harmless. */
  open(): Promise<void>;
  /** Carries one command. Resolves always; what went wrong is in the result. */
  execute(command: ScsiCommand): Promise<TransportResult>;
  /** Asks for a LOGICAL UNIT RESET where the transport has one. */
  resetLogicalUnit?(lun: number, timeoutMs: number): Promise<TransportFailure | undefined>;
  /** Gives the path back; commands in flight end with code `closed`. Never rejects. */
  close(): Promise<void>;
}

/** One command descriptor block on its way to one logical unit. */
export interface ScsiCommand {
  readonly lun: number;
  readonly cdb: Uint8Array;
  /** How many bytes the device may send; matches the CDB's allocation length. 0 or absent: no data-in. */
  readonly dataInLength?: number;
  /** Parameter data to send to the device. A command has data-in or data-out, never both. */
  readonly dataOut?: Uint8Array;
  /** From sending to status. MOVE MEDIUM takes minutes. */
  readonly timeoutMs: number;
  /** Ties every trace line of one request together. */
  readonly correlationId?: string;
  /** Aborts waiting and, where the transport can, the task itself (ABORT TASK). */
  readonly signal?: AbortSignal;
}

export type TransportResult = CompletedCommand | FailedCommand;

/** The device answered with a status, GOOD or not. */
export interface CompletedCommand {
  readonly kind: 'completed';
  /** SAM status code (SAM-5). */
  readonly status: number;
  /** Exactly the bytes that the device sent; never padded. */
  readonly dataIn: Uint8Array;
  /** Autosense as received, without any transport's length header; empty when there was none. */
  readonly sense: Uint8Array;
}

/** No status arrived. */
export interface FailedCommand {
  readonly kind: 'failed';
  readonly failure: TransportFailure;
}

export type TransportFailureCode =
  | 'timeout' // no status within timeoutMs
  | 'aborted' // the caller's signal
  | 'disconnected' // the path went away while the command was under way
  | 'unreachable' // the path could not be opened
  | 'protocol' // the peer broke the transport's protocol
  | 'unsupported' // this transport cannot carry such a command (too long, bidirectional ...)
  | 'closed'; // close() was called

export interface TransportFailure {
  readonly code: TransportFailureCode;
  /**
   * Whether the device may have executed the command. `no`: it certainly did not begin, so sending it again is safe.
   * `unknown`: a motion may have happened; read the element status before anything else.
   */
  readonly executed: 'no' | 'unknown';
  /** What went wrong and what to do about it. */
  readonly message: string;
  readonly cause?: unknown;
}

/** Thrown by `open`. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly failure: TransportFailure;

  constructor(failure: TransportFailure) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.failure = failure;
  }

  get code(): TransportFailureCode {
    return this.failure.code;
  }
}
