import type { RecoveryAction } from './scsi/recovery.js';
import type { SenseData } from './scsi/sense.js';
import type { TransportFailure } from './transport/scsi-transport.js';

/** What became of one command. A failed SCSI command is a value; nothing is thrown for what a device or a path does. */
export type CommandOutcome<T> = CommandSuccess<T> | CommandFailed;

export interface CommandSuccess<T> {
  readonly ok: true;
  readonly value: T;
  /** What happened on the way, oldest first; empty when the first answer was the good one. */
  readonly notes: readonly CommandNote[];
}

export interface CommandFailed {
  readonly ok: false;
  readonly failure: CommandFailure;
}

/**
 * Where a command failed:
 * - `transport`: no status arrived;
 * - `status`: a status that is an answer in itself, such as RESERVATION CONFLICT;
 * - `sense`: CHECK CONDITION with sense data;
 * - `data`: the command ended well, but its data cannot be what it claims to be.
 */
export type FailureLayer = 'transport' | 'status' | 'sense' | 'data';

export interface CommandFailure {
  readonly layer: FailureLayer;
  /** The command as the standard calls it: `MOVE MEDIUM`. */
  readonly command: string;
  /** The logical unit that it was for, as the unit names itself. */
  readonly device: string;
  /** SAM status code; absent when none arrived. */
  readonly status?: number;
  readonly sense?: SenseData;
  readonly transport?: TransportFailure;
  /** What the recovery table says about it. What the logical unit could do by itself was done before this failure. */
  readonly recovery: RecoveryAction;
  /**
   * Whether the device executed the command. After `unknown` a motion may have happened: read the element status before
   * anything else.
   */
  readonly executed: 'no' | 'yes' | 'unknown';
  /** What happened, and what to do about it. */
  readonly message: string;
  readonly notes: readonly CommandNote[];
  readonly cause?: unknown;
}

/** Something worth telling which did not fail the command. */
export interface CommandNote {
  readonly kind:
    'unit-attention' | 'waited' | 'retried' | 'reconnected' | 'recovered-error' | 'deferred-error' | 'fallback';
  readonly message: string;
  readonly sense?: SenseData;
}

export function succeeded<T>(value: T, notes: readonly CommandNote[] = []): CommandSuccess<T> {
  return { ok: true, value, notes };
}

export function failed(failure: CommandFailure): CommandFailed {
  return { ok: false, failure };
}

/** The outcome with its value changed by `change`; a failure passes through. */
export function mapOutcome<T, U>(outcome: CommandOutcome<T>, change: (value: T) => U): CommandOutcome<U> {
  return outcome.ok ? succeeded(change(outcome.value), outcome.notes) : outcome;
}
