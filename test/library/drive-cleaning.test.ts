import t from 'tap';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { SenseKey } from '../../devices/scsi/sense.js';
import { checkConditionFault } from '../../devices/virtual/index.js';
import {
  NtmsDriveState,
  NtmsLibraryFlags,
  NtmsLmOperation,
  NtmsLmState,
  NtmsObjectsTypes,
  NtmsOperationalState,
  NtmsOpreqCommand,
} from '../../src/ntms/index.js';
import { VirtualLibrary } from './virtual-library.js';
import type { VirtualLibraryOptions } from './virtual-library.js';
import type { LibRequestRow } from '../../src/objects/rows.js';
import { watch } from '../ntms/house.js';

// The 3573-TL: drives 256 and 257, slots 4096 to 4118.
const DRIVE = 256;
const CLEANER_SLOT = 4118;
const data = { elementAddress: 4096, barcode: 'ORS001L8' };
const cleaner = (uses: number, elementAddress = CLEANER_SLOT, barcode = 'CLNU01L1') => ({
  elementAddress,
  barcode,
  mediaType: 'L1',
  cleaningUsesRemaining: uses,
});

function open(t: Parameters<typeof VirtualLibrary.open>[0], options: VirtualLibraryOptions = {}) {
  return VirtualLibrary.open(t, { cartridges: [data, cleaner(50)], ...options });
}

/** Queues the cleaning of a drive and lets everything come to rest; the record of the request. */
async function clean(library: VirtualLibrary, number = 0): Promise<LibRequestRow> {
  const { api, session, manager } = library;
  await api.CleanNtmsDrive(session, library.drive(number).id);
  await manager.drain();
  return library.store.table('libRequests').require(session.requestIds.at(-1) ?? '');
}

const elementOf = (library: VirtualLibrary, barCode: string) =>
  library.autoloader.inspect().find(({ barcode }) => barcode === barCode);
const driveOf = (library: VirtualLibrary, address = DRIVE) =>
  library.autoloader.inspect().find((element) => element.address === address);
const cleanings = ({ store }: VirtualLibrary) =>
  store.table('libRequests').list({ operationCode: NtmsLmOperation.NTMS_LM_CLEANDRIVE });
const questions = ({ manager }: VirtualLibrary) =>
  manager.operatorRequests.open().filter(({ request }) => request === NtmsOpreqCommand.NTMS_OPREQ_CLEANER);

t.test('a cleaner comes into the drive, cleans it and goes home', async (t) => {
  const library = await open(t);
  library.autoloader.soilDrive(DRIVE, 'required');
  const states = watch(library, () => library.drive(0), 'state');
  const places = watch(library, () => library.medium('CLNU01L1'), 'location');
  const request = await clean(library);
  t.match(request, { state: NtmsLmState.NTMS_LM_PASSED, errorCode: 0 });
  t.same(states.values, [
    NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED,
    NtmsDriveState.NTMS_DRIVESTATE_BEING_CLEANED,
    NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED,
  ]);
  const home = library.medium('CLNU01L1').homeSlot;
  t.same(places.values, [home, library.drive(0).id, home]);
  t.match(elementOf(library, 'CLNU01L1'), { address: CLEANER_SLOT, cleaningUsesRemaining: 49 });
  t.equal(driveOf(library)?.cleaningWish, undefined, 'the drive itself is content');
  t.ok((library.drive(0).lastCleaned ?? 0) > 0);
  t.same(
    library.store
      .table('moveJournal')
      .list()
      .map(({ libRequest, outcome }) => [libRequest, outcome]),
    [
      [request.id, 'moved'],
      [request.id, 'moved'],
    ],
  );
  t.equal(library.medium('CLNU01L1').claimedBy, null);
  t.same(library.disagreements(), []);
});

t.test('a cleaning that takes minutes is waited for', async (t) => {
  const library = await open(t, { timing: 'real' });
  const startMs = library.clock.now();
  t.match(await clean(library), { state: NtmsLmState.NTMS_LM_PASSED });
  t.ok(library.clock.now() - startMs >= 120_000, 'as long as the model takes');
  t.equal(driveOf(library)?.drive, 'empty');
  t.same(library.disagreements(), []);
});

t.test('two drives share one cleaner, one after the other', async (t) => {
  const library = await open(t, { timing: 'real' });
  const { api, session, manager } = library;
  for (const number of [0, 1]) await api.CleanNtmsDrive(session, library.drive(number).id);
  await manager.drain();
  t.same(
    cleanings(library).map(({ state }) => state),
    [NtmsLmState.NTMS_LM_PASSED, NtmsLmState.NTMS_LM_PASSED],
  );
  t.equal(elementOf(library, 'CLNU01L1')?.cleaningUsesRemaining, 48);
  t.same(questions(library), [], 'nobody is asked for a cleaner that only is busy');
});

