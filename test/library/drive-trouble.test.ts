import t from 'tap';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { checkConditionFault } from '../../devices/virtual/faults/index.js';
import { NtmsDriveState, NtmsMediaState, NtmsOperationalState } from '../../src/objects/ntmsapi/index.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const { NTMS_READY: READY, NTMS_NEEDS_SERVICE: NEEDS_SERVICE } = NtmsOperationalState;
const broken = { key: 0x04, asc: 0x40, ascq: 0x80 } as const;
const firstDrive = 0;

const breakReadiness = (library: VirtualLibrary): (() => void) =>
  library.autoloader.addFault(checkConditionFault({ lun: firstDrive, opcode: OperationCode.TEST_UNIT_READY }, broken));
const breakUnload = (library: VirtualLibrary): (() => void) =>
  library.autoloader.addFault(checkConditionFault({ lun: firstDrive, opcode: OperationCode.LOAD_UNLOAD }, broken));

t.test('puts a drive that tells of a hardware error out of order, once its cartridge is out', async (t) => {
  const library = await VirtualLibrary.open(t);
  breakReadiness(library);
  t.match(await refusal(library.mount('ORS001L8')), { symbol: 'ERROR_INVALID_STATE' });
  await library.manager.drain();
  t.same(library.inDrives(), [null, null]);
  t.equal(library.drive(0).operationalState, NEEDS_SERVICE);
  t.equal(library.drive(0).state, NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED);
  const [question] = library.manager.operatorRequests.open();
  t.equal(question?.arg1, library.drive(0).id);
  t.match(question?.message, /drive 0 failed: .*DIAGNOSTIC FAILURE.* complete this request or run an inventory/);
  t.same(await library.mount('ORS001L8'), [1], 'the other drive serves');
});

t.test('does not use a failed drive after a restart either', async (t) => {
  let library = await VirtualLibrary.open(t);
  const mend = breakReadiness(library);
  await refusal(library.mount('ORS001L8'));
  await library.manager.drain();
  mend();
  library = await library.restart();
  t.equal(library.drive(0).operationalState, NEEDS_SERVICE);
  t.same(await library.mount('ORS001L8'), [1]);
  await library.manager.stop();
});

t.test('uses a drive again when a person says that it was looked after', async (t) => {
  const library = await VirtualLibrary.open(t);
  const mend = breakReadiness(library);
  await refusal(library.mount('ORS001L8'));
  await library.manager.drain();
  mend();
  const [question] = library.manager.operatorRequests.open();
  library.manager.operatorRequests.answer(question?.id ?? '', 'complete');
  await library.manager.drain();
  t.equal(library.drive(0).operationalState, READY);
  t.same(await library.mount('ORS001L8'), [0]);
});

t.test('uses a drive again, and takes its question back, when an inventory finds it sound', async (t) => {
  const library = await VirtualLibrary.open(t);
  const mend = breakUnload(library);
  await library.mount('ORS001L8');
  await library.dismount('ORS001L8');
  t.same(library.inDrives(), ['ORS001L8', null], 'it could not be taken out');
  t.equal(library.drive(0).operationalState, NEEDS_SERVICE);
  t.equal(library.medium('ORS001L8').mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE);
  t.equal(library.medium('ORS001L8').claimedBy, null, 'and nobody has it in use');
  mend();
  await library.inventory();
  t.equal(library.drive(0).operationalState, READY);
  t.same(library.manager.operatorRequests.open(), []);
  t.same(await library.mount('ORS001L8'), [0]);
  await library.dismount('ORS001L8');
  t.same(library.disagreements(), []);
});

t.test('keeps a failed drive out of order when an inventory finds it as it was', async (t) => {
  const library = await VirtualLibrary.open(t);
  breakReadiness(library);
  await refusal(library.mount('ORS001L8'));
  await library.manager.drain();
  await library.inventory();
  t.equal(library.drive(0).operationalState, NEEDS_SERVICE);
  t.equal(library.manager.operatorRequests.open().length, 1, 'asked once');
});

