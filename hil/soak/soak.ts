import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isFlat } from './flat-memory.js';
import { year } from './year.js';

/** `npm run soak -- --days 365 --seed 7`: a year of a library of 100 slots and four drives, with what goes wrong in a year. */
const { values } = parseArgs({
  options: { days: { type: 'string', default: '365' }, seed: { type: 'string' } },
});
const days = wholeNumber('--days', values.days);
const seed = values.seed === undefined ? Date.now() & 0x7fff_ffff : wholeNumber('--seed', values.seed);
const folder = mkdtempSync(join(tmpdir(), 'soak-'));
const MIB = 2 ** 20;
const DAYS_A_LINE = 30;

console.log(`# soak: ${days} days, seed ${seed}`);
const started = performance.now();
const done = await year({
  days,
  seed,
  folder,
  onDay: ({ number, wrong }) => {
    if (number % DAYS_A_LINE === 0 || wrong.length > 0) {
      console.log(`# day ${number}, ${((performance.now() - started) / 1000).toFixed(0)} s`);
    }
  },
});
const inMib = done.heapBytes.map((bytes) => Math.round(bytes / MIB));
const flat = isFlat(done.heapBytes);
const checks: readonly (readonly [string, readonly string[]])[] = [
  [`${done.days} days, and every evening each cartridge is where the records say`, done.wrong],
  [`memory stays flat (MiB each week: ${inMib.join(' ')})`, flat ? [] : ['it grows']],
];
for (const [index, [text, wrong]] of checks.entries()) {
  console.log(`${wrong.length === 0 ? 'ok' : 'not ok'} ${index + 1} - ${text}`);
  for (const line of wrong) console.log(`#   ${line}`);
}
const failed = checks.filter(([, wrong]) => wrong.length > 0).length;
console.log(`1..${checks.length}`);
console.log(`# { total: ${checks.length}, pass: ${checks.length - failed}, fail: ${failed} }`);
if (failed === 0) rmSync(folder, { recursive: true, force: true });
console.log(
  `soak: ${done.days} days, ${done.deeds} deeds, ${done.mishaps} mishaps, ${done.motions} motions, ` +
    `${failed === 0 ? 'nothing lost' : `something is wrong, see ${folder}`} (--seed ${seed})`,
);
process.exitCode = failed === 0 ? 0 : 1;

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  console.error(`soak: ${option} takes a whole number above 0, not "${text}"`);
  process.exit(2);
}
