import { totalLength, type ByteStore } from './byte-store.js';

const CHUNK_BYTES = 1024 * 1024;
const SMALLEST_CHUNK_BYTES = 4096;

/** A medium which lives as long as the process, in pieces: it grows without being copied, and a label takes one page. */
export class MemoryBytes implements ByteStore {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.#length - offset)));
    for (let done = 0; done < bytes.length;) {
      const [index, start] = placeOf(offset + done);
      const piece = this.#chunks[index]?.subarray(start, start + bytes.length - done) ?? new Uint8Array(0);
      bytes.set(piece, done);
      done += piece.length;
    }
    return bytes;
  }

  writeAndTruncate(offset: number, ...parts: readonly Uint8Array[]): void {
    const end = offset + totalLength(parts);
    let at = offset;
    for (const part of parts) {
      for (let done = 0; done < part.length;) {
        const [index, start] = placeOf(at);
        const count = Math.min(part.length - done, CHUNK_BYTES - start);
        this.#chunkFor(index, start + count).set(part.subarray(done, done + count), start);
        done += count;
        at += count;
      }
    }
    this.#chunks.length = Math.ceil(end / CHUNK_BYTES);
    this.#length = end;
  }

  synchronize(): void {
    // Memory lives as long as the process, whatever is done about it.
  }

  close(): void {
    // Memory needs no closing; the medium can be opened again.
  }

  /** The chunk, large enough for `needed` bytes. */
  #chunkFor(index: number, needed: number): Uint8Array {
    const chunk = this.#chunks[index];
    if (chunk !== undefined && chunk.length >= needed) return chunk;
    const larger = new Uint8Array(
      Math.min(CHUNK_BYTES, Math.max(needed, SMALLEST_CHUNK_BYTES, 2 * (chunk?.length ?? 0))),
    );
    if (chunk !== undefined) larger.set(chunk);
    this.#chunks[index] = larger;
    return larger;
  }
}

function placeOf(offset: number): readonly [index: number, start: number] {
  return [Math.floor(offset / CHUNK_BYTES), offset % CHUNK_BYTES];
}
