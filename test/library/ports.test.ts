import t from 'tap';
import { checkConditionFault } from '../../devices/virtual/faults/index.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import {
  NtmsEjectOperation,
  NtmsInjectOperation as Inject,
  NtmsLmOperation,
  NtmsLmState,
  NtmsPortContent,
  NtmsPortPosition as Position,
  win32Code,
} from '../../src/objects/index.js';
import {
  eject,
  ended,
  inject,
  inPorts,
  limitPorts,
  looksPass,
  onePort,
  portAt,
  putIn,
  takeFrom,
  until,
} from './person-at-port.js';
import { VirtualLibrary } from './virtual-library.js';

const { NTMS_LM_PASSED, NTMS_LM_FAILED, NTMS_LM_STOPPED, NTMS_LM_INPROCESS } = NtmsLmState;
const motor = { quirks: { openCloseImportExport: true } } as const;
const timedOut = { state: NTMS_LM_FAILED, errorCode: win32Code('ERROR_TIMEOUT') };

const slotOf = (library: VirtualLibrary, barCode: string) =>
  library.store.table('slots').require(library.medium(barCode).location ?? '');

for (const [kind, options] of [
  ['a port behind a lock', onePort],
  ['a port with a motor', { ...onePort, ...motor }],
] as const) {
  await t.test(`${kind}: a cartridge goes out, and the port goes in when a person has taken it`, async (t) => {
    const library = await VirtualLibrary.open(t, options);
    library.store.table('computers').update(library.store.wellKnown.computer, { mediaPoolPolicy: 2 });
    const operation = await eject(library, 'ORS001L8');
    await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
    t.same(inPorts(library), ['ORS001L8']);
    t.equal(library.store.table('ports').list()[0]?.content, NtmsPortContent.NTMS_PORTCONTENT_FULL);
    await looksPass(library);
    t.match(library.store.table('libRequests').require(operation), { state: NTMS_LM_INPROCESS }, 'it waits');
    await takeFrom(library);
    t.match(await ended(library, operation), { state: NTMS_LM_PASSED });
    t.match(library.store.table('ports').list()[0], {
      content: NtmsPortContent.NTMS_PORTCONTENT_EMPTY,
      position: Position.NTMS_PORTPOSITION_RETRACTED,
    });
    t.same(library.disagreements(), []);
  });

  await t.test(`${kind}: nobody takes it in time, and it goes back to its slot`, async (t) => {
    const library = await VirtualLibrary.open(t, options);
    limitPorts(library, 60);
    const { id } = slotOf(library, 'ORS001L8');
    const start = library.clock.now();
    const operation = await eject(library, 'ORS001L8');
    t.match(await ended(library, operation), timedOut);
    t.ok(library.clock.now() - start >= 60_000);
    t.equal(slotOf(library, 'ORS001L8').id, id);
    t.same(inPorts(library), [null]);
    t.same(library.disagreements(), []);
    t.same(await library.mount('ORS001L8'), [0], 'and can be used');
  });

  await t.test(`${kind}: what a person puts in goes to a slot`, async (t) => {
    const library = await VirtualLibrary.open(t, options);
    const operation = await inject(library);
    await putIn(library, 'ORS777L8');
    t.match(await ended(library, operation), { state: NTMS_LM_PASSED });
    t.ok(slotOf(library, 'ORS777L8'));
    t.same(inPorts(library), [null]);
    await library.manager.drain();
    t.same(library.disagreements(), []);
  });

  await t.test(`${kind}: nobody puts anything in in time`, async (t) => {
    const library = await VirtualLibrary.open(t, options);
    limitPorts(library, 30);
    t.match(await ended(library, await inject(library)), timedOut);
    t.equal(library.store.table('ports').list()[0]?.position, Position.NTMS_PORTPOSITION_RETRACTED);
    t.same(library.disagreements(), []);
  });

  await t.test(`${kind}: is opened again after each find until STOP`, async (t) => {
    const library = await VirtualLibrary.open(t, options);
    const { api, session } = library;
    const operation = await inject(library, Inject.NTMS_INJECT_STARTMANY);
    for (const barCode of ['ORS771L8', 'ORS772L8']) {
      await putIn(library, barCode);
      await until(library, () => library.store.table('physicalMedia').find({ barCode })?.homeSlot != null);
    }
    await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
    await api.InjectNtmsMedia(session, library.library.id, operation, Inject.NTMS_INJECT_STOP);
    t.match(await ended(library, operation), { state: NTMS_LM_PASSED });
    await library.manager.drain();
    t.same(library.disagreements(), []);
  });
}

