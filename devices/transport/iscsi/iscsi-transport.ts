import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.js';
import {
  TransportError,
  type ScsiCommand,
  type ScsiTransport,
  type TransportFailure,
  type TransportResult,
} from '../scsi-transport.js';
import type { ChapOptions } from './chap.js';
import { establish, type PathTimeouts } from './establish.js';
import { IscsiError } from './iscsi-error.js';
import { requireIscsiName } from './login.js';
import { encodeLun, MAX_FLAT_LUN } from '../lun.js';
import type { DigestOffer, OperationalOffer, SessionParameters } from './negotiation.js';
import { formatPortal, parsePortal, type Portal } from './portal.js';
import { IscsiSession, type IscsiAsyncEvent } from './session.js';
import { failedCommand, failureOf } from './transport-failure.js';

export interface IscsiTransportOptions {
  /** `host:port`, `host`, or `[ipv6]:port`. */
  readonly portal: string;
  /** The target's iSCSI name. */
  readonly target: string;
  readonly clock: Clock;
  readonly initiatorName?: string | undefined;
  readonly chap?: ChapOptions | undefined;
  /** Default `None`. */
  readonly headerDigest?: DigestOffer | undefined;
  /** Default `None`. */
  readonly dataDigest?: DigestOffer | undefined;
  /** Default 32; the target's command window may allow fewer. */
  readonly maxInFlight?: number | undefined;
  /** Further operational parameters to ask for; lengths in bytes. */
  readonly offer?: Partial<Omit<OperationalOffer, 'headerDigest' | 'dataDigest'>> | undefined;
  /** Default 10 s for the TCP connection and 10 s for the login. */
  readonly connectTimeoutMs?: number | undefined;
  readonly loginTimeoutMs?: number | undefined;
  /** Default 2 s. */
  readonly logoutTimeoutMs?: number | undefined;
  /** How long the target may take to answer ABORT TASK; default 5 s. */
  readonly abortTimeoutMs?: number | undefined;
  /** Silence after which a NOP-Out asks whether the target is alive, default 10 s; 0 never asks. */
  readonly keepAliveIntervalMs?: number | undefined;
  /** Default 10 s. */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** Logins after a lost connection: how many, and the pauses between them, which double. Default 5, 200 ms, 5 s. */
  readonly reconnect?:
    { readonly attempts: number; readonly firstDelayMs: number; readonly maxDelayMs: number } | undefined;
  /** Six bytes that name this path at the target; random unless given. Reservations outlive a restart only with fixed ones. */
  readonly isid?: Uint8Array | undefined;
  readonly onAsyncEvent?: ((event: IscsiAsyncEvent) => void) | undefined;
}

export const DEFAULT_INITIATOR_NAME = 'iqn.2026-11.test.openrsm:initiator';

/** The longest CDB that fits a command PDU with its extended CDB segment. */
const MAX_CDB_BYTES = 260;
/** A target that asks to be left alone is left alone no longer than this. */
const LONGEST_WAIT_MS = 60_000;
/** How often a command that no session began is offered to the next one. */
const MAX_SESSIONS_PER_COMMAND = 3;

/**
 * SCSI commands over iSCSI (RFC 7143): one session with one connection, error recovery level 0. After a lost connection
 * the next command logs in again; a command that may have begun is never repeated.
 */
export class IscsiTransport implements ScsiTransport {
  readonly name: string;
  readonly maxInFlight: number;
  readonly #options: IscsiTransportOptions;
  readonly #portal: Portal;
  readonly #isid: Uint8Array;
  readonly #timeouts: PathTimeouts;
  readonly #reconnect: { readonly attempts: number; readonly firstDelayMs: number; readonly maxDelayMs: number };
  #session: IscsiSession | undefined;
  #connecting: Promise<IscsiSession> | undefined;
  #closing: AbortController = new AbortController();
  /** The target asked for no login before this time. */
  #notBeforeMs = 0;

