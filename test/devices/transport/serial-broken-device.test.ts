import t from 'tap';

import { SimulatedClock } from '../../../devices/clock.js';
import { decodeLine, encodeLine } from '../../../devices/transport/serial/line.js';
import type { OpenSerialLine } from '../../../devices/transport/serial/serial-line.js';
import { SerialTransport } from '../../../devices/transport/serial/serial-transport.js';

/** What a device answers, by the letter of the question; the session is 5, and `T` stands for the tag. Nothing: silence. */
type Answers = Readonly<Record<string, string | undefined>>;

const goodHello = 'h 9 1 B007 5 40 100 10 32';

function makeHost(answers: Answers) {
  const clock = new SimulatedClock({ auto: true });
  const asked: string[] = [];
  const openPort: OpenSerialLine = (_settings, events) =>
    Promise.resolve({
      close: () => Promise.resolve(),
      send: (line) => {
        const body = decodeLine(line) ?? '';
        asked.push(body);
        const [letter = '', , tag = ''] = body.split(' ');
        const answer = answers[letter] ?? (letter === 'H' ? goodHello : undefined);
        if (answer !== undefined) clock.after(1, () => events.onLine(encodeLine(answer.replace('T', tag))));
      },
    });
  const transport = new SerialTransport({ path: 'script', baudRate: 115_200, clock, openPort, nonce: () => 9 });
  const execute = () =>
    transport.execute({
      lun: 0,
      cdb: new Uint8Array(6),
      dataInLength: 8,
      dataOut: new Uint8Array(0),
      timeoutMs: 20_000,
    });
  return { clock, asked, transport, execute };
}

const hellos: Readonly<Record<string, string>> = {
  'another version': 'h 9 2 B007 5 40 100 10 32',
  'a chunk larger than was offered': 'h 9 1 B007 5 800 100 10 32',
  'a chunk of no use': 'h 9 1 B007 5 F 100 10 32',
  'CDBs too short for a changer': 'h 9 1 B007 5 40 100 B 32',
  'a turnaround without end': 'h 9 1 B007 5 40 100 10 FFFFFFFF',
};
for (const [what, hello] of Object.entries(hellos)) {
  t.test(`does not open a device that has ${what}`, async (t) => {
    const { transport } = makeHost({ H: hello });
    await t.rejects(transport.open(), {
      code: 'unreachable',
      failure: { executed: /^no$/, cause: { code: 'protocol-violation' } },
    });
  });
}

t.test('does not take the answer to another hello for its own', async (t) => {
  const { transport } = makeHost({ H: 'h 8 1 B007 5 40 100 10 32' });
  await t.rejects(transport.open(), { code: 'unreachable', failure: { cause: { code: 'line-silent' } } });
});

const statuses: Readonly<Record<string, Answers>> = {
  'more sense data than there can be': { X: 's 5 T 2 FD 0 00' },
  'more data-in than was asked for': { X: 's 5 T 0 0 9 000000000000000000' },
  'more bytes than it had said': { X: 's 5 T 0 0 2 000000' },
  'a piece that is too long': { X: 's 5 T 0 0 8 0000', G: 'g 5 T 2 00000000000000' },
  'a piece without a byte': { X: 's 5 T 0 0 8 0000', G: 'g 5 T 2 -' },
};
for (const [what, answers] of Object.entries(statuses)) {
  t.test(`a device that sends ${what} breaks the protocol, outcome unknown`, async (t) => {
    const { transport, execute } = makeHost(answers);
    await transport.open();
    t.hasStrict(await execute(), {
      kind: 'failed',
      failure: { code: 'protocol', executed: 'unknown', cause: { code: 'protocol-violation' } },
    });
  });
}

const lateRefusals: Readonly<Record<string, Answers>> = {
  'a piece of data that it had promised': { X: 's 5 T 0 0 8 0000', G: 'e 5 T DATA 2' },
  'a question about a command it works on': { X: 'w 5 T', Q: 'e 5 T LENGTH 0' },
  'as busy a command it works on': { X: 'w 5 T', Q: 'e 5 T BUSY 0' },
};
for (const [what, answers] of Object.entries(lateRefusals)) {
  t.test(`a device that refuses ${what} leaves the outcome unknown`, async (t) => {
    const { transport, execute } = makeHost(answers);
    await transport.open();
    t.hasStrict(await execute(), { kind: 'failed', failure: { code: 'protocol', executed: 'unknown' } });
  });
}

const refusals: readonly [string, string, 'no' | 'unknown'][] = [
  ['FORMAT', 'protocol', 'no'],
  ['DATA', 'protocol', 'no'],
  ['LENGTH', 'unsupported', 'no'],
  ['TAG', 'protocol', 'unknown'],
  ['FAILED', 'protocol', 'unknown'],
  ['SESSION', 'disconnected', 'unknown'],
];
for (const [refusal, code, executed] of refusals) {
  t.test(`a command that is answered ${refusal} ends as ${code}, executed: ${executed}`, async (t) => {
    const { transport, execute } = makeHost({ X: `e 5 T ${refusal} 0` });
    await transport.open();
    t.hasStrict(await execute(), { kind: 'failed', failure: { code, executed } });
  });
}

t.test('a device that is busy for longer than the command may take times out', async (t) => {
  const { transport, execute, clock } = makeHost({ X: 'e 5 T BUSY 0', A: 'e 5 T TAG 0' });
  await transport.open();
  const startMs = clock.now();
  t.hasStrict(await execute(), { kind: 'failed', failure: { code: 'timeout', executed: 'unknown' } });
  t.equal(clock.now() - startMs, 20_000);
});

t.test('a line that the device calls damaged goes again at once, three times at most', async (t) => {
  const { transport, execute, asked, clock } = makeHost({ X: 'e 0 0 CRC 0' });
  await transport.open();
  const pending = execute();
  await clock.sleep(30);
  t.equal(asked.filter((body) => body.startsWith('X')).length, 4);
  t.hasStrict(await pending, { kind: 'failed', failure: { code: 'disconnected', executed: 'unknown' } });
  t.ok(asked.filter((body) => body.startsWith('X')).length < 50, 'then only when its time is over');
});

t.test('answers that belong to nothing are passed over', async (t) => {
  const strangers = [
    's 5 7F 0 0 0 -',
    's 6 T 0 0 0 -',
    'd 5 T 0',
    'g 5 T 0 00',
    'h 9 1 B007 5 40 100 10 32',
    'w 5',
    's 5 T 0 0 0',
    'Z',
  ];
  for (const stranger of strangers) {
    const { transport, execute } = makeHost({ X: stranger });
    await transport.open();
    const result = await execute();
    t.hasStrict(result, { kind: 'failed', failure: { code: 'disconnected', executed: 'unknown' } }, stranger);
  }
});
