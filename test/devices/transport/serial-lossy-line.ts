import type { Clock } from '../../../devices/clock.js';
import type { OpenSerialLine, SerialLineEvents } from '../../../devices/transport/serial/serial-line.js';
import type { ScsiTarget } from '../../../devices/transport/scsi-target.js';
import type { SerialLineServerOptions } from '../../../devices/virtual/attach/serial/serial-line-server.js';
import { SerialLineServer } from '../../../devices/virtual/attach/serial/serial-line-server.js';
import { LineAssembler } from '../../../devices/virtual/attach/serial/line-assembler.js';

/**
 * What happens to one line on its way. `late-double` arrives whole, and once more three seconds later: no wire does that,
 * but nothing may be executed twice even then. `restart` loses the line and restarts the device.
 */
export const LINE_FAULTS = [
  'lose',
  'corrupt',
  'cut',
  'join',
  'double',
  'noise',
  'delay',
  'late-double',
  'restart',
] as const;
export type LineFault = (typeof LINE_FAULTS)[number];

export interface LossyLineOptions {
  readonly target: ScsiTarget;
  readonly clock: Clock;
  /** Asked for each line of each direction; `undefined` lets it pass. */
  readonly fault?: (direction: 'to-device' | 'to-host', line: string) => LineFault | undefined;
  readonly server?: Partial<SerialLineServerOptions>;
}

/** A serial cable that exists only in memory, with a device at its end that lives on while hosts come and go. */
export class LossyLine {
  /** Every line as it was sent, before anything happened to it. */
  readonly sent: string[] = [];
  readonly #options: LossyLineOptions;
  #boots = 0;
  #server: SerialLineServer;
  #toDevice: LineAssembler;
  #host: { events: SerialLineEvents; rest: string } | undefined;
  #refusal: Error | undefined;

  constructor(options: LossyLineOptions) {
    this.#options = options;
    [this.#server, this.#toDevice] = this.#boot();
  }

  get server(): SerialLineServer {
    return this.#server;
  }

  /** Opens the host's end; the earlier one, if there is any, hears nothing more. */
  readonly openPort: OpenSerialLine = (_settings, events) => {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    const host = { events, rest: '' };
    this.#host = host;
    return Promise.resolve({
      send: (line: string) => {
        if (this.#host === host) this.#carry('to-device', line);
      },
      close: () => {
        if (this.#host === host) this.#host = undefined;
        return Promise.resolve();
      },
    });
  };

  /** Openings fail with `cause` from now on, until called with nothing. */
  refuse(cause?: Error): void {
    this.#refusal = cause;
  }

  /** The cable is pulled: the host's end closes by itself. */
  hangUp(): void {
    const host = this.#host;
    this.#host = undefined;
    host?.events.onClosed(new Error('pulled out'));
  }

  /** Power off and on: what the device had in memory is gone, what it moved stays moved. */
  restartDevice(): void {
    [this.#server, this.#toDevice] = this.#boot();
  }

  #boot(): [SerialLineServer, LineAssembler] {
    const boot = ++this.#boots;
    const { target, clock, server: settings } = this.#options;
    const server = new SerialLineServer({
      target,
      clock,
      bootId: boot * 0x0100_0000,
      ...settings,
      write: (line) => {
        if (boot === this.#boots) this.#carry('to-host', line);
      },
    });
    return [server, new LineAssembler({ longest: 4_000, onLine: (line) => server.receive(line) })];
  }

  #carry(direction: 'to-device' | 'to-host', line: string): void {
    this.sent.push(line);
    const fault = this.#options.fault?.(direction, line);
    const middle = Math.floor(line.length / 2);
    switch (fault) {
      case 'lose':
        return;
      case 'corrupt':
        return this.#deliver(direction, `${line.slice(0, middle)}~${line.slice(middle + 1)}\n`);
      case 'cut':
        return this.#deliver(direction, `${line.slice(0, middle)}\n`);
      case 'join':
        return this.#deliver(direction, line);
      case 'noise':
        return this.#deliver(direction, `\u0000\u00ff*:~\n\r\n${line}\r\n`);
      case 'double':
        // The second copy comes when the receiver has gone on already.
        this.#deliver(direction, `${line}\n`);
        return this.#deliver(direction, `${line}\n`, 3);
      case 'late-double':
        this.#options.clock.after(3_000, () => this.#deliver(direction, `${line}\n`));
        return this.#deliver(direction, `${line}\n`);
      case 'restart':
        return this.restartDevice();
      default:
        return this.#deliver(direction, `${line}\n`, fault === 'delay' ? 700 : 0);
    }
  }

  #deliver(direction: 'to-device' | 'to-host', text: string, delayMs = 0): void {
    // The receiver of this moment: bytes do not outlive a restart or a reopening.
    const device = this.#toDevice;
    const host = this.#host;
    this.#options.clock.after(1 + delayMs, () => {
      if (direction === 'to-device') {
        if (device === this.#toDevice) device.push(Buffer.from(text, 'latin1'));
      } else if (host !== undefined && host === this.#host) {
        const lines = (host.rest + text).split('\n');
        host.rest = lines.pop() ?? '';
        for (const line of lines) host.events.onLine(line);
      }
    });
  }
}
