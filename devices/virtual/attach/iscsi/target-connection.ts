import type { Socket } from 'node:net';
import type { Clock } from '../../../clock.js';
import * as pdu from '../../../transport/iscsi/pdu.js';
import type { ReceivedPdu } from '../../../transport/iscsi/pdu-parser.js';
import { formatPortal } from '../../../transport/iscsi/portal.js';
import { IscsiOpcode, RESERVED_TAG } from '../../../transport/iscsi/protocol-values.js';
import { nextSerial } from '../../../transport/iscsi/serial-number.js';
import { encodeTextKeys } from '../../../transport/iscsi/text-keys.js';
import { faultOf, IscsiAttachError, type IscsiAttachErrorCode } from './attach-error.js';
import type { InspectedConnection } from './inspect-session.js';
import type { IscsiTargetLimits } from './limits.js';
import { LoginPhase, type LoginReply, type LoginRequest, type LoginTerms } from './login-phase.js';
import { LoginRefusal } from './login-refusal.js';
import { OperationalKeys, type OperationalParameters } from './operational-keys.js';
import { PduStream } from './pdu-stream.js';
import { PeerWatch } from './peer-watch.js';
import type { ResponseSerials, SessionConnection } from './session-connection.js';
import { answerSessionKeys } from './session-keys.js';
import type { SessionTable } from './session-table.js';
import type { TargetSession } from './session.js';
import { LoginStatus } from './target-protocol-values.js';
import { TextExchange } from './text-exchange.js';

export interface ConnectionContext {
  readonly clock: Clock;
  readonly limits: IscsiTargetLimits;
  readonly terms: LoginTerms;
  readonly sessions: SessionTable;
  onError(error: IscsiAttachError): void;
  onClosed(connection: TargetConnection): void;
}

/** What an initiator takes and sends before anything was declared (RFC 7143 13.12). */
const LOGIN_SEGMENT_BYTES = 8192;

/** One TCP connection of an initiator: its login, then PDUs for its session. */
export class TargetConnection implements SessionConnection {
  readonly remote: string;
  connectionId = 0;
  parameters: OperationalParameters;
  readonly #context: ConnectionContext;
  readonly #stream: PduStream;
  readonly #local: string;
  readonly #login: LoginPhase;
  #session: TargetSession | undefined;
  #text: TextExchange | undefined;
  #watch: PeerWatch | undefined;
  #statSn: number | undefined;
  #expectedOutput = 0;
  #current: ReceivedPdu | undefined;
  #toldWhy = false;
  #cancelLoginTimer: () => void;

