import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

/** The bytes of one medium, in memory or in a file. All calls are synchronous: an image is local and small. */
export interface ByteStore {
  readonly length: number;
  /** Exactly `length` bytes, or fewer at the end. */
  read(offset: number, length: number): Uint8Array;
  /** Writes at `offset`, which is at most the present length, and cuts off what lay behind the written bytes. */
  writeAndTruncate(offset: number, bytes: Uint8Array): void;
  close(): void;
}

/** A medium which lives as long as the process. */
export class MemoryBytes implements ByteStore {
  #bytes = new Uint8Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  read(offset: number, length: number): Uint8Array {
    return this.#bytes.slice(offset, Math.min(offset + length, this.#length));
  }

  writeAndTruncate(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2, 4096));
      larger.set(this.#bytes.subarray(0, offset));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, offset);
    this.#length = end;
  }

  close(): void {
    // Memory needs no closing; the medium can be opened again.
  }
}

/** A medium in a file, opened at the first use. The file is made when something is written to it. */
export class FileBytes implements ByteStore {
  readonly #path: string;
  #descriptor: number | undefined;
  #length: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  get length(): number {
    if (this.#length === undefined) {
      if (this.#descriptor === undefined && !existsSync(this.#path)) return 0;
      this.#length = fstatSync(this.#open()).size;
    }
    return this.#length;
  }

  read(offset: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, this.length - offset));
    if (wanted === 0) return new Uint8Array(0);
    const bytes = new Uint8Array(wanted);
    let done = 0;
    while (done < wanted) {
      const count = readSync(this.#open(), bytes, done, wanted - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done === wanted ? bytes : bytes.subarray(0, done);
  }

  writeAndTruncate(offset: number, bytes: Uint8Array): void {
    const descriptor = this.#open();
    const end = offset + bytes.length;
    // First cut, then written: a process killed between the two leaves a shorter tape, never old bytes behind new ones.
    if (this.length > offset) ftruncateSync(descriptor, offset);
    this.#length = offset;
    try {
      let done = 0;
      while (done < bytes.length) done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
    } catch (error) {
      // A full disk takes the first bytes only; half a block must not stay.
      ftruncateSync(descriptor, offset);
      throw error;
    }
    this.#length = end;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#length = undefined;
  }

  #open(): number {
    this.#descriptor ??= openSync(this.#path, existsSync(this.#path) ? 'r+' : 'w+');
    return this.#descriptor;
  }
}