await t.test('a person pushes a port with a motor in: what lies in it is what was wanted', async (t) => {
  const library = await VirtualLibrary.open(t, { ...onePort, ...motor });
  const operation = await inject(library);
  const port = await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
  await library.autoloader.operator.pushPortIn(port);
  t.match(await ended(library, operation), timedOut, 'nothing lay in it');
  const second = await inject(library);
  await putIn(library, 'ORS777L8');
  await library.autoloader.operator.pushPortIn(port).catch(() => undefined);
  t.match(await ended(library, second), { state: NTMS_LM_PASSED });
  await library.manager.drain();
  t.same(library.disagreements(), []);
});

await t.test(
  'the library is locked while the picker works at its ports, and left unlocked when the manager stops',
  async (t) => {
    const library = await VirtualLibrary.open(t, { ...onePort, timing: 'real' });
    const { operator } = library.autoloader;
    const operation = await inject(library);
    const port = await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
    await operator.insertCartridge(port, { barcode: 'ORS777L8' });
    await portAt(library, Position.NTMS_PORTPOSITION_RETRACTED);
    await t.rejects(operator.removeCartridge(port), { code: /REMOVAL_PREVENTED|CHANGER_BUSY/ });
    t.match(await ended(library, operation), { state: NTMS_LM_PASSED });
    await library.manager.drain();
    t.throws(() => operator.openDoor(), { code: 'REMOVAL_PREVENTED' });
    await library.manager.stop();
    operator.openDoor();
    await operator.closeDoor();
  },
);

await t.test('a station with several ports sends three cartridges out together', async (t) => {
  const library = await VirtualLibrary.open(t);
  const operation = await eject(library, 'ORS001L8', 'ORS002L8', 'ORS003L8');
  await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED, 3);
  t.same(new Set(inPorts(library)), new Set(['ORS001L8', 'ORS002L8', 'ORS003L8']));
  for (const number of [1, 2, 3]) await takeFrom(library, number);
  t.match(await ended(library, operation), { state: NTMS_LM_PASSED });
  t.same(library.disagreements(), []);
});

await t.test('of a batch the cartridges that nobody took go back, and the others are gone', async (t) => {
  const library = await VirtualLibrary.open(t);
  limitPorts(library, 60);
  const kept = slotOf(library, 'ORS002L8').id;
  const operation = await eject(library, 'ORS001L8', 'ORS002L8');
  await takeFrom(library, 1);
  t.match(await ended(library, operation), { ...timedOut, errorDetail: /ORS002L8/ });
  t.equal(library.medium('ORS002L8').location, kept);
  t.same(library.disagreements(), []);
});

await t.test('a station is filled at leisure: what lies in it at STOP is put away', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { api, session } = library;
  const operation = await inject(library);
  await putIn(library, 'ORS771L8', 1);
  await looksPass(library);
  t.same(inPorts(library), ['ORS771L8', null, null], 'nobody knows that this was all');
  await putIn(library, 'ORS772L8', 3);
  await api.InjectNtmsMedia(session, library.library.id, operation, Inject.NTMS_INJECT_STOP);
  t.match(await ended(library, operation), { state: NTMS_LM_PASSED });
  await library.manager.drain();
  t.same(inPorts(library), [null, null, null]);
  t.same(library.disagreements(), []);
});

await t.test('RETRACT puts away what lies in a station, and opens it again', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { api, session } = library;
  const end = (action: number) => api.InjectNtmsMedia(session, library.library.id, operation, action);
  const operation = await inject(library, Inject.NTMS_INJECT_STARTMANY);
  await putIn(library, 'ORS771L8', 2);
  await end(Inject.NTMS_INJECT_RETRACT);
  await until(library, () => library.store.table('physicalMedia').find({ barCode: 'ORS771L8' })?.homeSlot != null);
  for (const number of [1, 2, 3]) await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED, number);
  await putIn(library, 'ORS772L8', 1);
  await end(Inject.NTMS_INJECT_STOP);
  t.match(await ended(library, operation), { state: NTMS_LM_PASSED });
  await library.manager.drain();
  t.same(library.disagreements(), []);
});

await t.test('a cartridge that a person put in unasked is put away by the next inject', async (t) => {
  const library = await VirtualLibrary.open(t, onePort);
  const port = library.store.table('ports').list()[0]?.elementAddress ?? 0;
  await library.autoloader.operator.insertCartridge(port, { barcode: 'ORS777L8' });
  t.match(await ended(library, await inject(library)), { state: NTMS_LM_PASSED });
  t.ok(slotOf(library, 'ORS777L8'));
  await library.manager.drain();
  t.same(library.disagreements(), []);
});

