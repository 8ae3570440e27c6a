import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { Claims } from '../../src/library/claims.js';
import { LibraryRequests } from '../../src/library/library-requests.js';
import type { Missing, Needs, Turn, WorkEnd, WorkItem } from '../../src/library/work-item.js';
import { WorkQueue } from '../../src/library/work-queue.js';
import { NtmsError } from '../../src/objects/ntms-error.js';
import { NtmsLmOperation, NtmsLmState } from '../../src/objects/ntmsapi/index.js';
import { ObjectStore } from '../../src/objects/object-store.js';
import type { Teardown } from './virtual-library.js';

interface Behaviour {
  readonly needs?: () => Needs | Missing;
  /** After the item has begun. */
  readonly run?: (turn: Turn) => Promise<WorkEnd>;
  readonly timeQueued?: number;
}

/** A queue over a database, with items that behave as they are told. */
class Bench {
  readonly store: ObjectStore;
  readonly claims = new Claims();
  readonly faults: string[] = [];
  readonly queue: WorkQueue;
  readonly requests: LibraryRequests;
  readonly #library: string;

  constructor(t: Teardown) {
    const clock = new SimulatedClock();
    this.store = ObjectStore.open({ folder: t.testdir(), clock });
    t.teardown(() => this.store.close());
    this.#library = this.store.table('libraries').insert({ name: 'bench', libraryType: 2 }).id;
    this.requests = new LibraryRequests({ store: this.store, clock, onUnexpected: (text) => this.faults.push(text) });
    this.queue = new WorkQueue({
      requests: this.requests,
      claims: this.claims,
      onFault: (error) => this.faults.push(String(error)),
    });
  }

