/** Signals that ask a command to end. */
export type EndSignal = 'SIGINT' | 'SIGTERM';

/** What SIGINT and SIGTERM mean while a command runs. */
export class Interruption {
  readonly #controller = new AbortController();
  #program: ((signal: EndSignal) => void) | undefined;

  /** Aborts at the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** False: it is the second one, and does not wait for what the first one ended. */
  receive(signal: EndSignal): boolean {
    if (this.#program !== undefined) {
      this.#program(signal);
      return true;
    }
    const isFirst = !this.signal.aborted;
    this.#controller.abort();
    return isFirst;
  }

  /** A program that runs in this one's place gets all signals, until the returned function is called. */
  passTo(program: (signal: EndSignal) => void): () => void {
    this.#program = program;
    return () => (this.#program = undefined);
  }
}
