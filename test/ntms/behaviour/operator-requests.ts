import type { Test } from 'tap';
import { SimulatedClock } from '../../../devices/clock.js';
import {
  INFINITE,
  NtmsMediaState,
  NtmsObjectsTypes,
  NtmsOpreqCommand,
  NtmsOpreqState,
} from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { bringBack, NOBODY, takeToShelf } from '../house.js';

const C = NtmsOpreqCommand;
const S = NtmsOpreqState;

const askSomething = ({ api, session }: VirtualLibrary): Promise<Guid> =>
  api.SubmitNtmsOperatorRequest(session, C.NTMS_OPREQ_MESSAGE, 'look at the lights', null, null);
const stateOf = ({ store }: VirtualLibrary, id: Guid): number => store.table('opRequests').require(id).state;

/** What came of a promise so far: `open`, `resolved`, or the symbol of its error. */
async function soFar(promise: Promise<unknown>): Promise<string> {
  const told = promise.then(
    () => 'resolved',
    (error: { symbol: string }) => error.symbol,
  );
  const later = new Promise<'open'>((resolve) => setImmediate(() => resolve('open')));
  return Promise.race([told, later]);
}

/** Submits, and shows what the record says of the arguments. */
async function argumentsOf(
  library: VirtualLibrary,
  command: number,
  arg1: Guid,
  arg2: Guid | null,
): Promise<readonly unknown[]> {
  const id = await library.api.SubmitNtmsOperatorRequest(library.session, command, null, arg1, arg2);
  const row = library.store.table('opRequests').require(id);
  return [row.arg1Type, row.arg1, row.arg2Type, row.arg2];
}

export const submitNtmsOperatorRequestBehaviour = behaviourOf('SubmitNtmsOperatorRequest', [
  {
    rule: 'command-0-invalid-changes',
    title: 'stores nothing for command 0',
    async run(t) {
      const { api, session, store } = await VirtualLibrary.open(t);
      const call = api.SubmitNtmsOperatorRequest(session, C.NTMS_OPREQ_UNKNOWN, 'hello', null, null);
      t.match(await refusal(call), { symbol: 'ERROR_INVALID_PARAMETER' });
      t.equal(store.table('opRequests').count(), 0);
    },
  },
  {
    rule: 'newmedia-pool-first-optional',
    parameter: 'lpArg2Id',
    title: 'keeps the pool and, where one is given, the library',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { mediaPool } = library.medium('ORS001L8');
      const { id } = library.library;
      const { NTMS_MEDIA_POOL: POOL, NTMS_LIBRARY: LIBRARY } = NtmsObjectsTypes;
      t.same(await argumentsOf(library, C.NTMS_OPREQ_NEWMEDIA, mediaPool, null), [POOL, mediaPool, 0, null]);
      t.same(await argumentsOf(library, C.NTMS_OPREQ_NEWMEDIA, mediaPool, id), [POOL, mediaPool, LIBRARY, id]);
    },
  },
  {
    rule: 'cleaner-library-slot-first',
    parameter: 'lpArg1Id',
    title: 'is about a library or one of its slots',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.library;
      const slot = library.medium('ORS001L8').location ?? '';
      const { NTMS_STORAGESLOT: SLOT, NTMS_LIBRARY: LIBRARY } = NtmsObjectsTypes;
      t.same(await argumentsOf(library, C.NTMS_OPREQ_CLEANER, id, null), [LIBRARY, id, 0, null]);
      t.same(await argumentsOf(library, C.NTMS_OPREQ_CLEANER, slot, null), [SLOT, slot, 0, null]);
    },
  },
  {
    rule: 'deviceservice-door-library-drive',
    title: 'is about a door, a library, a drive or a cartridge, and about no pool',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const K = NtmsObjectsTypes;
      const [door] = library.store.table('doors').list();
      const objects: readonly [number, Guid][] = [
        [K.NTMS_IEDOOR, door?.id ?? ''],
        [K.NTMS_LIBRARY, library.library.id],
        [K.NTMS_DRIVE, library.drive(0).id],
        [K.NTMS_PHYSICAL_MEDIA, library.medium('ORS001L8').id],
      ];
      for (const [kind, id] of objects) {
        t.same(await argumentsOf(library, C.NTMS_OPREQ_DEVICESERVICE, id, null), [kind, id, 0, null]);
      }
      const pool = argumentsOf(library, C.NTMS_OPREQ_DEVICESERVICE, library.medium('ORS001L8').mediaPool, null);
      t.match(await refusal(pool), { symbol: 'ERROR_OBJECT_NOT_FOUND' });
    },
  },
  {
    rule: 'movemedia-cartridge-first-destination',
    title: 'keeps the cartridge and the library that it is to come to',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { id } = library.library;
      const medium = library.medium('ORS001L8').id;
      const { NTMS_PHYSICAL_MEDIA: MEDIUM, NTMS_LIBRARY: LIBRARY } = NtmsObjectsTypes;
      t.same(await argumentsOf(library, C.NTMS_OPREQ_MOVEMEDIA, medium, id), [MEDIUM, medium, LIBRARY, id]);
      t.equal(library.medium('ORS001L8').mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE, 'which it does not touch');
    },
  },
  {
    rule: 'message-text-only-both',
    parameter: 'dwRequest',
    title: 'keeps the text, and who said it',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const id = await askSomething(library);
      t.match(library.store.table('opRequests').require(id), {
        request: C.NTMS_OPREQ_MESSAGE,
        message: 'look at the lights',
        user: 'tester',
        computer: 'testhost',
        application: 'tests',
        arg1: null,
        arg2: null,
      });
    },
  },
  {
    rule: 'call-creates-request-returns',
    parameter: 'lpRequestId',
    title: 'returns at once with the id of the record; the same question twice makes two',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const [one, two] = [await askSomething(library), await askSomething(library)];
      t.not(one, two);
      t.same(
        library.manager.operatorRequests.open().map(({ id }) => id),
        [one, two],
      );
    },
  },
  {
    change: 'op-request-state-submitted',
    title: 'is SUBMITTED until a console shows it, and ACTIVE until a person takes it on',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { operatorRequests } = library.manager;
      const id = await askSomething(library);
      t.equal(stateOf(library, id), S.NTMS_OPSTATE_SUBMITTED);
      operatorRequests.readByConsole(id);
      t.equal(stateOf(library, id), S.NTMS_OPSTATE_ACTIVE);
      operatorRequests.acknowledge(id);
      t.equal(stateOf(library, id), S.NTMS_OPSTATE_INPROGRESS);
      operatorRequests.readByConsole(id);
      t.equal(stateOf(library, id), S.NTMS_OPSTATE_INPROGRESS, 'another console changes nothing');
      operatorRequests.answer(id, 'complete');
      operatorRequests.acknowledge(id);
      t.equal(stateOf(library, id), S.NTMS_OPSTATE_COMPLETE, 'nor does whoever comes late');
    },
  },
]);

