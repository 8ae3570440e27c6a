import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';

const newline = 0x0a;
const colon = 0x3a;

/**
 * Stands before a line parser that collects without limit. A line longer than `longest` bytes, its newline included, is
 * cut there; what follows is dropped up to the next newline or the `:` that begins a line, so that noise without any
 * newline costs no memory.
 */
export class BoundedLines extends Transform {
  readonly #longest: number;
  #length = 0;
  #dropping = false;
  #droppedBytes = 0;

  constructor(options: { longest: number }) {
    super();
    this.#longest = options.longest;
  }

  /** How many bytes were thrown away since the start. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    const kept = Buffer.alloc(2 * chunk.length);
    let length = 0;
    for (const byte of chunk) {
      if (this.#dropping && byte === colon) {
        kept[length++] = newline;
        this.#startLine();
      }
      if (byte === newline) {
        this.#startLine();
      } else if (this.#dropping || this.#length === this.#longest - 1) {
        this.#dropping = true;
        this.#droppedBytes++;
        continue;
      } else {
        this.#length++;
      }
      kept[length++] = byte;
    }
    callback(null, kept.subarray(0, length));
  }

  #startLine(): void {
    this.#dropping = false;
    this.#length = 0;
  }
}
