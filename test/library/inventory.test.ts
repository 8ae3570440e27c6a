import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { checkConditionFault } from '../../devices/virtual/faults/index.js';
import {
  NtmsInventoryMethod,
  NtmsLmOperation,
  NtmsLmState,
  NtmsPartitionState,
  NtmsSlotState,
} from '../../src/objects/ntmsapi/index.js';
import type { LibRequestRow } from '../../src/objects/rows.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const { NTMS_INVENTORY_FAST: FAST, NTMS_INVENTORY_OMID: OMID, NTMS_INVENTORY_NONE: NONE } = NtmsInventoryMethod;
const { NTMS_INVENTORY_DEFAULT: DEFAULT, NTMS_INVENTORY_STOP: STOP } = NtmsInventoryMethod;
const { NTMS_SLOTSTATE_NEEDSINVENTORY: NEEDSINVENTORY, NTMS_SLOTSTATE_FULL: FULL } = NtmsSlotState;

const lastInventory = ({ store }: VirtualLibrary): LibRequestRow => {
  const request = store.table('libRequests').list({ operationCode: NtmsLmOperation.NTMS_LM_INVENTORY }).at(-1);
  if (request === undefined) throw new Error('there is no inventory');
  return request;
};
const slotsIn = ({ store }: VirtualLibrary, state: number): number => store.table('slots').count({ state });
const commands = (library: VirtualLibrary, opcode: number): (() => number) => {
  let count = 0;
  library.autoloader.addFault({
    name: 'counts',
    perform: (task, next) => {
      if (task.cdb[0] === opcode) count += 1;
      return next(task);
    },
  });
  return () => count;
};

for (const method of [FAST, OMID]) {
  t.test(`marks every filled slot at once, and classifies it (method ${method})`, async (t) => {
    const library = await VirtualLibrary.open(t);
    const filled = slotsIn(library, FULL);
    await library.api.InventoryNtmsLibrary(library.session, library.library.id, method);
    t.equal(slotsIn(library, NEEDSINVENTORY), filled);
    await library.manager.drain();
    t.equal(slotsIn(library, NEEDSINVENTORY), 0);
    t.equal(slotsIn(library, FULL), filled);
    t.equal(lastInventory(library).state, NtmsLmState.NTMS_LM_PASSED);
    t.same(library.disagreements(), []);
  });
}

t.test('method NONE reads the element status and has the changer look at nothing', async (t) => {
  const library = await VirtualLibrary.open(t);
  const scans = commands(library, OperationCode.INITIALIZE_ELEMENT_STATUS);
  const reads = commands(library, OperationCode.READ_ELEMENT_STATUS);
  await library.inventory(NONE);
  t.equal(scans(), 0);
  t.ok(reads() > 0);
  t.equal(lastInventory(library).state, NtmsLmState.NTMS_LM_PASSED);
});

t.test('method DEFAULT does what the library is set to', async (t) => {
  const library = await VirtualLibrary.open(t);
  const moves = commands(library, OperationCode.MOVE_MEDIUM);
  await library.inventory(DEFAULT);
  t.equal(moves(), 0, 'bar codes');
  library.store.table('libraries').update(library.library.id, { inventoryMethod: OMID });
  await library.inventory(DEFAULT);
  t.ok(moves() > 0, 'labels');
});

t.test('by label it notes the labels of all cartridges, and mounts no cleaner', async (t) => {
  const library = await VirtualLibrary.open(t);
  const cleanerMoves: number[] = [];
  const cleanerSlot = library.store.table('slots').require(library.medium('CLNU01L1').location ?? '').elementAddress;
  library.autoloader.addFault({
    name: 'watches',
    perform: (task, next) => {
      const source = (task.cdb[4] ?? 0) * 256 + (task.cdb[5] ?? 0);
      if (task.cdb[0] === OperationCode.MOVE_MEDIUM && source === cleanerSlot) cleanerMoves.push(source);
      return next(task);
    },
  });
  await library.inventory(OMID);
  t.same(cleanerMoves, []);
  t.match(library.side('ORS001L8'), { state: NtmsPartitionState.NTMS_PARTSTATE_IMPORT, omidLabelInfo: 'ORS001' });
  t.equal(library.side('ORS005L8').state, NtmsPartitionState.NTMS_PARTSTATE_FOREIGN);
  t.equal(library.side('CLNU01L1').state, NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN);
  t.same(library.inDrives(), [null, null]);
  t.same(library.disagreements(), []);
});

t.test('by label it empties the drives that nobody uses, and leaves the others alone', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount(['ORS001L8', 'ORS005L8']);
  await library.dismount('ORS005L8', { deferred: true });
  library.store
    .table('sides')
    .update(library.side('ORS005L8').id, { state: NtmsPartitionState.NTMS_PARTSTATE_UNKNOWN });
  await library.inventory(OMID);
  t.same(library.inDrives(), ['ORS001L8', null]);
  t.equal(lastInventory(library).state, NtmsLmState.NTMS_LM_PASSED, 'a cartridge in use is no failure');
  t.equal(library.side('ORS005L8').state, NtmsPartitionState.NTMS_PARTSTATE_FOREIGN, 'what came home was read, too');
  t.equal(slotsIn(library, NEEDSINVENTORY), 0);
});

t.test('by bar code it moves nothing', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  await library.dismount('ORS001L8', { deferred: true });
  const moves = commands(library, OperationCode.MOVE_MEDIUM);
  await library.inventory(FAST);
  t.equal(moves(), 0);
  t.same(library.inDrives(), ['ORS001L8', null]);
});

