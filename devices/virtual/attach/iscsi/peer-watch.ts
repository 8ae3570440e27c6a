import type { Clock } from '../../../clock.js';

export interface PeerWatchOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** How long the answer may take, as of now. */
  timeoutMs(): number;
  /** Asks the initiator whether it lives. */
  ask(): void;
  /** It did not answer. */
  dead(): void;
}

/** Watches that an initiator lives: after a silence it is asked, and given up when it stays silent. */
export class PeerWatch {
  readonly #options: PeerWatchOptions;
  #heardAtMs: number;
  #asked = false;
  #cancel: () => void = () => undefined;

  constructor(options: PeerWatchOptions) {
    this.#options = options;
    this.#heardAtMs = options.clock.now();
    if (options.intervalMs > 0) this.#wait(options.intervalMs);
  }

  /** A PDU came. Cheap, as it is called for each: the timer finds out when it is due. */
  heard(): void {
    this.#heardAtMs = this.#options.clock.now();
    this.#asked = false;
  }

  stop(): void {
    this.#cancel();
  }

  #wait(ms: number): void {
    this.#cancel = this.#options.clock.after(ms, () => this.#due());
  }

  #due(): void {
    const { clock, intervalMs } = this.#options;
    const silentMs = clock.now() - this.#heardAtMs;
    if (this.#asked) {
      this.#options.dead();
    } else if (silentMs < intervalMs) {
      this.#wait(intervalMs - silentMs);
    } else {
      this.#asked = true;
      this.#wait(this.#options.timeoutMs());
      this.#options.ask();
    }
  }
}