t.test('a cartridge that nobody uses leaves the drive first; for one in use the cleaning waits', async (t) => {
  const library = await open(t);
  await library.mount('ORS001L8', { drives: [0] });
  const waiting = await clean(library);
  t.match(waiting, { state: NtmsLmState.NTMS_LM_WAITING, errorDetail: /ORS001L8 to leave drive 0/ });
  t.equal(elementOf(library, 'ORS001L8')?.address, DRIVE);
  await library.dismount('ORS001L8', { deferred: true });
  t.match(library.store.table('libRequests').require(waiting.id), { state: NtmsLmState.NTMS_LM_PASSED });
  t.equal(elementOf(library, 'ORS001L8')?.address, 4096);
  t.equal(elementOf(library, 'CLNU01L1')?.address, CLEANER_SLOT);
  t.same(library.disagreements(), []);
});

t.test('without a cleaner a person is asked, and the cleaning waits until one is there', async (t) => {
  const library = await VirtualLibrary.open(t, { cartridges: [data] });
  const waiting = await clean(library);
  t.match(waiting, { state: NtmsLmState.NTMS_LM_WAITING, errorDetail: /a cleaner/ });
  const [question, ...more] = questions(library);
  t.same(more, []);
  t.match(question, {
    libRequest: waiting.id,
    arg1Type: NtmsObjectsTypes.NTMS_LIBRARY,
    arg1: library.library.id,
    arg2: library.drive(0).id,
  });
  library.manager.operatorRequests.answer(question?.id ?? '', 'complete');
  await library.manager.drain();
  t.equal(questions(library).length, 1, 'the promise was empty: asked again');
  const { operator } = library.autoloader;
  operator.openDoor();
  await operator.insertCartridge(CLEANER_SLOT, { barcode: 'CLNU02L1', cleaningUsesRemaining: 3 });
  await operator.closeDoor();
  library.manager.operatorRequests.answer(questions(library)[0]?.id ?? '', 'complete');
  await library.manager.drain();
  t.match(library.store.table('libRequests').require(waiting.id), { state: NtmsLmState.NTMS_LM_PASSED });
  t.same(questions(library), []);
  t.equal(elementOf(library, 'CLNU02L1')?.cleaningUsesRemaining, 2);
});

t.test('an operator who brings no cleaner ends the cleaning', async (t) => {
  const library = await VirtualLibrary.open(t, { cartridges: [data] });
  const waiting = await clean(library);
  library.manager.operatorRequests.answer(questions(library)[0]?.id ?? '', 'refused');
  await library.manager.drain();
  t.match(library.store.table('libRequests').require(waiting.id), {
    state: NtmsLmState.NTMS_LM_CANCELLED,
    errorDetail: /declined/,
  });
});

t.test('the question goes with the cleaning that was cancelled', async (t) => {
  const library = await VirtualLibrary.open(t, { cartridges: [data] });
  const { id } = await clean(library);
  t.equal(questions(library).length, 1);
  library.manager.cancelRequests([id], 'ERROR_CANCELLED', 'not wanted any more');
  await library.manager.drain();
  t.same(questions(library), []);
});

t.test('a cleaner that the drive refuses as used up is put away and not tried again', async (t) => {
  const library = await open(t, { cartridges: [data, cleaner(0)] });
  const request = await clean(library);
  t.match(request, { state: NtmsLmState.NTMS_LM_WAITING, errorDetail: /not used up/ });
  t.equal(elementOf(library, 'CLNU01L1')?.address, CLEANER_SLOT);
  t.equal(library.medium('CLNU01L1').cleanerSpent, true);
  t.equal(library.drive(0).state, NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED);
  t.equal(library.drive(0).lastCleaned, null);
  t.match(questions(library), [{ libRequest: request.id, message: /used up/ }]);
  const motions = library.motions();
  library.manager.operatorRequests.answer(questions(library)[0]?.id ?? '', 'complete');
  await library.manager.drain();
  t.equal(library.motions(), motions);
  await library.mount('ORS001L8', { drives: [0] });
  t.equal(elementOf(library, 'ORS001L8')?.address, DRIVE, 'the drive is free for others meanwhile');
  t.same(library.disagreements(), []);
});

t.test('another cleaner takes over from one that is used up', async (t) => {
  const library = await open(t, { cartridges: [data, cleaner(0, 4117), cleaner(2, 4118, 'CLNU02L1')] });
  t.match(await clean(library), { state: NtmsLmState.NTMS_LM_PASSED });
  t.match(elementOf(library, 'CLNU02L1'), { address: 4118, cleaningUsesRemaining: 1 });
  t.equal(elementOf(library, 'CLNU01L1')?.address, 4117);
});

t.test('a cartridge for data that was taken for a cleaner comes back unharmed and is one for data', async (t) => {
  const library = await open(t, { cartridges: [data] });
  library.store.table('physicalMedia').update(library.medium('ORS001L8').id, { cleaner: true });
  t.match(await clean(library), { state: NtmsLmState.NTMS_LM_WAITING });
  t.equal(library.medium('ORS001L8').cleaner, false);
  t.equal(elementOf(library, 'ORS001L8')?.address, 4096);
  t.same(await library.mount('ORS001L8'), [0]);
});

