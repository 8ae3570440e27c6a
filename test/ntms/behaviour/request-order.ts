import { NtmsLmState } from '../../../src/ntms/index.js';
import type { Guid } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { mountRequestOf, withWaitingMount } from '../waiting-mount.js';

const order = ({ api, session }: VirtualLibrary, id: Guid): Promise<number> => api.GetNtmsRequestOrder(session, id);

/** Three mounts that wait, the first asked for first. */
async function withThreeMounts(library: VirtualLibrary): Promise<[Guid, Guid, Guid]> {
  const ids: Guid[] = [];
  for (const barCode of ['ORS003L8', 'ORS004L8', 'ORS005L8'])
    ids.push((await withWaitingMount(library, barCode)).requestId);
  return ids as [Guid, Guid, Guid];
}

export const getNtmsRequestOrderBehaviour = behaviourOf('GetNtmsRequestOrder', [
  {
    rule: 'numbering-starts-1-lower',
    parameter: 'lpdwOrderNumber',
    title: 'counts the mounts that wait from 1, the most urgent first',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const [first, second, third] = await withThreeMounts(library);
      const urgent = library.mount('ORS006L8', { flags: 0, priority: 1 });
      urgent.catch(() => undefined);
      const all = [mountRequestOf(library, 'ORS006L8').id, first, second, third];
      t.same(await Promise.all(all.map((id) => order(library, id))), [1, 2, 3, 4]);
      await library.dismount('ORS001L8');
      t.same(await urgent, [0], 'number 1 was served');
      t.same(await Promise.all(all.map((id) => order(library, id))), [0, 1, 2, 3]);
    },
  },
  {
    rule: 'zero-means-request-no',
    title: 'gives 0 for a mount that has ended and for other operations',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount('ORS001L8');
      await library.dismount('ORS001L8', { deferred: true });
      for (const id of library.session.requestIds) t.equal(await order(library, id), 0);
      t.equal(library.session.requestIds.length, 2);
    },
  },
  {
    rule: 'order-counts-within-operation',
    title: 'counts mounts only: an inventory that waits beside them changes no number and has none',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const [first, second] = await withThreeMounts(library);
      await library.api.InventoryNtmsLibrary(library.session, library.library.id, 1);
      t.equal(await order(library, library.session.requestIds.at(-1) ?? ''), 0);
      t.same([await order(library, first), await order(library, second)], [1, 2]);
    },
  },
]);

export const setNtmsRequestOrderBehaviour = behaviourOf('SetNtmsRequestOrder', [
  {
    rule: '1-means-run-next',
    title: 'serves number 1 next, and what was given the largest number last',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session } = library;
      const [first, second, third] = await withThreeMounts(library);
      await api.SetNtmsRequestOrder(session, third, 1);
      t.same([await order(library, third), await order(library, first), await order(library, second)], [1, 2, 3]);
      await api.SetNtmsRequestOrder(session, first, 0xffff_ffff);
      t.same([await order(library, third), await order(library, second), await order(library, first)], [1, 2, 3]);
      const late = await withWaitingMount(library, 'ORS006L8');
      t.equal(await order(library, late.requestId), 3, 'also what comes later goes before it');
      await library.dismount('ORS001L8');
      t.same(library.inDrives(), ['ORS005L8', 'ORS002L8']);
      await library.dismount('ORS002L8');
      t.same(library.inDrives(), ['ORS005L8', 'ORS004L8']);
    },
  },
  {
    rule: '1-means-run-next',
    title: 'moves those on that have the number already',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const [first, second, third] = await withThreeMounts(library);
      for (const id of [second, third]) await api.SetNtmsRequestOrder(session, id, 1);
      t.same([await order(library, third), await order(library, second), await order(library, first)], [1, 2, 3]);
      t.same(
        [third, second, first].map((id) => store.table('libRequests').require(id).order),
        [1, 2, 0],
      );
    },
  },
  {
    rule: 'queue-kept-sorted-operation',
    title: 'does not bring a mount before a dismount',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      const { requestId, mount } = await withWaitingMount(library);
      await api.SetNtmsRequestOrder(session, requestId, 1);
      const ended = new Map<Guid, number>();
      store.onChange(({ table, id }) => {
        const row = table === 'libRequests' ? store.table('libRequests').get(id) : undefined;
        if (row?.state === NtmsLmState.NTMS_LM_PASSED) ended.set(id, row.operationCode);
      });
      await Promise.all(['ORS001L8', 'ORS002L8'].map((barCode) => library.dismount(barCode)));
      await mount;
      t.same([...ended.values()], [16, 16, 17]);
    },
  },
  {
    rule: 'practice-only-mount-requests',
    title: 'refuses a number for an inventory that waits, and leaves it as it is',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { api, session, store } = library;
      await api.InventoryNtmsLibrary(session, library.library.id, 1);
      const [id = ''] = session.requestIds;
      t.match(await refusal(api.SetNtmsRequestOrder(session, id, 1)), { symbol: 'ERROR_INVALID_PARAMETER' });
      t.equal(store.table('libRequests').require(id).order, 0);
      await library.manager.drain();
    },
  },
  {
    rule: 'request-whose-order-0',
    title: 'refuses a mount that waits for a person to bring the cartridge',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.takeOut('ORS003L8');
      await library.inventory();
      library.mount('ORS003L8', { flags: 0 }).catch(() => undefined);
      const { id } = mountRequestOf(library, 'ORS003L8');
      t.equal(await order(library, id), 0);
      const call = library.api.SetNtmsRequestOrder(library.session, id, 1);
      t.match(await refusal(call), { symbol: 'ERROR_INVALID_PARAMETER' });
    },
  },
  {
    change: 'lib-request-order-dwordernumber',
    parameter: 'dwOrderNumber',
    title: 'writes the number into the records of all media of a mount',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount(['ORS001L8', 'ORS002L8']);
      library.mount(['ORS003L8', 'ORS004L8'], { flags: 0 }).catch(() => undefined);
      const ids = ['ORS003L8', 'ORS004L8'].map((barCode) => mountRequestOf(library, barCode).id);
      await library.api.SetNtmsRequestOrder(library.session, ids[1] ?? '', 7);
      t.same(
        ids.map((id) => library.store.table('libRequests').require(id).order),
        [7, 7],
      );
    },
  },
]);
