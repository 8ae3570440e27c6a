import fc from 'fast-check';
import t from 'tap';

import { BoundedLines } from '../../../devices/transport/serial/bounded-lines.js';
import { CommandLane } from '../../../devices/transport/serial/command-lane.js';
import {
  crc32,
  decodeLine,
  encodeLine,
  hexData,
  hexNumber,
  parseHexData,
  parseHexNumber,
} from '../../../devices/transport/serial/line.js';
import { answerMs, chunkBytes, repairMs, wireMs } from '../../../devices/transport/serial/line-timing.js';
import { listSerialPorts } from '../../../devices/transport/serial/serial-port-line.js';
import { LineAssembler } from '../../../devices/virtual/attach/serial/line-assembler.js';

const bodies = fc
  .array(fc.stringMatching(/^[0-9A-Za-z-]{1,12}$/), { minLength: 1, maxLength: 8 })
  .map((fields) => fields.join(' '));

t.test('the CRC has its check value', async (t) => {
  t.equal(crc32('123456789'), 0xcbf43926);
  t.equal(crc32(''), 0);
});

t.test('what is framed comes out again, after garbage and before a carriage return too', async (t) => {
  const round = (): void =>
    fc.assert(
      fc.property(bodies, fc.string(), (body, garbage) => {
        return (
          decodeLine(encodeLine(body)) === body &&
          decodeLine(`${garbage}${encodeLine(body)}`) === body &&
          decodeLine(`${encodeLine(body)}\r`) === body
        );
      }),
    );
  t.doesNotThrow(round);
});

t.test('a line with one wrong character, a missing one, or one too many is not a line', async (t) => {
  const damage = (): void =>
    fc.assert(
      fc.property(
        bodies,
        fc.nat(),
        fc.nat({ max: 127 }),
        fc.constantFrom('replace', 'remove', 'insert'),
        (body, place, code, how) => {
          const line = encodeLine(body);
          const at = place % line.length;
          const character = String.fromCharCode(code);
          const after = line.slice(how === 'insert' ? at : at + 1);
          const damaged = line.slice(0, at) + (how === 'remove' ? '' : character) + after;
          // A CR at the end and anything before the colon are allowed.
          fc.pre(damaged !== line && !damaged.endsWith(line) && damaged !== `${line}\r`);
          return decodeLine(damaged) === undefined;
        },
      ),
      { numRuns: 2_000 },
    );
  t.doesNotThrow(damage);
});

t.test('reads numbers and data only as they are written', async (t) => {
  t.equal(hexNumber(0xffffffff), 'FFFFFFFF');
  t.equal(parseHexNumber('0012'), 0x12);
  for (const field of [undefined, '', '-', 'ab', '123456789', '1 ', 'G'])
    t.equal(parseHexNumber(field), undefined, String(field));
  t.equal(hexData(new Uint8Array(0)), '-');
  t.equal(hexData(Uint8Array.from([0, 255, 16])), '00FF10');
  t.strictSame(parseHexData('00FF10'), Uint8Array.from([0, 255, 16]));
  t.strictSame(parseHexData('-'), new Uint8Array(0));
  for (const field of [undefined, '', '0', '0g', 'ff', '00 ']) t.equal(parseHexData(field), undefined, String(field));
});

t.test('times follow from the line rate', async (t) => {
  t.equal(wireMs(9_600, 96), 100);
  t.equal(answerMs({ baudRate: 9_600, requestCharacters: 48, answerCharacters: 48, turnaroundMs: 50 }), 275);
  t.equal(repairMs(100), 5_000);
  t.equal(repairMs(2_000), 16_000);
  t.equal(chunkBytes(9_600), 120);
  t.equal(chunkBytes(921_600), 1_024);
});

async function throughBounds(longest: number, chunks: string[]): Promise<{ out: string; dropped: number }> {
  const bounds = new BoundedLines({ longest });
  const out: Buffer[] = [];
  bounds.on('data', (bytes: Buffer) => out.push(bytes));
  for (const chunk of chunks) bounds.write(Buffer.from(chunk, 'latin1'));
  bounds.end();
  await new Promise((resolve) => bounds.once('end', resolve));
  return { out: Buffer.concat(out).toString('latin1'), dropped: bounds.droppedBytes };
}

t.test('noise without a newline is cut at the longest line, and the next line is found again', async (t) => {
  t.strictSame(await throughBounds(10, ['short\n', 'x'.repeat(100), 'y\nnext\n']), {
    out: 'short\nxxxxxxxxx\nnext\n',
    dropped: 92,
  });
  t.strictSame(await throughBounds(10, ['x'.repeat(50), 'x:A B*C\n']), { out: 'xxxxxxxxx\n:A B*C\n', dropped: 42 });
  t.strictSame(await throughBounds(6, ['12345\n123456\n']), { out: '12345\n12345\n', dropped: 1 });
});

t.test('a device finds lines wherever bytes are split, and drops what is too long', async (t) => {
  const text = `\n:one*1\n\r\nnoise:two*2\n:cut:three*3\n${'x'.repeat(40)}\n:four*4\n:${'y'.repeat(40)}:five*5\n`;
  for (const step of [1, 2, 3, 7, 1_000]) {
    const lines: string[] = [];
    const assembler = new LineAssembler({ longest: 12, onLine: (line) => lines.push(line) });
    for (let at = 0; at < text.length; at += step) assembler.push(Buffer.from(text.slice(at, at + step)));
    t.strictSame(lines, [':one*1', '\r', ':two*2', ':three*3', ':four*4', ':five*5'], `${step} bytes at a time`);
  }
});

t.test('a lane has one holder, and passes over those who gave up waiting', async (t) => {
  const lane = new CommandLane();
  const order: string[] = [];
  const never = new AbortController().signal;
  const leave = await lane.enter(never);
  const impatient = new AbortController();
  const enter = (name: string, signal: AbortSignal, first = false): Promise<void> =>
    lane.enter(signal, first).then((done) => {
      order.push(name);
      done();
    });
  const givenUp = enter('given up', impatient.signal);
  const second = enter('second', never);
  const urgent = enter('urgent', never, true);
  impatient.abort(new Error('enough'));
  await t.rejects(givenUp, { message: 'enough' });
  t.strictSame(order, []);
  leave();
  await Promise.all([second, urgent]);
  t.strictSame(order, ['urgent', 'second']);
  await t.rejects(lane.enter(impatient.signal), { message: 'enough' });
});

t.test('a machine without udevadm has no serial ports, and other failures are passed on', async (t) => {
  const missing = Object.assign(new Error('spawn udevadm ENOENT'), { code: 'ENOENT' });
  t.strictSame(await listSerialPorts(() => Promise.reject(missing)), []);
  t.strictSame(await listSerialPorts(() => Promise.resolve([{ path: '/dev/ttyUSB0' }])), [{ path: '/dev/ttyUSB0' }]);
  await t.rejects(
    listSerialPorts(() => Promise.reject(Object.assign(new Error('denied'), { code: 'EACCES' }))),
    { code: 'EACCES' },
  );
});
