import type { Clock } from './clock.js';
import { senseFailure } from './command-failure.js';
import { failed, mapOutcome, succeeded, type CommandFailure, type CommandOutcome } from './command-outcome.js';
import { commandOptions, decodeNothing, type CommandOptions, type CommandRequest } from './command-request.js';
import { driveReadiness, type DriveReadiness } from './drive-readiness.js';
import type { LogicalUnit } from './logical-unit.js';
import { readTapeAlerts } from './log-pages.js';
import { Backoff } from './recovery-bounds.js';
import { PeripheralDeviceType } from './scsi/opcodes.js';
import { RecoveryAction } from './scsi/recovery.js';
import { SenseKey, type SenseData } from './scsi/sense.js';
import { Prevent, preventAllowMediumRemovalCdb } from './scsi/spc/prevent-allow-medium-removal.js';
import type { TapeAlertFlags } from './scsi/spc/tape-alert.js';
import { testUnitReadyCdb } from './scsi/spc/test-unit-ready.js';
import { loadUnloadCdb } from './scsi/ssc/load-unload.js';
import {
  decodeBlockLimits,
  readBlockLimitsCdb,
  readBlockLimitsLength,
  type BlockLimits,
} from './scsi/ssc/read-block-limits.js';
import {
  decodeReadPositionShort,
  readPositionCdb,
  readPositionShortLength,
  type ReadPositionShort,
} from './scsi/ssc/read-position.js';
import { read6Cdb, write6Cdb } from './scsi/ssc/read-write-6.js';
import { rewindCdb } from './scsi/ssc/rewind.js';
import { writeFilemarks6Cdb } from './scsi/ssc/write-filemarks.js';
import { ScsiStatus } from './scsi/status.js';
import { recordFromSense, wholeBlock, type TapeRecord } from './tape-record.js';
import { identifyUnit, type UnitIdentity } from './unit-identity.js';

export interface DriveOptions {
  readonly unit: LogicalUnit;
  readonly clock: Clock;
}

export interface WaitOptions extends CommandOptions {
  /** How long to wait, in milliseconds. */
  readonly timeoutMs: number;
}

/** What a write tells beside having been done. */
export interface Written {
  /** Early warning: the end of the tape is near; what was written is on it. */
  readonly endOfMedium: boolean;
}

const drive = {
  peripheralDeviceTypes: [PeripheralDeviceType.SEQUENTIAL_ACCESS, PeripheralDeviceType.CD_DVD],
  what: 'drive (tape or disc)',
} as const;

/** Long enough for every label that is known; a longer block brings its beginning. */
const labelBlockLength = 0x1_0000;
const pollFirstMs = 250;
const pollLongestMs = 5_000;

/**
 * The verbs of a drive (SSC-3 for tapes). Every verb resolves with a {@link CommandOutcome}. What depends on the position
 * of the tape is never sent again after a unit attention: after a reset the tape may stand elsewhere.
 */
export class Drive {
  readonly unit: LogicalUnit;
  readonly clock: Clock;

  constructor({ unit, clock }: DriveOptions) {
    this.unit = unit;
    this.clock = clock;
  }

  get name(): string {
    return this.unit.name;
  }

  /** INQUIRY with serial number and designators; a device that is no drive is refused with the LUNs there are. */
  identify(options: CommandOptions = {}): Promise<CommandOutcome<UnitIdentity>> {
    return identifyUnit(this.unit, drive, options);
  }

