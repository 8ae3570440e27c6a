/** Bytes in the order of their coming, given out in pieces of any size. A piece within one read is a view, others are copied once. */
export class ByteQueue {
  readonly #chunks: Uint8Array[] = [];
  /** Bytes of the first chunk that are used up. */
  #offset = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** Undefined until there are as many. */
  take(length: number): Uint8Array | undefined {
    if (this.#length < length) return undefined;
    const first = this.#chunks[0] ?? new Uint8Array(0);
    if (first.length - this.#offset >= length) {
      const piece = first.subarray(this.#offset, this.#offset + length);
      this.#use(first, length);
      return piece;
    }
    const piece = new Uint8Array(length);
    this.moveInto(piece, 0);
    return piece;
  }

  /** Moves what there is into `target` from `at` on, as far as there is room. Returns how many bytes. */
  moveInto(target: Uint8Array, at: number): number {
    let filled = at;
    for (let chunk = this.#chunks[0]; chunk !== undefined && filled < target.length; chunk = this.#chunks[0]) {
      const part = chunk.subarray(this.#offset, this.#offset + target.length - filled);
      target.set(part, filled);
      filled += part.length;
      this.#use(chunk, part.length);
    }
    return filled - at;
  }

  #use(chunk: Uint8Array, length: number): void {
    this.#length -= length;
    this.#offset += length;
    if (this.#offset < chunk.length) return;
    this.#chunks.shift();
    this.#offset = 0;
  }
}
