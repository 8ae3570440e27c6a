import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { ByteStore } from '../../../devices/virtual/media/byte-store.js';
import { FileBytes } from '../../../devices/virtual/media/file-bytes.js';
import { MemoryBytes } from '../../../devices/virtual/media/memory-bytes.js';
import { TapeImage } from '../../../devices/virtual/media/tape-image.js';

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'openrsm-bytes-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Bytes that tell where they are. */
const pattern = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 7 + seed * 31 + (index >> 8)) & 0xff);

/** A medium as one array. */
class PlainBytes implements ByteStore {
  #bytes = new Uint8Array(0);
  get length(): number {
    return this.#bytes.length;
  }
  read(offset: number, length: number): Uint8Array {
    return this.#bytes.slice(offset, offset + length);
  }
  writeAndTruncate(offset: number, ...parts: readonly Uint8Array[]): void {
    this.#bytes = Uint8Array.from([...this.#bytes.subarray(0, offset), ...parts.flatMap((part) => [...part])]);
  }
  synchronize(): void {
    // Like memory.
  }
  close(): void {
    this.#bytes = new Uint8Array(0);
  }
}

void t.test('memory and file hold any bytes as one array does, however they are written and read', (t) => {
  const folder = folderFor(t);
  let files = 0;
  const sizes = fc.oneof(fc.nat(20), fc.nat(5000));
  const step = fc.record({
    write: fc.boolean(),
    fraction: fc.integer({ min: 0, max: 100 }),
    parts: fc.array(sizes, { maxLength: 3 }),
    length: sizes,
    seed: fc.nat(255),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const file = new FileBytes(join(folder, `${files++}.bin`));
      const stores = [new PlainBytes(), new MemoryBytes(), file] as const;
      for (const { write, fraction, parts, length, seed } of steps) {
        const offset = Math.floor((stores[0].length * fraction) / 100);
        const pieces = parts.map((size, index) => pattern(size, seed + index));
        if (write) for (const store of stores) store.writeAndTruncate(offset, ...pieces);
        const found = stores.map((store) => Buffer.from(store.read(offset, length)).toString('hex'));
        if (new Set(found).size > 1) throw new Error(`they differ at ${offset}`);
        if (new Set(stores.map((store) => store.length)).size > 1) throw new Error('they differ in length');
      }
      file.close();
    }),
    { numRuns: 80 },
  );
  t.end();
});

void t.test('chunks and read-ahead have no seams', (t) => {
  const path = join(folderFor(t), 'large.bin');
  const whole = pattern(3_500_000, 1);
  for (const store of [new MemoryBytes(), new FileBytes(path)]) {
    for (let at = 0; at < whole.length; at += 333_333) store.writeAndTruncate(at, whole.subarray(at, at + 333_333));
    t.equal(store.length, whole.length);
    for (const step of [4, 250_000, 300_001]) {
      const forward: Buffer[] = [];
      const backward: Buffer[] = [];
      const stride = Math.max(step, 100_003);
      for (let at = 0; at < whole.length; at += stride) {
        forward.push(Buffer.from(store.read(at, step)));
        backward.unshift(Buffer.from(store.read(Math.max(0, whole.length - at - step), step)));
      }
      const expected: Buffer[] = [];
      const expectedBack: Buffer[] = [];
      for (let at = 0; at < whole.length; at += stride) {
        expected.push(Buffer.from(whole.subarray(at, at + step)));
        const start = Math.max(0, whole.length - at - step);
        expectedBack.unshift(Buffer.from(whole.subarray(start, start + step)));
      }
      t.ok(Buffer.concat(forward).equals(Buffer.concat(expected)), `forward by ${step}`);
      t.ok(Buffer.concat(backward).equals(Buffer.concat(expectedBack)), `backward by ${step}`);
    }
    store.writeAndTruncate(1_500_000, Uint8Array.of(1, 2, 3));
    t.same(store.read(1_499_999, 10), Uint8Array.of(whole[1_499_999] ?? 0, 1, 2, 3), 'nothing old is behind it');
    store.writeAndTruncate(10);
    t.same(store.read(0, 100), whole.subarray(0, 10), 'cut off');
    const read = store.read(0, 4);
    read.fill(0);
    t.same(store.read(0, 4), whole.subarray(0, 4), 'what was read is the reader’s own');
    store.close();
  }
  t.equal(readFileSync(path).length, 10);
  t.end();
});

void t.test('a tape of many thousand objects finds each of them, and its files, from wherever it stands', (t) => {
  const folder = folderFor(t);
  for (const bytes of [new MemoryBytes(), new FileBytes(join(folder, 'long.tap'))]) {
    const written = new TapeImage(bytes, { capacityBytes: 1e9 });
    const objects: (number | '|')[] = [];
    for (let index = 0; index < 9_000; index++) {
      if (index % 700 === 699) {
        written.writeFilemarks(1);
        objects.push('|');
      } else {
        written.writeBlock(pattern(1 + (index % 97), index));
        objects.push(1 + (index % 97));
      }
    }
    // Once with what the head has passed while writing, once with nothing known.
    for (const tape of [written, new TapeImage(bytes, { capacityBytes: 1e9 })]) {
      for (const target of [8_999, 0, 4_500, 4_499, 4_501, 1_024, 1_023, 9_000, 1]) {
        tape.approachObject(target);
        while (tape.objectNumber < target) tape.skipNext();
        t.equal(tape.objectNumber, target);
        const next = tape.peekNext();
        const found = next.kind === 'block' ? next.length : next.kind === 'filemark' ? '|' : undefined;
        t.equal(found, objects[target], `object ${target}`);
        t.equal(tape.fileNumber, objects.slice(0, target).filter((each) => each === '|').length);
      }
      for (const file of [12, 0, 6, 5, 7, 1]) {
        tape.approachFile(file);
        while (tape.fileNumber < file) tape.skipNext();
        t.equal(tape.objectNumber, 700 * file, `file ${file}`);
      }
      tape.approachEndOfData();
      while (tape.skipNext().kind !== 'end-of-data');
      t.equal(tape.objectNumber, 9_000);
    }
    const tape = written;
    tape.approachObject(2_000);
    while (tape.objectNumber < 2_000) tape.skipNext();
    tape.erase();
    tape.approachEndOfData();
    while (tape.skipNext().kind !== 'end-of-data');
    t.equal(tape.objectNumber, 2_000, 'what was erased is known no more');
    tape.approachObject(8_000);
    t.ok(tape.objectNumber <= 2_000);
    bytes.close();
  }
  t.end();
});

void t.test('blocks that are written in one go are those that are written one by one', (t) => {
  const data = pattern(7 * 513, 3);
  const [together, apart] = [new MemoryBytes(), new MemoryBytes()];
  new TapeImage(together, { capacityBytes: 1e6 }).writeBlocks(data, 513);
  const single = new TapeImage(apart, { capacityBytes: 1e6 });
  for (let at = 0; at < data.length; at += 513) single.writeBlock(data.subarray(at, at + 513));
  t.same(together.read(0, together.length), apart.read(0, apart.length));
  t.end();
});
