import t from 'tap';
import { documentedFunctions } from '../../src/ntms/documented-functions.js';
import type { DocumentedName } from '../../src/ntms/documented-functions.js';
import { NTMS_OBJECTINFORMATION_SIZE, NtmsObjectsTypes } from '../../src/ntms/index.js';
import type { NTMS_OBJECTINFORMATION } from '../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../library/virtual-library.js';
import { NOBODY } from './house.js';
import type { ApiCaller } from './house.js';
import { newMedium, newSide } from './media-house.js';

type Sessionless = 'OpenNtmsSession' | 'GetVolumesFromDrive' | 'EjectDiskFromSADrive';

/** A record of a drive, as far as it is written. */
const driveRecord = {
  ...{ dwSize: NTMS_OBJECTINFORMATION_SIZE, dwType: NtmsObjectsTypes.NTMS_DRIVE, szDescription: '' },
  Info: { Drive: { dwDeferDismountDelay: 0 } },
} as unknown as NTMS_OBJECTINFORMATION;

/** One right call of every function that takes a session. */
const calls: Readonly<Record<Exclude<DocumentedName, Sessionless>, (caller: ApiCaller) => Promise<unknown>>> = {
  CloseNtmsSession: ({ api, session }) => api.CloseNtmsSession(session),
  MountNtmsMedia: ({ api, session }) => api.MountNtmsMedia(session, ['x'], [null], 1, 0, 0, 0, null),
  DismountNtmsMedia: ({ api, session }) => api.DismountNtmsMedia(session, ['x'], 1, 0),
  DismountNtmsDrive: ({ api, session }) => api.DismountNtmsDrive(session, 'x'),
  CleanNtmsDrive: ({ api, session }) => api.CleanNtmsDrive(session, 'x'),
  ReserveNtmsCleanerSlot: ({ api, session }) => api.ReserveNtmsCleanerSlot(session, 'x', 'x'),
  ReleaseNtmsCleanerSlot: ({ api, session }) => api.ReleaseNtmsCleanerSlot(session, 'x'),
  InjectNtmsCleaner: ({ api, session }) => api.InjectNtmsCleaner(session, 'x', null, 1, 0),
  EjectNtmsCleaner: ({ api, session }) => api.EjectNtmsCleaner(session, 'x', null, 0),
  IdentifyNtmsSlot: ({ api, session }) => api.IdentifyNtmsSlot(session, 'x', 0),
  EjectNtmsMedia: ({ api, session }) => api.EjectNtmsMedia(session, 'x', null, 0),
  InjectNtmsMedia: ({ api, session }) => api.InjectNtmsMedia(session, 'x', null, 0),
  AccessNtmsLibraryDoor: ({ api, session }) => api.AccessNtmsLibraryDoor(session, 'x', 1),
  InventoryNtmsLibrary: ({ api, session }) => api.InventoryNtmsLibrary(session, 'x', 1),
  SetNtmsObjectInformation: ({ api, session }) => api.SetNtmsObjectInformation(session, 'x', driveRecord),
  GetNtmsObjectAttribute: ({ api, session }) => api.GetNtmsObjectAttribute(session, 'x', 0, 'note', null),
  SetNtmsObjectAttribute: ({ api, session }) => api.SetNtmsObjectAttribute(session, 'x', 0, 'note', null, 0),
  GetNtmsObjectSecurity: ({ api, session }) => api.GetNtmsObjectSecurity(session, 'x', 0, 4, null),
  SetNtmsObjectSecurity: ({ api, session }) => api.SetNtmsObjectSecurity(session, 'x', 0, 4, { dacl: [] }),
  OpenNtmsNotification: ({ api, session }) => api.OpenNtmsNotification(session, NtmsObjectsTypes.NTMS_DRIVE),
  // These two take a channel; what is true of sessions is true of the session that it takes to open one.
  WaitForNtmsNotification: async ({ api, session }) =>
    api.WaitForNtmsNotification(await api.OpenNtmsNotification(session, NtmsObjectsTypes.NTMS_DRIVE), 0),
  CloseNtmsNotification: async ({ api, session }) =>
    api.CloseNtmsNotification(await api.OpenNtmsNotification(session, NtmsObjectsTypes.NTMS_DRIVE)),
  EnumerateNtmsObject: ({ api, session }) =>
    api.EnumerateNtmsObject(session, null, null, NtmsObjectsTypes.NTMS_DRIVE, 0),
  GetNtmsObjectInformation: ({ api, session }) => api.GetNtmsObjectInformation(session, 'x', { dwType: 0 }),
  CancelNtmsLibraryRequest: ({ api, session }) => api.CancelNtmsLibraryRequest(session, 'x'),
  GetNtmsRequestOrder: ({ api, session }) => api.GetNtmsRequestOrder(session, 'x'),
  SetNtmsRequestOrder: ({ api, session }) => api.SetNtmsRequestOrder(session, 'x', 1),
  DeleteNtmsRequests: ({ api, session }) => api.DeleteNtmsRequests(session, ['x'], NtmsObjectsTypes.NTMS_LIBREQUEST, 1),
  SubmitNtmsOperatorRequest: ({ api, session }) => api.SubmitNtmsOperatorRequest(session, 5, 'hello', null, null),
  WaitForNtmsOperatorRequest: ({ api, session }) => api.WaitForNtmsOperatorRequest(session, 'x', 0),
  CancelNtmsOperatorRequest: ({ api, session }) => api.CancelNtmsOperatorRequest(session, 'x'),
  SatisfyNtmsOperatorRequest: ({ api, session }) => api.SatisfyNtmsOperatorRequest(session, 'x'),
  DeleteNtmsLibrary: ({ api, session }) => api.DeleteNtmsLibrary(session, 'x'),
  DeleteNtmsDrive: ({ api, session }) => api.DeleteNtmsDrive(session, 'x'),
  GetNtmsUIOptions: ({ api, session }) => api.GetNtmsUIOptions(session, 'x', 1, 0),
  SetNtmsUIOptions: ({ api, session }) => api.SetNtmsUIOptions(session, 'x', 1, 1, ''),
  DisableNtmsObject: ({ api, session }) => api.DisableNtmsObject(session, NtmsObjectsTypes.NTMS_DRIVE, 'x'),
  EnableNtmsObject: ({ api, session }) => api.EnableNtmsObject(session, NtmsObjectsTypes.NTMS_DRIVE, 'x'),
  CreateNtmsMediaPool: ({ api, session }) => api.CreateNtmsMediaPool(session, 'x', null, 3, null),
  GetNtmsMediaPoolName: ({ api, session }) => api.GetNtmsMediaPoolName(session, 'x', null),
  MoveToNtmsMediaPool: ({ api, session }) => api.MoveToNtmsMediaPool(session, 'x', 'x'),
  DeleteNtmsMediaPool: ({ api, session }) => api.DeleteNtmsMediaPool(session, 'x'),
  AddNtmsMediaType: ({ api, session }) => api.AddNtmsMediaType(session, 'x', 'x'),
  DeleteNtmsMediaType: ({ api, session }) => api.DeleteNtmsMediaType(session, 'x', 'x'),
  ChangeNtmsMediaType: ({ api, session }) => api.ChangeNtmsMediaType(session, 'x', 'x'),
  DeleteNtmsMedia: ({ api, session }) => api.DeleteNtmsMedia(session, 'x'),
  CreateNtmsMedia: ({ api, session }) => api.CreateNtmsMedia(session, newMedium(NOBODY, 1), [newSide()], 0),
  ExportNtmsDatabase: ({ api, session }) => api.ExportNtmsDatabase(session),
  ImportNtmsDatabase: ({ api, session }) => api.ImportNtmsDatabase(session),
  BeginNtmsDeviceChangeDetection: ({ api, session }) => api.BeginNtmsDeviceChangeDetection(session),
  SetNtmsDeviceChangeDetection: ({ api, session }) =>
    api.SetNtmsDeviceChangeDetection(session, null, ['x'], NtmsObjectsTypes.NTMS_LIBRARY, 1),
  EndNtmsDeviceChangeDetection: async ({ api, session }) =>
    api.EndNtmsDeviceChangeDetection(session, await api.BeginNtmsDeviceChangeDetection(session)),
  UpdateNtmsOmidInfo: ({ api, session }) => api.UpdateNtmsOmidInfo(session, 'x', 1, 1, Uint8Array.of(0)),
  AllocateNtmsMedia: ({ api, session }) => api.AllocateNtmsMedia(session, 'x', null, null, 0, 0),
  DeallocateNtmsMedia: ({ api, session }) => api.DeallocateNtmsMedia(session, 'x', 0),
  SwapNtmsMedia: ({ api, session }) => api.SwapNtmsMedia(session, 'x', 'y'),
  DecommissionNtmsMedia: ({ api, session }) => api.DecommissionNtmsMedia(session, 'x'),
  SetNtmsMediaComplete: ({ api, session }) => api.SetNtmsMediaComplete(session, 'x'),
};

