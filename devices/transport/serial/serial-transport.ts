import { randomInt } from 'node:crypto';

import type { Clock } from '../../clock.js';
import type { ScsiCommand, ScsiTransport, TransportFailure, TransportResult } from '../scsi-transport.js';
import { TransportError } from '../scsi-transport.js';
import { CommandLane } from './command-lane.js';
import { CommandStopped, describeFailure } from './failure.js';
import { longestLine } from './line.js';
import { chunkBytes, LINE_RATES } from './line-timing.js';
import { LineClosedError, LineExchange } from './line-exchange.js';
import type { OpenSerialLine, SerialLine } from './serial-line.js';
import { openSerialPortLine } from './serial-port-line.js';
import { DeviceRefusal, SerialSession } from './serial-session.js';

/** A device that was switched off between two commands shall cost the next command nothing: ask before, after such a pause. */
const idleMs = 1_000;

export interface SerialTransportOptions {
  /** `/dev/ttyUSB0`, `COM3`, or the path of a pseudo-terminal. */
  readonly path: string;
  /** 9,600 to 921,600; the device must be set to the same. */
  readonly baudRate: number;
  readonly clock: Clock;
  /** How a line is opened; a serial port of this machine unless said otherwise. */
  readonly openPort?: OpenSerialLine;
  /** For how long a silent device is greeted. Boards that restart when the port is opened need two seconds. */
  readonly openTimeoutMs?: number;
  /** Random 32-bit numbers, one for each hello. */
  readonly nonce?: () => number;
}

/**
 * SCSI commands over a serial line, in the line protocol of docs/serial-protocol.md. One command is under way at a time,
 * others wait here. A command is never executed twice; when its outcome can not be learned the result says so. A lost
 * line is opened again by the next command.
 */
export class SerialTransport implements ScsiTransport {
  readonly name: string;
  readonly maxInFlight = 1;
  readonly #options: SerialTransportOptions;
  readonly #clock: Clock;
  readonly #openPort: OpenSerialLine;
  readonly #lane = new CommandLane();
  readonly #exchange: LineExchange;
  readonly #stops = new Set<AbortController>();
  #active: { readonly lun: number; readonly stop: AbortController } | undefined;
  #isOpen = false;
  #line: SerialLine | undefined;
  #session: SerialSession | undefined;
  #lastAnswerMs = 0;

  constructor(options: SerialTransportOptions) {
    const { lowest, highest } = LINE_RATES;
    if (!Number.isInteger(options.baudRate) || options.baudRate < lowest || options.baudRate > highest) {
      throw new TransportError({
        code: 'unsupported',
        executed: 'no',
        message: `the line rate is ${options.baudRate} baud; set one from ${lowest} to ${highest}`,
      });
    }
    this.name = `serial://${options.path}?baud=${options.baudRate}`;
    this.#options = options;
    this.#clock = options.clock;
    this.#openPort = options.openPort ?? openSerialPortLine;
    this.#exchange = new LineExchange(options.clock);
  }

  /** Lines sent, of them sent again, and lines that came damaged. */
  get lineCounters(): Readonly<{ sent: number; repeated: number; damaged: number }> {
    return this.#exchange.counters;
  }

