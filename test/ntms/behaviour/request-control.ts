import {
  NtmsInventoryMethod,
  NtmsLmOperation,
  NtmsLmState,
  NtmsObjectsTypes,
  NtmsOpreqCommand,
  NtmsOpreqState,
} from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { NOBODY } from '../house.js';
import { mountRequestOf, withWaitingMount } from '../waiting-mount.js';

const { NTMS_LIBREQUEST: LIBREQUEST, NTMS_OPREQUEST: OPREQUEST } = NtmsObjectsTypes;

const stateOf = ({ store }: VirtualLibrary, id: Guid): number | undefined => store.table('libRequests').get(id)?.state;

/** The REMOVE that cancels a request. */
function removeOf({ store }: VirtualLibrary, victim: Guid) {
  const row = store.table('libRequests').find({ workItemId: victim });
  if (row === undefined) throw new Error('nothing cancels the request');
  return row;
}

export const cancelNtmsLibraryRequestBehaviour = behaviourOf('CancelNtmsLibraryRequest', [
  {
    rule: 'only-outstanding-requests-qualify',
    parameter: 'lpRequestId',
    title: 'cancels one mount of several that wait; the others are served, and what has ended stays as it is',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, manager } = library;
      const { requestId, mount } = await withWaitingMount(library, 'ORS003L8');
      const other = await withWaitingMount(library, 'ORS004L8');
      await api.CancelNtmsLibraryRequest(session, requestId);
      t.match(await refusal(mount), { symbol: 'ERROR_CANCELLED' });
      t.match(await refusal(api.CancelNtmsLibraryRequest(session, requestId)), { symbol: 'ERROR_OBJECT_NOT_FOUND' });
      await library.dismount('ORS001L8');
      t.same(await other.mount, [0]);
      await manager.drain();
      t.same(library.inDrives(), ['ORS004L8', 'ORS002L8'], 'the cancelled cartridge never moved');
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'busy-library-queues-cancellation',
    title: 'returns while the picker moves for another request',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { requestId, mount } = await withWaitingMount(library);
      const { api, session, manager, store } = library;
      const moving = new Promise<number>((resolve) => {
        store.onChange(({ table }) => {
          if (table === 'moveJournal') resolve(library.inDrives().filter((barCode) => barCode !== null).length);
        });
      });
      await api.DismountNtmsDrive(session, library.drive(0).id);
      const during = await moving;
      await api.CancelNtmsLibraryRequest(session, requestId);
      t.equal(during, 2, 'the dismount was under way');
      t.match(await refusal(mount), { symbol: 'ERROR_CANCELLED' });
      await manager.drain();
      t.same(library.inDrives(), [null, 'ORS002L8'], 'and it was finished');
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'cancellation-itself-work-item',
    change: 'lib-request-new-remove',
    title: 'stores a REMOVE in state QUEUED that names its victim, and passes',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { requestId } = await withWaitingMount(library);
      const first: unknown[] = [];
      library.store.onChange(({ table, id, operation }) => {
        if (table === 'libRequests' && operation === 'insert') first.push(stateOf(library, id));
      });
      await library.api.CancelNtmsLibraryRequest(library.session, requestId);
      t.same(first, [NtmsLmState.NTMS_LM_QUEUED]);
      const remove = removeOf(library, requestId);
      t.equal(remove.operationCode, NtmsLmOperation.NTMS_LM_REMOVE);
      await library.manager.drain();
      t.equal(stateOf(library, remove.id), NtmsLmState.NTMS_LM_PASSED);
    },
  },
  {
    rule: 'cancellation-itself-work-item',
    title: 'tells in the REMOVE that the victim began to move before its turn came',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const mount = library.mount('ORS001L8');
      const { id } = mountRequestOf(library, 'ORS001L8');
      await library.api.CancelNtmsLibraryRequest(library.session, id);
      t.same(await mount, [0]);
      await library.manager.drain();
      t.equal(removeOf(library, id).state, NtmsLmState.NTMS_LM_FAILED);
      t.equal(removeOf(library, id).errorCode, 5);
      t.equal(stateOf(library, id), NtmsLmState.NTMS_LM_PASSED);
    },
  },
  {
    rule: 'completion-announced-request-id',
    title: 'publishes the change under the id of the request',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { requestId } = await withWaitingMount(library);
      const told: unknown[] = [];
      library.store.onChange(({ id, operation }) => {
        if (id === requestId) told.push([operation, stateOf(library, id)]);
      });
      await library.api.CancelNtmsLibraryRequest(library.session, requestId);
      await library.manager.drain();
      t.same(told.at(-1), ['update', NtmsLmState.NTMS_LM_CANCELLED]);
    },
  },
  {
    change: 'lib-request-state-cancelled',
    title: 'takes a request that waits to CANCELLED, with the reason in its record',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { requestId } = await withWaitingMount(library);
      t.equal(stateOf(library, requestId), NtmsLmState.NTMS_LM_WAITING);
      await library.api.CancelNtmsLibraryRequest(library.session, requestId);
      await library.manager.drain();
      const row = library.store.table('libRequests').require(requestId);
      t.same([row.state, row.errorCode], [NtmsLmState.NTMS_LM_CANCELLED, 1223]);
      t.match(row.errorDetail, 'user tester');
    },
  },
  {
    change: 'lib-request-state-cancelled',
    title: 'takes a deferred dismount to CANCELLED, and the cartridge stays in its drive',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      await library.dismount('ORS001L8', { deferred: true });
      const dismount = library.session.requestIds.at(-1) ?? '';
      t.equal(stateOf(library, dismount), NtmsLmState.NTMS_LM_DEFERRED);
      await library.api.CancelNtmsLibraryRequest(library.session, dismount);
      await library.manager.drain();
      t.equal(stateOf(library, dismount), NtmsLmState.NTMS_LM_CANCELLED);
      t.same(library.inDrives(), ['ORS001L8', null]);
      t.same(await library.mount('ORS001L8'), [0], 'where it can be mounted again');
    },
  },
  {
    change: 'lib-request-state-cancelled',
    title: 'takes an inventory that moves cartridges to STOPPED; the cartridge under way comes home',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store, manager } = library;
      const moving = new Promise<void>((resolve) => {
        store.onChange(({ table }) => {
          if (table === 'moveJournal') resolve();
        });
      });
      await api.InventoryNtmsLibrary(session, library.library.id, NtmsInventoryMethod.NTMS_INVENTORY_OMID);
      const inventory = session.requestIds.at(-1) ?? '';
      await moving;
      t.equal(stateOf(library, inventory), NtmsLmState.NTMS_LM_INPROCESS);
      await api.CancelNtmsLibraryRequest(session, inventory);
      await manager.drain();
      t.equal(stateOf(library, inventory), NtmsLmState.NTMS_LM_STOPPED);
      t.same(library.inDrives(), [null, null]);
      t.same(library.disagreements(), []);
    },
  },
  {
    change: 'lib-request-state-cancelled',
    title: 'takes a mount that waits for a person to CANCELLED, and asks the person no more',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.takeOut('ORS003L8');
      await library.inventory();
      const mount = library.mount('ORS003L8', { flags: 0 });
      mount.catch(() => undefined);
      t.equal(library.manager.operatorRequests.open().length, 1);
      const { id } = mountRequestOf(library, 'ORS003L8');
      await library.api.CancelNtmsLibraryRequest(library.session, id);
      t.match(await refusal(mount), { symbol: 'ERROR_CANCELLED' });
      t.equal(stateOf(library, id), NtmsLmState.NTMS_LM_CANCELLED);
      t.same(library.manager.operatorRequests.open(), []);
    },
  },
]);

