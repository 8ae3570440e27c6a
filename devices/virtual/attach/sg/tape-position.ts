/** Where a tape stands, as its driver counts along; a count is -1 once nobody knows it. */
export class TapePosition {
  fileNumber = 0;
  blockNumber = 0;
  /** Directly behind a filemark, or at the end of the data. */
  mark: 'none' | 'filemark' | 'end-of-data' = 'none';

  atBeginning(): void {
    this.fileNumber = 0;
    this.blockNumber = 0;
    this.mark = 'none';
  }

  unknown(): void {
    this.fileNumber = -1;
    this.blockNumber = -1;
    this.mark = 'none';
  }

  overBlocks(count: number): void {
    if (this.blockNumber >= 0) this.blockNumber += count;
    if (count !== 0) this.mark = 'none';
  }

  /** Over filemarks, forward or, with a negative count, backward. */
  overFilemarks(count: number): void {
    if (count === 0) return;
    if (this.fileNumber >= 0) this.fileNumber = Math.max(0, this.fileNumber + count);
    // Backward, it stands before a filemark, and nobody counted the blocks before it.
    this.blockNumber = count > 0 ? 0 : -1;
    this.mark = count > 0 ? 'filemark' : 'none';
  }

  atEndOfData(): void {
    this.mark = 'end-of-data';
  }

  get isAtBeginning(): boolean {
    return this.fileNumber === 0 && this.blockNumber === 0;
  }
}
