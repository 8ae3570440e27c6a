import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
  writevSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { totalLength, type ByteStore } from './byte-store.js';

/** What is read ahead: a tape is read in one direction, and its markers are four bytes each. */
const WINDOW_BYTES = 256 * 1024;
/** What is read where only markers are looked at: the end of one block and the beginning of the next. */
const GLANCE_BYTES = 4096;
/** Reading ahead was worth it if at least this part of it was used. */
const WORTH_IT = 1 / 16;

/** A medium in a file, opened at the first use. The file is made when something is written to it. */
export class FileBytes implements ByteStore {
  readonly #path: string;
  #descriptor: number | undefined;
  #length: number | undefined;
  #window = new Uint8Array(0);
  /** Where the window's bytes are in the file; as many as `#windowLength` are good. */
  #windowStart = 0;
  #windowLength = 0;
  /** Bytes of the window that somebody has asked for. */
  #used = 0;
  /** Something was written that may be in the operating system's memory only. */
  #unsynchronized = false;
  /** The file was made here, and its folder may not have it on disk yet. */
  #created = false;

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
    if (wanted > WINDOW_BYTES / 2 && !this.#holds(offset, wanted))
      return this.#readFrom(offset, new Uint8Array(wanted));
    if (!this.#holds(offset, wanted)) this.#fillWindow(offset, wanted);
    const start = offset - this.#windowStart;
    this.#used += wanted;
    return this.#window.slice(start, Math.min(start + wanted, this.#windowLength));
  }

  writeAndTruncate(offset: number, ...parts: readonly Uint8Array[]): void {
    const descriptor = this.#open();
    this.#windowLength = 0;
    this.#unsynchronized = true;
    // First cut, then written: a process killed between the two leaves a shorter tape, never old bytes behind new ones.
    if (this.length > offset) ftruncateSync(descriptor, offset);
    this.#length = offset;
    if (parts.length === 0) return;
    try {
      writeAll(descriptor, parts, offset);
    } catch (error) {
      // A full disk takes the first bytes only; half a block must not stay.
      ftruncateSync(descriptor, offset);
      throw error;
    }
    this.#length = offset + totalLength(parts);
  }

  synchronize(): void {
    if (!this.#unsynchronized) return;
    fsyncSync(this.#open());
    if (this.#created) synchronizeFolder(dirname(this.#path));
    this.#created = false;
    this.#unsynchronized = false;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#length = undefined;
    this.#window = new Uint8Array(0);
    this.#windowLength = 0;
  }

  #holds(offset: number, length: number): boolean {
    return offset >= this.#windowStart && offset + length <= this.#windowStart + this.#windowLength;
  }

  /** Towards the end of the file, unless the reader comes from behind the window. */
  #fillWindow(offset: number, length: number): void {
    if (this.#window.length === 0) this.#window = new Uint8Array(WINDOW_BYTES);
    const ahead = this.#used >= this.#windowLength * WORTH_IT || length > GLANCE_BYTES;
    const size = ahead ? WINDOW_BYTES : GLANCE_BYTES;
    const backwards = this.#windowLength > 0 && offset < this.#windowStart;
    this.#windowStart = backwards ? Math.max(0, offset + length - size) : offset;
    this.#used = 0;
    // Nothing is good in the window if reading fails.
    this.#windowLength = 0;
    this.#windowLength = this.#readFrom(this.#windowStart, this.#window.subarray(0, size)).length;
  }

  #readFrom(offset: number, into: Uint8Array): Uint8Array {
    const descriptor = this.#open();
    let done = 0;
    while (done < into.length) {
      const count = readSync(descriptor, into, done, into.length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done === into.length ? into : into.subarray(0, done);
  }

  #open(): number {
    if (this.#descriptor !== undefined) return this.#descriptor;
    const exists = existsSync(this.#path);
    this.#descriptor = openSync(this.#path, exists ? 'r+' : 'w+');
    if (!exists) this.#created = true;
    return this.#descriptor;
  }
}

/** A file is found after a loss of power only if its folder is on disk as well. Windows opens no folders, and needs none. */
function synchronizeFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, parts: readonly Uint8Array[], offset: number): void {
  const total = totalLength(parts);
  let done = parts.length === 1 ? 0 : writevSync(descriptor, parts, offset);
  if (done === total) return;
  const whole = parts.length === 1 ? (parts[0] ?? new Uint8Array(0)) : Buffer.concat(parts);
  while (done < total) done += writeSync(descriptor, whole, done, total - done, offset + done);
}
