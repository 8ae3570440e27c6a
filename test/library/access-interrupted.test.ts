import t from 'tap';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { checkConditionFault } from '../../devices/virtual/faults/index.js';
import { NtmsInventoryMethod, NtmsLmState, NtmsPortPosition as Position } from '../../src/objects/index.js';
import { eject, ended, inject, inPorts, onePort, portAt, putIn, until } from './person-at-port.js';
import { VirtualLibrary } from './virtual-library.js';

const { PREVENT_ALLOW_MEDIUM_REMOVAL, OPEN_CLOSE_IMPORT_EXPORT_ELEMENT, TEST_UNIT_READY, MOVE_MEDIUM } = OperationCode;
const motor = { quirks: { openCloseImportExport: true } } as const;

/** Does something once, while the changer works at a command. */
function during(
  { autoloader }: VirtualLibrary,
  isMeant: (cdb: Uint8Array) => boolean,
  act: () => void | Promise<void>,
): void {
  let done = false;
  autoloader.addFault({
    name: 'something happens meanwhile',
    perform: async (task, next) => {
      if (!done && task.lun === autoloader.lunOfChanger && isMeant(task.cdb)) {
        done = true;
        await act();
      }
      return next(task);
    },
  });
}

const isLocking = (cdb: Uint8Array): boolean => cdb[0] === PREVENT_ALLOW_MEDIUM_REMOVAL && (cdb[4] ?? 0) === 1;

/** Stops the manager; throws when that takes a simulated minute. */
async function stops(library: VirtualLibrary): Promise<void> {
  let stopped = false;
  void library.manager.stop().then(() => (stopped = true));
  await until(library, () => stopped);
}

/** The first ALLOW MEDIUM REMOVAL fails. */
function refuseToUnlock({ autoloader }: VirtualLibrary): void {
  const fault = checkConditionFault({ times: 1 }, { key: 0x04, asc: 0x44, ascq: 0x00 });
  autoloader.addFault({
    ...fault,
    perform: (task, next) => {
      const isMeant = task.cdb[0] === PREVENT_ALLOW_MEDIUM_REMOVAL && task.cdb[4] === 0;
      return isMeant ? fault.perform(task, next) : next(task);
    },
  });
}

const askForDoor = async ({ api, session, library }: VirtualLibrary): Promise<string> => {
  await api.AccessNtmsLibraryDoor(session, library.id, NtmsInventoryMethod.NTMS_INVENTORY_NONE);
  return session.requestIds.at(-1) ?? '';
};

await t.test('the manager stops while an inject locks the ports: nothing opens, and the stop ends', async (t) => {
  const library = await VirtualLibrary.open(t, onePort);
  let stopping: Promise<void> | undefined;
  during(library, isLocking, () => void (stopping = stops(library)));
  await inject(library);
  await until(library, () => stopping !== undefined);
  await t.resolves(stopping ?? Promise.reject(new Error('it did not stop')));
  library.autoloader.operator.openDoor();
});

await t.test('an inject that is cancelled while it locks the ports opens none', async (t) => {
  const library = await VirtualLibrary.open(t, onePort);
  during(library, isLocking, () => library.manager.cancelRequests([operation], 'ERROR_CANCELLED', 'not wanted'));
  const operation = await inject(library);
  await ended(library, operation);
  await library.clock.sleep(10_000);
  t.not(library.store.table('ports').list()[0]?.position, Position.NTMS_PORTPOSITION_EXTENDED);
  const next = await inject(library);
  await putIn(library, 'ORS777L8');
  t.match(await ended(library, next), { state: NtmsLmState.NTMS_LM_PASSED });
});

await t.test('a door access that is cancelled while the door is looked at does not unlock it', async (t) => {
  const library = await VirtualLibrary.open(t);
  during(
    library,
    (cdb) => cdb[0] === TEST_UNIT_READY,
    () => library.manager.cancelRequests([access], 'ERROR_CANCELLED', 'not wanted'),
  );
  const access = await askForDoor(library);
  await ended(library, access);
  let mounted = false;
  library.mount('ORS001L8').then(
    () => (mounted = true),
    () => undefined,
  );
  await t.resolves(
    until(library, () => mounted),
    'the library goes on',
  );
});

await t.test('a door access was cancelled while the door stood open: the manager can be stopped', async (t) => {
  const library = await VirtualLibrary.open(t);
  const access = await askForDoor(library);
  await library.clock.sleep(10);
  library.autoloader.operator.openDoor();
  await library.clock.sleep(5000);
  library.manager.cancelRequests([access], 'ERROR_CANCELLED', 'not wanted');
  await library.clock.sleep(5000);
  await t.resolves(stops(library));
});

await t.test('an inject was cancelled, and its port does not go in: the manager can be stopped', async (t) => {
  const library = await VirtualLibrary.open(t, { ...onePort, ...motor });
  const operation = await inject(library);
  await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
  library.autoloader.addFault(
    checkConditionFault(
      { lun: library.autoloader.lunOfChanger, opcode: OPEN_CLOSE_IMPORT_EXPORT_ELEMENT },
      { key: 0x04, asc: 0x15, ascq: 0x01 },
    ),
  );
  library.manager.cancelRequests([operation], 'ERROR_CANCELLED', 'not wanted');
  await library.clock.sleep(5000);
  await t.resolves(stops(library));
});

