import { hostname } from 'node:os';
import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { openStore } from './open-store.js';

await t.test('a new database holds this computer, the offline library and the system pools', async (t) => {
  const store = openStore(t);
  const known = store.wellKnown;
  t.match(store.table('computers').list(), [
    { id: known.computer, name: hostname(), libRequestPurgeTime: 259_200, mediaPoolPolicy: 0 },
  ]);
  t.match(store.table('libraries').list(), [
    { id: known.offlineLibrary, name: 'Offline Library', libraryType: 1, flags: 1, enabled: true },
  ]);
  t.match(store.table('mediaPools').list(), [
    { id: known.rootPool, parent: null, mediaType: null },
    { id: known.free, name: 'Free', poolType: 1, parent: known.rootPool, mediaType: null },
    { id: known.unrecognized, name: 'Unrecognized', poolType: 2, parent: known.rootPool },
    { id: known.import, name: 'Import', poolType: 3, parent: known.rootPool },
  ]);
  t.same(store.startupNotices, []);
});

await t.test('opening again adds nothing and changes nothing', async (t) => {
  const folder = t.testdir();
  const clock = new SimulatedClock();
  const open = (): ObjectStore => ObjectStore.open({ folder, clock, computerName: 'lab-3' });
  const first = open();
  const before = [first.table('computers').list(), first.table('libraries').list(), first.table('mediaPools').list()];
  t.equal(before[0]![0]!.name, 'lab-3');
  first.close();
  await clock.advance(1000);
  const second = open();
  t.teardown(() => second.close());
  t.same(
    [second.table('computers').list(), second.table('libraries').list(), second.table('mediaPools').list()],
    before,
  );
});

await t.test('a media type brings its three leaf pools', async (t) => {
  const store = openStore(t);
  const { mediaType, pools } = store.ensureMediaType({ name: 'LTO Ultrium', mediaType: 86, deviceType: 31 });
  t.match(mediaType, { name: 'LTO Ultrium', mediaType: 86, numberOfSides: 1 });
  for (const [key, poolType] of [
    ['free', 1],
    ['unrecognized', 2],
    ['import', 3],
  ] as const) {
    t.match(pools[key], { name: 'LTO Ultrium', poolType, parent: store.wellKnown[key], mediaType: mediaType.id });
  }
});

await t.test('a media type that exists keeps what it has, and gets the pools that are missing', async (t) => {
  const store = openStore(t);
  const first = store.ensureMediaType({ name: 'DLT', mediaType: 39 });
  store.table('mediaPools').remove(first.pools.import.id);
  const second = store.ensureMediaType({ name: 'DLT', mediaType: 0 });
  t.same(second.mediaType, first.mediaType);
  t.same(second.pools.free, first.pools.free);
  t.not(second.pools.import.id, first.pools.import.id);
  t.equal(store.table('mediaPools').count(), 4 + 3);
  t.equal(store.table('mediaTypes').count(), 1);
});

await t.test('a system pool is found by its place when it was renamed', async (t) => {
  const folder = t.testdir();
  const clock = new SimulatedClock();
  const store = ObjectStore.open({ folder, clock });
  const known = store.wellKnown;
  store.table('mediaPools').update(known.free, { name: 'Scratch' });
  store.table('libraries').update(known.offlineLibrary, { name: 'Shelf' });
  store.close();
  const again = ObjectStore.open({ folder, clock });
  t.teardown(() => again.close());
  t.same(again.wellKnown, known);
});
