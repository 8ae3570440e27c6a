/**
 * What the device understands and says, as bodies of lines (docs/serial-protocol.md). Written from that page and not
 * from the host's code, so that a mistake does not hide in both.
 */
import { hexData, hexNumber, parseHexData, parseHexNumber } from '../../../transport/serial/line.js';

export type HostLine =
  | { readonly type: 'H'; readonly nonce: number; readonly chunkBytes: number }
  | (Addressed & { readonly type: 'D'; readonly offset: number; readonly data: Uint8Array })
  | (Addressed & {
      readonly type: 'X';
      readonly unit: number;
      readonly dataInMax: number;
      readonly dataOutLength: number;
      readonly cdb: Uint8Array;
      readonly data: Uint8Array;
    })
  | (Addressed & { readonly type: 'Q' | 'A' })
  | (Addressed & { readonly type: 'G'; readonly offset: number })
  | (Addressed & { readonly type: 'R'; readonly unit: number });

interface Addressed {
  readonly session: number;
  readonly tag: number;
}

/** The line has a right CRC and a host's type, but not that type's fields. */
export interface MalformedLine extends Addressed {
  readonly type: 'malformed';
}

/** Fields after session and tag: `n` a number, `x` data. */
const shapes: ReadonlyMap<string, string> = new Map([
  ['D', 'nx'],
  ['X', 'nnnxx'],
  ['Q', ''],
  ['A', ''],
  ['G', 'n'],
  ['R', 'n'],
]);

/** Reads a body; `undefined` for lines that no host sends, a device's own echo among them. */
export function readHostLine(body: string): HostLine | MalformedLine | undefined {
  const [type = '', ...fields] = body.split(' ');
  if (type === 'H') return readHello(fields);
  const shape = shapes.get(type);
  if (shape === undefined) return undefined;

  const session = parseHexNumber(fields[0]);
  const tag = parseHexNumber(fields[1]);
  if (session === undefined || tag === undefined) return { type: 'malformed', session: 0, tag: 0 };
  const malformed: MalformedLine = { type: 'malformed', session, tag };
  const rest = fields.slice(2);
  if (rest.length !== shape.length) return malformed;
  const numbers: number[] = [];
  const data: Uint8Array[] = [];
  for (const [at, field] of rest.entries()) {
    if (shape[at] === 'n') {
      const value = parseHexNumber(field);
      if (value === undefined) return malformed;
      numbers.push(value);
    } else {
      const bytes = parseHexData(field);
      if (bytes === undefined) return malformed;
      data.push(bytes);
    }
  }
  const [first = 0, second = 0, third = 0] = numbers;
  const [bytes = new Uint8Array(0), moreBytes = new Uint8Array(0)] = data;
  switch (type) {
    case 'D':
      return { type, session, tag, offset: first, data: bytes };
    case 'X':
      return { type, session, tag, unit: first, dataInMax: second, dataOutLength: third, cdb: bytes, data: moreBytes };
    case 'G':
      return { type, session, tag, offset: first };
    case 'R':
      return { type, session, tag, unit: first };
    default:
      return { type: type === 'A' ? 'A' : 'Q', session, tag };
  }
}

function readHello(fields: string[]): HostLine | MalformedLine {
  const nonce = parseHexNumber(fields[0]);
  const chunkBytes = parseHexNumber(fields[1]);
  if (fields.length !== 2 || nonce === undefined || chunkBytes === undefined) {
    return { type: 'malformed', session: 0, tag: 0 };
  }
  return { type: 'H', nonce, chunkBytes };
}

/** Puts a body together: numbers in hex, bytes as data, words as they are. */
export function deviceLine(
  type: 'h' | 'w' | 's' | 'd' | 'g' | 'e',
  ...fields: (number | string | Uint8Array)[]
): string {
  const printed = fields.map((field) => {
    if (typeof field === 'number') return hexNumber(field);
    return typeof field === 'string' ? field : hexData(field);
  });
  return [type, ...printed].join(' ');
}
