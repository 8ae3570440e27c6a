import type { OpenedHandle, SgCalls, SgHandle } from './sg-calls.js';

/** Files of one device that may be open at once; beyond, a command waits for one that was given up to end. */
const mostLanes = 12;

/** One open file, which carries one command at a time. */
export interface Lane {
  readonly handle: SgHandle;
}

/**
 * The open files of one device. Each command in flight has a file of its own, so that one that was given up, and still blocks
 * its file in the kernel, does not block the next.
 */
export class SgLanes {
  /** What is opened for each. */
  readonly path: string;
  readonly #calls: SgCalls;
  readonly #free: Lane[] = [];
  readonly #waiting: ((lane: Lane | undefined) => void)[] = [];
  #open = 0;
  /** Some devices (tape drives by their own file) can be opened only once. */
  #isSingle = false;
  #isClosed = false;

  constructor(calls: SgCalls, path: string) {
    this.#calls = calls;
    this.path = path;
  }

  /** Opens the first file; what is not `opened` says why it could not be. */
  async start(): Promise<OpenedHandle> {
    const opened = await this.#openFile();
    if (opened.kind === 'opened') this.giveBack({ handle: opened.handle });
    return opened;
  }

  /** A file without a command on it; undefined once the lanes are closed. Resolves when there is one. */
  async take(): Promise<Lane | undefined> {
    const free = this.#free.pop();
    if (free !== undefined || this.#isClosed) return free;
    if (!this.#isSingle && this.#open < mostLanes) {
      const opened = await this.#openFile();
      if (opened.kind === 'opened') {
        if (!this.#isClosed) return { handle: opened.handle };
        opened.handle.close();
        return undefined;
      }
      // Whatever the reason, the device is open already: the command can wait for a file that is.
      this.#isSingle = true;
    }
    const next = this.#free.pop();
    if (next !== undefined || this.#isClosed || this.#open === 0) return next;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  giveBack(lane: Lane): void {
    if (this.#isClosed) {
      lane.handle.close();
      return;
    }
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#free.push(lane);
    else waiting(lane);
  }

  /** Nobody waits any more; files with a command on them are closed when it ends. */
  close(): void {
    this.#isClosed = true;
    for (const lane of this.#free.splice(0)) lane.handle.close();
    for (const waiting of this.#waiting.splice(0)) waiting(undefined);
  }

  async #openFile(): Promise<OpenedHandle> {
    this.#open++;
    const opened = await this.#calls.open(this.path);
    if (opened.kind !== 'opened') this.#open--;
    return opened;
  }
}
