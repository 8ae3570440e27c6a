import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { ansiVolumeLabel } from '../../../devices/virtual/media/ansi-label.js';
import { FileBytes } from '../../../devices/virtual/media/file-bytes.js';
import { MemoryBytes } from '../../../devices/virtual/media/memory-bytes.js';
import { TapeImage } from '../../../devices/virtual/media/tape-image.js';

const CAPACITY = { capacityBytes: 1024 * 1024 };
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (value: string): Uint8Array => new TextEncoder().encode(value);

/** What is on the tape from here on: block data, or `|` for a filemark. */
function contents(tape: TapeImage): string[] {
  const found: string[] = [];
  for (;;) {
    const next = tape.skipNext();
    if (next.kind === 'end-of-data') return found;
    found.push(next.kind === 'filemark' ? '|' : text(tape.data(next)));
  }
}

void t.test('lays blocks and filemarks down as SIMH does, odd lengths padded', (t) => {
  const bytes = new MemoryBytes();
  const tape = new TapeImage(bytes, CAPACITY);
  tape.writeBlock(bytesOf('odd'));
  tape.writeFilemarks(1);
  tape.writeBlock(bytesOf('even'));
  t.equal(
    Buffer.from(bytes.read(0, bytes.length)).toString('hex'),
    ['03000000', '6f6464', '00', '03000000', '00000000', '04000000', '6576656e', '04000000'].join(''),
  );
  t.equal(tape.objectNumber, 3);
  tape.rewind();
  t.same(contents(tape), ['odd', '|', 'even']);
  t.end();
});

void t.test('ends the tape at what was written last', (t) => {
  const tape = new TapeImage(new MemoryBytes(), CAPACITY);
  for (const block of ['one', 'two', 'three']) tape.writeBlock(bytesOf(block));
  tape.rewind();
  tape.skipNext();
  tape.writeFilemarks(2);
  t.equal(tape.peekNext().kind, 'end-of-data');
  tape.rewind();
  t.same(contents(tape), ['one', '|', '|']);
  t.end();
});

void t.test('moves backwards over what it moved forwards over', (t) => {
  const tape = new TapeImage(new MemoryBytes(), CAPACITY);
  tape.writeBlock(bytesOf('one'));
  tape.writeFilemarks(1);
  tape.writeBlock(bytesOf('twice'));
  t.match(tape.skipPrevious(), { kind: 'block', length: 5 });
  t.match(tape.skipPrevious(), { kind: 'filemark' });
  t.equal(tape.objectNumber, 1);
  t.match(tape.skipPrevious(), { kind: 'block', length: 3 });
  t.equal(tape.skipPrevious(), undefined);
  t.ok(tape.atBeginning);
  t.equal(tape.objectNumber, 0);
  t.end();
});

void t.test('reads what other programs write: end-of-medium markers, gaps and damaged records', (t) => {
  const bytes = new MemoryBytes();
  const hex = 'feffffff0200008061620200008001000000630001000000ffffffff00000000';
  bytes.writeAndTruncate(0, Buffer.from(hex, 'hex'));
  const tape = new TapeImage(bytes, CAPACITY);
  t.match(tape.skipNext(), { kind: 'block', length: 2, damaged: true });
  const second = tape.skipNext();
  t.match(second, { kind: 'block', length: 1, damaged: false });
  t.equal(tape.skipNext().kind, 'end-of-data');
  t.match(tape.skipPrevious(), { length: 1 });
  t.match(tape.skipPrevious(), { length: 2, damaged: true });
  t.equal(tape.skipPrevious(), undefined, 'a gap is nothing');
  t.end();
});

void t.test('says where an image is damaged and does not read on', (t) => {
  for (const hex of ['030000006162630004000000', '030000706162630003000070']) {
    const bytes = new MemoryBytes();
    bytes.writeAndTruncate(0, Buffer.from(hex, 'hex'));
    t.throws(() => new TapeImage(bytes, CAPACITY).peekNext(), { code: 'TAPE_IMAGE_DAMAGED', offset: 0 }, hex);
  }
  t.end();
});

