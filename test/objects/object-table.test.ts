import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { kindOfTable, tableNames, tableOfKind, tables } from '../../src/objects/object-kinds.js';
import { sqliteCode } from '../../src/objects/sqlite-failure.js';
import { addCartridge, addLibrary, ntmsErrorOf, openStore } from './open-store.js';

await t.test('insert fills in identifier, times and defaults', async (t) => {
  const clock = new SimulatedClock({ startMs: 1_000 });
  const store = openStore(t, { clock });
  const library = addLibrary(store, 'one', 0);
  const drive = store.table('drives').insert({ library: library.id, number: 1, elementAddress: 500 });
  t.match(drive.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  t.match(drive, { created: 1_000, modified: 1_000, enabled: true, state: 0, deferDismountDelay: 300, name: '' });
  t.equal(drive.lastCleaned, null);
  t.same(store.table('drives').get(drive.id), drive);
  t.same(store.table('drives').require(drive.id), drive);
});

await t.test('an identifier may be given, but only a GUID in lower case', async (t) => {
  const store = openStore(t);
  const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
  t.equal(store.table('mediaTypes').insert({ id, name: 'DLT' }).id, id);
  const upper = ntmsErrorOf(() => store.table('mediaTypes').insert({ id: id.toUpperCase(), name: 'DLT' }));
  t.equal(upper.symbol, 'ERROR_INVALID_PARAMETER');
});

await t.test('update changes only what it is given, and the time of modification', async (t) => {
  const clock = new SimulatedClock({ startMs: 1_000 });
  const store = openStore(t, { clock });
  const library = addLibrary(store, 'one', 1);
  await clock.advance(500);
  const after = store.table('libraries').update(library.id, { enabled: false });
  t.same(after, { ...library, enabled: false, modified: 1_500 });
  t.same(store.table('libraries').get(library.id), after);
});

await t.test('tables without times are written as they are', async (t) => {
  const store = openStore(t);
  const entry = store.table('accessEntries').insert({ object: store.wellKnown.computer, trustee: 'everyone', mask: 1 });
  t.same(entry, { id: entry.id, object: store.wellKnown.computer, trustee: 'everyone', mask: 1, deny: false });
  t.equal(store.table('accessEntries').update(entry.id, { deny: true }).deny, true);
  const library = addLibrary(store, 'one', 0);
  const move = store.table('moveJournal').insert({
    library: library.id,
    physMediaId: 'x',
    mediumTransportAddress: 1,
    source: 1001,
    destination: 500,
    outcome: 'intended',
    intendedAt: 5,
  });
  t.match(store.table('moveJournal').update(move.id, { outcome: 'moved', concludedAt: 6 }), {
    outcome: 'moved',
    concludedAt: 6,
  });
});

await t.test('an object that is not there is undefined to get, and an error to all who need it', async (t) => {
  const drives = openStore(t).table('drives');
  t.equal(drives.get('nobody'), undefined);
  for (const work of [
    () => drives.require('nobody'),
    () => drives.update('nobody', { state: 1 }),
    () => drives.remove('nobody'),
  ]) {
    const error = ntmsErrorOf(work);
    t.match(error, { symbol: 'ERROR_OBJECT_NOT_FOUND', code: 4312, data: { table: 'drives', id: 'nobody' } });
  }
});

await t.test('list finds by equality, by null, by several values, and keeps the order of insertion', async (t) => {
  const store = openStore(t);
  const one = addLibrary(store, 'one', 4);
  addLibrary(store, 'two', 2);
  const slots = store.table('slots');
  const mine = slots.list({ library: one.id });
  t.same(
    mine.map((slot) => slot.number),
    [1, 2, 3, 4],
  );
  slots.update(mine[1]!.id, { state: 1, enabled: false });
  slots.update(mine[3]!.id, { state: 2 });
  t.same(
    slots.list({ library: one.id, state: [1, 2] }).map((slot) => slot.number),
    [2, 4],
  );
  t.same(slots.list({ state: [] }), []);
  t.equal(slots.count({ enabled: false }), 1);
  t.equal(slots.count(), 6);
  t.equal(slots.find({ library: one.id, number: 3 })?.elementAddress, 1003);
  t.equal(slots.find({ number: 99 }), undefined);
  t.same(
    store
      .table('mediaPools')
      .list({ parent: null })
      .map((pool) => pool.id),
    [store.wellKnown.rootPool],
  );
});

await t.test('list orders by columns, backwards when asked, and stops at a limit', async (t) => {
  const store = openStore(t);
  const library = addLibrary(store, 'one', 4);
  const slots = store.table('slots');
  const numbers = (rows: { number: number }[]): number[] => rows.map((row) => row.number);
  slots.update(slots.find({ number: 1 })!.id, { state: 2 });
  t.same(numbers(slots.list({ library: library.id }, { orderBy: 'state' })), [2, 3, 4, 1]);
  t.same(numbers(slots.list({}, { orderBy: ['state', 'number'], descending: true })), [1, 4, 3, 2]);
  t.same(numbers(slots.list({}, { limit: 2 })), [1, 2]);
});

await t.test('a column that is none, and a value that no column holds, are refused before the database', async (t) => {
  const slots = openStore(t).table('slots');
  const wrong: [unknown, RegExp][] = [
    [() => slots.list({ nonsense: 1 } as object), /no column nonsense; it has id, name/],
    [() => slots.list({}, { orderBy: '1; DROP TABLE slots' as 'name' }), /no column/],
    [() => slots.find({ library: undefined } as object), /undefined/],
    [() => slots.count({ number: Number.NaN }), /cannot hold NaN/],
    [() => slots.count({ name: { a: 1 } } as object), /cannot hold \{ a: 1 \}/],
  ];
  for (const [work, message] of wrong) {
    const error = ntmsErrorOf(work as () => unknown);
    t.equal(error.symbol, 'ERROR_INVALID_PARAMETER');
    t.match(error.message, message);
  }
});

await t.test('two cartridges in one element are refused, and any number may lie on the shelf', async (t) => {
  const store = openStore(t);
  addLibrary(store, 'one', 2);
  const [first, second] = store.table('slots').list();
  addCartridge(store, first!, 'A00001');
  const other = addCartridge(store, second!, 'A00002');
  const doubled = ntmsErrorOf(() => store.table('physicalMedia').update(other.id, { location: first!.id }));
  t.equal(doubled.symbol, 'ERROR_DATABASE_FAILURE');
  t.equal(sqliteCode(doubled), 'SQLITE_CONSTRAINT_UNIQUE');
  t.match(doubled.message, /physical_media\.location/);
  t.equal(store.table('physicalMedia').require(other.id).location, second!.id, 'nothing changed');
  for (const medium of store.table('physicalMedia').list()) {
    store.table('physicalMedia').update(medium.id, { location: null, currentLibrary: store.wellKnown.offlineLibrary });
  }
  t.equal(store.table('physicalMedia').count({ location: null }), 2);
});

await t.test('two elements of one library at one address are refused', async (t) => {
  const store = openStore(t);
  const library = addLibrary(store, 'one', 1);
  const other = addLibrary(store, 'two', 0);
  const again = { number: 2, elementAddress: 1001 };
  const error = ntmsErrorOf(() => store.table('slots').insert({ library: library.id, ...again }));
  t.equal(sqliteCode(error), 'SQLITE_CONSTRAINT_UNIQUE');
  t.equal(store.table('slots').insert({ library: other.id, ...again }).elementAddress, 1001);
});

await t.test('what others refer to is not removed, what belongs to it goes with it', async (t) => {
  const store = openStore(t);
  const library = addLibrary(store, 'one', 2);
  const medium = addCartridge(store, store.table('slots').list()[0]!);
  store.table('sides').insert({ physicalMedia: medium.id });
  t.equal(sqliteCode(ntmsErrorOf(() => store.table('libraries').remove(library.id))), 'SQLITE_CONSTRAINT_FOREIGNKEY');
  t.equal(store.table('slots').count(), 2, 'no slot went with the library that stayed');
  store.table('physicalMedia').remove(medium.id);
  t.equal(store.table('sides').count(), 0);
  store.table('libraries').remove(library.id);
  t.equal(store.table('slots').count(), 0);
});

await t.test('kindOf tells where an identifier belongs', async (t) => {
  const store = openStore(t);
  const library = addLibrary(store, 'one', 1);
  t.equal(store.kindOf(library.id), 9);
  t.equal(store.kindOf(store.table('slots').list()[0]!.id), 16);
  t.equal(store.kindOf(store.wellKnown.computer), 4);
  const entry = store.table('accessEntries').insert({ object: library.id, trustee: 'everyone', mask: 1 });
  t.equal(store.kindOf(entry.id), undefined, 'an access entry is no object');
  t.equal(store.kindOf('nobody'), undefined);
});

await t.test('every kind with objects has one table', async (t) => {
  for (let kind = 2; kind <= 17; kind++) {
    const name = tableOfKind(kind);
    t.ok(name, `kind ${kind}`);
    t.equal(kindOfTable[name!], kind);
  }
  for (const kind of [0, 1, 18, 19]) t.equal(tableOfKind(kind), undefined);
  t.equal(tableNames.length, Object.keys(tables).length, 'and every table is said to have a kind, or none');
});

await t.test('ten thousand cartridges go in and are found again', async (t) => {
  const store = openStore(t);
  const media = store.table('physicalMedia');
  store.transaction(() => {
    for (let number = 0; number < 10_000; number++) {
      media.insert({
        currentLibrary: store.wellKnown.offlineLibrary,
        mediaPool: store.wellKnown.free,
        locationType: 16,
        barCode: `B${String(number).padStart(6, '0')}`,
      });
    }
  });
  t.equal(media.count(), 10_000);
  t.equal(media.list({ barCode: 'B007777' }).length, 1);
  t.equal(media.list({ currentLibrary: store.wellKnown.offlineLibrary }).length, 10_000);
});
