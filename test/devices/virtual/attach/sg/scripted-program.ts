import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** Addresses begin here, so that a null pointer and a small number are none of them. */
const memoryAt = 0x7f00_0000_0000n;

export const at = (offset: number): bigint => memoryAt + BigInt(offset);

/** What a program's call returned. */
export interface Returned {
  readonly result: number;
  readonly errno: number;
}

/** A program with umockdev's library in it, on the wire: a piece of memory and a socket for one open file. */
export class ScriptedProgram {
  readonly memory: Buffer;
  readonly socket: Socket;
  /** What was asked of the memory: `read` or `write`, offset and length. */
  readonly accesses: { kind: 'read' | 'write'; at: number; length: number }[] = [];
  #received = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #isGone = false;

  private constructor(socket: Socket, memoryBytes: number) {
    this.socket = socket;
    this.memory = Buffer.alloc(memoryBytes);
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isGone = true;
      this.#wake();
    });
  }

  /** `open(2)` of the device whose socket this is. */
  static async open(path: string, memoryBytes = 65_536): Promise<ScriptedProgram> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new ScriptedProgram(socket, memoryBytes);
  }

  /** Begins a call without waiting for it. */
  begin(kind: bigint, first: bigint, second: bigint): void {
    this.socket.write(message(kind, first, second));
  }

  ioctl(request: number, argument: bigint): Promise<Returned> {
    this.begin(1n, BigInt(request), argument);
    return this.#untilDone();
  }

  read(offset: number, length: number): Promise<Returned> {
    this.begin(7n, at(offset), BigInt(length));
    return this.#untilDone();
  }

  write(offset: number, length: number): Promise<Returned> {
    this.begin(8n, at(offset), BigInt(length));
    return this.#untilDone();
  }

  async close(): Promise<void> {
    if (this.#isGone) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }

  /** Resolves when the other side has closed the file. */
  async ended(): Promise<void> {
    while (!this.#isGone) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async #untilDone(): Promise<Returned> {
    for (;;) {
      const bytes = await this.#take(24);
      const [kind, first, second] = [0, 8, 16].map((byte) => bytes.readBigUInt64LE(byte));
      const offset = Number((first ?? 0n) - memoryAt);
      const length = Number(second);
      if (kind === 3n) return { result: Number(BigInt.asIntN(64, first ?? 0n)), errno: length };
      if (kind !== 5n && kind !== 6n) throw new Error(`a program does not understand message ${kind}`);
      if (offset < 0 || offset + length > this.memory.length)
        throw new Error(`the program has no memory at ${first}, ${length}`);
      this.accesses.push({ kind: kind === 5n ? 'read' : 'write', at: offset, length });
      if (kind === 5n) this.socket.write(this.memory.subarray(offset, offset + length));
      else (await this.#take(length)).copy(this.memory, offset);
    }
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#received.length < length) {
      if (this.#isGone) throw new Error('the other side closed the file');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return bytes;
  }
}

export function message(kind: bigint, first: bigint, second: bigint): Buffer {
  const bytes = Buffer.alloc(24);
  [kind, first, second].forEach((value, index) => bytes.writeBigUInt64LE(BigInt.asUintN(64, value), 8 * index));
  return bytes;
}
