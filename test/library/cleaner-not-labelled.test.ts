import t from 'tap';
import { NtmsPoolType } from '../../src/ntms/index.js';
import { NtmsPartitionState } from '../../src/objects/ntmsapi/index.js';
import { VirtualLibrary } from './virtual-library.js';

const CLEANER = 'CLNU01L1';
const cartridges = [{ elementAddress: 4096, barcode: CLEANER, mediaType: 'L1', cleaningUsesRemaining: 50 }];

t.test('a cleaning cartridge in the free pool is not mounted for a free label', async (t) => {
  const library = await VirtualLibrary.open(t, { cartridges });
  const { api, session, store, manager } = library;
  manager.freeLabels.atOnce = true;
  const { id, mediaType, cleaner } = library.medium(CLEANER);
  t.equal(cleaner, true);
  const free = store.table('mediaPools').find({ poolType: NtmsPoolType.NTMS_POOLTYPE_SCRATCH, mediaType });
  await api.MoveToNtmsMediaPool(session, id, free?.id ?? '');
  await manager.drain();
  t.equal(library.motions(), 0, 'a mount would clean the drive and use the cleaner up');
  t.equal(library.side(CLEANER).state, NtmsPartitionState.NTMS_PARTSTATE_AVAILABLE);
});
