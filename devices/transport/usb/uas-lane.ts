/** One pipe: its transfers go one after the other, in the order in which they were asked for. */
export class UasLane {
  #last: Promise<unknown> = Promise.resolve();
  #ended = false;

  /** Runs `transfer`, which must not reject, when all before it have ended. Undefined when the lane ended first. */
  run<T>(transfer: () => Promise<T>): Promise<T | undefined> {
    const done = this.#last.then(() => (this.#ended ? undefined : transfer()));
    this.#last = done;
    return done;
  }

  /** Begins nothing from now on. */
  end(): void {
    this.#ended = true;
  }

  /** Keeps the pipe free, once what is under way has ended, until `release` is called. */
  hold(): { readonly held: Promise<void>; readonly release: () => void } {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = new Promise<void>((resolve) => {
      void this.run(() => {
        resolve();
        return released;
      }).then(() => resolve());
    });
    return { held, release };
  }
}