t.test('does not blame the drive for a cartridge that it cannot use', async (t) => {
  const library = await VirtualLibrary.open(t, {
    cartridges: [
      { elementAddress: 4096, barcode: 'ORS001L8', mediaType: 'L8' },
      // Its label says L8: only the drive can tell.
      { elementAddress: 4097, barcode: 'ORS002L8', mediaType: 'L4' },
    ],
  });
  t.match(await refusal(library.mount('ORS002L8')), { symbol: 'ERROR_INVALID_STATE' });
  await library.manager.drain();
  t.equal(library.drive(0).operationalState, READY);
  t.same(library.inDrives(), [null, null]);
  t.same(library.disagreements(), []);
});

t.test('passes by disabled drives, and waits when there is no other', async (t) => {
  const library = await VirtualLibrary.open(t);
  library.store.table('drives').update(library.drive(0).id, { enabled: false });
  t.same(await library.mount('ORS001L8'), [1]);
  t.match(await refusal(library.mount('ORS002L8')), { symbol: 'ERROR_BUSY' });
  const waiting = library.mount('ORS002L8', { flags: 0 });
  library.store.table('drives').update(library.drive(0).id, { enabled: true });
  await library.dismount('ORS001L8');
  t.same(await waiting, [0]);
});

t.test('leaves disabled cartridges, and those in disabled slots, where they are', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { location } = library.medium('ORS002L8');
  library.store.table('slots').update(location ?? '', { enabled: false });
  t.match(await refusal(library.mount('ORS002L8')), { symbol: 'ERROR_BUSY', detail: /is disabled/ });
  const waiting = library.mount('ORS001L8', { flags: 0 });
  await waiting;
  library.store.table('physicalMedia').update(library.medium('ORS003L8').id, { enabled: false });
  t.match(await refusal(library.mount('ORS003L8')), { symbol: 'ERROR_RESOURCE_DISABLED' });
  t.same(library.inDrives(), ['ORS001L8', null]);
});

t.test('does not bring a cartridge home into a disabled slot', async (t) => {
  const library = await VirtualLibrary.open(t);
  const home = library.medium('ORS001L8').location ?? '';
  await library.mount('ORS001L8');
  library.store.table('slots').update(home, { enabled: false });
  await library.dismount('ORS001L8');
  t.not(library.medium('ORS001L8').location, home);
  t.same(library.inDrives(), [null, null]);
  t.same(library.disagreements(), []);
});

t.test('waits while the library is disabled', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  const waiting = library.mount('ORS002L8', { drives: [0], flags: 0 });
  library.store.table('libraries').update(library.library.id, { enabled: false });
  t.match(await refusal(library.dismount('ORS001L8')), { symbol: 'ERROR_DEVICE_NOT_AVAILABLE' });
  await library.manager.drain();
  t.same(library.inDrives(), ['ORS001L8', null]);
  library.store.table('libraries').update(library.library.id, { enabled: true });
  await library.dismount('ORS001L8');
  t.same(await waiting, [0]);
});

t.test('stops waiting for a drive that does not become ready when nobody wants the mount any more', async (t) => {
  const library = await VirtualLibrary.open(t);
  const notReady = { key: 0x02, asc: 0x04, ascq: 0x01 } as const;
  library.autoloader.addFault(
    checkConditionFault({ lun: firstDrive, opcode: OperationCode.TEST_UNIT_READY }, notReady),
  );
  const startedMs = library.clock.now();
  const mounting = library.mount('ORS001L8', { timeoutMs: 10_000 });
  t.match(await refusal(mounting), { symbol: 'ERROR_TIMEOUT' });
  await library.manager.drain();
  t.ok(library.clock.now() - startedMs < 60_000, 'not for the five minutes that a drive is given');
  t.same(library.inDrives(), [null, null], 'and the cartridge is home again');
  t.equal(library.drive(0).operationalState, READY);
  t.same(library.disagreements(), []);
});
