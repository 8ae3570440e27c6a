import t from 'tap';
import { NtmsMountOptions, NtmsPartitionState } from '../../src/ntms/index.js';
import type { NtmsError } from '../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../library/virtual-library.js';
import { addLogicalMedium, denyGuest, guestOf, NOBODY } from './house.js';
import { address, opened, text, textOf } from './opened-tape.js';

const { NTMS_MOUNT_READ: READ, NTMS_MOUNT_WRITE: WRITE } = NtmsMountOptions;

await t.test('what is written to an opened medium is read from it, record by record', async (t) => {
  const { tape } = await opened(t);
  t.same(await tape.write(text('first')), { endOfMedium: false });
  await tape.writeFilemarks();
  await tape.write(text('second'));
  await tape.write(text('third'));
  await tape.writeFilemarks(2);
  await tape.rewind();
  t.match(await tape.readPosition(), { beginningOfPartition: true, firstLogicalObjectLocation: 0 });
  t.match(await tape.read(1000), { kind: 'block', blockLength: 5, data: text('first') });
  t.same(await tape.read(1000), { kind: 'filemark' });
  const cut = await tape.read(3);
  t.match(cut, { kind: 'block', blockLength: 6, data: text('sec') }, 'a longer block brings its beginning');
  t.match(await tape.space('filemarks', 1), { passed: 1 });
  t.same(await tape.read(10), { kind: 'filemark' });
  t.same(await tape.read(10), { kind: 'end-of-data' });
  await tape.locate(2);
  t.match(await tape.read(10), { data: text('second') });
  t.same(await tape.space('blocks', 5), { passed: 1, stoppedBy: 'filemark' });
  t.same(await tape.space('blocks', -1), { passed: 0, stoppedBy: 'filemark' });
  t.same(await tape.space('blocks', -2), { passed: -2 });
  t.match(await tape.read(10), { data: text('second') });
  t.same(await tape.space('filemarks', -2), { passed: -1, stoppedBy: 'beginning-of-partition' });
  t.same(await tape.space('end-of-data'), {});
  t.equal((await tape.readPosition()).firstLogicalObjectLocation, 6);
  await tape.close();
});

await t.test('blocks of one length are written and read many at once', async (t) => {
  const { tape } = await opened(t);
  t.match(await refusal(tape.readBlocks(1)), { symbol: 'ERROR_INVALID_STATE' });
  t.ok((await tape.blockLimits()).maximumBlockLength >= 4096);
  await tape.setBlockLength(4);
  t.equal(tape.blockLength, 4);
  await tape.writeBlocks(text('aaaabbbbcccc'));
  t.match(await refusal(tape.writeBlocks(text('aaaab'))), { symbol: 'ERROR_INVALID_PARAMETER' });
  await tape.writeFilemarks();
  await tape.writeBlocks(text('dddd'));
  await tape.rewind();
  t.equal(textOf((await tape.readBlocks(2)).data), 'aaaabbbb');
  const rest = await tape.readBlocks(2);
  t.equal(textOf(rest.data), 'cccc');
  t.equal(rest.stoppedBy, 'filemark');
  t.match(await tape.readBlocks(2), { data: text('dddd'), stoppedBy: 'end-of-data' });
  await tape.setBlockLength(3);
  await tape.rewind();
  const wrong = await refusal(tape.readBlocks(1));
  t.match(wrong.data, { layer: 'sense', command: 'READ(6)', senseKey: 0 }, 'a block of another length is told');
  await tape.close();
});

await t.test('the drive forgets the block length when the medium is closed', async (t) => {
  const { library, tape } = await opened(t);
  await tape.setBlockLength(512);
  t.equal(library.autoloader.blockLengthOf(0), 512);
  await tape.close();
  t.equal(library.autoloader.blockLengthOf(0), 0);
});

