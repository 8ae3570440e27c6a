/** The bytes of one medium, in memory or in a file. All calls are synchronous: an image is local. */
export interface ByteStore {
  readonly length: number;
  /** Exactly `length` bytes, or fewer at the end; the caller's own. */
  read(offset: number, length: number): Uint8Array;
  /**
   * Writes the parts one after another at `offset`, which is at most the present length, and cuts off what lay behind the
   * written bytes; without parts it only cuts off.
   */
  writeAndTruncate(offset: number, ...parts: readonly Uint8Array[]): void;
  /** When this returns, what was written outlives a loss of power of this machine. Costs nothing when nothing was. */
  synchronize(): void;
  close(): void;
}

export function totalLength(parts: readonly Uint8Array[]): number {
  let total = 0;
  for (const part of parts) total += part.length;
  return total;
}
