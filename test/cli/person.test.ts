import t from 'tap';
import { carryCleanerOf } from '../../src/cli/commands/clean.js';
import { openDoorOf } from '../../src/cli/commands/door.js';
import { ejectMedia } from '../../src/cli/commands/eject.js';
import { injectMedia } from '../../src/cli/commands/inject.js';
import { awaitWork } from '../../src/cli/persons-part.js';
import { refusal } from '../library/virtual-library.js';
import { CommandBench } from './command-bench.js';

const SLOT_1 = 4096;
const PORT_1 = 16;

function fullAt(bench: CommandBench, address: number): boolean {
  return bench.library.autoloader.inspect().some((element) => element.address === address && element.full);
}

t.test('eject returns when the person has taken the cartridge', async (t) => {
  const bench = await CommandBench.open(t);
  bench.person = async () => void (await bench.library.autoloader.operator.removeCartridge(PORT_1));
  await ejectMedia(bench.context, bench.open, ['ORS001L8'], { wait: true });
  t.match(bench.notes, [/take ORS001L8 from port 1/]);
  t.same(bench.lines, ['ORS001L8 was taken out; its record is deleted.']);
  t.equal(fullAt(bench, SLOT_1), false);
  t.equal(fullAt(bench, PORT_1), false);
});

t.test('an eject that nobody serves in time brings the cartridge back and says so', async (t) => {
  const bench = await CommandBench.open(t);
  const call = ejectMedia(bench.context, bench.open, ['ORS001L8'], { wait: true, timeoutMs: 5_000 });
  t.match(await refusal(call), { symbol: 'ERROR_TIMEOUT' });
  t.equal(fullAt(bench, SLOT_1), true);
  t.same(bench.lines, []);
});

t.test('an interrupted eject brings the cartridge back, too', async (t) => {
  const bench = await CommandBench.open(t);
  bench.person = () => bench.interrupt();
  await t.rejects(ejectMedia(bench.context, bench.open, ['ORS001L8'], { wait: true }), { code: 'INTERRUPTED' });
  t.equal(fullAt(bench, SLOT_1), true);
  t.equal(fullAt(bench, PORT_1), false);
});

t.test('without waiting the cartridge stays in the port, and inject puts it away again', async (t) => {
  const bench = await CommandBench.open(t);
  await ejectMedia(bench.context, bench.open, ['ORS001L8'], { wait: false });
  t.match(bench.lines, [/ORS001L8 is in port 1 of test: take it/]);
  t.equal(fullAt(bench, PORT_1), true);
  t.same(bench.notes, []);
});

t.test('inject puts away what the person brings', async (t) => {
  const bench = await CommandBench.open(t);
  bench.person = async () => {
    await bench.library.autoloader.operator.insertCartridge(PORT_1, { barcode: 'NEW001L8' });
  };
  await injectMedia(bench.context, bench.open, { wait: true, many: true, timeoutMs: 60_000 });
  t.match(bench.notes, [/port 1.*of test: put cartridges in/]);
  t.match(bench.lines, [/^NEW001L8 is in slot \d+ of test\.$/]);
  t.equal(fullAt(bench, PORT_1), false);
});

t.test('inject of many that nobody serves ends well; one of one is an error', async (t) => {
  const bench = await CommandBench.open(t);
  await injectMedia(bench.context, bench.open, { wait: true, many: true, timeoutMs: 5_000 });
  t.same(bench.lines, ['Nothing came in.']);
  const one = injectMedia(bench.context, bench.open, { wait: true, timeoutMs: 5_000 });
  t.match(await refusal(one), { symbol: 'ERROR_TIMEOUT' });
});

t.test('a cleaner without a reserved slot is refused before anything opens', async (t) => {
  const bench = await CommandBench.open(t);
  const call = carryCleanerOf(bench.context, bench.open, { way: 'eject', time: { wait: true } });
  await t.rejects(call, { name: 'NtmsError' });
  t.same(bench.notes, []);
});

t.test('the door is waited for until it was open and is shut again', async (t) => {
  const bench = await CommandBench.open(t);
  bench.person = async () => {
    const { operator } = bench.library.autoloader;
    // Told when the request is in process; the lock is off a command later.
    await bench.library.clock.sleep(1_000);
    operator.openDoor();
    await operator.removeCartridge(SLOT_1);
    await bench.library.clock.sleep(10_000);
    await operator.closeDoor();
  };
  await openDoorOf(bench.context, bench.open, { inventory: 'fast', timeoutMs: 3_600_000 });
  t.match(bench.lines, [/^The door of test was opened and is shut again: 8 cartridges\.$/]);
});

t.test('a door that nobody opens in time is an error', async (t) => {
  const bench = await CommandBench.open(t);
  const call = openDoorOf(bench.context, bench.open, { timeoutMs: 10_000 });
  t.match(await refusal(call), { symbol: 'ERROR_TIMEOUT' });
});

t.test('work that waits for what nobody can give is an error that names it', async (t) => {
  const bench = await CommandBench.open(t, { cartridges: [] });
  const { api, session, store } = bench.library;
  await api.CleanNtmsDrive(session, store.table('drives').list()[0]?.id ?? '');
  const error = await refusal(awaitWork(bench.open, session.requestIds));
  t.equal(error.symbol, 'ERROR_RESOURCE_NOT_AVAILABLE');
  t.match(error.detail, /nobody can give while the command runs: a cleaner/);
});
