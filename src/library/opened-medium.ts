import { senseFailure } from '../../devices/command-failure.js';
import type { CommandFailure, CommandOutcome } from '../../devices/command-outcome.js';
import type { CommandOptions } from '../../devices/command-request.js';
import type { Drive, Written } from '../../devices/drive.js';
import type { LogicalUnitEvent } from '../../devices/logical-unit-event.js';
import { SenseKey } from '../../devices/scsi/sense.js';
import type { SenseData } from '../../devices/scsi/sense.js';
import type { BlockLimits } from '../../devices/scsi/ssc/read-block-limits.js';
import type { ReadPositionShort } from '../../devices/scsi/ssc/read-position.js';
import { readBlocks, setBlockLength, writeBlocks } from '../../devices/tape-fixed-blocks.js';
import type { TapeBlocks } from '../../devices/tape-fixed-blocks.js';
import { erase, locate, space } from '../../devices/tape-positioning.js';
import type { Spaced, SpaceOver } from '../../devices/tape-positioning.js';
import type { TapeRecord } from '../../devices/tape-record.js';
import { UnitAttentionKind } from '../../devices/unit-attention.js';
import { NtmsError } from '../objects/ntms-error.js';
import { mayHaveBeenExchanged, provesMediumGone, tapeError } from './tape-failure.js';

export type { Spaced, SpaceOver, TapeBlocks, TapeRecord, Written };

/** What a handle asks of those who gave it out. */
export interface Holding {
  /** Why the medium is not the holder's any more; undefined while it is. */
  readonly whyLost: () => NtmsError | undefined;
  /** Why nothing may be written just now; undefined when it may. */
  readonly whyNotWritable: () => string | undefined;
  /** The medium was let go: by the holder, or since it is gone. Resolves when the drive lets go too; never rejects. */
  readonly letGo: (why: 'closed' | 'lost') => Promise<void>;
}

/** What a verb has to do with where the tape stands: it starts from there, sets it anew, or has nothing to do with it. */
type Position = 'from' | 'sets' | 'none';

/**
 * A tape that an application has open. The drive keeps it until {@link close}. Every verb rejects with NtmsError: for a
 * failed command `data` has `layer`, `command`, `status`, `senseKey`, `asc`, `ascq` and `executed`, and the cause is the
 * failure itself. Verbs are carried out one after the other in the order in which they were called.
 *
 * When the drive was reset, nobody knows where the tape stands: verbs that start from there are refused with
 * ERROR_INVALID_STATE until {@link rewind} or {@link locate} has succeeded. When the tape may have been exchanged, every
 * verb is refused with ERROR_MEDIA_NOT_AVAILABLE, and the drive is let go. A drive takes writes in before they are on the
 * tape: what fails later is told by the next verb, and {@link writeFilemarks} with 0 makes sure before a close.
 */
export class OpenedMedium {
  readonly driveId: string;
  readonly mediumId: string;
  readonly sideId: string;
  readonly #drive: Drive;
  readonly #holding: Holding;
  readonly #correlation: CommandOptions;
  readonly #unsubscribe: () => void;
  /** Settles when the verb that was called last has ended; never rejects. */
  #turn: Promise<unknown> = Promise.resolve();
  #end: NtmsError | undefined;
  /** Why the medium is not the holder's any more, unlike after a close. */
  #lost: NtmsError | undefined;
  #closing: Promise<void> | undefined;
  /** What was heard that makes the position unknown. */
  #disturbed: string | undefined;
  /** The drive may have forgotten what this handle set: prevention, block length. */
  #reset = false;
  #blockLength = 0;
  /** An error of an earlier write that no verb has told yet (SPC, response code 71h). */
  #deferred: { readonly command: string; readonly sense: SenseData } | undefined;