void t.test('takes an image that ends within an object for a tape whose end of data was not written', (t) => {
  for (const hex of ['0300', '03000000', '03000000616263', '03000000616263000300', 'ffffff0f00000000']) {
    const bytes = new MemoryBytes();
    bytes.writeAndTruncate(0, Buffer.from(`0100000061000100000000000000${hex}`, 'hex'));
    const tape = new TapeImage(bytes, CAPACITY);
    t.equal(tape.skipNext().kind, 'block');
    t.equal(tape.skipNext().kind, 'filemark');
    t.same(tape.skipNext(), { kind: 'end-of-data', torn: true }, hex);
    tape.writeBlock(bytesOf('on'));
    tape.rewind();
    t.same(contents(tape), ['a', '|', 'on'], 'it can be written on');
  }
  t.end();
});

void t.test('never fails otherwise, and never hangs, on any bytes', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
      const bytes = new MemoryBytes();
      bytes.writeAndTruncate(0, content);
      const tape = new TapeImage(bytes, CAPACITY);
      try {
        while (tape.skipNext().kind !== 'end-of-data');
        while (tape.skipPrevious() !== undefined);
      } catch (error) {
        if ((error as { code?: string }).code !== 'TAPE_IMAGE_DAMAGED') throw error;
      }
    }),
  );
  t.end();
});

void t.test('holds any sequence of writes, in memory and in a file alike', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'openrsm-tape-'));
  t.teardown(() => rm(folder, { recursive: true }));
  let files = 0;
  const object = fc.oneof(fc.constant('filemark' as const), fc.uint8Array({ minLength: 1, maxLength: 40 }));
  fc.assert(
    fc.property(
      fc.array(object, { maxLength: 12 }),
      fc.nat(12),
      fc.array(object, { maxLength: 4 }),
      (first, keep, then) => {
        const path = join(folder, `${files++}.tap`);
        const file = new FileBytes(path);
        const memory = new MemoryBytes();
        for (const bytes of [file, memory]) {
          const tape = new TapeImage(bytes, CAPACITY);
          const write = (objects: typeof first): void => {
            for (const each of objects) {
              if (each === 'filemark') tape.writeFilemarks(1);
              else tape.writeBlock(each);
            }
          };
          write(first);
          tape.rewind();
          for (let skipped = 0; skipped < keep; skipped++) tape.skipNext();
          write(then);
          // Nothing is cut off by writing nothing.
          const expected = then.length === 0 ? first : [...first.slice(0, keep), ...then];
          tape.rewind();
          for (const each of expected) {
            const found = tape.skipNext();
            if (each === 'filemark') t.equal(found.kind, 'filemark');
            else if (found.kind === 'block') t.same(tape.data(found), each);
            else t.fail(`found ${found.kind}`);
          }
          t.equal(tape.skipNext().kind, 'end-of-data');
        }
        file.close();
        const written = memory.read(0, memory.length);
        if (written.length > 0) t.same(new Uint8Array(readFileSync(path)), written, 'the same bytes');
      },
    ),
    { numRuns: 40 },
  );
  t.end();
});

void t.test('makes VOL1 labels of 80 characters and refuses identifiers that do not fit', (t) => {
  const label = text(ansiVolumeLabel('ORS001'));
  t.equal(label.length, 80);
  t.equal(label.slice(0, 10), 'VOL1ORS001');
  t.equal(label.at(-1), '3', 'the standard version');
  t.throws(() => ansiVolumeLabel('TOOLONG'), { code: 'VOLUME_IDENTIFIER' });
  t.throws(() => ansiVolumeLabel('lower'), { code: 'VOLUME_IDENTIFIER' });
  t.throws(() => ansiVolumeLabel(''), { code: 'VOLUME_IDENTIFIER' });
  t.end();
});