  constructor(socket: Socket, context: ConnectionContext) {
    const { clock, limits, terms } = context;
    this.#context = context;
    this.remote = formatPortal({ host: socket.remoteAddress ?? '?', port: socket.remotePort ?? 0 });
    this.#local = formatPortal({ host: socket.localAddress ?? '?', port: socket.localPort ?? 0 });
    this.parameters = new OperationalKeys(limits, 'Normal').result();
    this.#login = new LoginPhase(terms);
    this.#stream = new PduStream({
      socket,
      clock,
      maxDataSegmentLength: LOGIN_SEGMENT_BYTES,
      maxQueuedOutputBytes: limits.maxQueuedOutputBytes,
      onPdu: (received) => this.#receive(received),
      onRoom: () => this.#session?.tasks.roomForOutput(),
      onFault: (fault) => this.fail(fault, this.#current?.bhs),
      onClosed: (cause) => this.#closed(cause),
    });
    this.#cancelLoginTimer = clock.after(limits.loginTimeoutMs, () =>
      this.#giveUp('LOGIN_TIMEOUT', `no login within ${limits.loginTimeoutMs} ms`),
    );
  }

  /** Whether the login is done. */
  get session(): TargetSession | undefined {
    return this.#session;
  }

  takeSerials(): ResponseSerials {
    const serials = this.serials();
    this.#statSn = nextSerial(serials.statSn);
    return serials;
  }

  serials(): ResponseSerials {
    const session = this.#session;
    return { statSn: this.#statSn ?? 0, expCmdSn: session?.expCmdSn ?? 0, maxCmdSn: session?.maxCmdSn ?? 0 };
  }

  send(bhs: Uint8Array, data?: Uint8Array): void {
    this.#stream.send(bhs, data);
  }

  mayBegin(bytes: number): boolean {
    const waiting = this.#expectedOutput + this.#stream.queuedBytes;
    return waiting === 0 || waiting + bytes <= this.#context.limits.maxQueuedOutputBytes;
  }

  expectOutput(bytes: number): void {
    this.#expectedOutput += bytes;
  }

  reject(reason: number, bhs: Uint8Array): void {
    this.send(pdu.reject.encode({ reason, ...this.takeSerials() }), bhs.slice());
  }

  answerNop(received: ReceivedPdu): void {
    const { initiatorTaskTag, lun } = pdu.nopOut.decode(received.bhs);
    // Without a tag of its own it is the answer to a NOP-In of ours, or wants none.
    if (initiatorTaskTag === RESERVED_TAG) return;
    const data = received.data.subarray(0, this.parameters.maxSegmentToInitiator);
    this.send(pdu.nopIn.encode({ lun, initiatorTaskTag, ...this.takeSerials() }), data);
  }

  answerText(received: ReceivedPdu): void {
    const request = pdu.textRequest.decode(received.bhs);
    this.#text ??= new TextExchange((keys) =>
      answerSessionKeys(keys, {
        sessionType: this.#session?.type ?? 'Discovery',
        targetName: this.#context.terms.targetName,
        address: this.#context.terms.advertisedPortal ?? this.#local,
        declareMaxSegment: (bytes) => (this.parameters = { ...this.parameters, maxSegmentToInitiator: bytes }),
      }),
    );
    const { data, ...reply } = this.#text.receive(request, received.data, this.parameters.maxSegmentToInitiator);
    const { initiatorTaskTag, lun } = request;
    this.send(pdu.textResponse.encode({ ...reply, lun, initiatorTaskTag, ...this.takeSerials() }), data);
  }

  /** Sends an asynchronous message (RFC 7143 11.9). */
  announce(event: number, parameters: { parameter2?: number; parameter3?: number }): void {
    this.send(pdu.asyncMessage.encode({ event, lun: new Uint8Array(8), ...parameters, ...this.takeSerials() }));
  }

  leaveQuietly(): void {
    this.#toldWhy = true;
    this.#stream.end();
  }

  drop(): void {
    this.#toldWhy = true;
    this.#stream.destroy();
  }

  inspect(): InspectedConnection {
    const { headerDigest, dataDigest, maxSegmentToInitiator } = this.parameters;
    const { connectionId, remote } = this;
    const { queuedBytes } = this.#stream;
    return { connectionId, remote, headerDigest, dataDigest, maxSegmentToInitiator, queuedBytes };
  }

  #receive(received: ReceivedPdu): void {
    this.#current = received;
    if (this.#session === undefined) {
      this.#loginRequest(received);
    } else {
      this.#watch?.heard();
      this.#session.receive(this, received);
    }
    this.#current = undefined;
  }

  #loginRequest(received: ReceivedPdu): void {
    if (received.opcode !== IscsiOpcode.loginRequest) {
      this.#giveUp('PROTOCOL', `opcode ${received.opcode.toString(16)}h came before the login`);
      return;
    }
    const request = pdu.loginRequest.decode(received.bhs);
    this.#statSn ??= request.expStatSn;
    try {
      const reply = this.#login.receive(request, received.data);
      if (reply.admitted === undefined) this.#respond(request, reply);
      else this.#admit(request, reply, reply.admitted);
    } catch (error) {
      this.#refuse(request, error);
    }
  }

  #admit(request: LoginRequest, reply: LoginReply, admitted: NonNullable<LoginReply['admitted']>): void {
    const { clock, limits, sessions } = this.#context;
    const session = sessions.admit(admitted, request.cmdSn);
    this.#cancelLoginTimer();
    this.#session = session;
    this.connectionId = admitted.connectionId;
    const { headerDigest, dataDigest, maxSegmentToInitiator } = admitted.parameters;
    this.parameters = { ...session.parameters, headerDigest, dataDigest, maxSegmentToInitiator };
    this.#respond(request, reply);
    this.#stream.agree({ headerDigest, dataDigest, maxDataSegmentLength: limits.maxRecvDataSegmentLength });
    session.join(this);
    this.#watch = new PeerWatch({
      clock,
      intervalMs: limits.keepAliveIntervalMs,
      // The question goes out behind what already waits: a slow reader that does read is not dead.
      timeoutMs: () => limits.keepAliveTimeoutMs + Math.ceil(this.#stream.queuedBytes / SLOWEST_READER_BYTES_PER_MS),
      ask: () => this.#ask(),
      dead: () => this.#giveUp('DEAD_PEER', this.#whyDead()),
    });
  }

  #respond(request: LoginRequest, reply: LoginReply): void {
    const { transit, currentStage, nextStage, keys } = reply;
    this.send(
      pdu.loginResponse.encode({
        transit,
        currentStage,
        nextStage,
        isid: request.isid,
        tsih: this.#session?.tsih ?? request.tsih,
        initiatorTaskTag: request.initiatorTaskTag,
        ...this.#loginSerials(request),
      }),
      encodeTextKeys(keys),
    );
  }

  #loginSerials(request: LoginRequest): ResponseSerials {
    const serials = this.takeSerials();
    if (this.#session !== undefined) return serials;
    return { ...serials, expCmdSn: request.cmdSn, maxCmdSn: request.cmdSn };
  }

  #refuse(request: LoginRequest, error: unknown): void {
    const refusal =
      error instanceof LoginRefusal ? error : new LoginRefusal(LoginStatus.initiatorError, faultOf(error).message);
    this.send(
      pdu.loginResponse.encode({
        currentStage: request.currentStage,
        isid: request.isid,
        tsih: request.tsih,
        initiatorTaskTag: request.initiatorTaskTag,
        ...this.#loginSerials(request),
        statusClass: refusal.status >> 8,
        statusDetail: refusal.status & 0xff,
      }),
    );
    this.#giveUp('LOGIN_REFUSED', refusal.message);
  }

  /** Asks whether the initiator lives; a discovery session has nothing to stay for. */
  #ask(): void {
    if (this.#session?.type === 'Discovery') {
      this.#giveUp('DEAD_PEER', 'a discovery session was left idle');
      return;
    }
    this.send(pdu.nopIn.encode({ targetTransferTag: PING_TAG, ...this.serials() }));
  }

  #whyDead(): string {
    const { keepAliveTimeoutMs } = this.#context.limits;
    const unfinished = this.#stream.unfinishedBytes;
    return unfinished > 0
      ? `a PDU was not finished; ${unfinished} bytes of it came`
      : `no answer to a NOP-In within ${keepAliveTimeoutMs} ms, nor within the time that output before it takes`;
  }

  fail(error: unknown, bhs?: Uint8Array): void {
    const { rejectReason, code, message } = faultOf(error);
    if (rejectReason !== undefined && bhs !== undefined && this.#session !== undefined) this.reject(rejectReason, bhs);
    this.#giveUp(code, message);
  }

  #giveUp(code: IscsiAttachErrorCode, why: string): void {
    this.#tell(code, why);
    this.#stream.end();
    // What it was doing ends now, not when the last byte is on its way.
    this.#leaveSession();
  }

  #closed(cause: Error | undefined): void {
    this.#cancelLoginTimer();
    // Initiators end their discovery in this way; nothing is lost by it.
    if (this.#session?.type === 'Discovery') this.#toldWhy = true;
    this.#tell('CONNECTION_LOST', cause?.message ?? 'the initiator closed it without a logout', cause);
    this.#leaveSession();
    this.#context.onClosed(this);
  }

  #leaveSession(): void {
    this.#cancelLoginTimer();
    this.#watch?.stop();
    this.#session?.leave(this);
  }

  #tell(code: IscsiAttachErrorCode, why: string, cause?: unknown): void {
    if (this.#toldWhy) return;
    this.#toldWhy = true;
    const who = this.#session === undefined ? this.remote : `${this.#session.initiatorName} (${this.remote})`;
    this.#context.onError(
      new IscsiAttachError(code, `The connection of ${who} was ended: ${why}`, {
        remote: this.remote,
        ...(cause === undefined ? {} : { cause }),
      }),
    );
  }
}

const PING_TAG = 0x504e_4f50;
/** An initiator that takes its data more slowly is given up once it is asked whether it lives. */
const SLOWEST_READER_BYTES_PER_MS = 16;
