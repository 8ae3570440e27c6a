import type { DocumentPath } from './allowed.js';

/** A problem that no single value shows: it lies between two places of the file. */
export interface CrossProblem {
  readonly path: DocumentPath;
  readonly what: string;
  readonly allowed?: string;
}
