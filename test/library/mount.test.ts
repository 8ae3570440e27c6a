import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { checkConditionFault } from '../../devices/virtual/faults/check-condition-fault.js';
import {
  NtmsDriveState,
  NtmsInventoryMethod,
  NtmsLmOperation,
  NtmsLmState,
  NtmsMediaState,
  NtmsObjectsTypes,
  NtmsSlotState,
} from '../../src/objects/ntmsapi/index.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const { NTMS_DRIVESTATE_LOADED: LOADED, NTMS_DRIVESTATE_DISMOUNTED: DISMOUNTED } = NtmsDriveState;
const { NTMS_DRIVESTATE_DISMOUNTABLE: DISMOUNTABLE } = NtmsDriveState;

t.test('mounts a cartridge and writes down where it is', async (t) => {
  const library = await VirtualLibrary.open(t);
  const home = library.medium('ORS001L8').location;
  t.same(await library.mount('ORS001L8'), [0]);
  t.same(library.inDrives(), ['ORS001L8', null]);
  const medium = library.medium('ORS001L8');
  const drive = library.drive(0);
  t.equal(medium.location, drive.id);
  t.equal(medium.locationType, NtmsObjectsTypes.NTMS_DRIVE);
  t.equal(medium.mediaState, NtmsMediaState.NTMS_MEDIASTATE_LOADED);
  t.equal(medium.homeSlot, home);
  t.equal(medium.mountedPartition, library.side('ORS001L8').id);
  t.equal(drive.state, LOADED);
  t.equal(drive.mountCount, 1);
  t.equal(drive.savedPartitionId, library.side('ORS001L8').id);
  t.equal(library.side('ORS001L8').mountCount, 1);
  t.equal(library.store.table('slots').require(home ?? '').state, NtmsSlotState.NTMS_SLOTSTATE_EMPTY);
  t.same(library.disagreements(), []);
});

t.test('dismounts into the home slot', async (t) => {
  const library = await VirtualLibrary.open(t);
  const home = library.medium('ORS002L8').location;
  await library.mount('ORS002L8');
  await library.dismount('ORS002L8');
  const medium = library.medium('ORS002L8');
  t.equal(medium.location, home);
  t.equal(medium.mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE);
  t.equal(medium.mountedPartition, null);
  t.equal(library.drive(0).state, DISMOUNTED);
  t.equal(library.drive(0).savedPartitionId, null);
  t.same(library.inDrives(), [null, null]);
  t.same(library.disagreements(), []);
});

t.test('mounts a deferred cartridge again without a motion', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  await library.dismount('ORS001L8', { deferred: true });
  t.equal(library.drive(0).state, DISMOUNTABLE);
  t.equal(library.medium('ORS001L8').mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE);
  const deferred = library.store.table('libRequests').list({ state: NtmsLmState.NTMS_LM_DEFERRED });
  t.equal(deferred.length, 1);
  const before = library.motions();
  t.same(await library.mount('ORS001L8'), [0]);
  t.equal(library.motions(), before);
  t.equal(library.drive(0).state, LOADED);
  t.equal(library.store.table('libRequests').require(deferred[0]?.id ?? '').state, NtmsLmState.NTMS_LM_PASSED);
});

t.test('evicts the cartridge that waits longest when all drives are dismountable', async (t) => {
  const clock = new SimulatedClock({ auto: true });
  const library = await VirtualLibrary.open(t, { clock });
  await library.mount(['ORS001L8', 'ORS002L8']);
  await library.dismount('ORS002L8', { deferred: true });
  await clock.advance(1000);
  await library.dismount('ORS001L8', { deferred: true });
  t.same(await library.mount('ORS003L8'), [1]);
  t.same(library.inDrives(), ['ORS001L8', 'ORS003L8']);
  t.same(library.disagreements(), []);
});

t.test('mounts several media at once or none', async (t) => {
  const library = await VirtualLibrary.open(t);
  t.same(await library.mount(['ORS001L8', 'ORS002L8']), [0, 1]);
  await library.dismount('ORS002L8');
  t.match(await refusal(library.mount(['ORS002L8', 'ORS003L8'])), { symbol: 'ERROR_BUSY' });
  t.same(library.inDrives(), ['ORS001L8', null]);
});

t.test('brings a medium back when its companion cannot be mounted', async (t) => {
  const library = await VirtualLibrary.open(t);
  const [first] = library.autoloader.lunsOfDrives;
  // The first drive never becomes ready; the second one does.
  library.autoloader.addFault(
    checkConditionFault({ lun: first ?? 0, opcode: 0x00 }, { key: 0x04, asc: 0x40, ascq: 0x80 }),
  );
  t.match(await refusal(library.mount(['ORS001L8', 'ORS002L8'])), { symbol: 'ERROR_INVALID_STATE' });
  await library.manager.drain();
  t.same(library.inDrives(), [null, null]);
  t.equal(library.medium('ORS001L8').claimedBy, null);
  t.equal(library.medium('ORS002L8').claimedBy, null);
  t.same(library.disagreements(), []);
});

