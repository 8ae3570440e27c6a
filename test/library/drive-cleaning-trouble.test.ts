import t from 'tap';
import { AdditionalSense } from '../../devices/scsi/asc-ascq.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { SenseKey } from '../../devices/scsi/sense.js';
import type { ScsiTransport } from '../../devices/transport/scsi-transport.js';
import { checkConditionFault, type Fault } from '../../devices/virtual/index.js';
import { NtmsDriveState, NtmsLmState, NtmsOperationalState, NtmsOpreqCommand } from '../../src/ntms/index.js';
import { until } from './person-at-port.js';
import { VirtualLibrary } from './virtual-library.js';
import type { VirtualLibraryOptions } from './virtual-library.js';

// The 3573-TL: drives 256 and 257, slots 4096 to 4118.
const DRIVE = 256;
const HOME = 4118;
const cartridges = [
  { elementAddress: 4096, barcode: 'ORS001L8' },
  { elementAddress: HOME, barcode: 'CLNU01L1', mediaType: 'L1', cleaningUsesRemaining: 50 },
];

const open = (t: Parameters<typeof VirtualLibrary.open>[0], options: VirtualLibraryOptions = {}) =>
  VirtualLibrary.open(t, { cartridges, ...options });

/** Queues the cleaning of drive 0; the request's id. */
async function ask(library: VirtualLibrary): Promise<string> {
  await library.api.CleanNtmsDrive(library.session, library.drive(0).id);
  return library.session.requestIds.at(-1) ?? '';
}

async function clean(library: VirtualLibrary) {
  const id = await ask(library);
  await library.manager.drain();
  return library.store.table('libRequests').require(id);
}

const placeOf = ({ autoloader }: VirtualLibrary, barCode: string) =>
  autoloader.inspect().find(({ barcode }) => barcode === barCode)?.address;
const isCleaning = (library: VirtualLibrary) => () => library.condition(DRIVE) === 'cleaning';

/** Answers a command of one kind in the device's place, while `when` says so. */
function answering(opcode: number, when: () => boolean, fault: Fault): Fault {
  return {
    name: fault.name,
    perform: (task, next) => (task.cdb[0] === opcode && when() ? fault.perform(task, next) : next(task)),
  };
}

t.test(
  'a cleaner that does not come out leaves the drive out of order, and comes home once it is serviced',
  async (t) => {
    const library = await open(t);
    let stuck = true;
    const isInDrive = () => stuck && placeOf(library, 'CLNU01L1') === DRIVE;
    const refusal = checkConditionFault(
      {},
      { key: SenseKey.ILLEGAL_REQUEST, ...AdditionalSense.MEDIUM_REMOVAL_PREVENTED },
    );
    library.autoloader.addFault(answering(OperationCode.MOVE_MEDIUM, isInDrive, refusal));
    t.match(await clean(library), { state: NtmsLmState.NTMS_LM_FAILED });
    t.match(library.drive(0), {
      state: NtmsDriveState.NTMS_DRIVESTATE_UNLOADED,
      operationalState: NtmsOperationalState.NTMS_NEEDS_SERVICE,
    });
    t.ok(library.drive(0).lastCleaned !== null, 'it was cleaned all the same');
    t.match(
      library.manager.operatorRequests
        .open()
        .filter(({ request }) => request === NtmsOpreqCommand.NTMS_OPREQ_DEVICESERVICE),
      [{ arg1: library.drive(0).id, message: /cleaner could not be taken out/ }],
    );
    t.equal(library.medium('CLNU01L1').claimedBy, null);
    t.same(library.disagreements(), []);
    stuck = false;
    await library.inventory();
    t.equal(placeOf(library, 'CLNU01L1'), HOME);
    t.equal(library.drive(0).operationalState, NtmsOperationalState.NTMS_READY);
    t.same(library.disagreements(), []);
  },
);

t.test('a drive that does not tell that it cleaned is not noted as cleaned; the cleaner comes home', async (t) => {
  const library = await open(t);
  const { LOG_SENSE } = OperationCode;
  const unknown = checkConditionFault({}, { key: SenseKey.ILLEGAL_REQUEST, ...AdditionalSense.INVALID_FIELD_IN_CDB });
  library.autoloader.addFault(answering(LOG_SENSE, () => true, unknown));
  t.match(await clean(library), { state: NtmsLmState.NTMS_LM_FAILED, errorCode: 4311, errorDetail: /did not tell/ });
  t.equal(placeOf(library, 'CLNU01L1'), HOME);
  t.match(library.drive(0), { state: NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED, lastCleaned: null });
  t.same(await library.mount('ORS001L8', { drives: [0] }), [0]);
  t.same(library.disagreements(), []);
});

