import type { Test } from 'tap';
import { NtmsEjectOperation, NtmsLmOperation, NtmsLmState, NtmsSlotState } from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { inPorts, takeFrom, until } from '../../library/person-at-port.js';
import {
  addressOf,
  behindTheDoor,
  bringCleaner,
  ejectCleaner,
  hasCleaner,
  injectCleaner,
  withoutPort,
  withReservedSlot,
} from '../cleaner-house.js';
import { behaviourOf } from '../coverage-case.js';

const { NTMS_LM_PASSED, NTMS_LM_FAILED, NTMS_LM_STOPPED } = NtmsLmState;

const at = ({ autoloader }: VirtualLibrary, address: number) =>
  autoloader.inspect().find((element) => element.address === address)?.barcode;
const inventories = ({ store }: VirtualLibrary) =>
  store.table('libRequests').count({ operationCode: NtmsLmOperation.NTMS_LM_INVENTORY });

/** The records and whatever the listeners are told while `work` runs. */
async function toldDuring({ store }: VirtualLibrary, work: () => Promise<unknown>): Promise<string[]> {
  const told: string[] = [];
  const end = store.onChange(({ id }) => void told.push(id));
  await work();
  end();
  return told;
}

/** A library whose cleaner lies in its slot. */
async function withCleaner(t: Test, uses = 20) {
  const { library, slot } = await withReservedSlot(t);
  await bringCleaner(library, uses);
  return { library, slot };
}

