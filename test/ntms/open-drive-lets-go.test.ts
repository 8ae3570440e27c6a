import t from 'tap';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { Prevent, preventAllowMediumRemovalCdb } from '../../devices/scsi/spc/prevent-allow-medium-removal.js';
import type { ScsiCommand, ScsiTransport, TransportResult } from '../../devices/transport/scsi-transport.js';
import { NtmsOperationalState } from '../../src/ntms/index.js';
import { refusal, VirtualLibrary } from '../library/virtual-library.js';
import { mountBy } from './house.js';
import { address, opened, text, textOf } from './opened-tape.js';

/** A path on which `answer` is asked before the device. */
const wrapped =
  (answer: (command: ScsiCommand) => TransportResult | undefined) =>
  (transport: ScsiTransport): ScsiTransport => ({
    name: transport.name,
    maxInFlight: transport.maxInFlight,
    open: () => transport.open(),
    close: () => transport.close(),
    execute: (command) => {
      const answered = answer(command);
      return answered === undefined ? transport.execute(command) : Promise.resolve(answered);
    },
  });

const lost = (code: 'aborted' | 'unreachable'): TransportResult => ({
  kind: 'failed',
  failure: { code, executed: 'no', message: 'switched off' },
});

await t.test('a session that closes lets its media go, and keeps them mounted', async (t) => {
  const { library, tape } = await opened(t);
  const { api, session } = library;
  const writing = tape.write(text('under way'));
  await api.CloseNtmsSession(session);
  await writing;
  t.match(await refusal(tape.read(10)), { symbol: 'ERROR_INVALID_HANDLE' });
  t.same(library.inDrives(), ['ORS001L8', null]);
  const next = await api.OpenNtmsSession(null, 'next', 0);
  await api.DismountNtmsDrive(next, library.drive(0).id);
  await library.manager.drain();
  t.same(library.inDrives(), [null, null]);
});

await t.test('a process that died holding a medium open does not keep it in its drive', async (t) => {
  const { library } = await opened(t);
  // The next process comes by the same way, so that the device takes both for one; the first one just stops talking.
  const next = await VirtualLibrary.run(library);
  t.teardown(() => next.manager.stop());
  await library.autoloader.operator.ejectDrive(address(library));
  t.equal(library.condition(address(library)), 'unloaded', 'the start has allowed the removal');
});

await t.test('prevention that is left over does not keep a dismount from ending', async (t) => {
  let transport: ScsiTransport | undefined;
  const library = await VirtualLibrary.open(t, { wrap: (given) => (transport = given) });
  await library.mount('ORS001L8');
  const prevent = preventAllowMediumRemovalCdb({ prevent: Prevent.PREVENT });
  t.match(await transport?.execute({ lun: 0, cdb: prevent, timeoutMs: 1000 }), { kind: 'completed', status: 0 });
  await library.dismount('ORS001L8');
  t.same(library.inDrives(), [null, null]);
});

await t.test('after a reset nothing is written where nobody knows', async (t) => {
  const { library, tape } = await opened(t);
  await tape.setBlockLength(4);
  await tape.writeBlocks(text('aaaabbbb'));
  await library.autoloader.resetLogicalUnit(0);
  t.match(await refusal(tape.writeBlocks(text('cccc'))), {
    data: { layer: 'sense', senseKey: 6, asc: 0x29, executed: 'no' },
  });
  t.match(await refusal(tape.writeBlocks(text('cccc'))), {
    symbol: 'ERROR_INVALID_STATE',
    detail: /rewind it or locate/,
  });
  t.match(await refusal(tape.space('blocks', 1)), { symbol: 'ERROR_INVALID_STATE' });
  await tape.locate(1);
  t.equal(textOf((await tape.readBlocks(1)).data), 'bbbb', 'the block length is set again');
  await t.rejects(library.autoloader.operator.ejectDrive(address(library)), { code: 'REMOVAL_PREVENTED' });
});