t.test('a cleaning that was cancelled in the drive ends by itself, and the cleaner comes home', async (t) => {
  const library = await open(t, { timing: 'real' });
  const id = await ask(library);
  await until(library, isCleaning(library));
  library.manager.cancelRequests([id], 'ERROR_CANCELLED', 'not wanted any more');
  t.equal(library.condition(DRIVE), 'cleaning', 'a drive that cleans cannot be stopped');
  await library.manager.drain();
  t.equal(placeOf(library, 'CLNU01L1'), HOME);
  t.ok((library.drive(0).lastCleaned ?? 0) > 0);
  t.same(library.disagreements(), []);
});

t.test('a shutdown does not wait for the cleaning; the next start brings the cleaner home', async (t) => {
  const library = await open(t, { timing: 'real' });
  const id = await ask(library);
  await until(library, isCleaning(library));
  const beforeMs = library.clock.now();
  await library.manager.stop();
  t.ok(library.clock.now() - beforeMs < 60_000);
  t.equal(placeOf(library, 'CLNU01L1'), DRIVE);
  t.match(library.store.table('libRequests').require(id), { errorCode: 1223 });
  await library.clock.sleep(300_000);
  const again = await VirtualLibrary.run(library);
  t.teardown(() => again.manager.stop());
  await again.manager.drain();
  t.equal(placeOf(again, 'CLNU01L1'), HOME);
  t.equal(again.drive(0).state, NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED);
  t.equal(again.medium('CLNU01L1').claimedBy, null);
  t.same(again.disagreements(), []);
});

t.test('a cleaner that a killed run left in a drive comes home at the start', async (t) => {
  const library = await open(t);
  await library.moveBehindTheBack(HOME, DRIVE);
  library.store.table('physicalMedia').update(library.medium('CLNU01L1').id, {
    location: library.drive(0).id,
    locationType: 2,
    claimedBy: 'a request that nobody runs any more',
  });
  library.store.table('drives').update(library.drive(0).id, { state: NtmsDriveState.NTMS_DRIVESTATE_BEING_CLEANED });
  const again = await library.restart();
  t.teardown(() => again.manager.stop());
  await again.manager.drain();
  t.equal(placeOf(again, 'CLNU01L1'), HOME);
  t.match(again.drive(0), {
    state: NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED,
    operationalState: NtmsOperationalState.NTMS_READY,
  });
  t.same(again.disagreements(), []);
});

t.test('a drive that was disabled while its cleaning waited is cleaned when it is enabled again', async (t) => {
  const library = await open(t, { cartridges: cartridges.slice(0, 1) });
  const { id } = await clean(library);
  const request = () => library.store.table('libRequests').require(id);
  library.store.table('drives').update(library.drive(0).id, { enabled: false });
  const { operator } = library.autoloader;
  operator.openDoor();
  await operator.insertCartridge(HOME, { barcode: 'CLNU01L1', mediaType: 'L1', cleaningUsesRemaining: 50 });
  await operator.closeDoor();
  await library.inventory();
  t.match(request(), { state: NtmsLmState.NTMS_LM_WAITING, errorDetail: /drive 0 to be enabled/ });
  library.store.table('drives').update(library.drive(0).id, { enabled: true });
  await library.inventory();
  t.match(request(), { state: NtmsLmState.NTMS_LM_PASSED });
});

t.test('drives that cannot be asked are given the time that a cleaning takes', async (t) => {
  const library = await open(t, { timing: 'real', wrap: changerOnly });
  t.equal(library.library.librarySupportsDriveCleaning, false);
  const startMs = library.clock.now();
  t.match(await clean(library), { state: NtmsLmState.NTMS_LM_PASSED });
  t.ok(library.clock.now() - startMs >= 300_000);
  t.equal(placeOf(library, 'CLNU01L1'), HOME);
  t.equal(library.autoloader.inspect().find(({ barcode }) => barcode === 'CLNU01L1')?.cleaningUsesRemaining, 49);
});

/** Nothing answers at the drives' own logical units. */
function changerOnly(transport: ScsiTransport): ScsiTransport {
  return {
    name: transport.name,
    maxInFlight: transport.maxInFlight,
    open: () => transport.open(),
    close: () => transport.close(),
    execute: (command) => transport.execute(command.lun === 1 ? command : { ...command, lun: 7 }),
  };
}
