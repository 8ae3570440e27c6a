import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { OperationCode } from '../../devices/scsi/opcodes.js';
import { NtmsLmState, NtmsMediaState } from '../../src/objects/ntmsapi/index.js';
import type { LibRequestRow } from '../../src/objects/rows.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const waitingFor = (library: VirtualLibrary, barCode: string): LibRequestRow => {
  const { id } = library.medium(barCode);
  const request = library.store.table('libRequests').list({ physMediaId: id }).at(-1);
  if (request === undefined) throw new Error(`${barCode} has no request`);
  return request;
};

t.test('a request that waits says what for', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount(['ORS001L8', 'ORS002L8']);
  const one = library.mount('ORS003L8', { flags: 0 });
  const two = library.mount('ORS004L8', { flags: 0, drives: [1] });
  const three = library.mount('ORS001L8', { flags: 0 });
  t.match(waitingFor(library, 'ORS003L8'), {
    state: NtmsLmState.NTMS_LM_WAITING,
    errorDetail: 'waits: a drive to become free',
  });
  t.match(waitingFor(library, 'ORS004L8').errorDetail, /drive 1 to become free/);
  t.match(waitingFor(library, 'ORS001L8').errorDetail, /ORS001L8 is mounted/);
  await library.api.CloseNtmsSession(library.session);
  for (const mount of [one, two, three]) t.match(await refusal(mount), { symbol: 'ERROR_CANCELLED', code: 1223 });
  t.match(waitingFor(library, 'ORS003L8'), { state: NtmsLmState.NTMS_LM_CANCELLED, errorCode: 1223 });
});

t.test('a dismount goes before a mount that waits longer', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount(['ORS001L8', 'ORS002L8']);
  const mounting = library.mount('ORS003L8', { flags: 0, priority: 15 });
  await library.dismount('ORS002L8');
  t.same(await mounting, [1]);
});

t.test('SetNtmsRequestOrder goes before priority', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount(['ORS001L8', 'ORS002L8']);
  const done: string[] = [];
  const urgent = library.mount('ORS003L8', { flags: 0, priority: 15 }).then(() => done.push('urgent'));
  const ordered = library.mount('ORS004L8', { flags: 0, priority: -15 }).then(() => done.push('ordered'));
  library.manager.control.requests.setOrder(waitingFor(library, 'ORS004L8'), 1);
  await library.dismount('ORS001L8');
  await library.dismount('ORS002L8');
  await Promise.all([urgent, ordered]);
  t.same(done, ['ordered', 'urgent']);
});

t.test('two groups that want each other’s drives do not lock each other out', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount(['ORS001L8', 'ORS002L8']);
  const first = library.mount(['ORS003L8', 'ORS004L8'], { flags: 0 });
  const second = library.mount(['ORS005L8', 'ORS006L8'], { flags: 0 });
  await library.dismount('ORS001L8');
  t.same(library.inDrives(), [null, 'ORS002L8'], 'half of what a group needs is not taken');
  await library.dismount('ORS002L8');
  t.equal((await first).length, 2);
  await library.dismount('ORS003L8');
  await library.dismount('ORS004L8');
  t.equal((await second).length, 2);
  t.same(library.disagreements(), []);
});

t.test('a group that waits for two drives is not overtaken for ever by mounts of one', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount(['ORS001L8', 'ORS002L8']);
  const grouped = { done: false };
  const group = library.mount(['ORS007L8', 'ORS008L8'], { flags: 0 }).then(() => (grouped.done = true));
  // One application after another takes a drive and gives it back; both are never free at once by chance.
  const inUse = ['ORS001L8', 'ORS002L8'];
  const singles: Promise<unknown>[] = [];
  for (let turn = 0; turn < 40 && !grouped.done; turn++) {
    const next = `ORS00${3 + (turn % 4)}L8`;
    singles.push(library.mount(next, { flags: 0 }).catch(() => undefined));
    const oldest = inUse.shift();
    if (oldest !== undefined) await library.dismount(oldest);
    if (library.inDrives().includes(next)) inUse.push(next);
  }
  await group;
  t.ok(singles.length > 2 && singles.length < 40, `after ${singles.length} mounts of one`);
  await library.api.CloseNtmsSession(library.session);
  await Promise.all(singles);
});

t.test('a group whose cartridges sit in each other’s drives gets both', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount(['ORS001L8', 'ORS002L8'], { drives: [0, 1] });
  await library.dismount('ORS001L8', { deferred: true });
  await library.dismount('ORS002L8', { deferred: true });
  t.same(await library.mount(['ORS001L8', 'ORS002L8'], { drives: [1, 0] }), [1, 0]);
  t.same(library.inDrives(), ['ORS002L8', 'ORS001L8']);
  t.same(library.disagreements(), []);
});

