import type { Socket } from 'node:net';
import { crc32c, digestBytes } from '../../../../../devices/transport/iscsi/crc32c.js';
import { PduParser, type ReceivedPdu } from '../../../../../devices/transport/iscsi/pdu-parser.js';
import { paddingOf, setSegmentLengths } from '../../../../../devices/transport/iscsi/pdu.js';

/** Takes a PDU and says whether it dealt with it; what nobody deals with goes to the next older behaviour. */
export type Behaviour = (received: ReceivedPdu, connection: PeerConnection) => boolean;

export interface PeerConnectionOptions {
  readonly window: number;
  readonly violations: string[];
  readonly onPdu: (received: ReceivedPdu, connection: PeerConnection) => void;
  readonly onEnd: () => void;
}

/** The peer's end of one connection: serial numbers, digests, and every way to send something wrong. */
export class PeerConnection {
  readonly socket: Socket;
  readonly violations: string[];
  /** Task tags of the commands under way. */
  readonly tasks = new Map<number, AbortController>();
  /** What the initiator declared as the longest data segment that it takes. */
  initiatorMaxSegment = 8192;
  negotiated: Readonly<Record<string, string>> = {};
  statSn = 1000;
  expCmdSn = 0;
  ended = false;
  #windowSize: number;
  #highestMaxCmdSn: number | undefined;
  readonly #parser: PduParser;
  readonly #options: PeerConnectionOptions;

  constructor(socket: Socket, options: PeerConnectionOptions) {
    this.socket = socket;
    this.violations = options.violations;
    this.#options = options;
    this.#windowSize = options.window;
    this.#parser = new PduParser(0xff_ffff);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#parser.push(chunk);
      for (let received = this.#parser.next(); received !== undefined; received = this.#parser.next()) {
        options.onPdu(received, this);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.ended = true;
      for (const task of this.tasks.values()) task.abort();
      options.onEnd();
    });
  }

  /** ExpCmdSN and MaxCmdSN as they stand; tasks under way take room in the window. */
  get commandSerials(): { expCmdSn: number; maxCmdSn: number } {
    const wanted = this.expCmdSn + this.#windowSize - this.tasks.size - 1;
    this.#highestMaxCmdSn = Math.max(this.#highestMaxCmdSn ?? wanted, wanted);
    return { expCmdSn: this.expCmdSn, maxCmdSn: this.#highestMaxCmdSn >>> 0 };
  }

  /** Opens the window further, or keeps it where it is. */
  set window(size: number) {
    this.#windowSize = size;
  }

  /** All three serial numbers of a response that takes a StatSN. */
  takeSerials(): { statSn: number; expCmdSn: number; maxCmdSn: number } {
    return { statSn: this.statSn++, ...this.commandSerials };
  }

  /** The serial numbers of a PDU that takes no StatSN. */
  get serials(): { statSn: number; expCmdSn: number; maxCmdSn: number } {
    return { statSn: this.statSn, ...this.commandSerials };
  }

  useDigests(header: boolean, data: boolean): void {
    this.#parser.headerDigest = header;
    this.#parser.dataDigest = data;
  }

  /** Sends a PDU as it should be; with `damage`, a digest that does not fit. */
  send(bhs: Uint8Array, data: Uint8Array = new Uint8Array(0), damage?: 'header' | 'data'): void {
    this.sendRaw(this.encode(bhs, data, damage));
  }

  /** The bytes of a PDU, for a test that cuts or joins them. */
  encode(bhs: Uint8Array, data: Uint8Array = new Uint8Array(0), damage?: 'header' | 'data'): Uint8Array {
    setSegmentLengths(bhs, 0, data.length);
    const parts: Uint8Array[] = [bhs];
    if (this.#parser.headerDigest) parts.push(digestBytes(crc32c(bhs) ^ (damage === 'header' ? 1 : 0)));
    if (data.length > 0) {
      const padded = Buffer.concat([data, new Uint8Array(paddingOf(data.length))]);
      parts.push(padded);
      if (this.#parser.dataDigest) parts.push(digestBytes(crc32c(padded) ^ (damage === 'data' ? 1 : 0)));
    }
    return Buffer.concat(parts);
  }

  sendRaw(bytes: Uint8Array): void {
    if (!this.ended) this.socket.write(bytes);
  }

  /** Ends the connection as a crash would. */
  drop(): void {
    this.socket.destroy();
  }

  violation(text: string): void {
    this.#options.violations.push(text);
  }
}
