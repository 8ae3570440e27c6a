import type { Clock } from '../../clock.js';
import type { CompletedCommand, ScsiCommand } from '../scsi-transport.js';
import * as messages from './host-messages.js';
import type { DeviceAnswer, DeviceErrorCode, HelloAnswer, StatusAnswer, TaskAddress } from './host-messages.js';
import type { LineExchange } from './line-exchange.js';
import { encodeLine, hexNumber, LINE_OVERHEAD, longestLine, PROTOCOL_VERSION } from './line.js';
import { answerMs, chunkBytes, repairMs } from './line-timing.js';

/** Before the hello nobody knows how long the device thinks. */
const helloTurnaroundMs = 1_000;
const longestTurnaroundMs = 10_000;
const smallestChunkBytes = 16;
/** MOVE MEDIUM and READ ELEMENT STATUS need so many. */
const smallestCdbMax = 12;
/** How often a working device is asked: soon at first, then four times a second. */
const polling = { firstMs: 10, lastMs: 250, growth: 1.5 };
const lastTag = 0xffff_ffff;
const lastUnit = 0x3fff;
/** Sense data has at most 252 bytes (SPC-4 4.5.1: ADDITIONAL SENSE LENGTH is at most 244). */
const longestSense = 252;

/** The device said that it did not do, or could not finish, what a line asked. */
export class DeviceRefusal extends Error {
  override readonly name = 'DeviceRefusal';
  readonly code: DeviceErrorCode;
  readonly detail: number;

  constructor(code: DeviceErrorCode, detail: number) {
    super(`the device answered ${code} ${hexNumber(detail)}; see the error codes of the serial protocol`);
    this.code = code;
    this.detail = detail;
  }
}

/** The device answered something that the protocol does not allow. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';
  readonly code = 'protocol-violation';
}

/** The agreed limits do not let this command through; nothing of it was sent. */
export class CommandTooLarge extends Error {
  override readonly name = 'CommandTooLarge';
  readonly code = 'command-too-large';
}

interface SessionParts {
  readonly exchange: LineExchange;
  readonly clock: Clock;
  readonly baudRate: number;
}

type TaskAnswer = StatusAnswer | messages.WorkingAnswer;

/** What a host and a device agreed on at the hello, and the commands that are carried under it, one after another. */
export class SerialSession {
  readonly hello: HelloAnswer;
  readonly #parts: SessionParts;
  #tag = 0;

  private constructor(parts: SessionParts, hello: HelloAnswer) {
    this.#parts = parts;
    this.hello = hello;
  }

  /** Says hello for at most `withinMs`. */
  static async greet(
    parts: SessionParts,
    options: { nonce: number; withinMs: number; signal: AbortSignal },
  ): Promise<SerialSession> {
    const { baudRate } = parts;
    const offered = chunkBytes(baudRate);
    const request = messages.helloRequest(options.nonce, offered);
    const hello = await parts.exchange.ask({
      request,
      accept: (answer) => (answer.kind === 'hello' && answer.nonce === options.nonce ? answer : undefined),
      answerMs: answerMs({
        baudRate,
        requestCharacters: encodeLine(request).length + 1,
        answerCharacters: LINE_OVERHEAD,
        turnaroundMs: helloTurnaroundMs,
      }),
      repairMs: options.withinMs,
      signal: options.signal,
    });
    if (hello.version !== PROTOCOL_VERSION) {
      throw new ProtocolViolation(
        `the device speaks version ${hello.version}, this host version ${PROTOCOL_VERSION}; update one of them`,
      );
    }
    if (
      hello.chunkBytes < smallestChunkBytes ||
      hello.chunkBytes > offered ||
      hello.cdbMax < smallestCdbMax ||
      hello.turnaroundMs > longestTurnaroundMs
    ) {
      throw new ProtocolViolation('the hello of the device names limits that the protocol does not allow');
    }
    return new SerialSession(parts, hello);
  }

  /** No tag is left; a new hello is due. */
  get exhausted(): boolean {
    return this.#tag === lastTag;
  }