t.test('a cartridge leaves the drive that its companion needs', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount('ORS001L8', { drives: [0] });
  await library.dismount('ORS001L8', { deferred: true });
  const { api, session } = library;
  const sides = ['ORS001L8', 'ORS002L8'].map((barCode) => library.side(barCode).id);
  const drives = [library.drive(1).id, library.drive(0).id];
  const used = await api.MountNtmsMedia(session, sides, drives, 2, 0x14, 0, 0xffff_ffff, null);
  t.same(used, drives);
  t.same(library.inDrives(), ['ORS002L8', 'ORS001L8']);
  t.same(library.disagreements(), []);
});

t.test('a mount whose time is over while the robot moves is undone, and says so', async (t) => {
  const clock = new SimulatedClock({ auto: true });
  const library = await VirtualLibrary.open(t, { clock, timing: 'real' });
  t.match(await refusal(library.mount('ORS001L8', { timeoutMs: 5000 })), { symbol: 'ERROR_TIMEOUT' });
  await library.manager.drain();
  t.same(library.inDrives(), [null, null]);
  t.match(waitingFor(library, 'ORS001L8'), { state: NtmsLmState.NTMS_LM_FAILED, errorCode: 1460 });
  t.equal(library.medium('ORS001L8').mediaState, NtmsMediaState.NTMS_MEDIASTATE_IDLE);
  t.same(await library.mount('ORS001L8'), [0]);
});

t.test('a stop lets a motion come to rest and moves nothing more', async (t) => {
  let library = await VirtualLibrary.open(t, { clock: new SimulatedClock({ auto: true }), timing: 'real' });
  const started = library.motions();
  const refused = refusal(library.mount('ORS001L8'));
  const waiting = refusal(library.mount('ORS001L8', { flags: 0 }));
  await new Promise((resolve) => setImmediate(resolve));
  await library.manager.stop();
  t.match(await refused, { symbol: 'ERROR_CANCELLED' });
  t.match(await waiting, { symbol: 'ERROR_CANCELLED' });
  t.ok(library.motions() - started <= 1);
  t.equal(library.store.table('moveJournal').count({ outcome: 'intended' }), 0);
  t.equal(library.store.table('libRequests').count({ state: [0, 1, 5] }), 0);
  library = await VirtualLibrary.run(library);
  t.same(library.disagreements(), []);
  await library.manager.stop();
});

t.test('a mount after the stop is refused and does not wait for ever', async (t) => {
  const library = await VirtualLibrary.open(t);
  const side = library.side('ORS001L8');
  await library.manager.stop();
  const { finished } = library.manager.submitMount({
    media: [{ side: side.id, medium: side.physicalMedia, drive: null }],
    library: library.library.id,
    options: 0,
    failWhenBusy: false,
    priority: 0,
    origin: { user: '', computer: '', application: '' },
  });
  t.match(await refusal(finished), { symbol: 'ERROR_CANCELLED' });
});

t.test('an item whose cartridge is deleted ends as invalid, and does not keep the others from going on', async (t) => {
  const library = await VirtualLibrary.open(t);
  await library.mount(['ORS001L8', 'ORS002L8']);
  const lost = library.mount('ORS003L8', { flags: 0 });
  const request = waitingFor(library, 'ORS003L8');
  const next = library.mount('ORS004L8', { flags: 0 });
  library.store.table('physicalMedia').remove(library.medium('ORS003L8').id);
  await library.dismount('ORS001L8');
  t.match(await refusal(lost), { symbol: 'ERROR_OBJECT_NOT_FOUND' });
  t.equal(library.store.table('libRequests').require(request.id).state, NtmsLmState.NTMS_LM_INVALID);
  t.same(await next, [0]);
});

t.test('says busy instead of waiting, also for a motion of another request', async (t) => {
  const library = await VirtualLibrary.open(t, { clock: new SimulatedClock({ auto: true }), timing: 'real' });
  const first = library.mount('ORS001L8');
  t.match(await refusal(library.mount('ORS001L8')), { symbol: 'ERROR_BUSY' });
  t.same(await first, [0]);
});

t.test('motions of one picker never overlap', async (t) => {
  let moving = 0;
  let most = 0;
  const library = await VirtualLibrary.open(t, {
    clock: new SimulatedClock({ auto: true }),
    timing: 'real',
    wrap: (transport) => ({
      name: transport.name,
      maxInFlight: transport.maxInFlight,
      open: () => transport.open(),
      close: () => transport.close(),
      async execute(command) {
        const isMove = command.cdb[0] === OperationCode.MOVE_MEDIUM;
        if (isMove) most = Math.max(most, ++moving);
        const result = await transport.execute(command);
        if (isMove) moving -= 1;
        return result;
      },
    }),
  });
  await Promise.all([library.mount('ORS001L8'), library.mount('ORS002L8')]);
  await Promise.all([library.dismount('ORS001L8'), library.dismount('ORS002L8')]);
  t.equal(most, 1);
  t.same(library.disagreements(), []);
});
