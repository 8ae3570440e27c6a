import { closeSync, constants, openSync, write } from 'node:fs';
import { ReadStream } from 'node:tty';

import koffi from 'koffi';

import type { Clock } from '../../../clock.js';

/** Longer than any `struct termios` there is. */
const termiosBytes = 256;
const applyNow = 0; // TCSANOW
/** The other end does not read: try again after so long. */
const retryMs = 5;
/** What nobody reads is not kept without end; a lost line is asked again. */
const mostQueuedBytes = 0x1_0000;

export interface PseudoTerminalOptions {
  readonly clock: Clock;
  readonly onData: (bytes: Buffer) => void;
  /** Reading failed; the terminal is of no more use. */
  readonly onError: (cause: Error) => void;
}

/** A serial line without hardware: programs open `path` as they would a serial port, this process is the device. */
export interface PseudoTerminal {
  readonly path: string;
  /** Sends `text` as latin1. False: thrown away, because the other end does not read and much waits already. */
  write(text: string): boolean;
  /** Ends both directions; a program that has `path` open sees a hang-up. */
  close(): Promise<void>;
}

/** Making or setting up the pseudo-terminal failed. */
export class PseudoTerminalError extends Error {
  override readonly name = 'PseudoTerminalError';
  readonly code = 'pseudo-terminal';
}

/** Opens a pseudo-terminal in raw mode. Linux and macOS. Throws {@link PseudoTerminalError}. */
export function openPseudoTerminal(options: PseudoTerminalOptions): PseudoTerminal {
  if (process.platform === 'win32') {
    throw new PseudoTerminalError('Windows has no pseudo-terminals; use a pair of virtual COM ports');
  }
  const c = bindTerminalCalls();
  const primary = c.openPrimary(constants.O_RDWR | constants.O_NOCTTY);
  if (primary < 0) throw new PseudoTerminalError('posix_openpt failed; is /dev/ptmx there and are descriptors left?');
  try {
    if (c.grant(primary) !== 0 || c.unlock(primary) !== 0) {
      throw new PseudoTerminalError('grantpt or unlockpt failed; is /dev/pts mounted?');
    }
    const path = c.nameOf(primary);
    if (path === null) throw new PseudoTerminalError('ptsname failed; is /dev/pts mounted?');
    // Kept open for as long as the terminal lives: without any open secondary the primary's reads fail with EIO, and
    // the raw mode would be lost between two clients.
    const secondary = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
    try {
      makeRaw(c, secondary);
    } catch (cause) {
      closeSync(secondary);
      throw cause;
    }
    return new OpenPseudoTerminal(path, primary, secondary, options);
  } catch (cause) {
    closeSync(primary);
    throw cause;
  }
}

type TerminalCalls = ReturnType<typeof bindTerminalCalls>;

function bindTerminalCalls() {
  const c = koffi.load(null);
  return {
    openPrimary: c.func('int posix_openpt(int flags)') as (flags: number) => number,
    grant: c.func('int grantpt(int fd)') as (fd: number) => number,
    unlock: c.func('int unlockpt(int fd)') as (fd: number) => number,
    nameOf: c.func('const char *ptsname(int fd)') as (fd: number) => string | null,
    getAttributes: c.func('int tcgetattr(int fd, void *termios)') as (fd: number, termios: Buffer) => number,
    makeRaw: c.func('void cfmakeraw(void *termios)') as (termios: Buffer) => void,
    setAttributes: c.func('int tcsetattr(int fd, int when, const void *termios)') as (
      fd: number,
      when: number,
      termios: Buffer,
    ) => number,
  };
}

function makeRaw(c: TerminalCalls, fd: number): void {
  const termios = Buffer.alloc(termiosBytes);
  if (c.getAttributes(fd, termios) !== 0) throw new PseudoTerminalError('tcgetattr failed on the pseudo-terminal');
  c.makeRaw(termios);
  if (c.setAttributes(fd, applyNow, termios) !== 0)
    throw new PseudoTerminalError('tcsetattr failed on the pseudo-terminal');
}

class OpenPseudoTerminal implements PseudoTerminal {
  readonly path: string;
  readonly #primary: number;
  readonly #secondary: number;
  readonly #options: PseudoTerminalOptions;
  readonly #reader: ReadStream;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #isWriting = false;
  #cancelRetry: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  #writeEnded: (() => void) | undefined;

  constructor(path: string, primary: number, secondary: number, options: PseudoTerminalOptions) {
    this.path = path;
    this.#primary = primary;
    this.#secondary = secondary;
    this.#options = options;
    this.#reader = new ReadStream(primary);
    this.#reader.on('data', options.onData);
    this.#reader.on('error', (cause: Error) => {
      if (this.#closing === undefined) options.onError(cause);
    });
  }

  write(text: string): boolean {
    const bytes = Buffer.from(text, 'latin1');
    if (this.#closing !== undefined || this.#queuedBytes + bytes.length > mostQueuedBytes) return false;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#writeNext();
    return true;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#queue = [];
    this.#cancelRetry?.();
    // A descriptor that is closed while a write is under way may be another file's by the time the write happens.
    if (this.#isWriting && this.#cancelRetry === undefined) {
      await new Promise<void>((resolve) => (this.#writeEnded = resolve));
    }
    await new Promise<void>((resolve) => {
      this.#reader.once('close', () => resolve());
      this.#reader.destroy();
    });
    closeSync(this.#secondary);
  }

  /** One write at a time: the descriptor does not block, and what it did not take goes first the next time. */
  #writeNext(): void {
    const bytes = this.#queue[0];
    if (this.#isWriting || bytes === undefined || this.#closing !== undefined) return;
    this.#isWriting = true;
    write(this.#primary, bytes, (cause, written) => {
      if (cause !== null && cause.code === 'EAGAIN' && this.#closing === undefined) {
        this.#cancelRetry = this.#options.clock.after(retryMs, () => {
          this.#cancelRetry = undefined;
          this.#isWriting = false;
          this.#writeNext();
        });
        return;
      }
      this.#isWriting = false;
      this.#writeEnded?.();
      if (cause !== null) {
        this.#queue = [];
        this.#queuedBytes = 0;
        if (this.#closing === undefined && cause.code !== 'EAGAIN') this.#options.onError(cause);
        return;
      }
      this.#queuedBytes -= written;
      if (written === bytes.length) this.#queue.shift();
      else this.#queue[0] = bytes.subarray(written);
      this.#writeNext();
    });
  }
}