  constructor(options: {
    readonly driveId: string;
    readonly mediumId: string;
    readonly sideId: string;
    readonly drive: Drive;
    readonly requestId: string;
    readonly holding: Holding;
  }) {
    this.driveId = options.driveId;
    this.mediumId = options.mediumId;
    this.sideId = options.sideId;
    this.#drive = options.drive;
    this.#holding = options.holding;
    this.#correlation = { correlationId: options.requestId };
    this.#unsubscribe = this.#drive.unit.subscribe((event) => this.#heard(event));
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Bytes of each block for {@link readBlocks} and {@link writeBlocks}; 0 until {@link setBlockLength}. */
  get blockLength(): number {
    return this.#blockLength;
  }

  /** The next record: a block of at most `length` bytes, a filemark, or the end of the data. */
  async read(length: number): Promise<TapeRecord> {
    requireWhole('length', length, 1, 0xff_ffff);
    return this.#do('from', (options) => this.#drive.readBlock({ ...options, length }));
  }

  /** Writes one block. `endOfMedium`: it is written, and the end of the tape is near. */
  async write(block: Uint8Array): Promise<Written> {
    requireWhole('the length of the block', block.length, 1, 0xff_ffff);
    this.#requireWritable();
    return this.#do('from', (options) => this.#drive.writeBlock(block, options));
  }

  /** Reads `count` blocks of {@link blockLength} bytes; fewer when a filemark or the end of the data comes first. */
  async readBlocks(count: number): Promise<TapeBlocks> {
    const blockLength = this.#requireBlockLength();
    requireWhole('count', count, 1, Math.floor(0xff_ffff / blockLength));
    return this.#do('from', (options) => readBlocks(this.#drive.unit, { ...options, count, blockLength }));
  }

  /** Writes a whole number of blocks of {@link blockLength} bytes. */
  async writeBlocks(data: Uint8Array): Promise<Written> {
    const blockLength = this.#requireBlockLength();
    if (data.length === 0 || data.length % blockLength !== 0) {
      throw new NtmsError(
        'ERROR_INVALID_PARAMETER',
        `${data.length} bytes are no whole blocks of ${blockLength} bytes`,
      );
    }
    this.#requireWritable();
    return this.#do('from', (options) => writeBlocks(this.#drive.unit, data, { ...options, blockLength }));
  }

  /** Blocks of one length from now on, or with 0 only blocks that have their own. The drive forgets it at the close. */
  async setBlockLength(bytes: number): Promise<void> {
    requireWhole('the block length', bytes, 0, 0xff_ffff);
    await this.#do('none', async (options) => {
      const set = await setBlockLength(this.#drive.unit, bytes, options);
      if (set.ok) this.#blockLength = bytes;
      return set;
    });
  }

  /** Which block lengths the drive takes. */
  async blockLimits(): Promise<BlockLimits> {
    return this.#do('none', (options) => this.#drive.readBlockLimits(options));
  }

  /** Writes filemarks; with 0 only what the drive has buffered goes to the tape. */
  async writeFilemarks(count = 1): Promise<Written> {
    requireWhole('count', count, 0, 0xff_ffff);
    this.#requireWritable();
    return this.#do('from', (options) => this.#drive.writeFilemarks(count, options));
  }

  async rewind(): Promise<void> {
    await this.#do('sets', (options) => this.#drive.rewind(options));
  }

  /** Over blocks or filemarks, backwards with a negative count, or to the end of the data. */
  async space(over: SpaceOver, count = 0): Promise<Spaced> {
    requireWhole('count', count, -0x80_0000, 0x7f_ffff);
    return this.#do('from', (options) => space(this.#drive.unit, { ...options, over, count }));
  }

  /** To a logical object, as {@link readPosition} tells it in `firstLogicalObjectLocation`. */
  async locate(object: number): Promise<void> {
    requireWhole('object', object, 0, 0xffff_ffff);
    await this.#do('sets', (options) => locate(this.#drive.unit, { ...options, object }));
  }

  async readPosition(): Promise<ReadPositionShort> {
    return this.#do('from', (options) => this.#drive.readPosition(options));
  }

  /** Makes an end of the data here; `long` erases all that is behind it too, which takes hours on a real tape. */
  async erase({ long = false }: { readonly long?: boolean } = {}): Promise<void> {
    this.#requireWritable();
    await this.#do('from', (options) => erase(this.#drive.unit, { ...options, long }));
  }

