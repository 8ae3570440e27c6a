/** What a drive has done: since power on or since LOG SELECT reset it, and since the present medium was loaded. */
export interface TapeCounts {
  /** Bytes of blocks, without the marks between them. */
  bytesWritten: number;
  bytesRead: number;
  blocksWritten: number;
  blocksRead: number;
  uncorrectedWriteErrors: number;
  uncorrectedReadErrors: number;
}

const nothing = (): TapeCounts => ({
  bytesWritten: 0,
  bytesRead: 0,
  blocksWritten: 0,
  blocksRead: 0,
  uncorrectedWriteErrors: 0,
  uncorrectedReadErrors: 0,
});

export class TapeStatistics {
  #total = nothing();
  #load = nothing();

  /** Since power on, or since {@link reset}. */
  get total(): Readonly<TapeCounts> {
    return this.#total;
  }

  /** Since the medium was loaded. */
  get load(): Readonly<TapeCounts> {
    return this.#load;
  }

  count(what: keyof TapeCounts, by = 1): void {
    this.#total[what] += by;
    this.#load[what] += by;
  }

  mediumLoaded(): void {
    this.#load = nothing();
  }

  /** LOG SELECT with PCR; what goes with the medium stays. */
  reset(): void {
    this.#total = nothing();
  }
}
