/** A command that a UAS host has under way. */
export interface UasTask {
  readonly tag: number;
  readonly lun: number;
  readonly abort: AbortController;
}
