import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { findProfile } from '../../devices/profiles/index.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { LoopbackTransport } from '../../devices/transport/loopback.js';
import type { ScsiTransport, TransportFailureCode } from '../../devices/transport/scsi-transport.js';
import { checkConditionFault } from '../../devices/virtual/faults/index.js';
import { VirtualAutoloader } from '../../devices/virtual/index.js';
import { RemovableStorageManager } from '../../src/library/manager.js';
import {
  NtmsBarCodeState,
  NtmsLmState,
  NtmsOperationalState,
  NtmsPartitionState,
  NtmsSlotState,
} from '../../src/objects/ntmsapi/index.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const { NTMS_READY: READY, NTMS_NEEDS_SERVICE: NEEDS_SERVICE, NTMS_NOT_PRESENT: NOT_PRESENT } = NtmsOperationalState;

/** A path that can be pulled out and put in again. */
class Plug {
  out: TransportFailureCode | undefined;

  wrap(transport: ScsiTransport): ScsiTransport {
    return {
      name: transport.name,
      maxInFlight: transport.maxInFlight,
      open: () => transport.open(),
      close: () => transport.close(),
      execute: (command) =>
        this.out === undefined
          ? transport.execute(command)
          : Promise.resolve({
              kind: 'failed',
              failure: { code: this.out, executed: 'no', message: 'the cable is out; put it in' },
            }),
    };
  }
}

t.test('an unchanged library is started without writing a row', async (t) => {
  let library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  await library.mount('ORS002L8');
  await library.dismount('ORS002L8', { deferred: true });
  library = await library.restart();
  await library.manager.stop();
  let changes = 0;
  const stop = library.store.onChange(() => (changes += 1));
  library = await VirtualLibrary.run(library);
  t.equal(changes, 0);
  stop();
  await library.manager.stop();
});

t.test('a start reads the elements once', async (t) => {
  let library = await VirtualLibrary.open(t);
  let reads = 0;
  library.autoloader.addFault({
    name: 'counts',
    perform: (task, next) => {
      if (task.cdb[0] === OperationCode.READ_ELEMENT_STATUS) reads += 1;
      return next(task);
    },
  });
  library = await library.restart();
  const started = reads;
  await library.manager.refresh(library.library.id);
  t.ok(started < 2 * (reads - started), `${started} at start, ${reads - started} for one reading`);
  await library.manager.stop();
});

t.test('a library that was not there at start comes when it is looked for again', async (t) => {
  const plug = new Plug();
  plug.out = 'unreachable';
  const library = await VirtualLibrary.open(t, { wrap: (transport) => plug.wrap(transport) });
  t.equal(library.library.operationalState, NOT_PRESENT);
  t.match(await refusal(library.manager.refresh(library.library.id)), {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
    detail: /the cable is out/,
  });
  plug.out = undefined;
  await library.manager.refresh(library.library.id);
  t.equal(library.library.operationalState, READY);
  t.same(await library.mount('ORS001L8'), [0]);
  t.same(library.disagreements(), []);
});

t.test(
  'a library that is unplugged while it works is not present, and its requests wait until it is back',
  async (t) => {
    const plug = new Plug();
    const library = await VirtualLibrary.open(t, { wrap: (transport) => plug.wrap(transport) });
    await library.mount(['ORS001L8', 'ORS002L8']);
    const waiting = library.mount('ORS003L8', { flags: 0 });
    plug.out = 'disconnected';
    await library.dismount('ORS001L8');
    await library.manager.refresh(library.library.id).catch(() => undefined);
    t.equal(library.library.operationalState, NOT_PRESENT);
    t.equal(library.store.table('libRequests').count({ state: NtmsLmState.NTMS_LM_INPROCESS }), 0);
    t.equal(library.store.table('libRequests').count({ state: NtmsLmState.NTMS_LM_WAITING }), 1);
    plug.out = undefined;
    await library.manager.refresh(library.library.id);
    t.equal(library.library.operationalState, READY);
    await library.dismount('ORS002L8');
    t.equal((await waiting).length, 1);
    t.same(library.manager.operatorRequests.open(), []);
    t.same(library.disagreements(), []);
  },
);

t.test('a broken changer asks for service, and an inventory brings it back', async (t) => {
  const library = await VirtualLibrary.open(t);
  const mend = library.autoloader.addFault(
    checkConditionFault(
      { lun: library.autoloader.lunOfChanger, opcode: OperationCode.READ_ELEMENT_STATUS },
      { key: 0x04, asc: 0x44, ascq: 0 },
    ),
  );
  await library.inventory();
  t.equal(library.library.operationalState, NEEDS_SERVICE);
  t.match(library.manager.operatorRequests.open()[0]?.message, /INTERNAL TARGET FAILURE/);
  t.match(await refusal(library.mount('ORS001L8')), { symbol: 'ERROR_RESOURCE_NOT_AVAILABLE' });
  mend();
  await library.inventory();
  t.equal(library.library.operationalState, READY);
  t.same(library.manager.operatorRequests.open(), []);
  t.same(await library.mount('ORS001L8'), [0]);
});

