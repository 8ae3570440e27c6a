import t from 'tap';
import { crc32c, digestBytes, readDigest } from '../../../../devices/transport/iscsi/crc32c.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The examples of RFC 7143 appendix A.4: data, and its digest as it travels. */
const examples: readonly { name: string; data: Uint8Array; digest: string }[] = [
  { name: '32 bytes of zeroes', data: new Uint8Array(32), digest: 'aa36918a' },
  { name: '32 bytes of ones', data: new Uint8Array(32).fill(0xff), digest: '43aba862' },
  { name: '32 bytes of incrementing 00..1f', data: Uint8Array.from({ length: 32 }, (_, at) => at), digest: '4e79dd46' },
  {
    name: '32 bytes of decrementing 1f..00',
    data: Uint8Array.from({ length: 32 }, (_, at) => 31 - at),
    digest: '5cdb3f11',
  },
  {
    name: 'a SCSI Read (10) command PDU',
    data: Buffer.from(
      '01c00000000000000000000000000000140000000000040000000014000000182800000000000000020000000000000000'.slice(0, 96),
      'hex',
    ),
    digest: '563a96d9',
  },
];

for (const { name, data, digest } of examples) {
  t.test(`gives the standard's digest for ${name}`, (t) => {
    t.equal(hex(digestBytes(crc32c(data))), digest);
    t.equal(readDigest(Buffer.from(digest, 'hex')), crc32c(data));
    t.end();
  });
}

t.test('gives the same digest however the bytes are cut', (t) => {
  const data = Uint8Array.from({ length: 1000 }, (_, at) => (at * 37) & 0xff);
  const whole = crc32c(data);
  for (const at of [0, 1, 7, 8, 9, 500, 999, 1000]) t.equal(crc32c(data.subarray(0, at), data.subarray(at)), whole);
  t.end();
});
