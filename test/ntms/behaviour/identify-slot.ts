import type { Test } from 'tap';
import {
  NtmsDismountOptions,
  NtmsDriveState,
  NtmsInventoryMethod,
  NtmsLmState,
  NtmsMediaState,
  NtmsPartitionState,
  NtmsSlotState,
} from '../../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../../library/virtual-library.js';
import { behaviourOf } from '../coverage-case.js';
import { watch } from '../house.js';
import { emptySlot } from '../cleaner-house.js';

const { NTMS_DISMOUNT_DEFERRED: DEFERRED, NTMS_DISMOUNT_IMMEDIATE: IMMEDIATE } = NtmsDismountOptions;

function identify(library: VirtualLibrary, barCode: string, option = 0): Promise<void> {
  return library.api.IdentifyNtmsSlot(library.session, library.medium(barCode).location ?? '', option);
}

function lastRequest({ session, store }: VirtualLibrary) {
  return store.table('libRequests').require(session.requestIds.at(-1) ?? '');
}

export const identifyNtmsSlotBehaviour = behaviourOf('IdentifyNtmsSlot', [
  {
    rule: 'mounts-and-reads',
    parameter: 'lpSlotId',
    title: 'reads the label of what is in the slot and brings it back',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const slot = library.medium('ORS001L8').location;
      const places = watch(library, () => library.medium('ORS001L8'), 'location');
      await identify(library, 'ORS001L8');
      t.match(library.side('ORS001L8'), { omidLabelType: 'ANSI VOL1', omidLabelInfo: 'ORS001' });
      t.equal(places.values.length, 3);
      t.equal(library.medium('ORS001L8').location, slot);
      t.match(library.medium('ORS001L8'), { mediaState: NtmsMediaState.NTMS_MEDIASTATE_IDLE, claimedBy: null });
      t.match(lastRequest(library), { state: NtmsLmState.NTMS_LM_PASSED, slotId: slot });
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'mounts-and-reads',
    title: 'mounts no cleaner: what it is stands on its label',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await identify(library, 'CLNU01L1');
      t.equal(library.motions(), 0);
      t.match(lastRequest(library), { state: NtmsLmState.NTMS_LM_PASSED });
    },
  },
  {
    rule: 'mounts-and-reads',
    title: 'finds the cartridge that a person has put into the slot',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const slot = emptySlot(library);
      const { elementAddress } = library.store.table('slots').require(slot);
      const { operator } = library.autoloader;
      operator.openDoor();
      await operator.insertCartridge(elementAddress, { barcode: 'NEW001L8', ansiVolumeIdentifier: 'NEW001' });
      await operator.closeDoor();
      await library.api.IdentifyNtmsSlot(library.session, slot, 0);
      t.equal(library.medium('NEW001L8').location, slot);
      t.match(library.side('NEW001L8'), { omidLabelType: 'ANSI VOL1', omidLabelInfo: 'NEW001' });
      t.same(library.disagreements(), []);
    },
  },
  ...[
    { option: DEFERRED, title: 'leaves the cartridge in the drive with DEFERRED, dismountable', stays: true },
    { option: IMMEDIATE, title: 'brings it back with IMMEDIATE', stays: false },
    { option: 0, title: 'brings it back with 0', stays: false },
  ].map(({ option, title, stays }) => ({
    rule: 'option-says-where-it-stays' as const,
    parameter: 'dwOption' as const,
    title,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      const slot = library.medium('ORS002L8').location;
      await identify(library, 'ORS002L8', option);
      t.same(library.inDrives(), [stays ? 'ORS002L8' : null, null]);
      t.equal(library.medium('ORS002L8').location, stays ? library.drive(0).id : slot);
      const { NTMS_DRIVESTATE_DISMOUNTABLE: left, NTMS_DRIVESTATE_DISMOUNTED: empty } = NtmsDriveState;
      t.equal(library.drive(0).state, stays ? left : empty);
      t.equal(library.medium('ORS002L8').claimedBy, null);
      t.same(await library.mount('ORS002L8'), [0], 'others can have it');
    },
  })),
  {
    rule: 'empty-slot-succeeds',
    title: 'finds an empty slot empty, and makes no record',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const count = library.store.table('physicalMedia').count();
      await library.api.IdentifyNtmsSlot(library.session, emptySlot(library), 0);
      t.equal(library.store.table('physicalMedia').count(), count);
      t.equal(library.motions(), 0);
    },
  },
  {
    rule: 'empty-slot-succeeds',
    title: 'finds a slot empty that a person has emptied',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const slot = library.medium('ORS003L8').location ?? '';
      await library.takeOut('ORS003L8');
      await library.api.IdentifyNtmsSlot(library.session, slot, 0);
      t.equal(library.store.table('slots').require(slot).state, NtmsSlotState.NTMS_SLOTSTATE_EMPTY);
      t.equal(library.store.table('physicalMedia').find({ location: slot }), undefined);
      t.same(library.disagreements(), []);
    },
  },
  {
    rule: 'returns-when-over',
    parameter: 'hSession',
    title: 'waits for a drive, and returns when the cartridge is back in its slot',
    async run(t) {
      const library = await VirtualLibrary.open(t, { timing: 'real' });
      await library.mount(['ORS001L8', 'ORS002L8']);
      const slot = library.medium('ORS003L8').location;
      let over = false;
      const call = identify(library, 'ORS003L8').then(() => {
        over = true;
      });
      await library.manager.drain();
      t.equal(over, false);
      t.match(lastRequest(library), { state: NtmsLmState.NTMS_LM_WAITING, errorDetail: /a drive/ });
      await library.dismount('ORS001L8');
      await call;
      t.equal(library.medium('ORS003L8').location, slot);
      t.match(library.side('ORS003L8'), { omidLabelInfo: 'ORS003' });
    },
  },
  {
    rule: 'returns-when-over',
    title: 'ends with its session, and nothing is moved any more',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      await library.mount(['ORS001L8', 'ORS002L8']);
      const motions = library.motions();
      const { api } = library;
      const session = await api.OpenNtmsSession(null, 'short', 0);
      const call = refusal(api.IdentifyNtmsSlot(session, library.medium('ORS003L8').location ?? '', 0));
      await library.manager.drain();
      await api.CloseNtmsSession(session);
      t.match(await call, { symbol: 'ERROR_CANCELLED' });
      await library.manager.drain();
      t.equal(library.motions(), motions);
    },
  },
  {
    rule: 'returns-when-over',
    title: 'rejects when the cartridge cannot be read, which is back in its slot',
    async run(t) {
      const cartridges = [{ elementAddress: 4096, barcode: 'OLD001L1', mediaType: 'L1' }];
      const library = await VirtualLibrary.open(t, { cartridges });
      const slot = library.medium('OLD001L1').location;
      await t.rejects(identify(library, 'OLD001L1'), { name: 'NtmsError' });
      t.match(lastRequest(library), { state: NtmsLmState.NTMS_LM_FAILED });
      t.equal(library.medium('OLD001L1').location, slot);
      t.same(library.disagreements(), []);
    },
  },
  {
    change: 'drive-loaded',
    title: 'shows the drive loaded, then empty again',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      const states = watch(library, () => library.drive(0), 'state');
      await identify(library, 'ORS001L8');
      t.ok(states.values.includes(NtmsDriveState.NTMS_DRIVESTATE_LOADED));
      t.equal(states.values.at(-1), NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED);
    },
  },
  ...[
    { title: 'FULL, for a slot whose cartridge was identified', barCode: 'ORS001L8' },
    { title: 'FULL, for a slot with a cleaner', barCode: 'CLNU01L1' },
  ].map(({ title, barCode }) => ({
    change: 'slot-classified' as const,
    title,
    async run(t: Test) {
      const library = await VirtualLibrary.open(t);
      const slot = library.medium(barCode).location ?? '';
      const { api, session } = library;
      await api.InventoryNtmsLibrary(session, library.library.id, NtmsInventoryMethod.NTMS_INVENTORY_OMID);
      const inventory = session.requestIds.at(-1) ?? '';
      library.manager.cancelRequests([inventory], 'ERROR_CANCELLED', 'the slots stay marked');
      await library.manager.drain();
      t.equal(library.store.table('slots').require(slot).state, NtmsSlotState.NTMS_SLOTSTATE_NEEDSINVENTORY);
      await identify(library, barCode);
      t.equal(library.store.table('slots').require(slot).state, NtmsSlotState.NTMS_SLOTSTATE_FULL);
    },
  })),
  {
    change: 'side-identified',
    title: 'says what an unknown side is',
    async run(t) {
      const library = await VirtualLibrary.open(t);
      t.equal(library.side('ORS001L8').state, NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN);
      await identify(library, 'ORS001L8');
      t.equal(library.side('ORS001L8').state, NtmsPartitionState.NTMS_PARTSTATE_IMPORT);
      await identify(library, 'ORS005L8');
      t.equal(library.side('ORS005L8').state, NtmsPartitionState.NTMS_PARTSTATE_FOREIGN, 'a blank one');
    },
  },
]);
