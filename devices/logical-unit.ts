import type { Clock } from './clock.js';
import { judgeAnswer, type Judgement } from './command-judgement.js';
import { transportFailure, type FailedAt } from './command-failure.js';
import { failed, succeeded, type CommandFailure, type CommandOutcome } from './command-outcome.js';
import { CancelledWhileWaiting, CommandQueue } from './command-queue.js';
import { commandOptions, decodeNothing, type CommandOptions, type CommandRequest } from './command-request.js';
import { commandTimeouts, type CommandTimeouts } from './command-timeouts.js';
import type { LogicalUnitEvent, LogicalUnitListener } from './logical-unit-event.js';
import { openPath } from './open-path.js';
import { boundsWithin, defaultRecoveryBounds, RecoveryCourse, type RecoveryBounds } from './recovery-bounds.js';
import { RecoveryAction } from './scsi/recovery.js';
import { decodeSense, describeSense, SenseKey, type SenseData } from './scsi/sense.js';
import { requestSenseCdb } from './scsi/spc/request-sense.js';
import { testUnitReadyCdb } from './scsi/spc/test-unit-ready.js';
import { ScsiStatus, statusName } from './scsi/status.js';
import type { ScsiTransport, TransportFailure, TransportResult } from './transport/scsi-transport.js';
import { unitAttentionKind, type UnitAttentionKind } from './unit-attention.js';

export interface LogicalUnitOptions {
  readonly transport: ScsiTransport;
  readonly lun: number;
  readonly clock: Clock;
  /** What people call it; in every message: `changer of msl`. */
  readonly name: string;
  /** What the rig says that it is; `identify` asks the device itself. */
  readonly peripheralDeviceType?: number;
  /** Milliseconds for each class of commands, where the defaults do not fit. */
  readonly timeouts?: Partial<CommandTimeouts>;
  readonly bounds?: Partial<RecoveryBounds>;
  readonly onEvent?: LogicalUnitListener;
}

/** A unit attention that was met, and when. */
export interface MetUnitAttention {
  readonly attention: UnitAttentionKind;
  readonly sense: SenseData;
  readonly atMs: number;
}

const rememberedAttentions = 64;
const senseLength = 252;

/**
 * One logical unit and the only caller of the transport for it. Commands go out one at a time, in the order in which
 * they were given, each with its recovery: what the recovery table calls passing is tried again within
 * {@link RecoveryBounds}, everything else comes back as a {@link CommandFailure}. Nothing here throws for what a device
 * does. A motion that the device may have begun is never sent again.
 */
export class LogicalUnit {
  readonly name: string;
  readonly lun: number;
  readonly clock: Clock;
  readonly peripheralDeviceType: number | undefined;
  readonly timeouts: CommandTimeouts;
  readonly bounds: RecoveryBounds;
  readonly #transport: ScsiTransport;
  readonly #queue = new CommandQueue();
  readonly #listeners = new Set<LogicalUnitListener>();
  #attentions: MetUnitAttention[] = [];
  #pathLost = false;

  /** Throws `CommandTimeoutError` for timeouts that are not usable. */
  constructor(options: LogicalUnitOptions) {
    this.#transport = options.transport;
    this.lun = options.lun;
    this.clock = options.clock;
    this.name = options.name;
    this.peripheralDeviceType = options.peripheralDeviceType;
    this.timeouts = commandTimeouts(options.timeouts);
    this.bounds = { ...defaultRecoveryBounds, ...options.bounds };
    if (options.onEvent !== undefined) this.#listeners.add(options.onEvent);
  }

  /** The path to the device, for messages. */
  get transportName(): string {
    return this.#transport.name;
  }

