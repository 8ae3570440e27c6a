import type { SeenElement } from './reconcile.js';

/** An element as the hardware shows it, with what only drives and magazines tell. */
export interface ReadElement extends SeenElement {
  /** False: its magazine is out. */
  readonly present: boolean;
  /** Drives: whether TEST UNIT READY says so; absent when the drive cannot be asked. */
  readonly ready?: boolean;
}
