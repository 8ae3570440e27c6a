import fc from 'fast-check';
import t from 'tap';
import { crc32c, digestBytes } from '../../../../devices/transport/iscsi/crc32c.js';
import { PduParser, type ReceivedPdu } from '../../../../devices/transport/iscsi/pdu-parser.js';
import * as pdu from '../../../../devices/transport/iscsi/pdu.js';

const serials = { statSn: 1, expCmdSn: 2, maxCmdSn: 3 };

/** A Data-In PDU as bytes, with both digests when `digests` is set. */
function encode(data: Uint8Array, options: { digests?: boolean; ahs?: Uint8Array } = {}): Uint8Array {
  const bhs = pdu.dataIn.encode({ initiatorTaskTag: 9, dataSn: 0, bufferOffset: 0, ...serials });
  const ahs = options.ahs ?? new Uint8Array(0);
  pdu.setSegmentLengths(bhs, ahs.length, data.length);
  const padded = Buffer.concat([data, new Uint8Array(pdu.paddingOf(data.length))]);
  if (options.digests !== true) return Buffer.concat([bhs, ahs, padded]);
  const dataDigest = data.length === 0 ? new Uint8Array(0) : digestBytes(crc32c(padded));
  return Buffer.concat([bhs, ahs, digestBytes(crc32c(bhs, ahs)), padded, dataDigest]);
}

function parserWithDigests(): PduParser {
  const parser = new PduParser(1 << 20);
  parser.headerDigest = true;
  parser.dataDigest = true;
  return parser;
}

function drain(parser: PduParser): ReceivedPdu[] {
  const all: ReceivedPdu[] = [];
  for (let next = parser.next(); next !== undefined; next = parser.next()) all.push(next);
  return all;
}

t.test('gives the same PDUs wherever the stream is cut', (t) => {
  const segments = fc.array(fc.uint8Array({ maxLength: 70 }), { minLength: 1, maxLength: 4 });
  const cuts = fc.array(fc.nat(400), { maxLength: 12 });
  fc.assert(
    fc.property(segments, cuts, fc.boolean(), (datas, at, digests) => {
      const parser = digests ? parserWithDigests() : new PduParser(1 << 20);
      const stream = Buffer.concat(datas.map((data) => encode(data, { digests })));
      const borders = [0, ...at.filter((cut) => cut < stream.length).toSorted((a, b) => a - b), stream.length];
      const got = borders.slice(1).flatMap((end, index) => {
        parser.push(stream.subarray(borders[index], end));
        return drain(parser).map((received) => Buffer.from(received.data));
      });
      t.strictSame(
        got,
        datas.map((data) => Buffer.from(data)),
      );
      t.equal(parser.buffered, 0);
    }),
    { numRuns: 200 },
  );
  t.end();
});

t.test('hands a PDU that lies within one read out without copying it', (t) => {
  const parser = new PduParser(8192);
  const stream = encode(Buffer.from('element status'));
  parser.push(stream);
  t.equal(parser.next()?.data.buffer, stream.buffer);
  t.end();
});

t.test('steps over additional header segments and covers them by the header digest', (t) => {
  const parser = parserWithDigests();
  parser.push(encode(Buffer.from('abc'), { digests: true, ahs: Buffer.from('0005010000000000', 'hex') }));
  const received = parser.next();
  t.equal(received?.ahs.length, 8);
  t.equal(Buffer.from(received?.data ?? []).toString(), 'abc');
  t.end();
});

t.test('refuses a data segment longer than declared before its bytes have come', (t) => {
  const parser = new PduParser(512);
  parser.push(encode(new Uint8Array(513)).subarray(0, pdu.BHS_BYTES));
  t.throws(() => parser.next(), { code: 'ISCSI_PROTOCOL' });
  t.end();
});

t.test('refuses a PDU when any one bit of it was damaged', (t) => {
  const whole = encode(Buffer.from('volume tag'), { digests: true });
  for (let at = 0; at < whole.length * 8; at++) {
    const damaged = Uint8Array.from(whole);
    damaged[at >> 3] = (damaged[at >> 3] ?? 0) ^ (1 << (at & 7));
    const parser = parserWithDigests();
    parser.push(damaged);
    // A damaged length may also make the parser wait for more; it must never give the PDU out.
    let received: ReceivedPdu | undefined;
    try {
      received = parser.next();
    } catch (error) {
      t.match(error, { code: /^ISCSI_(DIGEST|PROTOCOL)$/ });
    }
    t.equal(received, undefined, `bit ${at}`);
  }
  t.end();
});

t.test('can switch digests on between two PDUs of one read', (t) => {
  const parser = new PduParser(8192);
  parser.push(Buffer.concat([encode(Buffer.from('login')), encode(Buffer.from('full'), { digests: true })]));
  t.equal(Buffer.from(parser.next()?.data ?? []).toString(), 'login');
  parser.headerDigest = true;
  parser.dataDigest = true;
  t.equal(Buffer.from(parser.next()?.data ?? []).toString(), 'full');
  t.end();
});
