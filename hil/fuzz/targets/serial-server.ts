import { crc32, decodeLine, encodeLine, longestLine } from '../../../devices/transport/serial/line.js';
import { LineAssembler } from '../../../devices/virtual/attach/serial/line-assembler.js';
import { SerialLineServer } from '../../../devices/virtual/attach/serial/serial-line-server.js';
import { until } from '../event-loop.js';
import type { FuzzTarget } from '../fuzz-target.js';
import {
  ALL_CARTRIDGES,
  cartridgesOf,
  GOOD_NEXUS,
  smallAutoloader,
  type SmallAutoloader,
} from '../small-autoloader.js';

const CHUNK_BYTES = 64;
const CDB_MAX = 16;
const BOOT_ID = 0x1000;
const DATA_OUT_MAX = 4096;
const LONGEST = longestLine({ cdbBytes: CDB_MAX, chunkBytes: CHUNK_BYTES });
const MOST_ANSWERS_PER_LINE = 2;

/**
 * Lines to the device's end of a serial line; those that are not framed get their frame, or hardly one would be looked at.
 * Afterwards a new host is greeted and served on the same line, and another nexus all the time.
 */
export function serialServerTargets(): FuzzTarget[] {
  return [{ name: 'serial-server', seeds, take: talk, codes: [], cost: 'session' }];
}

async function talk(input: Uint8Array): Promise<void> {
  const small = await smallAutoloader();
  const answers: string[] = [];
  const { autoloader: target, clock } = small;
  const server = new SerialLineServer({
    target,
    clock,
    write: (line) => answers.push(line),
    bootId: BOOT_ID,
    chunkBytes: CHUNK_BYTES,
    cdbMax: CDB_MAX,
    dataOutMax: DATA_OUT_MAX,
  });
  let received = 0;
  const lines = new LineAssembler({
    longest: LONGEST,
    onLine: (line) => {
      received += 1;
      server.receive(line);
    },
  });
  try {
    for (const text of Buffer.from(input).toString('latin1').split('\n')) {
      lines.push(Buffer.from(`${framed(text)}\n`, 'latin1'));
    }
    await clock.advance(1_000);
    if (answers.length > received * MOST_ANSWERS_PER_LINE) {
      throw new Error(`${answers.length} answers to ${received} lines`);
    }
    for (const answer of answers) checkAnswer(answer);
    const body = answers.length;
    await inquireAsNewHost(lines, answers, small);
    for (const answer of answers.slice(body)) checkAnswer(answer);
    await checkOthers(small);
  } finally {
    server.close();
    await target.close();
  }
}

/** A line that begins with `:` is sent as it is. */
function framed(text: string): string {
  return text.startsWith(':') || text === '' ? text : encodeLine(text);
}

function checkAnswer(answer: string): void {
  if (decodeLine(answer) === undefined) throw new Error(`"${answer}" is no line; its CRC is ${crc32(answer)}`);
  if (answer.length >= LONGEST) throw new Error(`an answer of ${answer.length} characters`);
}

async function inquireAsNewHost(lines: LineAssembler, answers: string[], { clock }: SmallAutoloader): Promise<void> {
  const ask = async (body: string): Promise<readonly string[]> => {
    const before = answers.length;
    lines.push(Buffer.from(`${encodeLine(body)}\n`));
    await clock.advance(100);
    await until(`an answer to ${body}`, () => answers.length > before);
    return (decodeLine(answers.at(-1) ?? '') ?? '').split(' ');
  };
  // A nonce that no input can have used: it has nine digits more than the protocol's fields allow a mistake for.
  const hello = await ask('H FEDCBA98 40');
  const session = hello[4] ?? '';
  if (hello[0] !== 'h') throw new Error(`a new hello was answered with ${hello.join(' ')}`);
  for (let tries = 0; tries < 10; tries++) {
    const [type, , , status] = await ask(`X ${session} 1 0 24 0 120000002400 -`);
    if (type === 's' && status === '0') return;
    // A task of the old session may still have the device.
    if (type !== 'e' && type !== 'w') throw new Error(`INQUIRY was answered with ${type} ${status}`);
  }
  throw new Error('the device never became free');
}

async function checkOthers({ autoloader, failures }: SmallAutoloader): Promise<void> {
  const cdb = Uint8Array.of(0x12, 0, 0, 0, 36, 0);
  const { status } = await autoloader.execute({ nexus: GOOD_NEXUS, lun: 1, cdb, dataOut: new Uint8Array(0) });
  if (status !== 0) throw new Error(`another host got status ${status}`);
  if (failures.length > 0) throw failures[0];
  if (cartridgesOf(autoloader) !== ALL_CARTRIDGES) throw new Error(`the cartridges are ${cartridgesOf(autoloader)}`);
}

function seeds(): Uint8Array[] {
  const first = BOOT_ID.toString(16).toUpperCase();
  return [
    ['H 1 40', `X ${first} 1 0 24 0 120000002400 -`, `Q ${first} 1`, `G ${first} 1 0`, `A ${first} 1`],
    ['H 1 40', `D ${first} 1 0 00112233`, `D ${first} 1 4 44`, `X ${first} 1 0 0 5 0A0000000500 -`, `Q ${first} 1`],
    ['H 1 40', `R ${first} 1 0`, 'H 2 10', `X ${(BOOT_ID + 1).toString(16)} 1 1 FF 0 12000000FF00 -`],
    [
      'H 1 40',
      `X ${first} 1 1 40 0 B81000000FFF00000040 -`,
      `G ${first} 1 20`,
      `X ${first} 2 0 0 4 0A0000000400 01020304`,
    ],
    [encodeLine('H 1 40'), ':H 1 40*00000000', 'Z'],
  ].map((lines) => Uint8Array.from(Buffer.from(lines.join('\n'), 'latin1')));
}
