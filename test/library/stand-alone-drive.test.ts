import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { DETECTION_POLL_MS } from '../../src/library/change-detection.js';
import {
  INFINITE,
  NtmsDriveState as D,
  NtmsEjectOperation,
  NtmsLibraryType,
  NtmsMediaState,
  NtmsObjectsTypes,
  NtmsOperationalState,
  NtmsOpreqCommand,
  NtmsPoolType,
  NtmsPortPosition,
} from '../../src/ntms/index.js';
import { refusal } from './virtual-library.js';
import { StandAloneHouse } from './stand-alone-house.js';

const labelled = (ansiVolumeIdentifier: string) => ({ barcode: null, mediaType: 'L8', ansiVolumeIdentifier });
const blank = { barcode: null, mediaType: 'L8' };

const mount = (house: StandAloneHouse, side: string): Promise<string[]> =>
  house.api.MountNtmsMedia(house.session, [side], [null], 1, 0x2, 0, INFINITE, null);

await t.test('a drive on its own is a library with one drive, a tray and nothing else', async (t) => {
  const house = await StandAloneHouse.open(t);
  const { store, library, manager } = house;
  t.same(manager.failures, []);
  t.match(library, {
    libraryType: NtmsLibraryType.NTMS_LIBRARYTYPE_STANDALONE,
    operationalState: NtmsOperationalState.NTMS_READY,
  });
  const here = { library: library.id };
  const count = (table: 'drives' | 'slots' | 'ports' | 'doors' | 'changers') => store.table(table).count(here);
  t.same([count('drives'), count('ports')], [1, 1]);
  t.same([count('slots'), count('doors'), count('changers')], [0, 0, 0]);
  t.equal(house.driveRow.state, D.NTMS_DRIVESTATE_DISMOUNTED);
  t.match(house.driveRow, { deviceName: 'virtual desk drive', serialNumber: /D1$/ });
  t.equal(store.table('ports').list(here)[0]?.position, NtmsPortPosition.NTMS_PORTPOSITION_EXTENDED);
  const info = await house.api.GetNtmsObjectInformation(house.session, library.id, {
    dwType: NtmsObjectsTypes.NTMS_LIBRARY,
  });
  t.match(info, { Info: { Library: { dwNumberOfSlots: 0, dwNumberOfDrives: 1 } } });
});

await t.test('what is inside at the start is known by its label, before anybody mounts it', async (t) => {
  const house = await StandAloneHouse.open(t, { inside: labelled('DESK01') });
  const { inside, store } = house;
  t.equal(house.driveRow.state, D.NTMS_DRIVESTATE_DISMOUNTABLE);
  t.match(house.sideOf(inside?.id ?? ''), { omidLabelInfo: /DESK01/ });
  t.equal(store.table('mediaPools').get(inside?.mediaPool ?? '')?.poolType, NtmsPoolType.NTMS_POOLTYPE_IMPORT);
  const [port] = store.table('ports').list({ library: house.library.id });
  t.equal(port?.position, NtmsPortPosition.NTMS_PORTPOSITION_RETRACTED, 'the tray is in');
  const again = await house.restart();
  t.equal(again.inside?.id, inside?.id, 'and keeps its record');
  t.equal(store.table('physicalMedia').count(), 1);
});

await t.test('media come and go as a person puts them in and takes them out', async (t) => {
  const house = await StandAloneHouse.open(t);
  const { store } = house;
  await house.putIn(labelled('DESK01'));
  t.equal(house.inside, undefined, 'nobody asked yet');
  await house.refresh();
  const first = house.inside?.id ?? '';
  t.match(house.sideOf(first), { omidLabelInfo: /DESK01/ });
  const id = await house.takeOut();
  await house.refresh();
  t.equal(house.inside, undefined);
  t.equal(house.driveRow.state, D.NTMS_DRIVESTATE_DISMOUNTED);
  t.equal(store.table('physicalMedia').require(first).currentLibrary, store.wellKnown.offlineLibrary);
  await house.putIn(labelled('DESK02'));
  await house.refresh();
  const second = house.inside?.id;
  t.not(second, first);
  await house.takeOut();
  await house.putIn({ id });
  await house.refresh();
  t.equal(house.inside?.id, first, 'exchanged between two looks, and known by its label');
  t.equal(store.table('physicalMedia').require(second ?? '').location, null);
  t.equal(store.table('physicalMedia').count(), 2);
});

