import { stateIn } from 'xstate';
import type { EventObject } from 'xstate';

/**
 * What every machine emits for an event that none of its current states takes. xstate drops such events silently; here
 * they become a line in the trace. The machine stays where it is.
 */
export interface UnexpectedEvent {
  readonly type: 'event.unexpected';
  /** Which machine: `drive`, `picker` ... */
  readonly machine: string;
  /** The leaf of every region, joined by a comma: `operation.loaded.closed, availability.enabled`. */
  readonly state: string;
  /** The event as it came. */
  readonly event: EventObject;
}

/** Names the leaves a machine is in, as {@link UnexpectedEvent} shows them. `check` is the one of `enqueueActions`. */
export function currentLeaves(leaves: readonly string[], check: (guard: never) => boolean): string {
  // The declared type of `check` knows a machine's named guards only; at run time it takes stateIn as well.
  return leaves.filter((leaf) => check(stateIn(leaf) as never)).join(', ');
}
