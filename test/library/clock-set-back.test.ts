import t from 'tap';
import { type Clock, SimulatedClock } from '../../devices/clock.js';
import { NtmsLmState } from '../../src/ntms/index.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const HOUR_MS = 3_600_000;

/** A computer whose time of day somebody corrects; how long things take is another matter, as in every operating system. */
class CorrectedClock implements Clock {
  readonly #base = new SimulatedClock({ auto: true });
  correctionMs = 0;

  now(): number {
    return this.#base.now() + this.correctionMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#base.sleep(ms, signal);
  }

  after(ms: number, action: () => void): () => void {
    return this.#base.after(ms, action);
  }
}

t.test('a clock that is set back by a day disturbs neither the work nor the records', async (t) => {
  const clock = new CorrectedClock();
  const library = await VirtualLibrary.open(t, { clock, timing: 'real' });
  t.same(await library.mount('ORS001L8'), [0]);
  clock.correctionMs = -24 * HOUR_MS;
  t.same(await library.mount('ORS002L8'), [1]);
  const waiting = library.mount('ORS003L8', { timeoutMs: HOUR_MS, flags: 0 });
  await library.dismount('ORS001L8');
  t.same(await waiting, [0], 'what waits is served, and its time is not over too early or never');
  t.same(library.disagreements(), []);

  const requests = () => library.store.table('libRequests').list();
  const before = requests().length;
  const again = await library.restart();
  t.equal(requests().length, before, 'nothing is purged that is not old');
  t.same(again.disagreements(), []);
  await again.dismount('ORS002L8');
  const { NTMS_LM_PASSED } = NtmsLmState;
  t.ok(requests().every(({ state }) => state === NTMS_LM_PASSED));
  clock.correctionMs = 0;
  await again.dismount('ORS003L8');
  t.same(again.inDrives(), [null, null]);
  t.same(again.disagreements(), []);
});

t.test('a mount that waits ends by its own time when the clock is set back meanwhile', async (t) => {
  const clock = new CorrectedClock();
  const library = await VirtualLibrary.open(t, { clock });
  await library.mount(['ORS001L8', 'ORS002L8']);
  const startedAt = clock.now();
  const waiting = refusal(library.mount('ORS003L8', { timeoutMs: HOUR_MS, flags: 0 }));
  clock.correctionMs = -24 * HOUR_MS;
  t.equal((await waiting).symbol, 'ERROR_TIMEOUT');
  t.equal(clock.now() - clock.correctionMs - startedAt, HOUR_MS);
});
