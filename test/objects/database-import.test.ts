import { cpSync, existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { databaseFileName } from '../../src/objects/database-file.js';
import { markImport } from '../../src/objects/database-import.js';
import { sha256OfFile } from '../../src/objects/durable-files.js';
import { checkExportSet, exportedDatabaseName, exportFolder, manifestFile } from '../../src/objects/export-set.js';
import type { ExportManifest } from '../../src/objects/export-set.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { addLibrary, ntmsErrorOf, openStore } from './open-store.js';

const clock = new SimulatedClock({ startMs: Date.UTC(2026, 1, 3, 4, 5, 6) });
const keptName = 'rsm.db.before-import-20260203T040506.000Z';

function librariesOf(store: ObjectStore): string[] {
  return store
    .table('libraries')
    .list({ libraryType: 2 })
    .map((library) => library.name);
}

function librariesIn(file: string): unknown[] {
  const copy = new Database(file);
  const names = copy.prepare('SELECT name FROM libraries WHERE library_type = 2 ORDER BY rowid').pluck().all();
  copy.close();
  return names;
}

function flipByte(file: string, position: number): void {
  const bytes = readFileSync(file);
  bytes[position] = bytes[position]! ^ 0x01;
  writeFileSync(file, bytes);
}

/** Writes a manifest that fits whatever the database in the set is by now. */
function rewriteManifest(folder: string, change: (database: string) => void): void {
  const { manifest, file } = checkExportSet(folder);
  change(file);
  const sha256 = sha256OfFile(file);
  const name = exportedDatabaseName(sha256);
  cpSync(file, join(exportFolder(folder), name));
  const files: ExportManifest['files'] = [{ name, sha256, bytes: readFileSync(file).length }];
  writeFileSync(manifestFile(folder), JSON.stringify({ ...manifest, files }));
}

function changeManifest(folder: string, change: Record<string, unknown>): void {
  const manifest = JSON.parse(readFileSync(manifestFile(folder), 'utf8')) as object;
  writeFileSync(manifestFile(folder), JSON.stringify({ ...manifest, ...change }));
}

await t.test('a marked set becomes the database at the next start, the old one is kept', async (t) => {
  const store = openStore(t, { clock });
  const { folder } = store;
  addLibrary(store, 'one', 3);
  store.exportDatabase();
  addLibrary(store, 'two', 1);
  t.equal(store.importPending, false);
  store.markImport();
  t.equal(store.importPending, true);
  addLibrary(store, 'three', 1);
  t.same(librariesOf(store), ['one', 'two', 'three'], 'the running database is not touched');
  store.close();

  const again = ObjectStore.open({ folder, clock });
  t.same(librariesOf(again), ['one']);
  t.equal(again.table('slots').count(), 3);
  t.match(again.startupNotices, [{ event: 'database-imported', message: new RegExp(keptName) }]);
  t.equal(again.importPending, false);
  t.same(librariesIn(join(folder, keptName)), ['one', 'two', 'three']);
  t.ok(checkExportSet(folder), 'the set is still there');
  again.close();

  const third = ObjectStore.open({ folder, clock });
  t.teardown(() => third.close());
  t.same(third.startupNotices, []);
  t.same(librariesOf(third), ['one']);
});

await t.test('databases replaced at the same moment get different names', async (t) => {
  const folder = t.testdir();
  for (const name of ['one', 'two']) {
    const store = ObjectStore.open({ folder, clock });
    if (name === 'one') store.exportDatabase();
    addLibrary(store, name, 1);
    store.markImport();
    store.close();
  }
  ObjectStore.open({ folder, clock }).close();
  t.same(librariesIn(join(folder, keptName)), ['one']);
  t.same(librariesIn(join(folder, `${keptName}-2`)), ['two']);
});

const damages: [what: string, damage: (folder: string, database: string) => void, says: RegExp][] = [
  ['missing', (folder) => rmSync(exportFolder(folder), { recursive: true }), /no exported database/],
  ['without its manifest', (folder) => rmSync(manifestFile(folder)), /manifest\.json is missing/],
  ['with half a manifest', (folder) => truncateSync(manifestFile(folder), 50), /JSON/],
  ['with a manifest of something else', (folder) => changeManifest(folder, { application: 'x' }), /no manifest/],
  ['of a newer format', (folder) => changeManifest(folder, { format: 2 }), /format 2, .* knows 1/],
  [
    'whose manifest names a file elsewhere',
    (folder) => changeManifest(folder, { files: [{ name: '../rsm.db', bytes: 1, sha256: '0'.repeat(64) }] }),
    /no manifest/,
  ],
  ['without its database', (_, database) => rmSync(database), /, which the manifest names, is missing/],
  ['with a database cut off', (_, database) => truncateSync(database, 8192), /has 8192 bytes, the manifest says/],
  ['with one bit changed', (_, database) => flipByte(database, 5000), /differs from the checksum/],
  [
    'with something that is no database',
    (folder) => rewriteManifest(folder, (file) => writeFileSync(file, 'no database'.repeat(500))),
    /SQLITE_NOTADB/,
  ],
  [
    'with a database that was damaged before it was exported',
    (folder) => rewriteManifest(folder, (file) => truncateSync(file, 40_960)),
    /damaged|SQLITE_CORRUPT/,
  ],
  [
    'of a newer schema',
    (folder) =>
      rewriteManifest(folder, (file) => {
        const newer = new Database(file);
        newer.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 9e12)");
        newer.close();
      }),
    /schema version/,
  ],
];