  /** Hears every event from now on, until the returned function is called. */
  subscribe(listener: LogicalUnitListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The unit attentions met since this was last called, oldest first; only the newest 64 are kept. */
  takeAttentions(): readonly MetUnitAttention[] {
    const met = this.#attentions;
    this.#attentions = [];
    return met;
  }

  /** Carries one command, after all that were given before it. Resolves always. */
  async execute<T>(request: CommandRequest<T>, options: CommandOptions = {}): Promise<CommandOutcome<T>> {
    try {
      return await this.#queue.run(() => this.#carryOut(request, options), options.signal);
    } catch (cause) {
      if (!(cause instanceof CancelledWhileWaiting)) throw cause;
      return failed(this.#cancelled(request, 'no', cause));
    }
  }

  async #carryOut<T>(request: CommandRequest<T>, options: CommandOptions): Promise<CommandOutcome<T>> {
    const course = new RecoveryCourse(this.clock, boundsWithin(this.bounds, request.recoveryMs));
    for (;;) {
      const judged = await this.#sendOnce(request, options);
      if (judged.ok) {
        if (judged.recovered !== undefined) this.#tell(course, request, options, 'recovered-error', judged.recovered);
        return succeeded(judged.value, course.notes);
      }
      const { failure } = judged;
      try {
        if (await this.#recover(failure, request, options, course)) continue;
      } catch (cause) {
        if (options.signal?.aborted !== true) throw cause;
        return failed({ ...this.#cancelled(request, failure.executed, cause), notes: course.notes });
      }
      return failed({ ...failure, notes: course.notes });
    }
  }

  /** True: send the command again. Rejects when the signal aborts during a pause. */
  async #recover(
    failure: CommandFailure,
    request: CommandRequest<unknown>,
    options: CommandOptions,
    course: RecoveryCourse,
  ): Promise<boolean> {
    if (failure.transport !== undefined) return this.#recoverPath(failure.transport, request, options, course);
    const { sense, status } = failure;
    if (status === ScsiStatus.BUSY || status === ScsiStatus.TASK_SET_FULL) {
      this.#tellWaiting(course, request, options, `${this.name} answers ${statusName(status)}`);
      return course.busy.pause(options.signal);
    }
    if (sense === undefined) return false;
    if (sense.deferred) {
      this.#tell(course, request, options, 'deferred-error', sense);
      return request.motion !== true && course.retry();
    }
    if (sense.key === SenseKey.UNIT_ATTENTION) {
      this.#remember(sense);
      this.#tell(course, request, options, 'unit-attention', sense);
      return request.unitAttention !== 'report' && course.attention();
    }
    // The table says so as well; a motion must not depend on one line of a table.
    if (request.motion === true && failure.executed !== 'no') return false;
    switch (failure.recovery) {
      case RecoveryAction.WAIT_UNTIL_READY:
        if (request.whenNotReady === 'report') return false;
        this.#tellWaiting(course, request, options, `${this.name} is ${describeSense(sense)}`);
        return this.#waitWhileBecomingReady(request, options, course);
      case RecoveryAction.RETRY:
      case RecoveryAction.RETRY_LATER:
        if (!course.retry()) return false;
        course.notes.push({ kind: 'retried', message: failure.message, sense });
        return course.busy.pause(options.signal);
      default:
        return false;
    }
  }

  async #recoverPath(
    failure: TransportFailure,
    request: CommandRequest<unknown>,
    options: CommandOptions,
    course: RecoveryCourse,
  ): Promise<boolean> {
    if (failure.code === 'aborted' || failure.code === 'closed' || failure.code === 'unsupported') return false;
    if (failure.executed === 'unknown' && request.motion === true) return false;
    // A path that cannot be opened is tried for a time; a command that got lost on an open one, a few times.
    if (failure.code !== 'unreachable' && !course.retry()) return false;
    course.notes.push({ kind: 'reconnected', message: failure.message });
    return course.reconnect.pause(options.signal);
  }

  /** Asks until the device has something else to say than that it is becoming ready; false when the bound is reached. */
  async #waitWhileBecomingReady(
    request: CommandRequest<unknown>,
    options: CommandOptions,
    course: RecoveryCourse,
  ): Promise<boolean> {
    const poll: CommandRequest<undefined> = {
      name: 'TEST UNIT READY',
      cdb: testUnitReadyCdb(),
      timeoutClass: 'quick',
      decode: decodeNothing,
    };
    while (await course.becomingReady.pause(options.signal)) {
      const judged = await this.#sendOnce(poll, options);
      if (judged.ok) return true;
      const { sense, status, recovery } = judged.failure;
      if (sense?.key === SenseKey.UNIT_ATTENTION) {
        this.#remember(sense);
        this.#tell(course, request, options, 'unit-attention', sense);
        continue;
      }
      const busy = status === ScsiStatus.BUSY || status === ScsiStatus.TASK_SET_FULL;
      // Any other answer: the command itself is sent again, and its own answer decides.
      if (!busy && recovery !== RecoveryAction.WAIT_UNTIL_READY) return true;
    }
    return false;
  }

  async #sendOnce<T>(request: CommandRequest<T>, options: CommandOptions): Promise<Judgement<T>> {
    const at: FailedAt = { device: this.name, request };
    const result = await this.#carry(request, options);
    if (result.kind === 'failed') return { ok: false, failure: transportFailure(at, result.failure) };
    if (result.status !== ScsiStatus.CHECK_CONDITION || result.sense.length > 0)
      return judgeAnswer(at, request, result);
    const sense = await this.#requestSense(options);
    return judgeAnswer(at, request, { ...result, sense });
  }