  async open(): Promise<void> {
    if (this.#isOpen && this.#session !== undefined) return;
    this.#isOpen = true;
    const failure = await this.#inLane({ first: false, timeoutMs: undefined }, async (stop) => {
      await this.#connect(stop.signal);
      return undefined;
    });
    if (failure === undefined) return;
    this.#isOpen = false;
    throw new TransportError({
      ...failure,
      code: failure.code === 'closed' ? 'closed' : 'unreachable',
      executed: 'no',
    });
  }

  async execute(command: ScsiCommand): Promise<TransportResult> {
    if (!this.#isOpen) return failed(notOpen);
    if ((command.dataInLength ?? 0) > 0 && (command.dataOut?.length ?? 0) > 0) return failed(bidirectional);
    const { lun, timeoutMs, signal } = command;
    const outcome = await this.#inLane({ first: false, timeoutMs, lun, ...(signal && { signal }) }, (stop, begun) =>
      this.#withSession(stop.signal, begun, (session, onBegin) => session.carry(command, stop.signal, onBegin)),
    );
    return 'kind' in outcome ? outcome : failed(outcome);
  }

  /** A command to the same logical unit that is under way ends as `aborted`. */
  async resetLogicalUnit(lun: number, timeoutMs: number): Promise<TransportFailure | undefined> {
    if (!this.#isOpen) return notOpen;
    if (this.#active?.lun === lun) this.#active.stop.abort(new CommandStopped('aborted', 'its logical unit was reset'));
    return this.#inLane({ first: true, timeoutMs, lun }, (stop, begun) =>
      this.#withSession(stop.signal, begun, async (session, onBegin) => {
        await session.resetLogicalUnit(lun, stop.signal, onBegin);
        return undefined;
      }),
    );
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    for (const stop of this.#stops) stop.abort(new CommandStopped('closed', 'the transport was closed'));
    await this.#dropLine(new LineClosedError('the transport was closed'));
  }

  /** Runs `job` when the lane is free; its time begins then. What it throws comes back as a failure. */
  async #inLane<T>(
    options: { first: boolean; timeoutMs: number | undefined; lun?: number; signal?: AbortSignal },
    job: (stop: AbortController, begun: () => void) => Promise<T>,
  ): Promise<T | TransportFailure> {
    const stop = new AbortController();
    const { signal, timeoutMs } = options;
    const onAbort = (): void => stop.abort(new CommandStopped('aborted', 'the caller gave it up', signal?.reason));
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#stops.add(stop);
    let hasBegun = false;
    let cancelTimeout: (() => void) | undefined;
    let leave: (() => void) | undefined;
    try {
      leave = await this.#lane.enter(stop.signal, options.first);
      if (options.lun !== undefined) this.#active = { lun: options.lun, stop };
      if (timeoutMs !== undefined) {
        cancelTimeout = this.#clock.after(timeoutMs, () =>
          stop.abort(new CommandStopped('timeout', `no status came within ${timeoutMs} ms`)),
        );
      }
      return await job(stop, () => (hasBegun = true));
    } catch (cause) {
      const failure = describeFailure(this.name, cause, hasBegun);
      if (leave !== undefined) leave = this.#cleanUp(cause, hasBegun, leave);
      return failure;
    } finally {
      cancelTimeout?.();
      signal?.removeEventListener('abort', onAbort);
      this.#stops.delete(stop);
      if (this.#active?.stop === stop) this.#active = undefined;
      leave?.();
    }
  }

  /** Brings line and session back to order after a failure, and gives the lane back when that is done. */
  #cleanUp(cause: unknown, hasBegun: boolean, leave: () => void): undefined {
    const work = async (): Promise<void> => {
      try {
        if (cause instanceof CommandStopped && cause.code !== 'closed') {
          if (hasBegun) await this.#abortTask();
        } else if (cause instanceof DeviceRefusal) {
          if (cause.code === 'SESSION') this.#session = undefined;
        } else if (!(cause instanceof Error && 'code' in cause && cause.code === 'command-too-large')) {
          await this.#dropLine(new LineClosedError('the serial line was given up', { cause }));
        }
      } finally {
        leave();
      }
    };
    void work();
    return undefined;
  }

  async #abortTask(): Promise<void> {
    const stop = new AbortController();
    this.#stops.add(stop);
    try {
      await this.#session?.abort(stop.signal);
    } catch (cause) {
      await this.#dropLine(new LineClosedError('the device did not take the abort', { cause }));
    } finally {
      this.#stops.delete(stop);
    }
  }

  /** Gives `job` a session that the device knows. When it turns out, before anything began, that it does not: once more. */
  async #withSession<T>(
    signal: AbortSignal,
    begun: () => void,
    job: (session: SerialSession, begun: () => void) => Promise<T>,
  ): Promise<T> {
    let hasBegun = false;
    const onBegin = (): void => {
      hasBegun = true;
      begun();
    };
    let session = await this.#connect(signal);
    if (this.#clock.now() - this.#lastAnswerMs > idleMs && !(await session.isAlive(signal))) {
      this.#session = undefined;
      session = await this.#connect(signal);
    }
    try {
      return await job(session, onBegin);
    } catch (cause) {
      if (hasBegun || !(cause instanceof DeviceRefusal && cause.code === 'SESSION')) throw cause;
      this.#session = undefined;
      return await job(await this.#connect(signal), onBegin);
    } finally {
      this.#lastAnswerMs = this.#clock.now();
    }
  }

  async #connect(signal: AbortSignal): Promise<SerialSession> {
    if (this.#line === undefined) await this.#openLine(signal);
    if (this.#session === undefined || this.#session.exhausted) {
      const { clock, baudRate, nonce, openTimeoutMs } = { nonce: () => randomInt(0x1_0000_0000), ...this.#options };
      this.#session = await SerialSession.greet(
        { exchange: this.#exchange, clock, baudRate },
        { nonce: nonce(), withinMs: openTimeoutMs ?? 10_000, signal },
      );
      this.#lastAnswerMs = clock.now();
    }
    return this.#session;
  }

  async #openLine(signal: AbortSignal): Promise<void> {
    const { path, baudRate } = this.#options;
    let line: SerialLine | undefined;
    let hasEnded = false;
    line = await this.#openPort(
      { path, baudRate, longestLine: longestLine({ cdbBytes: 0, chunkBytes: chunkBytes(baudRate) }) },
      {
        onLine: (text) => this.#exchange.receive(text),
        onClosed: (cause) => {
          hasEnded = true;
          if (line === undefined || line !== this.#line) return;
          void this.#dropLine(new LineClosedError('the serial line hung up', { cause }));
        },
      },
    );
    if (signal.aborted || hasEnded) {
      await line.close();
      throw signal.aborted
        ? (signal.reason as Error)
        : new LineClosedError('the serial line hung up when it was opened');
    }
    this.#line = line;
    this.#exchange.attach(line);
  }

  async #dropLine(cause: Error): Promise<void> {
    const line = this.#line;
    this.#line = undefined;
    this.#session = undefined;
    this.#exchange.detach(cause);
    await line?.close();
  }
}

const failed = (failure: TransportFailure): TransportResult => ({ kind: 'failed', failure });

const notOpen: TransportFailure = {
  code: 'closed',
  executed: 'no',
  message: 'the serial transport is not open; call open() first',
};

const bidirectional: TransportFailure = {
  code: 'unsupported',
  executed: 'no',
  message: 'a command with both data-in and data-out can not go over a serial line; split it',
};
