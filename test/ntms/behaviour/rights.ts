import { createNtmsApi } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import type { VirtualLibrary } from '../../library/virtual-library.js';
import type { ApiCaller } from '../house.js';

/** Every right that there is. */
export const EVERYTHING = 0x6_0007;

/**
 * A guest whose rights are what `masks` says of an object, and `others` on each other pool, library and the computer. Who
 * made the database has everything; no other entry is left in any list.
 */
export async function guestWith(
  house: Pick<VirtualLibrary, 'store' | 'manager'>,
  masks: Readonly<Record<Guid, number>>,
  others = 0,
): Promise<ApiCaller> {
  const { store, manager } = house;
  const api = createNtmsApi(manager, {
    computerName: 'testhost',
    caller: { user: 'guest', groups: ['visitors'], administrator: false },
  });
  const governing = [
    ...store.table('libraries').list(),
    ...store.table('mediaPools').list(),
    ...store.table('computers').list(),
  ];
  const grant = (object: Guid, trustee: string, mask: number): void => {
    if (mask !== 0) store.table('accessEntries').insert({ object, trustee, mask });
  };
  // A session takes use right on the computer; it stays when the right goes.
  grant(store.wellKnown.computer, 'user:guest', 1);
  const session = await api.OpenNtmsSession(null, 'visit', 0);
  store.transaction(() => {
    for (const { id } of store.table('accessEntries').list()) store.table('accessEntries').remove(id);
    for (const { id } of governing) {
      grant(id, 'user:tester', EVERYTHING);
      grant(id, 'user:guest', masks[id] ?? others);
    }
  });
  return { api, session };
}
