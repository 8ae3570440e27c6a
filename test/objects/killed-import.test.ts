import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { finishPendingImport } from '../../src/objects/database-import.js';
import type { ImportStep } from '../../src/objects/database-import.js';
import { checkExportSet, exportFolder, manifestFile } from '../../src/objects/export-set.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { startProgram } from './child-program.js';
import { addLibrary } from './open-store.js';

const clock = new SimulatedClock({ startMs: Date.UTC(2026, 1, 3, 4, 5, 6) });
const keptName = 'rsm.db.before-import-20260203T040506.000Z';

/** Steps of the start after the mark, in the order in which they come, and whose database is in place by then. */
const steps: [ImportStep, 'old' | 'new'][] = [
  ['import-copied', 'old'],
  ['import-settled', 'old'],
  ['import-kept', 'old'],
  ['import-announced', 'old'],
  ['import-parted', 'old'],
  ['import-swapped', 'new'],
  ['import-cleared', 'new'],
];

function nameOf(store: ObjectStore): string {
  const [library, ...more] = store.table('libraries').list({ libraryType: 2 });
  if (library === undefined || more.length > 0) throw new Error('this is neither the old nor the new database');
  return library.name;
}

/**
 * A folder as a power cut leaves it, in which the library `new` was exported and marked. That it is called `old` in the
 * database stands only in the database's log.
 */
function prepare(folder: string): void {
  const running = join(folder, 'running');
  const store = ObjectStore.open({ folder: running, clock });
  const library = addLibrary(store, 'new', 50);
  store.exportDatabase();
  store.connection.pragma('wal_checkpoint(TRUNCATE)');
  store.table('libraries').update(library.id, { name: 'old' });
  store.markImport();
  for (const name of contents(running).filter((one) => !one.endsWith('-shm'))) {
    cpSync(join(running, name), join(folder, name), { recursive: true });
  }
  store.close();
  rmSync(running, { recursive: true });
}

function endAt(folder: string, step: ImportStep): void {
  const atStep = (at: string): void => {
    if (at === step) throw new Error('killed');
  };
  try {
    ObjectStore.open({ folder, clock, atStep }).close();
  } catch (error) {
    if ((error as Error).message === 'killed') return;
    throw error;
  }
  throw new Error(`${step} was not reached`);
}

/** Names in the folder, but for the lock. */
function contents(folder: string): string[] {
  return readdirSync(folder).filter((name) => !name.startsWith('lock'));
}

await t.test('the start does the steps in this order', async (t) => {
  const folder = t.testdir();
  prepare(folder);
  const seen: string[] = [];
  ObjectStore.open({ folder, clock, atStep: (step) => seen.push(step) }).close();
  t.same(
    seen,
    steps.map(([step]) => step),
  );
});

for (const [step] of steps) {
  await t.test(`an end at ${step} is made good by the next start`, async (t) => {
    const root = t.testdir({ service: {}, kept: {} });
    const folder = join(root, 'service');
    prepare(folder);
    endAt(folder, step);
    const store = ObjectStore.open({ folder, clock });
    t.equal(nameOf(store), 'new');
    t.equal(store.table('slots').count(), 50);
    store.close();
    t.same(contents(folder).sort(), ['Export', 'rsm.db', keptName]);
    cpSync(join(folder, keptName), join(root, 'kept', 'rsm.db'));
    const old = ObjectStore.open({ folder: join(root, 'kept'), clock });
    t.equal(nameOf(old), 'old');
    old.close();
  });
}

for (const [step, inPlace] of steps) {
  await t.test(`an end at ${step} and the set lost: the next start has the ${inPlace} database`, async (t) => {
    const folder = t.testdir();
    prepare(folder);
    endAt(folder, step);
    rmSync(exportFolder(folder), { recursive: true });
    const store = ObjectStore.open({ folder, clock });
    t.equal(nameOf(store), inPlace);
    t.equal(store.table('slots').count(), 50);
    t.same(
      store.startupNotices.map((notice) => notice.event),
      step === 'import-cleared' ? [] : [inPlace === 'old' ? 'import-refused' : 'database-imported'],
    );
    store.close();
    t.same(contents(folder).sort(), inPlace === 'old' ? ['rsm.db'] : ['rsm.db', keptName]);
  });
}

for (const [first] of steps.slice(0, -1)) {
  await t.test(`an end at ${first}, and one at each step that the next start does, are made good`, async (t) => {
    for (const [second] of steps) {
      const folder = t.testdir();
      prepare(folder);
      endAt(folder, first);
      try {
        endAt(folder, second);
      } catch (error) {
        // The second start need not do again what the first one did.
        t.match(error, { message: /was not reached/ });
      }
      const store = ObjectStore.open({ folder, clock });
      t.equal(nameOf(store), 'new', `then at ${second}`);
      store.close();
      t.same(contents(folder).sort(), ['Export', 'rsm.db', keptName]);
    }
  });
}

await t.test('a damaged database has its log again when the import is refused after a kill', async (t) => {
  for (const [step, inPlace] of steps.filter(([one]) => one !== 'import-cleared')) {
    const folder = t.testdir();
    prepare(folder);
    const file = join(folder, 'rsm.db');
    writeFileSync(file, 'ruined');
    writeFileSync(`${file}-wal`, 'and its log');
    endAt(folder, step);
    rmSync(exportFolder(folder), { recursive: true });
    if (inPlace === 'old') {
      t.match(finishPendingImport({ folder, clock }), [{ event: 'import-refused' }], step);
      t.equal(readFileSync(file, 'utf8'), 'ruined', step);
      t.equal(readFileSync(`${file}-wal`, 'utf8'), 'and its log', step);
    } else {
      ObjectStore.open({ folder, clock }).close();
      t.same(contents(folder).sort(), ['rsm.db', keptName, `${keptName}-wal`], step);
    }
  }
});

await t.test('a process killed at any moment leaves one whole database and one whole set', async (t) => {
  const folder = t.testdir();
  let generation = 0;
  for (let round = 0; round < 5; round++) {
    const program = startProgram('import-forever.ts', folder);
    const linesToSee = 2 + Math.floor(Math.random() * 30);
    const turnsToWait = Math.floor(Math.random() * 60);
    let last = '';
    for (let line = 0; line < linesToSee; line++) last = String((await program.lines.next()).value);
    for (let turn = 0; turn < turnsToWait; turn++) await setImmediate();
    program.process.kill('SIGKILL');
    const said = await program.ended;
    const when = `round ${round}, ${turnsToWait} turns after ${last}`;
    t.equal(said, '', `it had no error before it was killed (${when})`);
    if (existsSync(manifestFile(folder))) t.ok(checkExportSet(folder), when);

    const store = ObjectStore.open({ folder, clock });
    const number = Number(store.table('computers').require(store.wellKnown.computer).description);
    t.ok(number >= generation, `generation ${number} is not older than ${generation} (${when})`);
    t.equal(store.table('slots').count(), number % 40, `generation ${number} is whole (${when})`);
    generation = number;
    store.close();
    const names = contents(folder).filter((name) => !name.startsWith('rsm.db.before-import-'));
    t.same(names.filter((name) => name !== 'Export').sort(), ['rsm.db'], when);
    if (existsSync(manifestFile(folder))) t.equal(readdirSync(exportFolder(folder)).length, 2, when);
  }
});
