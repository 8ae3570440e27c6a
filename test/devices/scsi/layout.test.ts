import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { ScsiFormatError } from '../../../devices/scsi/format-error.js';
import {
  ascii,
  bits,
  flag,
  layout,
  octets,
  optional,
  uint16,
  uint24,
  uint32,
  uint8,
} from '../../../devices/scsi/layout.js';
import { hexBytes } from './hex-fixture.js';
import { recordOf } from './record-of.js';

const block = layout('test block', 20, {
  high: bits(0, 7, 5),
  low: bits(0, 4, 0),
  on: flag(1, 7),
  off: flag(1, 0),
  one: uint8(2),
  two: uint16(3),
  three: uint24(5),
  four: uint32(8),
  text: ascii(12, 4),
  raw: octets(16, 3),
  last: optional(uint8(19), 0xee),
});

const value = {
  high: 5,
  low: 8,
  on: true,
  off: false,
  one: 1,
  two: 0x0203,
  three: 0x040506,
  four: 0x8090a0b0,
  text: 'AB',
  raw: Uint8Array.of(7, 8, 9),
};

t.test('a layout writes and reads the same fields', (t) => {
  const bytes = hexBytes('a8 80 01 02 03 04 05 06 80 90 a0 b0 41 42 20 20 07 08 09 ee');
  t.same(block.encode(value), bytes);
  t.same(block.decode(bytes), { ...value, last: 0xee });
  t.same(block.decode(Uint8Array.of(0, 0, ...bytes), 2), { ...value, last: 0xee });
  t.end();
});

t.test('reading copies, so that a buffer may be used again', (t) => {
  const bytes = block.encode(value);
  const { raw } = block.decode(bytes);
  bytes.fill(0);
  t.same(raw, Uint8Array.of(7, 8, 9));
  t.end();
});

t.test('short bytes are refused, wherever the block begins', (t) => {
  for (const [length, offset] of [
    [19, 0],
    [20, 1],
    [0, 0],
  ] as const) {
    t.throws(() => block.decode(new Uint8Array(length), offset), { code: 'SHORT_DATA', what: 'test block', offset });
  }
  t.end();
});

t.test('what does not fit is refused, and the message names the field', (t) => {
  for (const [changes, offset, message] of [
    [{ high: 8 }, 0, /high is 8, allowed is 0 to 7/],
    [{ two: 65536 }, 3, /two/],
    [{ three: -1 }, 5, /three/],
    [{ four: 0.5 }, 8, /four/],
    [{ one: Number.NaN }, 2, /one/],
    [{ text: 'ABCDE' }, 12, /room is for 4/],
    [{ text: '\u0100' }, 12, /one byte/],
    [{ raw: new Uint8Array(4) }, 16, /room is for 3/],
  ] as const) {
    t.throws(() => block.encode({ ...value, ...changes }), { code: 'OUT_OF_RANGE', offset, message });
  }
  t.end();
});

t.test('an error says where and what to do', (t) => {
  const error = new ScsiFormatError('SHORT_DATA', 'INQUIRY standard data', 4, 'needs more');
  t.match(error, { name: 'ScsiFormatError', message: 'INQUIRY standard data, byte 4: needs more' });
  t.end();
});

t.test('any values come back from their bytes as they were', (t) => {
  const values = recordOf({
    high: fc.nat(7),
    low: fc.nat(31),
    on: fc.boolean(),
    off: fc.boolean(),
    one: fc.nat(0xff),
    two: fc.nat(0xffff),
    three: fc.nat(0xff_ffff),
    four: fc.nat(0xffff_ffff),
    text: fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 4 }),
    raw: fc.uint8Array({ minLength: 3, maxLength: 3 }),
    last: fc.nat(0xff),
  }).map((any) => ({ ...any, text: any.text.replace(/[ \0]+$/, '') }));
  fc.assert(fc.property(values, (any) => assert.deepEqual(block.decode(block.encode(any)), any)));
  t.pass('none was changed');
  t.end();
});
