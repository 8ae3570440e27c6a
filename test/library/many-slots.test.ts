import { join } from 'node:path';
import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { findProfile } from '../../devices/profiles/index.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { VirtualLibrary } from './virtual-library.js';

/** A library of `count` filled slots and a few empty ones. */
async function largeLibrary(folder: string, count: number): Promise<VirtualLibrary> {
  const clock = new SimulatedClock({ auto: true });
  const ibm = findProfile('ibm-3573-tl');
  const elements = { ...ibm.elements, storage: { first: 4096, count: count + 5 } };
  const autoloader = await VirtualAutoloader.create({
    profile: { ...ibm, magazines: [], elements },
    clock,
    timing: 'zero',
    cartridges: Array.from({ length: count }, (_, index) => ({
      elementAddress: 4096 + index,
      barcode: `A${String(index).padStart(5, '0')}L8`,
      mediaType: 'L8',
    })),
  });
  const store = ObjectStore.open({ folder: join(folder, String(count)), clock });
  store.connection.pragma('synchronous = OFF');
  return VirtualLibrary.run({ clock, autoloader, store });
}

async function close(library: VirtualLibrary): Promise<void> {
  await library.manager.stop();
  await library.autoloader.close();
  library.store.close();
}

/** How many rows the database is asked for in lists while `work` is done. */
async function rowsListed({ store }: VirtualLibrary, work: () => Promise<unknown>): Promise<number> {
  const statement = Object.getPrototypeOf(store.connection.prepare('SELECT 1')) as {
    all: (...values: unknown[]) => unknown[];
  };
  const { all } = statement;
  let rows = 0;
  statement.all = function counted(this: unknown, ...values: unknown[]): unknown[] {
    const found = all.apply(this, values);
    rows += found.length;
    return found;
  };
  try {
    await work();
  } finally {
    statement.all = all;
  }
  return rows;
}

t.test('mounts and dismounts list the same rows among 3,000 slots as among 20', async (t) => {
  const folder = t.testdir();
  const costs: number[] = [];
  for (const count of [20, 3000]) {
    const library = await largeLibrary(folder, count);
    const cycle = async (): Promise<void> => {
      await library.mount('A00001L8');
      await library.dismount('A00001L8');
      await library.mount('A00002L8');
      await library.dismount('A00002L8', { deferred: true });
      await library.mount('A00003L8', { drives: [0] });
      await library.dismount('A00003L8');
    };
    costs.push(await rowsListed(library, cycle));
    t.same(library.disagreements().slice(0, 5), []);
    await close(library);
  }
  t.equal(costs[1], costs[0], `${costs[0]} rows each`);
});

t.test('a start and an inventory list each record a few times, however many there are', async (t) => {
  const count = 3000;
  let library = await largeLibrary(t.testdir(), count);
  await library.manager.stop();
  const restarted = await rowsListed(library, async () => {
    library = await VirtualLibrary.run(library);
  });
  const inventoried = await rowsListed(library, () => library.inventory());
  t.ok(restarted < 10 * count, `${restarted} rows for a start`);
  t.ok(inventoried < 10 * count, `${inventoried} rows for an inventory`);
  await close(library);
});
