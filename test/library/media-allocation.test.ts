import { join } from 'node:path';
import t from 'tap';
import fc from 'fast-check';
import { INFINITE, NtmsError, NtmsPartitionState as S } from '../../src/ntms/index.js';
import type { Guid, NtmsSession } from '../../src/ntms/index.js';
import { NtmsPoolType } from '../../src/objects/ntmsapi/index.js';
import { refusal, VirtualLibrary } from './virtual-library.js';

const seed = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 0x7fff_ffff));
const owned: readonly number[] = [S.NTMS_PARTSTATE_ALLOCATED, S.NTMS_PARTSTATE_COMPLETE];

const index = fc.nat({ max: 7 });
const acts = fc.oneof(
  fc.record({
    kind: fc.constant('allocate' as const),
    session: index,
    pool: index,
    flags: fc.constantFrom(0, 1, 4),
    times: index,
  }),
  fc.record({
    kind: fc.constant('name' as const),
    session: index,
    pool: index,
    side: index,
    flags: fc.constantFrom(0, 1),
  }),
  fc.record({ kind: fc.constant('next' as const), session: index, pool: index, medium: index }),
  fc.record({ kind: fc.constant('deallocate' as const), session: index, medium: index }),
  fc.record({ kind: fc.constant('swap' as const), session: index, medium: index, other: index }),
  fc.record({ kind: fc.constant('complete' as const), session: index, medium: index }),
  fc.record({ kind: fc.constant('decommission' as const), session: index, side: index }),
);
type Act = typeof acts extends fc.Arbitrary<infer One> ? One : never;

/** What a call may answer in a house whose media are all online and whose arguments are right. */
const refusals = ['ERROR_MEDIA_UNAVAILABLE', 'ERROR_INVALID_MEDIA', 'ERROR_INVALID_MEDIA_POOL', 'ERROR_INVALID_STATE'];

/** A library with two tapes and two two-sided cartridges, two application pools, and who has which side. */
class Conversation {
  readonly library: VirtualLibrary;
  readonly sessions: NtmsSession[];
  readonly pools: Guid[];
  /** The sides behind the logical media, as the answers tell. */
  readonly given = new Map<Guid, Guid>();
  readonly gone = new Set<Guid>();

  private constructor(library: VirtualLibrary, sessions: NtmsSession[], pools: Guid[]) {
    this.library = library;
    this.sessions = sessions;
    this.pools = pools;
  }

  static async open(t: Parameters<typeof VirtualLibrary.open>[0]): Promise<Conversation> {
    const library = await VirtualLibrary.open(t);
    const { store, api } = library;
    const { mediaType } = library.medium('ORS001L8');
    const add = (
      name: string,
      policies: { allocationPolicy: number; deallocationPolicy: number; maxAllocates: number },
    ) =>
      store.table('mediaPools').insert({
        ...{ name, mediaType, parent: store.wellKnown.rootPool },
        ...{ poolType: NtmsPoolType.NTMS_POOLTYPE_APPLICATION, ...policies },
      }).id;
    const pools = [
      add('drawing', { allocationPolicy: 1, deallocationPolicy: 1, maxAllocates: 3 }),
      add('keeping', { allocationPolicy: 0, deallocationPolicy: 0, maxAllocates: 0 }),
    ];
    const free = store.table('mediaPools').find({ poolType: NtmsPoolType.NTMS_POOLTYPE_SCRATCH, mediaType });
    const places = [free?.id ?? '', free?.id ?? '', pools[1] ?? '', pools[0] ?? ''];
    for (const [at, mediaPool] of places.entries()) {
      const { id } = library.medium(`ORS00${at + 1}L8`);
      store.table('physicalMedia').update(id, { mediaPool });
      const state = S.NTMS_PARTSTATE_AVAILABLE;
      store.table('sides').update(library.side(`ORS00${at + 1}L8`).id, { state });
      if (at > 1) store.table('sides').insert({ physicalMedia: id, side: 1, state });
    }
    const sessions = [await api.OpenNtmsSession(null, 'one', 0), await api.OpenNtmsSession(null, 'two', 0)];
    return new Conversation(library, sessions, pools);
  }

  async carryOut(act: Act): Promise<void> {
    const { api } = this.library;
    const session = pick(this.sessions, act.session);
    const media = [...this.given.keys()];
    if ('medium' in act && media.length === 0) return;
    try {
      switch (act.kind) {
        case 'allocate':
          await this.#together(act);
          return;
        case 'name': {
          const { side, pool, flags } = act;
          this.#note(await api.AllocateNtmsMedia(session, pick(this.pools, pool), this.#side(side), null, flags, 0));
          return;
        }
        case 'next': {
          const { medium, pool } = act;
          this.#note(await api.AllocateNtmsMedia(session, pick(this.pools, pool), null, pick(media, medium), 2, 0));
          return;
        }
        case 'deallocate': {
          const id = pick(media, act.medium);
          await api.DeallocateNtmsMedia(session, id, 0);
          this.given.delete(id);
          this.gone.add(id);
          return;
        }
        case 'swap': {
          const { medium, other } = act;
          const [a, b] = [pick(media, medium), pick(media, other)];
          await api.SwapNtmsMedia(session, a, b);
          const [first, second] = [this.given.get(a) ?? '', this.given.get(b) ?? ''];
          this.given.set(a, second).set(b, first);
          return;
        }
        case 'complete':
          await api.SetNtmsMediaComplete(session, pick(media, act.medium));
          return;
        default:
          await api.DecommissionNtmsMedia(session, this.#side(act.side));
      }
    } catch (error) {
      if (!(error instanceof NtmsError) || !refusals.includes(error.symbol)) throw error;
    }
  }

  /** Both sessions ask at the same time. */
  async #together({ pool, flags, times }: { pool: number; flags: number; times: number }): Promise<void> {
    const { api } = this.library;
    const calls = this.sessions.flatMap((session) =>
      Array.from({ length: times % 3 }, () =>
        api.AllocateNtmsMedia(session, pick(this.pools, pool), null, null, flags, 0),
      ),
    );
    for (const answer of await Promise.allSettled(calls)) {
      if (answer.status === 'fulfilled') this.#note(answer.value);
      else if ((answer.reason as NtmsError).symbol !== 'ERROR_MEDIA_UNAVAILABLE') throw answer.reason;
    }
  }

