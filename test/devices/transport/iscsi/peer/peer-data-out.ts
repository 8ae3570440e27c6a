import * as pdu from '../../../../../devices/transport/iscsi/pdu.js';
import { RESERVED_TAG } from '../../../../../devices/transport/iscsi/protocol-values.js';
import type { PeerConnection } from './peer-connection.js';

type Command = ReturnType<typeof pdu.scsiCommand.decode>;
type DataOut = ReturnType<typeof pdu.dataOut.decode>;

/** Collects the data of one write, asks for what did not come unasked, and watches that the initiator keeps the rules. */
export class OutgoingDataCollector {
  readonly #command: Command;
  readonly #connection: PeerConnection;
  readonly #complete: (data: Uint8Array) => void;
  readonly #data: Uint8Array;
  #received = 0;
  #dueDataSn = 0;
  #burstEnd = 0;
  #r2tSn = 0;
  #tag: number = RESERVED_TAG;

  constructor(command: Command, connection: PeerConnection, complete: (data: Uint8Array) => void) {
    this.#command = command;
    this.#connection = connection;
    this.#complete = complete;
    this.#data = new Uint8Array(command.expectedDataTransferLength);
  }

  immediate(data: Uint8Array): void {
    if (data.length > 0 && this.#agreed('ImmediateData') !== 'Yes') this.#violation('immediate data is not allowed');
    this.#limit('immediate data', data.length, this.#number('FirstBurstLength', 65536));
    this.#take(data);
    if (this.#command.final) {
      this.#next();
      return;
    }
    if (this.#agreed('InitialR2T') !== 'No') this.#violation('unsolicited data although InitialR2T=Yes');
    this.#burstEnd = Math.min(this.#data.length, this.#number('FirstBurstLength', 65536));
  }

  receive(header: DataOut, data: Uint8Array): void {
    if (header.targetTransferTag !== this.#tag) this.#violation(`transfer tag ${header.targetTransferTag} is not due`);
    if (header.dataSn !== this.#dueDataSn++) this.#violation(`DataSN ${header.dataSn} is not due`);
    if (header.bufferOffset !== this.#received) this.#violation(`offset ${header.bufferOffset} is not due`);
    this.#take(data);
    if (this.#received > this.#burstEnd) this.#violation('more data than the burst has');
    if (header.final !== (this.#received === this.#burstEnd)) this.#violation('the final bit is wrong');
    if (header.final) this.#next();
  }

  #next(): void {
    if (this.#received === this.#data.length) {
      this.#complete(this.#data);
      return;
    }
    const length = Math.min(this.#data.length - this.#received, this.#number('MaxBurstLength', 262144));
    this.#burstEnd = this.#received + length;
    this.#dueDataSn = 0;
    this.#tag = 0x5000 + this.#r2tSn;
    this.#connection.send(
      pdu.readyToTransfer.encode({
        lun: this.#command.lun,
        initiatorTaskTag: this.#command.initiatorTaskTag,
        targetTransferTag: this.#tag,
        ...this.#connection.serials,
        r2tSn: this.#r2tSn++,
        bufferOffset: this.#received,
        desiredDataTransferLength: length,
      }),
    );
  }

  #take(data: Uint8Array): void {
    this.#limit('a data segment', data.length, this.#number('MaxRecvDataSegmentLength', 8192));
    if (this.#received + data.length > this.#data.length) this.#violation('more data than the command announced');
    else this.#data.set(data, this.#received);
    this.#received += data.length;
  }

  #limit(what: string, length: number, limit: number): void {
    if (length > limit) this.#violation(`${what} of ${length} bytes, the limit is ${limit}`);
  }

  #agreed(key: string): string | undefined {
    return this.#connection.negotiated[key];
  }

  #number(key: string, otherwise: number): number {
    return Number(this.#agreed(key) ?? otherwise);
  }

  #violation(text: string): void {
    this.#connection.violation(`task ${this.#command.initiatorTaskTag}: ${text}`);
  }
}
