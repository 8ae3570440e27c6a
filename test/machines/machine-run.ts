import { initialTransition, transition } from 'xstate';
import type { AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate';

/** What came out of a machine: its snapshot, and all it emitted on the way, last step apart. */
export interface Run {
  readonly snapshot: AnyMachineSnapshot;
  /** Emitted by the last step. */
  readonly effects: readonly AnyEventObject[];
  /** Emitted since the start. */
  readonly all: readonly AnyEventObject[];
}

/** Starts a machine as a value and sends it events. */
export function run(machine: AnyStateMachine, input: unknown, events: readonly AnyEventObject[] = []): Run {
  const [snapshot, actions] = initialTransition(machine, input) as [AnyMachineSnapshot, unknown[]];
  let state: Run = { snapshot, effects: emitted(actions), all: emitted(actions) };
  for (const event of events) state = step(machine, state, event);
  return state;
}

/** Sends one more event. */
export function step(machine: AnyStateMachine, from: Run, event: AnyEventObject): Run {
  const [snapshot, actions] = transition(machine, from.snapshot, event) as [AnyMachineSnapshot, unknown[]];
  const effects = emitted(actions);
  return { snapshot, effects, all: [...from.all, ...effects] };
}

/** The events inside emit actions. */
export function emitted(actions: readonly unknown[]): AnyEventObject[] {
  return actions
    .map((action) => action as { type: string; params?: { event?: AnyEventObject } })
    .filter((action) => action.type === 'xstate.emit')
    .map((action) => action.params?.event as AnyEventObject);
}

/** `loaded.closed` of the region named, or of the whole machine. */
export function leafOf(state: Run, region = 'operation'): string {
  const value = state.snapshot.value as string | Record<string, unknown>;
  return flat(typeof value === 'object' && region in value ? value[region] : value);
}

function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value as Record<string, unknown>)
    .map(([key, inner]) => `${key}.${flat(inner)}`)
    .join(',');
}

/** The types of what the last step emitted. */
export function types(state: Run): string[] {
  return state.effects.map((effect) => effect.type);
}