  /** Throws `ISCSI_OPTION` for a portal or name that is none. */
  constructor(options: IscsiTransportOptions) {
    this.#options = options;
    this.#portal = parsePortal(options.portal);
    requireIscsiName(options.target);
    requireIscsiName(options.initiatorName ?? DEFAULT_INITIATOR_NAME);
    this.maxInFlight = options.maxInFlight ?? 32;
    if (!Number.isInteger(this.maxInFlight) || this.maxInFlight < 1) {
      throw new IscsiError('ISCSI_OPTION', `maxInFlight is ${this.maxInFlight}; it must be 1 or more`);
    }
    this.name = `iscsi://${formatPortal(this.#portal)}/${options.target}`;
    this.#isid = options.isid ?? randomIsid();
    this.#timeouts = {
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      loginTimeoutMs: options.loginTimeoutMs ?? 10_000,
    };
    this.#reconnect = options.reconnect ?? { attempts: 5, firstDelayMs: 200, maxDelayMs: 5_000 };
  }

  /** What the current session agreed on; undefined when there is none. */
  get parameters(): SessionParameters | undefined {
    return this.#session?.parameters;
  }

  /** Logs in with one attempt. A path that was closed is opened anew. */
  async open(): Promise<void> {
    if (this.#closing.signal.aborted) this.#closing = new AbortController();
    try {
      await this.#ready(1);
    } catch (error) {
      throw new TransportError(failureOf(asIscsiError(error), 'no'));
    }
  }

  async execute(command: ScsiCommand): Promise<TransportResult> {
    const refused = refuse(command);
    if (refused !== undefined) return failedCommand('unsupported', 'no', refused);
    const lun = encodeLun(command.lun);
    if (lun === undefined) {
      return failedCommand(
        'unsupported',
        'no',
        `LUN ${command.lun} cannot be addressed, allowed is 0 to ${MAX_FLAT_LUN}`,
      );
    }
    for (let sessions = 0; sessions < MAX_SESSIONS_PER_COMMAND; sessions++) {
      if (this.#closing.signal.aborted) return failedCommand('closed', 'no', `${this.name} is closed; open it first`);
      if (command.signal?.aborted) return failedCommand('aborted', 'no', 'The command was aborted before it was sent');
      let session: IscsiSession;
      try {
        session = this.#session?.usable === true ? this.#session : await this.#readyUnlessAborted(command.signal);
      } catch (error) {
        if (command.signal?.aborted) continue;
        return { kind: 'failed', failure: failureOf(asIscsiError(error), 'no') };
      }
      const result = await session.execute(command, lun);
      if (result.kind !== 'not-begun') return result;
    }
    return failedCommand('disconnected', 'no', `${this.name} ended every session before the command could begin`);
  }

  async resetLogicalUnit(lun: number, timeoutMs: number): Promise<TransportFailure | undefined> {
    const address = encodeLun(lun);
    if (address === undefined)
      return { code: 'unsupported', executed: 'no', message: `LUN ${lun} cannot be addressed` };
    if (this.#closing.signal.aborted) {
      return { code: 'closed', executed: 'no', message: `${this.name} is closed; open it first` };
    }
    try {
      const session = await this.#ready(this.#reconnect.attempts);
      return await session.resetLogicalUnit(address, timeoutMs);
    } catch (error) {
      return failureOf(asIscsiError(error), 'no');
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new IscsiError('ISCSI_CLOSED', `${this.name} was closed`));
    const timeoutMs = this.#options.logoutTimeoutMs ?? 2_000;
    const session = this.#session;
    await session?.close(timeoutMs);
    // A login under way ends by the signal above, unless it was done just before; then that session goes too.
    await this.#connecting?.catch(() => undefined);
    if (this.#session !== session) await this.#session?.close(timeoutMs);
    this.#session = undefined;
  }

  #readyUnlessAborted(signal: AbortSignal | undefined): Promise<IscsiSession> {
    const ready = this.#ready(this.#reconnect.attempts);
    if (signal === undefined) return ready;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      ready.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }

  /** The session, made when there is none; everybody who needs one at the same time waits for the same login. */
  #ready(attempts: number): Promise<IscsiSession> {
    if (this.#session?.usable === true) return Promise.resolve(this.#session);
    this.#connecting ??= this.#connect(attempts).finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(attempts: number): Promise<IscsiSession> {
    const { clock } = this.#options;
    const { signal } = this.#closing;
    // A session that takes no more commands ends by itself; two at once would look like two initiators.
    const former = await this.#session?.ended;
    this.#session = undefined;
    if (former !== undefined) this.#notBeforeMs = clock.now() + Math.min(former.waitMs, LONGEST_WAIT_MS);
    const pauseMs = this.#notBeforeMs - clock.now();
    if (pauseMs > 0) await clock.sleep(pauseMs, signal);
    for (let attempt = 1; ; attempt++) {
      try {
        this.#session = await this.#login(signal);
        return this.#session;
      } catch (error) {
        if (signal.aborted || attempt >= attempts || !asIscsiError(error).transient) throw error;
      }
      const delayMs = Math.min(this.#reconnect.firstDelayMs * 2 ** (attempt - 1), this.#reconnect.maxDelayMs);
      await clock.sleep(delayMs, signal);
    }
  }

  async #login(signal: AbortSignal): Promise<IscsiSession> {
    const { clock, target, chap, initiatorName, onAsyncEvent, ...rest } = this.#options;
    const { connection, loggedIn } = await establish({
      clock,
      signal,
      portal: this.#portal,
      timeouts: this.#timeouts,
      login: {
        initiatorName: initiatorName ?? DEFAULT_INITIATOR_NAME,
        target,
        chap,
        isid: this.#isid,
        offer: {
          ...defaultOffer,
          headerDigest: rest.headerDigest ?? 'None',
          dataDigest: rest.dataDigest ?? 'None',
          ...rest.offer,
        },
      },
    });
    return new IscsiSession(connection, loggedIn, {
      clock,
      onAsyncEvent,
      maxInFlight: this.maxInFlight,
      abortTimeoutMs: rest.abortTimeoutMs ?? 5_000,
      keepAliveIntervalMs: rest.keepAliveIntervalMs ?? 10_000,
      keepAliveTimeoutMs: rest.keepAliveTimeoutMs ?? 10_000,
    });
  }
}

/** Asks for few round trips: data goes with the command where the target lets it. */
export const defaultOffer: OperationalOffer = {
  headerDigest: 'None',
  dataDigest: 'None',
  maxRecvDataSegmentLength: 262_144,
  maxBurstLength: 1_048_576,
  firstBurstLength: 262_144,
  initialR2T: false,
  immediateData: true,
  maxOutstandingR2T: 4,
};

/** An ISID of the random kind (RFC 7143 11.12): type 10b, 24 random bits, qualifier. */
export function randomIsid(): Uint8Array {
  const isid = new Uint8Array(randomBytes(6));
  isid[0] = 0x80;
  return isid;
}

function refuse(command: ScsiCommand): string | undefined {
  const { cdb, dataOut, dataInLength } = command;
  if (cdb.length === 0 || cdb.length > MAX_CDB_BYTES) {
    return `A CDB of ${cdb.length} bytes cannot be sent; it has 1 to ${MAX_CDB_BYTES}`;
  }
  const longest = Math.max(dataOut?.length ?? 0, dataInLength ?? 0);
  if (!Number.isInteger(longest) || longest > 0xffff_ffff || (dataInLength ?? 0) < 0) {
    return `A transfer of ${longest} bytes cannot be expressed; it has 0 to FFFFFFFFh`;
  }
  if ((dataOut?.length ?? 0) > 0 && (dataInLength ?? 0) > 0) return 'Bidirectional commands are not carried';
  return undefined;
}

function asIscsiError(error: unknown): IscsiError {
  return error instanceof IscsiError ? error : new IscsiError('ISCSI_CONNECT', String(error), { cause: error });
}
