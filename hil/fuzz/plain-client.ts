import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { until } from './event-loop.js';

/** A connection that sends what it is told and keeps what comes, up to a bound, until it is taken. */
export class PlainClient {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]).subarray(-MOST_KEPT);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => (this.#isClosed = true));
  }

  static async connect(options: NetConnectOpts): Promise<PlainClient> {
    const socket = connect(options);
    const client = new PlainClient(socket);
    await until('a connection', () => !socket.connecting);
    return client;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get receivedBytes(): number {
    return this.#received.length;
  }

  send(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Exactly `length` bytes, as soon as they are there. */
  async take(length: number, what: string): Promise<Buffer> {
    await until(`${what}: ${length} bytes`, () => this.#received.length >= length || this.#isClosed);
    if (this.#received.length < length) throw new Error(`${what}: the connection was closed`);
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  async close(): Promise<void> {
    this.socket.destroy();
    await until('the end of a connection', () => this.#isClosed);
  }
}

/** A hostile client's answers are of no interest to anybody. */
const MOST_KEPT = 256 * 1024;

/** How a hostile client ends, chosen by its input. */
export const WaysToLeave = ['half way', 'by reset', 'staying', 'staying without reading'] as const;
export type WayToLeave = (typeof WaysToLeave)[number];

export function wayToLeave(input: Uint8Array): WayToLeave {
  return WaysToLeave[input.length % WaysToLeave.length] ?? 'half way';
}
