import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { FolderLockedError } from '../../devices/folder-lock.js';
import { databaseFileName } from '../../src/objects/database-file.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { packageRoot } from '../../src/objects/package-root.js';
import { sqliteCode } from '../../src/objects/sqlite-failure.js';
import { addLibrary, ntmsErrorOf, openStore } from './open-store.js';

const clock = new SimulatedClock();

await t.test('a full database is ERROR_DATABASE_FULL, and the transaction is undone whole', async (t) => {
  const store = openStore(t);
  const changes: string[] = [];
  store.onChange(({ table }) => changes.push(table));
  const pages = store.connection.pragma('page_count', { simple: true }) as number;
  store.connection.pragma(`max_page_count = ${pages + 2}`);
  const error = ntmsErrorOf(() => store.transaction(() => addLibrary(store, 'one', 1000)));
  t.match(error, { symbol: 'ERROR_DATABASE_FULL', code: 4314 });
  t.match(error.message, /Make room/);
  t.equal(sqliteCode(error), 'SQLITE_FULL');
  t.equal(store.table('libraries').count({ name: 'one' }), 0);
  t.same(changes, []);
  store.connection.pragma(`max_page_count = ${pages + 1000}`);
  addLibrary(store, 'one', 1000);
  t.equal(store.table('slots').count(), 1000, 'with room, the same work is done');
});

function overwrite(file: string, position: number, bytes: Buffer): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, position);
  closeSync(descriptor);
}

const prlimit = spawnSync('prlimit', ['--version']).status === 0 && existsSync('/proc/self/status');

await t.test(
  'without memory it is ERROR_NOT_ENOUGH_MEMORY, and the transaction is undone whole',
  { skip: prlimit ? false : 'needs prlimit and /proc, as Linux has them' },
  async (t) => {
    const program = fileURLToPath(new URL('memory-limited.ts', import.meta.url));
    const output = execFileSync(process.execPath, ['--import', 'tsx', program, t.testdir()], {
      cwd: packageRoot(),
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    t.same(JSON.parse(output), { symbol: 'ERROR_NOT_ENOUGH_MEMORY', code: 8, names: ['after'] });
  },
);

await t.test('a closed database is ERROR_DATABASE_FAILURE for every call', async (t) => {
  const store = openStore(t);
  const types = store.table('mediaTypes');
  const { id } = types.insert({ name: 'DLT' });
  store.close();
  store.close();
  for (const work of [
    () => types.get(id),
    () => types.list(),
    () => types.count(),
    () => types.insert({ name: 'LTO' }),
    () => types.update(id, { name: 'x' }),
    () => types.remove(id),
    () => store.kindOf(id),
    () => store.transaction(() => 1),
    () => store.exportDatabase(),
  ]) {
    const error = ntmsErrorOf(work);
    t.match(error, { symbol: 'ERROR_DATABASE_FAILURE', code: 4313 });
    t.match(error.message, /was closed/);
  }
});

await t.test('a database that is closed in the middle of a transaction is ERROR_DATABASE_FAILURE', async (t) => {
  const folder = t.testdir();
  const store = ObjectStore.open({ folder, clock });
  const error = ntmsErrorOf(() =>
    store.transaction(() => {
      addLibrary(store, 'one', 0);
      store.close();
    }),
  );
  t.equal(error.symbol, 'ERROR_DATABASE_FAILURE');
  const again = ObjectStore.open({ folder, clock });
  t.teardown(() => again.close());
  t.equal(again.table('libraries').count({ name: 'one' }), 0);
});

await t.test('a file that is no database is refused, and the folder is free again', async (t) => {
  const folder = t.testdir({
    [databaseFileName]: 'This is a letter to the administrator, and no database at all.'.repeat(20),
  });
  for (let again = 0; again < 2; again++) {
    const error = ntmsErrorOf(() => ObjectStore.open({ folder, clock }));
    t.equal(error.symbol, 'ERROR_DATABASE_FAILURE');
    t.equal(sqliteCode(error), 'SQLITE_NOTADB');
    t.match(error.message, /import the last exported/);
  }
});

await t.test('a damaged database is refused when it is opened', async (t) => {
  const folder = t.testdir();
  const file = join(folder, databaseFileName);
  const store = ObjectStore.open({ folder, clock });
  addLibrary(store, 'one', 500);
  store.close();
  const size = readFileSync(file).length;
  const whole = readFileSync(file);
  const damages: [string, () => void][] = [
    ['cut off', () => truncateSync(file, Math.floor(size / 2 / 4096) * 4096)],
    ['overwritten in the middle', () => overwrite(file, size - 16_384, Buffer.alloc(8192, 0xa5))],
  ];
  for (const [what, damage] of damages) {
    writeFileSync(file, whole);
    damage();
    const error = ntmsErrorOf(() => ObjectStore.open({ folder, clock }));
    t.equal(error.symbol, 'ERROR_DATABASE_FAILURE', what);
  }
  writeFileSync(file, whole);
  const again = ObjectStore.open({ folder, clock });
  t.equal(again.table('slots').count(), 500);
  again.close();
});

await t.test('damage that shows while reading is ERROR_DATABASE_FAILURE', async (t) => {
  const store = openStore(t);
  addLibrary(store, 'one', 500);
  const root = store.connection
    .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'slots'")
    .pluck()
    .get() as number;
  store.connection.pragma('wal_checkpoint(TRUNCATE)');
  overwrite(join(store.folder, databaseFileName), (root - 1) * 4096, Buffer.alloc(4096, 0xff));
  store.connection.pragma('shrink_memory');
  const error = ntmsErrorOf(() => store.table('slots').list());
  t.equal(error.symbol, 'ERROR_DATABASE_FAILURE');
  t.equal(sqliteCode(error), 'SQLITE_CORRUPT');
});

await t.test('a second opener is told who has the folder', async (t) => {
  const store = openStore(t);
  const refuse = (busyMessage?: string): FolderLockedError => {
    try {
      ObjectStore.open({ folder: store.folder, clock, ...(busyMessage === undefined ? {} : { busyMessage }) }).close();
    } catch (error) {
      if (error instanceof FolderLockedError) return error;
      throw error;
    }
    throw new Error('the second one was let in');
  };
  t.match(refuse().message, new RegExp(`process ${process.pid}`));
  t.match(refuse('The service is running.').message, /^The service is running\. .*process/);
  addLibrary(store, 'one', 1);
  t.equal(store.table('slots').count(), 1, 'the first one is not troubled');
});

await t.test('a folder that cannot be a folder is an error, not a crash', async (t) => {
  const folder = t.testdir();
  mkdirSync(join(folder, databaseFileName));
  t.equal(ntmsErrorOf(() => ObjectStore.open({ folder, clock })).symbol, 'ERROR_DATABASE_FAILURE');
});
