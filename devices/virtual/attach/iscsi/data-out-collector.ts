import type { Value } from '../../../scsi/layout.js';
import type { dataOut } from '../../../transport/iscsi/pdu.js';
import { RESERVED_TAG } from '../../../transport/iscsi/protocol-values.js';
import { PeerFault } from './attach-error.js';
import { RejectReason } from './target-protocol-values.js';

export type DataOutHeader = Value<typeof dataOut>;

/** The part of a session's agreements that data-out depends on. Lengths in bytes. */
export interface DataOutTerms {
  readonly initialR2T: boolean;
  readonly immediateData: boolean;
  readonly firstBurstLength: number;
  readonly maxBurstLength: number;
  readonly maxOutstandingR2T: number;
}

/** One R2T to send. */
export interface DataRequest {
  readonly targetTransferTag: number;
  readonly r2tSn: number;
  readonly bufferOffset: number;
  readonly desiredDataTransferLength: number;
}

interface Sequence {
  readonly targetTransferTag: number;
  readonly end: number;
  nextDataSn: number;
}

/**
 * Gathers the data-out of one command: immediate, unsolicited, then asked for by R2T (RFC 7143 4.2.4.2, 11.7, 11.8). Data
 * comes in order, as DataPDUInOrder and DataSequenceInOrder are always Yes here. Methods throw {@link PeerFault}.
 */
export class DataOutCollector {
  readonly #terms: DataOutTerms;
  readonly #expected: number;
  readonly #takeTag: () => number;
  #data: Uint8Array = EMPTY;
  #received = 0;
  /** End of what has been asked for, unasked data included. */
  #asked = 0;
  #nextR2tSn = 0;
  #sequences: Sequence[] = [];

  /** `takeTag` gives a target transfer tag that is not in use. */
  constructor(expected: number, terms: DataOutTerms, takeTag: () => number) {
    this.#expected = expected;
    this.#terms = terms;
    this.#takeTag = takeTag;
  }

  /** How many R2Ts were sent so far. */
  get r2tCount(): number {
    return this.#nextR2tSn;
  }

  get complete(): boolean {
    return this.#received === this.#expected;
  }

  /** All data, once complete. */
  get data(): Uint8Array {
    return this.#data;
  }

  /** Takes the data that came with the command; `final` says that no unsolicited Data-Out follows. */
  begin(immediate: Uint8Array, final: boolean): void {
    const { immediateData, initialR2T, firstBurstLength } = this.#terms;
    if (immediate.length > 0 && !immediateData) throw fault('immediate data came, ImmediateData is No');
    const unasked = Math.min(this.#expected, firstBurstLength);
    if (immediate.length > unasked) throw fault(`${immediate.length} bytes of immediate data, allowed were ${unasked}`);
    if (!final && initialR2T) throw fault('unsolicited data is announced, InitialR2T is Yes');
    if (immediate.length === this.#expected) {
      this.#data = immediate;
      this.#received = immediate.length;
    } else {
      this.#append(immediate);
    }
    this.#asked = immediate.length;
    if (final) return;
    this.#asked = unasked;
    this.#sequences.push({ targetTransferTag: RESERVED_TAG, end: unasked, nextDataSn: 0 });
  }

  receive(header: DataOutHeader, data: Uint8Array): void {
    const sequence = this.#sequences[0];
    if (sequence === undefined || sequence.targetTransferTag !== header.targetTransferTag) {
      throw fault(`data for transfer tag ${header.targetTransferTag.toString(16)}h, which was not asked for now`);
    }
    if (header.dataSn !== sequence.nextDataSn) {
      throw fault(`DataSN ${header.dataSn} came, ${sequence.nextDataSn} was due`);
    }
    if (header.bufferOffset !== this.#received) {
      throw fault(`data for offset ${header.bufferOffset} came, ${this.#received} was due`);
    }
    if (this.#received + data.length > sequence.end) {
      throw fault(`data up to ${this.#received + data.length} came, asked for was ${sequence.end}`);
    }
    sequence.nextDataSn += 1;
    this.#append(data);
    if (!header.final) return;
    const isSolicited = sequence.targetTransferTag !== RESERVED_TAG;
    if (isSolicited && this.#received < sequence.end) {
      throw fault(`a sequence ended at ${this.#received}, asked for was ${sequence.end}`);
    }
    // Unsolicited data may end early; the rest is asked for.
    if (!isSolicited) this.#asked = this.#received;
    this.#sequences.shift();
  }

  /** What is to be asked for now; not before unsolicited data has ended, since it is not known how much that is. */
  requests(): DataRequest[] {
    const requests: DataRequest[] = [];
    if (this.#sequences[0]?.targetTransferTag === RESERVED_TAG) return requests;
    while (this.#asked < this.#expected && this.#sequences.length < this.#terms.maxOutstandingR2T) {
      const length = Math.min(this.#terms.maxBurstLength, this.#expected - this.#asked);
      const targetTransferTag = this.#takeTag();
      requests.push({
        targetTransferTag,
        r2tSn: this.#nextR2tSn++,
        bufferOffset: this.#asked,
        desiredDataTransferLength: length,
      });
      this.#asked += length;
      this.#sequences.push({ targetTransferTag, end: this.#asked, nextDataSn: 0 });
    }
    return requests;
  }

  #append(data: Uint8Array): void {
    if (data.length === 0) return;
    if (this.#data.length === 0) this.#data = new Uint8Array(this.#expected);
    this.#data.set(data, this.#received);
    this.#received += data.length;
  }
}

const EMPTY = new Uint8Array(0);

function fault(what: string): PeerFault {
  return new PeerFault('PROTOCOL', `data-out: ${what}`, RejectReason.protocolError);
}
