import t from 'tap';
import {
  NtmsDoorState as Door,
  NtmsInventoryMethod as Method,
  NtmsLmOperation,
  NtmsLmState,
  NtmsObjectsTypes,
} from '../../src/objects/index.js';
import { ended, until } from './person-at-port.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const doorState = ({ store }: VirtualLibrary) => store.table('doors').list()[0]?.state;
const requests = ({ store }: VirtualLibrary, operationCode: number) =>
  store.table('libRequests').list({ operationCode });

async function ask(library: VirtualLibrary, method: number = Method.NTMS_INVENTORY_FAST): Promise<string> {
  const { api, session } = library;
  await api.AccessNtmsLibraryDoor(session, library.library.id, method);
  return session.requestIds.at(-1) ?? '';
}

await t.test('a door that was asked for is opened, shut, locked, and followed by an inventory', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { operator } = library.autoloader;
  const access = await ask(library);
  await library.clock.sleep(10);
  operator.openDoor();
  await until(library, () => doorState(library) === Door.NTMS_DOORSTATE_OPEN);
  const slot = library.store.table('slots').require(library.medium('ORS001L8').location ?? '').elementAddress;
  await operator.removeCartridge(slot);
  await operator.insertCartridge(slot, { barcode: 'ORS777L8' });
  await operator.closeDoor();
  t.match(await ended(library, access), { state: NtmsLmState.NTMS_LM_PASSED });
  t.equal(doorState(library), Door.NTMS_DOORSTATE_CLOSED);
  await library.manager.drain();
  t.match(requests(library, NtmsLmOperation.NTMS_LM_INVENTORY), [{ state: NtmsLmState.NTMS_LM_PASSED }]);
  t.ok(library.medium('ORS777L8').location);
  t.throws(() => operator.openDoor(), { code: 'REMOVAL_PREVENTED' });
  t.same(library.disagreements(), []);
});

await t.test('mounts and dismounts wait while the door may be opened, and go on when it is shut', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  const access = await ask(library);
  const mounted = library.mount('ORS002L8', { flags: 0 });
  await library.api.DismountNtmsMedia(library.session, [library.side('ORS001L8').id], 1, 2);
  await library.clock.sleep(10_000);
  t.same(library.inDrives(), ['ORS001L8', null], 'nothing moves behind a door that may open');
  const [waiting] = requests(library, NtmsLmOperation.NTMS_LM_MOUNT).filter(
    ({ state }) => state === NtmsLmState.NTMS_LM_WAITING,
  );
  t.match(waiting?.errorDetail, /door 1 of test to be shut/);
  library.autoloader.operator.openDoor();
  await library.clock.sleep(10_000);
  t.same(library.inDrives(), ['ORS001L8', null]);
  await library.autoloader.operator.closeDoor();
  t.match(await ended(library, access), { state: NtmsLmState.NTMS_LM_PASSED });
  await mounted;
  await library.manager.drain();
  t.equal(library.inDrives().includes('ORS002L8'), true);
  t.equal(library.inDrives().includes('ORS001L8'), false);
  t.same(library.disagreements(), []);
});

await t.test(
  'a door is not unlocked before the library has come to rest, and nothing later goes before it',
  async (t) => {
    const library = await VirtualLibrary.open(t, { timing: 'real' });
    const mounting = library.mount('ORS001L8');
    await library.clock.sleep(1000);
    const access = await ask(library);
    const { api, session } = library;
    await api.EjectNtmsMedia(session, library.medium('ORS002L8').id, null, 0);
    const eject = session.requestIds.at(-1) ?? '';
    t.match(library.store.table('libRequests').require(access).errorDetail, /come to rest/);
    t.equal(library.store.table('libRequests').require(eject).state, NtmsLmState.NTMS_LM_QUEUED);
    await mounting;
    await until(
      library,
      () => library.store.table('libRequests').require(access).state === NtmsLmState.NTMS_LM_INPROCESS,
    );
    library.autoloader.operator.openDoor();
    await library.clock.sleep(5000);
    await library.autoloader.operator.closeDoor();
    t.match(await ended(library, access), { state: NtmsLmState.NTMS_LM_PASSED });
    await api.EjectNtmsMedia(session, null, eject, 1);
  },
);

