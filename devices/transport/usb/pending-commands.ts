import type { Clock } from '../../clock.js';
import type { ScsiCommand, TransportFailureCode, TransportResult } from '../scsi-transport.js';
import { failedCommand, usbFailure } from './usb-failure.js';

/**
 * One command between the call and its result. A plain object in place of an AbortSignal: there is one for every command,
 * and a signal costs as much as all the rest of a command.
 */
export class PendingCommand {
  /** Set before its first byte is sent: from then on its outcome may be unknown. */
  hasBegun = false;
  /** Called when the command is given up, for whoever works on it at that moment. */
  onGivenUp: (() => void) | undefined;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #settle: (result: TransportResult) => void;
  #isSettled = false;
  #isGivenUp = false;

  constructor(clock: Clock, timeoutMs: number, settle: (result: TransportResult) => void) {
    this.#clock = clock;
    this.#deadlineMs = clock.now() + timeoutMs;
    this.#settle = settle;
  }

  /** Whether it got its result before the work for it was done: nothing more is to be sent for it. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Milliseconds until its time is over, at least 1. */
  remainingMs(): number {
    return Math.max(1, this.#deadlineMs - this.#clock.now());
  }

  /** The work for it is done. */
  settle(result: TransportResult): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#settle(result);
  }

  /** Settles it for the caller, at once. Harmless when it has a result already. */
  end(code: TransportFailureCode, message: string, cause?: unknown): void {
    if (this.#isSettled) return;
    this.#isGivenUp = true;
    this.settle(failedCommand(usbFailure(code, this.hasBegun ? 'unknown' : 'no', message, cause)));
    this.onGivenUp?.();
  }
}

/**
 * The commands that a protocol was given and has not answered. A command ends for its caller in the moment in which its time
 * is over, its signal aborts, or the path is closed, whatever the wire does; the work for it sees that it was given up.
 */
export class PendingCommands {
  readonly #clock: Clock;
  readonly #pending = new Set<PendingCommand>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `work`, and gives its result or the end that came before it. A `work` that rejects has failed as `protocol`. */
  begin(
    { signal, timeoutMs }: Pick<ScsiCommand, 'signal' | 'timeoutMs'>,
    work: (pending: PendingCommand) => Promise<TransportResult>,
  ): Promise<TransportResult> {
    if (signal?.aborted === true) {
      const failure = usbFailure('aborted', 'no', 'the caller gave the command up before it was sent', signal.reason);
      return Promise.resolve(failedCommand(failure));
    }
    return new Promise((resolve) => {
      const pending = new PendingCommand(this.#clock, timeoutMs, (result) => {
        this.#pending.delete(pending);
        cancelTimeout();
        signal?.removeEventListener('abort', onAbort);
        resolve(result);
      });
      const onAbort = (): void => pending.end('aborted', 'the caller gave the command up', signal?.reason);
      const cancelTimeout = this.#clock.after(timeoutMs, () =>
        pending.end('timeout', `no answer came within ${timeoutMs} ms`),
      );
      this.#pending.add(pending);
      signal?.addEventListener('abort', onAbort, { once: true });
      work(pending).then(
        (result) => pending.settle(result),
        (cause: unknown) => pending.end('protocol', 'the command could not be carried', cause),
      );
    });
  }

  endAll(code: TransportFailureCode, message: string): void {
    for (const pending of this.#pending) pending.end(code, message);
  }
}