/** A detection is kept in the process that began it. */
const asksNoDatabase: readonly string[] = ['BeginNtmsDeviceChangeDetection', 'EndNtmsDeviceChangeDetection'];

await t.test('the calls below are all the functions that are here', (t) => {
  t.same(
    new Set(['OpenNtmsSession', 'GetVolumesFromDrive', 'EjectDiskFromSADrive', ...Object.keys(calls)]),
    new Set(documentedFunctions.map(({ name }) => name)),
  );
  t.end();
});

const all = Object.entries(calls);
const needManager = all.filter(([name]) => name !== 'CloseNtmsSession');

await t.test('each refuses what is no handle before it looks at anything else', async (t) => {
  const { api, session } = await VirtualLibrary.open(t);
  const strangers: unknown[] = [null, undefined, 0, -1, 'handle', {}, { ...session }];
  for (const [name, call] of all) {
    for (const handle of strangers) {
      const { symbol, code } = await refusal(call({ api, session: handle as never }));
      t.same([symbol, code], ['ERROR_INVALID_HANDLE', 6], name);
    }
  }
});

await t.test('each is told that the manager was stopped', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.manager.stop();
  for (const [name, call] of needManager) {
    const { symbol, code } = await refusal(call(library));
    t.same([symbol, code], ['ERROR_NOT_CONNECTED', 2250], name);
  }
});

await t.test('each is told that the manager did not start', async (t) => {
  const library = await VirtualLibrary.open(t, { notStarted: true });
  library.store.close();
  await t.rejects(library.manager.start());
  for (const [name, call] of needManager) {
    const { symbol, code } = await refusal(call(library));
    t.same([symbol, code], ['ERROR_NOT_READY', 21], name);
  }
});

await t.test('each is told that the database is closed', async (t) => {
  const library = await VirtualLibrary.open(t);
  library.store.close();
  for (const [name, call] of needManager.filter(([one]) => !asksNoDatabase.includes(one))) {
    const { symbol, code } = await refusal(call(library));
    t.same([symbol, code], ['ERROR_DATABASE_FAILURE', 4313], name);
  }
});

await t.test('a session can be closed when the manager has gone', async (t) => {
  const { api, session, manager } = await VirtualLibrary.open(t);
  await manager.stop();
  await api.CloseNtmsSession(session);
  t.match(await refusal(api.CloseNtmsSession(session)), { symbol: 'ERROR_INVALID_HANDLE' });
});
