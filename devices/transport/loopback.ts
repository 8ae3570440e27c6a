import type { Clock } from '../clock.js';
import type { ScsiTarget, ScsiTaskResult } from './scsi-target.js';
import type {
  ScsiCommand,
  ScsiTransport,
  TransportFailure,
  TransportFailureCode,
  TransportResult,
} from './scsi-transport.js';

export interface LoopbackTransportOptions {
  readonly target: ScsiTarget;
  readonly name: string;
  readonly clock: Clock;
  /** The I_T nexus under which the target sees this transport; the name unless said otherwise. */
  readonly nexus?: string;
  readonly maxInFlight?: number;
}

/** Calls a target in the same process: the shortest way there is, with the timeouts and ends of the longer ones. */
export class LoopbackTransport implements ScsiTransport {
  readonly name: string;
  readonly maxInFlight: number;
  readonly #target: ScsiTarget;
  readonly #clock: Clock;
  readonly #nexus: string;
  readonly #ends = new Set<(code: TransportFailureCode, message: string) => void>();
  #isOpen = false;

  constructor(options: LoopbackTransportOptions) {
    this.name = options.name;
    this.maxInFlight = options.maxInFlight ?? 16;
    this.#target = options.target;
    this.#clock = options.clock;
    this.#nexus = options.nexus ?? options.name;
  }

  open(): Promise<void> {
    this.#isOpen = true;
    return Promise.resolve();
  }

  execute(command: ScsiCommand): Promise<TransportResult> {
    const { signal } = command;
    if (!this.#isOpen)
      return Promise.resolve(this.#failed('closed', 'no', 'the transport is not open; call open() first'));
    if ((command.dataInLength ?? 0) > 0 && (command.dataOut?.length ?? 0) > 0) {
      const message = 'a command with both data-in and data-out can not be carried; split it';
      return Promise.resolve(this.#failed('unsupported', 'no', message));
    }
    if (signal?.aborted === true) {
      return Promise.resolve(this.#failed('aborted', 'no', 'the caller gave it up before it was sent', signal.reason));
    }

    return new Promise((resolve) => {
      const stop = new AbortController();
      const settle = (result: TransportResult): void => {
        this.#ends.delete(end);
        cancelTimeout();
        signal?.removeEventListener('abort', onAbort);
        resolve(result);
      };
      const end = (code: TransportFailureCode, message: string, cause?: unknown): void => {
        settle(this.#failed(code, 'unknown', `${message}; look at the device before sending it again`, cause));
        stop.abort(new Error(message));
      };
      const onAbort = (): void => end('aborted', 'the caller gave it up', signal?.reason);
      const cancelTimeout = this.#clock.after(command.timeoutMs, () =>
        end('timeout', `no status came within ${command.timeoutMs} ms`),
      );
      this.#ends.add(end);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#run(command, stop.signal).then(
        (result) => settle(completed(command, result)),
        (cause: unknown) => end('protocol', 'the target threw instead of answering', cause),
      );
    });
  }

  resetLogicalUnit(lun: number, timeoutMs: number): Promise<TransportFailure | undefined> {
    const target = this.#target;
    if (!this.#isOpen)
      return Promise.resolve(this.#failure('closed', 'no', 'the transport is not open; call open() first'));
    if (target.resetLogicalUnit === undefined) {
      return Promise.resolve(this.#failure('unsupported', 'no', 'the target has no LOGICAL UNIT RESET'));
    }
    const reset = target.resetLogicalUnit(lun);
    return new Promise((resolve) => {
      const cancel = this.#clock.after(timeoutMs, () =>
        resolve(this.#failure('timeout', 'unknown', `the reset did not end within ${timeoutMs} ms`)),
      );
      reset
        .then(
          () => resolve(undefined),
          (cause: unknown) => resolve(this.#failure('protocol', 'unknown', 'the target threw at the reset', cause)),
        )
        .finally(cancel);
    });
  }

  close(): Promise<void> {
    if (this.#isOpen) {
      this.#isOpen = false;
      for (const end of this.#ends) end('closed', 'the transport was closed');
      this.#target.nexusLost(this.#nexus);
    }
    return Promise.resolve();
  }

  /** The target gets copies, and what it gives is copied: two sides of a wire share no memory. */
  async #run(command: ScsiCommand, signal: AbortSignal): Promise<ScsiTaskResult> {
    return this.#target.execute({
      nexus: this.#nexus,
      lun: command.lun,
      cdb: command.cdb.slice(),
      dataOut: command.dataOut?.slice() ?? new Uint8Array(0),
      signal,
    });
  }

  #failed(
    code: TransportFailureCode,
    executed: TransportFailure['executed'],
    message: string,
    cause?: unknown,
  ): TransportResult {
    return { kind: 'failed', failure: this.#failure(code, executed, message, cause) };
  }

  #failure(
    code: TransportFailureCode,
    executed: TransportFailure['executed'],
    message: string,
    cause?: unknown,
  ): TransportFailure {
    return { code, executed, message: `${this.name}: ${message}`, ...(cause !== undefined && { cause }) };
  }
}

function completed(command: ScsiCommand, result: ScsiTaskResult): TransportResult {
  return {
    kind: 'completed',
    status: result.status,
    dataIn: Uint8Array.from(result.dataIn.subarray(0, command.dataInLength ?? 0)),
    sense: Uint8Array.from(result.sense),
  };
}
