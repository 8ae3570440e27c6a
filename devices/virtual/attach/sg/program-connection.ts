import type { Socket } from 'node:net';

import type { CallAnswer, MemoryBlock, ProgramMemory } from './driver-call.js';
import { ProgramGoneError } from './driver-call.js';
import {
  decodeUmockdevMessage,
  encodeUmockdevMessage,
  MessageKind,
  umockdevMessageLength,
  type UmockdevMessage,
} from './umockdev-messages.js';

/**
 * The library takes a message with one recv and believes it whole. A stream socket of Linux hands out at once what was sent at
 * once up to this size; beyond it, messages and memory go in writes of their own.
 */
const sentAtOnce = 16_384;

/** One device file that a program has open: the socket between its preloaded library and us. */
export class ProgramConnection implements ProgramMemory {
  readonly #socket: Socket;
  #wake: (() => void) | undefined;
  #isGone = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    const end = (): void => {
      this.#isGone = true;
      this.#wake?.();
    };
    socket.on('error', end);
    socket.on('close', end);
    socket.on('end', end);
    socket.on('readable', () => this.#wake?.());
  }

  /** The next call; undefined when the program has closed the file or ended, also in the middle of a message. */
  async nextCall(): Promise<UmockdevMessage | undefined> {
    const bytes = await this.#take(umockdevMessageLength);
    return bytes === undefined ? undefined : decodeUmockdevMessage(bytes);
  }

  async read(blocks: readonly MemoryBlock[]): Promise<readonly Uint8Array[]> {
    const wanted = blocks.filter(({ length }) => length > 0);
    // All questions at once: the answers come in their order.
    await this.#send(
      wanted.map(({ address, length }) => encodeUmockdevMessage(MessageKind.READ_MEMORY, address, BigInt(length))),
    );
    const found: Uint8Array[] = [];
    for (const { length } of blocks) {
      const bytes = length === 0 ? new Uint8Array(0) : await this.#take(length);
      if (bytes === undefined) throw new ProgramGoneError('the program ended while its memory was read');
      found.push(bytes);
    }
    return found;
  }

  /** Lets the program go on. */
  async answer({ result, errno, writes = [] }: CallAnswer): Promise<void> {
    const parts: Uint8Array[] = [];
    for (const { address, bytes } of writes) {
      if (bytes.length === 0) continue;
      parts.push(encodeUmockdevMessage(MessageKind.WRITE_MEMORY, address, BigInt(bytes.length)), bytes);
    }
    parts.push(encodeUmockdevMessage(MessageKind.DONE, BigInt(result), BigInt(errno ?? 0)));
    await this.#send(parts);
  }

  end(): void {
    this.#socket.destroy();
  }

  async #send(parts: readonly Uint8Array[]): Promise<void> {
    const total = parts.reduce((sum, { length }) => sum + length, 0);
    const writes = total <= sentAtOnce ? [Buffer.concat(parts)] : parts;
    for (const bytes of writes) {
      if (this.#isGone) return;
      await new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve()));
    }
  }

  /** Exactly `length` bytes. What the program sends beyond is left with the kernel, so that it cannot fill our memory. */
  async #take(length: number): Promise<Buffer | undefined> {
    for (;;) {
      const bytes = this.#socket.read(length) as Buffer | null;
      if (bytes !== null) return bytes.length === length ? bytes : undefined;
      if (this.#isGone) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
  }
}
