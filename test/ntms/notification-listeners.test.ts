import { getEventListeners } from 'node:events';
import t from 'tap';
import { NtmsObjectsTypes } from '../../src/ntms/index.js';
import { VirtualLibrary } from '../library/virtual-library.js';

t.test('a session that opens and closes channels again and again keeps nothing of them', async (t) => {
  const { api, session } = await VirtualLibrary.open(t);
  const counts: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const channel = await api.OpenNtmsNotification(session, NtmsObjectsTypes.NTMS_DRIVE);
    await api.CloseNtmsNotification(channel);
    counts.push(getEventListeners(session.closed, 'abort').length);
  }
  t.same(new Set(counts), new Set([counts[0]]), 'it listens for the end of the session once');
});
