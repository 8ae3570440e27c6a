import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { BenchError } from './bench-error.js';

/** Far more than any answer of a guest or of QEMU; a peer that sends more in one line is cut off. */
const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * Lines of text to and from one peer that connects to us: at a path of the file system, or at a free port of the loopback
 * address. Whoever listens first loses nothing, however long the peer takes to come up.
 */
export class LineChannel {
  readonly #server: Server;
  readonly #connected: Promise<Socket>;
  #onLine: (line: string) => void = () => undefined;
  #onEnd: () => void = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
    this.#connected = new Promise((resolve) => {
      server.once('connection', (socket) => {
        socket.setNoDelay(true);
        this.#read(socket);
        resolve(socket);
      });
    });
  }

  static async at(path: string): Promise<LineChannel> {
    const server = createServer().listen(path);
    await once(server, 'listening');
    return new LineChannel(server);
  }

  /** At a free TCP port, see {@link port}. */
  static async onLoopback(): Promise<LineChannel> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new LineChannel(server);
  }

  get port(): number {
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') return address.port;
    throw new BenchError('PREPARATION_FAILED', 'This channel has a path, not a port');
  }

  /** Each line without its end; one listener. */
  onLine(listener: (line: string) => void): void {
    this.#onLine = listener;
  }

  /** The peer went away, or {@link close} was called. */
  onEnd(listener: () => void): void {
    this.#onEnd = listener;
  }

  /** Sent when the peer has come, and lost when it has gone: {@link onEnd} tells. */
  send(line: string): void {
    void this.#connected.then((socket) => {
      if (!socket.destroyed) socket.write(`${line}\n`);
    });
  }

  /** Resolves when the peer has connected. */
  async connected(): Promise<void> {
    await this.#connected;
  }

  close(): void {
    this.#server.close();
    void this.#connected.then((socket) => socket.destroy());
  }

  #read(socket: Socket): void {
    const pieces: string[] = [];
    let held = 0;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = text.split('\n');
      const rest = lines.pop() ?? '';
      for (const line of lines) {
        pieces.push(line);
        this.#onLine(pieces.join(''));
        pieces.length = 0;
        held = 0;
      }
      pieces.push(rest);
      held += rest.length;
      if (held > LONGEST_LINE) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#onEnd());
  }
}
