/** Whether the host that programs run on is still there: switched off, it waits for no command any more. */
export class HostPower {
  readonly #ends = new Set<() => void>();
  #isOff = false;

  get isOff(): boolean {
    return this.#isOff;
  }

  /** `end` is called when it is switched off, unless the returned function was called before. */
  whenOff(end: () => void): () => void {
    this.#ends.add(end);
    return () => this.#ends.delete(end);
  }

  off(): void {
    this.#isOff = true;
    for (const end of this.#ends) end();
    this.#ends.clear();
  }
}
