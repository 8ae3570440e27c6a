import t from 'tap';
import type { Test } from 'tap';
import { ObjectNewsWire } from '../../src/library/object-news.js';
import {
  NtmsLmOperation as L,
  NtmsLmState,
  NtmsNotificationOperations as N,
  NtmsObjectsTypes as K,
} from '../../src/objects/ntmsapi/index.js';
import type { LibRequestRow } from '../../src/objects/rows.js';
import { VirtualLibrary } from './virtual-library.js';

type Told = readonly [operation: number, kind: number, id: string];

async function listening(t: Test) {
  const house = await VirtualLibrary.open(t);
  const told: Told[] = [];
  const unsubscribe = house.manager.news.subscribe(({ operation, kind, id }) => told.push([operation, kind, id]));
  const completions = (): Told[] => told.filter(([operation]) => operation === N.NTMS_EVENT_COMPLETE);
  return { house, told, completions, unsubscribe };
}

await t.test('the end of each operation is announced under the identifier that its function names', async (t) => {
  const { house, told, completions } = await listening(t);
  const { store } = house;
  const [drive, side, medium] = [house.drive(0).id, house.side('ORS001L8').id, house.medium('ORS001L8').id];
  const slot = house.medium('ORS001L8').location ?? '';
  const library = house.library.id;
  const victim = store.table('libRequests').insert({ operationCode: L.NTMS_LM_MOUNT, library, timeQueued: 1 }).id;
  const mediaPool = house.medium('ORS001L8').mediaPool;
  const logical = store.table('logicalMedia').insert({ mediaPool }).id;
  store.table('sides').update(side, { logicalMedia: logical });

  const expected: readonly (readonly [number, (id: string) => readonly (readonly [number, string])[]])[] = [
    [
      L.NTMS_LM_DISMOUNT,
      () => [
        [K.NTMS_DRIVE, drive],
        [K.NTMS_PARTITION, side],
        [K.NTMS_PHYSICAL_MEDIA, medium],
        [K.NTMS_LOGICAL_MEDIA, logical],
      ],
    ],
    [L.NTMS_LM_INVENTORY, () => [[K.NTMS_LIBRARY, library]]],
    [L.NTMS_LM_DOORACCESS, () => [[K.NTMS_LIBRARY, library]]],
    [L.NTMS_LM_RESERVECLEANER, () => [[K.NTMS_LIBRARY, library]]],
    [L.NTMS_LM_RELEASECLEANER, () => [[K.NTMS_LIBRARY, library]]],
    [L.NTMS_LM_CLEANDRIVE, () => [[K.NTMS_DRIVE, drive]]],
    [L.NTMS_LM_CLASSIFY, () => [[K.NTMS_STORAGESLOT, slot]]],
    [L.NTMS_LM_REMOVE, () => [[K.NTMS_LIBREQUEST, victim]]],
    ...[L.NTMS_LM_EJECT, L.NTMS_LM_EJECTCLEANER, L.NTMS_LM_INJECT, L.NTMS_LM_INJECTCLEANER].map(
      (operation) => [operation, (id: string) => [[K.NTMS_LIBREQUEST, id] as const]] as const,
    ),
    [L.NTMS_LM_MOUNT, () => []],
    [L.NTMS_LM_ENABLEDRIVE, () => []],
  ];
  const all = { library, driveId: drive, partitionId: side, physMediaId: medium, slotId: slot, workItemId: victim };
  for (const [operationCode, announced] of expected) {
    told.length = 0;
    const { id } = store.table('libRequests').insert({ ...all, operationCode, timeQueued: 1 });
    store.table('libRequests').update(id, { state: NtmsLmState.NTMS_LM_INPROCESS });
    t.same(completions(), [], `operation ${operationCode} has not ended`);
    store.table('libRequests').update(id, { state: NtmsLmState.NTMS_LM_PASSED });
    t.same(
      completions(),
      announced(id).map(([kind, named]) => [N.NTMS_EVENT_COMPLETE, kind, named]),
      `operation ${operationCode}`,
    );
    store.table('libRequests').update(id, { description: 'read' });
    t.equal(completions().length, announced(id).length, 'only once');
  }
});

await t.test('every way to end is one, and a deferred dismount has not ended', async (t) => {
  const { house, completions } = await listening(t);
  const { store, library } = house;
  const ends: readonly LibRequestRow['state'][] = [
    NtmsLmState.NTMS_LM_PASSED,
    NtmsLmState.NTMS_LM_FAILED,
    NtmsLmState.NTMS_LM_INVALID,
    NtmsLmState.NTMS_LM_CANCELLED,
    NtmsLmState.NTMS_LM_STOPPED,
  ];
  for (const [index, state] of ends.entries()) {
    const request = { operationCode: L.NTMS_LM_INVENTORY, library: library.id, timeQueued: 1 };
    const { id } = store.table('libRequests').insert(request);
    store.table('libRequests').update(id, { state: NtmsLmState.NTMS_LM_DEFERRED });
    t.equal(completions().length, index);
    store.table('libRequests').update(id, { state });
    t.equal(completions().length, index + 1, `state ${state}`);
  }
});

await t.test('a request that is stored and ends in one transaction is announced after its changes', async (t) => {
  const { house, told } = await listening(t);
  const { store, library } = house;
  const id = store.transaction(() => {
    const request = { operationCode: L.NTMS_LM_EJECT, library: library.id, timeQueued: 1 };
    const { id: stored } = store.table('libRequests').insert(request);
    store.table('libRequests').update(stored, { state: NtmsLmState.NTMS_LM_FAILED });
    return stored;
  });
  t.same(told.at(-1)?.slice(1), [K.NTMS_LIBREQUEST, id]);
  t.equal(told.filter(([operation]) => operation === N.NTMS_EVENT_COMPLETE).length, 1);
  t.equal(told[0]?.[0], N.NTMS_OBJ_INSERT);
});

await t.test('nothing is told after the subscription, or the manager, has ended', async (t) => {
  const { house, told, unsubscribe } = await listening(t);
  const { store } = house;
  unsubscribe();
  store.table('drives').update(house.drive(0).id, { description: 'x' });
  t.same(told, []);
  const ending = new AbortController();
  const wire = new ObjectNewsWire(store, ending.signal);
  wire.subscribe(({ operation, kind, id }) => told.push([operation, kind, id]));
  ending.abort();
  store.table('drives').update(house.drive(0).id, { description: 'y' });
  t.same(told, []);
});

await t.test('a call that was done is done, though its end cannot be announced', async (t) => {
  const { house, told } = await listening(t);
  const { id } = house.library;
  house.manager.news.announce('00000000-0000-4000-8000-000000000000');
  t.same(told, [], 'nothing is told of what is not there');
  const warning = new Promise<Error>((resolve) => process.once('warning', resolve));
  house.store.close();
  house.manager.news.announce(id);
  t.match((await warning).message, 'cannot be announced');
});
