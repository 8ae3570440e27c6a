import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { refusal } from '../library/virtual-library.js';
import { opened, text, textOf } from './opened-tape.js';

await t.test('what was asked for before a reset is not written behind it, where the tape now begins', async (t) => {
  const { library, tape } = await opened(t);
  await tape.write(text('first'));
  await library.autoloader.resetLogicalUnit(0);
  const ends = await Promise.allSettled(['lost', 'never', 'written'].map((word) => tape.write(text(word))));
  t.same(
    ends.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  await tape.rewind();
  const found = await tape.read(80);
  t.equal(found.kind === 'block' ? textOf(found.data) : found.kind, 'first');
});

await t.test('a session that closes while it opens a medium does not keep it', async (t) => {
  const { library, tape } = await opened(t);
  const { api, session, manager } = library;
  await tape.close();
  const opening = refusal(api.openDrive(session, tape.driveId));
  await api.CloseNtmsSession(session);
  t.match(await opening, { symbol: 'ERROR_CANCELLED' });
  t.equal(manager.openedMedia.holderOf(tape.driveId), undefined);
  const next = await api.OpenNtmsSession(null, 'next', 0);
  await api.DismountNtmsDrive(next, tape.driveId);
  await manager.drain();
  t.same(library.inDrives(), [null, null]);
});

await t.test('a mount for writing stays one when its finished request is removed from the records', async (t) => {
  const { library, tape } = await opened(t, { clock: new SimulatedClock({ auto: true }) });
  const { api, session, store, clock } = library;
  const requestId = library.medium('ORS001L8').claimedBy ?? '';
  await tape.write(text('before'));
  const { libRequestPurgeTime } = store.table('computers').require(store.wellKnown.computer);
  await clock.sleep((libRequestPurgeTime + 1) * 1000);
  await api.GetNtmsRequestOrder(session, requestId).catch(() => undefined);
  await tape.write(text('after three days'));
  await tape.close();
  const again = await api.openDrive(session, tape.driveId, { write: true });
  t.ok(store.table('libRequests').get(requestId), 'what holds a medium is not over');
  await again.write(text('opened again'));
});

await t.test(
  'an administrator who deletes finished requests takes no right to write from an open medium',
  async (t) => {
    const { library, tape } = await opened(t);
    const { api, session } = library;
    await api.DeleteNtmsRequests(session, [library.medium('ORS001L8').claimedBy ?? ''], 10, 1);
    await tape.write(text('still'));
    t.ok(tape.isOpen);
  },
);

await t.test('a session whose end the database refuses to write down lets its media go all the same', async (t) => {
  const { library, tape } = await opened(t);
  const { api, session, store, manager } = library;
  await library.mount('ORS002L8');
  await library.dismount('ORS002L8', { deferred: true });
  const waiting = library.mount(['ORS002L8', 'ORS003L8'], { flags: 0 });
  waiting.catch(() => undefined);
  store.connection.exec(
    "CREATE TRIGGER refuse BEFORE UPDATE OF state ON lib_requests BEGIN SELECT RAISE(ABORT, 'refused'); END",
  );
  await api.CloseNtmsSession(session).catch(() => undefined);
  store.connection.exec('DROP TRIGGER refuse');
  t.notOk(tape.isOpen);
  t.equal(manager.openedMedia.holderOf(tape.driveId), undefined);
  t.match(await refusal(waiting), { symbol: 'ERROR_CANCELLED' });
});

await t.test(
  'a library that was deleted with a medium open in it does not keep the session from closing',
  async (t) => {
    let broken = false;
    const { library, tape } = await opened(t, {
      wrap: (transport) => ({
        name: transport.name,
        maxInFlight: transport.maxInFlight,
        open: () => transport.open(),
        close: () => transport.close(),
        execute: (command) =>
          broken
            ? Promise.resolve({ kind: 'failed', failure: { code: 'unreachable', executed: 'no', message: 'no cable' } })
            : transport.execute(command),
      }),
    });
    const { api, session, manager } = library;
    broken = true;
    await t.rejects(manager.refresh(library.library.id));
    await api.DeleteNtmsLibrary(session, library.library.id);
    await api.CloseNtmsSession(session);
    t.notOk(tape.isOpen);
    t.equal(manager.openedMedia.holderOf(tape.driveId), undefined);
  },
);