await t.test('a reset that another command was told of counts as well', async (t) => {
  const { library, tape } = await opened(t);
  await tape.write(text('a'));
  await library.autoloader.resetLogicalUnit(0);
  await library.manager.refresh(library.library.id);
  t.match(await refusal(tape.write(text('b'))), { symbol: 'ERROR_INVALID_STATE', detail: /nobody knows where/ });
  await tape.rewind();
  t.match(await tape.read(1), { data: text('a') });
});

await t.test('a medium that was ejected by hand while it was open is told, and let go', async (t) => {
  const { library, tape } = await opened(t);
  const { autoloader, manager } = library;
  await autoloader.resetLogicalUnit(0);
  await autoloader.operator.ejectDrive(address(library));
  t.match(await refusal(tape.rewind()), {
    symbol: 'ERROR_MEDIA_NOT_AVAILABLE',
    detail: /taken out while it was open/,
    data: { layer: 'sense', asc: 0x3a },
  });
  t.match(await refusal(tape.read(10)), { symbol: 'ERROR_MEDIA_NOT_AVAILABLE' });
  await tape.close();
  t.equal(manager.openedMedia.holderOf(tape.driveId), undefined);
  await library.dismount('ORS001L8');
  t.same(library.inDrives(), [null, null]);
  t.same(library.disagreements(), []);
});

await t.test('a medium that may have been exchanged has to be mounted again', async (t) => {
  const { library, tape } = await opened(t);
  await library.autoloader.powerCycle();
  t.match(await refusal(tape.read(10)), { symbol: 'ERROR_MEDIA_NOT_AVAILABLE', data: { layer: 'sense', asc: 0x29 } });
  t.match(await refusal(tape.rewind()), { symbol: 'ERROR_MEDIA_NOT_AVAILABLE', detail: /mount it again/ });
  await tape.close();
  await library.dismount('ORS001L8');
  await library.mount('ORS001L8', { drives: [0] });
  await (await library.api.openDrive(library.session, tape.driveId)).close();
});

await t.test(
  'a verb that sets the position anew does not pass another medium off as the one that was open',
  async (t) => {
    const { library, tape } = await opened(t);
    await library.autoloader.powerCycle();
    t.match(await refusal(tape.locate(0)), { symbol: 'ERROR_MEDIA_NOT_AVAILABLE', detail: /mount it again/ });
    t.notOk(tape.isOpen);
  },
);

await t.test('a drive that cannot be reached fails the verbs, and the handle can be closed', async (t) => {
  let broken = false;
  const wrap = wrapped(({ lun }) => (broken && lun === 0 ? lost('aborted') : undefined));
  const { library, tape } = await opened(t, { wrap });
  broken = true;
  t.match(await refusal(tape.rewind()), { symbol: 'ERROR_DEVICE_NOT_AVAILABLE', data: { layer: 'transport' } });
  await tape.close();
  t.match(library.manager.notices.at(-1), /may go on keeping its medium/);
  t.match(await refusal(library.api.openDrive(library.session, tape.driveId)), {
    symbol: 'ERROR_DEVICE_NOT_AVAILABLE',
  });
  t.equal(library.manager.openedMedia.holderOf(tape.driveId), undefined, 'an open that failed holds nothing');
  broken = false;
  await library.dismount('ORS001L8');
  t.same(library.inDrives(), [null, null]);
});

await t.test('a drive without PREVENT ALLOW MEDIUM REMOVAL is served all the same', async (t) => {
  const sense = new Uint8Array([0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0]);
  const wrap = wrapped(({ cdb }) =>
    cdb[0] === OperationCode.PREVENT_ALLOW_MEDIUM_REMOVAL
      ? { kind: 'completed', status: 2, dataIn: new Uint8Array(), sense }
      : undefined,
  );
  const { library, tape } = await opened(t, { wrap });
  await tape.write(text('x'));
  await tape.close();
  await library.dismount('ORS001L8');
  t.same(
    library.manager.notices.filter((notice) => /keeping/.test(notice)),
    [],
  );
});