await t.test('erase makes an end of the data where the tape stands', async (t) => {
  const { tape } = await opened(t);
  await tape.write(text('kept'));
  await tape.write(text('gone'));
  await tape.locate(1);
  await tape.erase();
  await tape.rewind();
  t.match(await tape.read(10), { data: text('kept') });
  t.same(await tape.read(10), { kind: 'end-of-data' });
  await tape.rewind();
  await tape.erase({ long: true });
  await tape.rewind();
  t.same(await tape.read(10), { kind: 'end-of-data' });
});

await t.test('an opened medium stays where it is until it is closed', async (t) => {
  const { library, tape } = await opened(t);
  const { operator } = library.autoloader;
  await t.rejects(operator.ejectDrive(address(library)), { code: 'REMOVAL_PREVENTED' }, 'the device keeps it');
  t.match(await refusal(library.dismount('ORS001L8')), {
    symbol: 'ERROR_INVALID_STATE',
    detail: /has its medium open/,
  });
  t.match(await refusal(tape.unload()), { symbol: 'ERROR_INVALID_STATE', detail: /close it, then dismount/ });
  t.same(library.inDrives(), ['ORS001L8', null]);
  await tape.close();
  await tape.close();
  t.notOk(tape.isOpen);
  t.match(await refusal(tape.read(10)), { symbol: 'ERROR_INVALID_HANDLE' });
  t.match(await refusal(tape.unload()), { symbol: 'ERROR_INVALID_HANDLE' });
  await library.dismount('ORS001L8');
  t.same(library.inDrives(), [null, null]);
  t.same(library.disagreements(), []);
});

await t.test('a dismount that waited while the medium was opened is refused, and the mount holds', async (t) => {
  const { library } = await opened(t);
  const { manager, store } = library;
  const medium = library.medium('ORS001L8');
  const dismount = { medium: medium.id, side: library.side('ORS001L8').id, drive: library.drive(0).id };
  const [requestId = ''] = manager.submitDismounts([dismount], { deferred: false, origin: library.session.identity });
  await manager.drain();
  t.match(store.table('libRequests').require(requestId), { errorCode: 5023, errorDetail: /has ORS001L8 open/ });
  t.same(library.medium('ORS001L8'), medium);
  t.same(library.inDrives(), ['ORS001L8', null]);
});

await t.test('the verbs of a handle follow each other in the order of the calls', async (t) => {
  const { tape } = await opened(t);
  const written = ['a', 'b', 'c'].map((one) => tape.write(text(one)));
  const rewound = tape.rewind();
  const read = [tape.read(1), tape.read(1), tape.read(1)];
  const closed = tape.close();
  await Promise.all([...written, rewound, closed]);
  t.same(
    (await Promise.all(read)).map((record) => (record.kind === 'block' ? textOf(record.data) : record.kind)),
    ['a', 'b', 'c'],
    'a close waits for what was called before it',
  );
});

await t.test('only the session that mounted a medium may open it', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  const drive = library.drive(0).id;
  const other = await library.api.OpenNtmsSession(null, 'other', 0);
  t.match(await refusal(library.api.openDrive(other, drive)), {
    symbol: 'ERROR_ACCESS_DENIED',
    detail: /another session/,
  });
  const guest = await guestOf(library);
  t.match(await refusal(guest.api.openDrive(guest.session, drive)), { symbol: 'ERROR_ACCESS_DENIED' });
  t.same(library.autoloader.inspect().length > 0 && library.manager.openedMedia.holderOf(drive), undefined);
  const tape = await library.api.openDrive(library.session, drive);
  t.equal(library.manager.openedMedia.holderOf(drive), library.session.id);
  t.match(await refusal(library.api.openDrive(library.session, drive)), { symbol: 'ERROR_BUSY' });
  await tape.close();
  await (await library.api.openDrive(library.session, drive)).close();
});

await t.test('who may not use the library or the pool is told nothing else', async (t) => {
  for (const owner of ['library', 'pool'] as const) {
    for (const mounted of [false, true]) {
      const library = await VirtualLibrary.open(t);
      const guest = await guestOf(library);
      if (mounted) await library.mount('ORS001L8');
      denyGuest(library, owner === 'library' ? library.library.id : library.medium('ORS001L8').mediaPool);
      const call = guest.api.openDrive(guest.session, library.side('ORS001L8').id);
      t.match(await refusal(call), { symbol: 'ERROR_ACCESS_DENIED', detail: /lacks/ });
    }
  }
});