await t.test('a cartridge that lay in the port at the start can be ejected, too', async (t) => {
  const library = await VirtualLibrary.open(t, onePort);
  const port = library.store.table('ports').list()[0]?.elementAddress ?? 0;
  await library.autoloader.operator.insertCartridge(port, { barcode: 'ORS777L8' });
  await library.inventory();
  t.equal(library.medium('ORS777L8').location, library.store.table('ports').list()[0]?.id);
  const operation = await eject(library, 'ORS777L8');
  await takeFrom(library);
  t.match(await ended(library, operation), { state: NTMS_LM_PASSED });
  t.same(library.disagreements(), []);
});

await t.test(
  'a person puts a cartridge into a port that an eject is about to use: the eject fails, both are known',
  async (t) => {
    const library = await VirtualLibrary.open(t, onePort);
    const port = library.store.table('ports').list()[0]?.elementAddress ?? 0;
    await library.autoloader.operator.insertCartridge(port, { barcode: 'ORS777L8' });
    t.match(await ended(library, await eject(library, 'ORS001L8')), { state: NTMS_LM_FAILED, errorDetail: /full/ });
    t.same(inPorts(library), ['ORS777L8']);
    t.same(library.disagreements(), []);
  },
);

await t.test('a cartridge left in a drive leaves from there', async (t) => {
  const library = await VirtualLibrary.open(t, onePort);
  await library.mount('ORS001L8');
  await library.dismount('ORS001L8', { deferred: true });
  const operation = await eject(library, 'ORS001L8');
  await takeFrom(library);
  t.match(await ended(library, operation), { state: NTMS_LM_PASSED });
  t.same(library.inDrives(), [null, null]);
  t.same(library.disagreements(), []);
});

await t.test('without a slot for what came in it stays in the port, and a person is asked for room', async (t) => {
  const library = await VirtualLibrary.open(t, onePort);
  const operation = await inject(library);
  await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
  for (const slot of library.store.table('slots').list())
    library.store.table('slots').update(slot.id, { enabled: false });
  await putIn(library, 'ORS777L8');
  t.match(await ended(library, operation), { state: NTMS_LM_FAILED, errorCode: win32Code('ERROR_LIBRARY_FULL') });
  t.same(inPorts(library), ['ORS777L8']);
  t.match(library.manager.operatorRequests.open(), [{ message: /no slot is free/ }]);
  t.same(library.disagreements(), []);
  for (const slot of library.store.table('slots').list())
    library.store.table('slots').update(slot.id, { enabled: true });
  t.match(await ended(library, await inject(library)), { state: NTMS_LM_PASSED });
  t.same(library.manager.operatorRequests.open(), [], 'that is over');
});

await t.test(
  'the manager stops while a cartridge lies in the open port: the next one finds it, or finds it gone',
  async (t) => {
    const library = await VirtualLibrary.open(t, onePort);
    await eject(library, 'ORS001L8');
    await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
    const second = await library.restart();
    t.same(second.disagreements(), []);
    t.same(inPorts(second), ['ORS001L8']);
    t.match(second.store.table('libRequests').find({ operationCode: NtmsLmOperation.NTMS_LM_EJECT }), {
      errorCode: win32Code('ERROR_CANCELLED'),
    });
    const port = second.store.table('ports').list()[0]?.elementAddress ?? 0;
    await second.autoloader.operator.removeCartridge(port);
    const third = await second.restart();
    t.teardown(() => third.manager.stop());
    t.same(third.disagreements(), []);
    t.equal(third.store.table('physicalMedia').find({ barCode: 'ORS001L8' }), undefined, 'it was taken as asked');
  },
);

await t.test('the changer goes away while a person is waited for: the request ends and says why', async (t) => {
  const library = await VirtualLibrary.open(t, onePort);
  const operation = await inject(library);
  await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
  const changer = { lun: library.autoloader.lunOfChanger };
  const mend = library.autoloader.addFault(
    checkConditionFault(
      { ...changer, opcode: OperationCode.READ_ELEMENT_STATUS },
      { key: 0x04, asc: 0x44, ascq: 0x00 },
    ),
  );
  t.match(await ended(library, operation), {
    state: NTMS_LM_FAILED,
    errorCode: win32Code('ERROR_DEVICE_NOT_AVAILABLE'),
  });
  mend();
  await library.manager.drain();
  await library.manager.refresh(library.library.id);
  t.match(
    await ended(library, await eject(library, 'ORS001L8').then(async (next) => (await takeFrom(library), next))),
    {
      state: NTMS_LM_PASSED,
    },
  );
  t.same(library.disagreements(), []);
});