for (const wish of ['required', 'requested'] as const) {
  t.test(`a drive that asks by TapeAlert (${wish}) is cleaned after the dismount`, async (t) => {
    const library = await open(t);
    t.equal(library.library.librarySupportsDriveCleaning, true);
    await library.mount('ORS001L8', { drives: [0] });
    library.autoloader.soilDrive(DRIVE, wish);
    t.same(cleanings(library), []);
    await library.dismount('ORS001L8');
    t.match(cleanings(library), [
      { state: NtmsLmState.NTMS_LM_PASSED, application: 'Removable Storage', driveId: library.drive(0).id },
    ]);
    t.equal(driveOf(library)?.cleaningWish, undefined);
    t.same(library.disagreements(), []);
  });
}

t.test('a drive that asks while its medium is in use is cleaned when that has left', async (t) => {
  const library = await open(t);
  library.autoloader.soilDrive(DRIVE, 'required');
  await library.mount('ORS001L8', { drives: [0] });
  await library.manager.drain();
  t.match(cleanings(library), [{ state: NtmsLmState.NTMS_LM_WAITING }]);
  await library.dismount('ORS001L8');
  t.match(cleanings(library), [{ state: NtmsLmState.NTMS_LM_PASSED }]);
});

t.test('a library that does not clean its drives does not ask them', async (t) => {
  const library = await open(t);
  library.store.table('libraries').update(library.library.id, { librarySupportsDriveCleaning: false });
  library.autoloader.soilDrive(DRIVE, 'required');
  await library.mount('ORS001L8', { drives: [0] });
  await library.dismount('ORS001L8');
  t.same(cleanings(library), []);
  t.equal(driveOf(library)?.cleaningWish, 'required');
});

t.test('the count of the reserved slot goes down, and the last use asks for another cleaner', async (t) => {
  const library = await open(t);
  const { store } = library;
  const slot = library.medium('CLNU01L1').location;
  const { NTMS_LIBRARYFLAG_CLEANERPRESENT: flags } = NtmsLibraryFlags;
  store.table('libraries').update(library.library.id, { cleanerSlot: slot, cleanerUsesRemaining: 2, flags });
  await clean(library);
  t.equal(library.library.cleanerUsesRemaining, 1);
  await clean(library);
  t.match(library.library, { cleanerUsesRemaining: 0, cleanerSlot: slot, flags });
  t.match(await clean(library), { state: NtmsLmState.NTMS_LM_WAITING });
  t.equal(questions(library).length, 1);
  t.equal(elementOf(library, 'CLNU01L1')?.cleaningUsesRemaining, 48, 'the count is believed, the drive not asked');
});

t.test('uses that nobody counts stay uncounted', async (t) => {
  const library = await open(t);
  const { store } = library;
  const { NTMS_LIBRARYFLAG_CLEANERPRESENT: flags } = NtmsLibraryFlags;
  store.table('libraries').update(library.library.id, {
    cleanerSlot: library.medium('CLNU01L1').location,
    cleanerUsesRemaining: 0xffff_ffff,
    flags,
  });
  t.match(await clean(library), { state: NtmsLmState.NTMS_LM_PASSED });
  t.equal(library.library.cleanerUsesRemaining, 0xffff_ffff);
});

t.test('a cleaner that a person takes away is missed, and one that is put into the slot is seen', async (t) => {
  const library = await open(t);
  const { operator } = library.autoloader;
  const slot = library.medium('CLNU01L1').location;
  library.store.table('libraries').update(library.library.id, { cleanerSlot: slot });
  const present = () => (library.library.flags & NtmsLibraryFlags.NTMS_LIBRARYFLAG_CLEANERPRESENT) !== 0;
  await library.inventory();
  t.equal(present(), true);
  t.equal(library.library.cleanerUsesRemaining, 0xffff_ffff, 'nobody said how often it cleans');
  await library.takeOut('CLNU01L1');
  await library.inventory();
  t.equal(present(), false);
  t.equal(library.library.cleanerUsesRemaining, 0);
  t.equal(library.library.cleanerSlot, slot, 'the slot stays reserved');
  t.equal(operator.outside().length, 1);
});

t.test('a changer that does not fetch the cleaner leaves the drive as it was', async (t) => {
  const library = await open(t);
  library.autoloader.addFault(
    checkConditionFault(
      { opcode: OperationCode.MOVE_MEDIUM },
      { key: SenseKey.ILLEGAL_REQUEST, ...AdditionalSense.MEDIUM_MAGAZINE_NOT_ACCESSIBLE },
    ),
  );
  t.match(await clean(library), { state: NtmsLmState.NTMS_LM_FAILED, errorDetail: /did not move/ });
  t.equal(elementOf(library, 'CLNU01L1')?.address, CLEANER_SLOT);
  t.match(library.drive(0), {
    state: NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED,
    operationalState: NtmsOperationalState.NTMS_READY,
    lastCleaned: null,
  });
  t.equal(library.medium('CLNU01L1').claimedBy, null);
});
