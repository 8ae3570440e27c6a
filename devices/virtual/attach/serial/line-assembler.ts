const newline = 0x0a;
const colon = 0x3a;

/**
 * Puts lines together from bytes, as a device with one line buffer does: a `:` begins the line anew, a newline ends it,
 * and what is longer than the buffer is dropped.
 */
export class LineAssembler {
  readonly #buffer: Buffer;
  readonly #onLine: (line: string) => void;
  #length = 0;
  #overflowed = false;

  /** `longest` counts the newline, which is not kept. */
  constructor(options: { longest: number; onLine: (line: string) => void }) {
    this.#buffer = Buffer.alloc(options.longest - 1);
    this.#onLine = options.onLine;
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === colon) {
        this.#length = 0;
        this.#overflowed = false;
      }
      if (byte === newline) {
        const line = this.#buffer.toString('latin1', 0, this.#length);
        const isWhole = !this.#overflowed && this.#length > 0;
        this.#length = 0;
        this.#overflowed = false;
        if (isWhole) this.#onLine(line);
      } else if (this.#length < this.#buffer.length) {
        this.#buffer[this.#length++] = byte;
      } else {
        this.#overflowed = true;
      }
    }
  }
}
