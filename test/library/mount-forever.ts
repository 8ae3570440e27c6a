/**
 * Runs in a process of its own until it is killed: mounts and dismounts on the virtual autoloader and the database in the
 * folder given, in an order that the seed decides, and writes a line for each call that has ended.
 */
import { SystemClock } from '../../devices/clock.js';
import { openFolderLibrary } from './folder-library.js';
import { randomNumbers } from './random-numbers.js';

const [folder = '', seed = '1'] = process.argv.slice(2);
const library = await openFolderLibrary(folder, new SystemClock());
const next = randomNumbers(Number(seed));
const media = [1, 2, 3, 4, 5].map((number) => `ORS00${number}L8`);
const pick = <T>(from: readonly T[]): T => from[Math.trunc(next() * from.length)] as T;

console.log('ready');
for (;;) {
  const first = pick(media);
  const second = pick(media.filter((barCode) => barCode !== first));
  try {
    await library.mount(next() < 0.3 ? [first, second] : first);
  } catch {
    // Busy; the next dismount makes room.
  }
  for (const { id } of library.store.table('drives').list()) {
    const inside = library.store.table('physicalMedia').find({ location: id });
    if (inside !== undefined && next() < 0.7) await library.dismount(inside.barCode, { deferred: next() < 0.3 });
  }
  console.log('turn');
}