  /** For a transport or device without autosense; empty when the device has nothing to say. */
  async #requestSense(options: CommandOptions): Promise<Uint8Array> {
    const cdb = requestSenseCdb({ allocationLength: senseLength });
    const result = await this.#carry({ cdb, dataInLength: senseLength, timeoutClass: 'inquiry' }, options);
    if (result.kind === 'failed' || result.status !== ScsiStatus.GOOD) return new Uint8Array();
    return isNoSense(result.dataIn) ? new Uint8Array() : result.dataIn;
  }

  async #carry(
    request: Pick<CommandRequest<unknown>, 'cdb' | 'dataInLength' | 'dataOut' | 'timeoutClass' | 'timeoutMs'> & {
      name?: string;
    },
    options: CommandOptions,
  ): Promise<TransportResult> {
    const unopened = await openPath(this.#transport, options.signal);
    if (unopened !== undefined) return this.#lost(unopened, request.name, options);
    if (this.#pathLost) {
      this.#pathLost = false;
      this.#emit(
        { kind: 'path-restored', message: `${this.name} answers again on ${this.#transport.name}.` },
        request.name,
        options,
      );
    }
    let result: TransportResult;
    try {
      result = await this.#transport.execute({
        lun: this.lun,
        cdb: request.cdb,
        timeoutMs: request.timeoutMs ?? this.timeouts[request.timeoutClass],
        ...(request.dataInLength === undefined ? {} : { dataInLength: request.dataInLength }),
        ...(request.dataOut === undefined ? {} : { dataOut: request.dataOut }),
        ...commandOptions(options),
      });
    } catch (cause) {
      // A transport resolves always; one that does not has lost the command.
      const message = `The transport ${this.#transport.name} broke its contract and threw; report this defect.`;
      return { kind: 'failed', failure: { code: 'protocol', executed: 'unknown', message, cause } };
    }
    return result.kind === 'failed' ? this.#lost(result.failure, request.name, options) : result;
  }

  #lost(failure: TransportFailure, name: string | undefined, options: CommandOptions): TransportResult {
    if (failure.code === 'disconnected' || failure.code === 'unreachable') {
      if (!this.#pathLost) this.#emit({ kind: 'path-lost', failure, message: failure.message }, name, options);
      this.#pathLost = true;
    }
    return { kind: 'failed', failure };
  }

  #cancelled(request: CommandRequest<unknown>, executed: CommandFailure['executed'], cause: unknown): CommandFailure {
    const message =
      executed === 'no'
        ? 'It was cancelled; the device has not begun it.'
        : 'It was cancelled; the device may have begun it.';
    const lost = { code: 'aborted', executed: executed === 'no' ? 'no' : 'unknown', message, cause } as const;
    return transportFailure({ device: this.name, request }, lost);
  }

  #remember(sense: SenseData): void {
    this.#attentions.push({ attention: unitAttentionKind(sense), sense, atMs: this.clock.now() });
    if (this.#attentions.length > rememberedAttentions) this.#attentions.shift();
  }

  #tell(
    course: RecoveryCourse,
    request: CommandRequest<unknown>,
    options: CommandOptions,
    kind: 'unit-attention' | 'deferred-error' | 'recovered-error',
    sense: SenseData,
  ): void {
    const message = `${this.name} tells ${describeSense(sense)}`;
    course.notes.push({ kind, message, sense });
    const event = kind === 'unit-attention' ? { kind, attention: unitAttentionKind(sense), sense } : { kind, sense };
    this.#emit({ ...event, message }, request.name, options);
  }

  #tellWaiting(
    course: RecoveryCourse,
    request: CommandRequest<unknown>,
    options: CommandOptions,
    message: string,
  ): void {
    if (course.notes.some((note) => note.kind === 'waited' && note.message === message)) return;
    course.notes.push({ kind: 'waited', message });
    this.#emit({ kind: 'waiting', message }, request.name, options);
  }

  #emit(event: EventBody, command: string | undefined, options: CommandOptions): void {
    const { correlationId } = options;
    const whole = {
      ...event,
      command: command ?? 'REQUEST SENSE',
      ...(correlationId === undefined ? {} : { correlationId }),
    };
    for (const listener of this.#listeners) {
      try {
        listener(whole);
      } catch {
        // A listener's mistake must not decide what becomes of a motion.
      }
    }
  }
}

type EventBody = LogicalUnitEvent extends infer E
  ? E extends LogicalUnitEvent
    ? Omit<E, 'command' | 'correlationId'>
    : never
  : never;

/** Sense data that say nothing: the device has forgotten why it failed, which is not the same as having succeeded. */
function isNoSense(bytes: Uint8Array): boolean {
  try {
    const { key, asc, ascq, filemark, endOfMedium, incorrectLengthIndicator } = decodeSense(bytes);
    const marked = filemark || endOfMedium || incorrectLengthIndicator;
    return key === SenseKey.NO_SENSE && asc === 0 && ascq === 0 && !marked;
  } catch {
    // Left for the judgement, which names what is wrong with them.
    return false;
  }
}