for (const [what, damage, says] of damages) {
  await t.test(`a set that cannot be imported is not marked: one ${what}`, async (t) => {
    const store = openStore(t, { clock });
    addLibrary(store, 'one', 1);
    store.exportDatabase();
    damage(store.folder, checkExportSet(store.folder).file);
    const error = ntmsErrorOf(() => store.markImport());
    t.match(error, { symbol: 'ERROR_DATABASE_FAILURE', code: 4313 });
    t.match(error.message, says);
    t.equal(store.importPending, false);
    addLibrary(store, 'two', 1);
    t.same(librariesOf(store), ['one', 'two'], 'the running database goes on');
  });

  await t.test(`a set that went bad before the next start is refused there: now ${what}`, async (t) => {
    const folder = t.testdir();
    const store = ObjectStore.open({ folder, clock });
    addLibrary(store, 'one', 1);
    store.exportDatabase();
    addLibrary(store, 'two', 1);
    store.markImport();
    damage(folder, checkExportSet(folder).file);
    store.close();
    const again = ObjectStore.open({ folder, clock });
    t.same(librariesOf(again), ['one', 'two']);
    t.match(again.startupNotices, [{ event: 'import-refused', message: says }]);
    t.equal(again.importPending, false);
    t.notOk(readdirSync(folder).some((name) => name.includes('before-import') || name.endsWith('.draft')));
    again.close();
    const third = ObjectStore.open({ folder, clock });
    t.same(third.startupNotices, [], 'it is said once');
    third.close();
  });
}

await t.test('a mark that cannot be read is refused', async (t) => {
  const folder = t.testdir();
  const store = ObjectStore.open({ folder, clock });
  addLibrary(store, 'one', 1);
  store.exportDatabase();
  store.close();
  for (const mark of ['{', '{"markedAt":"2026-02-03T04:05:06.000Z","keepAs":"../../elsewhere"}']) {
    writeFileSync(join(folder, 'import-pending.json'), mark);
    const again = ObjectStore.open({ folder, clock });
    t.match(again.startupNotices, [{ event: 'import-refused', message: /import-pending\.json/ }]);
    t.same(librariesOf(again), ['one']);
    again.close();
  }
});

await t.test('a damaged database is replaced by an import, and kept as it is', async (t) => {
  const folder = t.testdir();
  const store = ObjectStore.open({ folder, clock });
  addLibrary(store, 'one', 100);
  store.exportDatabase();
  store.close();
  const file = join(folder, databaseFileName);
  writeFileSync(file, 'ruined');
  writeFileSync(`${file}-wal`, 'and its log');
  markImport({ folder, clock });
  const again = ObjectStore.open({ folder, clock });
  t.same(librariesOf(again), ['one']);
  t.equal(readFileSync(join(folder, keptName), 'utf8'), 'ruined');
  t.equal(readFileSync(join(folder, `${keptName}-wal`), 'utf8'), 'and its log');
  again.close();
});

await t.test('a set brought to a machine without a database becomes its database', async (t) => {
  const folder = t.testdir({ from: {}, to: {} });
  const from = ObjectStore.open({ folder: join(folder, 'from'), clock });
  addLibrary(from, 'one', 1);
  from.exportDatabase();
  from.close();
  const to = join(folder, 'to');
  cpSync(exportFolder(join(folder, 'from')), exportFolder(to), { recursive: true });
  markImport({ folder: to, clock });
  const store = ObjectStore.open({ folder: to, clock });
  t.same(librariesOf(store), ['one']);
  t.match(store.startupNotices, [{ event: 'database-imported', message: 'The exported database was imported.' }]);
  store.close();
  t.notOk(existsSync(join(to, keptName)));
});

await t.test('what stands only in the log of the old database is kept with it', async (t) => {
  const folder = t.testdir({ running: {} });
  const running = join(folder, 'running');
  const store = ObjectStore.open({ folder: running, clock });
  t.teardown(() => store.close());
  store.exportDatabase();
  store.connection.pragma('wal_checkpoint(TRUNCATE)');
  addLibrary(store, 'in the log', 1);
  store.markImport();
  // What a power cut leaves: the database without its last close.
  const cut = join(folder, 'cut');
  cpSync(running, cut, { recursive: true, filter: (name) => !/lock|-shm$/.test(name.slice(folder.length)) });
  t.same(librariesIn(copyWithoutLog(cut)), []);
  ObjectStore.open({ folder: cut, clock }).close();
  t.same(librariesIn(join(cut, keptName)), ['in the log']);
});

await t.test('an import waits while another program has the old database open', async (t) => {
  const folder = t.testdir();
  const store = ObjectStore.open({ folder, clock });
  store.exportDatabase();
  addLibrary(store, 'two', 1);
  store.markImport();
  const reader = new Database(join(folder, databaseFileName));
  reader.exec('SELECT * FROM libraries');
  store.close();
  const waiting = ObjectStore.open({ folder, clock });
  t.same(librariesOf(waiting), ['two']);
  t.match(waiting.startupNotices, [{ event: 'import-postponed', message: /in use by another program/ }]);
  t.equal(waiting.importPending, true);
  t.notOk(readdirSync(folder).some((name) => name.includes('before-import') || name.endsWith('.draft')));
  reader.close();
  waiting.close();
  const again = ObjectStore.open({ folder, clock });
  t.same(librariesOf(again), []);
  t.match(again.startupNotices, [{ event: 'database-imported' }]);
  again.close();
  t.same(librariesIn(join(folder, keptName)), ['two']);
});

function copyWithoutLog(folder: string): string {
  const copy = join(folder, 'without-log.db');
  cpSync(join(folder, databaseFileName), copy);
  return copy;
}
