import t from 'tap';
import type { Test } from 'tap';
import { encodeFreeLabel } from '../../src/library/labels/free-label.js';
import { moveToFreePool } from '../../src/library/free-pool.js';
import { NtmsInventoryMethod, NtmsPartitionState } from '../../src/objects/ntmsapi/index.js';
import { firstBlock, writeTape } from './tape-blocks.js';
import { VirtualLibrary } from './virtual-library.js';

const { NTMS_PARTSTATE_AVAILABLE: AVAILABLE, NTMS_PARTSTATE_UNPREPARED: UNPREPARED } = NtmsPartitionState;
const TAPE = 'ORS001LY';
const cartridges = [{ barcode: TAPE, elementAddress: 4096, mediaType: 'LY' }];
const label = encodeFreeLabel({ labelId: '0a'.repeat(16), writtenMs: 0 });

/** A house with a blank tape that the inventory has read. */
async function blankTape(t: Test): Promise<VirtualLibrary> {
  const library = await VirtualLibrary.open(t, { cartridges });
  await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  return library;
}

/* What is written at the beginning of a write-once tape stays there: a free label would keep everybody else's away. */

t.test('a blank write-once tape becomes free blank, and its next owner writes at its beginning', async (t) => {
  const library = await blankTape(t);
  moveToFreePool(library.store, library.medium(TAPE).id);
  const notices = library.manager.notices.length;
  await library.mount(TAPE);
  t.equal((await firstBlock(library, 0)).length, 0);
  t.equal(library.manager.notices.length, notices, 'that is as it should be');
  t.same([library.side(TAPE).state, library.side(TAPE).owedFreeLabel], [AVAILABLE, '']);
  await writeTape(library, 0, label);
  t.equal((await firstBlock(library, 0)).length, label.length);
});

t.test('a blank write-once tape does not wait for a free label that is to be written at once', async (t) => {
  const library = await blankTape(t);
  library.manager.freeLabels.atOnce = true;
  moveToFreePool(library.store, library.medium(TAPE).id);
  await library.manager.drain();
  t.equal(library.side(TAPE).state, AVAILABLE);
  t.same(library.manager.operatorRequests.open(), []);
  await library.mount(TAPE);
  t.equal((await firstBlock(library, 0)).length, 0);
});

t.test('a write-once tape with something on it is not made free: a person is told', async (t) => {
  const library = await VirtualLibrary.open(t, { cartridges });
  await library.mount(TAPE);
  await writeTape(library, 0, label);
  await library.dismount(TAPE);
  await library.inventory(NtmsInventoryMethod.NTMS_INVENTORY_OMID);
  library.manager.freeLabels.atOnce = true;
  moveToFreePool(library.store, library.medium(TAPE).id);
  await library.manager.drain();
  t.equal(library.side(TAPE).state, UNPREPARED);
  t.match(library.manager.operatorRequests.open()[0]?.message, /cannot be made free: .*written only once/);
  t.same(library.disagreements(), []);
});
