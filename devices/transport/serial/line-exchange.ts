import type { Clock } from '../../clock.js';
import type { DeviceAnswer } from './host-messages.js';
import { parseAnswer } from './host-messages.js';
import { decodeLine, encodeLine } from './line.js';
import type { SerialLine } from './serial-line.js';

/** How often a device may shorten the wait of one exchange by saying that a line came damaged. */
const nakLimit = 3;

/** No fitting answer came although the line was sent again and again. */
export class LineSilentError extends Error {
  override readonly name = 'LineSilentError';
  readonly code = 'line-silent';
}

/** The line went away. */
export class LineClosedError extends Error {
  override readonly name = 'LineClosedError';
  readonly code = 'line-closed';
}

export interface AskOptions<T> {
  /** The body of the line. */
  readonly request: string;
  /** What the answer means; `undefined` for an answer to something else. */
  readonly accept: (answer: DeviceAnswer) => T | undefined;
  /** The line counts as lost when no answer came for so long. */
  readonly answerMs: number;
  /** For how long it is sent again. */
  readonly repairMs: number;
  /** Ends the exchange with its reason. */
  readonly signal?: AbortSignal;
}

interface Waiting {
  readonly take: (answer: DeviceAnswer) => void;
  readonly fail: (cause: Error) => void;
}

/**
 * One line out, one line back. What was damaged or lost on the way is asked again until an answer fits; every request of
 * the protocol may be repeated without harm. At most one exchange is under way.
 */
export class LineExchange {
  readonly #clock: Clock;
  readonly #counters = { sent: 0, repeated: 0, damaged: 0 };
  #line: SerialLine | undefined;
  #whyNoLine: Error = new LineClosedError('the serial line is not open; open the transport');
  #waiting: Waiting | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lines sent, of them sent again, and lines that came damaged, since the start. */
  get counters(): Readonly<{ sent: number; repeated: number; damaged: number }> {
    return this.#counters;
  }

  attach(line: SerialLine): void {
    this.#line = line;
  }

  /** Every exchange from now on, and the one under way, ends with `cause`. */
  detach(cause: Error): void {
    this.#line = undefined;
    this.#whyNoLine = cause;
    this.#waiting?.fail(cause);
  }

  /** Takes one line from the device. */
  receive(text: string): void {
    const body = decodeLine(text);
    if (body === undefined) {
      if (text.length > 0) this.#counters.damaged++;
      return;
    }
    const answer = parseAnswer(body);
    if (answer !== undefined) this.#waiting?.take(answer);
  }

  /** Sends `request` until an answer is accepted. Rejects with {@link LineSilentError}, {@link LineClosedError} or the signal's reason. */
  ask<T>(options: AskOptions<T>): Promise<T> {
    const { signal } = options;
    return new Promise<T>((resolve, reject) => {
      if (this.#line === undefined) {
        reject(this.#whyNoLine);
        return;
      }
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const line = encodeLine(options.request);
      const startMs = this.#clock.now();
      let cancelTimer: (() => void) | undefined;
      let naks = 0;

      const settle = (): void => {
        cancelTimer?.();
        signal?.removeEventListener('abort', onAbort);
        this.#waiting = undefined;
      };
      const fail = (cause: Error): void => {
        settle();
        reject(cause);
      };
      const onAbort = (): void => fail(signal?.reason as Error);
      const send = (again: boolean): void => {
        cancelTimer?.();
        this.#counters.sent++;
        if (again) this.#counters.repeated++;
        cancelTimer = this.#clock.after(options.answerMs, () => {
          const silentMs = this.#clock.now() - startMs;
          if (silentMs < options.repairMs) send(true);
          else fail(new LineSilentError(`no answer for ${silentMs} ms; check the cable, the line rate and the device`));
        });
        this.#line?.send(line);
      };

      this.#waiting = {
        fail,
        take: (answer) => {
          if (answer.kind === 'error' && answer.code === 'CRC') {
            if (naks++ < nakLimit) send(true);
            return;
          }
          const accepted = options.accept(answer);
          if (accepted === undefined) return;
          settle();
          resolve(accepted);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      send(false);
    });
  }
}
