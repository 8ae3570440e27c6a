/** Takes an input apart into the choices that a session target makes. Past the end all is zero, so that any bytes will do. */
export class InputReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  /** As many bytes as there are, at most `length`. */
  bytes(length: number): Uint8Array {
    const piece = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return piece;
  }

  rest(): Uint8Array {
    return this.bytes(Math.max(0, this.#bytes.length - this.#at));
  }
}

/** Puts an input together from numbers and bytes. */
export function inputOf(...parts: readonly (number | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])));
}