await t.test('a door that stands open too long is asked to be shut, and the question goes when it is', async (t) => {
  const library = await VirtualLibrary.open(t);
  const [door] = library.store.table('doors').list();
  library.store.table('doors').update(door?.id ?? '', { maxOpenSecs: 60 });
  const access = await ask(library, Method.NTMS_INVENTORY_NONE);
  await library.clock.sleep(10);
  library.autoloader.operator.openDoor();
  await library.clock.sleep(30_000);
  t.same(library.manager.operatorRequests.open(), []);
  await library.clock.sleep(40_000);
  t.match(library.manager.operatorRequests.open(), [
    { message: /door 1 stands open/, arg1Type: NtmsObjectsTypes.NTMS_IEDOOR, arg1: door?.id },
  ]);
  await library.autoloader.operator.closeDoor();
  t.match(await ended(library, access), { state: NtmsLmState.NTMS_LM_PASSED });
  t.same(library.manager.operatorRequests.open(), []);
  await library.manager.drain();
  t.same(requests(library, NtmsLmOperation.NTMS_LM_INVENTORY), [], 'NONE was wanted');
});

await t.test('an access that is cancelled before anybody opened locks the door again', async (t) => {
  const library = await VirtualLibrary.open(t);
  const access = await ask(library);
  await library.clock.sleep(5000);
  library.manager.cancelRequests([access], 'ERROR_CANCELLED', 'nobody wants it any more');
  await ended(library, access);
  await library.manager.drain();
  t.throws(() => library.autoloader.operator.openDoor(), { code: 'REMOVAL_PREVENTED' });
  t.same(await library.mount('ORS001L8'), [0], 'and the library goes on');
  t.same(requests(library, NtmsLmOperation.NTMS_LM_INVENTORY), []);
});

await t.test('the manager can be stopped while a door stands open', async (t) => {
  const library = await VirtualLibrary.open(t);
  const access = await ask(library);
  await library.clock.sleep(10);
  library.autoloader.operator.openDoor();
  await until(library, () => doorState(library) === Door.NTMS_DOORSTATE_OPEN);
  await library.manager.stop();
  t.not(library.store.table('libRequests').require(access).state, NtmsLmState.NTMS_LM_INPROCESS);
  await library.autoloader.operator.closeDoor();
  library.autoloader.operator.openDoor();
});

await t.test(
  'a door that a person opened without asking is noticed by the next motion, and followed by an inventory',
  async (t) => {
    const library = await VirtualLibrary.open(t);
    const { operator } = library.autoloader;
    operator.openDoor();
    const slot = library.store.table('slots').require(library.medium('ORS002L8').location ?? '').elementAddress;
    await operator.removeCartridge(slot);
    await operator.insertCartridge(slot, { barcode: 'ORS777L8' });
    await operator.closeDoor();
    t.same(await library.mount('ORS001L8'), [0]);
    await library.manager.drain();
    await until(library, () => requests(library, NtmsLmOperation.NTMS_LM_INVENTORY).length > 0);
    await library.manager.drain();
    t.ok(library.medium('ORS777L8').location);
    t.same(library.disagreements(), []);
    operator.openDoor();
    t.match(await refusal(library.mount('ORS003L8')), { detail: /DOOR IS OPEN/ });
    await until(library, () => doorState(library) === Door.NTMS_DOORSTATE_OPEN);
    await operator.closeDoor();
    await until(library, () => doorState(library) === Door.NTMS_DOORSTATE_CLOSED);
    await library.manager.drain();
    t.equal(requests(library, NtmsLmOperation.NTMS_LM_INVENTORY).length, 2);
  },
);

await t.test(
  'a door whose model says in its own words that it is open is known by what the picker cannot reach',
  async (t) => {
    const library = await VirtualLibrary.open(t, { quirks: { doorOpen: { key: 0x02, asc: 0x04, ascq: 0x83 } } });
    const access = await ask(library, Method.NTMS_INVENTORY_NONE);
    await library.clock.sleep(10);
    library.autoloader.operator.openDoor();
    await until(library, () => doorState(library) === Door.NTMS_DOORSTATE_OPEN);
    await library.autoloader.operator.closeDoor();
    t.match(await ended(library, access), { state: NtmsLmState.NTMS_LM_PASSED });
  },
);

await t.test('a disabled door is not unlocked', async (t) => {
  const library = await VirtualLibrary.open(t);
  const [door] = library.store.table('doors').list();
  library.store.table('doors').update(door?.id ?? '', { enabled: false });
  t.match(await ended(library, await ask(library)), { state: NtmsLmState.NTMS_LM_FAILED, errorDetail: /disabled/ });
});
