import fc from 'fast-check';
import t from 'tap';
import { findPool, isPoolName, poolPath, poolPathLevels } from '../../src/library/media-pool-paths.js';
import { openStore } from '../objects/open-store.js';

await t.test('a path has levels between backslashes, one of which may stand in front', (t) => {
  t.same(poolPathLevels('A'), ['A']);
  t.same(poolPathLevels('\\A'), ['A']);
  t.same(poolPathLevels('A\\B c\\D'), ['A', 'B c', 'D']);
  const longest = Array.from({ length: 7 }, () => 'x'.repeat(63)).join('\\');
  t.equal(poolPathLevels(`${longest}\\${'y'.repeat(511 - longest.length - 1)}`)?.length, 8);
  for (const wrong of ['', '\\', 'A\\', '\\\\A', 'A\\\\B', ' ', 'A\\ ', 'x'.repeat(64), `${longest}\\${longest}`]) {
    t.equal(poolPathLevels(wrong), undefined, JSON.stringify(wrong));
  }
  t.end();
});

await t.test('every pool is found by the path that is told of it, however it is spelled', (t) => {
  const store = openStore(t);
  const name = fc.string({ maxLength: 12 }).filter(isPoolName);
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
      let parent = store.wellKnown.rootPool;
      for (const level of names) {
        const levels = poolPathLevels(level);
        const known = store
          .table('mediaPools')
          .list({ parent })
          .find((pool) => pool.name.toUpperCase() === level.toUpperCase());
        if (levels === undefined) throw new Error(`${level} is a name and no path`);
        parent = (known ?? store.table('mediaPools').insert({ name: level, parent, poolType: 1000 })).id;
      }
      const pool = store.table('mediaPools').require(parent);
      for (const path of [poolPath(store, pool), `\\${poolPath(store, pool)}`, names.join('\\')]) {
        t.equal(findPool(store, poolPathLevels(path) ?? [''])?.pool?.id, pool.id);
      }
    }),
    { numRuns: 50 },
  );
  t.end();
});

await t.test('a path ends where pools are in a circle, as damage may leave them', (t) => {
  const store = openStore(t);
  const first = store.table('mediaPools').insert({ name: 'A', parent: store.wellKnown.rootPool, poolType: 1000 });
  const second = store.table('mediaPools').insert({ name: 'B', parent: first.id, poolType: 1000 });
  store.table('mediaPools').update(first.id, { parent: second.id });
  t.equal(poolPath(store, store.table('mediaPools').require(first.id)), 'B\\A');
  t.end();
});
