import t from 'tap';
import { refusal } from '../library/virtual-library.js';
import { opened, text } from './opened-tape.js';

await t.test('an open that the database refuses to write down holds nothing', async (t) => {
  const { library, tape } = await opened(t);
  const { api, session, store, manager } = library;
  await tape.close();
  store.connection.exec(
    "CREATE TRIGGER refuse BEFORE UPDATE OF state ON drives BEGIN SELECT RAISE(ABORT, 'refused'); END",
  );
  await api.openDrive(session, tape.driveId, { write: true }).then(
    (handle) => handle.close(),
    () => undefined,
  );
  store.connection.exec('DROP TRIGGER refuse');
  await manager.drain();
  t.equal(manager.openedMedia.holderOf(tape.driveId), undefined);
  const again = await api.openDrive(session, tape.driveId, { write: true });
  await again.write(text('x'));
  await again.close();
  await library.dismount('ORS001L8');
  t.same(library.inDrives(), [null, null]);
  t.same(library.disagreements(), []);
});

await t.test('a close that the database refuses to write down lets the drive go', async (t) => {
  const { library, tape } = await opened(t);
  const { api, session, store, manager } = library;
  store.connection.exec(
    "CREATE TRIGGER refuse BEFORE UPDATE OF state ON drives BEGIN SELECT RAISE(ABORT, 'refused'); END",
  );
  await tape.close().catch(() => undefined);
  store.connection.exec('DROP TRIGGER refuse');
  await manager.drain();
  t.equal(manager.openedMedia.holderOf(tape.driveId), undefined);
  const again = await refusal(api.openDrive(session, tape.driveId)).catch(() => undefined);
  t.equal(again, undefined, 'it can be opened again');
});

await t.test('a write that failed after it was taken in is told by the next verb, whichever that is', async (t) => {
  // SPC: response code 71h is about an earlier command; the one that gets it was not carried out.
  const deferredMediumError = new Uint8Array([0x71, 0, 3, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x0c, 0, 0, 0, 0, 0]);
  let owed = false;
  const { library, tape } = await opened(t, {
    wrap: (transport) => ({
      name: transport.name,
      maxInFlight: transport.maxInFlight,
      open: () => transport.open(),
      close: () => transport.close(),
      execute: (command) => {
        if (!owed || command.lun !== 0) return transport.execute(command);
        owed = false;
        return Promise.resolve({ kind: 'completed', status: 2, dataIn: new Uint8Array(), sense: deferredMediumError });
      },
    }),
  });
  const verbs = [
    () => tape.rewind(),
    () => tape.locate(0),
    () => tape.readPosition(),
    () => tape.setBlockLength(0),
    () => tape.write(text('more')),
  ];
  for (const verb of verbs) {
    await tape.write(text('taken in'));
    owed = true;
    t.match(await refusal(verb()), { data: { layer: 'sense', senseKey: 3, asc: 0x0c } });
    await verb();
  }
  await tape.write(text('taken in'));
  owed = true;
  await library.manager.refresh(library.library.id);
  t.match(await refusal(tape.rewind()), { data: { senseKey: 3 } }, 'also when another command was told');
});