  #note({ lpMediaId }: { readonly lpMediaId: Guid }): void {
    if (this.given.has(lpMediaId) || this.gone.has(lpMediaId)) throw new Error(`${lpMediaId} was given twice`);
    this.given.set(lpMediaId, this.library.store.table('sides').find({ logicalMedia: lpMediaId })?.id ?? 'no side');
  }

  #side(at: number): Guid {
    const sides = this.library.store.table('sides').list({}, { orderBy: 'name' });
    return pick(sides, at).id;
  }

  /** What does not hold, in words. */
  wrong(worn: Set<Guid>): string[] {
    const { store } = this.library;
    const wrong: string[] = [];
    const check = (holds: boolean, what: string): void => void (holds || wrong.push(what));
    for (const side of store.table('sides').list()) {
      const medium = store.table('physicalMedia').require(side.physicalMedia);
      const siblings = store.table('sides').list({ physicalMedia: medium.id });
      const name = `${medium.name}/${side.side}`;
      check(owned.includes(side.state) === (side.logicalMedia !== null), `${name}: state ${side.state} and its link`);
      const keeper = siblings.some(({ state }) => owned.includes(state));
      check(side.state !== S.NTMS_PARTSTATE_RESERVED || keeper, `${name} is reserved for nobody`);
      const { poolType } = store.table('mediaPools').require(medium.mediaPool);
      check(poolType !== NtmsPoolType.NTMS_POOLTYPE_SCRATCH || !keeper, `${name} is owned in the free pool`);
      if (side.logicalMedia !== null) {
        check(store.table('logicalMedia').require(side.logicalMedia).mediaPool === medium.mediaPool, `${name}: pool`);
        check(this.given.get(side.logicalMedia) === side.id, `${name} is another one's than was answered`);
      }
      check(!worn.has(side.id) || side.state === S.NTMS_PARTSTATE_DECOMMISSIONED, `${name} came back`);
      if (side.state === S.NTMS_PARTSTATE_DECOMMISSIONED) worn.add(side.id);
    }
    check(store.table('logicalMedia').count() === this.given.size, 'there are other logical media than were given');
    check(new Set(this.given.values()).size === this.given.size, 'a side was given to two');
    return wrong;
  }
}

function pick<T>(list: readonly T[], at: number): T {
  const one = list[at % list.length];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}

t.test(`whatever two applications ask for, each side has one owner at most, who is told (seed ${seed})`, async (t) => {
  const folder = t.testdir();
  let runs = 0;
  const details = await fc.check(
    fc.asyncProperty(fc.array(acts, { minLength: 5, maxLength: 40 }), async (lines) => {
      const closers: (() => void | Promise<void>)[] = [];
      const teardown = (close: () => void | Promise<void>): void => void closers.push(close);
      const talk = await Conversation.open({ testdir: () => join(folder, String(runs++)), teardown });
      const worn = new Set<Guid>();
      for (const [at, one] of lines.entries()) {
        await talk.carryOut(one);
        const wrong = talk.wrong(worn);
        if (wrong.length > 0) throw new Error(`after act ${at}, ${one.kind}: ${wrong.join('; ')}`);
      }
      for (const close of closers) await close();
    }),
    { seed, numRuns: Number(process.env['RUNS'] ?? 40) },
  );
  t.equal(details.failed ? `${String(details.errorInstance)}\n${fc.defaultReportMessage(details)}` : '', '');
});

t.test('the question of an allocation that waited when the process died is gone after the next start', async (t) => {
  const first = await VirtualLibrary.open(t);
  const { store, api, session } = first;
  const { mediaType } = first.medium('ORS001L8');
  const poolType = NtmsPoolType.NTMS_POOLTYPE_APPLICATION;
  const pool = store.table('mediaPools').insert({ name: 'a', mediaType, poolType, parent: store.wellKnown.rootPool });
  const waiting = refusal(api.AllocateNtmsMedia(session, pool.id, null, null, 0, INFINITE));
  const [question] = store.table('opRequests').list();
  if (question === undefined) throw new Error('nothing was asked');
  t.equal(question.arg1, pool.id);
  const second = await first.restart();
  t.equal((await waiting).symbol, 'ERROR_CANCELLED', 'an orderly stop ends the call');
  t.equal(store.table('opRequests').count(), 0);
  // What a kill leaves behind is the record.
  store.table('opRequests').insert(question);
  const third = await second.restart();
  t.teardown(() => third.manager.stop());
  t.same(third.manager.operatorRequests.open(), []);
});