t.test('a person who says that the library was looked after has it opened again', async (t) => {
  const library = await VirtualLibrary.open(t);
  const mend = library.autoloader.addFault(
    checkConditionFault({ opcode: OperationCode.READ_ELEMENT_STATUS }, { key: 0x04, asc: 0x44, ascq: 0 }),
  );
  await library.inventory();
  mend();
  const [question] = library.manager.operatorRequests.open();
  library.manager.operatorRequests.answer(question?.id ?? '', 'complete');
  await library.manager.drain();
  t.equal(library.library.operationalState, READY);
});

t.test('a magazine that is out takes its cartridges off line, and brings the same ones back', async (t) => {
  let library = await VirtualLibrary.open(t);
  const { id } = library.medium('ORS001L8');
  library.autoloader.operator.removeMagazine('left');
  await library.inventory();
  t.equal(library.store.table('slots').count({ state: NtmsSlotState.NTMS_SLOTSTATE_NOTPRESENT }), 11);
  t.equal(library.store.table('physicalMedia').require(id).location, null);
  library = await library.restart();
  await library.autoloader.operator.returnMagazine('left');
  await library.inventory();
  t.equal(library.store.table('slots').count({ state: NtmsSlotState.NTMS_SLOTSTATE_NOTPRESENT }), 0);
  t.equal(library.medium('ORS001L8').id, id);
  t.not(library.medium('ORS001L8').location, null);
  t.same(library.disagreements(), []);
  await library.manager.stop();
});

t.test('a bar code that is there twice is two cartridges, and a person is asked until it is mended', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { operator } = library.autoloader;
  operator.openDoor();
  await operator.insertCartridge(4110, { barcode: 'ORS001L8' });
  await operator.closeDoor();
  await library.inventory();
  t.equal(library.store.table('physicalMedia').count({ barCode: 'ORS001L8' }), 2);
  t.match(library.manager.operatorRequests.open()[0]?.message, /ORS001L8 is on 2 cartridges/);
  await library.inventory();
  t.equal(library.manager.operatorRequests.open().length, 1);
  t.equal(library.store.table('physicalMedia').count({ barCode: 'ORS001L8' }), 2);
  operator.openDoor();
  await operator.removeCartridge(4110);
  await operator.closeDoor();
  await library.inventory();
  t.same(library.manager.operatorRequests.open(), []);
  t.same(library.disagreements(), []);
});

t.test('a cartridge keeps its record while its label is dirty, and gets its bar code when it is clean', async (t) => {
  const library = await VirtualLibrary.open(t, {
    cartridges: [{ elementAddress: 4096, barcode: 'ORS001L8', mediaType: 'L8', labelReadable: false }],
  });
  const [medium] = library.store.table('physicalMedia').list();
  t.match(medium, { barCode: '', barCodeState: NtmsBarCodeState.NTMS_BARCODESTATE_UNREADABLE });
  library.autoloader.operator.setLabelReadable(4096, true);
  await library.inventory();
  t.match(library.store.table('physicalMedia').list(), [
    { id: medium?.id, name: 'ORS001L8', barCode: 'ORS001L8', barCodeState: NtmsBarCodeState.NTMS_BARCODESTATE_OK },
  ]);
  t.equal(library.store.table('physicalMedia').count(), 1);
});

t.test('a cartridge in a port waits there, and its mount says so', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.autoloader.operator.insertCartridge(16, { barcode: 'ORS777L8' });
  await library.inventory();
  t.match(await refusal(library.mount('ORS777L8')), { symbol: 'ERROR_BUSY', detail: /is in port 1/ });
  t.same(library.disagreements(), []);
});

