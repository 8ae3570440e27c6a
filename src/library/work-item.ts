import type { Ranked } from './request-order.js';

/** Why a work item cannot start now. It starts when that has changed. */
export interface Missing {
  /** For people, in the request's record: `drive 0 is in use`. */
  readonly missing: string;
  /** Drives that it would take if enough of them were free at once. */
  readonly wants?: readonly string[];
}

/** What a work item needs; all of it is taken at once, so that two items never wait for each other. */
export interface Needs {
  readonly claim: readonly string[];
}

/** How a work item ended, when it did not fail. `waits`: it has not; something is missing again, and it gets a new turn. */
export type WorkEnd = 'passed' | 'deferred' | 'stopped' | 'waits';

/** A work item's turn, as the queue gives it. */
export interface Turn {
  /** Nobody wants it any more: what moves is let come to rest, then the item rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** The library is shutting down: what moves is let come to rest, and nothing more is moved. */
  readonly stopping: boolean;
  /** Aborts when {@link stopping} becomes true: {@link signal} may have told long before that nobody wants the item. */
  readonly shutdown: AbortSignal;
  /** Writes that the requests are in process; to be called in the item's first transaction. */
  begin(): void;
  /** Writes that the requests have ended; to be called in the item's last transaction. Without it the queue does. */
  end(end: Exclude<WorkEnd, 'waits'>): void;
}

/** One piece of work: one library request, or several that go together. */
export interface WorkItem extends Ranked {
  /** The first names the item. */
  readonly requestIds: readonly [string, ...string[]];
  /** It needs the library for itself: while it waits, nothing of lower rank begins. */
  readonly exclusive?: boolean;
  /** What it needs now, by the records and the claims as they are. Drives in `kept` are left to others. */
  needs(kept: ReadonlySet<string>): Needs | Missing;
  /** Does the work. Rejects with NtmsError when it fails. */
  run(turn: Turn): Promise<WorkEnd>;
}
