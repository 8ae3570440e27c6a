import { createServer, type AddressInfo, type Server } from 'node:net';
import type { ReceivedPdu } from '../../../../../devices/transport/iscsi/pdu-parser.js';
import type { ScsiTarget } from '../../../../../devices/transport/scsi-target.js';
import { PeerConnection, type Behaviour } from './peer-connection.js';
import { serveCommands } from './peer-commands.js';
import { servePlainLogin, type PeerLoginOptions } from './peer-login.js';

export interface PeerOptions extends PeerLoginOptions {
  readonly target?: ScsiTarget;
  /** Commands that the peer takes at once. Default 64. */
  readonly window?: number;
}

/**
 * An iSCSI target in this process that behaves well until it is told otherwise: behaviours are stacked, the newest is
 * asked first. It writes down every rule that the initiator breaks.
 */
export class ScriptedPeer {
  readonly options: PeerOptions;
  readonly connections: PeerConnection[] = [];
  /** All PDUs that came, on all connections, in order. */
  readonly received: ReceivedPdu[] = [];
  /** Rules that the initiator broke. */
  readonly violations: string[] = [];
  readonly #server: Server;
  readonly #behaviours: Behaviour[] = [];
  #watchers: { met: () => boolean; resolve: () => void }[] = [];

  private constructor(options: PeerOptions) {
    this.options = options;
    this.behave(servePlainLogin(options));
    this.behave(serveCommands(options.target));
    this.#server = createServer((socket) => {
      const connection = new PeerConnection(socket, {
        window: options.window ?? 64,
        violations: this.violations,
        onPdu: (received, from) => this.#receive(received, from),
        onEnd: () => this.#check(),
      });
      this.connections.push(connection);
      this.#check();
    });
  }

  static listen(options: PeerOptions = {}): Promise<ScriptedPeer> {
    const peer = new ScriptedPeer(options);
    return new Promise((resolve) => peer.#server.listen(0, '127.0.0.1', () => resolve(peer)));
  }

  get portal(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The newest connection. Throws when there was none yet. */
  get connection(): PeerConnection {
    const newest = this.connections.at(-1);
    if (newest === undefined) throw new Error('nobody has connected to the peer');
    return newest;
  }

  /** Puts a behaviour on top. */
  behave(behaviour: Behaviour): void {
    this.#behaviours.unshift(behaviour);
  }

  /** Puts a behaviour for one opcode on top; it deals with every such PDU, or only with the first `times`. */
  on(opcode: number, act: (received: ReceivedPdu, connection: PeerConnection) => void, times = Infinity): void {
    let left = times;
    this.behave((received, connection) => {
      if (received.opcode !== opcode || left <= 0) return false;
      left -= 1;
      act(received, connection);
      return true;
    });
  }

  /** The PDUs with this opcode so far. */
  of(opcode: number): ReceivedPdu[] {
    return this.received.filter((received) => received.opcode === opcode);
  }

  /** Resolves when `count` PDUs with this opcode have come. */
  async arrived(opcode: number, count = 1): Promise<ReceivedPdu> {
    await this.until(() => this.of(opcode).length >= count);
    const last = this.of(opcode)[count - 1];
    if (last === undefined) throw new Error('it arrived and is gone');
    return last;
  }

  /** Resolves when `met` holds; asked after every PDU and every end of a connection. */
  until(met: () => boolean): Promise<void> {
    if (met()) return Promise.resolve();
    return new Promise((resolve) => this.#watchers.push({ met, resolve }));
  }

  close(): Promise<void> {
    for (const connection of this.connections) connection.drop();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #receive(received: ReceivedPdu, connection: PeerConnection): void {
    // The bytes may be a view of a buffer that is read into again.
    this.received.push({ ...received, bhs: received.bhs.slice(), data: received.data.slice() });
    if (!this.#behaviours.some((behaviour) => behaviour(received, connection))) {
      this.violations.push(`nobody deals with opcode ${received.opcode.toString(16)}h`);
    }
    this.#check();
  }

  #check(): void {
    const met = this.#watchers.filter((watcher) => watcher.met());
    this.#watchers = this.#watchers.filter((watcher) => !met.includes(watcher));
    for (const watcher of met) watcher.resolve();
  }
}
