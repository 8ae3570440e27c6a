import type { Test } from 'tap';
import {
  NtmsInventoryMethod as I,
  NtmsLmOperation,
  NtmsLmState,
  NtmsOperationalState,
  NtmsSlotState as S,
} from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';

function slotStates({ store }: VirtualLibrary): number[] {
  return store
    .table('slots')
    .list()
    .map(({ state }) => state);
}

/** An inventory, and the record of its request when it has ended. */
async function take(library: VirtualLibrary, action: number) {
  const { api, session, manager } = library;
  await api.InventoryNtmsLibrary(session, library.library.id, action);
  await manager.drain();
  return library.store.table('libRequests').require(session.requestIds.at(-1) ?? '');
}

/** Another host moves a cartridge between slots; the manager hears nothing of it. */
async function swapByHand(library: VirtualLibrary, a: string, b: string): Promise<void> {
  const { operator } = library.autoloader;
  const [first = 0, second = 0] = [a, b].map(
    (barCode) => library.store.table('slots').require(library.medium(barCode).location ?? '').elementAddress,
  );
  operator.openDoor();
  const one = await operator.removeCartridge(first);
  const two = await operator.removeCartridge(second);
  await operator.insertCartridge(first, { id: two });
  await operator.insertCartridge(second, { id: one });
  await operator.closeDoor();
}

const few = (library: VirtualLibrary): void => {
  for (const { id, barCode } of library.store.table('physicalMedia').list()) {
    if (barCode > 'ORS003L8') library.store.table('physicalMedia').update(id, { enabled: false });
  }
};