  item({ needs, run, timeQueued = 0 }: Behaviour = {}): WorkItem {
    const operationCode = NtmsLmOperation.NTMS_LM_MOUNT;
    const origin = { user: '', computer: '', application: '' };
    const { id } = this.requests.create({ operationCode, library: this.#library, origin });
    return {
      requestIds: [id],
      operationCode,
      order: 0,
      priority: 0,
      timeQueued,
      needs: needs ?? (() => ({ claim: [] })),
      run: (turn) => {
        turn.begin();
        return run === undefined ? Promise.resolve('passed') : run(turn);
      },
    };
  }

  stateOf(item: WorkItem): number {
    return this.requests.get(item.requestIds[0]).state;
  }
}

const symbolOf = (end: Promise<unknown>): Promise<string> =>
  end.then(
    () => 'passed',
    (error: unknown) => (error instanceof NtmsError ? error.symbol : String(error)),
  );

const broken = (): never => {
  throw new Error('a defect');
};

for (const [what, behaviour] of Object.entries({
  'throws when it tells its needs': { needs: broken },
  'throws when it runs': { run: broken },
  rejects: { run: () => Promise.reject(new Error('a defect')) },
} satisfies Record<string, Behaviour>)) {
  t.test(`an item that ${what} fails, and the next one has its turn`, async (t) => {
    const bench = new Bench(t);
    const bad = bench.item(behaviour);
    const good = bench.item();
    const ends = [bench.queue.add(bad), bench.queue.add(good)];
    t.same(await Promise.all(ends.map(symbolOf)), ['ERROR_INVALID_STATE', 'passed']);
    await bench.queue.whenIdle();
    t.equal(bench.stateOf(bad), NtmsLmState.NTMS_LM_FAILED);
    t.equal(bench.stateOf(good), NtmsLmState.NTMS_LM_PASSED);
    t.same(bench.queue.items(), []);
    t.same(bench.faults, []);
  });
}

t.test('an item whose end cannot be written settles all the same, and it is written later', async (t) => {
  const bench = new Bench(t);
  let refuses = false;
  bench.store.connection.function('refused', { deterministic: false }, () => (refuses ? 1 : 0));
  bench.store.connection.exec(
    "CREATE TEMP TRIGGER refuse BEFORE UPDATE ON main.lib_requests WHEN refused() BEGIN SELECT RAISE(ABORT, 'no room'); END",
  );
  const item = bench.item({
    run: () => {
      refuses = true;
      return Promise.reject(new NtmsError('ERROR_BUSY', 'no'));
    },
  });
  const waiting = bench.requests.whenSettled(item.requestIds[0]);
  t.equal(await symbolOf(bench.queue.add(item)), 'ERROR_BUSY');
  t.match(await waiting, { state: NtmsLmState.NTMS_LM_FAILED, errorCode: 170 }, 'who waits is told');
  t.match(bench.faults.join(), /no room/);
  t.equal(bench.stateOf(item), NtmsLmState.NTMS_LM_INPROCESS);
  refuses = false;
  bench.item();
  t.match(bench.requests.get(item.requestIds[0]), { state: NtmsLmState.NTMS_LM_FAILED, errorCode: 170 });
});

t.test('an item that is added while the queue is looked at is not forgotten', async (t) => {
  const bench = new Bench(t);
  const second = bench.item();
  let end: Promise<WorkEnd> | undefined;
  const first = bench.item({
    needs: () => {
      end ??= bench.queue.add(second);
      return { missing: 'a miracle' };
    },
  });
  void bench.queue.add(first);
  t.equal(await symbolOf(end ?? Promise.reject(new Error('it was not added'))), 'passed');
});

t.test('claims are given back when an item ends, however it ends', async (t) => {
  const bench = new Bench(t);
  const needs = (): Needs => ({ claim: ['drive'] });
  const ends = [{ run: broken }, { run: () => Promise.reject(new NtmsError('ERROR_BUSY', 'no')) }, {}].map(
    (behaviour) => symbolOf(bench.queue.add(bench.item({ needs, ...behaviour }))),
  );
  t.same(await Promise.all(ends), ['ERROR_INVALID_STATE', 'ERROR_BUSY', 'passed']);
  t.notOk(bench.claims.has('drive'));
});

t.test('items that claim different things run side by side, others one after the other', async (t) => {
  const bench = new Bench(t);
  const finish: ((end: WorkEnd) => void)[] = [];
  const item = (claim: string): WorkItem =>
    bench.item({ needs: () => ({ claim: [claim] }), run: () => new Promise((resolve) => finish.push(resolve)) });
  const items = [item('a'), item('a'), item('b')];
  const ends = items.map((one) => bench.queue.add(one));
  await Promise.resolve();
  t.same(
    items.map((one) => bench.queue.isRunning(one.requestIds[0])),
    [true, false, true],
  );
  finish[0]?.('passed');
  await ends[0];
  await bench.queue.whenResting((id) => id !== items[0]?.requestIds[0]);
  t.same(
    items.map((one) => bench.queue.isRunning(one.requestIds[0])),
    [false, true, true],
  );
  for (const end of finish) end('passed');
  await Promise.all(ends);
});

t.test('a cancelled item that runs comes to rest, and its record says why it was given up', async (t) => {
  const bench = new Bench(t);
  const item = bench.item({
    run: (turn) =>
      new Promise((_, reject) => {
        turn.signal.addEventListener('abort', () => reject(new Error('what giving up led to')));
      }),
  });
  const end = symbolOf(bench.queue.add(item));
  await Promise.resolve();
  t.ok(bench.queue.cancel(item.requestIds[0], new NtmsError('ERROR_TIMEOUT', 'too late')));
  t.equal(await end, 'ERROR_TIMEOUT');
  await bench.queue.whenIdle();
  t.match(bench.requests.get(item.requestIds[0]), { state: NtmsLmState.NTMS_LM_FAILED, errorCode: 1460 });
});

t.test('a stop cancels what waits and resolves when what runs has ended', async (t) => {
  const bench = new Bench(t);
  let finish: (end: WorkEnd) => void = () => undefined;
  const running = bench.item({ run: () => new Promise((resolve) => (finish = resolve)) });
  const waiting = bench.item({ needs: () => ({ missing: 'a miracle' }) });
  void bench.queue.add(running);
  const cancelled = symbolOf(bench.queue.add(waiting));
  t.match(bench.requests.get(waiting.requestIds[0]), {
    state: NtmsLmState.NTMS_LM_WAITING,
    errorDetail: 'waits: a miracle',
  });
  await Promise.resolve();
  let stopped = false;
  const stop = bench.queue.stop(new NtmsError('ERROR_CANCELLED', 'over')).then(() => (stopped = true));
  t.equal(await cancelled, 'ERROR_CANCELLED');
  t.equal(bench.stateOf(waiting), NtmsLmState.NTMS_LM_CANCELLED);
  t.notOk(stopped);
  finish('passed');
  await stop;
  t.equal(bench.stateOf(running), NtmsLmState.NTMS_LM_PASSED);
  const late = bench.item();
  t.equal(await symbolOf(bench.queue.add(late)), 'ERROR_CANCELLED');
  t.equal(bench.stateOf(late), NtmsLmState.NTMS_LM_CANCELLED);
});
