import { ReadlineParser } from '@serialport/parser-readline';
import { SerialPort } from 'serialport';

import { BoundedLines } from './bounded-lines.js';
import type { OpenSerialLine, SerialLine, SerialLineEvents, SerialLineSettings } from './serial-line.js';

/** Opens a serial port of this machine: 8 data bits, no parity, 1 stop bit, no flow control, locked against other programs. */
export const openSerialPortLine: OpenSerialLine = async (settings, events) => {
  const line = new SerialPortLine(settings, events);
  await line.open();
  return line;
};

/** Real time: what is waited for is the driver of this machine, not the device. */
const longestSettlingMs = 500;

class SerialPortLine implements SerialLine {
  readonly #port: SerialPort;
  readonly #events: SerialLineEvents;
  #ended = false;
  /** Writes and drains that the port has not answered yet. */
  #unanswered = 0;
  #whenAnswered: () => void = () => undefined;

  constructor(settings: SerialLineSettings, events: SerialLineEvents) {
    this.#events = events;
    this.#port = new SerialPort({ path: settings.path, baudRate: settings.baudRate, lock: true, autoOpen: false });
    // latin1 keeps one character a byte, so that noise can not turn into fewer or more of them.
    const parser = new ReadlineParser({ delimiter: '\n', encoding: 'latin1' });
    this.#port.pipe(new BoundedLines({ longest: settings.longestLine })).pipe(parser);
    parser.on('data', (text: string) => {
      if (!this.#ended) events.onLine(text);
    });
    this.#port.on('error', (cause: Error) => this.#hangUp(cause));
    this.#port.on('close', (cause: Error | null) => this.#hangUp(cause ?? undefined));
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#port.open((cause) => {
        if (cause === null) {
          resolve();
        } else {
          this.#ended = true;
          reject(cause);
        }
      });
    });
  }

  send(line: string): void {
    if (this.#ended) return;
    this.#port.write(`${line}\n`, 'latin1', this.#answer());
    // A hung-up line is seen here first: while bytes were on their way the reader gets neither an end nor an error and
    // spins, but tcdrain answers EIO.
    this.#port.drain(this.#answer());
  }

  #answer(): (cause: Error | null | undefined) => void {
    this.#unanswered += 1;
    return (cause) => {
      this.#unanswered -= 1;
      if (cause) this.#hangUp(cause);
      if (this.#unanswered === 0) this.#whenAnswered();
    };
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#settled();
    await this.#closePort();
  }

  /** A port that is closed under a write keeps the process from ending; a far end that takes nothing is not waited for long. */
  #settled(): Promise<void> {
    if (this.#unanswered === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longestSettlingMs);
      this.#whenAnswered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #hangUp(cause: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.#closePort();
    this.#events.onClosed(cause);
  }

  #closePort(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#port.isOpen || this.#port.closing) {
        resolve();
        return;
      }
      // What went wrong while closing changes nothing for anyone: the descriptor is gone either way.
      this.#port.close(() => resolve());
    });
  }
}

/** A serial port that this machine has. */
export interface SerialPortDescription {
  readonly path: string;
  readonly manufacturer?: string | undefined;
  readonly serialNumber?: string | undefined;
  /** USB vendor and product number, in hex, of an adapter. */
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
}

/** The serial ports of this machine; none where the machine has no means to list them. */
export async function listSerialPorts(
  list: () => Promise<SerialPortDescription[]> = () => SerialPort.list(),
): Promise<SerialPortDescription[]> {
  try {
    return await list();
  } catch (cause) {
    // Listing runs `udevadm`, which containers do not have.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  }
}
