import t from 'tap';
import { documentedFunctions } from '../../src/ntms/documented-functions.js';
import type { DocumentedName } from '../../src/ntms/documented-functions.js';
import { NtmsObjectsTypes } from '../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../library/virtual-library.js';
import type { ApiCaller } from './house.js';

/** One right call of every function that takes a session. */
const calls: Readonly<Record<Exclude<DocumentedName, 'OpenNtmsSession'>, (caller: ApiCaller) => Promise<unknown>>> = {
  CloseNtmsSession: ({ api, session }) => api.CloseNtmsSession(session),
  MountNtmsMedia: ({ api, session }) => api.MountNtmsMedia(session, ['x'], [null], 1, 0, 0, 0, null),
  DismountNtmsMedia: ({ api, session }) => api.DismountNtmsMedia(session, ['x'], 1, 0),
  DismountNtmsDrive: ({ api, session }) => api.DismountNtmsDrive(session, 'x'),
  InventoryNtmsLibrary: ({ api, session }) => api.InventoryNtmsLibrary(session, 'x', 1),
  EnumerateNtmsObject: ({ api, session }) =>
    api.EnumerateNtmsObject(session, null, null, NtmsObjectsTypes.NTMS_DRIVE, 0),
  GetNtmsObjectInformation: ({ api, session }) => api.GetNtmsObjectInformation(session, 'x', { dwType: 0 }),
  ExportNtmsDatabase: ({ api, session }) => api.ExportNtmsDatabase(session),
  ImportNtmsDatabase: ({ api, session }) => api.ImportNtmsDatabase(session),
};

await t.test('the calls below are all the functions that are here', (t) => {
  t.same(new Set(['OpenNtmsSession', ...Object.keys(calls)]), new Set(documentedFunctions.map(({ name }) => name)));
  t.end();
});

for (const [name, call] of Object.entries(calls)) {
  await t.test(`${name} refuses what is no handle before it looks at anything else`, async (t) => {
    const { api, session } = await VirtualLibrary.open(t);
    const strangers: unknown[] = [null, undefined, 0, -1, 'handle', {}, { ...session }];
    for (const handle of strangers) {
      t.match(await refusal(call({ api, session: handle as never })), { symbol: 'ERROR_INVALID_HANDLE', code: 6 });
    }
  });

  if (name === 'CloseNtmsSession') continue;

  await t.test(`${name} is told that the manager was stopped`, async (t) => {
    const library = await VirtualLibrary.open(t);
    await library.manager.stop();
    t.match(await refusal(call(library)), { symbol: 'ERROR_NOT_CONNECTED', code: 2250 });
  });

  await t.test(`${name} is told that the manager did not start`, async (t) => {
    const library = await VirtualLibrary.open(t, { notStarted: true });
    library.store.close();
    await t.rejects(library.manager.start());
    t.match(await refusal(call(library)), { symbol: 'ERROR_NOT_READY', code: 21 });
  });

  await t.test(`${name} is told that the database is closed`, async (t) => {
    const library = await VirtualLibrary.open(t);
    library.store.close();
    t.match(await refusal(call(library)), { symbol: 'ERROR_DATABASE_FAILURE', code: 4313 });
  });
}

await t.test('a session can be closed when the manager has gone', async (t) => {
  const { api, session, manager } = await VirtualLibrary.open(t);
  await manager.stop();
  await api.CloseNtmsSession(session);
  t.match(await refusal(api.CloseNtmsSession(session)), { symbol: 'ERROR_INVALID_HANDLE' });
});
