import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { NtmsDriveState, NtmsLmOperation, NtmsLmState } from '../../src/objects/ntmsapi/index.js';
import type { LibRequestRow } from '../../src/objects/rows.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const { NTMS_DRIVESTATE_DISMOUNTABLE: DISMOUNTABLE } = NtmsDriveState;

async function deferred(library: VirtualLibrary, barCode: string): Promise<LibRequestRow> {
  await library.dismount(barCode, { deferred: true });
  const requests = library.store
    .table('libRequests')
    .list({ operationCode: NtmsLmOperation.NTMS_LM_DISMOUNT, physMediaId: library.medium(barCode).id });
  const last = requests.at(-1);
  if (last === undefined) throw new Error('the dismount has no request');
  return last;
}

const stateOf = ({ store }: VirtualLibrary, { id }: LibRequestRow): number =>
  store.table('libRequests').require(id).state;

t.test('a deferred dismount is DEFERRED until another cartridge needs the drive', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount(['ORS001L8', 'ORS002L8']);
  const request = await deferred(library, 'ORS001L8');
  t.equal(request.state, NtmsLmState.NTMS_LM_DEFERRED);
  t.same(await library.mount('ORS003L8'), [0]);
  t.equal(stateOf(library, request), NtmsLmState.NTMS_LM_PASSED);
  t.same(library.disagreements(), []);
});

t.test('a cartridge is evicted on demand although its least stay is not over', async (t) => {
  const clock = new SimulatedClock({ auto: true });
  const library = await VirtualLibrary.open(t, { clock });
  await library.mount(['ORS001L8', 'ORS002L8']);
  await deferred(library, 'ORS001L8');
  const since = library.drive(0).dismountableSince ?? 0;
  t.ok(clock.now() - since < library.drive(0).deferDismountDelay * 1000);
  t.same(await library.mount('ORS003L8'), [0]);
});

t.test('a cartridge stays in its drive beyond its least stay while nobody needs the drive', async (t) => {
  const clock = new SimulatedClock();
  const library = await VirtualLibrary.open(t, { clock });
  await library.mount('ORS001L8');
  const request = await deferred(library, 'ORS001L8');
  await clock.advance(24 * 3600 * 1000);
  await library.manager.drain();
  t.same(library.inDrives(), ['ORS001L8', null]);
  t.equal(stateOf(library, request), NtmsLmState.NTMS_LM_DEFERRED);
});

t.test('an immediate dismount ends the deferred one', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  const request = await deferred(library, 'ORS001L8');
  await library.dismount('ORS001L8');
  t.same(library.inDrives(), [null, null]);
  t.equal(stateOf(library, request), NtmsLmState.NTMS_LM_PASSED);
});

t.test('a deferred dismount is withdrawn with its session, and the cartridge stays', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  const request = await deferred(library, 'ORS001L8');
  await library.api.CloseNtmsSession(library.session);
  t.equal(stateOf(library, request), NtmsLmState.NTMS_LM_CANCELLED);
  t.equal(library.drive(0).state, DISMOUNTABLE);
  t.same(library.inDrives(), ['ORS001L8', null]);
});

t.test('a cartridge that changed in a dismountable drive is not answered to be mounted', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { operator } = library.autoloader;
  await library.mount('ORS004L8');
  await deferred(library, 'ORS004L8');
  operator.openDoor();
  await operator.ejectDrive(256);
  await operator.removeCartridge(256);
  await operator.insertCartridge(256, { barcode: 'ORS777L8' });
  await operator.closeDoor();
  t.match(await refusal(library.mount('ORS004L8')), { symbol: 'ERROR_INVALID_STATE' });
  await library.manager.drain();
  t.same(library.inDrives(), ['ORS777L8', null], 'and the other one is left alone');
  t.same(library.disagreements(), []);
});
