import type { CompletedCommand, ScsiCommand, TransportResult } from '../scsi-transport.js';
import { ScsiStatus } from '../../scsi/status.js';
import { protocolError } from './iscsi-error.js';
import type { SessionParameters } from './negotiation.js';
import * as pdu from './pdu.js';
import { RESERVED_TAG, TaskAttribute } from './protocol-values.js';

/** Puts one PDU on the connection. */
export type SendPdu = (bhs: Uint8Array, data?: Uint8Array, ahs?: Uint8Array) => void;

type DataIn = ReturnType<typeof pdu.dataIn.decode>;
type ReadyToTransfer = ReturnType<typeof pdu.readyToTransfer.decode>;
type ScsiResponse = ReturnType<typeof pdu.scsiResponse.decode>;

const EMPTY = new Uint8Array(0);
const TARGET_FAILURE = 1;
/** A result smaller than this is copied out of the read buffer, which would otherwise stay in memory as long as it. */
const VIEW_BYTES = 16 * 1024;

/**
 * One SCSI command as this session carries it: its command PDU, its data in either direction, its end. Methods throw
 * `ISCSI_PROTOCOL` when the target breaks the rules of a sequence; the connection is then given up.
 */
export class ScsiTask {
  readonly command: ScsiCommand;
  readonly initiatorTaskTag: number;
  readonly lun: Uint8Array;
  /** Set when the command was sent. */
  cmdSn: number | undefined;
  readonly #parameters: SessionParameters;
  readonly #dataOut: Uint8Array;
  readonly #dataInLength: number;
  readonly #received: Uint8Array[] = [];
  #receivedBytes = 0;
  #nextDataSn = 0;
  #nextR2tSn = 0;

  constructor(command: ScsiCommand, initiatorTaskTag: number, lun: Uint8Array, parameters: SessionParameters) {
    this.command = command;
    this.initiatorTaskTag = initiatorTaskTag;
    this.lun = lun;
    this.#parameters = parameters;
    this.#dataOut = command.dataOut ?? EMPTY;
    this.#dataInLength = command.dataInLength ?? 0;
  }

