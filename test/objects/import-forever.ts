/**
 * Runs in a process of its own until it is killed: changes the database, exports it, changes it again, marks the import,
 * starts anew. Each generation is one transaction: the computer's description is its number, and the library `counted`
 * has as many slots as that number modulo 40. Writes a line at every durable step.
 */
import { writeSync } from 'node:fs';
import { SystemClock } from '../../devices/clock.js';
import { ObjectStore } from '../../src/objects/object-store.js';

const [folder] = process.argv.slice(2);

function nextGeneration(store: ObjectStore): void {
  store.transaction(() => {
    const computer = store.table('computers').require(store.wellKnown.computer);
    const generation = Number(computer.description) + 1;
    const libraries = store.table('libraries');
    const library = libraries.find({ name: 'counted' }) ?? libraries.insert({ name: 'counted', libraryType: 2 });
    for (const slot of store.table('slots').list()) store.table('slots').remove(slot.id);
    for (let number = 1; number <= generation % 40; number++) {
      store.table('slots').insert({ library: library.id, number, elementAddress: number });
    }
    store.table('computers').update(computer.id, { description: String(generation) });
  });
}

for (;;) {
  const store = ObjectStore.open({
    folder: folder!,
    clock: new SystemClock(),
    // At once, not when the stream feels like it: the parent kills by what it reads.
    atStep: (step) => writeSync(1, `${step}\n`),
  });
  nextGeneration(store);
  writeSync(1, 'written\n');
  store.exportDatabase();
  nextGeneration(store);
  store.markImport();
  nextGeneration(store);
  store.close();
}
