import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import type { ExportStep } from '../../src/objects/database-export.js';
import { knownSchemaVersion } from '../../src/objects/database-file.js';
import { sha256OfFile } from '../../src/objects/durable-files.js';
import { checkExportSet, exportFolder, readManifest } from '../../src/objects/export-set.js';
import { fileFailure } from '../../src/objects/file-failure.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { packageVersion } from '../../src/objects/package-root.js';
import { startProgram } from './child-program.js';
import { addLibrary, ntmsErrorOf, openStore } from './open-store.js';

function librariesIn(folder: string): string[] {
  const copy = new Database(checkExportSet(folder).file, { readonly: true });
  const names = copy.prepare('SELECT name FROM libraries WHERE library_type = 2 ORDER BY rowid').pluck().all();
  copy.close();
  return names as string[];
}

await t.test('an export holds everything committed before it, and a manifest that says what it is', async (t) => {
  const store = openStore(t, { clock: new SimulatedClock({ startMs: Date.UTC(2026, 1, 3, 4, 5, 6) }) });
  addLibrary(store, 'one', 200);
  const manifest = store.exportDatabase();
  addLibrary(store, 'later', 1);
  const [file] = manifest.files;
  const path = join(exportFolder(store.folder), file.name);
  t.match(manifest, {
    format: 1,
    application: 'openrsm',
    applicationVersion: packageVersion(),
    schemaVersion: knownSchemaVersion(),
    exportedAt: '2026-02-03T04:05:06.000Z',
  });
  t.same(file, { name: file.name, bytes: readFileSync(path).length, sha256: sha256OfFile(path) });
  t.same(readManifest(store.folder), manifest);
  t.same(readdirSync(exportFolder(store.folder)).sort(), ['manifest.json', file.name]);
  t.same(librariesIn(store.folder), ['one']);
});

await t.test('an export replaces the one before it', async (t) => {
  const store = openStore(t);
  addLibrary(store, 'one', 1);
  const first = store.exportDatabase();
  addLibrary(store, 'two', 1);
  const second = store.exportDatabase();
  t.not(second.files[0].name, first.files[0].name);
  t.same(readdirSync(exportFolder(store.folder)).sort(), ['manifest.json', second.files[0].name]);
  t.same(librariesIn(store.folder), ['one', 'two']);
});

await t.test('an export of an unchanged database leaves a whole set too', async (t) => {
  const store = openStore(t);
  addLibrary(store, 'one', 1);
  store.exportDatabase();
  store.exportDatabase();
  t.same(librariesIn(store.folder), ['one']);
});

await t.test('a file of someone else’s in the Export folder is left alone', async (t) => {
  const store = openStore(t);
  store.exportDatabase();
  writeFileSync(join(exportFolder(store.folder), 'read-me.txt'), 'ours');
  addLibrary(store, 'one', 1);
  store.exportDatabase();
  t.ok(readdirSync(exportFolder(store.folder)).includes('read-me.txt'));
});

for (const what of ['reading', 'writing', 'open in write-ahead mode']) {
  await t.test(`a copy that another process is ${what} is ERROR_SHARING_VIOLATION`, async (t) => {
    const store = openStore(t);
    addLibrary(store, 'one', 1);
    const first = store.exportDatabase();
    addLibrary(store, 'two', 1);
    const holder = startProgram('hold-database.ts', checkExportSet(store.folder).file, what);
    t.same(await holder.lines.next(), { value: 'held', done: false });
    const error = ntmsErrorOf(() => store.exportDatabase());
    t.match(error, { symbol: 'ERROR_SHARING_VIOLATION', code: 32 });
    t.ok(error.message.includes(first.files[0].name), 'the message names the file');
    t.same(readManifest(store.folder), first, 'the older set is still the set');
    t.notOk(readdirSync(exportFolder(store.folder)).some((name) => name.endsWith('.draft')));
    holder.process.stdin.end();
    t.equal(await holder.ended, '');
    store.exportDatabase();
    t.same(librariesIn(store.folder), ['one', 'two'], 'afterwards it works');
  });
}

const steps: [ExportStep, string[]][] = [
  ['export-copied', ['one']],
  ['export-named', ['one']],
  ['export-published', ['one', 'two']],
  ['export-cleaned', ['one', 'two']],
];

for (const [step, libraries] of steps) {
  await t.test(`an end at ${step} leaves one whole set, and the next start tidies up`, async (t) => {
    const folder = t.testdir();
    const clock = new SimulatedClock();
    let armed = false;
    const store = ObjectStore.open({
      folder,
      clock,
      atStep: (at) => {
        if (armed && at === step) throw new Error('killed');
      },
    });
    addLibrary(store, 'one', 1);
    store.exportDatabase();
    addLibrary(store, 'two', 1);
    armed = true;
    t.throws(() => store.exportDatabase(), { message: 'killed' });
    t.same(librariesIn(folder), libraries);
    store.close();
    ObjectStore.open({ folder, clock }).close();
    t.same(librariesIn(folder), libraries);
    t.equal(readdirSync(exportFolder(folder)).length, 2, 'a manifest and its database');
  });
}

await t.test('what SQLite leaves of a copy that a kill cut off goes with the next start', async (t) => {
  const folder = t.testdir();
  const clock = new SimulatedClock();
  const store = ObjectStore.open({ folder, clock });
  store.exportDatabase();
  store.close();
  for (const name of ['rsm.db.draft', 'rsm.db.draft-journal', 'manifest.json.draft', `rsm-${'0'.repeat(16)}.db-wal`]) {
    writeFileSync(join(exportFolder(folder), name), 'x');
  }
  ObjectStore.open({ folder, clock }).close();
  t.equal(readdirSync(exportFolder(folder)).length, 2, 'a manifest and its database');
});

await t.test('an Export folder that cannot be made is ERROR_DATABASE_FAILURE', async (t) => {
  const store = openStore(t);
  writeFileSync(exportFolder(store.folder), 'in the way');
  t.equal(ntmsErrorOf(() => store.exportDatabase()).symbol, 'ERROR_DATABASE_FAILURE');
});

await t.test('a disk without room for the export is ERROR_DATABASE_FULL', { skip: fullDisk() }, async (t) => {
  try {
    writeFileSync('/dev/full', 'x');
    t.fail('the full device took something');
  } catch (error) {
    t.match(fileFailure(error, 'writing the export'), { symbol: 'ERROR_DATABASE_FULL', code: 4314, cause: error });
  }
  const other = new Error('not of a file');
  t.equal(fileFailure(other, 'writing'), other);
});

function fullDisk(): string | false {
  return process.platform === 'linux' ? false : 'needs /dev/full, as Linux has it';
}
