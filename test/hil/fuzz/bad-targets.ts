import type { FuzzTarget, MakeTarget } from '../../../hil/fuzz/fuzz-target.js';

const kept: Uint8Array[] = [];

/** Each does one harm as soon as an input begins with 1. */
const harms: readonly (readonly [FuzzTarget['cost'], () => unknown])[] = [
  ['parser', hang],
  ['parser', exhaustTheHeap],
  ['session', () => void Promise.reject(new Error('nobody'))],
  ['session', () => void setImmediate(throwNobody)],
  ['parser', () => new Promise(() => undefined)],
  ['parser', () => void kept.push(new Uint8Array(64 * 2 ** 20))],
  ['session', () => waitHolding(new Uint8Array(512 * 2 ** 20).fill(1))],
];

export const fuzzTargets: readonly MakeTarget[] = harms.map(([cost, harm], index) => () => ({
  name: `bad-${index}`,
  seeds: () => [Uint8Array.of(1, 2, 3, 4)],
  take: (input) => (input[0] === 1 && kept.length === 0 ? harm() : undefined),
  codes: [],
  cost,
}));

function hang(): void {
  for (;;);
}

function exhaustTheHeap(): void {
  const held: number[][] = [];
  for (;;) held.push(Array.from({ length: 10_000 }, (_, i) => i));
}

async function waitHolding(bytes: Uint8Array): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  kept.push(bytes.subarray(0, 1));
}

function throwNobody(): void {
  throw new Error('nobody');
}