t.test('lets other requests have their turn between two cartridges', async (t) => {
  const library = await VirtualLibrary.open(t, { clock: new SimulatedClock({ auto: true }), timing: 'real' });
  await library.api.InventoryNtmsLibrary(library.session, library.library.id, OMID);
  const order: string[] = [];
  const mounted = library.mount(['ORS007L8', 'ORS008L8'], { flags: 0 }).then(() => order.push('mount'));
  const ended = library.manager.whenFinished(lastInventory(library).id).then(() => order.push('inventory'));
  await mounted;
  await library.dismount('ORS007L8');
  await library.dismount('ORS008L8');
  await ended;
  t.same(order, ['mount', 'inventory']);
  t.same(library.disagreements(), []);
});

t.test('STOP ends an inventory by label after the cartridge under way; the rest stays marked', async (t) => {
  const library = await VirtualLibrary.open(t, { clock: new SimulatedClock({ auto: true }), timing: 'real' });
  await library.api.InventoryNtmsLibrary(library.session, library.library.id, OMID);
  while (library.inDrives().every((barCode) => barCode === null)) await library.clock.sleep(1000);
  await library.api.InventoryNtmsLibrary(library.session, library.library.id, STOP);
  await library.manager.drain();
  t.equal(lastInventory(library).state, NtmsLmState.NTMS_LM_STOPPED);
  t.same(library.inDrives(), [null, null]);
  t.ok(slotsIn(library, NEEDSINVENTORY) > 0);
  t.same(library.disagreements(), []);
  t.same(await library.mount('ORS008L8'), [0], 'a marked cartridge can be mounted');
});

t.test('STOP ends also the inventory that waits for its turn', async (t) => {
  const library = await VirtualLibrary.open(t);
  const scans = commands(library, OperationCode.INITIALIZE_ELEMENT_STATUS);
  await library.api.InventoryNtmsLibrary(library.session, library.library.id, FAST);
  await library.api.InventoryNtmsLibrary(library.session, library.library.id, FAST);
  const waiting = lastInventory(library);
  t.match(waiting, { state: NtmsLmState.NTMS_LM_WAITING, errorDetail: 'waits: another inventory is under way' });
  await library.api.InventoryNtmsLibrary(library.session, library.library.id, STOP);
  await library.manager.drain();
  t.equal(library.store.table('libRequests').require(waiting.id).state, NtmsLmState.NTMS_LM_STOPPED);
  t.ok(scans() <= 1);
});

t.test('an inventory that the device refuses fails with what the device said', async (t) => {
  const library = await VirtualLibrary.open(t);
  library.autoloader.operator.openDoor();
  await library.inventory(FAST);
  const { state, errorDetail } = lastInventory(library);
  t.equal(state, NtmsLmState.NTMS_LM_FAILED);
  t.match(errorDetail, /INITIALIZE ELEMENT STATUS .* A DOOR IS OPEN/);
  t.match(library.manager.operatorRequests.open()[0]?.message, /DOOR IS OPEN/);
  t.ok(slotsIn(library, NEEDSINVENTORY) > 0, 'they still need one');
  await library.autoloader.operator.closeDoor();
  await library.inventory(FAST);
  t.equal(lastInventory(library).state, NtmsLmState.NTMS_LM_PASSED);
  t.same(library.manager.operatorRequests.open(), []);
});

t.test('a cartridge whose label cannot be read fails the inventory, and goes home', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.inventory(OMID);
  library.autoloader.addFault(
    checkConditionFault({ lun: 0, opcode: OperationCode.READ_6 }, { key: 0x03, asc: 0x11, ascq: 0 }),
  );
  await library.inventory(OMID);
  t.match(lastInventory(library), {
    state: NtmsLmState.NTMS_LM_FAILED,
    errorDetail: /ORS001L8: .*label cannot be read/,
  });
  t.same(library.inDrives(), [null, null]);
  t.same(library.disagreements(), []);
});

t.test('cartridges without bar code that changed places are found by their labels', async (t) => {
  const library = await VirtualLibrary.open(t, {
    cartridges: [1, 2, 3].map((number) => ({
      elementAddress: 4095 + number,
      barcode: null,
      mediaType: 'L8',
      ansiVolumeIdentifier: `TAPE0${number}`,
    })),
  });
  const { operator } = library.autoloader;
  await library.inventory(OMID);
  const places = (): string[] =>
    library.store
      .table('physicalMedia')
      .list()
      .map(({ id, location }) => {
        const label = library.store.table('sides').find({ physicalMedia: id })?.omidLabelInfo;
        return `${label} in ${library.store.table('slots').get(location ?? '')?.number}`;
      });
  t.same(places(), ['TAPE01 in 1', 'TAPE02 in 2', 'TAPE03 in 3']);
  operator.openDoor();
  const ids = [
    await operator.removeCartridge(4096),
    await operator.removeCartridge(4097),
    await operator.removeCartridge(4098),
  ];
  await operator.insertCartridge(4096, { id: ids[1] ?? 0 });
  await operator.insertCartridge(4097, { id: ids[2] ?? 0 });
  await operator.insertCartridge(4098, { id: ids[0] ?? 0 });
  await operator.closeDoor();
  const [side] = library.store.table('sides').list();
  const { api, session } = library;
  t.match(await refusal(api.MountNtmsMedia(session, [side?.id ?? ''], [null], 1, 0x4, 0, 0xffff_ffff, null)), {
    data: { check: 'on-media-label' },
  });
  await library.manager.drain();
  await library.inventory(OMID);
  t.same(places(), ['TAPE01 in 3', 'TAPE02 in 1', 'TAPE03 in 2']);
  t.same(library.disagreements(), []);
});