await t.test('a drive that is disabled, out of order, or no tape drive is not opened', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8');
  const { api, session, store } = library;
  const { id } = library.drive(0);
  store.table('drives').update(id, { enabled: false });
  t.match(await refusal(api.openDrive(session, id)), { symbol: 'ERROR_RESOURCE_DISABLED' });
  store.table('drives').update(id, { enabled: true, operationalState: NtmsOperationalState.NTMS_NEEDS_SERVICE });
  t.match(await refusal(api.openDrive(session, id)), { symbol: 'ERROR_DEVICE_NOT_AVAILABLE' });
  store.table('drives').update(id, { operationalState: NtmsOperationalState.NTMS_READY });
  store.table('libraries').update(library.library.id, { operationalState: NtmsOperationalState.NTMS_NOT_PRESENT });
  t.match(await refusal(api.openDrive(session, id)), { symbol: 'ERROR_DEVICE_NOT_AVAILABLE' });

  const discs = await VirtualLibrary.open(t, { profile: 'sony-vgp-xl1b' });
  const [disc] = discs.store.table('physicalMedia').list({});
  const [side] = discs.store.table('sides').list({ physicalMedia: disc?.id ?? '' });
  await mountBy(discs, [side?.id ?? '']);
  t.match(await refusal(discs.api.openDrive(discs.session, side?.id ?? '')), { symbol: 'ERROR_DEVICE_NOT_AVAILABLE' });
});

await t.test('the manager closes what is open before it gives the devices back', async (t) => {
  const { library, tape } = await opened(t);
  await library.manager.stop();
  t.notOk(tape.isOpen);
  await library.autoloader.operator.ejectDrive(address(library));
  t.equal(library.condition(address(library)), 'unloaded');
});

await t.test(
  'devices that were lost and found again give no handle back, but the medium can be opened anew',
  async (t) => {
    let broken = false;
    const wrap = wrapped(() => (broken ? lost('unreachable') : undefined));
    for (const touched of [false, true]) {
      const { library, tape } = await opened(t, { wrap });
      broken = true;
      await t.rejects(library.manager.refresh(library.library.id));
      broken = false;
      await library.manager.refresh(library.library.id);
      if (touched) t.match(await refusal(tape.rewind()), { symbol: 'ERROR_MEDIA_NOT_AVAILABLE' });
      const again = await library.api.openDrive(library.session, tape.driveId);
      t.match(await refusal(tape.read(10)), { symbol: 'ERROR_MEDIA_NOT_AVAILABLE' });
      await tape.close();
      t.match(await refusal(library.dismount('ORS001L8')), { symbol: 'ERROR_INVALID_STATE' }, 'the new handle holds');
      await t.rejects(library.autoloader.operator.ejectDrive(address(library)), { code: 'REMOVAL_PREVENTED' });
      await again.close();
      await library.dismount('ORS001L8');
      t.same(library.disagreements(), []);
    }
  },
);

await t.test('machines that start anew over the same devices still know what is open', async (t) => {
  const { library, tape } = await opened(t);
  // A transaction that the database refuses: records and machines start anew from the hardware.
  library.store.connection.exec(
    "CREATE TRIGGER refuse BEFORE UPDATE OF state ON lib_requests BEGIN SELECT RAISE(ABORT, 'refused'); END",
  );
  await library.mount('ORS002L8').catch(() => undefined);
  library.store.connection.exec('DROP TRIGGER refuse');
  await library.manager.drain();
  t.match(await refusal(library.dismount('ORS001L8')), { symbol: 'ERROR_INVALID_STATE', detail: /open/ });
  t.match(await tape.read(80), { kind: 'block' });
  await tape.close();
  await library.dismount('ORS001L8');
  t.same(library.disagreements(), []);
});
