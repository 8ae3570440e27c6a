import t from 'tap';
import { SimulatedClock } from '../../devices/clock.js';
import { NtmsLmState, NtmsOpreqState } from '../../src/ntms/index.js';
import { VirtualLibrary } from './virtual-library.js';

const DAY = 86_400_000;

/** A house whose clock stands still unless it is moved, with one finished request of each kind that matters. */
async function withFinished(t: Parameters<typeof VirtualLibrary.open>[0]) {
  const clock = new SimulatedClock();
  const library = await VirtualLibrary.open(t, { clock });
  const { store } = library;
  const times = { timeQueued: clock.now(), timeCompleted: clock.now() };
  const request = (state: number) =>
    store.table('libRequests').insert({ operationCode: 17, library: library.library.id, state, ...times }).id;
  const question = (state: number) =>
    store.table('opRequests').insert({ request: 5, state, submitted: clock.now(), completed: clock.now() }).id;
  return {
    library,
    clock,
    passed: request(NtmsLmState.NTMS_LM_PASSED),
    failed: request(NtmsLmState.NTMS_LM_FAILED),
    waiting: request(NtmsLmState.NTMS_LM_WAITING),
    done: question(NtmsOpreqState.NTMS_OPSTATE_COMPLETE),
    refused: question(NtmsOpreqState.NTMS_OPSTATE_REFUSED),
    open: question(NtmsOpreqState.NTMS_OPSTATE_SUBMITTED),
  };
}

/** Any call; what is left afterwards. */
async function left({ api, session, store }: VirtualLibrary): Promise<string[]> {
  await api.EnumerateNtmsObject(session, null, null, 5, 0);
  return [...store.table('libRequests').list(), ...store.table('opRequests').list()].map(({ id }) => id);
}

await t.test(
  'finished requests go when their purge time is over, while the manager runs; open ones stay',
  async (t) => {
    const { library, clock, waiting, open } = await withFinished(t);
    await clock.advance(3 * DAY - 1000);
    t.equal((await left(library)).length, 6);
    await clock.advance(61_000);
    t.same(await left(library), [waiting, open]);
  },
);

await t.test('the two kinds have a purge time each', async (t) => {
  const { library, clock, passed, failed, waiting, open } = await withFinished(t);
  const { computer } = library.store.wellKnown;
  library.store.table('computers').update(computer, { opRequestPurgeTime: 3600 });
  await clock.advance(3_700_000);
  t.same(await left(library), [passed, failed, waiting, open]);
});

for (const { title, flags, stays } of [
  {
    title: 'all of them with NOAUTOPURGE',
    flags: 1,
    stays: ['passed', 'failed', 'waiting', 'done', 'refused', 'open'],
  },
  {
    title: 'the failed and the refused ones with NOFAILEDPURGE',
    flags: 2,
    stays: ['failed', 'waiting', 'refused', 'open'],
  },
] as const) {
  await t.test(`the administrator keeps ${title}`, async (t) => {
    const house = await withFinished(t);
    const { library, clock } = house;
    const { computer } = library.store.wellKnown;
    library.store.table('computers').update(computer, { libRequestFlags: flags, opRequestFlags: flags });
    await clock.advance(10 * DAY);
    t.same(
      await left(library),
      stays.map((name) => house[name]),
    );
  });
}

await t.test('a clock that was set back does not keep requests for ever', async (t) => {
  let offset = 0;
  const clock = new SimulatedClock();
  const wrong = {
    now: () => clock.now() + offset,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
    after: (ms: number, action: () => void) => clock.after(ms, action),
  };
  const library = await VirtualLibrary.open(t, { clock: wrong });
  const id = await library.api.SubmitNtmsOperatorRequest(library.session, 5, 'hello', null, null);
  offset = -30 * DAY;
  await library.api.SatisfyNtmsOperatorRequest(library.session, id);
  await clock.advance(4 * DAY);
  t.same(await left(library), []);
});

await t.test('a database that cannot be written keeps nobody from calling', async (t) => {
  const { library, clock } = await withFinished(t);
  library.store.connection.exec(
    `CREATE TEMP TRIGGER stuck BEFORE DELETE ON main.lib_requests BEGIN SELECT RAISE(ABORT, 'stuck'); END`,
  );
  await clock.advance(4 * DAY);
  t.equal((await left(library)).length, 6);
  t.match(library.manager.notices.join('\n'), /could not be removed/);
});
