import { constants } from 'node:os';

import type {
  CallOutcome,
  OpenedHandle,
  SgCalls,
  SgHandle,
  SgIoOutcome,
  SgIoRequest,
} from '../../../../devices/transport/sg/sg-calls.js';
import { DxferDirection, encodeSgIoHeader, type SgIoHeader } from '../../../../devices/transport/sg/sg-io-header.js';

export const errno = constants.errno;

/** Answers of a kernel, one for each call in turn; when they are used up, GOOD. */
export class ScriptedCalls implements SgCalls {
  readonly opened: string[] = [];
  readonly sent: SgIoRequest[] = [];
  readonly resets: number[] = [];
  readonly opens: (number | 'lost' | Promise<0>)[] = [];
  readonly answers: (SgIoOutcome | Promise<SgIoOutcome>)[] = [];
  readonly resetAnswers: (CallOutcome | Promise<CallOutcome>)[] = [];
  openFiles = 0;
  ends = 0;

  async open(path: string): Promise<OpenedHandle> {
    this.opened.push(path);
    const next = await (this.opens.shift() ?? 0);
    if (next === 'lost') return { kind: 'lost', message: 'the script says so' };
    if (next !== 0) return { kind: 'refused', errno: next };
    this.openFiles++;
    const handle: SgHandle = {
      command: (request) => {
        this.sent.push(request);
        return Promise.resolve(this.answers.shift() ?? done({}));
      },
      reset: (what) => {
        this.resets.push(what);
        return Promise.resolve(this.resetAnswers.shift() ?? { kind: 'done' });
      },
      close: () => void this.openFiles--,
    };
    return { kind: 'opened', handle };
  }

  end(): Promise<void> {
    this.ends++;
    return Promise.resolve();
  }
}

/** A command that the kernel is done with. */
export function done(
  header: Partial<SgIoHeader>,
  { dataIn = new Uint8Array(0), sense = new Uint8Array(0) } = {},
): SgIoOutcome & { kind: 'done' } {
  const whole = { dxferDirection: DxferDirection.NONE, cmdLen: 6, cmdp: 1n, sbLenWr: sense.length, ...header };
  return { kind: 'done', header: encodeSgIoHeader(whole), dataIn, sense };
}

export const refused = (number: number): SgIoOutcome => ({ kind: 'refused', errno: number });
