import type { TimeoutClass } from './scsi/opcodes.js';
import type { SenseData } from './scsi/sense.js';

/** One command as a verb gives it to its logical unit. */
export interface CommandRequest<T> {
  /** As the standard calls it: `MOVE MEDIUM`. */
  readonly name: string;
  readonly cdb: Uint8Array;
  /** The CDB's allocation length (or transfer length) in bytes; 0 or absent: no data-in. */
  readonly dataInLength?: number;
  readonly dataOut?: Uint8Array;
  readonly timeoutClass: TimeoutClass;
  /** Replaces the class's timeout for this one command. */
  readonly timeoutMs?: number;
  /** Recovery (busy, becoming ready, a lost path) takes no longer than this, where the unit's own bounds are longer. */
  readonly recoveryMs?: number;
  /**
   * Sending it twice is not the same as sending it once: it moves a medium, or it depends on the position of the tape.
   * Such a command is sent again only when the device certainly did not begin it.
   */
  readonly motion?: boolean;
  /**
   * `retry` (the default): a unit attention means that the command was not executed, so it is sent again. `report`: it
   * comes back as a failure, for a command that must not run before the caller knows what changed.
   */
  readonly unitAttention?: 'retry' | 'report';
  /** `wait` (the default): wait, within bounds, while the device is becoming ready. `report`: that is the answer. */
  readonly whenNotReady?: 'wait' | 'report';
  /** Reads the parameter data. What it throws becomes a failure of layer `data`. */
  decode(dataIn: Uint8Array): T;
  /** Sense data that are an answer to this command and not a failure, such as a filemark; undefined: they are a failure. */
  answerFromSense?(sense: SenseData, dataIn: Uint8Array): { readonly value: T } | undefined;
}

/** What every verb takes beside its own parameters. */
export interface CommandOptions {
  /** Ties every trace line of one request together. */
  readonly correlationId?: string;
  /** Cancels waiting, and where the transport can, the command itself. */
  readonly signal?: AbortSignal;
}

/** Only the options that were given, since an absent option and an undefined one are two things. */
export function commandOptions(options: CommandOptions): CommandOptions {
  return {
    ...(options.correlationId === undefined ? {} : { correlationId: options.correlationId }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

/** For commands without parameter data. */
export function decodeNothing(): undefined {
  return undefined;
}
