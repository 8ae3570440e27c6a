import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { ObjectStore } from '../../src/objects/object-store.js';

const NOBODY = 65_534;
const skip = process.getuid === undefined ? 'this system has no user numbers' : false;

/** Root may write everywhere, so that the test is somebody else for a moment. */
function asSomebodyElse<T>(work: () => T): T {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(NOBODY);
  try {
    return work();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

/** Where everybody can get to, which a clone need not be. */
function openFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'read-only-'));
  chmodSync(folder, 0o755);
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'database');
}

t.test('a database in a folder that may not be written is refused in words, and stays as it is', { skip }, (t) => {
  const clock = new SimulatedClock();
  const folder = openFolder(t);
  const store = ObjectStore.open({ folder, clock });
  const { id } = store.table('mediaPools').insert({ name: 'kept', poolType: 1000 });
  store.close();
  const before = readFileSync(join(folder, 'rsm.db'));
  const files = readdirSync(folder).toSorted();

  chmodSync(folder, 0o555);
  t.throws(() => asSomebodyElse(() => ObjectStore.open({ folder, clock })), {
    code: 'FOLDER_UNUSABLE',
    message: new RegExp(`${folder}.*permission.*choose another`, 'i'),
  });
  t.ok(before.equals(readFileSync(join(folder, 'rsm.db'))));
  t.same(readdirSync(folder).toSorted(), files);

  chmodSync(folder, 0o755);
  const again = ObjectStore.open({ folder, clock });
  t.equal(again.table('mediaPools').require(id).name, 'kept');
  again.close();
  t.end();
});

t.test('a database file that may not be written is refused in words, and stays as it is', { skip }, (t) => {
  const clock = new SimulatedClock();
  const folder = openFolder(t);
  ObjectStore.open({ folder, clock }).close();
  const file = join(folder, 'rsm.db');
  const before = readFileSync(file);
  chmodSync(folder, 0o777);
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), name === 'rsm.db' ? 0o444 : 0o666);
  t.throws(() => asSomebodyElse(() => ObjectStore.open({ folder, clock })), {
    symbol: 'ERROR_DATABASE_FAILURE',
    message: /read-?only/i,
  });
  t.ok(before.equals(readFileSync(file)));
  t.end();
});
