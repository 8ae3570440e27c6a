import type { Socket } from 'node:net';
import type { Clock } from '../../../clock.js';
import { crc32c, digestBytes } from '../../../transport/iscsi/crc32c.js';
import { PduParser, type ReceivedPdu } from '../../../transport/iscsi/pdu-parser.js';
import { paddingOf, setSegmentLengths } from '../../../transport/iscsi/pdu.js';
import { faultOf, PeerFault } from './attach-error.js';

/** Below this a batch is copied into one buffer; one write of a few KiB is cheaper than a vector of small pieces. */
const COALESCE_BYTES = 16 * 1024;
/** A PDU that dribbles in over more reads than this would cost far more memory than its bytes. */
const MAX_READS_PER_PDU = 4096;
/** How long a connection that was ended may take to accept what was sent to it. */
const LINGER_MS = 2_000;

export interface PduStreamOptions {
  readonly socket: Socket;
  readonly clock: Clock;
  /** Until the login has agreed on another length. */
  readonly maxDataSegmentLength: number;
  /** Output beyond this stops the reading until half of it is gone. */
  readonly maxQueuedOutputBytes: number;
  onPdu(received: ReceivedPdu): void;
  /** There is room for output again. */
  onRoom(): void;
  /** A PDU that is none, or one that {@link onPdu} threw over. The stream goes on unless it is ended. */
  onFault(fault: PeerFault): void;
  /** Once, whoever ended it. */
  onClosed(cause: Error | undefined): void;
}

/** PDUs over one accepted TCP connection: what is sent within one turn of the event loop goes out in one write. */
export class PduStream {
  readonly #options: PduStreamOptions;
  readonly #socket: Socket;
  readonly #parser: PduParser;
  #headerDigest = false;
  #dataDigest = false;
  #outgoing: Uint8Array[] = [];
  #outgoingBytes = 0;
  #flushScheduled = false;
  #congested = false;
  #delivering = false;
  #ended = false;
  #closed = false;
  #readsOfThisPdu = 0;
  #cause: Error | undefined;
  #cancelLinger: () => void = () => undefined;

  constructor(options: PduStreamOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#parser = new PduParser(options.maxDataSegmentLength);
    const { socket } = options;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('drain', () => this.#relieve());
    socket.on('error', (cause) => (this.#cause ??= cause));
    socket.on('close', () => this.#close());
  }

  /** Output that the socket has not taken yet, in bytes. */
  get queuedBytes(): number {
    return this.#outgoingBytes + this.#socket.writableLength;
  }

  /** Bytes of a PDU that is not whole yet. */
  get unfinishedBytes(): number {
    return this.#parser.buffered;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Takes effect with the next PDU in either direction. */
  agree(terms: { headerDigest: boolean; dataDigest: boolean; maxDataSegmentLength: number }): void {
    this.#headerDigest = terms.headerDigest;
    this.#dataDigest = terms.dataDigest;
    this.#parser.headerDigest = terms.headerDigest;
    this.#parser.dataDigest = terms.dataDigest;
    this.#parser.maxDataSegmentLength = terms.maxDataSegmentLength;
  }

  /** Queues one PDU; writes the segment lengths into `bhs`. `data` must not change until it is on the wire. */
  send(bhs: Uint8Array, data?: Uint8Array): void {
    if (this.#ended) return;
    const length = data?.length ?? 0;
    setSegmentLengths(bhs, 0, length);
    this.#queue(bhs);
    if (this.#headerDigest) this.#queue(digestBytes(crc32c(bhs)));
    if (data !== undefined && length > 0) {
      const padding = ZEROS.subarray(0, paddingOf(length));
      this.#queue(data);
      if (padding.length > 0) this.#queue(padding);
      if (this.#dataDigest) this.#queue(digestBytes(crc32c(data, padding)));
    }
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    // After all that is ready now, in the same turn of the event loop: a turn is what one command at a time would wait for.
    process.nextTick(() => this.#flush());
  }

  /** Ends the connection after what was sent is on its way. */
  end(): void {
    if (this.#ended) return;
    this.#flush();
    this.#ended = true;
    // What still comes is of no interest, but it has to be read for the end to be seen.
    this.#socket.resume();
    this.#socket.end();
    this.#cancelLinger = this.#options.clock.after(LINGER_MS, () => this.#socket.destroy());
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#ended) return;
    this.#parser.push(chunk);
    this.#readsOfThisPdu += 1;
    this.#deliver();
    if (this.#readsOfThisPdu > MAX_READS_PER_PDU && !this.#congested) {
      this.#options.onFault(new PeerFault('PROTOCOL', `a PDU came in more than ${MAX_READS_PER_PDU} pieces`));
    }
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (!this.#ended) {
        if (this.queuedBytes > this.#options.maxQueuedOutputBytes) {
          this.#congested = true;
          this.#socket.pause();
          return;
        }
        const received = this.#parser.next();
        if (received === undefined) return;
        this.#readsOfThisPdu = 0;
        this.#options.onPdu(received);
      }
    } catch (error) {
      // Whatever a PDU makes the code throw concerns this connection, not the process.
      this.#options.onFault(faultOf(error));
    } finally {
      this.#delivering = false;
    }
  }

  #queue(bytes: Uint8Array): void {
    this.#outgoing.push(bytes);
    this.#outgoingBytes += bytes.length;
  }

  #flush(): void {
    this.#flushScheduled = false;
    const batch = this.#outgoing;
    const bytes = this.#outgoingBytes;
    if (batch.length === 0 || this.#socket.destroyed) return;
    this.#outgoing = [];
    this.#outgoingBytes = 0;
    if (bytes <= COALESCE_BYTES) {
      this.#socket.write(batch.length === 1 ? (batch[0] ?? EMPTY) : Buffer.concat(batch, bytes));
    } else {
      this.#socket.cork();
      for (const part of batch) this.#socket.write(part);
      this.#socket.uncork();
    }
    this.#relieve();
  }

  #relieve(): void {
    if (this.#ended || this.queuedBytes > this.#options.maxQueuedOutputBytes / 2) return;
    this.#options.onRoom();
    if (!this.#congested) return;
    this.#congested = false;
    this.#socket.resume();
    this.#deliver();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ended = true;
    this.#cancelLinger();
    this.#options.onClosed(this.#cause);
  }
}

const EMPTY = new Uint8Array(0);
const ZEROS = new Uint8Array(4);
