import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { NtmsDriveState, NtmsLmState, NtmsMediaState, NtmsOperationalState } from '../../src/objects/ntmsapi/index.js';
import { VirtualLibrary } from './virtual-library.js';

t.test('finds everything where it was after a restart', async (t) => {
  let library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  await library.mount('ORS002L8');
  await library.dismount('ORS002L8', { deferred: true });
  library = await library.restart();
  t.equal(library.drive(0).state, NtmsDriveState.NTMS_DRIVESTATE_LOADED);
  t.equal(library.drive(1).state, NtmsDriveState.NTMS_DRIVESTATE_DISMOUNTABLE);
  t.equal(library.medium('ORS001L8').mediaState, NtmsMediaState.NTMS_MEDIASTATE_LOADED);
  t.equal(library.medium('ORS002L8').mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE);
  await library.dismount('ORS001L8');
  t.same(library.inDrives(), [null, 'ORS002L8']);
  t.same(library.disagreements(), []);
  await library.manager.stop();
});

t.test('cancels what a former run left unfinished', async (t) => {
  let library = await VirtualLibrary.open(t);
  const { id: medium } = library.medium('ORS001L8');
  library.store.table('physicalMedia').update(medium, { mediaState: NtmsMediaState.NTMS_MEDIASTATE_INUSE });
  const states = [0, 1, 5, 6];
  const requests = states.map((state) =>
    library.store.table('libRequests').insert({ operationCode: 17, state, library: library.library.id, timeQueued: 1 }),
  );
  library = await library.restart();
  for (const { id } of requests) {
    t.match(library.store.table('libRequests').require(id), { state: NtmsLmState.NTMS_LM_CANCELLED, errorCode: 1223 });
  }
  t.equal(library.medium('ORS001L8').mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE);
  await library.manager.stop();
});

for (const { title, moved, outcome } of [
  { title: 'that the device had carried out', moved: true, outcome: 'moved' },
  { title: 'that the device never got', moved: false, outcome: 'not-moved' },
]) {
  t.test(`ends a motion ${title} when the process was killed`, async (t) => {
    let library = await VirtualLibrary.open(t);
    const medium = library.medium('ORS001L8');
    const source = library.store.table('slots').require(medium.location ?? '').elementAddress;
    const destination = library.drive(0).elementAddress;
    await library.manager.stop();
    library.store.table('moveJournal').insert({
      library: library.library.id,
      physMediaId: medium.id,
      mediumTransportAddress: 1,
      source,
      destination,
      outcome: 'intended',
      intendedAt: 1,
    });
    if (moved) await library.moveBehindTheBack(source, destination);
    library = await library.restart();
    const [line] = library.store.table('moveJournal').list();
    t.equal(line?.outcome, outcome);
    t.equal(library.store.table('moveJournal').count({ outcome: 'intended' }), 0);
    t.same(library.disagreements(), []);
    t.same(await library.mount('ORS001L8'), [0]);
    await library.manager.stop();
  });
}

t.test('a cartridge that a person took away goes to the shelf, and its records stay', async (t) => {
  let library = await VirtualLibrary.open(t);
  const { id, location } = library.medium('ORS003L8');
  const slot = library.store.table('slots').require(location ?? '').elementAddress;
  library.autoloader.operator.openDoor();
  await library.autoloader.operator.removeCartridge(slot);
  await library.autoloader.operator.closeDoor();
  library = await library.restart();
  const medium = library.store.table('physicalMedia').require(id);
  t.equal(medium.currentLibrary, library.store.wellKnown.offlineLibrary);
  t.equal(medium.location, null);
  t.equal(library.store.table('sides').count({ physicalMedia: id }), 1);
  t.match(library.manager.notices, [/ORS003L8 is no longer in slot 3/]);
  library.autoloader.operator.openDoor();
  await library.autoloader.operator.insertCartridge(slot, { barcode: 'ORS003L8' });
  await library.autoloader.operator.closeDoor();
  library = await library.restart();
  t.equal(library.medium('ORS003L8').id, id, 'the same record when it comes back');
  t.equal(library.store.table('physicalMedia').count({ barCode: 'ORS003L8' }), 1);
  await library.manager.stop();
});

t.test('two cartridges that changed places are found by their bar codes', async (t) => {
  let library = await VirtualLibrary.open(t);
  const { operator } = library.autoloader;
  const slots = ['ORS001L8', 'ORS002L8'].map((barCode) => library.medium(barCode).location ?? '');
  const [a = 0, b = 0] = slots.map((id) => library.store.table('slots').require(id).elementAddress);
  operator.openDoor();
  const first = await operator.removeCartridge(a);
  const second = await operator.removeCartridge(b);
  await operator.insertCartridge(a, { id: second });
  await operator.insertCartridge(b, { id: first });
  await operator.closeDoor();
  library = await library.restart();
  t.equal(library.medium('ORS001L8').location, slots[1]);
  t.equal(library.medium('ORS002L8').location, slots[0]);
  t.same(library.disagreements(), []);
  await library.manager.stop();
});

t.test('a library that does not answer is not present, and the manager starts without it', async (t) => {
  const library = await VirtualLibrary.open(t, {
    clock: new SimulatedClock({ auto: true }),
    wrap: (transport) => ({
      ...transport,
      name: 'nowhere',
      maxInFlight: 1,
      open: () => Promise.resolve(),
      close: () => Promise.resolve(),
      execute: () =>
        Promise.resolve({
          kind: 'failed',
          failure: { code: 'unreachable', executed: 'no', message: 'nobody listens there; start the device' },
        }),
    }),
  });
  t.equal(library.manager.state, 'ready');
  t.equal(library.library.operationalState, NtmsOperationalState.NTMS_NOT_PRESENT);
  t.match(library.manager.notices.join(), /nobody listens there/);
});