export const inventoryNtmsLibraryBehaviour = behaviourOf('InventoryNtmsLibrary', [
  {
    rule: 'omid-reads-labels',
    parameter: 'dwAction',
    title: 'mounts every side that is enabled and reads its label',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      few(library);
      t.match(await take(library, I.NTMS_INVENTORY_OMID), { state: NtmsLmState.NTMS_LM_PASSED });
      for (const barCode of ['ORS001L8', 'ORS002L8', 'ORS003L8']) {
        t.match(library.side(barCode), { omidLabelType: 'ANSI VOL1', omidLabelInfo: barCode.slice(0, 6) });
        t.equal(library.side(barCode).mountCount, 1);
      }
      t.same(library.inDrives(), [null, null]);
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'fast-scans-or-classifies',
    title: 'finds cartridges that changed places by their bar codes, without a motion',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const [one, two] = ['ORS001L8', 'ORS002L8'].map((barCode) => library.medium(barCode).location);
      await swapByHand(library, 'ORS001L8', 'ORS002L8');
      t.match(await take(library, I.NTMS_INVENTORY_FAST), { state: NtmsLmState.NTMS_LM_PASSED });
      t.equal(library.medium('ORS001L8').location, two);
      t.equal(library.medium('ORS002L8').location, one);
      t.equal(library.motions(), 0);
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'fast-scans-or-classifies',
    title: 'classifies a slot that became full in a library without a bar code reader',
    async run(t) {
      const library = await VirtualLibrary.open(t, { profile: 'sony-vgp-xl1b' });
      t.equal(library.library.barCodeReaderInstalled, false);
      const slots = library.store.table('slots');
      const [empty] = slots.list({ state: S.NTMS_SLOTSTATE_EMPTY });
      const count = library.store.table('physicalMedia').count();
      await fillSlot(library, empty?.elementAddress ?? 0);
      t.match(await take(library, I.NTMS_INVENTORY_FAST), { state: NtmsLmState.NTMS_LM_PASSED });
      t.equal(slots.require(empty?.id ?? '').state, S.NTMS_SLOTSTATE_FULL);
      t.equal(library.store.table('physicalMedia').count(), count + 1);
    },
  },
  {
    rule: 'default-and-stop',
    parameter: 'dwAction',
    title: 'does with DEFAULT what the library is set to',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      few(library);
      for (const inventoryMethod of [I.NTMS_INVENTORY_FAST, I.NTMS_INVENTORY_OMID]) {
        library.store.table('libraries').update(library.library.id, { inventoryMethod });
        const motions = library.motions();
        t.match(await take(library, I.NTMS_INVENTORY_DEFAULT), { operationOption: inventoryMethod });
        t.equal(library.motions() > motions, inventoryMethod === I.NTMS_INVENTORY_OMID);
      }
    },
  },
  {
    rule: 'default-and-stop',
    title: 'ends the running inventory with STOP',
    run: stopped,
  },
  {
    rule: 'marks-then-returns',
    title: 'returns with every filled slot marked and nothing read',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const before = slotStates(library);
      await library.api.InventoryNtmsLibrary(library.session, library.library.id, I.NTMS_INVENTORY_OMID);
      t.same(
        slotStates(library),
        before.map((state) => (state === S.NTMS_SLOTSTATE_FULL ? S.NTMS_SLOTSTATE_NEEDSINVENTORY : state)),
      );
      t.equal(library.motions(), 0);
      await library.manager.drain();
    },
  },
  {
    rule: 'not-present-refused',
    parameter: 'lpLibraryId',
    title: 'refuses a library that is not present, and marks nothing',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const { NTMS_NOT_PRESENT: operationalState } = NtmsOperationalState;
      library.store.table('libraries').update(library.library.id, { operationalState });
      const before = slotStates(library);
      const call = library.api.InventoryNtmsLibrary(library.session, library.library.id, I.NTMS_INVENTORY_FAST);
      t.match(await refusal(call), { symbol: 'ERROR_DEVICE_NOT_AVAILABLE', code: 4319 });
      t.same(slotStates(library), before);
    },
  },
  {
    rule: 'empties-drives',
    title: 'puts idle cartridges away and reads them, and leaves those in use where they are',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      few(library);
      await library.mount(['ORS001L8', 'ORS002L8']);
      await library.dismount('ORS001L8', { deferred: true });
      t.match(await take(library, I.NTMS_INVENTORY_OMID), { state: NtmsLmState.NTMS_LM_PASSED });
      t.same(library.inDrives(), [null, 'ORS002L8']);
      t.equal(library.side('ORS001L8').mountCount, 2);
      t.equal(library.side('ORS002L8').mountCount, 1);
      t.same(library.disagreements(), []);
    },
  },
  {
    change: 'request-queued',
    title: 'stores an INVENTORY request in state QUEUED, which ends as PASSED',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const states: unknown[] = [];
      library.store.onChange(({ table, id, operation }) => {
        const row = table === 'libRequests' ? library.store.table('libRequests').get(id) : undefined;
        if (operation === 'insert' && row !== undefined) states.push(row.state);
      });
      const request = await take(library, I.NTMS_INVENTORY_FAST);
      t.same(states, [NtmsLmState.NTMS_LM_QUEUED]);
      const operationCode = NtmsLmOperation.NTMS_LM_INVENTORY;
      t.match(request, { operationCode, state: NtmsLmState.NTMS_LM_PASSED, errorCode: 0 });
    },
  },
  {
    change: 'slots-marked',
    title: 'takes every filled slot from FULL by NEEDSINVENTORY to FULL again',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const before = slotStates(library);
      const marked = new Set<string>();
      library.store.onChange(({ table, id }) => {
        if (table !== 'slots') return;
        if (library.store.table('slots').get(id)?.state === S.NTMS_SLOTSTATE_NEEDSINVENTORY) marked.add(id);
      });
      await take(library, I.NTMS_INVENTORY_FAST);
      t.equal(marked.size, before.filter((state) => state === S.NTMS_SLOTSTATE_FULL).length);
      t.same(slotStates(library), before);
    },
  },
  {
    change: 'request-stopped',
    title: 'takes the running request to STOPPED',
    run: stopped,
  },
]);

/** An inventory by label is under way, and STOP comes after its first cartridge. */
async function stopped(t: Test): Promise<void> {
  const library = await VirtualLibrary.open(t);
  const { api, session, store, manager } = library;
  await api.InventoryNtmsLibrary(session, library.library.id, I.NTMS_INVENTORY_OMID);
  const [request] = session.requestIds;
  const moving = new Promise<void>((resolve) => {
    store.onChange(({ table }) => {
      if (table === 'moveJournal') resolve();
    });
  });
  await moving;
  t.equal(store.table('libRequests').require(request ?? '').state, NtmsLmState.NTMS_LM_INPROCESS);
  await api.InventoryNtmsLibrary(session, library.library.id, I.NTMS_INVENTORY_STOP);
  await manager.drain();
  t.match(store.table('libRequests').require(request ?? ''), { state: NtmsLmState.NTMS_LM_STOPPED });
  const read = store
    .table('sides')
    .list()
    .filter(({ mountCount }) => mountCount > 0);
  t.equal(read.length, 1, 'the cartridge under way was finished, and no other begun');
  t.same(library.inDrives(), [null, null]);
}

/** A person puts a new cartridge into a slot. */
async function fillSlot({ autoloader }: VirtualLibrary, elementAddress: number): Promise<void> {
  autoloader.operator.openDoor();
  await autoloader.operator.insertCartridge(elementAddress, { barcode: null });
  await autoloader.operator.closeDoor();
}
