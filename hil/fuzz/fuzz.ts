import { parseArgs } from 'node:util';
import { keepInCorpus } from './corpus-folder.js';
import { corpusFolder } from './fuzz-run.js';
import type { FuzzTarget } from './fuzz-target.js';
import { fuzzTargets } from './targets/index.js';
import { watchedRun } from './watched-run.js';

/** `npm run fuzz`: feeds wrong bytes to everything that takes bytes from outside. What does harm is kept in the corpus. */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    target: { type: 'string', multiple: true },
    list: { type: 'boolean', default: false },
  },
});
const seconds = wholeNumber('--seconds', values.seconds);
const seed = values.seed === undefined ? Date.now() & 0x7fff_ffff : wholeNumber('--seed', values.seed);
const SHORTEST_MS = 200;

const all: FuzzTarget[] = [];
for (const make of fuzzTargets) all.push(await make());
const chosen = all
  .map((target, index) => ({ target, index }))
  .filter(({ target: { name } }) => values.target?.some((wanted) => name.includes(wanted)) ?? true);
if (chosen.length === 0) {
  console.error(`fuzz: no target has ${values.target?.join(' or ')} in its name. Name one of: ${namesOf(all)}`);
  process.exit(2);
}
if (values.list) {
  for (const { target } of chosen) console.log(`${target.name} (${target.cost})`);
  process.exit(0);
}
console.log(`fuzz: seed ${seed}, ${chosen.length} targets, ${seconds} s`);
let harms = 0;
let inputs = 0;
for (const { target, index } of chosen) {
  const result = await watchedRun({
    targets: new URL('./targets/index.js', import.meta.url).href,
    index,
    seed,
    maxMs: Math.max(SHORTEST_MS, (seconds * 1000) / chosen.length),
  });
  inputs += result.inputs;
  const { found } = result;
  console.log(
    `${found === undefined ? 'ok    ' : 'HARM  '} ${target.name}: ${result.inputs.toLocaleString('en')} inputs`,
  );
  if (found === undefined) continue;
  harms += 1;
  const file = keepInCorpus(corpusFolder(target), found.input, found.harm);
  console.log(`       ${found.harm}\n       kept as ${file}`);
}
console.log(`fuzz: ${inputs.toLocaleString('en')} inputs, ${harms} targets harmed (--seed ${seed})`);
process.exitCode = harms === 0 ? 0 : 1;

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  console.error(`fuzz: ${option} takes a whole number, not "${text}"`);
  process.exit(2);
}

function namesOf(targets: readonly FuzzTarget[]): string {
  return targets.map(({ name }) => name).join(', ');
}
