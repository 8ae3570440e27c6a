import fc from 'fast-check';
import t from 'tap';

import {
  decodeUmockdevMessage,
  encodeUmockdevMessage,
  MessageKind,
  umockdevMessageLength,
} from '../../../../../devices/virtual/attach/sg/umockdev-messages.js';

t.test('writes three 64-bit numbers, a negative result too', (t) => {
  t.equal(
    Buffer.from(encodeUmockdevMessage(MessageKind.DONE, -1n, 25n)).toString('hex'),
    '0300000000000000ffffffffffffffff1900000000000000',
  );
  t.end();
});

t.test('reads any 24 bytes, and no fewer', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 24, maxLength: 24 }), (bytes) => {
      const { kind, first, second } = decodeUmockdevMessage(bytes);
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      return [kind, first, second].every((value, index) => value === view.getBigUint64(8 * index, true));
    }),
  );
  t.throws(() => decodeUmockdevMessage(new Uint8Array(umockdevMessageLength - 1)), { code: 'SHORT_DATA' });
  t.end();
});