  /** Asks once; a drive that is not ready is an answer and no failure. */
  async testUnitReady(options: CommandOptions = {}): Promise<CommandOutcome<DriveReadiness>> {
    return mapOutcome(await this.#readiness(options), ({ readiness }) => readiness);
  }

  /**
   * Waits until a medium is loaded. A drive that has just been given one may say for a while that it has none, so only
   * time ends that; an incompatible medium and an error end the wait at once.
   */
  waitUntilReady(options: WaitOptions): Promise<CommandOutcome<'ready'>> {
    const wanted = (found: DriveReadiness): found is 'ready' => found === 'ready';
    return this.#waitUntil(wanted, ['incompatible-medium'], 'become ready', options);
  }

  /** Waits until the medium is not threaded any more, so that it can be taken out. */
  waitUntilUnloaded(options: WaitOptions): Promise<CommandOutcome<'no-medium' | 'not-loaded'>> {
    const wanted = (found: DriveReadiness): found is 'no-medium' | 'not-loaded' =>
      found === 'no-medium' || found === 'not-loaded';
    return this.#waitUntil(wanted, [], 'let go of its medium', options);
  }

  load(options: CommandOptions = {}): Promise<CommandOutcome<undefined>> {
    return this.#plain('LOAD UNLOAD (load)', loadUnloadCdb({ load: true }), 'tape-motion', options);
  }

  unload(options: CommandOptions = {}): Promise<CommandOutcome<undefined>> {
    return this.#plain('LOAD UNLOAD (unload)', loadUnloadCdb({}), 'tape-motion', options);
  }

  rewind(options: CommandOptions = {}): Promise<CommandOutcome<undefined>> {
    return this.#plain('REWIND', rewindCdb(), 'tape-motion', options);
  }

  /** Reads the next block, of at most `length` bytes, whatever its length is. Rejects with `ScsiFormatError` above FFFFFFh. */
  async readBlock({
    length,
    ...options
  }: CommandOptions & { readonly length: number }): Promise<CommandOutcome<TapeRecord>> {
    return this.unit.execute<TapeRecord>(
      {
        name: 'READ(6)',
        cdb: read6Cdb({ transferLength: length }),
        dataInLength: length,
        timeoutClass: 'data',
        motion: true,
        unitAttention: 'report',
        decode: (data) => wholeBlock(data, length),
        answerFromSense: (sense, data) => answer(recordFromSense(sense, data, length)),
      },
      commandOptions(options),
    );
  }

  /** Writes one block of the data's length. */
  async writeBlock(data: Uint8Array, options: CommandOptions = {}): Promise<CommandOutcome<Written>> {
    return this.#write('WRITE(6)', write6Cdb({ transferLength: data.length }), options, data);
  }

  /** Writes filemarks; with `count` 0 it only writes the buffer out. */
  async writeFilemarks(count: number, options: CommandOptions = {}): Promise<CommandOutcome<Written>> {
    return this.#write('WRITE FILEMARKS(6)', writeFilemarks6Cdb({ filemarkCount: count }), options);
  }

  readPosition(options: CommandOptions = {}): Promise<CommandOutcome<ReadPositionShort>> {
    return this.#read('READ POSITION', readPositionCdb(), readPositionShortLength, decodeReadPositionShort, options);
  }

  readBlockLimits(options: CommandOptions = {}): Promise<CommandOutcome<BlockLimits>> {
    return this.#read('READ BLOCK LIMITS', readBlockLimitsCdb(), readBlockLimitsLength, decodeBlockLimits, options);
  }

  preventAllowMediumRemoval(prevent: boolean, options: CommandOptions = {}): Promise<CommandOutcome<undefined>> {
    return this.unit.execute(
      {
        name: 'PREVENT ALLOW MEDIUM REMOVAL',
        cdb: preventAllowMediumRemovalCdb({ prevent: prevent ? Prevent.PREVENT : Prevent.ALLOW }),
        timeoutClass: 'quick',
        // It has nothing to do with the medium; a drive that thinks otherwise is not waited for.
        whenNotReady: 'report',
        decode: decodeNothing,
      },
      commandOptions(options),
    );
  }

  /** The numbers of the TapeAlert flags that are on; most drives clear them when they have been read. */
  tapeAlerts(options: CommandOptions = {}): Promise<CommandOutcome<TapeAlertFlags>> {
    return readTapeAlerts(this.unit, options);
  }

  /**
   * What stands at the beginning of the tape: at most `count` records, fewer when the data end. Rewinds before and after,
   * so that whoever uses the drive next finds it at the beginning.
   */
  async readFirstBlocks(
    count: number,
    options: CommandOptions & { readonly length?: number } = {},
  ): Promise<CommandOutcome<readonly TapeRecord[]>> {
    const { length = labelBlockLength } = options;
    const before = await this.rewind(options);
    if (!before.ok) return before;
    const records: TapeRecord[] = [];
    let failure: CommandFailure | undefined;
    while (records.length < count && records.at(-1)?.kind !== 'end-of-data') {
      const record = await this.readBlock({ ...commandOptions(options), length });
      if (!record.ok) {
        failure = record.failure;
        break;
      }
      records.push(record.value);
    }
    const after = await this.rewind(options);
    if (failure !== undefined) return failed(failure);
    return after.ok ? succeeded(records, [...before.notes, ...after.notes]) : after;
  }

  #readiness(
    options: CommandOptions,
    recoveryMs?: number,
  ): Promise<CommandOutcome<{ readiness: DriveReadiness; sense?: SenseData }>> {
    return this.unit.execute<{ readiness: DriveReadiness; sense?: SenseData }>(
      {
        name: 'TEST UNIT READY',
        cdb: testUnitReadyCdb(),
        timeoutClass: 'quick',
        whenNotReady: 'report',
        ...(recoveryMs === undefined ? {} : { recoveryMs }),
        decode: () => ({ readiness: 'ready' }),
        answerFromSense: (sense) => {
          const readiness = driveReadiness(sense);
          return readiness === undefined ? undefined : { value: { readiness, sense } };
        },
      },
      commandOptions(options),
    );
  }

