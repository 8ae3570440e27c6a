import t from 'tap';
import { NtmsError } from '../../src/objects/ntms-error.js';
import type { ObjectChange } from '../../src/objects/object-changes.js';
import type { ObjectStore } from '../../src/objects/object-store.js';
import { addCartridge, addLibrary, ntmsErrorOf, openStore } from './open-store.js';

function heard(store: ObjectStore): string[] {
  const told: string[] = [];
  store.onChange(({ operation, table, kind }: ObjectChange) => told.push(`${operation} ${table} ${kind}`));
  return told;
}

await t.test('a transaction commits all and tells of it afterwards, in order', async (t) => {
  const store = openStore(t);
  const told = heard(store);
  const result = store.transaction(() => {
    const library = addLibrary(store, 'one', 1);
    store.table('slots').update(store.table('slots').list()[0]!.id, { state: 2 });
    store.table('accessEntries').insert({ object: library.id, trustee: 'everyone', mask: 1 });
    t.same(told, [], 'nothing is told before the commit');
    return library.name;
  });
  t.equal(result, 'one');
  t.same(told, ['insert libraries 9', 'insert slots 16', 'update slots 16', 'insert accessEntries 0']);
});

await t.test('a transaction that throws changes nothing and tells nothing', async (t) => {
  const store = openStore(t);
  const told = heard(store);
  const reason = new Error('the picker is busy');
  t.throws(
    () =>
      store.transaction(() => {
        addLibrary(store, 'one', 3);
        throw reason;
      }),
    reason,
  );
  t.equal(store.table('libraries').count({ name: 'one' }), 0);
  t.same(told, []);
  addLibrary(store, 'two', 0);
  t.same(told, ['insert libraries 9'], 'the next one is not troubled');
});

await t.test('a transaction inside another joins it', async (t) => {
  const store = openStore(t);
  const told = heard(store);
  t.throws(() =>
    store.transaction(() => {
      store.transaction(() => addLibrary(store, 'inner', 0));
      throw new Error('outer');
    }),
  );
  t.equal(store.table('libraries').count({ name: 'inner' }), 0, 'the outer one undoes the inner one');
  store.transaction(() => {
    addLibrary(store, 'outer', 0);
    t.throws(() =>
      store.transaction(() => {
        addLibrary(store, 'inner', 5);
        throw new Error('inner');
      }),
    );
    t.equal(store.table('slots').count(), 0, 'the inner one is undone at once');
    addLibrary(store, 'after', 0);
  });
  t.same(
    store
      .table('libraries')
      .list({ libraryType: 2 })
      .map((library) => library.name),
    ['outer', 'after'],
  );
  t.same(told, ['insert libraries 9', 'insert libraries 9']);
});

await t.test('a refused statement is not told of, and the rest of its transaction is', async (t) => {
  const store = openStore(t);
  const told = heard(store);
  store.transaction(() => {
    addLibrary(store, 'one', 1);
    // The row is written before the foreign key is found to lead nowhere.
    ntmsErrorOf(() => store.table('slots').insert({ library: 'nowhere', number: 9, elementAddress: 9 }));
  });
  t.same(told, ['insert libraries 9', 'insert slots 16']);
});

await t.test('what a foreign key removes is told of too, before its owner', async (t) => {
  const store = openStore(t);
  addLibrary(store, 'one', 1);
  const medium = addCartridge(store, store.table('slots').list()[0]!);
  store.table('sides').insert({ physicalMedia: medium.id });
  const told = heard(store);
  store.table('physicalMedia').remove(medium.id);
  t.same(told, ['delete sides 14', 'delete physicalMedia 15']);
});

await t.test('a listener may write: what it changes is told after what came before', async (t) => {
  const store = openStore(t);
  const told: string[] = [];
  store.onChange(({ table }) => {
    if (table !== 'libraries') return;
    store.table('doors').insert({ library: store.table('libraries').find({ name: 'one' })!.id, number: 1 });
  });
  store.onChange(({ table }) => told.push(table));
  store.transaction(() => addLibrary(store, 'one', 2));
  t.same(told, ['libraries', 'slots', 'slots', 'doors']);
});

await t.test('a listener that throws keeps neither the commit nor the others from their news', async (t) => {
  const store = openStore(t);
  const warning = new Promise<Error>((resolve) => process.once('warning', resolve));
  store.onChange(() => {
    throw new Error('this listener is broken');
  });
  const told = heard(store);
  addLibrary(store, 'one', 0);
  t.same(told, ['insert libraries 9']);
  t.match(await warning, { message: 'this listener is broken' });
});

await t.test('a subscription ends when its function is called', async (t) => {
  const store = openStore(t);
  let count = 0;
  const stop = store.onChange(() => (count += 1));
  addLibrary(store, 'one', 0);
  stop();
  addLibrary(store, 'two', 0);
  t.equal(count, 1);
});

await t.test('an async function is no transaction', async (t) => {
  const store = openStore(t);
  const error = ntmsErrorOf(() =>
    store.transaction(async () => {
      addLibrary(store, 'one', 0);
    }),
  );
  t.equal(error.symbol, 'ERROR_INVALID_PARAMETER');
  t.equal(store.table('libraries').count({ name: 'one' }), 0);
});

await t.test('an export inside a transaction is refused', async (t) => {
  const store = openStore(t);
  t.equal(ntmsErrorOf(() => store.transaction(() => store.exportDatabase())).symbol, 'ERROR_INVALID_STATE');
  t.ok(store.exportDatabase());
});

await t.test('a transaction that SQLite undid by itself stays undone, also when the error is swallowed', async (t) => {
  const store = openStore(t);
  const told = heard(store);
  const error = ntmsErrorOf(() =>
    store.transaction(() => {
      addLibrary(store, 'one', 0);
      // What a disk error does in the middle of a transaction.
      store.connection.exec(
        "CREATE TEMP TRIGGER lose BEFORE INSERT ON main.slots BEGIN SELECT RAISE(ROLLBACK, 'lost'); END",
      );
      try {
        addLibrary(store, 'two', 1);
      } catch (lost) {
        t.ok(lost instanceof NtmsError);
      }
      for (const refused of [
        () => addLibrary(store, 'three', 0),
        () => store.table('libraries').count(),
        () => store.transaction(() => 1),
      ]) {
        t.match(ntmsErrorOf(refused).message, /undone/);
      }
    }),
  );
  t.match(error.message, /undone/);
  t.equal(store.table('libraries').count({ libraryType: 2 }), 0);
  t.same(told, []);
  addLibrary(store, 'four', 0);
  t.same(told, ['insert libraries 9']);
});