await t.test('a medium that was exchanged while nobody was there is not taken for the old one', async (t) => {
  const house = await StandAloneHouse.open(t, { inside: labelled('DESK01') });
  const old = house.inside?.id;
  await house.manager.stop();
  await house.takeOut();
  await house.putIn(labelled('DESK02'));
  const next = await StandAloneHouse.run(house);
  t.teardown(() => next.manager.stop());
  t.not(next.inside?.id, old);
  t.match(next.sideOf(next.inside?.id ?? ''), { omidLabelInfo: /DESK02/ });
});

await t.test('mounts what is inside, and a dismount leaves it there', async (t) => {
  const house = await StandAloneHouse.open(t, { inside: labelled('DESK01') });
  const { api, session, store, manager } = house;
  const medium = house.inside?.id ?? '';
  const side = house.sideOf(medium).id;
  for (const dismount of [
    () => api.DismountNtmsDrive(session, house.driveRow.id),
    () => api.DismountNtmsMedia(session, [side], 1, 2),
  ]) {
    t.same(await mount(house, side), [house.driveRow.id]);
    t.equal(house.driveRow.state, D.NTMS_DRIVESTATE_LOADED);
    t.equal(store.table('physicalMedia').require(medium).mediaState, NtmsMediaState.NTMS_MEDIASTATE_LOADED);
    await dismount();
    await manager.drain();
    t.equal(house.driveRow.state, D.NTMS_DRIVESTATE_DISMOUNTABLE);
    t.match(house.inside, { id: medium, claimedBy: null, mediaState: NtmsMediaState.NTMS_MEDIASTATE_IDLE });
    t.equal(house.drive.inspect()[0]?.drive, 'ready', 'nothing moved');
  }
  await api.DismountNtmsDrive(session, house.driveRow.id);
  await manager.drain();
  t.equal(house.driveRow.state, D.NTMS_DRIVESTATE_DISMOUNTABLE, 'and once more changes nothing');
  await house.takeOut();
  await house.refresh();
  t.match(await refusal(api.DismountNtmsDrive(session, house.driveRow.id)), { symbol: 'ERROR_INVALID_STATE' });
  const waiting = store
    .table('libRequests')
    .list({})
    .filter(({ timeCompleted }) => timeCompleted === null);
  t.same(waiting, [], 'every request has ended');
});

await t.test('is opened, written and read like any other drive', async (t) => {
  const house = await StandAloneHouse.open(t, { inside: blank });
  await mount(house, house.sideOf(house.inside?.id ?? '').id);
  const tape = await house.api.openDrive(house.session, house.driveRow.id, { write: true });
  await tape.write(new Uint8Array([1, 2, 3]));
  await t.rejects(house.drive.operator.ejectDrive(0), { code: 'REMOVAL_PREVENTED' });
  t.match(await refusal(house.api.DismountNtmsDrive(house.session, house.driveRow.id)), {
    symbol: 'ERROR_INVALID_STATE',
  });
  await house.refresh();
  t.ok(tape.isOpen, 'a look does not disturb it');
  await tape.rewind();
  t.match(await tape.read(10), { data: new Uint8Array([1, 2, 3]) });
  await tape.close();
  await house.takeOut();
});

await t.test('a medium that cannot be read is there, and keeps the record that it had', async (t) => {
  const house = await StandAloneHouse.open(t, { inside: labelled('DESK01') });
  const known = house.inside?.id;
  await house.drive.powerCycle();
  const remove = house.drive.addFault({
    name: 'unreadable medium',
    perform: (task, proceed) =>
      task.cdb[0] === 0x08
        ? Promise.resolve({
            status: 2,
            dataIn: new Uint8Array(),
            sense: new Uint8Array([0x70, 0, 3, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x11, 0, 0, 0, 0, 0]),
          })
        : proceed(task),
  });
  await house.refresh();
  t.equal(house.inside?.id, known);
  t.match(house.manager.notices.join('\n'), /cannot be read/);
  remove();
  await house.refresh();
  t.equal(house.inside?.id, known);
  t.equal(house.store.table('physicalMedia').count(), 1);
});

await t.test('a drive that does not answer makes its library not present, and comes back', async (t) => {
  let answers = false;
  const house = await StandAloneHouse.open(t, {
    inside: labelled('DESK01'),
    wrap: (transport) => ({
      name: transport.name,
      maxInFlight: transport.maxInFlight,
      open: () => transport.open(),
      close: () => transport.close(),
      execute: (command) =>
        answers
          ? transport.execute(command)
          : Promise.resolve({ kind: 'failed', failure: { code: 'unreachable', executed: 'no', message: 'unplugged' } }),
    }),
  });
  t.equal(house.library.operationalState, NtmsOperationalState.NTMS_NOT_PRESENT);
  t.match(house.manager.failures, [{ code: 'NOT_PRESENT' }]);
  answers = true;
  await house.refresh();
  t.equal(house.library.operationalState, NtmsOperationalState.NTMS_READY);
  t.match(house.sideOf(house.inside?.id ?? ''), { omidLabelInfo: /DESK01/ });
});

