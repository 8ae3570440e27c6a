import type { InspectedConnection } from './inspect-session.js';
import type { OperationalParameters } from './operational-keys.js';
import type { ReceivedPdu } from '../../../transport/iscsi/pdu-parser.js';

/** StatSN, ExpCmdSN and MaxCmdSN of one PDU. */
export interface ResponseSerials {
  readonly statSn: number;
  readonly expCmdSn: number;
  readonly maxCmdSn: number;
}

/** What a session and its tasks need of a connection. */
export interface SessionConnection {
  /** `host:port` of the initiator. */
  readonly remote: string;
  readonly connectionId: number;
  readonly parameters: OperationalParameters;
  /** Serial numbers for a PDU with a status, whose StatSN is used up. */
  takeSerials(): ResponseSerials;
  /** Serial numbers for a PDU without one. */
  serials(): ResponseSerials;
  /** Queues one PDU; `data` must not change until it is on the wire. */
  send(bhs: Uint8Array, data?: Uint8Array): void;
  /** Whether the initiator reads fast enough for a command that may answer with so many bytes. */
  mayBegin(bytes: number): boolean;
  /** A command that may answer with so many bytes has begun; negative: it has ended. */
  expectOutput(bytes: number): void;
  /** Rejects one PDU without ending the connection (RFC 7143 11.17). */
  reject(reason: number, bhs: Uint8Array): void;
  answerNop(received: ReceivedPdu): void;
  answerText(received: ReceivedPdu): void;
  /** Ends the connection because of a request of its initiator, of which `bhs` is the header; it is told why. */
  fail(error: unknown, bhs: Uint8Array): void;
  /** Ends the connection once what was sent is on its way; nobody is told. */
  leaveQuietly(): void;
  /** Ends the connection at once; nobody is told. */
  drop(): void;
  inspect(): InspectedConnection;
}