export const ejectNtmsCleanerBehaviour = behaviourOf('EjectNtmsCleaner', [
  {
    rule: 'reserved-slot-only',
    parameter: 'lpLibrary',
    title: 'ejects no cleaner that lies in another slot',
    async run(t) {
      const { library } = await withReservedSlot(t, {});
      t.equal((await refusal(ejectCleaner(library))).code, 4306);
      t.equal(at(library, 4118), 'CLNU01L1');
    },
  },
  {
    rule: 'port-preferred',
    title: 'brings the cleaner to the port, where a person takes it',
    async run(t) {
      const { library, slot } = await withCleaner(t);
      const operation = await ejectCleaner(library);
      const id = await takeFrom(library);
      t.match(await library.manager.whenFinished(operation), { state: NTMS_LM_PASSED });
      t.match(library.autoloader.operator.outside(), [{ id, barcode: 'CLNU05L1' }]);
      t.equal(library.library.cleanerSlot, slot, 'the slot stays reserved');
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'port-preferred',
    title: 'lets a person in by the door where there is no port',
    async run(t) {
      const { library, slot } = await withReservedSlot(t, withoutPort);
      const { operator } = library.autoloader;
      const inject = await injectCleaner(library, 7);
      await behindTheDoor(library, () =>
        operator.insertCartridge(addressOf(library, slot), { barcode: 'CLNU05L1', cleaningUsesRemaining: 9 }),
      );
      await library.manager.whenFinished(inject);
      const operation = await ejectCleaner(library);
      await behindTheDoor(library, () => operator.removeCartridge(addressOf(library, slot)));
      t.match(await library.manager.whenFinished(operation), { state: NTMS_LM_PASSED });
      t.equal(library.store.table('physicalMedia').count({ barCode: 'CLNU05L1' }), 0);
      t.equal(hasCleaner(library), false);
      t.equal(inventories(library), 0);
    },
  },
  {
    rule: 'port-preferred',
    title: 'fails when the door is shut and the cleaner is still there',
    async run(t) {
      const { library, slot } = await withReservedSlot(t, withoutPort);
      const inject = await injectCleaner(library, 7);
      await behindTheDoor(library, () =>
        library.autoloader.operator.insertCartridge(addressOf(library, slot), {
          barcode: 'CLNU05L1',
          cleaningUsesRemaining: 9,
        }),
      );
      await library.manager.whenFinished(inject);
      const operation = await ejectCleaner(library);
      await behindTheDoor(library, () => undefined);
      t.match(await library.manager.whenFinished(operation), { state: NTMS_LM_FAILED, errorCode: 1460 });
      t.equal(hasCleaner(library), true);
      t.equal(library.library.cleanerUsesRemaining, 7);
    },
  },
  ...(['cleaner-forgotten', 'medium-deleted'] as const).map((line) => ({
    ...(line === 'medium-deleted' ? { change: line } : { rule: line }),
    title: 'deletes the record of the cleaner; it is not on the shelf',
    async run(t: Test) {
      const { library } = await withCleaner(t);
      const { id } = library.medium('CLNU05L1');
      const operation = await ejectCleaner(library);
      await takeFrom(library);
      await library.manager.whenFinished(operation);
      t.equal(library.store.table('physicalMedia').get(id), undefined);
      t.equal(library.store.table('sides').count({ physicalMedia: id }), 0);
    },
  })),
  {
    rule: 'stop-needs-port',
    parameter: 'dwAction',
    title: 'STOP brings a cleaner back that nobody took',
    async run(t) {
      const { library, slot } = await withCleaner(t);
      const { api, session, manager } = library;
      const operation = await ejectCleaner(library);
      await until(library, () => inPorts(library)[0] === 'CLNU05L1');
      const { NTMS_EJECT_STOP } = NtmsEjectOperation;
      t.equal(await api.EjectNtmsCleaner(session, library.library.id, operation, NTMS_EJECT_STOP), operation);
      t.match(await manager.whenFinished(operation), { state: NTMS_LM_STOPPED });
      t.equal(at(library, addressOf(library, slot)), 'CLNU05L1');
      t.match(library.library, { cleanerUsesRemaining: 20, cleanerSlot: slot });
      t.equal(hasCleaner(library), true);
    },
  },
  {
    rule: 'stop-needs-port',
    title: 'refuses STOP where there is only a door',
    async run(t) {
      const { library } = await withReservedSlot(t, withoutPort);
      const { api, session } = library;
      const stop = api.EjectNtmsCleaner(session, library.library.id, 'x', NtmsEjectOperation.NTMS_EJECT_STOP);
      t.equal((await refusal(stop)).code, 4317);
    },
  },
  {
    rule: 'completion-announced',
    title: 'tells whoever listens of the operation when it is done',
    async run(t) {
      const { library } = await withCleaner(t);
      const { id } = library.medium('CLNU05L1');
      let operation = '';
      const told = await toldDuring(library, async () => {
        operation = await ejectCleaner(library);
        await takeFrom(library);
        await library.manager.whenFinished(operation);
      });
      t.ok(told.lastIndexOf(operation) > told.lastIndexOf(id), 'after the cleaner is gone');
    },
  },
  {
    change: 'request-queued',
    parameter: 'lpEjectOperation',
    title: 'stores a request, which is the operation',
    async run(t) {
      const { library, slot } = await withCleaner(t);
      const operation = await ejectCleaner(library);
      t.match(library.store.table('libRequests').require(operation), {
        operationCode: NtmsLmOperation.NTMS_LM_EJECTCLEANER,
        slotId: slot,
        physMediaId: library.medium('CLNU05L1').id,
      });
      await takeFrom(library);
      await library.manager.whenFinished(operation);
    },
  },
  ...(['library-cleaner-present', 'library-uses', 'slot-empty'] as const).map((change) => ({
    change,
    title: 'leaves the library without a cleaner, and its slot empty',
    async run(t: Test) {
      const { library, slot } = await withCleaner(t);
      const operation = await ejectCleaner(library);
      await takeFrom(library);
      await library.manager.whenFinished(operation);
      t.equal(hasCleaner(library), false);
      t.equal(library.library.cleanerUsesRemaining, 0);
      t.equal(library.store.table('slots').require(slot).state, NtmsSlotState.NTMS_SLOTSTATE_EMPTY);
    },
  })),
]);