await t.test('a medium is opened by its drive, its side or its logical medium', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { api, session } = library;
  const side = library.side('ORS001L8').id;
  const logical = addLogicalMedium(library, side);
  t.match(await refusal(api.openDrive(session, NOBODY)), { symbol: 'ERROR_OBJECT_NOT_FOUND' });
  t.match(await refusal(api.openDrive(session, '')), { symbol: 'ERROR_INVALID_PARAMETER' });
  t.match(await refusal(api.openDrive(session, side, null as never)), { symbol: 'ERROR_INVALID_PARAMETER' });
  t.match(await refusal(api.openDrive(session, side, { write: 1 as never })), { symbol: 'ERROR_INVALID_PARAMETER' });
  t.match(await refusal(api.openDrive(session, library.drive(0).id)), { symbol: 'ERROR_INVALID_STATE' });
  t.match(await refusal(api.openDrive(session, side)), { symbol: 'ERROR_INVALID_STATE' });
  t.match(await refusal(api.openDrive(null as never, side)), { symbol: 'ERROR_INVALID_HANDLE' });
  await library.mount('ORS001L8');
  for (const id of [library.drive(0).id, side, logical]) {
    const tape = await api.openDrive(session, id);
    t.match(tape, { driveId: library.drive(0).id, mediumId: library.medium('ORS001L8').id, sideId: side });
    await tape.close();
  }
});

await t.test('nothing is written that was not mounted and opened for it', async (t) => {
  const library = await VirtualLibrary.open(t);
  const { api, session } = library;
  const drive = library.drive(0).id;
  await library.mount('ORS001L8', { flags: READ });
  t.match(await refusal(api.openDrive(session, drive, { write: true })), { symbol: 'ERROR_WRITE_PROTECT' });
  await (await api.openDrive(session, drive)).close();
  await library.dismount('ORS001L8');
  await library.mount('ORS001L8', { flags: WRITE, drives: [0] });
  const reading = await api.openDrive(session, drive);
  const writes = [reading.write(text('x')), reading.writeFilemarks(), reading.erase()];
  for (const write of writes) t.match(await refusal(write), { symbol: 'ERROR_WRITE_PROTECT', detail: /for reading/ });
  t.match(await reading.read(80), { kind: 'block', blockLength: 80 }, 'the label is still there');
  await reading.close();
  const writing = await api.openDrive(session, drive, { write: true });
  await writing.write(text('x'));
  const complete = { state: NtmsPartitionState.NTMS_PARTSTATE_COMPLETE };
  library.store.table('sides').update(library.side('ORS001L8').id, complete);
  t.match(await refusal(writing.write(text('y'))), { symbol: 'ERROR_WRITE_PROTECT', detail: /complete/ });
  await writing.close();
  t.match(await refusal(api.openDrive(session, drive, { write: true })), { symbol: 'ERROR_WRITE_PROTECT' });
});

await t.test('what the device refuses keeps its layer and its figures', async (t) => {
  const { library, tape } = await opened(t);
  library.autoloader.operator.setWriteProtected(address(library), true);
  const refused: NtmsError = await refusal(tape.write(text('x')));
  t.match(refused, {
    symbol: 'ERROR_WRITE_PROTECT',
    data: { layer: 'sense', command: 'WRITE(6)', senseKey: 7, asc: 0x27 },
  });
  t.match(refused.cause, { layer: 'sense', sense: { key: 7 } });
  for (const verb of [
    () => tape.read(0),
    () => tape.read(2 ** 24),
    () => tape.write(new Uint8Array()),
    () => tape.locate(-1),
  ])
    t.match(await refusal(verb()), { symbol: 'ERROR_INVALID_PARAMETER' });
});
