import { initialTransition, transition } from 'xstate';
import type { AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate';

/** A machine's state as a value, and what the step into it emitted. */
export interface Step {
  readonly snapshot: AnyMachineSnapshot;
  readonly effects: readonly AnyEventObject[];
}

export function start(machine: AnyStateMachine, input: unknown): Step {
  return stepOf(initialTransition(machine, input) as [AnyMachineSnapshot, unknown[]]);
}

export function step(machine: AnyStateMachine, from: AnyMachineSnapshot, event: AnyEventObject): Step {
  return stepOf(transition(machine, from, event) as [AnyMachineSnapshot, unknown[]]);
}

function stepOf([snapshot, actions]: [AnyMachineSnapshot, unknown[]]): Step {
  const effects = actions
    .map((action) => action as { type: string; params?: { event?: AnyEventObject } })
    .filter(({ type }) => type === 'xstate.emit')
    .map(({ params }) => params?.event as AnyEventObject);
  return { snapshot, effects };
}

/** `loaded.closed` of a region, or of the whole machine when it has no such region. */
export function leafOf({ value }: AnyMachineSnapshot, region: string): string {
  const whole = value as string | Record<string, unknown>;
  return flat(typeof whole === 'object' && region in whole ? whole[region] : whole);
}

function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value as Record<string, unknown>)
    .map(([key, inner]) => `${key}.${flat(inner)}`)
    .join(',');
}
