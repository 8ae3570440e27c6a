import type { ByteStore } from './byte-store.js';
import { TapeImageError } from './tape-image-error.js';
import { TapeIndex, type TapePosition } from './tape-index.js';

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
const FILEMARKS_AT_ONCE = 0x1_0000;

export type TapeObject =
  | { readonly kind: 'block'; readonly length: number; readonly damaged: boolean; readonly dataOffset: number }
  | { readonly kind: 'filemark' }
  /** `torn`: the image ends within an object, as when the process that wrote it was killed. */
  | { readonly kind: 'end-of-data'; readonly torn: boolean };
export type TapeBlock = Extract<TapeObject, { kind: 'block' }>;

/**
 * One tape with its position. Positions count logical objects: blocks and filemarks alike, from 0 (SSC-3). What was passed
 * once is found again without reading the way to it.
 */
export class TapeImage {
  readonly #bytes: ByteStore;
  /** Size in bytes at which the tape is full, markers included. */
  readonly capacityBytes: number;
  readonly #index = new TapeIndex();
  #offset = 0;
  #objectNumber = 0;
  #fileNumber = 0;

  constructor(bytes: ByteStore, options: { capacityBytes: number }) {
    this.#bytes = bytes;
    this.capacityBytes = options.capacityBytes;
  }

  get objectNumber(): number {
    return this.#objectNumber;
  }

  /** Filemarks before this position. */
  get fileNumber(): number {
    return this.#fileNumber;
  }

  get atBeginning(): boolean {
    return this.#offset === 0;
  }

  /** Bytes of the image before this position. */
  get usedBytes(): number {
    return this.#offset;
  }

