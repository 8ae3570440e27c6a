import t from 'tap';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { checkConditionFault, lostAnswerFault, lostCommandFault } from '../../devices/virtual/faults/index.js';
import {
  NtmsDoorState,
  NtmsLmOperation,
  NtmsLmState,
  NtmsMediaState,
  NtmsOperationalState,
  NtmsSlotState,
} from '../../src/objects/ntmsapi/index.js';
import { rerouteFault } from './reroute-fault.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const mechanicalError = { key: 0x04, asc: 0x15, ascq: 0x01 } as const;
const picker = 1;
const move = { opcode: OperationCode.MOVE_MEDIUM, times: 1 } as const;

const outcomes = ({ store }: VirtualLibrary): string[] =>
  store
    .table('moveJournal')
    .list()
    .map(({ outcome }) => outcome);

const inventories = ({ store }: VirtualLibrary): number =>
  store.table('libRequests').count({ operationCode: NtmsLmOperation.NTMS_LM_INVENTORY });

t.test('believes the read-back when the answer to a motion was lost', async (t) => {
  const library = await VirtualLibrary.open(t);
  library.autoloader.addFault(lostAnswerFault(move));
  t.same(await library.mount('ORS001L8'), [0]);
  t.same(outcomes(library), ['moved']);
  t.same(library.disagreements(), []);
});

t.test('does not send a motion again that may have been lost on the way', async (t) => {
  const library = await VirtualLibrary.open(t);
  library.autoloader.addFault(lostCommandFault(move));
  t.match(await refusal(library.mount('ORS001L8')), { symbol: 'ERROR_INVALID_STATE' });
  await library.manager.drain();
  t.same(outcomes(library), ['not-moved']);
  t.same(library.inDrives(), [null, null]);
  t.equal(library.medium('ORS001L8').mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE);
  t.same(await library.mount('ORS001L8'), [0], 'and the next mount is free to');
});

t.test('finds out by itself that a person took the cartridge, and asks nobody to look for it', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { id } = library.medium('ORS001L8');
  await library.takeOut('ORS001L8');
  t.match(await refusal(library.mount('ORS001L8')), { symbol: 'ERROR_INVALID_STATE' });
  await library.manager.drain();
  const medium = library.store.table('physicalMedia').require(id);
  t.equal(medium.currentLibrary, library.store.wellKnown.offlineLibrary);
  t.equal(medium.mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE);
  t.same(library.disagreements(), []);
  t.same(await library.mount('ORS002L8'), [0], 'the picker is free');
});

t.test('finds out by itself that a person filled the drive, and nothing is moved onto it', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { operator } = library.autoloader;
  operator.openDoor();
  await operator.insertCartridge(256, { barcode: 'ORS777L8' });
  await operator.closeDoor();
  t.match(await refusal(library.mount('ORS001L8')), { symbol: 'ERROR_INVALID_STATE' });
  await library.manager.drain();
  t.same(library.inDrives(), ['ORS777L8', null]);
  t.equal(library.drive(0).savedPartitionId, null, 'what a person put in is to be identified');
  t.same(library.disagreements(), []);
  t.same(await library.mount('ORS001L8'), [1], 'and the next mount takes the other drive');
});

t.test('brings home what a motion left on the picker, and takes its question back', async (t) => {
  const library = await VirtualLibrary.open(t);
  library.autoloader.addFault(rerouteFault({ destination: picker, times: 1, sense: mechanicalError }));
  const refused = await refusal(library.mount('ORS001L8'));
  t.match(refused, { symbol: 'ERROR_INVALID_STATE', data: { outcome: 'on-picker' } });
  await library.manager.drain();
  t.same(outcomes(library), ['on-picker', 'moved']);
  t.same(library.disagreements(), []);
  t.equal(library.medium('ORS001L8').location, library.medium('ORS001L8').homeSlot);
  t.same(library.manager.operatorRequests.open(), []);
  t.same(await library.mount('ORS001L8'), [0]);
});

t.test('keeps everything waiting, and says why, while a cartridge cannot leave the picker', async (t) => {
  const library = await VirtualLibrary.open(t);
  library.autoloader.addFault(rerouteFault({ destination: picker, times: 1, sense: mechanicalError }));
  const stuck = library.autoloader.addFault({
    name: 'the picker does not let go',
    perform: (task, next) =>
      task.cdb[0] === OperationCode.MOVE_MEDIUM && task.cdb[5] === picker && task.cdb[4] === 0
        ? checkConditionFault({}, mechanicalError).perform(task, next)
        : next(task),
  });
  await refusal(library.mount('ORS001L8'));
  await library.manager.drain();
  const [question] = library.manager.operatorRequests.open().filter(({ message }) => message.includes('on the picker'));
  t.match(question?.message, /ORS001L8 is on the picker and could not be put away/);
  const waiting = library.mount('ORS003L8', { flags: 0 });
  await library.manager.drain();
  const [request] = library.store.table('libRequests').list({ state: NtmsLmState.NTMS_LM_WAITING });
  t.match(request?.errorDetail, /the picker of test to be emptied/);
  stuck();
  await library.inventory();
  t.same(await waiting, [0], 'it goes on when the picker is empty');
  t.same(library.manager.operatorRequests.open(), []);
  t.same(library.disagreements(), []);
});