  /** Refused: an opened medium stays in its drive. Close it, then dismount it. */
  unload(): Promise<never> {
    const why = 'an opened medium cannot be unloaded; close it, then dismount it';
    return Promise.reject(this.#end ?? new NtmsError('ERROR_INVALID_STATE', why));
  }

  /** Waits for the verbs under way and lets the medium go. Closing twice changes nothing. */
  close(): Promise<void> {
    this.#closing ??= this.#close(new NtmsError('ERROR_INVALID_HANDLE', 'the medium was closed'), 'closed');
    return this.#closing;
  }

  /** Rejects with the reason when the medium was lost already. */
  async whenHeld(): Promise<void> {
    if (this.#end === undefined) return;
    await this.#closing;
    throw this.#end;
  }

  /** Lets go of a medium that is not the holder's any more; every verb rejects with `error` from now on. */
  lose(error: NtmsError): Promise<void> {
    this.#lost ??= error;
    this.#closing ??= this.#close(error, 'lost');
    return this.#closing;
  }

  async #close(end: NtmsError, why: 'closed' | 'lost'): Promise<void> {
    this.#end ??= end;
    await this.#turn;
    this.#unsubscribe();
    // Whoever uses the drive next expects blocks of any length.
    if (why === 'closed' && this.#blockLength !== 0) await setBlockLength(this.#drive.unit, 0, this.#correlation);
    await this.#holding.letGo(why);
  }

  async #do<T>(position: Position, command: (options: CommandOptions) => Promise<CommandOutcome<T>>): Promise<T> {
    this.#requireHeld();
    const running = this.#turn.then(() => this.#carryOut(position, command));
    this.#turn = running.catch(() => undefined);
    return running;
  }

  async #carryOut<T>(position: Position, command: (options: CommandOptions) => Promise<CommandOutcome<T>>): Promise<T> {
    // The verb before may have been told what this one must not ignore. One called before a close is still carried out.
    if (this.#lost !== undefined) throw this.#lost;
    this.#requireMounted();
    this.#tellDeferred('no');
    if (position === 'from') this.#requirePosition();
    if (position === 'sets' && this.#reset) await this.#setAgain();
    const outcome = await command(this.#correlation);
    // What was done may have been done to another medium.
    if (outcome.ok && this.#lost !== undefined) throw this.#lost;
    if (outcome.ok) {
      if (position === 'sets') this.#disturbed = undefined;
      this.#tellDeferred('yes');
      return outcome.value;
    }
    this.#deferred = undefined;
    throw this.#failed(outcome.failure);
  }

  /** Of a write that failed after it was taken in, whoever was told, the holder hears by its next verb. */
  #tellDeferred(executed: 'yes' | 'no'): void {
    const told = this.#deferred;
    this.#deferred = undefined;
    if (told === undefined) return;
    const at = { device: this.#drive.name, request: { name: told.command } };
    throw tapeError({ ...senseFailure(at, told.sense), executed });
  }

  /** After a reset the drive lets anybody take the medium, and has forgotten the block length. */
  async #setAgain(): Promise<void> {
    this.#reset = false;
    const prevented = await this.#drive.preventAllowMediumRemoval(true, this.#correlation);
    if (!prevented.ok) throw this.#failed(prevented.failure);
    if (this.#blockLength === 0) return;
    const set = await setBlockLength(this.#drive.unit, this.#blockLength, this.#correlation);
    if (!set.ok) throw this.#failed(set.failure);
  }

  #failed(failure: CommandFailure): NtmsError {
    if (!provesMediumGone(failure)) return tapeError(failure);
    const { data } = tapeError(failure);
    const error = goneError(failure.message, { cause: failure, ...(data === undefined ? {} : { data }) });
    void this.lose(error);
    return error;
  }

  /** Other commands than this handle's may be the ones that are told. */
  #heard(event: LogicalUnitEvent): void {
    if (event.kind === 'deferred-error' && event.sense.key !== SenseKey.RECOVERED_ERROR) this.#deferred = event;
    if (event.kind !== 'unit-attention') return;
    if (mayHaveBeenExchanged(event)) {
      // Another tape may be inside: only a mount, which compares the label, may give it out again.
      void this.lose(goneError(event.message, {}));
      return;
    }
    switch (event.attention) {
      case UnitAttentionKind.RESET:
        this.#reset = true;
        this.#disturbed ??= event.message;
        return;
      case UnitAttentionKind.MEDIUM_REMOVAL_PREVENTION_PREEMPTED:
        this.#reset = true;
        return;
      default:
    }
  }

  #requireHeld(): void {
    if (this.#end !== undefined) throw this.#end;
    this.#requireMounted();
  }

  #requireMounted(): void {
    const lost = this.#holding.whyLost();
    if (lost === undefined) return;
    void this.lose(lost);
    throw lost;
  }

  #requirePosition(): void {
    if (this.#disturbed === undefined) return;
    throw new NtmsError(
      'ERROR_INVALID_STATE',
      `nobody knows where the tape stands (${this.#disturbed}); rewind it or locate first`,
    );
  }

  #requireWritable(): void {
    const why = this.#holding.whyNotWritable();
    if (why !== undefined) throw new NtmsError('ERROR_WRITE_PROTECT', why);
  }

  #requireBlockLength(): number {
    if (this.#blockLength > 0) return this.#blockLength;
    throw new NtmsError('ERROR_INVALID_STATE', 'there is no block length; set one with setBlockLength');
  }
}

function goneError(said: string, options: { cause?: unknown; data?: Readonly<Record<string, unknown>> }): NtmsError {
  const what = 'the medium was taken out while it was open, or may have been';
  return new NtmsError('ERROR_MEDIA_NOT_AVAILABLE', `${what}; dismount it and mount it again (${said})`, options);
}

function requireWhole(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new NtmsError('ERROR_INVALID_PARAMETER', `${what} is ${value}; it goes from ${least} to ${most}`);
}
