import t from 'tap';
import { NtmsLmState, NtmsOperationalState } from '../../src/ntms/index.js';
import { mountRequestOf } from '../ntms/waiting-mount.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const { NTMS_NOT_PRESENT: GONE } = NtmsOperationalState;

await t.test('the library goes on without a deleted drive: mounts, inventories, looks', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { api, session, store, manager } = library;
  const { id } = library.drive(0);
  store.table('drives').update(id, { operationalState: GONE });
  await api.DeleteNtmsDrive(session, id);
  await manager.refresh(library.library.id);
  await library.inventory();
  await library.mount('ORS001L8');
  await library.dismount('ORS001L8');
  t.same(
    manager.notices.filter((notice) => notice.includes('could not')),
    [],
  );
  t.equal(manager.failures.length, 0);
});

await t.test('what is left to do for a deleted drive ends', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { api, session, store } = library;
  await library.mount('ORS001L8', { drives: [0] });
  const waiting = library.mount('ORS002L8', { drives: [0], flags: 0 });
  waiting.catch(() => undefined);
  const { id: requestId } = mountRequestOf(library, 'ORS002L8');
  await library.mount('ORS003L8', { drives: [1] });
  await library.dismount('ORS003L8', { deferred: true });
  const [deferred] = store.table('libRequests').list({ state: NtmsLmState.NTMS_LM_DEFERRED });
  for (const drive of [library.drive(0), library.drive(1)]) {
    store.table('drives').update(drive.id, { operationalState: GONE });
    await api.DeleteNtmsDrive(session, drive.id);
  }
  for (const id of [requestId, deferred?.id ?? '']) {
    t.equal(store.table('libRequests').require(id).state, NtmsLmState.NTMS_LM_CANCELLED);
  }
  t.match(await refusal(waiting), { symbol: 'ERROR_CANCELLED' });
});