t.test(
  'two libraries with one bar code each keep their own cartridge; one that was carried over is known',
  async (t) => {
    const clock = new SimulatedClock({ auto: true });
    const profile = findProfile('ibm-3573-tl');
    const autoloader = (barCodes: readonly string[]): Promise<VirtualAutoloader> =>
      VirtualAutoloader.create({
        profile,
        clock,
        timing: 'zero',
        cartridges: barCodes.map((barcode, index) => ({ elementAddress: 4096 + index, barcode, mediaType: 'L8' })),
      });
    const left = await autoloader(['SAME01L8', 'CARRY1L8']);
    const right = await autoloader(['SAME01L8']);
    const store = ObjectStore.open({ folder: t.testdir(), clock });
    const start = (): Promise<RemovableStorageManager> =>
      RemovableStorageManager.start({
        store,
        clock,
        libraries: [
          { name: 'left', target: left },
          { name: 'right', target: right },
        ].map(({ name, target }) => ({
          name,
          changer: {
            transport: new LoopbackTransport({ target, name, clock }),
            lun: target.lunOfChanger,
            deviceName: name,
          },
        })),
      });
    const whereIs = (barCode: string): string[] =>
      store
        .table('physicalMedia')
        .list({ barCode })
        .map(({ id, currentLibrary }) => `${id} in ${store.table('libraries').require(currentLibrary).name}`);
    let manager = await start();
    const same = whereIs('SAME01L8');
    t.equal(same.length, 2);
    const [carried] = store.table('physicalMedia').list({ barCode: 'CARRY1L8' });
    store.table('sides').update(store.table('sides').find({ physicalMedia: carried?.id ?? '' })?.id ?? '', {
      state: NtmsPartitionState.NTMS_PARTSTATE_ALLOCATED,
    });
    for (const from of [left, right]) {
      await manager.stop();
      const to = from === left ? right : left;
      const source = from.inspect().find(({ barcode }) => barcode === 'CARRY1L8');
      from.operator.openDoor();
      await from.operator.removeCartridge(source?.address ?? 0);
      await from.operator.closeDoor();
      to.operator.openDoor();
      await to.operator.insertCartridge(4105, { barcode: 'CARRY1L8', mediaType: 'L8' });
      await to.operator.closeDoor();
      manager = await start();
      t.same(whereIs('CARRY1L8'), [`${carried?.id} in ${to === left ? 'left' : 'right'}`]);
      t.same(whereIs('SAME01L8').toSorted(), same.toSorted());
    }
    // The same while both work: only the library that got it is looked at.
    const source = left.inspect().find(({ barcode }) => barcode === 'CARRY1L8');
    left.operator.openDoor();
    await left.operator.removeCartridge(source?.address ?? 0);
    await left.operator.closeDoor();
    right.operator.openDoor();
    await right.operator.insertCartridge(4106, { barcode: 'CARRY1L8', mediaType: 'L8' });
    await right.operator.closeDoor();
    await manager.refresh(store.table('libraries').find({ name: 'right' })?.id ?? '');
    t.same(whereIs('CARRY1L8'), [`${carried?.id} in right`]);
    await manager.refresh(store.table('libraries').find({ name: 'left' })?.id ?? '');
    t.same(whereIs('CARRY1L8'), [`${carried?.id} in right`]);
    await manager.stop();
    store.close();
    await Promise.all([left.close(), right.close()]);
  },
);

t.test('an element map that changed between two starts loses no cartridge', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  await library.manager.stop();
  const before = library.store
    .table('physicalMedia')
    .list()
    .map(({ barCode }) => barCode);
  // Another model under the same name: other addresses, one of them another kind of element.
  const clock = new SimulatedClock({ auto: true });
  const other = await VirtualAutoloader.create({
    profile: findProfile('quantum-superloader3'),
    clock,
    timing: 'zero',
    cartridges: [
      {
        elementAddress: findProfile('quantum-superloader3').elements.storage.first,
        barcode: 'ORS001L8',
        ansiVolumeIdentifier: 'ORS001',
        mediaType: 'L8',
      },
    ],
  });
  const moved = await VirtualLibrary.run({ clock, autoloader: other, store: library.store });
  t.same(
    moved.store
      .table('physicalMedia')
      .list()
      .map(({ barCode }) => barCode),
    before,
    'each record is kept',
  );
  t.equal(moved.medium('ORS001L8').currentLibrary, moved.library.id);
  t.equal(moved.store.table('physicalMedia').list({ currentLibrary: moved.library.id }).length, 1);
  t.equal(
    moved.store
      .table('physicalMedia')
      .list()
      .filter(({ location }) => location !== null).length,
    1,
  );
  t.equal(moved.store.table('changers').count(), 1, 'no element is left of the old map');
  t.equal(moved.store.table('ports').count(), 0);
  t.same(await moved.mount('ORS001L8'), [0]);
  t.same(moved.disagreements(), []);
  await moved.manager.stop();
  const back = await VirtualLibrary.run({ clock: library.clock, autoloader: library.autoloader, store: library.store });
  t.same(back.disagreements(), []);
  t.equal(back.store.table('physicalMedia').list({ currentLibrary: back.library.id }).length, before.length);
  await back.manager.stop();
  await other.close();
});
