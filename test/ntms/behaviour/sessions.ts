import type { Test } from 'tap';
import {
  createNtmsApi,
  NtmsLmOperation,
  NtmsLmState,
  NtmsMountOptions,
  NtmsObjectsTypes,
} from '../../../src/ntms/index.js';
import type { Guid, NTMS_LIBREQUESTINFORMATION } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { mountBy } from '../house.js';
import type { ApiCaller } from '../house.js';

/** The record of the last request that a session made. */
async function lastRequest({ api, session }: ApiCaller): Promise<NTMS_LIBREQUESTINFORMATION> {
  const { Info } = await api.GetNtmsObjectInformation(session, session.requestIds.at(-1) ?? '', {
    dwType: NtmsObjectsTypes.NTMS_LIBREQUEST,
  });
  if (!('LibRequest' in Info)) throw new Error('the record is not that of a library request');
  return Info.LibRequest;
}

/** Both drives in use, and a mount and an inventory that a second session asked for. */
async function withWaitingMount(library: VirtualLibrary): Promise<{ caller: ApiCaller; waiting: Promise<Guid[]> }> {
  await library.mount(['ORS002L8', 'ORS003L8']);
  const { api } = library;
  const caller = { api, session: await api.OpenNtmsSession(null, 'second', 0) };
  const waiting = mountBy(caller, [library.side('ORS001L8').id]);
  waiting.catch(() => undefined);
  return { caller, waiting };
}

export const openNtmsSessionBehaviour = behaviourOf('OpenNtmsSession', [
  {
    rule: 'null-server',
    parameter: 'lpServer',
    title: 'takes null, its own name in any case, and localhost for this computer',
    async run(t) {
      const { api } = await VirtualLibrary.open(t);
      for (const name of [null, 'testhost', 'TESTHOST', '\\\\testhost', 'localhost']) {
        const session = await api.OpenNtmsSession(name, null, 0);
        t.equal(session.identity.computer, 'testhost', String(name));
      }
    },
  },
  ...[null, ''].map((label) => ({
    rule: 'default-label' as const,
    parameter: 'lpApplication' as const,
    title: `books requests of a session with ${label === null ? 'no' : 'an empty'} label under RSM`,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      const session = await library.api.OpenNtmsSession(null, label, 0);
      const caller = { api: library.api, session };
      await mountBy(caller, [library.side('ORS001L8').id]);
      t.equal((await lastRequest(caller)).szApplication, 'RSM');
    },
  })),
  {
    parameter: 'dwOptions',
    title: 'accepts NTMS_SESSION_QUERYEXPEDITE and does nothing about it',
    async run(t) {
      const { api } = await VirtualLibrary.open(t);
      t.ok(await api.OpenNtmsSession(null, null, 1));
    },
  },
  {
    rule: 'name-syntax',
    title: 'looks at the syntax of a name only when there is one',
    async run(t) {
      const { api } = await VirtualLibrary.open(t, { hasNetwork: () => true });
      t.ok(await api.OpenNtmsSession(null, null, 0));
      t.match(await refusal(api.OpenNtmsSession('no name', null, 0)), { symbol: 'ERROR_INVALID_COMPUTERNAME' });
      t.match(await refusal(api.OpenNtmsSession('a-name', null, 0)), { symbol: 'ERROR_NOT_CONNECTED' });
      t.match(await refusal(api.OpenNtmsSession('192.0.2.7', null, 0)), { symbol: 'ERROR_NOT_CONNECTED' });
    },
  },
  {
    rule: 'caller-kept',
    title: 'writes user, computer and label into the requests of the session',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      const record = await lastRequest(library);
      t.match(record, { szUser: 'tester', szComputer: 'testhost', szApplication: 'tests' });
    },
  },
  {
    rule: 'threads-and-processes',
    title: 'serves calls side by side, and is worth nothing outside the process that opened it',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, manager } = library;
      const list = (): Promise<Guid[]> => api.EnumerateNtmsObject(session, null, null, NtmsObjectsTypes.NTMS_DRIVE, 0);
      const lists = await Promise.all([list(), list(), library.mount('ORS001L8').then(list)]);
      for (const drives of lists) t.equal(drives.length, 2);
      // What another process can have of a handle is its bytes.
      const copy = structuredClone({ id: session.id, identity: session.identity, requestIds: [] });
      t.match(await refusal(api.CloseNtmsSession(copy as never)), { symbol: 'ERROR_INVALID_HANDLE' });
      const other = createNtmsApi(manager, { computerName: 'testhost' });
      t.match(await refusal(other.CloseNtmsSession(session)), { symbol: 'ERROR_INVALID_HANDLE' });
    },
  },
  {
    rule: 'opens-while-starting',
    title: 'opens while the manager starts, and every other call is told to wait',
    async run(t) {
      const { api, session, manager } = await VirtualLibrary.open(t, { notStarted: true });
      t.equal(manager.state, 'starting');
      const calls: (() => Promise<unknown>)[] = [
        () => api.EnumerateNtmsObject(session, null, null, NtmsObjectsTypes.NTMS_DRIVE, 0),
        () => api.GetNtmsObjectInformation(session, '', { dwType: 0 }),
        () => api.MountNtmsMedia(session, [], [], 0, 0, 0, 0, null),
        () => api.DismountNtmsMedia(session, [], 0, 0),
        () => api.DismountNtmsDrive(session, ''),
        () => api.InventoryNtmsLibrary(session, '', 0),
        () => api.ExportNtmsDatabase(session),
        () => api.ImportNtmsDatabase(session),
      ];
      for (const call of calls) t.match(await refusal(call()), { symbol: 'ERROR_NOT_READY', code: 21 });
      await manager.start();
      await t.resolves(api.EnumerateNtmsObject(session, null, null, NtmsObjectsTypes.NTMS_DRIVE, 0));
    },
  },
  {
    change: 'session-opened',
    title: 'gives a handle that calls accept',
    async run(t) {
      const { api } = await VirtualLibrary.open(t);
      const session = await api.OpenNtmsSession(null, 'new', 0);
      t.equal((await api.EnumerateNtmsObject(session, null, null, NtmsObjectsTypes.NTMS_COMPUTER, 0)).length, 1);
    },
  },
]);

