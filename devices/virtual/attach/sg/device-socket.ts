import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';

import type { CallAnswer, DriverFile } from './driver-call.js';
import { ProgramGoneError, refused } from './driver-call.js';
import { Errno } from './errno.js';
import { ProgramConnection } from './program-connection.js';
import { MessageKind, type UmockdevMessage } from './umockdev-messages.js';

/** Files that programs may have open on one device at once. */
const mostOpenFiles = 128;

export interface DeviceSocketOptions {
  readonly path: string;
  /** Makes the driver's side of a file that was opened. */
  readonly open: () => DriverFile;
  /** A call failed for a reason of ours; the program is told EIO, the others go on. */
  readonly onError: (cause: Error) => void;
}

/** The unix socket where the preloaded library of each program that opens a device file reports its calls. */
export class DeviceSocket {
  readonly #server: Server;
  readonly #sessions = new Set<Session>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Rejects with the system's error when the socket cannot be made. */
  static async listen(options: DeviceSocketOptions): Promise<DeviceSocket> {
    const server = createServer();
    const device = new DeviceSocket(server);
    server.maxConnections = mostOpenFiles;
    server.on('connection', (socket) => device.#serve(socket, options));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.path, () => {
        server.off('error', reject);
        server.on('error', options.onError);
        resolve();
      });
    });
    // Whatever the umask: who can connect can move the cartridges.
    await chmod(options.path, 0o600);
    return device;
  }

  /** Takes no more programs, and the device from those that are in no call; they have closed it when this resolves. */
  async closeIdle(): Promise<void> {
    this.#server.close();
    const idle = [...this.#sessions].filter(({ isInCall }) => !isInCall);
    for (const { connection } of idle) connection.end();
    await Promise.all(idle.map(({ ended }) => ended));
  }

  /** Programs that have the device open lose it. Never rejects. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { connection } of this.#sessions) connection.end();
    await Promise.all([...this.#sessions].map(({ ended }) => ended));
    await closed;
  }

  #serve(socket: Socket, { open, onError }: DeviceSocketOptions): void {
    const session = new Session(new ProgramConnection(socket), open(), onError);
    this.#sessions.add(session);
    void session.ended.then(() => this.#sessions.delete(session));
  }
}

/** One program with the device open. */
class Session {
  readonly connection: ProgramConnection;
  /** Resolves when the file is closed. */
  readonly ended: Promise<void>;
  #isInCall = false;

  constructor(connection: ProgramConnection, file: DriverFile, onError: (cause: Error) => void) {
    this.connection = connection;
    this.ended = this.#serve(file, onError)
      .catch((cause: unknown) => {
        if (!(cause instanceof ProgramGoneError)) onError(asError(cause));
      })
      .then(() => file.close())
      .catch((cause: unknown) => onError(asError(cause)))
      .finally(() => connection.end());
  }

  get isInCall(): boolean {
    return this.#isInCall;
  }

  async #serve(file: DriverFile, onError: (cause: Error) => void): Promise<void> {
    for (;;) {
      const call = await this.connection.nextCall();
      if (call === undefined) return;
      this.#isInCall = true;
      const answer = await perform(call, file, this.connection, onError);
      this.#isInCall = false;
      // Another kind of message is no library of umockdev's.
      if (answer === undefined) return;
      await this.connection.answer(answer);
    }
  }
}

async function perform(
  call: UmockdevMessage,
  file: DriverFile,
  connection: ProgramConnection,
  onError: (cause: Error) => void,
): Promise<CallAnswer | undefined> {
  try {
    switch (call.kind) {
      case MessageKind.IOCTL:
        return await file.control(Number(call.first & 0xffff_ffffn), call.second, connection);
      case MessageKind.READ:
        return await file.read(call.first, call.second);
      case MessageKind.WRITE:
        return await file.write(call.first, call.second, connection);
      default:
        return undefined;
    }
  } catch (cause) {
    if (cause instanceof ProgramGoneError) throw cause;
    onError(asError(cause));
    // The library takes a lost connection for a reason to abort the program; an error number it can tell of.
    return refused(Errno.EIO);
  }
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