t.test('takes the wanted drive, also when the cartridge waits in another one', async (t) => {
  const library = await VirtualLibrary.open(t);
  t.same(await library.mount('ORS001L8', { drives: [1] }), [1]);
  await library.dismount('ORS001L8', { deferred: true });
  t.same(await library.mount('ORS001L8', { drives: [0] }), [0]);
  t.same(library.inDrives(), ['ORS001L8', null]);
  t.same(library.disagreements(), []);
});

t.test('waits for a drive and gets it when it becomes free', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount(['ORS001L8', 'ORS002L8']);
  const waiting = library.mount('ORS003L8', { flags: 0 });
  const [request] = library.store.table('libRequests').list({ state: NtmsLmState.NTMS_LM_WAITING });
  t.equal(request?.physMediaId, library.medium('ORS003L8').id);
  await library.dismount('ORS001L8');
  t.same(await waiting, [0]);
});

t.test('serves the higher priority first', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount(['ORS001L8', 'ORS002L8']);
  const done: string[] = [];
  const low = library.mount('ORS003L8', { flags: 0, priority: -7 }).then(() => done.push('low'));
  const high = library.mount('ORS004L8', { flags: 0, priority: 7 }).then(() => done.push('high'));
  await library.dismount('ORS001L8');
  await library.dismount('ORS002L8');
  await Promise.all([low, high]);
  t.same(done, ['high', 'low']);
});

t.test('withdraws a mount whose time is over, and the request says so', async (t) => {
  const clock = new SimulatedClock();
  const library = await VirtualLibrary.open(t, { clock });
  await library.mount(['ORS001L8', 'ORS002L8']);
  const waiting = library.mount('ORS003L8', { flags: 0, timeoutMs: 5000 });
  const refused = refusal(waiting);
  await clock.advance(5000);
  t.match(await refused, { symbol: 'ERROR_TIMEOUT', code: 1460 });
  const [request] = library.store.table('libRequests').list({ errorCode: 1460 });
  t.equal(request?.state, NtmsLmState.NTMS_LM_CANCELLED);
  t.equal(library.medium('ORS003L8').mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE);
});

t.test('reads the label of a cartridge the first time and files it by what it finds', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  t.match(library.side('ORS001L8'), { omidLabelType: 'ANSI VOL1', omidLabelInfo: 'ORS001', state: 8 });
  const pool = library.store.table('mediaPools').require(library.medium('ORS001L8').mediaPool);
  t.equal(pool.poolType, 3);
  await library.mount('ORS005L8');
  t.match(library.side('ORS005L8'), { omidLabelType: '', state: 7 });
});

t.test('refuses a mount when the label differs from the stored one, and puts the cartridge back', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { id } = library.side('ORS001L8');
  library.store
    .table('sides')
    .update(id, { state: 8, omidLabelId: 'ab'.repeat(32), omidLabelType: 'ANSI VOL1', omidLabelInfo: 'OTHER' });
  t.match(await refusal(library.mount('ORS001L8')), {
    symbol: 'ERROR_INVALID_STATE',
    data: { check: 'on-media-label' },
  });
  await library.manager.drain();
  t.same(library.inDrives(), [null, null]);
  t.equal(library.drive(0).state, DISMOUNTED);
  t.equal(library.medium('ORS001L8').mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE);
  const inventory = library.store.table('libRequests').find({ operationCode: NtmsLmOperation.NTMS_LM_INVENTORY });
  t.match(inventory, { state: NtmsLmState.NTMS_LM_PASSED, operationOption: NtmsInventoryMethod.NTMS_INVENTORY_FAST });
});

t.test('refuses a move when another bar code is in the source, and nothing moves', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { operator } = library.autoloader;
  operator.openDoor();
  const slot = library.store.table('slots').require(library.medium('ORS001L8').location ?? '').elementAddress;
  await operator.removeCartridge(slot);
  await operator.insertCartridge(slot, { barcode: 'ORS777L8' });
  await operator.closeDoor();
  t.match(await refusal(library.mount('ORS001L8')), { symbol: 'ERROR_INVALID_STATE' });
  t.same(library.inDrives(), [null, null]);
});

t.test('answers no group done whose first cartridge a person took while the second one was loading', async (t) => {
  const library = await VirtualLibrary.open(t, { clock: new SimulatedClock({ auto: true }), timing: 'real' });
  const { operator, lunsOfDrives } = library.autoloader;
  const loading = library.autoloader.addFault(
    checkConditionFault({ lun: lunsOfDrives[1] ?? 0, opcode: 0x00 }, { key: 0x02, asc: 0x04, ascq: 0x01 }),
  );
  let answered = false;
  const refused = refusal(library.mount(['ORS001L8', 'ORS002L8'])).finally(() => (answered = true));
  while (library.condition(256) !== 'ready' || library.condition(257) !== 'ready') await library.clock.sleep(500);
  operator.openDoor();
  await operator.ejectDrive(256);
  await operator.removeCartridge(256);
  await library.manager.refresh(library.library.id);
  t.notOk(answered, 'the mount is still under way');
  loading();
  t.match(await refused, { symbol: 'ERROR_INVALID_STATE', detail: /ORS001L8 was taken out of drive 0/ });
  await library.manager.drain();
  await operator.closeDoor();
  await library.inventory();
  t.equal(library.drive(0).state, DISMOUNTED);
  t.equal(library.medium('ORS002L8').claimedBy, null);
  t.same(library.disagreements(), []);
});