  /** Sends the command PDU with as much data as may go unasked (RFC 7143 11.3). */
  begin(send: SendPdu, cmdSn: number, expStatSn: number): void {
    const { parameters, length } = { parameters: this.#parameters, length: this.#dataOut.length };
    const firstBurst = Math.min(length, parameters.firstBurstLength);
    const immediate = parameters.immediateData ? Math.min(firstBurst, parameters.targetMaxRecvDataSegmentLength) : 0;
    const unsolicited = parameters.initialR2T ? immediate : firstBurst;
    this.cmdSn = cmdSn;
    send(
      pdu.scsiCommand.encode({
        final: unsolicited === immediate,
        read: this.#dataInLength > 0,
        write: length > 0,
        attribute: TaskAttribute.simple,
        lun: this.lun,
        initiatorTaskTag: this.initiatorTaskTag,
        expectedDataTransferLength: length > 0 ? length : this.#dataInLength,
        cmdSn,
        expStatSn,
        cdb: this.command.cdb.subarray(0, 16),
      }),
      this.#dataOut.subarray(0, immediate),
      pdu.extendedCdbSegment(this.command.cdb),
    );
    if (unsolicited > immediate) this.#sendData(send, immediate, unsolicited, RESERVED_TAG, expStatSn);
  }

  /** Answers a Ready To Transfer with the data it asks for. */
  transfer(send: SendPdu, r2t: ReadyToTransfer, expStatSn: number): void {
    const end = r2t.bufferOffset + r2t.desiredDataTransferLength;
    if (r2t.r2tSn !== this.#nextR2tSn) throw protocolError(`R2TSN ${r2t.r2tSn} came, ${this.#nextR2tSn} was due`);
    if (r2t.desiredDataTransferLength === 0 || end > this.#dataOut.length) {
      throw protocolError(`an R2T asks for bytes ${r2t.bufferOffset} to ${end} of ${this.#dataOut.length}`);
    }
    if (r2t.desiredDataTransferLength > this.#parameters.maxBurstLength) {
      throw protocolError(
        `an R2T asks for ${r2t.desiredDataTransferLength} bytes, MaxBurstLength is ${this.#parameters.maxBurstLength}`,
      );
    }
    this.#nextR2tSn += 1;
    this.#sendData(send, r2t.bufferOffset, end, r2t.targetTransferTag, expStatSn);
  }

  /** Takes one Data-In; with a status in it, gives the result. */
  receive(header: DataIn, data: Uint8Array): TransportResult | undefined {
    if (header.dataSn !== this.#nextDataSn) {
      throw protocolError(`DataSN ${header.dataSn} came, ${this.#nextDataSn} was due: data is missing`);
    }
    if (header.bufferOffset !== this.#receivedBytes) {
      throw protocolError(`data for offset ${header.bufferOffset} came, ${this.#receivedBytes} was due`);
    }
    if (this.#receivedBytes + data.length > this.#dataInLength) {
      throw protocolError(`${this.#receivedBytes + data.length} data bytes came, ${this.#dataInLength} were asked for`);
    }
    this.#nextDataSn += 1;
    this.#receivedBytes += data.length;
    if (data.length > 0) this.#received.push(data);
    if (!header.hasStatus) return undefined;
    if (!header.final) throw protocolError('a Data-In with status is not marked as the last');
    return this.#complete(header.status, header, EMPTY);
  }

  /** Takes the SCSI Response. */
  respond(header: ScsiResponse, data: Uint8Array): TransportResult {
    if (header.response !== 0) {
      const what = header.response === TARGET_FAILURE ? 'target failure' : `response code ${header.response}`;
      return failed(`the target could not deliver the command to its logical unit (${what}); read the device's state`);
    }
    // tgt 1.0.85 leaves ExpDataSN zero; a number that is too high still means that data got lost.
    if (header.expDataSn > Math.max(this.#nextDataSn, this.#nextR2tSn)) {
      return failed(`ExpDataSN is ${header.expDataSn}, ${this.#nextDataSn} data PDUs came: data is missing`);
    }
    const sense = senseOf(data);
    if (sense === undefined) return failed('the sense data is shorter than its own length field says');
    return this.#complete(header.status, header, sense);
  }

  #complete(
    status: number,
    residual: { underflow: boolean; residualCount: number },
    sense: Uint8Array,
  ): TransportResult {
    // With a status other than GOOD the residual describes no whole transfer, and targets leave it as it was.
    const expected = this.#dataInLength - residual.residualCount;
    if (
      status === ScsiStatus.GOOD &&
      this.#dataInLength > 0 &&
      residual.underflow &&
      expected !== this.#receivedBytes
    ) {
      return failed(
        `the residual count ${residual.residualCount} means ${expected} of ${this.#dataInLength} data bytes, ` +
          `${this.#receivedBytes} came`,
      );
    }
    const completed: CompletedCommand = { kind: 'completed', status, dataIn: this.#dataIn(), sense };
    return completed;
  }

  #dataIn(): Uint8Array {
    const [only] = this.#received;
    if (only === undefined) return EMPTY;
    if (this.#received.length === 1 && only.length >= VIEW_BYTES) {
      return new Uint8Array(only.buffer, only.byteOffset, only.length);
    }
    const whole = new Uint8Array(this.#receivedBytes);
    let at = 0;
    for (const part of this.#received) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #sendData(send: SendPdu, from: number, end: number, targetTransferTag: number, expStatSn: number): void {
    const longest = this.#parameters.targetMaxRecvDataSegmentLength;
    for (let offset = from, dataSn = 0; offset < end; dataSn++) {
      const next = Math.min(offset + longest, end);
      send(
        pdu.dataOut.encode({
          final: next === end,
          lun: this.lun,
          initiatorTaskTag: this.initiatorTaskTag,
          targetTransferTag,
          expStatSn,
          dataSn,
          bufferOffset: offset,
        }),
        this.#dataOut.subarray(offset, next),
      );
      offset = next;
    }
  }
}

/** Sense data without its two-byte length header (RFC 7143 11.4.7); undefined when the two contradict each other. */
function senseOf(data: Uint8Array): Uint8Array | undefined {
  if (data.length === 0) return EMPTY;
  const length = (data[0] ?? 0) * 256 + (data[1] ?? 0);
  if (data.length < 2 || data.length < 2 + length) return undefined;
  return new Uint8Array(data.subarray(2, 2 + length));
}

function failed(message: string): TransportResult {
  return { kind: 'failed', failure: { code: 'protocol', executed: 'unknown', message: `iSCSI: ${message}` } };
}