  async #waitUntil<R extends DriveReadiness>(
    wanted: (found: DriveReadiness) => found is R,
    hopeless: readonly DriveReadiness[],
    what: string,
    { timeoutMs, ...options }: WaitOptions,
  ): Promise<CommandOutcome<R>> {
    const at = { device: this.name, request: { name: 'TEST UNIT READY' } };
    const pauses = { firstPauseMs: pollFirstMs, longestPauseMs: pollLongestMs };
    const backoff = new Backoff(this.clock, timeoutMs, pauses);
    for (;;) {
      const asked = await this.#readiness(options, backoff.leftMs);
      if (!asked.ok) return asked;
      const { readiness, sense } = asked.value;
      if (wanted(readiness)) return succeeded(readiness, asked.notes);
      const vain = hopeless.includes(readiness);
      if (!vain && (await this.#pause(backoff, options))) continue;
      const base = sense === undefined ? undefined : senseFailure(at, sense);
      if (vain && base !== undefined) return failed(base);
      const cancelled = options.signal?.aborted === true;
      const message = `${this.name} did not ${what} ${cancelled ? 'before this was cancelled' : `in ${timeoutMs} ms`}; it is ${readiness}.`;
      return failed({
        layer: 'status',
        command: at.request.name,
        device: this.name,
        status: ScsiStatus.GOOD,
        executed: 'yes',
        notes: [],
        ...base,
        recovery: RecoveryAction.WAIT_UNTIL_READY,
        message: base === undefined ? `${message} Wait longer, or look at the drive.` : `${message} ${base.message}`,
      });
    }
  }

  /** False when the time is up or the caller cancelled. */
  async #pause(backoff: Backoff, { signal }: CommandOptions): Promise<boolean> {
    try {
      return await backoff.pause(signal);
    } catch (cause) {
      if (signal?.aborted === true) return false;
      throw cause;
    }
  }

  #write(
    name: string,
    cdb: Uint8Array,
    options: CommandOptions,
    dataOut?: Uint8Array,
  ): Promise<CommandOutcome<Written>> {
    return this.unit.execute<Written>(
      {
        name,
        cdb,
        ...(dataOut === undefined ? {} : { dataOut }),
        timeoutClass: 'data',
        motion: true,
        unitAttention: 'report',
        decode: () => ({ endOfMedium: false }),
        answerFromSense: (sense) => {
          const done = sense.key === SenseKey.NO_SENSE || sense.key === SenseKey.RECOVERED_ERROR;
          return done && sense.endOfMedium ? { value: { endOfMedium: true } } : undefined;
        },
      },
      commandOptions(options),
    );
  }

  #read<T>(
    name: string,
    cdb: Uint8Array,
    dataInLength: number,
    decode: (bytes: Uint8Array) => T,
    options: CommandOptions,
  ): Promise<CommandOutcome<T>> {
    return this.unit.execute({ name, cdb, dataInLength, timeoutClass: 'quick', decode }, commandOptions(options));
  }

  #plain(
    name: string,
    cdb: Uint8Array,
    timeoutClass: CommandRequest<undefined>['timeoutClass'],
    options: CommandOptions,
  ): Promise<CommandOutcome<undefined>> {
    return this.unit.execute({ name, cdb, timeoutClass, decode: decodeNothing }, commandOptions(options));
  }
}

function answer<T>(value: T | undefined): { readonly value: T } | undefined {
  return value === undefined ? undefined : { value };
}
