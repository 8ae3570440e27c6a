import type { AnyEventObject, AnyStateMachine, AnyStateNode } from 'xstate';
import { children, isRouting } from '../../machines/mermaid.js';
import type { MachineSample } from './machine-samples.js';
import { run, step } from './machine-run.js';
import type { Run } from './machine-run.js';

/** One step of the walk. */
export interface WalkStep {
  readonly before: Run;
  readonly event: AnyEventObject;
  readonly after: Run;
  /** Whether value and context are as before. */
  readonly unchanged: boolean;
}

/** Visits every state (value and context) that the sample reaches, and shows every step out of it. */
export function walk(machine: AnyStateMachine, sample: MachineSample, visit: (step: WalkStep) => void): Run[] {
  const seen = new Map<string, Run>();
  const open: Run[] = [];
  const meet = (state: Run): void => {
    const key = keyOf(state);
    if (seen.has(key)) return;
    const fresh = { ...state, all: [] };
    seen.set(key, fresh);
    open.push(fresh);
  };
  for (const input of sample.inputs) meet(run(machine, input));
  for (let before = open.pop(); before !== undefined; before = open.pop()) {
    for (const event of sample.events) {
      if (sample.bounded?.(before.snapshot, event) === false) continue;
      const after = step(machine, before, event);
      visit({ before, event, after, unchanged: keyOf(before) === keyOf(after) });
      meet(after);
    }
  }
  return [...seen.values()];
}

/** Where a machine started decides nothing afterwards, so it does not tell states apart. */
function keyOf(state: Run): string {
  const { startIn, startDisabled, startPosition, startContent, ...context } = state.snapshot.context as Record<
    string,
    unknown
  >;
  void [startIn, startDisabled, startPosition, startContent];
  return JSON.stringify([state.snapshot.value, context]);
}

/** All leaves that a machine can rest in. */
export function leavesOf(node: AnyStateNode): AnyStateNode[] {
  const inner = children(node);
  if (inner.length === 0) return isRouting(node) ? [] : [node];
  return inner.flatMap((child) => leavesOf(child));
}