for (const name of ['inject', 'eject'] as const) {
  await t.test(`the manager stops while the port of an ${name} moves out: it is left unlocked, no fault`, async (t) => {
    const library = await VirtualLibrary.open(t, { ...onePort, ...motor, timing: 'real' });
    let stopping: Promise<void> | undefined;
    during(
      library,
      (cdb) => cdb[0] === OPEN_CLOSE_IMPORT_EXPORT_ELEMENT && cdb[4] === 0,
      async () => {
        stopping = stops(library);
        await library.clock.sleep(3000);
      },
    );
    await (name === 'inject' ? inject(library) : eject(library, 'ORS001L8'));
    await until(library, () => stopping !== undefined);
    await stopping;
    await library.clock.sleep(10_000);
    library.autoloader.operator.openDoor();
  });
}

await t.test('the manager stops while a cartridge is on its way to a port: no port opens any more', async (t) => {
  const library = await VirtualLibrary.open(t, { ...onePort, ...motor, timing: 'real' });
  let stopping: Promise<void> | undefined;
  let opened = 0;
  during(
    library,
    (cdb) => cdb[0] === MOVE_MEDIUM,
    () => void (stopping = stops(library)),
  );
  during(
    library,
    (cdb) => cdb[0] === OPEN_CLOSE_IMPORT_EXPORT_ELEMENT && cdb[4] === 0,
    () => void (opened += 1),
  );
  await eject(library, 'ORS001L8');
  await until(library, () => stopping !== undefined);
  await stopping;
  await library.clock.sleep(10_000);
  t.equal(opened, 0);
  const second = await VirtualLibrary.run(library);
  t.teardown(() => second.manager.stop());
  t.same(inPorts(second), ['ORS001L8']);
  t.same(second.disagreements(), []);
});

await t.test('a changer that does not unlock when asked is unlocked at the stop', async (t) => {
  const library = await VirtualLibrary.open(t, onePort);
  refuseToUnlock(library);
  t.match(await ended(library, await inject(library)), { state: NtmsLmState.NTMS_LM_FAILED, errorDetail: /unlock/ });
  await library.manager.stop();
  library.autoloader.operator.openDoor();
});

await t.test(
  'a door that stays locked when asked to open: nobody is waited for, and the library goes on',
  async (t) => {
    const library = await VirtualLibrary.open(t);
    const former = await askForDoor(library);
    await library.clock.sleep(10);
    library.manager.cancelRequests([former], 'ERROR_CANCELLED', 'not wanted');
    await library.manager.drain();
    t.throws(() => library.autoloader.operator.openDoor(), { code: 'REMOVAL_PREVENTED' });
    refuseToUnlock(library);
    t.match(await ended(library, await askForDoor(library)), {
      state: NtmsLmState.NTMS_LM_FAILED,
      errorDetail: /unlock/,
    });
    t.same(await library.mount('ORS001L8'), [0]);
  },
);

await t.test(
  'a run that was killed when it had locked the library and said so nowhere: the next one unlocks',
  async (t) => {
    const library = await VirtualLibrary.open(t, onePort);
    let killed = false;
    let goOn = (): void => undefined;
    t.teardown(() => goOn());
    during(
      library,
      (cdb) => {
        killed ||= isLocking(cdb);
        return killed && !isLocking(cdb);
      },
      () => new Promise<void>((resolve) => (goOn = resolve)),
    );
    void inject(library);
    await until(library, () => killed);
    await library.clock.sleep(1000);
    t.throws(() => library.autoloader.operator.openDoor(), { code: 'REMOVAL_PREVENTED' });
    const second = await VirtualLibrary.run(library);
    t.teardown(() => second.manager.stop());
    library.autoloader.operator.openDoor();
    await library.autoloader.operator.closeDoor();
    goOn();
  },
);

await t.test('a person takes what was ejected and puts another cartridge into the port: both are known', async (t) => {
  const library = await VirtualLibrary.open(t, onePort);
  const home = library.medium('ORS001L8').location;
  const operation = await eject(library, 'ORS001L8');
  const port = await portAt(library, Position.NTMS_PORTPOSITION_EXTENDED);
  const { operator } = library.autoloader;
  await operator.removeCartridge(port);
  await operator.insertCartridge(port, { barcode: 'ORS777L8' });
  t.match(await ended(library, operation), { state: NtmsLmState.NTMS_LM_PASSED }, 'it was taken');
  await library.manager.drain();
  t.same(inPorts(library), ['ORS777L8'], 'what nobody asked to be moved stays');
  t.equal(library.store.table('physicalMedia').find({ location: home }), undefined);
  t.same(library.disagreements(), []);
});

await t.test('a door whose changer was lost for a while and came back is not waited for', async (t) => {
  let lost = false;
  const library = await VirtualLibrary.open(t, {
    wrap: (transport) => ({
      name: transport.name,
      maxInFlight: transport.maxInFlight,
      open: () => transport.open(),
      close: () => transport.close(),
      execute: (command) => {
        if (lost && command.cdb[0] === TEST_UNIT_READY) throw new Error('the path is lost');
        return transport.execute(command);
      },
    }),
  });
  const access = await askForDoor(library);
  await library.clock.sleep(1000);
  lost = true;
  t.match(await ended(library, access), { state: NtmsLmState.NTMS_LM_FAILED });
  lost = false;
  await library.manager.drain();
  await library.manager.refresh(library.library.id);
  let mounted = false;
  library.mount('ORS001L8').then(
    () => (mounted = true),
    () => undefined,
  );
  await t.resolves(
    until(library, () => mounted),
    'the library goes on',
  );
});
