import { connect, type Socket } from 'node:net';
import type { Clock } from '../../clock.js';
import { crc32c, digestBytes } from './crc32c.js';
import { IscsiError } from './iscsi-error.js';
import { PduParser, type ReceivedPdu } from './pdu-parser.js';
import { paddingOf, setSegmentLengths } from './pdu.js';
import { formatPortal, type Portal } from './portal.js';

const EMPTY = new Uint8Array(0);

/** Below this, a batch is copied into one buffer: one write of a few KiB is cheaper than a vector of small pieces. */
const COALESCE_BYTES = 16 * 1024;

/**
 * One TCP connection that carries PDUs. What is sent within one turn of the event loop goes out in one write. PDUs come in
 * either one by one through {@link receive} (login) or to a consumer (full feature phase).
 */
export class IscsiConnection {
  readonly portal: Portal;
  readonly #socket: Socket;
  readonly #parser: PduParser;
  #headerDigest = false;
  #dataDigest = false;
  #outgoing: Uint8Array[] = [];
  #outgoingBytes = 0;
  #flushScheduled = false;
  #waiting: ((pdu: ReceivedPdu | IscsiError) => void) | undefined;
  #consumer: ((pdu: ReceivedPdu) => void) | undefined;
  #onClosed: ((error: IscsiError) => void) | undefined;
  #error: IscsiError | undefined;

  private constructor(portal: Portal, socket: Socket, maxRecvDataSegmentLength: number) {
    this.portal = portal;
    this.#socket = socket;
    this.#parser = new PduParser(maxRecvDataSegmentLength);
    socket.on('data', (chunk: Buffer) => {
      this.#parser.push(chunk);
      this.#deliver();
    });
    socket.on('error', (cause) => this.fail(lost(portal, cause.message, cause)));
    socket.on('close', () => this.fail(lost(portal, 'the target closed the connection')));
  }

  /** Connects within `timeoutMs`. Rejects with `ISCSI_CONNECT`, or the signal's reason. */
  static open(
    portal: Portal,
    options: { clock: Clock; timeoutMs: number; maxRecvDataSegmentLength: number; signal?: AbortSignal },
  ): Promise<IscsiConnection> {
    const where = formatPortal(portal);
    return new Promise((resolve, reject) => {
      if (options.signal?.aborted) {
        reject(options.signal.reason as Error);
        return;
      }
      const socket = connect({ host: portal.host, port: portal.port, noDelay: true, keepAlive: true });
      const settle = (end: () => void): void => {
        cancelTimer();
        options.signal?.removeEventListener('abort', onAbort);
        socket.removeAllListeners();
        end();
      };
      const giveUp = (error: Error): void =>
        settle(() => {
          // An error that arrives after we let go has no one left to hear it.
          socket.on('error', () => undefined);
          socket.destroy();
          reject(error);
        });
      const cancelTimer = options.clock.after(options.timeoutMs, () =>
        giveUp(
          new IscsiError(
            'ISCSI_CONNECT',
            `No answer from ${where} within ${options.timeoutMs} ms; is it the right address?`,
          ),
        ),
      );
      const onAbort = (): void => giveUp(options.signal?.reason as Error);
      options.signal?.addEventListener('abort', onAbort, { once: true });
      socket.once('connect', () =>
        settle(() => resolve(new IscsiConnection(portal, socket, options.maxRecvDataSegmentLength))),
      );
      socket.once('error', (cause) =>
        giveUp(
          new IscsiError('ISCSI_CONNECT', `Cannot reach an iSCSI target at ${where}: ${cause.message}`, { cause }),
        ),
      );
    });
  }

  /** Why the connection ended, once it has. */
  get error(): IscsiError | undefined {
    return this.#error;
  }

  /** From the next PDU on, in both directions. */
  useDigests(header: boolean, data: boolean): void {
    this.#headerDigest = header;
    this.#dataDigest = data;
    this.#parser.headerDigest = header;
    this.#parser.dataDigest = data;
  }

  /** Queues one PDU; writes both segment lengths into `bhs`. `data` must not change until it is on the wire. */
  send(bhs: Uint8Array, data: Uint8Array = EMPTY, ahs: Uint8Array = EMPTY): void {
    if (this.#error !== undefined) return;
    setSegmentLengths(bhs, ahs.length, data.length);
    this.#queue(bhs);
    if (ahs.length > 0) this.#queue(ahs);
    if (this.#headerDigest) this.#queue(digestBytes(crc32c(bhs, ahs)));
    if (data.length > 0) {
      const padding = new Uint8Array(paddingOf(data.length));
      this.#queue(data);
      if (padding.length > 0) this.#queue(padding);
      if (this.#dataDigest) this.#queue(digestBytes(crc32c(data, padding)));
    }
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(() => this.#flush());
  }

  /** The next PDU. Rejects with the reason when the connection ends first. */
  receive(): Promise<ReceivedPdu> {
    return new Promise((resolve, reject) => {
      this.#waiting = (outcome) => (outcome instanceof IscsiError ? reject(outcome) : resolve(outcome));
      if (this.#error !== undefined) this.#finishWaiting(this.#error);
      else this.#deliver();
    });
  }

  /** Hands all further PDUs to `consumer`, in order, and the end of the connection to `onClosed`, once. */
  consume(consumer: (pdu: ReceivedPdu) => void, onClosed: (error: IscsiError) => void): void {
    this.#consumer = consumer;
    this.#onClosed = onClosed;
    if (this.#error !== undefined) onClosed(this.#error);
    else this.#deliver();
  }

  /** Ends the connection because of `error`; harmless when it has ended already. */
  fail(error: IscsiError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#socket.destroy();
    this.#finishWaiting(error);
    this.#onClosed?.(error);
  }

  /** Ends the connection after what was sent is on its way. */
  end(): void {
    if (this.#error !== undefined) return;
    this.#flush();
    this.#error = new IscsiError('ISCSI_CLOSED', 'The connection was closed by this side');
    this.#socket.end();
    this.#socket.destroySoon();
  }

  #queue(bytes: Uint8Array): void {
    this.#outgoing.push(bytes);
    this.#outgoingBytes += bytes.length;
  }

  #flush(): void {
    this.#flushScheduled = false;
    if (this.#error !== undefined || this.#outgoing.length === 0) return;
    const batch = this.#outgoing;
    const bytes = this.#outgoingBytes;
    this.#outgoing = [];
    this.#outgoingBytes = 0;
    if (bytes <= COALESCE_BYTES) {
      this.#socket.write(Buffer.concat(batch, bytes));
      return;
    }
    this.#socket.cork();
    for (const part of batch) this.#socket.write(part);
    this.#socket.uncork();
  }

  #deliver(): void {
    try {
      while (this.#error === undefined && (this.#consumer !== undefined || this.#waiting !== undefined)) {
        const pdu = this.#parser.next();
        if (pdu === undefined) return;
        if (this.#consumer === undefined) this.#finishWaiting(pdu);
        else this.#consumer(pdu);
      }
    } catch (error) {
      // Whatever a PDU makes the code above throw ends this connection, not the process.
      this.fail(error instanceof IscsiError ? error : lost(this.portal, String(error), error));
    }
  }

  #finishWaiting(outcome: ReceivedPdu | IscsiError): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(outcome);
  }
}

function lost(portal: Portal, why: string, cause?: unknown): IscsiError {
  return new IscsiError('ISCSI_CONNECTION_LOST', `The iSCSI connection to ${formatPortal(portal)} was lost: ${why}`, {
    cause,
  });
}
