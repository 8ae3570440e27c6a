import { parseArgs } from 'node:util';
import { Explorer } from './explorer.js';
import type { Level } from './explorer.js';
import type { Scene } from './happening.js';
import { whole, withDoor } from './scenes.js';

/**
 * `npm run model-check -- --mishaps 2`: visits every world that the machines of a small library can come to, and holds it to
 * what must never happen. Without a port with any number of mishaps, until one more brings nothing new; with all of it with as
 * many as are asked for, each of which makes some eight times as many states.
 */
const { values } = parseArgs({ options: { mishaps: { type: 'string', default: '2' } } });
const runs: readonly { readonly name: string; readonly scene: Scene; readonly mishaps: number }[] = [
  {
    name: '2 drives, 3 slots, 2 cartridges, a door, applications; any number of mishaps',
    scene: withDoor,
    mishaps: Number.POSITIVE_INFINITY,
  },
  {
    name: `2 drives, 3 slots, 3 cartridges, a port, a door, applications; up to ${values.mishaps} mishaps`,
    scene: whole,
    mishaps: wholeNumber('--mishaps', values.mishaps),
  },
];

let number = 0;
let failed = 0;
let states = 0;
let transitions = 0;
for (const { name, scene, mishaps } of runs) {
  console.log(`# ${name}`);
  const explorer = new Explorer(scene);
  for (let level = 0; level <= mishaps; level += 1) {
    const started = performance.now();
    const found = explorer.nextLevel();
    tell(found, (performance.now() - started) / 1000);
    // Nothing new with one more mishap: nothing new with any more.
    if (found.states === 0 || found.violations.length > 0) break;
  }
  states += explorer.states;
  transitions += explorer.transitions;
}
console.log(`1..${number}`);
console.log(`# { total: ${number}, pass: ${number - failed}, fail: ${failed} }`);
console.log(
  `model-check: ${states} states, ${transitions} transitions, ${failed === 0 ? 'nothing wrong' : 'see what went wrong above'}`,
);
process.exitCode = failed === 0 ? 0 : 1;

function tell(level: Level, seconds: number): void {
  number += 1;
  const { mishaps, violations } = level;
  const what = `${level.states} more states, ${level.transitions} transitions with ${mishaps} ${mishaps === 1 ? 'mishap' : 'mishaps'}`;
  console.log(`${violations.length === 0 ? 'ok' : 'not ok'} ${number} - ${what} (${seconds.toFixed(1)} s)`);
  if (violations.length > 0) failed += 1;
  for (const { wrong, trace } of violations) {
    console.log(`#   ${wrong}`);
    trace.forEach((happening, at) => console.log(`#   ${String(at + 1).padStart(4)}. ${happening}`));
  }
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  console.error(`model-check: ${option} takes a whole number below 100, not "${text}"`);
  process.exit(2);
}
