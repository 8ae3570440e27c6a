import t from 'tap';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { checkConditionFault } from '../../devices/virtual/faults/index.js';
import {
  NtmsDriveState,
  NtmsEjectOperation as Eject,
  NtmsInventoryMethod,
  NtmsLmState,
} from '../../src/objects/index.js';
import { injectCleaner, withoutPort, withReservedSlot } from '../ntms/cleaner-house.js';
import { ended, onePort, takeFrom, until } from './person-at-port.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

// The 3573-TL: drives 256 and 257, slots 4096 to 4118.
const DRIVE = 256;
const HOME = 4118;
const cartridges = [
  { elementAddress: 4096, barcode: 'ORS001L8' },
  { elementAddress: HOME, barcode: 'CLNU01L1', mediaType: 'L1', cleaningUsesRemaining: 50 },
];
const placeOf = ({ autoloader }: VirtualLibrary, barCode: string) =>
  autoloader.inspect().find(({ barcode }) => barcode === barCode)?.address;

await t.test('a start while a drive still cleans brings the cleaner home when it is done', async (t) => {
  const library = await VirtualLibrary.open(t, { cartridges, timing: 'real' });
  await library.api.CleanNtmsDrive(library.session, library.drive(0).id);
  await until(library, () => library.condition(DRIVE) === 'cleaning');
  const again = await library.restart();
  t.teardown(() => again.manager.stop());
  await again.manager.drain();
  await again.clock.sleep(300_000);
  await again.manager.drain();
  t.equal(placeOf(again, 'CLNU01L1'), HOME);
  t.equal(again.drive(0).state, NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTED);
  t.same(again.disagreements(), []);
});

await t.test(
  'an access to a door that waits for a lost changer does not keep an inventory from finding it',
  async (t) => {
    const library = await VirtualLibrary.open(t);
    const { api, session, autoloader } = library;
    const mend = autoloader.addFault(
      checkConditionFault(
        { lun: autoloader.lunOfChanger, opcode: OperationCode.READ_ELEMENT_STATUS },
        { key: 0x04, asc: 0x44, ascq: 0x00 },
      ),
    );
    await refusal(library.manager.refresh(library.library.id));
    mend();
    await api.AccessNtmsLibraryDoor(session, library.library.id, NtmsInventoryMethod.NTMS_INVENTORY_NONE);
    const access = session.requestIds.at(-1) ?? '';
    await api.InventoryNtmsLibrary(session, library.library.id, NtmsInventoryMethod.NTMS_INVENTORY_FAST);
    await until(
      library,
      () => library.store.table('libRequests').require(access).state === NtmsLmState.NTMS_LM_INPROCESS,
    );
    autoloader.operator.openDoor();
    await library.clock.sleep(5000);
    await autoloader.operator.closeDoor();
    t.match(await ended(library, access), { state: NtmsLmState.NTMS_LM_PASSED });
  },
);

await t.test(
  'a queued cartridge that left the library meanwhile does not keep the session from ejecting',
  async (t) => {
    const library = await VirtualLibrary.open(t, onePort);
    const { api, session } = library;
    await api.EjectNtmsMedia(session, library.medium('ORS001L8').id, null, Eject.NTMS_EJECT_QUEUE);
    const other = await api.OpenNtmsSession(null, 'other', 0);
    const first = await api.EjectNtmsMedia(other, library.medium('ORS001L8').id, null, Eject.NTMS_EJECT_START);
    await takeFrom(library);
    await ended(library, first ?? '');
    const second = await api.EjectNtmsMedia(session, library.medium('ORS002L8').id, null, Eject.NTMS_EJECT_START);
    await takeFrom(library);
    t.match(await ended(library, second ?? ''), { state: NtmsLmState.NTMS_LM_PASSED });
  },
);

await t.test(
  'an identification that is cancelled while it moves leaves the cartridge usable and its slot known',
  async (t) => {
    const library = await VirtualLibrary.open(t, { timing: 'real' });
    const { api, session } = library;
    const home = library.medium('ORS001L8').location ?? '';
    const identified = refusal(api.IdentifyNtmsSlot(session, home, 0));
    await until(library, () => library.store.table('moveJournal').count({ outcome: 'intended' }) > 0);
    library.manager.cancelRequests([session.requestIds.at(-1) ?? ''], 'ERROR_CANCELLED', 'not wanted');
    t.equal((await identified).symbol, 'ERROR_CANCELLED');
    await library.manager.drain();
    t.equal(library.medium('ORS001L8').claimedBy, null);
    t.same(library.disagreements(), []);
    t.equal((await library.mount('ORS001L8')).length, 1);
  },
);

await t.test('the manager can be stopped while a person brings a cleaner through the open door', async (t) => {
  const { library } = await withReservedSlot(t, withoutPort);
  const operation = await injectCleaner(library);
  await library.clock.sleep(10);
  library.autoloader.operator.openDoor();
  await library.clock.sleep(5000);
  let stopped = false;
  void library.manager.stop().then(() => (stopped = true));
  await t.resolves(until(library, () => stopped));
  t.not(library.store.table('libRequests').require(operation).state, NtmsLmState.NTMS_LM_INPROCESS);
});