export const deleteNtmsRequestsBehaviour = behaviourOf('DeleteNtmsRequests', [
  {
    rule: 'removes-only-finished-requests',
    change: 'lib-request-exists-deleted',
    title: 'removes requests in each of the states that are final',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const L = NtmsLmState;
      const base = { operationCode: NtmsLmOperation.NTMS_LM_MOUNT, library: library.library.id, timeQueued: 0 };
      const states = [L.NTMS_LM_PASSED, L.NTMS_LM_FAILED, L.NTMS_LM_CANCELLED, L.NTMS_LM_STOPPED, L.NTMS_LM_INVALID];
      const ids = states.map((state) => store.table('libRequests').insert({ ...base, state }).id);
      await api.DeleteNtmsRequests(session, ids, LIBREQUEST, ids.length);
      t.equal(store.table('libRequests').count(), 0);
    },
  },
  {
    rule: 'submitted-queued-waiting-running',
    title: 'leaves requests alone that have not ended, and removes the others of the list',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      const { requestId, mount } = await withWaitingMount(library);
      const ended = mountRequestOf(library, 'ORS001L8').id;
      await library.dismount('ORS002L8', { deferred: true });
      t.same(await mount, [1]);
      const waiting = (await withWaitingMount(library, 'ORS004L8')).requestId;
      await api.DeleteNtmsRequests(session, [waiting, ended, requestId], LIBREQUEST, 3);
      t.same(
        [waiting, ended, requestId].map((id) => stateOf(library, id)),
        [NtmsLmState.NTMS_LM_WAITING, undefined, undefined],
      );
      await library.dismount('ORS001L8');
      await library.manager.drain();
      t.same(library.inDrives(), ['ORS004L8', 'ORS003L8'], 'what waited is served');
    },
  },
  {
    rule: 'unknown-ids-ignored-without',
    parameter: 'lpRequestId',
    title: 'ignores ids that no request has, and those of the other kind',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      await library.mount('ORS001L8');
      const { id } = mountRequestOf(library, 'ORS001L8');
      await api.DeleteNtmsRequests(session, [NOBODY, id], OPREQUEST, 2);
      t.equal(stateOf(library, id), NtmsLmState.NTMS_LM_PASSED);
      await api.DeleteNtmsRequests(session, [NOBODY, id], LIBREQUEST, 2);
      t.equal(stateOf(library, id), undefined);
    },
  },
  {
    change: 'op-request-exists-deleted',
    parameter: 'dwType',
    title: 'removes operator requests that were answered, and leaves the open one',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const submit = (text: string): Promise<Guid> =>
        api.SubmitNtmsOperatorRequest(session, NtmsOpreqCommand.NTMS_OPREQ_MESSAGE, text, null, null);
      const [done, refused, open] = [await submit('a'), await submit('b'), await submit('c')];
      await api.SatisfyNtmsOperatorRequest(session, done);
      await api.CancelNtmsOperatorRequest(session, refused);
      await api.DeleteNtmsRequests(session, [done, refused, open], OPREQUEST, 3);
      t.same(
        store
          .table('opRequests')
          .list()
          .map(({ id, state }) => [id, state]),
        [[open, NtmsOpreqState.NTMS_OPSTATE_SUBMITTED]],
      );
    },
  },
]);
