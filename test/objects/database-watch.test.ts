import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { watchDatabase } from '../../src/objects/database-watch.js';
import type { WatchedChange, WatchState } from '../../src/objects/database-watch.js';
import { NtmsLibraryType } from '../../src/objects/ntmsapi/index.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { RecordedObjects } from '../../src/objects/recorded-objects.js';

function bench(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'rsm-watch-'));
  const clock = new SimulatedClock();
  const stopping = new AbortController();
  const seen: WatchedChange[] = [];
  const states: WatchState[] = [];
  const watching = watchDatabase({
    ...{ folder, clock, signal: stopping.signal },
    onChanges: (changes) => seen.push(...changes),
    onState: (state) => states.push(state),
  });
  t.teardown(async () => {
    stopping.abort();
    await watching.catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });
  const open = (): ObjectStore => ObjectStore.open({ folder, clock });
  return { folder, clock, seen, states, open, stopping, watching };
}

const library = { name: 'bench', libraryType: NtmsLibraryType.NTMS_LIBRARYTYPE_ONLINE };

t.test('a watch tells what was added, changed and removed, in the order of their times', async (t) => {
  const { clock, seen, states, open, stopping, watching } = bench(t);
  t.same(states, ['missing'], 'it waits for a database');
  const store = open();
  await clock.advance(200);
  t.same(states, ['missing', 'watching']);
  t.same(seen, [], 'what was there when it came is no news');

  const { id } = store.table('libraries').insert(library);
  await clock.advance(200);
  t.match(seen.splice(0), [{ operation: 'insert', table: 'libraries', id, after: { name: 'bench' } }]);

  store.table('libraries').update(id, { description: 'one' });
  await clock.advance(10);
  store.table('computers').update(store.table('computers').list()[0]?.id ?? '', { description: 'two' });
  await clock.advance(200);
  const changes = seen.splice(0);
  t.same(
    changes.map(({ operation, table, columns }) => [operation, table, columns]),
    [
      ['update', 'libraries', ['description']],
      ['update', 'computers', ['description']],
    ],
    'the computer, whose table is the first, was written last',
  );
  t.same([changes[0]?.before?.['description'], changes[0]?.after?.['description']], ['', 'one']);

  store.table('libraries').remove(id);
  await clock.advance(200);
  t.match(seen.splice(0), [{ operation: 'delete', table: 'libraries', id, before: { description: 'one' } }]);
  await clock.advance(1000);
  t.same(seen, [], 'a quiet database tells nothing');
  store.close();
  stopping.abort();
  await watching;
});

t.test('a watch goes on over the end of one process and the start of the next', async (t) => {
  const { clock, seen, open } = bench(t);
  const first = open();
  await clock.advance(200);
  first.close();
  const second = open();
  second.table('libraries').insert(library);
  await clock.advance(200);
  t.match(seen, [{ operation: 'insert', table: 'libraries' }]);
  second.close();
});

t.test('a watch lets a marked import be done, and tells how the new database differs', async (t) => {
  const { folder, clock, seen, states, open } = bench(t);
  const first = open();
  const { id } = first.table('libraries').insert({ ...library, description: 'exported' });
  first.exportDatabase();
  first.table('libraries').update(id, { description: 'later' });
  await clock.advance(200);
  first.markImport();
  await clock.advance(200);
  t.equal(states.at(-1), 'import-pending');
  t.throws(() => RecordedObjects.open(folder, clock), { message: /An import waits for the next start/ });
  first.close();

  const second = open();
  t.match(second.startupNotices, [{ event: 'database-imported' }], 'the watch was not in its way');
  seen.length = 0;
  await clock.advance(200);
  t.equal(states.at(-1), 'watching');
  t.match(seen, [{ operation: 'update', table: 'libraries', id, columns: ['description'] }]);
  t.equal(seen[0]?.after?.['description'], 'exported');
  second.close();
});

t.test('a database of a schema that this version does not know is an error; an older one is waited for', async (t) => {
  const { clock, open, states, watching } = bench(t);
  const failed = watching.then(
    () => undefined,
    (error: unknown) => error,
  );
  const store = open();
  const migrations = store.connection.prepare('SELECT * FROM __drizzle_migrations ORDER BY created_at').all() as {
    readonly hash: string;
    readonly created_at: number;
  }[];
  const last = migrations.at(-1)?.created_at ?? 0;
  store.connection.prepare('DELETE FROM __drizzle_migrations WHERE created_at = ?').run(last);
  await clock.advance(200);
  t.equal(states.at(-1), 'older-schema');
  store.connection.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)').run('new', last + 1);
  await clock.advance(200);
  t.match(await failed, { symbol: 'ERROR_DATABASE_FAILURE' });
  store.close();
});

t.test(
  'what is open for reading only can be read while another has it, stands still, and cannot be written',
  async (t) => {
    const { folder, clock, open } = bench(t);
    const store = open();
    const { id } = store.table('libraries').insert(library);
    const recorded = RecordedObjects.open(folder, clock);
    recorded.holdStill();
    store.table('libraries').update(id, { name: 'renamed' });
    t.equal(recorded.table('libraries').get(id)?.name, 'bench', 'one moment is shown');
    recorded.letGo();
    t.equal(recorded.table('libraries').get(id)?.name, 'renamed');
    t.equal(recorded.kindOf(id), store.kindOf(id));
    t.throws(() => recorded.connection.exec("UPDATE libraries SET name = 'x'"), { code: 'SQLITE_READONLY' });
    recorded.close();
    store.close();
  },
);