  /** Asks whether the device still knows this session. Changes nothing on the device. */
  async isAlive(signal: AbortSignal): Promise<boolean> {
    const task = { session: this.hello.session, tag: this.#tag };
    const answer = await this.#ask(messages.queryRequest(task), forTask(task), signal);
    return !(answer.kind === 'error' && answer.code === 'SESSION');
  }

  /**
   * Carries one command. `begun` is called before the first line that lets the device begin; a rejection before that means
   * that the device did nothing.
   */
  async carry(command: ScsiCommand, signal: AbortSignal, begun: () => void): Promise<CompletedCommand> {
    const { hello } = this;
    const dataOut = command.dataOut ?? new Uint8Array(0);
    requireLimit('logical unit number', command.lun, lastUnit);
    requireLimit('length of the CDB', command.cdb.length, hello.cdbMax);
    requireLimit('length of the data-out', dataOut.length, hello.dataOutMax);

    const task = { session: hello.session, tag: ++this.#tag };
    const isInline = dataOut.length <= hello.chunkBytes;
    if (!isInline) await this.#upload(task, dataOut, signal);
    const dataInMax = command.dataInLength ?? 0;
    const request = messages.executeRequest({
      ...task,
      unit: command.lun,
      dataInMax,
      dataOutLength: dataOut.length,
      cdb: command.cdb,
      inlineData: isInline ? dataOut : new Uint8Array(0),
    });
    begun();
    const status = await this.#untilStatus(task, request, signal);
    if (status.dataInLength > dataInMax) {
      throw new ProtocolViolation(
        `the device has ${status.dataInLength} bytes of data-in where ${dataInMax} were allowed`,
      );
    }
    if (status.senseLength > longestSense) {
      throw new ProtocolViolation(
        `the device has ${status.senseLength} bytes of sense data; ${longestSense} are the most`,
      );
    }
    const payload = await this.#download(task, status, signal);
    return {
      kind: 'completed',
      status: status.status,
      sense: payload.slice(0, status.senseLength),
      dataIn: payload.slice(status.senseLength),
    };
  }

  /** Asks the device to abort the command of {@link carry} that was given up. */
  async abort(signal: AbortSignal): Promise<void> {
    const task = { session: this.hello.session, tag: this.#tag };
    await this.#ask(messages.abortRequest(task), forTask(task), signal);
  }

  /** LOGICAL UNIT RESET; `begun` as in {@link carry}. */
  async resetLogicalUnit(unit: number, signal: AbortSignal, begun: () => void): Promise<void> {
    requireLimit('logical unit number', unit, lastUnit);
    const task = { session: this.hello.session, tag: ++this.#tag };
    begun();
    await this.#untilStatus(task, messages.resetRequest(task, unit), signal);
  }

  async #upload(task: TaskAddress, data: Uint8Array, signal: AbortSignal): Promise<void> {
    const { chunkBytes: step } = this.hello;
    for (let offset = 0; offset < data.length; offset += step) {
      const chunk = data.subarray(offset, offset + step);
      await this.#whileBusy(signal, () =>
        this.#ask(
          messages.dataRequest(task, offset, chunk),
          (answer) => {
            if (!belongsTo(task, answer)) return undefined;
            if (answer.kind === 'error') return answer;
            // An answer to an earlier chunk that was sent twice says less; it must not set off another repetition.
            return answer.kind === 'received' && answer.receivedBytes === offset + chunk.length ? answer : undefined;
          },
          signal,
        ),
      );
    }
  }

  async #untilStatus(task: TaskAddress, request: string, signal: AbortSignal): Promise<StatusAnswer> {
    let answer = await this.#whileBusy<TaskAnswer>(signal, () => this.#ask(request, forTask(task), signal));
    for (let waitMs = polling.firstMs; answer.kind === 'working'; waitMs = nextPoll(waitMs)) {
      await this.#parts.clock.sleep(waitMs, signal);
      answer = refuseBegun(await this.#ask(messages.queryRequest(task), forTask(task), signal));
    }
    return answer;
  }

  async #download(task: TaskAddress, status: StatusAnswer, signal: AbortSignal): Promise<Uint8Array> {
    const payload = new Uint8Array(status.senseLength + status.dataInLength);
    let offset = place(payload, 0, status.payload);
    while (offset < payload.length) {
      const at = offset;
      const chunk = refuseBegun(
        await this.#ask(
          messages.getRequest(task, at),
          (answer) => {
            if (!belongsTo(task, answer)) return undefined;
            return answer.kind === 'error' || (answer.kind === 'chunk' && answer.offset === at) ? answer : undefined;
          },
          signal,
        ),
      );
      offset = place(payload, at, chunk.payload);
      if (offset === at) throw new ProtocolViolation(`the device sent no data at offset ${at} of ${payload.length}`);
    }
    return payload;
  }

  /** Repeats `attempt` while an earlier command, perhaps one of another host, occupies the device. */
  async #whileBusy<T extends DeviceAnswer>(
    signal: AbortSignal,
    attempt: () => Promise<T | messages.ErrorAnswer>,
  ): Promise<T> {
    for (let waitMs = polling.firstMs; ; waitMs = nextPoll(waitMs)) {
      const answer = await attempt();
      if (!isError(answer) || answer.code !== 'BUSY') return refuse(answer);
      await this.#parts.clock.sleep(waitMs, signal);
    }
  }

  #ask<T>(request: string, accept: (answer: DeviceAnswer) => T | undefined, signal: AbortSignal): Promise<T> {
    const withinMs = answerMs({
      baudRate: this.#parts.baudRate,
      requestCharacters: encodeLine(request).length + 1,
      answerCharacters: longestLine({ cdbBytes: 0, chunkBytes: this.hello.chunkBytes }),
      turnaroundMs: this.hello.turnaroundMs,
    });
    return this.#parts.exchange.ask({ request, accept, answerMs: withinMs, repairMs: repairMs(withinMs), signal });
  }
}

