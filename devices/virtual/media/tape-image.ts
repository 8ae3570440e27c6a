import type { ByteStore } from './byte-store.js';

/**
 * A tape as a SIMH magnetic tape image (.tap). Each object on the tape is a 32-bit little-endian marker: 0 is a tape
 * mark (filemark), FFFFFFFFh ends the medium, FFFFFFFEh is an erase gap; anything else is a record, its length in the
 * low 28 bits, then the data padded to an even count, then the marker again. The highest four bits are 0 for good data
 * and 8 for data that were read with an error.
 */
const FILEMARK = 0x0000_0000;
const END_OF_MEDIUM = 0xffff_ffff;
const ERASE_GAP = 0xffff_fffe;
const MARKER_BYTES = 4;

export type TapeObject =
  | { readonly kind: 'block'; readonly length: number; readonly damaged: boolean; readonly dataOffset: number }
  | { readonly kind: 'filemark' }
  | { readonly kind: 'end-of-data' };

/** The image is not a SIMH tape image, or is damaged. */
export class TapeImageError extends Error {
  override readonly name = 'TapeImageError';
  readonly code = 'TAPE_IMAGE_DAMAGED';
  readonly offset: number;

  constructor(what: string, offset: number) {
    super(`Not a sound SIMH tape image: ${what} at byte ${offset}. Restore the image, or write the tape anew.`);
    this.offset = offset;
  }
}

/** One tape with its position. Positions count logical objects: blocks and filemarks alike, from 0 (SSC-3). */
export class TapeImage {
  readonly #bytes: ByteStore;
  /** Size in bytes at which the tape is full, markers included. */
  readonly capacityBytes: number;
  #offset = 0;
  #objectNumber = 0;

  constructor(bytes: ByteStore, options: { capacityBytes: number }) {
    this.#bytes = bytes;
    this.capacityBytes = options.capacityBytes;
  }

  get objectNumber(): number {
    return this.#objectNumber;
  }

  get atBeginning(): boolean {
    return this.#offset === 0;
  }

  /** Where the head is, from 0 at the beginning to 1 at the end of the capacity. */
  get fraction(): number {
    return Math.min(1, this.#offset / this.capacityBytes);
  }

  /** Bytes that a block may still have at this position; negative when the tape is past its capacity. */
  get remainingBytes(): number {
    return this.capacityBytes - this.#offset - 2 * MARKER_BYTES;
  }

  /** How many filemarks fit behind this position. */
  get remainingFilemarks(): number {
    return Math.max(0, Math.floor((this.capacityBytes - this.#offset) / MARKER_BYTES));
  }

  rewind(): void {
    this.#offset = 0;
    this.#objectNumber = 0;
  }

  /** What comes next, without moving. Throws {@link TapeImageError}. */
  peekNext(): TapeObject {
    this.#skipGaps();
    const marker = this.#marker(this.#offset);
    if (marker === undefined || marker === END_OF_MEDIUM) return { kind: 'end-of-data' };
    if (marker === FILEMARK) return { kind: 'filemark' };
    return this.#record(marker, this.#offset);
  }

  /** Moves over what comes next; at the end of data it stays. */
  skipNext(): TapeObject {
    const next = this.peekNext();
    if (next.kind === 'end-of-data') return next;
    this.#offset += next.kind === 'filemark' ? MARKER_BYTES : recordBytes(next.length);
    this.#objectNumber += 1;
    return next;
  }

  /** Moves back over what comes before; `undefined` at the beginning of the tape. */
  skipPrevious(): Exclude<TapeObject, { kind: 'end-of-data' }> | undefined {
    while (this.#offset >= MARKER_BYTES && this.#marker(this.#offset - MARKER_BYTES) === ERASE_GAP) {
      this.#offset -= MARKER_BYTES;
    }
    if (this.#offset === 0) return undefined;
    const marker = this.#marker(this.#offset - MARKER_BYTES);
    if (marker === undefined) throw new TapeImageError('half a marker', this.#offset);
    this.#objectNumber -= 1;
    if (marker === FILEMARK) {
      this.#offset -= MARKER_BYTES;
      return { kind: 'filemark' };
    }
    const start = this.#offset - recordBytes(marker & 0x0fff_ffff);
    if (start < 0) throw new TapeImageError('a record longer than the tape before it', this.#offset);
    this.#offset = start;
    return this.#record(marker, start);
  }

  /** The data of a block that {@link peekNext}, {@link skipNext} or {@link skipPrevious} told of. */
  data(block: Extract<TapeObject, { kind: 'block' }>, length = block.length): Uint8Array {
    return this.#bytes.read(block.dataOffset, Math.min(length, block.length));
  }

  /** Writes a block here; everything behind it is gone, as on a tape. */
  writeBlock(data: Uint8Array): void {
    const record = new Uint8Array(recordBytes(data.length));
    const view = new DataView(record.buffer);
    view.setUint32(0, data.length, true);
    record.set(data, MARKER_BYTES);
    view.setUint32(record.length - MARKER_BYTES, data.length, true);
    this.#append(record, 1);
  }

  /** Writes filemarks here; everything behind them is gone. */
  writeFilemarks(count: number): void {
    if (count > 0) this.#append(new Uint8Array(count * MARKER_BYTES), count);
  }

  #append(bytes: Uint8Array, objects: number): void {
    this.#bytes.writeAndTruncate(this.#offset, bytes);
    this.#offset += bytes.length;
    this.#objectNumber += objects;
  }

  #skipGaps(): void {
    while (this.#marker(this.#offset) === ERASE_GAP) this.#offset += MARKER_BYTES;
  }

  #marker(offset: number): number | undefined {
    const bytes = this.#bytes.read(offset, MARKER_BYTES);
    if (bytes.length === 0) return undefined;
    if (bytes.length < MARKER_BYTES) throw new TapeImageError('half a marker', offset);
    return new DataView(bytes.buffer, bytes.byteOffset, MARKER_BYTES).getUint32(0, true);
  }

  #record(marker: number, start: number): Extract<TapeObject, { kind: 'block' }> {
    const recordClass = marker >>> 28;
    if (recordClass !== 0 && recordClass !== 8) throw new TapeImageError(`a record of class ${recordClass}`, start);
    const length = marker & 0x0fff_ffff;
    const end = start + recordBytes(length);
    if (end > this.#bytes.length || this.#marker(end - MARKER_BYTES) !== marker) {
      throw new TapeImageError('a record without its closing marker', start);
    }
    return { kind: 'block', length, damaged: recordClass === 8, dataOffset: start + MARKER_BYTES };
  }
}

function recordBytes(length: number): number {
  return 2 * MARKER_BYTES + length + (length % 2);
}