export const waitForNtmsOperatorRequestBehaviour = behaviourOf('WaitForNtmsOperatorRequest', [
  {
    rule: 'blocks-until-complete-refused',
    parameter: 'lpRequestId',
    title: 'ends for every waiter when the request is answered, and for no other request',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      const [done, refused, open] = [
        await askSomething(library),
        await askSomething(library),
        await askSomething(library),
      ];
      const waits = [done, done, refused, open].map((id) => api.WaitForNtmsOperatorRequest(session, id, INFINITE));
      for (const wait of waits) t.equal(await soFar(wait), 'open');
      await api.SatisfyNtmsOperatorRequest(session, done);
      await api.CancelNtmsOperatorRequest(session, refused);
      t.same(await Promise.all(waits.map(soFar)), ['resolved', 'resolved', 'ERROR_CANCELLED', 'open']);
      await api.CloseNtmsSession(session);
      t.equal(await soFar(waits[3] ?? Promise.resolve()), 'ERROR_CANCELLED');
    },
  },
  {
    rule: 'timeout-0-poll-open',
    title: 'answers at once when it only looks',
    async run(t) {
      const clock = new SimulatedClock();
      const library = await VirtualLibrary.open(t, { clock });
      const { api, session } = library;
      const id = await askSomething(library);
      t.equal(await soFar(api.WaitForNtmsOperatorRequest(session, id, 0)), 'ERROR_TIMEOUT');
      await api.SatisfyNtmsOperatorRequest(session, id);
      t.equal(await soFar(api.WaitForNtmsOperatorRequest(session, id, 0)), 'resolved');
      t.equal(clock.pending, 0, 'and leaves no timer behind');
    },
  },
  {
    rule: 'finished-requests-get-purged',
    title: 'finds nothing when the purge time of 259200 seconds is over',
    async run(t) {
      const clock = new SimulatedClock();
      const library = await VirtualLibrary.open(t, { clock });
      const { api, session } = library;
      const id = await askSomething(library);
      const open = await askSomething(library);
      await api.SatisfyNtmsOperatorRequest(session, id);
      await clock.advance(259_200_000 - 1000);
      t.equal(await soFar(api.WaitForNtmsOperatorRequest(session, id, 0)), 'resolved');
      await clock.advance(61_000);
      t.equal(await soFar(api.WaitForNtmsOperatorRequest(session, id, 0)), 'ERROR_OBJECT_NOT_FOUND');
      t.equal(await soFar(api.WaitForNtmsOperatorRequest(session, open, 0)), 'ERROR_TIMEOUT', 'the open one stays');
    },
  },
  {
    rule: 'timing-out-leaves-request',
    parameter: 'dwTimeout',
    title: 'gives up after its time, neither before nor later, and the request can still be answered',
    async run(t) {
      const clock = new SimulatedClock();
      const library = await VirtualLibrary.open(t, { clock });
      const { api, session } = library;
      const id = await askSomething(library);
      const wait = api.WaitForNtmsOperatorRequest(session, id, 5000);
      await clock.advance(4999);
      t.equal(await soFar(wait), 'open');
      await clock.advance(1);
      t.equal(await soFar(wait), 'ERROR_TIMEOUT');
      t.equal(stateOf(library, id), S.NTMS_OPSTATE_SUBMITTED);
      await api.SatisfyNtmsOperatorRequest(session, id);
      await api.WaitForNtmsOperatorRequest(session, id, INFINITE);
    },
  },
]);

