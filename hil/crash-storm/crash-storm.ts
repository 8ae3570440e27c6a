import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { storm, type StormKind, type StormRound } from './storm.js';

/** `npm run crash-storm -- --rounds 500 --seed 7`: kills the manager in the middle of its work, again and again. */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '500' }, seed: { type: 'string' } },
});
const rounds = wholeNumber('--rounds', values.rounds);
const seed = values.seed === undefined ? Date.now() & 0x7fff_ffff : wholeNumber('--seed', values.seed);
const kinds: readonly StormKind[] = ['embedded', 'iscsi'];
const folder = mkdtempSync(join(tmpdir(), 'crash-storm-'));
const worker = [process.execPath, fileURLToPath(new URL('./worker.js', import.meta.url))] as const;

console.log(`# crash storm: ${rounds} rounds, seed ${seed}`);
let number = 0;
let failed = 0;
let deeds = 0;
await Promise.all(
  kinds.map((kind, index) =>
    storm({
      kind,
      // Half of them each; an odd one goes to the first.
      rounds: Math.ceil((rounds - index) / kinds.length),
      seed: seed + index,
      folder: join(folder, kind),
      worker,
      onRound: (round) => tell(kind, round),
    }),
  ),
);
console.log(`1..${number}`);
console.log(`# { total: ${number}, pass: ${number - failed}, fail: ${failed} }`);
if (failed === 0) rmSync(folder, { recursive: true, force: true });
else console.log(`# The state is kept in ${folder}; below *.killed as the kill left it.`);
console.log(
  `crash-storm: ${number} kills over ${deeds} deeds, ${failed === 0 ? 'nothing lost' : `${failed} rounds went wrong`} (--seed ${seed})`,
);
process.exitCode = failed === 0 && number > 0 ? 0 : 1;

function tell(kind: StormKind, { killedAfterMs, deeds: done, wrong }: StormRound): void {
  number += 1;
  deeds += done;
  const when = killedAfterMs < 0 ? 'while it started' : `after ${killedAfterMs} ms and ${done} deeds`;
  console.log(`${wrong.length === 0 ? 'ok' : 'not ok'} ${number} - ${kind} hardware, killed ${when}`);
  if (wrong.length === 0) return;
  failed += 1;
  for (const line of wrong) console.log(`#   ${line}`);
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  console.error(`crash-storm: ${option} takes a whole number, not "${text}"`);
  process.exit(2);
}
