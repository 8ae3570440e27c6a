import { execFile } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { getTableColumns, getTableName } from 'drizzle-orm';
import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { databaseFileName, knownSchemaVersion, openDatabase } from '../../src/objects/database-file.js';
import { tableNames, tables } from '../../src/objects/object-kinds.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { migrationsFolder, packageRoot, packageVersion } from '../../src/objects/package-root.js';
import { sqliteCode } from '../../src/objects/sqlite-failure.js';
import { addLibrary, ntmsErrorOf } from './open-store.js';

interface Column {
  name: string;
  type: string;
  notnull: number;
  pk: number;
}

await t.test('an empty file becomes a database with the tables of schema.ts', async (t) => {
  const connection = openDatabase(join(t.testdir(), 'rsm.db'));
  t.teardown(() => connection.close());
  for (const name of tableNames) {
    const columns = connection.pragma(`table_info(${getTableName(tables[name])})`) as Column[];
    t.same(
      columns.map((column) => [column.name, column.type.toLowerCase(), column.notnull === 1, column.pk === 1]),
      Object.values(getTableColumns(tables[name])).map((column) => [
        column.name,
        column.getSQLType(),
        column.notNull,
        column.primary,
      ]),
      name,
    );
  }
});

await t.test('every commit waits for the disk, and foreign keys are held', async (t) => {
  const connection = openDatabase(join(t.testdir(), 'rsm.db'));
  t.teardown(() => connection.close());
  t.equal(connection.pragma('journal_mode', { simple: true }), 'wal');
  t.equal(connection.pragma('synchronous', { simple: true }), 2);
  t.equal(connection.pragma('foreign_keys', { simple: true }), 1);
});

await t.test('opening a second time migrates nothing', async (t) => {
  const file = join(t.testdir(), 'rsm.db');
  const shape = (): unknown => {
    const connection = openDatabase(file);
    try {
      return [
        connection.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all(),
        connection.prepare('SELECT * FROM __drizzle_migrations').all(),
      ];
    } finally {
      connection.close();
    }
  };
  const first = shape();
  t.same(shape(), first);
  t.equal((first as unknown[][])[1]?.length, knownSchemaVersion());
});

await t.test('a database of a newer schema is refused and left as it is', async (t) => {
  const folder = t.testdir();
  const clock = new SimulatedClock();
  ObjectStore.open({ folder, clock }).close();
  const file = join(folder, databaseFileName);
  const newer = new Database(file);
  newer.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run('of the future', 9e12);
  newer.close();
  const before = readFileSync(file);
  const error = ntmsErrorOf(() => ObjectStore.open({ folder, clock }));
  t.equal(error.symbol, 'ERROR_DATABASE_FAILURE');
  t.match(error.message, /schema version \d+, this version of OpenRSM knows \d+\. Install/);
  t.ok(readFileSync(file).equals(before));
});

await t.test('a migration that makes a table anew keeps the rows that refer to it', async (t) => {
  const folder = t.testdir();
  const clock = new SimulatedClock();
  const store = ObjectStore.open({ folder, clock });
  const library = addLibrary(store, 'one', 3);
  store.close();
  const migrations = join(folder, 'migrations');
  cpSync(migrationsFolder(), migrations, { recursive: true });
  const journalFile = join(migrations, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(journalFile, 'utf8')) as { entries: object[] };
  journal.entries.push({ idx: 99, version: '6', when: 8e12, tag: '0099_anew', breakpoints: true });
  writeFileSync(journalFile, JSON.stringify(journal));
  // The way in which drizzle-kit changes a column of a table that others refer to.
  writeFileSync(
    join(migrations, '0099_anew.sql'),
    [
      'PRAGMA foreign_keys=OFF;',
      'CREATE TABLE `__new_libraries` AS SELECT * FROM `libraries`;',
      'DROP TABLE `libraries`;',
      'ALTER TABLE `__new_libraries` RENAME TO `libraries`;',
      'CREATE UNIQUE INDEX `libraries_id` ON `libraries` (`id`);',
      'PRAGMA foreign_keys=ON;',
    ].join('--> statement-breakpoint\n'),
  );
  const connection = openDatabase(join(folder, databaseFileName), migrations);
  t.equal(connection.prepare('SELECT count(*) FROM slots WHERE library = ?').pluck().get(library.id), 3);
  t.equal(connection.pragma('foreign_keys', { simple: true }), 1);
  connection.close();
  t.match(ntmsErrorOf(() => ObjectStore.open({ folder, clock })).message, /schema version/, 'now it is a newer one');
});

await t.test('a migration cut off by an error leaves nothing half done', async (t) => {
  const file = join(t.testdir(), 'rsm.db');
  const foreign = new Database(file);
  // In the way of the first migration, which makes some tables before it meets this one.
  foreign.exec('CREATE TABLE slots (x)');
  foreign.close();
  t.equal(sqliteCode(ntmsErrorOf(() => openDatabase(file))), 'SQLITE_ERROR');
  const after = new Database(file);
  t.teardown(() => after.close());
  t.same(after.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all(), [
    '__drizzle_migrations',
    'slots',
  ]);
});

await t.test('the migrations are in step with schema.ts', async (t) => {
  const folder = t.testdir();
  const root = packageRoot();
  cpSync(migrationsFolder(), folder, { recursive: true });
  const kit = join(root, 'node_modules', 'drizzle-kit', 'bin.cjs');
  // drizzle-kit takes the folder only relative to where it runs.
  const out = relative(root, folder);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [kit, 'generate', '--dialect', 'sqlite', '--schema', 'src/objects/schema.ts', '--out', out],
    { cwd: root, env: { ...process.env, NODE_OPTIONS: '' } },
  );
  t.match(stdout, /No schema changes/, 'else run drizzle-kit generate, see src/objects/drizzle.config.ts');
  t.same(readdirSync(folder).sort(), readdirSync(migrationsFolder()).sort());
});

await t.test('the package is found from where this runs', async (t) => {
  const version = (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string })
    .version;
  t.equal(packageVersion(), version);
});
