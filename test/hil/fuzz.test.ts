import { readFile } from 'node:fs/promises';
import t from 'tap';
import * as scsi from '../../devices/scsi/index.js';
import { readCorpus } from '../../hil/fuzz/corpus-folder.js';
import { corpusFolder, fuzz } from '../../hil/fuzz/fuzz-run.js';
import { harmOf, type FuzzTarget } from '../../hil/fuzz/fuzz-target.js';
import { fuzzTargets } from '../../hil/fuzz/targets/index.js';
import { compiledFuzz } from './fuzz/compiled-fuzz.js';

const inputs = { parser: 300, session: 15 } as const;
const targets: FuzzTarget[] = [];
for (const make of fuzzTargets) targets.push(await make());

for (const target of targets) {
  void t.test(`${target.name} takes wrong bytes without harm`, async (t) => {
    t.teardown(() => target.close?.());
    t.ok(target.seeds().length > 0, 'it has good inputs to begin from');
    for (const { name, input } of readCorpus(corpusFolder(target))) {
      t.equal(await harmOf(target, input), undefined, `what once did harm: ${name}`);
    }
    const result = await fuzz(target, { seed: 20261121, maxInputs: inputs[target.cost] });
    t.equal(result.found?.harm, undefined, `${result.inputs} inputs`);
  });
}

void t.test('the names are unique', (t) => {
  t.equal(new Set(targets.map(({ name }) => name)).size, targets.length);
  t.end();
});

void t.test('good bytes are taken without a word', async (t) => {
  for (const { name, cost, seeds, take } of targets) {
    if (cost !== 'parser') continue;
    // Captures serve several decoders, so some are another's; but no decoder may refuse all of them.
    const taken = seeds().filter((seed) => {
      try {
        take(seed);
        return true;
      } catch {
        return false;
      }
    });
    t.ok(taken.length > 0, `${name} takes one of its good inputs`);
  }
});

void t.test('every decoder of what devices send has a target', async (t) => {
  const texts = await Promise.all(
    ['data-in', 'parameter-lists'].map((name) =>
      readFile(new URL(`../../hil/fuzz/targets/${name}.ts`, import.meta.url), 'utf8'),
    ),
  );
  const text = texts.join('\n');
  const decoders = Object.keys(scsi).filter((name) => name.startsWith('decode'));
  t.ok(decoders.length > 40);
  for (const name of decoders) {
    // Parts of READ ELEMENT STATUS data, which are decoded with the whole.
    if (name === 'decodeElementDescriptor' || name === 'decodePartialDescriptor') continue;
    t.match(text, new RegExp(`scsi\\.${name}\\b`), name);
  }
});

const weak: FuzzTarget = {
  name: 'weak',
  seeds: () => [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
  take: (bytes) => {
    if (bytes.length > 2 && bytes[1] === 0xff) throw new TypeError('a slip');
    if (bytes.length === 0) throw Object.assign(new Error('there is nothing here at all'), { code: 'EMPTY' });
  },
  codes: ['EMPTY'],
  cost: 'parser',
};

void t.test('a slip is found, made small, and found again with the same seed', async (t) => {
  const one = await fuzz(weak, { seed: 5, maxInputs: 20_000 });
  t.match(one.found?.harm, /threw TypeError without a code/);
  t.equal(one.found?.input.length, 3, 'no byte more than it takes');
  t.same((await fuzz(weak, { seed: 5, maxInputs: 20_000 })).found?.input, one.found?.input);
});

void t.test('an error with a code says what was wrong, or counts as harm', async (t) => {
  t.equal(await harmOf(weak, new Uint8Array(0)), undefined);
  t.match(
    await harmOf({ ...weak, codes: ['OTHER'] }, new Uint8Array(0)),
    /without a code that is allowed here \(EMPTY\)/,
  );
  const curt = { ...weak, take: () => Promise.reject(Object.assign(new Error('no'), { code: 'EMPTY' })) };
  t.match(await harmOf(curt, new Uint8Array(0)), /without saying what was wrong/);
});

void t.test('a session that never answers is harm, not a hang', async (t) => {
  const deaf: FuzzTarget = { ...weak, cost: 'session', take: () => new Promise(() => undefined) };
  t.match(await harmOf(deaf, new Uint8Array(1), 20), /took longer than 20 ms/);
});

void t.test('the watching thread tells what a target did to its thread, and with which input', async (t) => {
  const bad = await compiledFuzz(t.testdir(), 'test/hil/fuzz/bad-targets.ts');
  const run = (index: number, { growthMib = 4_000, hangMs = 10_000 } = {}) =>
    bad.watchedRun({
      targets: bad.targets,
      index,
      seed: 1,
      maxMs: 20_000,
      maxInputs: 50,
      hangMs,
      heapMib: 100,
      growthMib,
      execArgv: [],
    });
  const [hang, heap, stray, thrown, waiting, kept] = await Promise.all([
    run(0, { hangMs: 300 }),
    run(1),
    run(2),
    run(3),
    run(4, { hangMs: 300 }),
    run(5),
  ]);
  // The size of the process is everybody's: this one runs alone.
  const arrays = await run(6, { growthMib: 300 });
  t.match(hang?.found?.harm, /took longer than 0.3 s/);
  t.match(hang?.found?.input[0], 1);
  t.match(heap?.found?.harm, /ended its thread: .*memory/i);
  t.match(arrays?.found?.harm, /made the process grow by more than 300 MiB/);
  t.match(stray?.found?.harm, /a rejection that nobody handled: Error: nobody/);
  t.match(stray?.found?.input.length, 1, 'made small');
  t.match(thrown?.found?.harm, /an exception that nobody caught: Error: nobody/);
  t.match(waiting?.found?.harm, /its thread ended with code \d+|took longer than/);
  t.match(kept?.found?.harm, /MiB more are held after \d+ inputs than before/);
});