export const cancelNtmsOperatorRequestBehaviour = behaviourOf('CancelNtmsOperatorRequest', [
  {
    rule: 'state-becomes-refused-there',
    title: 'is REFUSED with the time of its end, and refused once only',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store, clock } = library;
      const id = await askSomething(library);
      await api.CancelNtmsOperatorRequest(session, id);
      const row = store.table('opRequests').require(id);
      t.same([row.state, row.completed], [S.NTMS_OPSTATE_REFUSED, clock.now()]);
      t.match(await refusal(api.CancelNtmsOperatorRequest(session, id)), { symbol: 'ERROR_INVALID_STATE' });
    },
  },
  {
    rule: 'waiting-callers-wake-cancelled',
    title: 'wakes who waits with ERROR_CANCELLED, and a mount with ERROR_REQUEST_REFUSED',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, manager } = library;
      await takeToShelf(library, 'ORS003L8');
      const mount = library.mount('ORS003L8', { flags: 0 });
      mount.catch(() => undefined);
      const [question] = manager.operatorRequests.open();
      const wait = api.WaitForNtmsOperatorRequest(session, question?.id ?? '', INFINITE);
      wait.catch(() => undefined);
      await api.CancelNtmsOperatorRequest(session, question?.id ?? '');
      t.match(await refusal(wait), { symbol: 'ERROR_CANCELLED' });
      t.match(await refusal(mount), { symbol: 'ERROR_REQUEST_REFUSED' });
      t.equal(library.medium('ORS003L8').mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE);
    },
  },
  ...openStates('op-request-state-refused', (library, id) =>
    library.api.CancelNtmsOperatorRequest(library.session, id),
  ),
]);

export const satisfyNtmsOperatorRequestBehaviour = behaviourOf('SatisfyNtmsOperatorRequest', [
  {
    rule: 'state-becomes-complete-blocked',
    parameter: 'lpRequestId',
    title: 'lets a mount go on whose cartridge was brought',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, manager } = library;
      const address = await takeToShelf(library, 'ORS003L8');
      const mount = library.mount('ORS003L8', { flags: 0 });
      const [question] = manager.operatorRequests.open();
      await bringBack(library, 'ORS003L8', address);
      t.equal(await soFar(mount), 'open', 'an inventory alone is no answer');
      await api.SatisfyNtmsOperatorRequest(session, question?.id ?? '');
      t.same(await mount, [0]);
      t.same(library.inDrives(), ['ORS003L8', null]);
      t.equal(stateOf(library, question?.id ?? ''), S.NTMS_OPSTATE_COMPLETE);
    },
  },
  {
    rule: 'applications-use-they-notice',
    parameter: 'hSession',
    title: 'may be said by the program that noticed it, not only by the one that asked',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const id = await askSomething(library);
      const other = await library.api.OpenNtmsSession(null, 'watchdog', 0);
      await library.api.SatisfyNtmsOperatorRequest(other, id);
      t.equal(stateOf(library, id), S.NTMS_OPSTATE_COMPLETE);
      t.match(await refusal(library.api.SatisfyNtmsOperatorRequest(other, NOBODY)), {
        symbol: 'ERROR_OBJECT_NOT_FOUND',
      });
    },
  },
  ...openStates('op-request-state-complete', (library, id) =>
    library.api.SatisfyNtmsOperatorRequest(library.session, id),
  ),
]);

/** The answer ends a request in each of the states that are open. */
function openStates<Change extends 'op-request-state-refused' | 'op-request-state-complete'>(
  change: Change,
  answer: (library: VirtualLibrary, id: Guid) => Promise<void>,
) {
  const end = change === 'op-request-state-refused' ? S.NTMS_OPSTATE_REFUSED : S.NTMS_OPSTATE_COMPLETE;
  return [
    {
      change,
      title: 'ends a request that nobody saw, one that a console shows, and one that a person is at',
      async run(t: Test) {
        const library = await VirtualLibrary.open(t);
        const { operatorRequests } = library.manager;
        const ids = [await askSomething(library), await askSomething(library), await askSomething(library)] as const;
        operatorRequests.readByConsole(ids[1]);
        operatorRequests.acknowledge(ids[2]);
        t.same(
          ids.map((id) => stateOf(library, id)),
          [S.NTMS_OPSTATE_SUBMITTED, S.NTMS_OPSTATE_ACTIVE, S.NTMS_OPSTATE_INPROGRESS],
        );
        for (const id of ids) await answer(library, id);
        t.same(
          ids.map((id) => stateOf(library, id)),
          [end, end, end],
        );
      },
    },
  ];
}
