import { crc32c, DIGEST_BYTES, readDigest } from './crc32c.js';
import { IscsiError, protocolError } from './iscsi-error.js';
import { ahsLengthOf, BHS_BYTES, dataSegmentLengthOf, opcodeOf, paddingOf } from './pdu.js';

/** One PDU off the wire, digests checked, padding gone. Its bytes may be a view of a larger read buffer. */
export interface ReceivedPdu {
  readonly opcode: number;
  /** 48 bytes. */
  readonly bhs: Uint8Array;
  /** Additional header segments, often empty. */
  readonly ahs: Uint8Array;
  readonly data: Uint8Array;
}

interface PendingHeader {
  readonly bhs: Uint8Array;
  readonly ahsLength: number;
  readonly dataLength: number;
  /** Bytes after the BHS that belong to this PDU, digests and padding included. */
  readonly restLength: number;
}

/**
 * Cuts a byte stream into PDUs, one per call of {@link next}, so that whoever reads can switch digests on between two of
 * them. Where a piece lies within one read it is handed out as a view; across reads it is copied once.
 */
export class PduParser {
  /** Digests are off until the login has agreed on them. */
  headerDigest = false;
  dataDigest = false;
  /** Our declared MaxRecvDataSegmentLength: a peer that announces more is refused before anything is allocated. */
  maxDataSegmentLength: number;
  #chunks: Uint8Array[] = [];
  /** Bytes of the first chunk that are used up. */
  #offset = 0;
  #available = 0;
  #pending: PendingHeader | undefined;

  constructor(maxDataSegmentLength: number) {
    this.maxDataSegmentLength = maxDataSegmentLength;
  }

  /** Bytes that wait for the rest of their PDU. */
  get buffered(): number {
    return this.#available + (this.#pending === undefined ? 0 : BHS_BYTES);
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#available += chunk.length;
  }

  /** The next whole PDU, or undefined until more bytes come. Throws `ISCSI_PROTOCOL` or `ISCSI_DIGEST`. */
  next(): ReceivedPdu | undefined {
    const pending = this.#pending ?? this.#header();
    if (pending === undefined || this.#available < pending.restLength) return undefined;
    this.#pending = undefined;
    const { bhs, ahsLength, dataLength } = pending;
    const ahs = this.#take(ahsLength);
    if (this.headerDigest) this.#check('header', [bhs, ahs], opcodeOf(bhs));
    // The digest covers the padding too, so both are taken together.
    const padded = this.#take(dataLength + paddingOf(dataLength));
    if (this.dataDigest && dataLength > 0) this.#check('data', [padded], opcodeOf(bhs));
    return { opcode: opcodeOf(bhs), bhs, ahs, data: padded.subarray(0, dataLength) };
  }

  #header(): PendingHeader | undefined {
    if (this.#available < BHS_BYTES) return undefined;
    const bhs = this.#take(BHS_BYTES);
    const ahsLength = ahsLengthOf(bhs);
    const dataLength = dataSegmentLengthOf(bhs);
    // Without this a damaged length would be believed before the digest could deny it.
    if (dataLength > this.maxDataSegmentLength) {
      throw protocolError(
        `a PDU (opcode ${hex(opcodeOf(bhs))}) announces ${dataLength} data bytes, ` +
          `MaxRecvDataSegmentLength is ${this.maxDataSegmentLength}`,
      );
    }
    const restLength =
      ahsLength +
      (this.headerDigest ? DIGEST_BYTES : 0) +
      dataLength +
      paddingOf(dataLength) +
      (this.dataDigest && dataLength > 0 ? DIGEST_BYTES : 0);
    this.#pending = { bhs, ahsLength, dataLength, restLength };
    return this.#pending;
  }

  #check(which: 'header' | 'data', covered: readonly Uint8Array[], opcode: number): void {
    const received = readDigest(this.#take(DIGEST_BYTES));
    const computed = crc32c(...covered);
    if (received === computed) return;
    throw new IscsiError(
      'ISCSI_DIGEST',
      `The ${which} digest of a PDU (opcode ${hex(opcode)}) is ${received.toString(16)}h, its bytes give ` +
        `${computed.toString(16)}h: the data was damaged on its way; look at the network between here and the target`,
    );
  }

  #take(length: number): Uint8Array {
    if (length === 0) return EMPTY;
    this.#available -= length;
    const first = this.#chunks[0] ?? EMPTY;
    if (first.length - this.#offset >= length) {
      const piece = first.subarray(this.#offset, this.#offset + length);
      this.#consume(first, length);
      return piece;
    }
    const piece = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      const chunk = this.#chunks[0] ?? EMPTY;
      const part = chunk.subarray(this.#offset, this.#offset + length - filled);
      piece.set(part, filled);
      filled += part.length;
      this.#consume(chunk, part.length);
    }
    return piece;
  }

  #consume(chunk: Uint8Array, length: number): void {
    this.#offset += length;
    if (this.#offset < chunk.length) return;
    this.#chunks.shift();
    this.#offset = 0;
  }
}

const EMPTY = new Uint8Array(0);

function hex(opcode: number): string {
  return `${opcode.toString(16).padStart(2, '0')}h`;
}
