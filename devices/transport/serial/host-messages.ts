/**
 * What the host says and what it understands, as bodies of lines (docs/serial-protocol.md, "Lines of the host" and "Lines of
 * the device"). The device side has its own reading of the same page.
 */
import { hexData, hexNumber, parseHexData, parseHexNumber } from './line.js';

/** Why a device did not do what a line asked. */
export const DEVICE_ERRORS = ['CRC', 'FORMAT', 'SESSION', 'TAG', 'BUSY', 'DATA', 'LENGTH', 'OPTION', 'FAILED'] as const;
export type DeviceErrorCode = (typeof DEVICE_ERRORS)[number];

/** What a device says of itself when it is greeted. */
export interface HelloAnswer {
  readonly kind: 'hello';
  readonly nonce: number;
  readonly version: number;
  /** Differs after each start of the device. */
  readonly bootId: number;
  /** Names this host's lines from now on. */
  readonly session: number;
  /** The agreed size of a data chunk, in bytes. */
  readonly chunkBytes: number;
  /** The most parameter data one command may carry, in bytes. */
  readonly dataOutMax: number;
  /** The longest CDB, in bytes. */
  readonly cdbMax: number;
  /** How long the device may take to begin its answer, in milliseconds. */
  readonly turnaroundMs: number;
}

export interface WorkingAnswer {
  readonly kind: 'working';
  readonly session: number;
  readonly tag: number;
}

export interface StatusAnswer {
  readonly kind: 'status';
  readonly session: number;
  readonly tag: number;
  readonly status: number;
  readonly senseLength: number;
  readonly dataInLength: number;
  /** The first chunk of sense followed by data-in. */
  readonly payload: Uint8Array;
}

export interface ReceivedAnswer {
  readonly kind: 'received';
  readonly session: number;
  readonly tag: number;
  /** How many bytes of data-out the device has, counted from the first. */
  readonly receivedBytes: number;
}

export interface ChunkAnswer {
  readonly kind: 'chunk';
  readonly session: number;
  readonly tag: number;
  readonly offset: number;
  readonly payload: Uint8Array;
}

export interface ErrorAnswer {
  readonly kind: 'error';
  readonly session: number;
  readonly tag: number;
  readonly code: DeviceErrorCode;
  /** The boot id with SESSION, the tag that occupies the device with TAG and BUSY, bytes with DATA and LENGTH. */
  readonly detail: number;
}

export type DeviceAnswer = HelloAnswer | WorkingAnswer | StatusAnswer | ReceivedAnswer | ChunkAnswer | ErrorAnswer;

/** The address of one command: a session and a tag in it. */
export interface TaskAddress {
  readonly session: number;
  readonly tag: number;
}

export interface ExecuteRequest extends TaskAddress {
  readonly unit: number;
  readonly dataInMax: number;
  readonly dataOutLength: number;
  readonly cdb: Uint8Array;
  /** All data-out when it fits in one chunk, else nothing. */
  readonly inlineData: Uint8Array;
}

const join = (...fields: (string | number)[]): string =>
  fields.map((field) => (typeof field === 'number' ? hexNumber(field) : field)).join(' ');

export const helloRequest = (nonce: number, chunkBytes: number): string => join('H', nonce, chunkBytes);
export const dataRequest = (task: TaskAddress, offset: number, data: Uint8Array): string =>
  join('D', task.session, task.tag, offset, hexData(data));
export const executeRequest = (request: ExecuteRequest): string =>
  join(
    'X',
    request.session,
    request.tag,
    request.unit,
    request.dataInMax,
    request.dataOutLength,
    hexData(request.cdb),
    hexData(request.inlineData),
  );
export const queryRequest = (task: TaskAddress): string => join('Q', task.session, task.tag);
export const getRequest = (task: TaskAddress, offset: number): string => join('G', task.session, task.tag, offset);
export const abortRequest = (task: TaskAddress): string => join('A', task.session, task.tag);
export const resetRequest = (task: TaskAddress, unit: number): string => join('R', task.session, task.tag, unit);

/** Reads the body of an answer; `undefined` for a body that is no answer at all, the host's own echo among them. */
export function parseAnswer(body: string): DeviceAnswer | undefined {
  const [type, ...fields] = body.split(' ');
  switch (type) {
    case 'h':
      return parseHello(fields);
    case 'w': {
      const numbers = parseNumbers(fields, 2);
      return numbers && { kind: 'working', session: numbers[0]!, tag: numbers[1]! };
    }
    case 's':
      return parseStatus(fields);
    case 'd': {
      const numbers = parseNumbers(fields, 3);
      return numbers && { kind: 'received', session: numbers[0]!, tag: numbers[1]!, receivedBytes: numbers[2]! };
    }
    case 'g': {
      const numbers = parseNumbers(fields.slice(0, 3), 3);
      const payload = parseHexData(fields[3]);
      if (numbers === undefined || payload === undefined || fields.length !== 4) return undefined;
      return { kind: 'chunk', session: numbers[0]!, tag: numbers[1]!, offset: numbers[2]!, payload };
    }
    case 'e':
      return parseError(fields);
    default:
      return undefined;
  }
}

function parseHello(fields: string[]): HelloAnswer | undefined {
  const numbers = parseNumbers(fields, 8);
  if (numbers === undefined) return undefined;
  return {
    kind: 'hello',
    nonce: numbers[0]!,
    version: numbers[1]!,
    bootId: numbers[2]!,
    session: numbers[3]!,
    chunkBytes: numbers[4]!,
    dataOutMax: numbers[5]!,
    cdbMax: numbers[6]!,
    turnaroundMs: numbers[7]!,
  };
}

function parseStatus(fields: string[]): StatusAnswer | undefined {
  const numbers = parseNumbers(fields.slice(0, 5), 5);
  const payload = parseHexData(fields[5]);
  if (numbers === undefined || payload === undefined || fields.length !== 6) return undefined;
  const [session, tag, status, senseLength, dataInLength] = numbers;
  return {
    kind: 'status',
    session: session!,
    tag: tag!,
    status: status!,
    senseLength: senseLength!,
    dataInLength: dataInLength!,
    payload,
  };
}

function parseError(fields: string[]): ErrorAnswer | undefined {
  const numbers = parseNumbers([...fields.slice(0, 2), ...fields.slice(3)], 3);
  const code = DEVICE_ERRORS.find((known) => known === fields[2]);
  if (numbers === undefined || code === undefined) return undefined;
  return { kind: 'error', session: numbers[0]!, tag: numbers[1]!, code, detail: numbers[2]! };
}

function parseNumbers(fields: string[], count: number): number[] | undefined {
  const numbers = fields.map((field) => parseHexNumber(field));
  return fields.length === count && numbers.every((number) => number !== undefined) ? numbers : undefined;
}