export const closeNtmsSessionBehaviour = behaviourOf('CloseNtmsSession', [
  {
    rule: 'pending-calls-cancelled',
    title: 'ends a mount that waits, and one that is under way, with ERROR_CANCELLED',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, manager, session } = library;
      const underWay = mountBy(library, [library.side('ORS004L8').id]);
      const refused = refusal(underWay);
      // The request has begun when the work has had its first turn.
      await Promise.resolve();
      await api.CloseNtmsSession(session);
      t.match(await refused, { symbol: 'ERROR_CANCELLED', code: 1223 });
      await manager.drain();
      t.same(library.inDrives(), [null, null], 'the cartridge is let come to rest, and not left behind');
      t.same(library.disagreements(), []);

      const again = { api, session: await api.OpenNtmsSession(null, 'again', 0) };
      const { id } = library.side('ORS001L8');
      await mountBy(again, [library.side('ORS002L8').id, library.side('ORS003L8').id]);
      const waits = refusal(mountBy(again, [id]));
      await api.CloseNtmsSession(again.session);
      t.match(await waits, { symbol: 'ERROR_CANCELLED' });
      t.same(library.inDrives(), ['ORS002L8', 'ORS003L8'], 'what was mounted stays mounted');
    },
  },
  {
    rule: 'later-use',
    title: 'leaves a handle that every call refuses',
    async run(t) {
      const { api, session } = await VirtualLibrary.open(t);
      await api.CloseNtmsSession(session);
      const list = api.EnumerateNtmsObject(session, null, null, NtmsObjectsTypes.NTMS_DRIVE, 0);
      t.match(await refusal(list), { symbol: 'ERROR_INVALID_HANDLE' });
      t.match(await refusal(api.CloseNtmsSession(session)), { symbol: 'ERROR_INVALID_HANDLE' });
    },
  },
  {
    change: 'session-closed',
    title: 'closes this session and no other',
    async run(t) {
      const { api, session } = await VirtualLibrary.open(t);
      const other = await api.OpenNtmsSession(null, 'other', 0);
      await api.CloseNtmsSession(other);
      await t.resolves(api.EnumerateNtmsObject(session, null, null, NtmsObjectsTypes.NTMS_DRIVE, 0));
    },
  },
  {
    change: 'pending-requests-cancelled',
    title: 'cancels the waiting mount of the session, and leaves those of others',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { caller } = await withWaitingMount(library);
      const requests = library.store.table('libRequests');
      const mine = requests.list({ operationCode: NtmsLmOperation.NTMS_LM_MOUNT, state: NtmsLmState.NTMS_LM_WAITING });
      t.equal(mine.length, 1);
      const others = refusal(mountBy(library, [library.side('ORS004L8').id]));
      await library.api.CloseNtmsSession(caller.session);
      t.match(requests.require(mine[0]?.id ?? ''), { state: NtmsLmState.NTMS_LM_CANCELLED, errorCode: 1223 });
      t.equal(requests.count({ state: NtmsLmState.NTMS_LM_WAITING }), 1, 'the mount of the other session waits on');
      await library.manager.stop();
      t.match(await others, { symbol: 'ERROR_CANCELLED' });
    },
  },
  {
    change: 'pending-requests-cancelled',
    title: 'cancels a queued mount that nobody waits for, too',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api } = library;
      await library.mount(['ORS002L8', 'ORS003L8']);
      const session = await api.OpenNtmsSession(null, 'second', 0);
      await mountBy({ api, session }, [library.side('ORS001L8').id], { flags: NtmsMountOptions.NTMS_MOUNT_NOWAIT });
      const [request] = session.requestIds;
      await api.CloseNtmsSession(session);
      t.match(library.store.table('libRequests').require(request ?? ''), { state: NtmsLmState.NTMS_LM_CANCELLED });
    },
  },
  {
    change: 'pending-requests-cancelled',
    title: 'cancels a dismount that has not begun',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      await library.mount('ORS001L8');
      const dismounting = api.DismountNtmsMedia(session, [library.side('ORS001L8').id], 1, 0);
      await dismounting;
      const second = await api.OpenNtmsSession(null, 'second', 0);
      // The first dismount has the drive; this one waits for it.
      await api.DismountNtmsDrive(second, library.drive(0).id);
      const [request] = second.requestIds;
      await api.CloseNtmsSession(second);
      t.match(library.store.table('libRequests').require(request ?? ''), { state: NtmsLmState.NTMS_LM_CANCELLED });
      await library.manager.drain();
      t.same(library.inDrives(), [null, null], 'the dismount of the other session goes on');
    },
  },
  {
    change: 'pending-requests-cancelled',
    title: 'leaves an inventory that the session asked for',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, manager } = library;
      const session = await api.OpenNtmsSession(null, 'second', 0);
      await api.InventoryNtmsLibrary(session, library.library.id, 1);
      const [request] = session.requestIds;
      await api.CloseNtmsSession(session);
      await manager.drain();
      t.match(library.store.table('libRequests').require(request ?? ''), { state: NtmsLmState.NTMS_LM_PASSED });
    },
  },
]);
