/**
 * Exceptions that nobody caught and rejections that nobody handled, in this thread: with a server they would end the whole
 * process, so they count as harm of the input that was being taken.
 */
export class StrayFailures {
  #first: string | undefined;
  readonly #onException = (error: unknown): void => this.#note('an exception that nobody caught', error);
  readonly #onRejection = (reason: unknown): void => this.#note('a rejection that nobody handled', reason);

  constructor() {
    process.on('uncaughtException', this.#onException);
    process.on('unhandledRejection', this.#onRejection);
  }

  /** The first since it was asked last. */
  take(): string | undefined {
    const first = this.#first;
    this.#first = undefined;
    return first;
  }

  stop(): void {
    process.off('uncaughtException', this.#onException);
    process.off('unhandledRejection', this.#onRejection);
  }

  #note(what: string, error: unknown): void {
    this.#first ??= `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}