await t.test('a motion to the port that fails leaves the cartridge where it was, and the port at rest', async (t) => {
  const library = await VirtualLibrary.open(t, onePort);
  library.autoloader.addFault(
    checkConditionFault(
      { lun: library.autoloader.lunOfChanger, opcode: OperationCode.MOVE_MEDIUM, times: 1 },
      { key: 0x05, asc: 0x3b, ascq: 0x90 },
    ),
  );
  t.match(await ended(library, await eject(library, 'ORS001L8')), { state: NTMS_LM_FAILED });
  t.same(inPorts(library), [null]);
  t.same(library.disagreements(), []);
  const next = await eject(library, 'ORS001L8');
  await takeFrom(library);
  t.match(await ended(library, next), { state: NTMS_LM_PASSED });
});

await t.test('STOP while a motion to the port fails leaves nothing unexpected behind', async (t) => {
  const library = await VirtualLibrary.open(t, { ...onePort, timing: 'real' });
  const { api, session, autoloader } = library;
  const move = { lun: autoloader.lunOfChanger, opcode: OperationCode.MOVE_MEDIUM, times: 1 };
  const sense = checkConditionFault(move, { key: 0x04, asc: 0x15, ascq: 0x01 });
  let stopped: Promise<unknown> | undefined;
  autoloader.addFault({
    ...sense,
    perform: async (task, next) => {
      if (task.cdb[0] === OperationCode.MOVE_MEDIUM) {
        stopped ??= operation.then((id) => api.EjectNtmsMedia(session, null, id, NtmsEjectOperation.NTMS_EJECT_STOP));
        await stopped;
      }
      return sense.perform(task, next);
    },
  });
  const operation = eject(library, 'ORS001L8');
  t.match(await ended(library, await operation), { state: NTMS_LM_FAILED });
  t.ok(stopped, 'STOP came while the motion was under way');
  t.same(library.disagreements(), []);
});

await t.test('STOP of an eject brings the cartridge back', async (t) => {
  const library = await VirtualLibrary.open(t, { ...onePort, timing: 'real' });
  const { api, session } = library;
  const running = await eject(library, 'ORS001L8');
  await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
  const waiting = await eject(library, 'ORS002L8');
  for (const operation of [waiting, running]) await api.EjectNtmsMedia(session, null, operation, 1);
  t.match(await ended(library, waiting), { state: NTMS_LM_STOPPED });
  t.match(await ended(library, running), { state: NTMS_LM_STOPPED });
  t.same(inPorts(library), [null]);
  const moving = await eject(library, 'ORS003L8');
  await until(library, () => library.store.table('moveJournal').count({ outcome: 'intended' }) > 0);
  await api.EjectNtmsMedia(session, null, moving, 1);
  t.match(await ended(library, moving), { state: NTMS_LM_STOPPED });
  t.same(inPorts(library), [null]);
  t.same(library.disagreements(), []);
});

await t.test(
  'records that could not follow a motion end the wait for a person, and the library is read again',
  async (t) => {
    const library = await VirtualLibrary.open(t, onePort);
    const operation = await inject(library);
    await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
    const { connection } = library.store;
    connection.exec(`CREATE TEMP TRIGGER refuse BEFORE UPDATE ON main.slots BEGIN SELECT RAISE(ABORT, 'no room'); END`);
    await t.rejects(library.mount('ORS001L8'));
    connection.exec('DROP TRIGGER refuse');
    t.match(await ended(library, operation), { state: NTMS_LM_FAILED });
    await library.manager.drain();
    t.same(library.disagreements(), []);
    const next = await inject(library);
    await putIn(library, 'ORS777L8');
    t.match(await ended(library, next), { state: NTMS_LM_PASSED });
  },
);

await t.test('a changer without lock serves its ports all the same', async (t) => {
  const library = await VirtualLibrary.open(t, onePort);
  library.autoloader.addFault(
    checkConditionFault(
      { lun: library.autoloader.lunOfChanger, opcode: OperationCode.PREVENT_ALLOW_MEDIUM_REMOVAL },
      { key: 0x05, asc: 0x20, ascq: 0x00 },
    ),
  );
  const operation = await inject(library);
  await putIn(library, 'ORS777L8');
  t.match(await ended(library, operation), { state: NTMS_LM_PASSED });
});
