import { readFileSync } from 'node:fs';

import t from 'tap';

import { SimulatedClock } from '../../../../devices/clock.js';
import type { ScsiTarget, ScsiTaskResult } from '../../../../devices/transport/scsi-target.js';
import { parseAnswer, DEVICE_ERRORS } from '../../../../devices/transport/serial/host-messages.js';
import { crc32, decodeLine, encodeLine, longestLine } from '../../../../devices/transport/serial/line.js';
import { answerMs, chunkBytes } from '../../../../devices/transport/serial/line-timing.js';
import { readHostLine } from '../../../../devices/virtual/attach/serial/device-messages.js';
import { SerialLineServer } from '../../../../devices/virtual/attach/serial/serial-line-server.js';

const page = readFileSync(new URL('../../../../docs/serial-protocol.md', import.meta.url), 'utf8');
const examples = page
  .split('\n')
  .map((line) => /^ {4}(?<side>[<>]) (?<text>:.*)$/.exec(line)?.groups)
  .filter((groups) => groups !== undefined)
  .map(({ side, text }) => ({ isHost: side === '>', text: text ?? '' }));
const undamaged = examples.filter(({ text }) => !text.includes('~'));

t.test('the page states the check value of the CRC that the code computes', async (t) => {
  t.match(page, '`123456789` give `CBF43926`');
  t.equal(crc32('123456789'), 0xcbf43926);
});

t.test('every example has a right CRC and is understood by the side that gets it', async (t) => {
  t.ok(undamaged.length >= 40, 'the page has its examples');
  for (const { isHost, text } of undamaged) {
    const body = decodeLine(text);
    t.ok(body !== undefined && encodeLine(body) === text, text);
    const read = isHost ? readHostLine(body ?? '') : parseAnswer(body ?? '');
    t.ok(read !== undefined, `${text} is understood`);
    t.ok(text.length + 1 <= longestLine({ cdbBytes: 16, chunkBytes: 0x20 }), 'no longer than the page allows');
  }
});

t.test('every kind of line and every error code of the tables has an example or a row', async (t) => {
  for (const letter of ['H', 'X', 'D', 'Q', 'G', 'A', 'R']) {
    t.ok(
      undamaged.some(({ isHost, text }) => isHost && text.startsWith(`:${letter} `)),
      letter,
    );
  }
  for (const letter of ['h', 'w', 's', 'd', 'g', 'e']) {
    t.ok(
      undamaged.some(({ isHost, text }) => !isHost && text.startsWith(`:${letter} `)),
      letter,
    );
  }
  const rows = [...page.matchAll(/^\| `([A-Z]{2,})` +\|/gm)].map(([, code]) => code);
  t.strictSame(new Set(rows), new Set<string>(DEVICE_ERRORS));
  t.equal(rows.length, DEVICE_ERRORS.length, 'none twice');
});

t.test('a device with the limits of the page answers the whole conversation as it stands there', async (t) => {
  const clock = new SimulatedClock();
  const robot = new ScriptedRobot();
  const answers: string[] = [];
  const server = new SerialLineServer({
    target: robot,
    clock,
    write: (line) => answers.push(line),
    bootId: 0x1a2b3c4d,
    chunkBytes: 0x20,
    dataOutMax: 0x100,
    cdbMax: 16,
    turnaroundMs: 50,
  });
  for (const [at, { isHost, text }] of examples.entries()) {
    if (!isHost) continue;
    const expected = examples[at + 1];
    if (expected?.text.startsWith(':s ')) robot.arrive();
    server.receive(text);
    await clock.advance(expected?.text.startsWith(':w ') ? 50 : 0);
    t.strictSame(answers.splice(0), [expected?.text], text);
  }
  t.equal(robot.executed, 6, 'no command ran twice');
  t.strictSame(robot.resets, [1]);
});

t.test('the figures of the page are those of the code', async (t) => {
  for (const [, baud, chunk, seconds] of page.matchAll(/^\| ([\d,]+) +\| ([\d,]+) +\| ([\d.]+) s +\|/gm)) {
    const baudRate = Number(baud?.replace(',', ''));
    t.equal(chunkBytes(baudRate), Number(chunk?.replace(',', '')), `chunk at ${baudRate} baud`);
    const lostAfterMs = answerMs({
      baudRate,
      requestCharacters: 28,
      answerCharacters: longestLine({ cdbBytes: 0, chunkBytes: chunkBytes(baudRate) }),
      turnaroundMs: 50,
    });
    t.ok(Math.abs(lostAfterMs - Number(seconds) * 1_000) <= 5, `${lostAfterMs} ms at ${baudRate} baud`);
  }
  const ram = [...page.matchAll(/^\| [^|]+ \| (\d[\d +]*) +\|$/gm)].flatMap(([, figure]) =>
    (figure ?? '').split('+').map(Number),
  );
  t.match(page, `**${ram.reduce((sum, figure) => sum + figure, 0).toLocaleString('en')}**`);
});

/** Says what the conversation of the page says, and moves until it is told that it has arrived. */
class ScriptedRobot implements ScsiTarget {
  executed = 0;
  readonly resets: number[] = [];
  #isSourceEmpty = false;
  #arrive: (() => void) | undefined;

  arrive(): void {
    this.#arrive?.();
  }

  async execute({ cdb }: { cdb: Uint8Array }): Promise<ScsiTaskResult> {
    this.executed++;
    const good = { status: 0, dataIn: new Uint8Array(0), sense: new Uint8Array(0) };
    if (cdb[0] === 0x12) {
      const header = Uint8Array.from([0x08, 0x80, 0x05, 0x02, 0x1f, 0, 0, 0]);
      return { ...good, dataIn: Buffer.concat([header, Buffer.from('OPENRSM VIRTUAL CHANGER 0001')]) };
    }
    if (cdb[0] !== 0xa5) return good;
    if (this.#isSourceEmpty) {
      return { ...good, status: 2, sense: Uint8Array.from(Buffer.from('7000050000000000000000003B0E00000000', 'hex')) };
    }
    await new Promise<void>((resolve) => (this.#arrive = resolve));
    this.#isSourceEmpty = true;
    return good;
  }

  nexusLost(): void {
    this.#arrive = undefined;
  }

  resetLogicalUnit(lun: number): Promise<void> {
    this.resets.push(lun);
    return Promise.resolve();
  }
}