t.test('leaves alone what somebody else put on the picker, until a person asks for an inventory', async (t) => {
  let library = await VirtualLibrary.open(t);
  const { location } = library.medium('ORS001L8');
  const slot = library.store.table('slots').require(location ?? '').elementAddress;
  await library.manager.stop();
  await library.moveBehindTheBack(slot, picker);
  library = await library.restart();
  t.equal(library.autoloader.inspect().find(({ address }) => address === picker)?.barcode, 'ORS001L8');
  t.match(library.manager.operatorRequests.open()[0]?.message, /on the picker. Make sure that it may be moved/);
  await library.inventory();
  t.equal(library.autoloader.inspect().find(({ address }) => address === picker)?.full, false);
  t.equal(library.medium('ORS001L8').location, location);
  t.same(library.manager.operatorRequests.open(), []);
  await library.manager.stop();
});

t.test('brings home at start what an interrupted motion left on the picker', async (t) => {
  let library = await VirtualLibrary.open(t);
  const { id, location } = library.medium('ORS001L8');
  const source = library.store.table('slots').require(location ?? '').elementAddress;
  await library.manager.stop();
  library.store.table('moveJournal').insert({
    library: library.library.id,
    physMediaId: id,
    mediumTransportAddress: picker,
    source,
    destination: 256,
    outcome: 'intended',
    intendedAt: 1,
  });
  await library.moveBehindTheBack(source, picker);
  library = await library.restart();
  t.equal(library.medium('ORS001L8').location, location);
  t.same(outcomes(library), ['on-picker', 'moved'], 'by a motion of its own');
  t.same(library.manager.operatorRequests.open(), []);
  t.same(library.disagreements(), []);
  await library.manager.stop();
});

t.test('follows a cartridge that the robot brought to another place than it was told', async (t) => {
  const library = await VirtualLibrary.open(t);
  library.autoloader.addFault(rerouteFault({ destination: 4110, times: 1 }));
  t.match(await refusal(library.mount('ORS001L8')), { data: { outcome: 'elsewhere' } });
  await library.manager.drain();
  t.same(outcomes(library), ['elsewhere']);
  t.same(library.disagreements(), []);
  t.same(library.manager.operatorRequests.open(), []);
  t.same(await library.mount('ORS001L8'), [0]);
});

t.test('finds a cartridge without label again when the read-back failed', async (t) => {
  const library = await VirtualLibrary.open(t, {
    cartridges: [{ elementAddress: 4096, barcode: null, mediaType: 'L8' }],
  });
  const [medium] = library.store.table('physicalMedia').list();
  const [side] = library.store.table('sides').list();
  let sent = false;
  const blind = checkConditionFault(
    { times: 1, opcode: OperationCode.READ_ELEMENT_STATUS },
    { key: 0x04, asc: 0x44, ascq: 0 },
  );
  library.autoloader.addFault({
    name: 'blind after the motion',
    async perform(task, next) {
      const result = await (sent ? blind.perform(task, next) : next(task));
      if (task.cdb[0] === OperationCode.MOVE_MEDIUM) sent = true;
      return result;
    },
  });
  const { api, session } = library;
  const mounting = api.MountNtmsMedia(session, [side?.id ?? ''], [null], 1, 0x4, 0, 0xffff_ffff, null);
  t.match(await refusal(mounting), { data: { outcome: 'uncertain' } });
  await library.manager.drain();
  t.equal(library.store.table('physicalMedia').count(), 1, 'it is not taken for a new one');
  t.equal(library.store.table('physicalMedia').require(medium?.id ?? '').location, library.drive(0).id);
  t.same(outcomes(library), ['moved']);
  t.equal(library.store.table('changers').list()[0]?.operationalState, NtmsOperationalState.NTMS_READY);
  t.same(library.manager.operatorRequests.open(), []);
  t.same(library.disagreements(), []);
});

t.test('refuses a motion while the door stands open, and goes on when it is shut', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  library.autoloader.operator.openDoor();
  t.match(await refusal(library.mount('ORS002L8')), { symbol: 'ERROR_INVALID_STATE', detail: /DOOR IS OPEN/ });
  await library.clock.sleep(1);
  t.equal(library.store.table('doors').list()[0]?.state, NtmsDoorState.NTMS_DOORSTATE_OPEN);
  await library.dismount('ORS001L8');
  t.same(library.inDrives(), ['ORS001L8', null], 'the dismount waits');
  t.equal(library.library.operationalState, NtmsOperationalState.NTMS_READY, 'nothing is broken');
  await library.autoloader.operator.closeDoor();
  t.same(await library.mount('ORS002L8', { flags: 0 }), [1]);
  await library.manager.drain();
  t.same(library.inDrives(), [null, 'ORS002L8'], 'and is done when the door is shut');
  t.same(library.disagreements(), []);
});

t.test('queues an inventory when a mount proved the records wrong, unless it is set not to', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.takeOut('ORS001L8');
  await refusal(library.mount('ORS001L8'));
  await library.manager.drain();
  t.equal(inventories(library), 1);
  library.store.table('libraries').update(library.library.id, { autoRecovery: false });
  const { elementAddress } = library.store.table('slots').require(library.medium('ORS002L8').location ?? '');
  const empty = library.store.table('slots').find({ state: NtmsSlotState.NTMS_SLOTSTATE_EMPTY });
  await library.moveBehindTheBack(elementAddress, empty?.elementAddress ?? 0);
  await refusal(library.mount('ORS002L8'));
  await library.manager.drain();
  t.equal(inventories(library), 1);
  t.same(library.disagreements(), [], 'the element status is read all the same');
});