  /** Bytes of the image before the end of data. */
  get recordedBytes(): number {
    return this.#bytes.length;
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

  /** What a block of this length takes of the image. */
  recordBytes(length: number): number {
    return recordBytes(length);
  }

  rewind(): void {
    this.#goTo({ offset: 0, objectNumber: 0, fileNumber: 0 });
  }

  /**
   * Goes to a known position at or before the object with this number, as near to it as is known; the present position
   * stays when none is nearer. {@link skipNext} leads on.
   */
  approachObject(objectNumber: number): void {
    const known = this.#index.before('objectNumber', objectNumber);
    if (this.#objectNumber > objectNumber || known.objectNumber > this.#objectNumber) this.#goTo(known);
  }

  /** Goes to a known position before the filemark behind which the file with this number begins; 0 is the beginning. */
  approachFile(fileNumber: number): void {
    const known = this.#index.before('fileNumber', fileNumber - 1);
    if (this.#fileNumber >= fileNumber || known.fileNumber > this.#fileNumber) this.#goTo(known);
  }

  /** Goes as far towards the end of data as is known. */
  approachEndOfData(): void {
    const { last } = this.#index;
    if (last.offset > this.#offset) this.#goTo(last);
  }

  /** What comes next, without moving. Throws {@link TapeImageError}. */
  peekNext(): TapeObject {
    this.#skipGaps();
    const marker = this.#marker(this.#offset);
    if (marker === undefined || marker === END_OF_MEDIUM) return { kind: 'end-of-data', torn: false };
    if (marker === 'torn') return { kind: 'end-of-data', torn: true };
    if (marker === FILEMARK) return { kind: 'filemark' };
    return this.#record(marker, this.#offset) ?? { kind: 'end-of-data', torn: true };
  }

  /** Moves over what comes next; at the end of data it stays. */
  skipNext(): TapeObject {
    const next = this.peekNext();
    if (next.kind === 'end-of-data') {
      this.#index.note(this.#position, true);
      return next;
    }
    this.#offset += next.kind === 'filemark' ? MARKER_BYTES : recordBytes(next.length);
    this.#passed(1, next.kind === 'filemark' ? 1 : 0);
    return next;
  }

  /** Moves back over what comes before; `undefined` at the beginning of the tape. */
  skipPrevious(): Exclude<TapeObject, { kind: 'end-of-data' }> | undefined {
    while (this.#offset >= MARKER_BYTES && this.#marker(this.#offset - MARKER_BYTES) === ERASE_GAP) {
      this.#offset -= MARKER_BYTES;
    }
    if (this.#offset === 0) return undefined;
    const marker = this.#marker(this.#offset - MARKER_BYTES);
    if (typeof marker !== 'number') throw new TapeImageError('half a marker', this.#offset);
    if (marker === FILEMARK) {
      this.#offset -= MARKER_BYTES;
      this.#objectNumber -= 1;
      this.#fileNumber -= 1;
      return { kind: 'filemark' };
    }
    const start = this.#offset - recordBytes(marker & 0x0fff_ffff);
    if (start < 0) throw new TapeImageError('a record longer than the tape before it', this.#offset);
    const block = this.#record(marker, start);
    if (block === undefined) throw new TapeImageError('a record without its opening marker', start);
    this.#offset = start;
    this.#objectNumber -= 1;
    return block;
  }

  /** The data of a block that {@link peekNext}, {@link skipNext} or {@link skipPrevious} told of. */
  data(block: TapeBlock, length = block.length): Uint8Array {
    return this.#bytes.read(block.dataOffset, Math.min(length, block.length));
  }

  /** Writes a block here; everything behind it is gone, as on a tape. */
  writeBlock(data: Uint8Array): void {
    const opening = new Uint8Array(MARKER_BYTES);
    new DataView(opening.buffer).setUint32(0, data.length, true);
    const closing = data.length % 2 === 0 ? opening : Uint8Array.of(0, ...opening);
    this.#append([opening, data, closing], 1, 0);
  }

  /** Writes `data` as blocks of this length, all in one go. */
  writeBlocks(data: Uint8Array, blockLength: number): void {
    const count = data.length / blockLength;
    if (count === 1) {
      this.writeBlock(data);
      return;
    }
    const size = recordBytes(blockLength);
    const records = new Uint8Array(count * size);
    const view = new DataView(records.buffer);
    for (let done = 0; done < count; done++) {
      view.setUint32(done * size, blockLength, true);
      records.set(data.subarray(done * blockLength, (done + 1) * blockLength), done * size + MARKER_BYTES);
      view.setUint32((done + 1) * size - MARKER_BYTES, blockLength, true);
    }
    this.#append([records], count, 0);
  }

  /** Writes filemarks here; everything behind them is gone. */
  writeFilemarks(count: number): void {
    for (let left = count; left > 0; left -= FILEMARKS_AT_ONCE) {
      const now = Math.min(left, FILEMARKS_AT_ONCE);
      this.#append([new Uint8Array(now * MARKER_BYTES)], now, now);
    }
  }

  /** What was written outlives a loss of power when this returns. */
  synchronize(): void {
    this.#bytes.synchronize();
  }

  /** Makes this position the end of data. */
  erase(): void {
    this.#append([], 0, 0);
  }

  get #position(): TapePosition {
    return { offset: this.#offset, objectNumber: this.#objectNumber, fileNumber: this.#fileNumber };
  }

  #goTo(position: TapePosition): void {
    this.#offset = position.offset;
    this.#objectNumber = position.objectNumber;
    this.#fileNumber = position.fileNumber;
  }

  #passed(objects: number, filemarks: number): void {
    this.#objectNumber += objects;
    this.#fileNumber += filemarks;
    this.#index.note(this.#position);
  }

  #append(parts: readonly Uint8Array[], objects: number, filemarks: number): void {
    this.#index.cutOff(this.#offset);
    this.#bytes.writeAndTruncate(this.#offset, ...parts);
    for (const part of parts) this.#offset += part.length;
    this.#passed(objects, filemarks);
    this.#index.note(this.#position, true);
  }

  #skipGaps(): void {
    while (this.#marker(this.#offset) === ERASE_GAP) this.#offset += MARKER_BYTES;
  }

  #marker(offset: number): number | 'torn' | undefined {
    const bytes = this.#bytes.read(offset, MARKER_BYTES);
    if (bytes.length === 0) return undefined;
    if (bytes.length < MARKER_BYTES) return 'torn';
    return new DataView(bytes.buffer, bytes.byteOffset, MARKER_BYTES).getUint32(0, true);
  }

  /** The record that begins at `start`; `undefined` when the image ends within it. */
  #record(marker: number, start: number): TapeBlock | undefined {
    const recordClass = marker >>> 28;
    if (recordClass !== 0 && recordClass !== 8) throw new TapeImageError(`a record of class ${recordClass}`, start);
    const length = marker & 0x0fff_ffff;
    const end = start + recordBytes(length);
    if (end > this.#bytes.length) return undefined;
    if (this.#marker(end - MARKER_BYTES) !== marker) {
      throw new TapeImageError('a record without its closing marker', start);
    }
    return { kind: 'block', length, damaged: recordClass === 8, dataOffset: start + MARKER_BYTES };
  }
}

function recordBytes(length: number): number {
  return 2 * MARKER_BYTES + length + (length % 2);
}
