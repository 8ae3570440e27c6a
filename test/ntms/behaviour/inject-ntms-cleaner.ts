import type { Test } from 'tap';
import {
  NtmsInjectOperation,
  NtmsLibraryFlags,
  NtmsLmOperation,
  NtmsLmState,
  NtmsSlotState,
} from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { inPorts, limitPorts, looksPass, putIn, takeFrom, until } from '../../library/person-at-port.js';
import {
  addressOf,
  behindTheDoor,
  bringCleaner,
  ejectCleaner,
  hasCleaner,
  injectCleaner,
  putCleanerIn,
  withoutPort,
  withPort,
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

export const injectNtmsCleanerBehaviour = behaviourOf('InjectNtmsCleaner', [
  {
    rule: 'slot-reserved-beforehand',
    parameter: 'lpLibrary',
    title: 'opens no port without a reserved slot',
    async run(t) {
      const library = await VirtualLibrary.open(t, withPort);
      t.equal((await refusal(injectCleaner(library))).code, 4332);
      t.equal(library.store.table('libRequests').count(), 0);
    },
  },
  {
    rule: 'port-preferred',
    title: 'takes the cleaner from the port and puts it into the slot',
    async run(t) {
      const { library, slot } = await withReservedSlot(t);
      t.match(await bringCleaner(library), { state: NTMS_LM_PASSED, slotId: slot });
      t.equal(at(library, addressOf(library, slot)), 'CLNU05L1');
      t.same(inPorts(library), [null]);
      t.match(library.medium('CLNU05L1'), { location: slot, homeSlot: slot, cleaner: true });
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'port-preferred',
    title: 'takes what lies in the port already',
    async run(t) {
      const { library, slot } = await withReservedSlot(t);
      const [port] = library.store.table('ports').list();
      const cartridge = { barcode: 'CLNU06L1', mediaType: 'L1', cleaningUsesRemaining: 5 };
      await library.autoloader.operator.insertCartridge(port?.elementAddress ?? 0, cartridge);
      t.match(await library.manager.whenFinished(await injectCleaner(library)), { state: NTMS_LM_PASSED });
      t.equal(library.medium('CLNU06L1').location, slot);
    },
  },
  {
    rule: 'port-preferred',
    title: 'takes a cleaner without a label for what the caller says it is',
    async run(t) {
      const { library, slot } = await withReservedSlot(t);
      t.match(await bringCleaner(library, 3, null), { state: NTMS_LM_PASSED });
      t.match(library.store.table('physicalMedia').find({ location: slot }), { cleaner: true });
      await library.api.CleanNtmsDrive(library.session, library.drive(0).id);
      await library.manager.drain();
      t.equal(library.library.cleanerUsesRemaining, 2, 'and it cleans');
    },
  },
  {
    rule: 'port-preferred',
    title: 'leaves a cartridge for data in the port, and says so',
    async run(t) {
      const { library } = await withReservedSlot(t);
      const operation = await injectCleaner(library);
      await putIn(library, 'ORS009L8');
      t.match(await library.manager.whenFinished(operation), { state: NTMS_LM_FAILED, errorCode: 4310 });
      t.same(inPorts(library), ['ORS009L8']);
      t.equal(hasCleaner(library), false);
      t.same(library.disagreements(), []);
    },
  },
  ...(['port-preferred', 'door-without-inventory'] as const).map((rule) => ({
    rule,
    title: 'lets a person in by the door where there is no port, and takes no inventory',
    async run(t: Test) {
      const { library, slot } = await withReservedSlot(t, withoutPort);
      const operation = await injectCleaner(library, 7);
      await behindTheDoor(library, () =>
        library.autoloader.operator.insertCartridge(addressOf(library, slot), {
          barcode: null,
          cleaningUsesRemaining: 9,
        }),
      );
      t.match(await library.manager.whenFinished(operation), { state: NTMS_LM_PASSED });
      await library.manager.drain();
      t.equal(inventories(library), 0);
      t.match(library.store.table('physicalMedia').find({ location: slot }), { cleaner: true });
      t.equal(library.library.cleanerUsesRemaining, 7);
    },
  })),
  {
    rule: 'door-without-inventory',
    title: 'fails when the door is shut and the slot is as empty as before',
    async run(t) {
      const { library } = await withReservedSlot(t, withoutPort);
      const operation = await injectCleaner(library);
      await behindTheDoor(library, () => undefined);
      t.match(await library.manager.whenFinished(operation), { state: NTMS_LM_FAILED, errorCode: 4316 });
      t.equal(hasCleaner(library), false);
    },
  },
  {
    rule: 'one-cleaner-taken',
    title: 'takes one of two that a person puts into the ports of a station',
    async run(t) {
      const cartridges = [{ elementAddress: 4096, barcode: 'ORS001L8' }];
      const { library, slot } = await withReservedSlot(t, { cartridges });
      const operation = await injectCleaner(library);
      await until(library, () =>
        library.store
          .table('ports')
          .list()
          .every(({ position }) => position === 1),
      );
      for (const [index, { elementAddress }] of library.store.table('ports').list().slice(0, 2).entries()) {
        const cartridge = { barcode: `CLNU1${index}L1`, mediaType: 'L1', cleaningUsesRemaining: 5 };
        await library.autoloader.operator.insertCartridge(elementAddress, cartridge);
      }
      t.match(await library.manager.whenFinished(operation), { state: NTMS_LM_PASSED });
      t.match(at(library, addressOf(library, slot)), /^CLNU1[01]L1$/);
      t.equal(inPorts(library).filter((barCode) => barCode !== null).length, 1);
      t.same(library.disagreements(), []);
    },
  },
  ...(['count-of-caller', 'library-uses'] as const).map((line) => ({
    ...(line === 'library-uses' ? { change: line } : { rule: line }),
    parameter: 'dwNumberOfCleansLeft' as const,
    title: 'keeps the number of cleanings that the caller gives',
    async run(t: Test) {
      const { library } = await withReservedSlot(t);
      t.equal(library.library.cleanerUsesRemaining, 0);
      await bringCleaner(library, 13);
      t.equal(library.library.cleanerUsesRemaining, 13);
    },
  })),
  {
    rule: 'completion-announced',
    title: 'tells whoever listens of the operation when it is done',
    async run(t) {
      const { library } = await withReservedSlot(t);
      let operation = '';
      const told = await toldDuring(library, async () => {
        ({ id: operation } = await bringCleaner(library));
      });
      t.ok(told.lastIndexOf(operation) > told.lastIndexOf(library.medium('CLNU05L1').id), 'after the cleaner is home');
    },
  },
  {
    change: 'request-queued',
    parameter: 'lpInjectOperation',
    title: 'stores a request, which is the operation',
    async run(t) {
      const { library } = await withReservedSlot(t);
      const operation = await injectCleaner(library);
      t.match(library.store.table('libRequests').require(operation), {
        operationCode: NtmsLmOperation.NTMS_LM_INJECTCLEANER,
      });
      await putCleanerIn(library);
      await library.manager.whenFinished(operation);
    },
  },
  {
    parameter: 'dwAction',
    title: 'STOP shuts the port again, and the operation ends',
    async run(t) {
      const { library } = await withReservedSlot(t);
      const { api, session, manager } = library;
      const operation = await injectCleaner(library);
      await looksPass(library);
      t.equal(
        await api.InjectNtmsCleaner(session, library.library.id, operation, 0, NtmsInjectOperation.NTMS_INJECT_STOP),
        operation,
      );
      t.match(await manager.whenFinished(operation), { state: NTMS_LM_STOPPED });
      t.equal(hasCleaner(library), false);
      t.match(await bringCleaner(library), { state: NTMS_LM_PASSED }, 'and another one can begin');
    },
  },
  {
    parameter: 'dwAction',
    title: 'a port that nobody fills in time ends the operation',
    async run(t) {
      const { library } = await withReservedSlot(t);
      limitPorts(library, 30);
      t.match(await library.manager.whenFinished(await injectCleaner(library)), {
        state: NTMS_LM_FAILED,
        errorCode: 1460,
      });
    },
  },
  {
    change: 'library-cleaner-present',
    title: 'says in the library that a cleaner is there',
    async run(t) {
      const { library } = await withReservedSlot(t);
      t.equal(hasCleaner(library), false);
      await bringCleaner(library);
      t.equal(hasCleaner(library), true);
    },
  },
  {
    change: 'library-uses-not-counted',
    title: 'says in the library whether the uses are counted',
    async run(t) {
      const { library } = await withReservedSlot(t);
      const { NTMS_LIBRARYFLAG_IGNORECLEANERUSESREMAINING: flag } = NtmsLibraryFlags;
      await bringCleaner(library, 0xffff_ffff);
      t.equal(library.library.flags & flag, flag);
      const operation = await ejectCleaner(library);
      await takeFrom(library);
      await library.manager.whenFinished(operation);
      await bringCleaner(library, 4);
      t.equal(library.library.flags & flag, 0);
    },
  },
  {
    change: 'slot-full',
    title: 'fills the slot',
    async run(t) {
      const { library, slot } = await withReservedSlot(t);
      t.equal(library.store.table('slots').require(slot).state, NtmsSlotState.NTMS_SLOTSTATE_EMPTY);
      await bringCleaner(library);
      t.equal(library.store.table('slots').require(slot).state, NtmsSlotState.NTMS_SLOTSTATE_FULL);
    },
  },
]);