const isError = (answer: DeviceAnswer): answer is messages.ErrorAnswer => answer.kind === 'error';

function belongsTo(task: TaskAddress, answer: DeviceAnswer): boolean {
  return answer.kind !== 'hello' && answer.session === task.session && answer.tag === task.tag;
}

/** Accepts what a device may say of a task. */
function forTask(task: TaskAddress) {
  return (answer: DeviceAnswer): TaskAnswer | messages.ErrorAnswer | undefined => {
    if (!belongsTo(task, answer)) return undefined;
    return answer.kind === 'working' || answer.kind === 'status' || answer.kind === 'error' ? answer : undefined;
  };
}

function refuse<T extends DeviceAnswer>(answer: T | messages.ErrorAnswer): T {
  if (isError(answer)) throw new DeviceRefusal(answer.code, answer.detail);
  return answer;
}

/** As {@link refuse}, for a command that has begun: a code that would prove the opposite breaks the protocol. */
function refuseBegun<T extends DeviceAnswer>(answer: T | messages.ErrorAnswer): T {
  if (isError(answer) && !['SESSION', 'TAG', 'FAILED'].includes(answer.code)) {
    throw new ProtocolViolation(
      `the device answered ${answer.code} of a command that it had begun; check its firmware`,
    );
  }
  return refuse(answer);
}

function place(payload: Uint8Array, offset: number, chunk: Uint8Array): number {
  if (offset + chunk.length > payload.length) {
    throw new ProtocolViolation(`the device sent ${offset + chunk.length} bytes where it had said ${payload.length}`);
  }
  payload.set(chunk, offset);
  return offset + chunk.length;
}

function nextPoll(waitMs: number): number {
  return Math.min(polling.lastMs, Math.ceil(waitMs * polling.growth));
}

function requireLimit(what: string, value: number, limit: number): void {
  if (value > limit) throw new CommandTooLarge(`the ${what} is ${value}; this serial device takes at most ${limit}`);
}