await t.test('inventories end, and read the label again when the medium may be another one', async (t) => {
  const house = await StandAloneHouse.open(t, { inside: labelled('DESK01') });
  const { api, session, manager, store } = house;
  for (const method of [1, 2, 3]) {
    await house.takeOut();
    await house.putIn(labelled(`DESK0${method + 1}`));
    await api.InventoryNtmsLibrary(session, house.library.id, method);
    await manager.drain();
    t.match(house.sideOf(house.inside?.id ?? ''), { omidLabelInfo: new RegExp(`DESK0${method + 1}`) });
  }
  t.same(
    store
      .table('libRequests')
      .list({})
      .map(({ errorCode }) => errorCode),
    [0, 0, 0],
  );
  t.same(
    manager.notices.filter((notice) => /did not expect/.test(notice)),
    [],
  );
});

await t.test('a mount of a medium that is not in waits for a person to bring it, and notices by itself', async (t) => {
  const clock = new SimulatedClock();
  const house = await StandAloneHouse.open(t, { clock, inside: labelled('DESK01') });
  const { store, manager } = house;
  const medium = house.inside?.id ?? '';
  const id = await house.takeOut();
  await house.putIn(labelled('DESK02'));
  await house.refresh();
  t.not(house.inside?.id, medium);
  const mounting = mount(house, house.sideOf(medium).id);
  await clock.advance(DETECTION_POLL_MS);
  const [asked] = manager.operatorRequests.open();
  t.match(asked, { request: NtmsOpreqCommand.NTMS_OPREQ_MOVEMEDIA, arg1: medium });
  await house.takeOut();
  await house.putIn({ id });
  for (let tries = 0; tries < 5 && manager.operatorRequests.open().length > 0; tries++) {
    await clock.advance(DETECTION_POLL_MS);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  t.same(await mounting, [house.driveRow.id]);
  t.match(store.table('physicalMedia').require(medium), { location: house.driveRow.id });
  t.equal(house.driveRow.state, D.NTMS_DRIVESTATE_LOADED);
  t.same(manager.operatorRequests.open(), []);
  await clock.advance(10 * DETECTION_POLL_MS);
  t.equal(clock.pending, 0, 'and nobody asks the drive any more');
});

await t.test('a medium is ejected by the device name, by its identifier, or kept while it is mounted', async (t) => {
  const house = await StandAloneHouse.open(t, { inside: labelled('DESK01') });
  const { api, session, store, manager } = house;
  const medium = house.inside?.id ?? '';
  const eject = () =>
    api.EjectDiskFromSADrive(
      null,
      'tests',
      house.driveRow.deviceName,
      null,
      null,
      null,
      NtmsEjectOperation.NTMS_EJECT_IMMEDIATE,
    );
  await mount(house, house.sideOf(medium).id);
  await t.rejects(eject(), { name: 'NtmsError' });
  t.equal(house.inside?.id, medium);
  await api.DismountNtmsDrive(session, house.driveRow.id);
  await manager.drain();
  await eject();
  t.equal(house.drive.inspect()[0]?.drive, 'unloaded', 'a person can take it');
  t.equal(house.driveRow.state, D.NTMS_DRIVESTATE_DISMOUNTED);
  await house.drive.operator.removeCartridge(0);
  await house.putIn(labelled('DESK02'));
  await house.refresh();
  const next = house.inside?.id ?? '';
  t.match(house.sideOf(next), { omidLabelInfo: /DESK02/ });
  await api.EjectNtmsMedia(session, next, null, NtmsEjectOperation.NTMS_EJECT_START);
  await manager.drain();
  t.equal(house.drive.inspect()[0]?.drive, 'unloaded');
  await house.refresh();
  t.equal(house.inside, undefined);
  const waiting = store
    .table('libRequests')
    .list({})
    .filter(({ timeCompleted }) => timeCompleted === null);
  t.same(waiting, [], 'every request has ended');
  t.same(
    manager.notices.filter((notice) => /did not expect/.test(notice)),
    [],
  );
});
