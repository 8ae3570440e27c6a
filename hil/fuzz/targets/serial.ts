import { BoundedLines } from '../../../devices/transport/serial/bounded-lines.js';
import { parseAnswer } from '../../../devices/transport/serial/host-messages.js';
import { decodeLine, encodeLine, longestLine } from '../../../devices/transport/serial/line.js';
import { deviceLine, readHostLine } from '../../../devices/virtual/attach/serial/device-messages.js';
import { LineAssembler } from '../../../devices/virtual/attach/serial/line-assembler.js';
import type { FuzzTarget } from '../fuzz-target.js';

const LONGEST = longestLine({ cdbBytes: 16, chunkBytes: 64 });

/** What comes over a serial line, from either side: bytes as lines, then what the bodies of the lines say. */
export function serialTargets(): FuzzTarget[] {
  const target = (name: string, take: (bytes: Uint8Array) => unknown, seeds: readonly string[]): FuzzTarget => ({
    name,
    seeds: () => seeds.map((text) => Uint8Array.from(Buffer.from(text, 'latin1'))),
    take,
    codes: [],
    cost: 'parser',
  });
  return [
    target('serial-device-lines', readAsDevice, [hostLines.map((body) => `${encodeLine(body)}\n`).join('')]),
    target('serial-host-line-body', (bytes) => readHostLine(textOf(bytes)), hostLines),
    target('serial-host-lines', readAsHost, [deviceLines.map((body) => `${encodeLine(body)}\n`).join('')]),
    target('serial-device-line-body', (bytes) => parseAnswer(textOf(bytes)), deviceLines),
  ];
}

/** One of each kind, as a host says it. */
export const hostLines = ['H 1234 40', 'D 10 1 0 0011', 'X 10 1 1 24 0 120000002400 -', 'Q 10 1', 'A 10 1', 'G 10 1 0'];
/** And as a device does. */
export const deviceLines = [
  deviceLine('h', 0x1234, 1, 0x99, 0x10, 64, 1024, 16, 50),
  deviceLine('w', 0x10, 1),
  deviceLine('s', 0x10, 1, 2, 18, 0, Uint8Array.of(0x70, 0, 5)),
  deviceLine('d', 0x10, 1, 2),
  deviceLine('g', 0x10, 1, 0, Uint8Array.of(1, 2, 3)),
  deviceLine('e', 0x10, 1, 'BUSY', 1),
];

function readAsDevice(bytes: Uint8Array): void {
  const lines = new LineAssembler({
    longest: LONGEST,
    onLine: (line) => {
      if (line.length >= LONGEST) throw new Error(`a line of ${line.length} characters`);
      const body = decodeLine(line);
      if (body !== undefined) readHostLine(body);
    },
  });
  lines.push(bytes);
}

function readAsHost(bytes: Uint8Array): void {
  const bounded = new BoundedLines({ longest: LONGEST });
  let kept = '';
  // oxlint-disable-next-line no-underscore-dangle -- what a stream calls for each chunk
  bounded._transform(Buffer.from(bytes), 'latin1', (error, data) => {
    if (error) throw error;
    kept = textOf(data as Uint8Array);
  });
  for (const line of kept.split('\n')) {
    if (line.length >= LONGEST) throw new Error(`a line of ${line.length} characters`);
    const body = decodeLine(line);
    if (body !== undefined) parseAnswer(body);
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
