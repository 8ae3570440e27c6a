import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { SystemClock } from '../../devices/clock.js';
import { NtmsLmState } from '../../src/objects/ntmsapi/index.js';
import { startProgram } from '../objects/child-program.js';
import { closeFolderLibrary, openFolderLibrary } from './folder-library.js';
import { randomNumbers } from './random-numbers.js';

const rounds = 10;
const cartridges = 9;
const seed = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 0x7fff_ffff));

t.test(`a library killed in the middle of its work loses and doubles nothing (seed ${seed})`, async (t) => {
  const folder = t.testdir();
  const next = randomNumbers(seed);
  let interrupted = 0;
  for (let round = 1; round <= rounds; round++) {
    const child = startProgram('../library/mount-forever.ts', folder, String(Math.trunc(next() * 1e6)));
    const { value } = await child.lines.next();
    t.equal(value, 'ready', `round ${round}`);
    // This is the one thing that has to happen in real time: a kill from outside.
    await sleep(next() * 200);
    child.process.kill('SIGKILL');
    t.equal(await child.ended, '');

    const library = await openFolderLibrary(folder, new SystemClock());
    const { store } = library;
    interrupted += store.table('libRequests').count({ state: NtmsLmState.NTMS_LM_CANCELLED });
    t.same(library.disagreements(), []);
    const media = store.table('physicalMedia').list();
    t.equal(media.length, cartridges);
    t.equal(new Set(media.map(({ barCode }) => barCode)).size, cartridges);
    t.equal(new Set(media.map(({ location }) => location)).size, cartridges);
    t.equal(store.table('moveJournal').count({ outcome: 'intended' }), 0);
    const { NTMS_LM_QUEUED, NTMS_LM_INPROCESS, NTMS_LM_WAITING } = NtmsLmState;
    t.equal(store.table('libRequests').count({ state: [NTMS_LM_QUEUED, NTMS_LM_INPROCESS, NTMS_LM_WAITING] }), 0);
    // What was mounted is still held, and can be given back; then anything can be mounted.
    for (const { id } of store.table('drives').list()) {
      const inside = store.table('physicalMedia').find({ location: id });
      if (inside !== undefined) await library.dismount(inside.barCode);
    }
    t.same(library.inDrives(), [null, null]);
    t.same(await library.mount(['ORS001L8', 'ORS002L8']), [0, 1]);
    t.same(library.disagreements(), []);
    await closeFolderLibrary(library);
  }
  t.ok(interrupted > 0, `${interrupted} requests were cut off`);
});
